"""Who listens to which event, and what each of them has missed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .codec import Envelope
    from .errors import CallError


class Listener(Protocol):
    """What takes the pushes of its event types."""

    followed: bool
    """The server has taken the subscription, so that what is missed from now on must be told."""

    @property
    def names(self) -> tuple[str, ...]:
        """The event types."""
        ...

    def push(self, message_type: str, envelope: Envelope) -> None:
        """Takes a push."""
        ...

    def miss(self, events: int | None) -> None:
        """Takes note that so many events will not come; none means that nobody knows."""
        ...

    def fail(self, failure: CallError) -> None:
        """Ends it; no push follows."""
        ...


L = TypeVar("L", bound=Listener)


class _Topic(Generic[L]):
    """An event type that somebody listens to."""

    __slots__ = ("expected", "in_step", "listeners")

    def __init__(self, listener: L) -> None:
        self.listeners: tuple[L, ...] = (listener,)
        self.expected: int | None = None
        """The number of the next event, once the server has told it."""
        self.in_step = True
        """Nothing can have been missed since `expected` was known."""

    def resume(self, number: int) -> None:
        """The next event has this number; what lies between, those who followed have missed."""
        expected, self.expected = self.expected, number
        in_step, self.in_step = self.in_step, True
        if expected is None and in_step:
            return
        missed = None if expected is None or number < expected else number - expected
        if missed == 0:
            return
        for listener in self.listeners:
            if listener.followed:
                listener.miss(missed)


class Subscribers(Generic[L]):
    """The subscriptions of one connection, over all of its sockets.

    What was missed is told from the server's count of events: it says the next number when it is
    subscribed to, and the numbers mean the same as long as the server is in the same life, its
    epoch.

    Listeners come and go in any thread, one at a time; all else happens where frames are read.
    """

    __slots__ = ("_continued", "_epoch", "_topics")

    def __init__(self) -> None:
        """Starts with nobody listening."""
        self._topics: dict[str, _Topic[L]] = {}
        self._epoch: str | None = None
        self._continued = False

    def __bool__(self) -> bool:
        """Whether anybody listens."""
        return bool(self._topics)

    def add(self, listener: L) -> None:
        """Hands it the pushes of its types from now on."""
        for name in listener.names:
            topic = self._topics.get(name)
            if topic is None:
                self._topics[name] = _Topic(listener)
            else:
                topic.listeners = (*topic.listeners, listener)

    def remove(self, listener: L) -> tuple[str, ...]:
        """Stops that; returns the types that nobody listens to any more."""
        silent: list[str] = []
        for name in listener.names:
            topic = self._topics.get(name)
            if topic is None or listener not in topic.listeners:
                continue
            topic.listeners = tuple(other for other in topic.listeners if other is not listener)
            if not topic.listeners:
                del self._topics[name]
                silent.append(name)
        return tuple(silent)

    def deliver(self, message_type: str, envelope: Envelope) -> None:
        """Hands a push to those who listen; what nobody listens to any more is dropped."""
        topic = self._topics.get(message_type)
        if topic is None:
            return
        number = envelope.get("seq")
        missed = envelope.get("missed")
        # What the numbers tell counts what the server says it dropped as well.
        counted = type(number) is int and topic.expected is not None
        if type(number) is int:
            topic.resume(number)
            topic.expected = number + 1
        for listener in topic.listeners:
            if not counted and type(missed) is int and missed > 0:
                listener.miss(missed)
            listener.push(message_type, envelope)

    def confirmed(self, listener: L, answer: Envelope) -> None:
        """The server has answered to a new subscription."""
        if answer.get("success") is True:
            self._follow(listener, _next_numbers(answer) or {})

    def resumed(self, listener: L, confirmation: Envelope) -> None:
        """The server has taken a subscription again."""
        numbers = _next_numbers(confirmation)
        if numbers is not None:
            self._follow(listener, numbers)
        elif self._continued:
            # After a new life this has been said already.
            listener.miss(None)

    def _follow(self, listener: L, numbers: Mapping[str, int]) -> None:
        for name, number in numbers.items():
            topic = self._topics.get(name)
            if topic is not None:
                topic.resume(number)
        # Last, since what was published before is no loss of it.
        listener.followed = True

    def lose(self) -> None:
        """The socket is lost: from now on events are missed."""
        self._continued = False
        for topic in self._topics.copy().values():
            topic.in_step = False

    def in_life(self, epoch: str | None) -> None:
        """The server says which life it is in; none if it does not."""
        if epoch is not None and epoch == self._epoch:
            self._continued = True
            return
        self._epoch = epoch
        for listener in self.followers():
            listener.miss(None)
        for topic in self._topics.copy().values():
            topic.expected, topic.in_step = None, True

    def followers(self) -> list[L]:
        """The subscriptions that the server must be told of again, each once."""
        found = {
            id(listener): listener
            for topic in self._topics.copy().values()
            for listener in topic.listeners
            if listener.followed
        }
        return list(found.values())

    def naming(self, event: str) -> tuple[L, ...]:
        """Those who listen to this type."""
        topic = self._topics.get(event)
        return () if topic is None else topic.listeners

    def end(self, failure: CallError) -> None:
        """Ends every subscription."""
        topics = self._topics.copy()
        self._topics.clear()
        listeners = {id(one): one for topic in topics.values() for one in topic.listeners}
        for listener in listeners.values():
            listener.fail(failure)


def _next_numbers(confirmation: Envelope) -> dict[str, int] | None:
    """The number of the next event of each type; none if the server does not tell."""
    payload = confirmation.get("payload")
    subscribed = payload.get("subscribed") if isinstance(payload, dict) else None
    if not isinstance(subscribed, dict):
        return None
    return {
        name: number
        for name, number in subscribed.items()
        if isinstance(name, str) and type(number) is int
    }
