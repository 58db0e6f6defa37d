"""Where a received frame goes: to the call or stream that waits for it, or to the subscribers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from .errors import ConnectionLostError, FrameTooLargeError, ProtocolError, refusal
from .frame import MAX_FRAME
from .subscribers import Listener

if TYPE_CHECKING:
    from collections.abc import Callable

    from .codec import Codec, Envelope
    from .errors import CallError, Delivered
    from .subscribers import Subscribers
    from .terms import Terms


class Waiter(Protocol):
    """What waits for an answer: a call or a stream."""

    sent: bool
    """All of its frame has left. What has not cannot have been delivered."""

    @property
    def size(self) -> int:
        """The size of its frame's body in bytes."""
        ...

    @property
    def repeatable(self) -> bool:
        """It does no harm a second time, so it outlives the socket that it was sent over."""
        ...

    def deliver(self, envelope: Envelope) -> None:
        """Takes a frame that answers it."""
        ...

    def fail(self, failure: CallError) -> None:
        """Ends it; no frame follows."""
        ...


class RejectedError(Exception):
    """The connection is of no more use: the server has refused it, or sent what nobody may send."""

    def __init__(self, reason: str, *, delivered: Delivered = "unknown") -> None:
        """Says why, and whether what was sent over it may have been delivered."""
        super().__init__(reason)
        self.delivered: Delivered = delivered


W = TypeVar("W", bound=Waiter)
L = TypeVar("L", bound=Listener)


class Router(Generic[W, L]):
    """Tells received frames apart and hands each to whom it belongs.

    A waiter is taken out of the table by whoever ends it, so that it ends exactly once.
    """

    __slots__ = ("_called", "_decode", "_leave", "_subscribers", "_terms", "waiting")

    def __init__(
        self,
        codec: Codec,
        subscribers: Subscribers[L],
        terms: Terms,
        leave: Callable[[], None],
        called: Callable[[Envelope], None],
    ) -> None:
        """Starts with nobody waiting.

        Args:
            codec: Reads the frames.
            subscribers: Those to whom events go.
            terms: What the server has said that it takes.
            leave: Called when the server says goodbye.
            called: Takes what the server asks of this client, and controls that may be about that.
        """
        self._decode = codec.decode
        self._subscribers = subscribers
        self._terms = terms
        self._leave = leave
        self._called = called
        self.waiting: dict[str, W] = {}
        """Calls and streams in flight, by request id."""

    def dispatch(self, body: bytes) -> None:
        """Reads one frame body and delivers it.

        An answer that nobody waits for any more is dropped: its call ended by timeout or
        cancellation.

        Raises:
            RejectedError: The connection is no longer of use.
            ProtocolError: The same, since the frame is none that a server may send.
        """
        envelope = self._decode(body)
        request_id = envelope.get("request_id")
        if type(request_id) is str and "success" in envelope:
            waiter = self.waiting.pop(request_id, None)
            if waiter is not None:
                waiter.deliver(envelope)
        elif "control" in envelope:
            # Later kinds of frames are controls too; this client asked for none of them.
            (self._left if envelope["control"] == "goodbye" else self._called)(envelope)
        elif "target" in envelope:
            self._called(envelope)
        elif type(stream_id := envelope.get("stream_id")) is str:
            if envelope.get("is_final") is True:
                waiter = self.waiting.pop(stream_id, None)
            else:
                waiter = self.waiting.get(stream_id)
            if waiter is not None:
                waiter.deliver(envelope)
        elif (
            "notification_type" in envelope
            and type(message_type := envelope.get("message_type")) is str
        ):
            self._subscribers.deliver(message_type, envelope)
        elif envelope.get("success") is False:
            self._refused(envelope)
        else:
            raise ProtocolError("received a frame of an unknown kind")

    def _left(self, _: Envelope) -> None:
        self._leave()

    def _refused(self, envelope: Envelope) -> None:
        """Acts on a refusal without an id: every request has one, so it is about the connection."""
        failure = refusal(envelope)
        details = envelope.get("error_details")
        max_frame = details.get("max_frame") if isinstance(details, dict) else None
        if isinstance(failure, FrameTooLargeError) and type(max_frame) is int:
            self._terms.max_frame = min(max_frame, MAX_FRAME)
            self._end_larger(envelope, max_frame)
            return
        # A server that refuses the whole connection has not looked at its calls.
        delivered: Delivered = failure.delivered if failure.code == "LimitExceeded" else "unknown"
        raise RejectedError(f"the server refused this client: {failure}", delivered=delivered)

    def _end_larger(self, envelope: Envelope, max_frame: int) -> None:
        for request_id, waiter in self.waiting.copy().items():
            if waiter.size > max_frame and self.waiting.pop(request_id, None) is not None:
                waiter.fail(refusal(envelope))

    def lose(self, reason: str, delivered: Delivered) -> list[W]:
        """Ends what was sent over a socket that is lost.

        Returns what is to be sent once more; it stays in the table, as does what was not sent yet.
        """
        again: list[W] = []
        # In one step, since other threads come and go.
        for request_id, waiter in self.waiting.copy().items():
            if not waiter.sent:
                continue
            if waiter.repeatable:
                waiter.sent = False
                again.append(waiter)
            elif self.waiting.pop(request_id, None) is not None:
                waiter.fail(ConnectionLostError(reason, delivered=delivered))
        return again

    def end(self, reason: str, delivered: Delivered) -> None:
        """Ends everything: what was sent as far as it may have been delivered."""
        while self.waiting:
            try:
                _, waiter = self.waiting.popitem()
            except KeyError:
                # Another thread took the last one.
                break
            waiter.fail(ConnectionLostError(reason, delivered=delivered if waiter.sent else "no"))
        self._subscribers.end(ConnectionLostError(reason))
