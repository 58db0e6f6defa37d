"""What is said first over a new socket, and what comes back for it.

It is written before the calls that wait, and nothing waits for the answers.
"""

from __future__ import annotations

import json
from math import inf
from pkgutil import get_data
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from .errors import CallError, SchemaMismatchError, refusal
from .frame import MAX_FRAME, PREFIX
from .subscribers import Listener

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .codec import Envelope, WireValue
    from .envelope import Envelopes
    from .subscribers import Subscribers
    from .terms import Terms

L = TypeVar("L", bound=Listener)
L_contra = TypeVar("L_contra", bound=Listener, contravariant=True)

REST: Final = 1.0
"""After so many seconds a subscription is asked for again that was refused for the moment, unless
the server says another time."""


class Origin:
    """What a client is made from: by it a server tells whether it serves the same.

    Example:
        >>> Origin("demo.client", ("demo.Calculator", "f81c…"))
    """

    __slots__ = ("_module", "contracts")

    def __init__(self, module: str, *contracts: tuple[str, str]) -> None:
        """Names the contracts, each with the hash of its form.

        Args:
            module: A module beside which their document lies as `contracts.json`. It is not read
                before a server asks for it, which one that serves the same never does.
            contracts: The contracts' full names, each with its hash.
        """
        self._module = module
        self.contracts: dict[str, str] = dict(contracts)

    def document(self) -> object:
        """The document of the contracts.

        Raises:
            OSError: There is none.
            ValueError: It is not JSON.
        """
        text = get_data(self._module, "contracts.json")
        if text is None:
            raise OSError(f"what lies beside {self._module} cannot be read")
        document: object = json.loads(text)
        return document


class Question:
    """A question of the connection itself; nobody waits for its answer."""

    __slots__ = ("_answered",)

    deadline = inf
    repeatable = False
    sent = True
    size = 0

    def __init__(self, answered: Callable[[Envelope], None]) -> None:
        """Has the answer acted upon."""
        self._answered = answered

    def deliver(self, envelope: Envelope) -> None:
        """Acts on the answer."""
        self._answered(envelope)

    def fail(self, failure: CallError) -> None:
        """Nothing: over the next socket it is asked anew."""

    def left(self) -> None:
        """Nothing: it counts as sent from the first."""

    def expire(self, unsent: str | None) -> None:
        """Nothing: it has no deadline."""


class Asker(Protocol[L_contra]):
    """The connection, as far as the greeting needs it."""

    def ask_for_itself(self, request_id: str, question: Question) -> None:
        """Has the answer with this id go to the question."""
        ...

    def post(self, frame: bytes) -> bool:
        """Writes a frame to the socket of the moment."""
        ...

    def next_id(self) -> str:
        """An id for a request."""
        ...

    def drop_subscription(self, subscription: L_contra) -> None:
        """Ends a subscription, on the server too."""
        ...

    def ask_again(self, seconds: float) -> None:
        """Calls `Greeting.again` once that time has passed."""
        ...


class Greeting(Generic[L]):
    """What a connection tells a server first: its contracts, then its subscriptions."""

    __slots__ = (
        "_asker",
        "_envelopes",
        "_origin",
        "_put_off",
        "_subscribers",
        "_terms",
    )

    def __init__(
        self,
        asker: Asker[L],
        envelopes: Envelopes,
        subscribers: Subscribers[L],
        terms: Terms,
        origin: Origin | None,
    ) -> None:
        """Without an origin, the client does not introduce itself."""
        self._asker = asker
        self._envelopes = envelopes
        self._subscribers = subscribers
        self._terms = terms
        self._origin = origin
        self._put_off: list[L] = []

    def begin(self) -> list[bytes]:
        """What is written to a new socket before anything else."""
        self._put_off.clear()
        frames: list[bytes] = []
        if self._origin is None:
            self._subscribers.in_life(None)
        else:
            request_id = self._ask(self._welcomed)
            frames.append(self._envelopes.hello(self._origin.contracts, request_id))
        frames.extend(self._resubscribe(listener) for listener in self._subscribers.followers())
        return frames

    def again(self) -> None:
        """Asks again for the subscriptions that were refused for the moment."""
        put_off, self._put_off = self._put_off, []
        followers = self._subscribers.followers()
        for listener in put_off:
            # Its subscriber may have gone.
            if listener in followers:
                self._asker.post(self._resubscribe(listener))

    def _ask(self, answered: Callable[[Envelope], None]) -> str:
        request_id = self._asker.next_id()
        self._asker.ask_for_itself(request_id, Question(answered))
        return request_id

    def _resubscribe(self, listener: L) -> bytes:
        request_id = self._ask(lambda envelope: self._resumed(listener, envelope))
        return self._envelopes.subscribe(listener.names, request_id)

    def _resumed(self, listener: L, envelope: Envelope) -> None:
        if envelope.get("success") is True:
            self._subscribers.resumed(listener, envelope)
            return
        failure = refusal(envelope)
        if not failure.retryable:
            listener.fail(failure)
            self._asker.drop_subscription(listener)
            return
        self._put_off.append(listener)
        rest = failure.retry_after_ms
        self._asker.ask_again(REST if rest is None else max(0.0, rest / 1000))

    def _welcomed(self, envelope: Envelope) -> None:
        welcome = _entries(envelope.get("payload"))
        epoch = welcome.get("epoch")
        if envelope.get("success") is not True or not isinstance(epoch, str):
            # The server knows no introductions.
            self._subscribers.in_life(None)
            return
        self._subscribers.in_life(epoch)
        self._terms.misfits = {}
        limits = _entries(welcome.get("limits"))
        in_flight = limits.get("in_flight")
        if type(in_flight) is int and in_flight > 0:
            self._terms.in_flight = in_flight
        max_frame = limits.get("frame")
        if type(max_frame) is int and max_frame > 0:
            self._terms.max_frame = min(max_frame, MAX_FRAME)
        if welcome.get("differing"):
            self._send_document()

    def _send_document(self) -> None:
        """Has the server judge which calls fit; else each fails in a way of its own."""
        if self._origin is None:
            return
        try:
            document = self._origin.document()
            frame = self._envelopes.schema(document, self._ask(self._judged))
        except (OSError, ValueError, CallError):
            return
        if len(frame) - PREFIX <= self._terms.max_frame:
            self._asker.post(frame)

    def _judged(self, envelope: Envelope) -> None:
        judgement = _entries(envelope.get("payload"))
        self._terms.misfits = _texts(judgement.get("refused"))
        for event, why in _texts(judgement.get("withheld")).items():
            for listener in self._subscribers.naming(event):
                listener.fail(SchemaMismatchError(why))
                self._asker.drop_subscription(listener)


def _entries(value: WireValue) -> Mapping[str | int, WireValue]:
    return value if isinstance(value, dict) else {}


def _texts(value: WireValue) -> dict[str, str]:
    return {
        name: text
        for name, text in _entries(value).items()
        if isinstance(name, str) and isinstance(text, str)
    }
