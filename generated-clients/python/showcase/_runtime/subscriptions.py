"""Subscriptions: the events that others publish, as they come."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final, Generic, Protocol, Self, TypeVar

from .decode import read_reply
from .turns import Parked

if TYPE_CHECKING:
    from collections.abc import Mapping
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
        self.name = name
        self.decode = decode


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
    def drop_subscription(
        self, subscription: Subscription[object], names: tuple[str, ...]
    ) -> None: ...


class _AsyncConnection(Protocol):
    async def open_subscription(
        self, subscription: AsyncSubscription[object], names: tuple[str, ...], seconds: float
    ) -> None: ...
    def drop_subscription(
        self, subscription: AsyncSubscription[object], names: tuple[str, ...]
    ) -> None: ...


class _Events(Generic[T_co]):
    """The events that have come and are not read yet; the oldest are dropped for new ones."""

    def __init__(self, decoders: Mapping[str, Decoder[T_co]], buffer: int) -> None:
        super().__init__()
        if buffer < 1:
            raise ValueError(f"buffer: expected at least 1, found {buffer}")
        self.missed = 0
        """How many events of this subscription were lost so far: dropped here because they were not
        read fast enough, or on the server because the connection was not."""
        self._decoders = decoders
        self._buffer = buffer
        self._pushes: deque[tuple[str, Envelope]] = deque()
        self._expected: dict[str, int] = {}
        self._failure: CallError | None = None
        self._over = False

    @property
    def ready(self) -> bool:
        """Whether the next step need not wait."""
        return bool(self._pushes) or self._over

    def push(self, message_type: str, envelope: Envelope) -> None:
        """Takes an event."""
        seq = envelope.get("seq")
        missed = envelope.get("missed")
        if type(seq) is int:
            # The numbers say what is missing; before the first one only the server can.
            if message_type in self._expected:
                missed = seq - self._expected[message_type]
            self._expected[message_type] = seq + 1
        if type(missed) is int and missed > 0:
            self.missed += missed
        if len(self._pushes) >= self._buffer:
            try:
                self._pushes.popleft()
                self.missed += 1
            except IndexError:
                # The reader took it just now.
                pass
        self._pushes.append((message_type, envelope))
        self.notify()

    def fail(self, failure: CallError) -> None:
        """Ends the subscription after the events that have come."""
        self._failure = failure
        self._over = True
        self.notify()

    def notify(self) -> None:
        """Wakes the reader; to be called when `ready` has become true."""
        raise NotImplementedError

    def _end(self) -> None:
        self._over = True
        self._pushes.clear()
        self.notify()

    def _take(self) -> list[T_co]:
        """The next event if there is one."""
        try:
            message_type, envelope = self._pushes.popleft()
        except IndexError:
            return []
        return [read_reply(self._decoders[message_type], envelope.get("payload"), message_type)]


class Subscription(_Events[T_co], Parked):
    """The events of a subscription; an iterator for one thread at a time.

    It stays open until `close` or the end of its `with` block, whether it is read or not.
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
        self._connection.drop_subscription(self, tuple(self._decoders))

    def __iter__(self) -> Self:
        """The subscription is its own iterator."""
        return self

    def __next__(self) -> T_co:
        """Waits for the next event; ends when the subscription is closed.

        Raises:
            CallError: The connection was lost, or the event is not what the contract says.
        """
        while True:
            for event in self._take():
                return event
            if self._over:
                if self._failure is not None:
                    raise self._failure
                raise StopIteration
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
        self._connection.drop_subscription(self, tuple(self._decoders))

    def __aiter__(self) -> Self:
        """The subscription is its own iterator."""
        return self

    async def __anext__(self) -> T_co:
        """Waits for the next event; ends when the subscription is closed.

        Raises:
            CallError: The server refused the subscription, the connection was lost, or the event is
                not what the contract says.
        """
        await self._open()
        while True:
            for event in self._take():
                return event
            if self._over:
                if self._failure is not None:
                    raise self._failure
                raise StopAsyncIteration
            self._wakeup = asyncio.get_running_loop().create_future()
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
                await self._connection.open_subscription(self, tuple(self._decoders), self._seconds)
            except BaseException:
                await self.aclose()
                raise
