"""Subscriptions: the events that others publish, as they come."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final, Generic, Protocol, Self, TypeVar

from .decode import read_reply
from .turns import Parked

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
    from types import TracebackType

    from .codec import Envelope
    from .decode import Decoder
    from .errors import CallError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

DEFAULT_BUFFER: Final = 1024
"""How many events a subscription keeps for its reader when nothing else is said."""


class Event(Generic[T_co]):
    """A type of event that can be subscribed to."""

    __slots__ = ("decode", "name")

    def __init__(self, name: str, decode: Decoder[T_co]) -> None:
        """Puts the name on the wire and the check of the payload together."""
        self.name: str = name
        self.decode: Decoder[T_co] = decode


def chosen_events(
    choice: tuple[object, ...], known: Mapping[object, Event[T]]
) -> dict[str, Decoder[T]]:
    """The decoders of the chosen events, by their names on the wire.

    Raises:
        TypeError: Nothing is chosen, or what the contract does not publish.
    """
    if not choice:
        raise TypeError("subscribe() needs at least one type of event")
    for one in choice:
        if one not in known:
            raise TypeError(f"{one!r} is no event of this contract")
    return {known[one].name: known[one].decode for one in choice}


class _BlockingConnection(Protocol):
    def wait(self, parked: Parked, deadline: float | None) -> bool: ...
    def drop_subscription(self, subscription: Subscription[object]) -> None: ...


class _AsyncConnection(Protocol):
    async def open_subscription(
        self, subscription: AsyncSubscription[object], seconds: float
    ) -> None: ...
    def drop_subscription(self, subscription: AsyncSubscription[object]) -> None: ...
    def wakeup(self) -> asyncio.Future[None]: ...


@dataclass(frozen=True, slots=True)
class Gap:
    """Events of a subscription that will not come, in the place where they would have come.

    They were not read in time, here or on the server, or there was no connection when they were
    published.
    """

    missed: int | None
    """How many, all types of the subscription together; `None` if nobody knows, perhaps none, as
    after the server has been started anew."""


def _widened(gap: Gap, missed: int | None) -> Gap:
    return Gap(None if gap.missed is None or missed is None else gap.missed + missed)


class _Events(Generic[T_co]):
    """The events that have come and are not read yet; the oldest are dropped for new ones."""

    def __init__(self, decoders: Mapping[str, Decoder[T_co]], buffer: int) -> None:
        super().__init__()
        if buffer < 1:
            raise ValueError(f"buffer: expected at least 1, found {buffer}")
        self.followed: bool = False
        """The server has taken the subscription, so that what is missed from now on must be told.
        """
        self.missed: int = 0
        """How many events of this subscription were lost so far, as far as anybody knows: the sum
        of all its gaps."""
        self._decoders = decoders
        self._buffer = buffer
        # Events are put in by the thread that reads the socket and taken out by another.
        self._mutex = Lock()
        self._notices: deque[tuple[str, Envelope] | Gap] = deque()
        self._failure: CallError | None = None
        self._over = False

    @property
    def names(self) -> tuple[str, ...]:
        """The event types."""
        return tuple(self._decoders)

    @property
    def ready(self) -> bool:
        """Whether the next step need not wait."""
        return bool(self._notices) or self._over

    def push(self, message_type: str, envelope: Envelope) -> None:
        """Takes an event."""
        with self._mutex:
            if self._over:
                return
            notices = self._notices
            notices.append((message_type, envelope))
            if len(notices) - isinstance(notices[0], Gap) > self._buffer:
                self._drop_oldest()
        self.notify()

    def miss(self, events: int | None) -> None:
        """Takes note that so many events will not come; none means that nobody knows."""
        with self._mutex:
            if self._over:
                return
            self.missed += events or 0
            last = self._notices[-1] if self._notices else None
            if isinstance(last, Gap):
                self._notices[-1] = _widened(last, events)
            else:
                self._notices.append(Gap(events))
        self.notify()

    def fail(self, failure: CallError) -> None:
        """Ends the subscription after the events that have come."""
        if not self._over:
            self._failure = failure
            self._over = True
        self.notify()

    def notify(self) -> None:
        """Wakes the reader; to be called when `ready` has become true."""
        raise NotImplementedError

    def _drop_oldest(self) -> None:
        """Has the gap before the rest, which takes no room of its own, tell of one event more.

        A gap behind that event becomes one with it.
        """
        notices = self._notices
        gap = Gap(0)
        dropped = 0
        while notices and (dropped == 0 or isinstance(notices[0], Gap)):
            oldest = notices.popleft()
            if isinstance(oldest, Gap):
                gap = _widened(gap, oldest.missed)
            else:
                dropped = 1
                gap = _widened(gap, 1)
        self.missed += dropped
        notices.appendleft(gap)

    def _end(self) -> None:
        with self._mutex:
            self._over = True
            self._notices.clear()
        self.notify()

    def _take(self) -> list[T_co | Gap]:
        """The next event or gap if there is one."""
        with self._mutex:
            if not self._notices:
                return []
            notice = self._notices.popleft()
        if isinstance(notice, Gap):
            return [notice]
        message_type, envelope = notice
        return [read_reply(self._decoders[message_type], envelope.get("payload"), "event")]


class Subscription(_Events[T_co], Parked):
    """The events of a subscription; an iterator for one thread at a time.

    When the connection is lost it goes on over the next one. Events that will not come are no
    error: `missed` counts them, and `with_gaps` tells where they would have stood. It stays open
    until `close` or the end of its `with` block, whether it is read or not.
    """

    def __init__(
        self,
        connection: _BlockingConnection,
        decoders: Mapping[str, Decoder[T_co]],
        buffer: int,
    ) -> None:
        """Made by the `subscribe` methods of contracts."""
        super().__init__(decoders, buffer)
        self._connection = connection

    def notify(self) -> None:
        """Wakes the reader."""
        Parked.notify(self)

    def close(self) -> None:
        """Ends the subscription. May be repeated."""
        self._end()
        self._connection.drop_subscription(self)

    def __iter__(self) -> Self:
        """The subscription is its own iterator."""
        return self

    def __next__(self) -> T_co:
        """Waits for the next event; ends when the subscription is closed.

        Raises:
            CallError: The connection was lost for good, the server refuses to take the subscription
                again, or the event is not what the contract says.
        """
        while notices := self._next():
            for notice in notices:
                if not isinstance(notice, Gap):
                    return notice
        raise StopIteration

    def with_gaps(self) -> Iterator[T_co | Gap]:
        """The same events, with the gaps between them where they stand; ends and fails likewise."""
        return _WithGaps(self._next)

    def _next(self) -> list[T_co | Gap]:
        """Waits for the next event or gap; nothing once the subscription is closed."""
        while True:
            # What came before the end is still there after it.
            over = self._over
            notices = self._take()
            if notices:
                return notices
            if over:
                if self._failure is not None:
                    raise self._failure
                return []
            self._connection.wait(self, None)

    def __enter__(self) -> Self:
        """Closes the subscription at the end of the `with` block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Closes the subscription."""
        self.close()


class AsyncSubscription(_Events[T_co]):
    """The events of a subscription; an async iterator for one task at a time.

    When the connection is lost it goes on over the next one. Events that will not come are no
    error: `missed` counts them, and `with_gaps` tells where they would have stood.

    It begins at `async with` or when the first event is asked for, and stays open until `aclose` or
    the end of its `async with` block, whether it is read or not.
    """

    _wakeup: asyncio.Future[None] | None = None

    def __init__(
        self,
        connection: _AsyncConnection,
        decoders: Mapping[str, Decoder[T_co]],
        buffer: int,
        seconds: float,
    ) -> None:
        """Made by the `subscribe` methods of contracts; `seconds` is for the confirmation."""
        super().__init__(decoders, buffer)
        self._connection = connection
        self._seconds = seconds
        self._opened = False

    def notify(self) -> None:
        """Wakes the reader."""
        if self._wakeup is not None and not self._wakeup.done():
            self._wakeup.set_result(None)

    async def aclose(self) -> None:
        """Ends the subscription. May be repeated."""
        self._end()
        self._connection.drop_subscription(self)

    def __aiter__(self) -> Self:
        """The subscription is its own iterator."""
        return self

    async def __anext__(self) -> T_co:
        """Waits for the next event; ends when the subscription is closed.

        Raises:
            CallError: The server refused the subscription, the connection was lost for good, or the
                event is not what the contract says.
            RuntimeError: Another task waits for it.
        """
        while notices := await self._next():
            for notice in notices:
                if not isinstance(notice, Gap):
                    return notice
        raise StopAsyncIteration

    def with_gaps(self) -> AsyncIterator[T_co | Gap]:
        """The same events, with the gaps between them where they stand; ends and fails likewise."""
        return _AsyncWithGaps(self._next)

    async def _next(self) -> list[T_co | Gap]:
        """Waits for the next event or gap; nothing once the subscription is closed."""
        await self._open()
        while True:
            notices = self._take()
            if notices:
                return notices
            if self._over:
                if self._failure is not None:
                    raise self._failure
                return []
            if self._wakeup is not None:
                raise RuntimeError("another task waits for the next event of this subscription")
            self._wakeup = self._connection.wakeup()
            try:
                await self._wakeup
            finally:
                self._wakeup = None

    async def __aenter__(self) -> Self:
        """Subscribes; closes the subscription at the end of the `async with` block."""
        await self._open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Closes the subscription."""
        await self.aclose()

    async def _open(self) -> None:
        if not self._opened and not self._over:
            self._opened = True
            try:
                await self._connection.open_subscription(self, self._seconds)
            except BaseException:
                await self.aclose()
                raise


# Generators would end with the first failure, and where one step of them is cancelled.
class _WithGaps(Generic[T]):
    """The notices of a subscription, one after the other."""

    def __init__(self, wait: Callable[[], list[T]]) -> None:
        self._wait = wait

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        for notice in self._wait():
            return notice
        raise StopIteration


class _AsyncWithGaps(Generic[T]):
    """The notices of a subscription, one after the other."""

    def __init__(self, wait: Callable[[], Awaitable[list[T]]]) -> None:
        self._wait = wait

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        for notice in await self._wait():
            return notice
        raise StopAsyncIteration
