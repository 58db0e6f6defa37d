"""The asyncio connection."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from itertools import count
from math import inf
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from .aio_calls import Ask, Confirmation, Tell
from .aio_hosting import AsyncHosting
from .aio_link import AsyncLink
from .backoff import Backoff
from .codec import CodecName, Envelope, codec_named
from .decode import read_reply
from .dial import Ownership, dial
from .envelope import Envelopes, Method
from .errors import (
    CallError,
    ClientForkedError,
    ConnectionLostError,
    ShuttingDownError,
    refusal,
)
from .frame import PREFIX, FrameSplitter
from .greeting import Greeting, Question
from .limits import DEFAULT_TIMEOUT, checked_timeout, milliseconds
from .options import AskOptions, CallOptions, ask_limit, call_limit
from .repeats import ended_twice, is_repeated
from .routing import RejectedError, Router
from .serving import Answers
from .streams import AsyncArrivals, AsyncStream, StreamRequest
from .subscribers import Subscribers
from .subscriptions import AsyncSubscription
from .terms import Terms

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping

    from .decode import Decoder
    from .errors import Delivered
    from .greeting import Origin
    from .hosting import Hosted
    from .serving import Handled

T = TypeVar("T")

_RESOLUTION: Final = 0.005
"""The shortest time between two sweeps for calls whose time is over, in seconds."""


_Waiter: TypeAlias = "Ask | AsyncArrivals[object] | Question"


class AsyncConnection:
    """A connection for the tasks of one event loop.

    Frames that are sent in the same turn of the loop leave in one write. One timer watches over all
    time limits. When the connection is lost it is made anew, with no task of its own.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        codec: CodecName = "json",
        timeout: float = DEFAULT_TIMEOUT,
        reconnect: bool = True,
        origin: Origin | None = None,
    ) -> None:
        """Prepares a connection to a Unix socket; `connect` makes it.

        Args:
            path: The server's Unix socket.
            codec: How messages are written.
            timeout: How long each call may take, in seconds.
            reconnect: Whether a connection that is lost is made anew.
            origin: What the client is made from; without, it does not introduce itself.

        Raises:
            ImportError: The codec is "messagepack" and the `msgpack` package is not installed.
        """
        self._path = os.fspath(path)
        self._timeout = checked_timeout(timeout)
        self._reconnect = reconnect
        chosen = codec_named(codec)
        self._envelopes = Envelopes(chosen)
        self._terms = Terms()
        self._subscribers: Subscribers[AsyncSubscription[object]] = Subscribers()
        self._router: Router[_Waiter, AsyncSubscription[object]] = Router(
            chosen, self._subscribers, self._terms, self._leave, self._called
        )
        self._hosting = AsyncHosting(Answers(chosen, self._terms))
        self._greeting = Greeting(self, self._envelopes, self._subscribers, self._terms, origin)
        self._splitter = FrameSplitter()
        self._ids = count(1)
        self._ownership = Ownership()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed: str | None = None
        self._link: AsyncLink[_Waiter] | None = None
        self._leaving = False
        self._why_down = "the client is not connected"
        # What no socket took, in order, for the next one.
        self._held: dict[_Waiter, bytes] = {}
        self._backoff = Backoff()
        self._retry: asyncio.TimerHandle | None = None
        self._again: asyncio.TimerHandle | None = None
        self._sweep: asyncio.TimerHandle | None = None
        self._sweep_at = inf

    async def connect(self) -> None:
        """Connects; every other method needs it done.

        Raises:
            ConnectionLostError: Nothing accepts connections at that path, or the client was
                connected before.
        """
        self._check_owner()
        if self._loop is not None or self._closed is not None:
            raise ConnectionLostError(
                "the client was connected before", delivered="no", retryable=False
            )
        try:
            peer = dial(self._path)
        except OSError as failure:
            raise ConnectionLostError(str(failure), delivered="no") from failure
        self._loop = asyncio.get_running_loop()
        self._open(self._loop, peer)

    async def close(self) -> None:
        """Closes the connection; what is in flight fails with `ConnectionLostError`.

        It may be repeated.
        """
        if self._ownership.is_ours:
            self._end("the client is closed")
        elif self._link is not None:
            self._link.forget()

    def target(self, actor: str) -> bytes:
        """An actor's id, laid out for the methods below."""
        return self._envelopes.target(actor)

    async def ask(
        self,
        method: Method,
        target: bytes,
        payload: object,
        options: AskOptions,
        decode: Decoder[T],
    ) -> T:
        """Calls a method and waits for its reply; cancelling the task cancels the call.

        Args:
            method: The method.
            target: The actor, from `target`.
            payload: The encoded arguments.
            options: What the caller says of the call.
            decode: Checks the reply.

        Raises:
            CallError: The call failed; the class says how.
            TypeError: An option is none of a call's.
            ValueError: The arguments cannot be written in the codec, or the limit makes no sense.
        """
        seconds = ask_limit(options, self._timeout)
        deadline = self._now() + seconds
        outcome = await self._answer(method, target, payload, seconds, seconds)
        if is_repeated(outcome, method, options) and self._goes_on:
            outcome = await self._second_answer(method, target, payload, deadline, seconds)
        if isinstance(outcome, dict):
            if outcome.get("success") is True:
                return read_reply(decode, outcome.get("payload"))
            raise refusal(outcome, method.declared)
        raise outcome

    async def _second_answer(
        self, method: Method, target: bytes, payload: object, deadline: float, limit: float
    ) -> Envelope | CallError:
        """What becomes of a call that is made once more; its first attempt may have run."""
        left = max(deadline - self._now(), _RESOLUTION)
        try:
            outcome = await self._answer(method, target, payload, left, limit)
        except CallError as failure:
            return ended_twice(failure)
        if not isinstance(outcome, dict):
            return ended_twice(outcome)
        if outcome.get("success") is not True:
            return ended_twice(refusal(outcome, method.declared))
        return outcome

    async def _answer(
        self, method: Method, target: bytes, payload: object, seconds: float, limit: float
    ) -> Envelope | CallError:
        """What becomes of a call within so many seconds, which are left of its limit."""
        request_id = str(next(self._ids))
        frame = self._envelopes.request(method, target, request_id, milliseconds(seconds), payload)
        self._terms.check(method.message_type, frame)
        loop = self._running()
        call = Ask(
            loop.create_future(),
            loop.time() + seconds,
            limit,
            method.message_type,
            len(frame) - PREFIX,
        )
        return await self._outcome(request_id, frame, call)

    async def tell(
        self,
        method: Method,
        target: bytes,
        payload: object,
        options: CallOptions,
    ) -> None:
        """Sends a message that has no reply; returns once it is written.

        Raises:
            CallError: It was not written.
            TypeError: An option is none of a call's.
            ValueError: The arguments cannot be written in the codec, or the limit makes no sense.
        """
        seconds = call_limit(options, self._timeout)
        frame = self._envelopes.tell(method, target, payload)
        self._terms.check(method.message_type, frame)
        loop = self._running()
        call = Tell(
            loop.create_future(),
            loop.time() + seconds,
            seconds,
            method.message_type,
            len(frame) - PREFIX,
        )
        # No server makes an id like this one, which is not sent.
        outcome = await self._outcome(f"tell {next(self._ids)}", frame, call)
        if not isinstance(outcome, dict):
            raise outcome

    def stream(
        self,
        method: Method,
        target: bytes,
        payload: object,
        options: CallOptions,
        decode: Decoder[T],
    ) -> AsyncStream[T]:
        """Prepares a stream; the limit covers the wait for its first item.

        Raises:
            TypeError: An option is none of a call's.
            ValueError: The arguments cannot be written in the codec, or the limit makes no sense.
        """
        seconds = call_limit(options, self._timeout)
        request_id = str(next(self._ids))
        frame = self._envelopes.request(method, target, request_id, milliseconds(seconds), payload)
        self._terms.check(method.message_type, frame)
        return AsyncStream(self, StreamRequest(request_id, method, frame, seconds, decode))

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

    def host(
        self,
        methods: tuple[Handled, ...],
        handler: object,
        mailbox: Callable[[str], T],
        actor: str | None,
        concurrency: int,
    ) -> Hosted[T]:
        """Hosts an actor, which the server may call over this connection.

        Args:
            methods: Those of its contract.
            handler: What has them.
            mailbox: Makes the mailbox for an id.
            actor: The id; none means any.
            concurrency: How many of its calls run at once.

        Raises:
            ConnectionLostError: The client is closed.
            TypeError: The handler lacks a method.
            ValueError: The id is none, or that of another actor, or nothing could run.
        """
        self._check_owner()
        if self._closed is not None:
            raise ConnectionLostError(self._closed, delivered="no")
        return self._hosting.open(methods, handler, mailbox, actor, concurrency)

    # What streams, subscriptions and the greeting need.

    async def open_stream(
        self, arrivals: AsyncArrivals[object], request: StreamRequest[object]
    ) -> None:
        """Asks the server for the stream."""
        arrivals.deadline = self._running().time() + request.timeout
        self._send(request.stream_id, request.frame, arrivals)

    def grant(self, stream_id: str, items: int) -> None:
        """Lets the server send so many items more."""
        self.post(self._envelopes.credit(stream_id, items))

    def drop_stream(self, stream_id: str) -> None:
        """Cancels a stream unless it has ended."""
        self._give_up(stream_id)

    def drop_stream_later(self, stream_id: str) -> None:
        """The same from the garbage collector, which may run anywhere."""
        if self._loop is not None and self._ownership.is_ours:
            # A closed loop has no connection either.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self.drop_stream, stream_id)

    async def open_subscription(
        self, subscription: AsyncSubscription[object], seconds: float
    ) -> None:
        """Asks the server for the events and waits for its confirmation."""
        loop = self._running()
        request_id = self.next_id()
        frame = self._envelopes.subscribe(subscription.names, request_id)
        self._subscribers.add(subscription)
        call = Confirmation(
            loop.create_future(),
            loop.time() + seconds,
            seconds,
            frame,
            lambda envelope: self._subscribers.confirmed(subscription, envelope),
        )
        outcome = await self._outcome(request_id, frame, call)
        if not isinstance(outcome, dict):
            raise outcome
        if outcome.get("success") is not True:
            raise refusal(outcome)

    def drop_subscription(self, subscription: AsyncSubscription[object]) -> None:
        """Ends a subscription, on the server too if no other one needs the events."""
        silent = self._subscribers.remove(subscription)
        if silent:
            self.post(self._envelopes.unsubscribe(silent))

    def wakeup(self) -> asyncio.Future[None]:
        """What a task waits for until somebody wakes it."""
        return asyncio.get_running_loop().create_future()

    def next_id(self) -> str:
        """An id for a request."""
        return str(next(self._ids))

    def post(self, frame: bytes) -> bool:
        """Writes a frame to the socket of the moment; false if there is none."""
        if self._link is None or not self._ownership.is_ours:
            return False
        self._link.write(frame)
        return True

    def ask_for_itself(self, request_id: str, question: Question) -> None:
        """Has the answer with this id go to the question."""
        self._router.waiting[request_id] = question

    def ask_again(self, seconds: float) -> None:
        """Has the greeting ask again once that time has passed."""
        if self._loop is not None:
            if self._again is not None:
                self._again.cancel()
            self._again = self._loop.call_later(seconds, self._greeting.again)

    async def _outcome(self, request_id: str, frame: bytes, call: Ask) -> Envelope | CallError:
        """Sends a frame and waits for what becomes of it."""
        self._send(request_id, frame, call)
        try:
            return await call.outcome
        except asyncio.CancelledError:
            self._give_up(request_id)
            raise
        finally:
            # A tell is never answered.
            self._router.waiting.pop(request_id, None)
            self._proceed()

    def _send(self, request_id: str, frame: bytes, waiter: Ask | AsyncArrivals[object]) -> None:
        """Writes a frame, or keeps it for the next socket."""
        self._router.waiting[request_id] = waiter
        if waiter.deadline < self._sweep_at:
            self._watch(waiter.deadline)
        self._held[waiter] = frame
        self._proceed()

    @property
    def _is_full(self) -> bool:
        """Whether as many calls wait for their answers as the server takes."""
        return len(self._router.waiting) - len(self._held) >= self._terms.in_flight

    def _proceed(self) -> None:
        """Writes what was held back, as far as there is a socket and the server takes more."""
        while self._held and self._link is not None and not self._leaving:
            waiter, frame = next(iter(self._held.items()))
            if self._is_full and not isinstance(waiter, Tell):
                return
            del self._held[waiter]
            self._link.write(frame, waiter)

    def _give_up(self, request_id: str) -> None:
        """Nobody waits for it any longer: it is not sent, or the server is told."""
        waiter = self._router.waiting.pop(request_id, None)
        if waiter is not None and not self._withdraw(waiter):
            self._cancel(request_id, waiter)
        self._proceed()

    def _cancel(self, request_id: str, waiter: _Waiter) -> None:
        if not isinstance(waiter, Tell):
            self.post(self._envelopes.cancel(request_id))

    def _withdraw(self, waiter: _Waiter) -> bool:
        """Keeps it from being sent; false if some of it has left."""
        if waiter.sent or not self._ownership.is_ours:
            return False
        if self._held.pop(waiter, None) is not None:
            return True
        return self._link is not None and self._link.withdraw(waiter)

    def _check_owner(self) -> None:
        if not self._ownership.is_ours:
            raise ClientForkedError

    @property
    def _goes_on(self) -> bool:
        """Whether there is, or will be, a socket to call over."""
        return self._reconnect and self._closed is None

    def _now(self) -> float:
        """The event loop's time."""
        return 0.0 if self._loop is None else self._loop.time()

    def _running(self) -> asyncio.AbstractEventLoop:
        self._check_owner()
        if self._closed is not None or self._loop is None:
            raise ConnectionLostError(self._closed or "the client is not connected", delivered="no")
        if self._leaving and not self._reconnect:
            raise ShuttingDownError(
                "the server has said goodbye, and the client does not reconnect"
            )
        return self._loop

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
            waiter = waiting.pop(request_id)
            if self._withdraw(waiter):
                waiter.expire(self._why_unsent())
            else:
                waiter.expire(None)
                self._cancel(request_id, waiter)
        self._proceed()
        earliest = min((waiter.deadline for waiter in waiting.values()), default=inf)
        if earliest < inf:
            self._watch(max(earliest, now + _RESOLUTION))

    def _why_unsent(self) -> str:
        if self._link is None or self._leaving:
            return self._why_down
        if self._is_full:
            return f"the server takes no more than {self._terms.in_flight} calls at once"
        return "the server took nothing in"

    # The socket of the moment.

    def _open(self, loop: asyncio.AbstractEventLoop, peer: socket.socket) -> None:
        """Uses this socket from now on: first for the greeting, then for what has waited."""
        self._splitter = FrameSplitter()
        self._leaving = False
        link = self._link = AsyncLink(loop, peer, self._received, self._lose)
        for frame in self._greeting.begin():
            link.write(frame)
        self._proceed()

    def _connect_anew(self) -> None:
        self._retry = None
        if self._loop is None:
            return
        try:
            peer = dial(self._path)
        except OSError as failure:
            self._why_down = str(failure)
            self._backoff.failed()
            self._retry = self._loop.call_later(self._backoff.delay(), self._connect_anew)
            return
        self._open(self._loop, peer)

    def _received(self, chunk: bytes) -> None:
        try:
            for body in self._splitter.feed(chunk):
                self._router.dispatch(body)
        except RejectedError as failure:
            self._lose(str(failure), failure.delivered)
        except CallError as failure:
            self._lose(str(failure))
        self._proceed()

    def _leave(self) -> None:
        """The server takes no more calls over this socket."""
        self._leaving = True
        self._why_down = "the server is about to end"
        if self._link is not None and self._reconnect:
            self._keep(self._link.withdraw_all())

    def _called(self, envelope: Envelope) -> None:
        """The server asks something of this client."""
        if self._link is not None:
            self._hosting.take(envelope, self._link)

    def _lose(self, reason: str, delivered: Delivered = "unknown") -> None:
        """The socket is lost."""
        link, self._link = self._link, None
        if link is None or self._loop is None:
            return
        self._hosting.lose()
        unsent = link.close()
        if not self._reconnect:
            self._end(reason, delivered)
            return
        self._why_down = reason
        for waiter in self._router.lose(reason, delivered):
            if isinstance(waiter, Confirmation):
                unsent[waiter] = waiter.frame
        self._keep(unsent)
        self._subscribers.lose()
        if self._again is not None:
            self._again.cancel()
        self._backoff.lost_after(self._loop.time() - link.since)
        self._retry = self._loop.call_later(self._backoff.delay(), self._connect_anew)

    def _keep(self, unsent: dict[_Waiter, bytes]) -> None:
        """Has what was not sent wait for the next socket, unless its caller has given up."""
        wanted = {id(waiter) for waiter in self._router.waiting.values()}
        kept = {waiter: frame for waiter, frame in unsent.items() if id(waiter) in wanted}
        self._held = {**kept, **self._held}

    def _end(self, reason: str, delivered: Delivered = "unknown") -> None:
        """Ends everything."""
        if self._closed is None:
            self._closed = reason
        link, self._link = self._link, None
        if link is not None:
            link.close()
        self._hosting.end()
        self._held.clear()
        self._router.end(reason, delivered)
        for timer in (self._retry, self._again, self._sweep):
            if timer is not None:
                timer.cancel()
        self._sweep_at = inf
