"""Streams: the many replies of one call, read one by one."""

from __future__ import annotations

from collections import deque
from math import inf
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

from .decode import read_reply
from .envelope import STREAM_CREDIT
from .errors import CallTimeoutError, ProtocolError, not_sent, refusal
from .frame import PREFIX
from .turns import Parked

if TYPE_CHECKING:
    import asyncio
    from types import TracebackType

    from .codec import Envelope
    from .decode import Decoder
    from .envelope import Method
    from .errors import CallError

T_co = TypeVar("T_co", covariant=True)

_REFILL = STREAM_CREDIT // 2


class _Connection(Protocol):
    def grant(self, stream_id: str, items: int) -> None: ...
    def drop_stream(self, stream_id: str) -> None: ...


class _BlockingConnection(_Connection, Protocol):
    def wait(self, parked: Parked, deadline: float | None) -> bool: ...


class _AsyncConnection(_Connection, Protocol):
    async def open_stream(
        self, arrivals: AsyncArrivals[object], request: StreamRequest[object]
    ) -> None: ...
    def drop_stream_later(self, stream_id: str) -> None: ...
    def wakeup(self) -> asyncio.Future[None]: ...


class StreamRequest(Generic[T_co]):
    """What a stream was asked for with, and how its answers are read."""

    __slots__ = ("decode", "frame", "method", "stream_id", "timeout")

    def __init__(
        self,
        stream_id: str,
        method: Method,
        frame: bytes,
        timeout: float,
        decode: Decoder[T_co],
    ) -> None:
        """Keeps them together; `timeout`, in seconds, is for the first item."""
        self.stream_id: str = stream_id
        self.method: Method = method
        self.frame: bytes = frame
        self.timeout: float = timeout
        self.decode: Decoder[T_co] = decode

    def timed_out(self, unsent: str | None = None) -> CallTimeoutError:
        """The failure of a stream whose first item does not come; why, if it was not asked for."""
        if unsent is not None:
            return not_sent(self.method.message_type, self.timeout, unsent)
        return CallTimeoutError(f"no item of {self.method.message_type} within {self.timeout} s")


class _Arrivals(Generic[T_co]):
    """The frames of a stream that have come and are not read yet, in order.

    The connection holds this and not the stream itself, so that a stream that its user has dropped
    is noticed.
    """

    repeatable: bool = False

    def __init__(self, connection: _Connection, request: StreamRequest[T_co]) -> None:
        super().__init__()
        self.over: bool = False
        self.sent: bool = False
        self.size: int = len(request.frame) - PREFIX
        self._connection = connection
        self._request = request
        self._frames: deque[Envelope | CallError] = deque()
        self._next = 0
        self._unreported = 0

    @property
    def ready(self) -> bool:
        """Whether the next step need not wait."""
        return bool(self._frames) or self.over

    def deliver(self, envelope: Envelope) -> None:
        """Takes a frame of the stream."""
        self._frames.append(envelope)
        self.notify()

    def fail(self, failure: CallError) -> None:
        """Ends the stream after the items that have come."""
        self._frames.append(failure)
        self.notify()

    def notify(self) -> None:
        """Wakes the reader; to be called when `ready` has become true."""
        raise NotImplementedError

    def end(self) -> None:
        """Forgets what was not read, and cancels the stream if it has not ended."""
        self.over = True
        self._frames.clear()
        self._connection.drop_stream(self._request.stream_id)
        self.notify()

    def take(self) -> list[T_co]:
        """Reads the next frame if there is one: its item, or nothing if it only ends the stream.

        Whatever goes wrong ends the stream.
        """
        if not self._frames:
            return []
        frame = self._frames.popleft()
        try:
            return self._read(frame)
        except BaseException:
            self.end()
            raise

    def _read(self, frame: Envelope | CallError) -> list[T_co]:
        if not isinstance(frame, dict):
            raise frame
        if frame.get("success") is False:
            raise refusal(frame, self._request.method.declared)
        if frame.get("sequence") != self._next:
            raise ProtocolError(
                f"expected frame {self._next} of the stream, found {frame.get('sequence')!r}",
                delivered="yes",
            )
        self._next += 1
        payload = frame.get("payload")
        if frame.get("is_final") is True:
            self.over = True
            if payload is None:
                return []
        else:
            self._unreported += 1
            if self._unreported == _REFILL:
                self._unreported = 0
                self._connection.grant(self._request.stream_id, _REFILL)
        return [read_reply(self._request.decode, payload, "item")]


class BlockingArrivals(_Arrivals[T_co], Parked):
    """What a blocking connection holds of a stream."""

    def notify(self) -> None:
        """Wakes the reader."""
        Parked.notify(self)


class AsyncArrivals(_Arrivals[T_co]):
    """What an asyncio connection holds of a stream."""

    deadline: float = inf
    """When the connection ends the wait for the first item, in the event loop's time."""
    _wakeup: asyncio.Future[None] | None = None

    def __init__(self, connection: _AsyncConnection, request: StreamRequest[T_co]) -> None:
        """Starts with nothing received."""
        super().__init__(connection, request)
        self._new_wakeup = connection.wakeup

    def deliver(self, envelope: Envelope) -> None:
        """Takes a frame of the stream."""
        self.deadline = inf
        super().deliver(envelope)

    def left(self) -> None:
        """All of its frame has left."""
        self.sent = True

    def expire(self, unsent: str | None) -> None:
        """Ends a stream whose first item has not come in time; why, if it was not asked for."""
        self.fail(self._request.timed_out(unsent))

    def notify(self) -> None:
        """Wakes the reader."""
        if self._wakeup is not None and not self._wakeup.done():
            self._wakeup.set_result(None)

    async def wait(self) -> None:
        """Waits until it is ready.

        Raises:
            RuntimeError: Another task waits already: it would never be woken.
        """
        if self._wakeup is not None:
            raise RuntimeError("another task waits for the next item of this stream")
        self._wakeup = self._new_wakeup()
        try:
            await self._wakeup
        finally:
            self._wakeup = None


class Stream(Generic[T_co]):
    """The items of a streaming call; an iterator for one thread at a time.

    Leaving it early cancels the call: at once with `with` or `close`, else when the last reference
    to it goes.
    """

    def __init__(
        self,
        connection: _BlockingConnection,
        request: StreamRequest[T_co],
        arrivals: BlockingArrivals[T_co],
        deadline: float,
    ) -> None:
        """Made by the methods of contracts."""
        self._connection = connection
        self._request = request
        self._arrivals = arrivals
        self._deadline: float | None = deadline

    def close(self) -> None:
        """Ends the stream; the server is told to cancel the call. May be repeated."""
        self._arrivals.end()

    def __iter__(self) -> Self:
        """The stream is its own iterator."""
        return self

    def __next__(self) -> T_co:
        """The next item.

        Raises:
            CallError: The stream failed, or its first item did not come in time.
        """
        arrivals = self._arrivals
        while True:
            for item in arrivals.take():
                self._deadline = None
                return item
            if arrivals.over:
                raise StopIteration
            if not self._connection.wait(arrivals, self._deadline):
                self.close()
                raise self._request.timed_out()

    def __enter__(self) -> Self:
        """Closes the stream at the end of the `with` block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Closes the stream."""
        self.close()

    def __del__(self) -> None:
        """Cancels a stream that was left early."""
        self._arrivals.end()


class AsyncStream(Generic[T_co]):
    """The items of a streaming call; an async iterator for one task at a time.

    The call is made when the first item is asked for, or at `async with`. Leaving the
    stream early cancels the call: at once with `async with` or `aclose`, else when the last
    reference to it goes.
    """

    def __init__(self, connection: _AsyncConnection, request: StreamRequest[T_co]) -> None:
        """Made by the methods of contracts."""
        self._connection = connection
        self._request = request
        self._arrivals = AsyncArrivals(connection, request)
        self._opened = False

    async def aclose(self) -> None:
        """Ends the stream; the server is told to cancel the call. May be repeated."""
        self._arrivals.end()

    def __aiter__(self) -> Self:
        """The stream is its own iterator."""
        return self

    async def __anext__(self) -> T_co:
        """The next item.

        Raises:
            CallError: The stream failed, or its first item did not come in time.
            RuntimeError: Another task waits for it.
        """
        await self._open()
        arrivals = self._arrivals
        while True:
            for item in arrivals.take():
                return item
            if arrivals.over:
                raise StopAsyncIteration
            if not arrivals.ready:
                await arrivals.wait()

    async def __aenter__(self) -> Self:
        """Makes the call; closes the stream at the end of the `async with` block."""
        await self._open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Closes the stream."""
        await self.aclose()

    def __del__(self) -> None:
        """Cancels a stream that was left early."""
        if self._opened and not self._arrivals.over:
            self._connection.drop_stream_later(self._request.stream_id)

    async def _open(self) -> None:
        if not self._opened and not self._arrivals.over:
            self._opened = True
            await self._connection.open_stream(self._arrivals, self._request)
