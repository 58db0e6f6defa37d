"""The asyncio connection."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from itertools import count
from math import inf
from typing import TYPE_CHECKING, Final, TypeVar

from .codec import CodecName, Envelope, codec_named
from .decode import read_reply
from .envelope import Envelopes, Method
from .errors import CallError, CallTimeout, ConnectionLost, DeclaredError, refusal
from .frame import FrameSplitter
from .limits import DEFAULT_TIMEOUT, checked_timeout, milliseconds
from .routing import Router
from .streams import AsyncArrivals, AsyncStream, StreamRequest
from .subscriptions import AsyncSubscription

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .decode import Decoder
    from .errors import Delivered

T = TypeVar("T")

_RESOLUTION: Final = 0.005
"""The shortest time between two sweeps for calls whose time is over, in seconds."""


class _Call:
    """An ask or a confirmation in flight."""

    __slots__ = ("deadline", "limit", "outcome", "subject")

    def __init__(
        self,
        outcome: asyncio.Future[Envelope | CallError],
        deadline: float,
        limit: float,
        subject: str,
    ) -> None:
        self.outcome = outcome
        self.deadline = deadline
        self.limit = limit
        self.subject = subject

    def deliver(self, envelope: Envelope) -> None:
        if not self.outcome.done():
            self.outcome.set_result(envelope)

    def fail(self, failure: CallError) -> None:
        # A result and not an exception, so that nobody is told of one that was never retrieved.
        if not self.outcome.done():
            self.outcome.set_result(failure)

    def expire(self) -> None:
        self.fail(CallTimeout(f"no reply to {self.subject} within {self.limit} s"))


class AsyncConnection:
    """A connection for the tasks of one event loop.

    Frames that are sent in the same turn of the loop leave in one write. One timer watches over all
    time limits.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        codec: CodecName = "json",
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """Prepares a connection to the Unix socket at `path`; `connect` makes it.

        Raises:
            ImportError: The codec is "messagepack" and the `msgpack` package is not installed.
        """
        self._path = os.fspath(path)
        self._timeout = checked_timeout(timeout)
        chosen = codec_named(codec)
        self._envelopes = Envelopes(chosen)
        self._router: Router[_Call | AsyncArrivals[object], AsyncSubscription[object]] = Router(
            chosen
        )
        self._splitter = FrameSplitter()
        self._ids = count(1)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._transport: asyncio.Transport | None = None
        self._lost: str | None = "the client is not connected"
        self._outgoing: list[bytes] = []
        self._writable = asyncio.Event()
        self._writable.set()
        self._gone = asyncio.Event()
        self._sweep: asyncio.TimerHandle | None = None
        self._sweep_at = inf

    async def connect(self) -> None:
        """Connects; every other method needs it done.

        Raises:
            ConnectionLost: Nothing accepts connections at that path, or the client was connected
                before.
        """
        if self._loop is not None:
            raise ConnectionLost("the client was connected before", delivered="no")
        self._loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeout):
                self._transport, _ = await self._loop.create_unix_connection(
                    lambda: _Wire(self._received, self._writable, self._ended), self._path
                )
        except OSError as failure:
            self._loop = None
            raise ConnectionLost(
                f"failed to connect to {self._path}: {failure}", delivered="no", retryable=True
            ) from failure
        self._lost = None

    async def close(self) -> None:
        """Closes the connection; what is in flight fails with `ConnectionLost`. May be repeated."""
        self._lose("the client is closed")
        if self._transport is None:
            return
        self._transport.close()
        try:
            async with asyncio.timeout(self._timeout):
                await self._gone.wait()
        except TimeoutError:
            # The server does not take what is still to be written.
            self._transport.abort()

    def target(self, actor: str) -> bytes:
        """An actor's id, laid out for the methods below."""
        return self._envelopes.target(actor)

    async def ask(
        self,
        method: Method,
        target: bytes,
        payload: object,
        timeout: float | None,
        decode: Decoder[T],
        declared: DeclaredError | None = None,
    ) -> T:
        """Calls a method and waits for its reply; cancelling the task cancels the call.

        Args:
            method: The method.
            target: The actor, from `target`.
            payload: The encoded arguments.
            timeout: The limit in seconds; none means the connection's.
            decode: Checks the reply.
            declared: Makes the method's declared error.

        Raises:
            CallError: The call failed; the class says how.
            ValueError: The arguments cannot be written in the codec, or the limit makes no sense.
        """
        seconds = self._timeout if timeout is None else checked_timeout(timeout)
        request_id = str(next(self._ids))
        frame = self._envelopes.request(method, target, request_id, milliseconds(seconds), payload)
        outcome = await self._answer(request_id, frame, seconds, method.message_type)
        if isinstance(outcome, dict):
            if outcome.get("success") is True:
                return read_reply(decode, outcome.get("payload"))
            raise refusal(outcome, declared)
        raise outcome

    async def tell(
        self,
        method: Method,
        target: bytes,
        payload: object,
        timeout: float | None,
    ) -> None:
        """Sends a message that has no reply; returns once it is written.

        Raises:
            CallError: It was not written.
            ValueError: The arguments cannot be written in the codec, or the limit makes no sense.
        """
        seconds = self._timeout if timeout is None else checked_timeout(timeout)
        frame = self._envelopes.tell(method, target, payload)
        deadline = self._running().time() + seconds
        if not self._writable.is_set():
            await self._until_writable(deadline, "no")
        self._write(frame)
        # The frames of this turn of the loop leave before this task goes on.
        await asyncio.sleep(0)
        if not self._writable.is_set():
            await self._until_writable(deadline, "unknown")

    def stream(
        self,
        method: Method,
        target: bytes,
        payload: object,
        timeout: float | None,
        decode: Decoder[T],
        declared: DeclaredError | None = None,
    ) -> AsyncStream[T]:
        """Prepares a stream; the limit covers the wait for its first item.

        Raises:
            ValueError: The arguments cannot be written in the codec, or the limit makes no sense.
        """
        seconds = self._timeout if timeout is None else checked_timeout(timeout)
        request_id = str(next(self._ids))
        frame = self._envelopes.request(method, target, request_id, milliseconds(seconds), payload)
        return AsyncStream(
            self,
            StreamRequest(request_id, method.message_type, frame, seconds, decode, declared),
        )

    def subscribe(
        self, decoders: Mapping[str, Decoder[T]], buffer: int, timeout: float | None = None
    ) -> AsyncSubscription[T]:
        """Prepares a subscription to event types.

        Args:
            decoders: The check of each event type, by its full name.
            buffer: How many events are kept for the reader; the oldest are dropped for new ones.
            timeout: The limit for the confirmation in seconds; none means the connection's.

        Raises:
            ValueError: The buffer or the limit makes no sense.
        """
        seconds = self._timeout if timeout is None else checked_timeout(timeout)
        return AsyncSubscription(self, decoders, buffer, seconds)

    # What streams and subscriptions need.

    async def open_stream(
        self, arrivals: AsyncArrivals[object], request: StreamRequest[object]
    ) -> None:
        """Asks the server for the stream."""
        deadline = self._running().time() + request.timeout
        if not self._writable.is_set():
            await self._until_writable(deadline, "no")
        arrivals.deadline = deadline
        self._router.waiting[request.stream_id] = arrivals
        self._watch(deadline)
        self._write(request.frame)

    def grant(self, stream_id: str, items: int) -> None:
        """Lets the server send so many items more."""
        self._write(self._envelopes.credit(stream_id, items))

    def drop_stream(self, stream_id: str) -> None:
        """Cancels a stream unless it has ended."""
        if self._router.waiting.pop(stream_id, None) is not None:
            self._write(self._envelopes.cancel(stream_id))

    def drop_stream_later(self, stream_id: str) -> None:
        """The same from the garbage collector, which may run anywhere."""
        if self._loop is not None:
            # A closed loop has no connection either.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self.drop_stream, stream_id)

    async def open_subscription(
        self, subscription: AsyncSubscription[object], names: tuple[str, ...], seconds: float
    ) -> None:
        """Asks the server for the events and waits for its confirmation."""
        request_id = str(next(self._ids))
        frame = self._envelopes.subscribe(names, request_id)
        self._running()
        self._router.add_listener(subscription, names)
        outcome = await self._answer(request_id, frame, seconds, "the subscription")
        if not isinstance(outcome, dict):
            raise outcome
        if outcome.get("success") is not True:
            raise refusal(outcome)

    def drop_subscription(
        self, subscription: AsyncSubscription[object], names: tuple[str, ...]
    ) -> None:
        """Ends a subscription, on the server too if no other one needs the events."""
        silent = self._router.remove_listener(subscription, names)
        if silent:
            self._write(self._envelopes.unsubscribe(silent))

    async def _answer(
        self, request_id: str, frame: bytes, seconds: float, subject: str
    ) -> Envelope | CallError:
        """Sends a frame and waits for the response to it."""
        loop = self._running()
        deadline = loop.time() + seconds
        if not self._writable.is_set():
            await self._until_writable(deadline, "no")
        call = _Call(loop.create_future(), deadline, seconds, subject)
        waiting = self._router.waiting
        waiting[request_id] = call
        if deadline < self._sweep_at:
            self._watch(deadline)
        self._write(frame)
        try:
            return await call.outcome
        except asyncio.CancelledError:
            if waiting.pop(request_id, None) is not None:
                self._write(self._envelopes.cancel(request_id))
            raise

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._lost is not None or self._loop is None:
            raise ConnectionLost(
                self._lost or "the client is not connected", delivered="no", retryable=True
            )
        return self._loop

    async def _until_writable(self, deadline: float, delivered: Delivered) -> None:
        """Waits while the server takes in less than is sent; the only wait with its own timer."""
        try:
            async with asyncio.timeout_at(deadline):
                await self._writable.wait()
        except TimeoutError:
            raise CallTimeout(
                "the server took nothing in until the time was over", delivered=delivered
            ) from None
        self._running()

    def _write(self, frame: bytes) -> None:
        if self._lost is None and self._loop is not None:
            if not self._outgoing:
                self._loop.call_soon(self._flush)
            self._outgoing.append(frame)

    def _flush(self) -> None:
        if self._outgoing and self._transport is not None:
            self._transport.write(b"".join(self._outgoing))
            self._outgoing.clear()

    def _watch(self, deadline: float) -> None:
        """Lets the timer look no later than that."""
        if deadline < self._sweep_at and self._loop is not None:
            if self._sweep is not None:
                self._sweep.cancel()
            self._sweep_at = deadline
            self._sweep = self._loop.call_at(deadline, self._expire)

    def _expire(self) -> None:
        self._sweep = None
        self._sweep_at = inf
        if self._loop is None:
            return
        now = self._loop.time()
        waiting = self._router.waiting
        for request_id in [key for key, waiter in waiting.items() if waiter.deadline <= now]:
            waiting.pop(request_id).expire()
            self._write(self._envelopes.cancel(request_id))
        earliest = min((waiter.deadline for waiter in waiting.values()), default=inf)
        if earliest < inf:
            self._watch(max(earliest, now + _RESOLUTION))

    def _received(self, chunk: bytes) -> None:
        try:
            for body in self._splitter.feed(chunk):
                self._router.dispatch(body)
        except CallError as failure:
            self._lose(str(failure))
            if self._transport is not None:
                self._transport.abort()

    def _ended(self, failure: Exception | None) -> None:
        self._lose(
            "the server closed the connection"
            if failure is None
            else f"the connection is broken: {failure}"
        )
        self._gone.set()

    def _lose(self, reason: str) -> None:
        """Ends everything."""
        if self._lost is None:
            self._flush()
            self._lost = reason
        self._router.fail_all(reason)
        self._writable.set()
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None


class _Wire(asyncio.Protocol):
    """What the event loop tells of the socket."""

    def __init__(
        self,
        received: Callable[[bytes], None],
        writable: asyncio.Event,
        ended: Callable[[Exception | None], None],
    ) -> None:
        self._received = received
        self._writable = writable
        self._ended = ended

    def data_received(self, data: bytes) -> None:
        self._received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended(exc)

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()
