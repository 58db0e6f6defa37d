"""Handlers that are run for the requests of one connection, as tasks of its event loop."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Protocol, cast

from .errors import (
    ActorFailedError,
    ActorStoppedError,
    CallCancelledError,
    CallError,
    CallTimeoutError,
    TargetBusyError,
)
from .serving import (
    BACKLOG,
    WAITING,
    Accepted,
    RefusedError,
    Told,
    accept,
    told,
    told_of_handler,
    written,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Awaitable, Mapping

    from .codec import Envelope
    from .errors import Delivered
    from .serving import Answers, Request, Served


class AsyncWayOut(Protocol):
    """Where answers are written: one socket."""

    @property
    def backlog(self) -> int:
        """How many bytes have not left."""
        ...

    def write(self, frame: bytes) -> None:
        """Has a frame leave."""
        ...

    async def room(self, limit: int) -> None:
        """Waits until fewer bytes than that have not left."""
        ...


class AsyncActor:
    """What serves one id: its methods, and the calls that it has."""

    __slots__ = ("calls", "concurrency", "methods", "running", "waiting")

    def __init__(self, concurrency: int) -> None:
        """Serves nothing yet."""
        self.methods: dict[str, Served] = {}
        self.concurrency: int = concurrency
        self.calls: set[_Call] = set()
        """All that have not ended."""
        self.running = 0
        self.waiting: deque[_Call] = deque()

    @property
    def is_full(self) -> bool:
        """Whether it takes no further call."""
        return len(self.waiting) >= WAITING

    def take(self, call: _Call) -> None:
        """Runs a call, or has it wait for those before it."""
        self.calls.add(call)
        self.waiting.append(call)
        self.proceed()

    def proceed(self) -> None:
        """Runs what waits, as far as it may."""
        while self.waiting and self.running < self.concurrency:
            self.running += 1
            self.waiting.popleft().start()

    def forget(self, call: _Call) -> None:
        """Takes out what has not begun."""
        self.calls.discard(call)
        self.waiting.remove(call)

    def ended(self, call: _Call) -> None:
        """One that has run is at its end."""
        self.calls.discard(call)
        self.running -= 1
        self.proceed()

    def end(self) -> None:
        """Ends every call: there is no such actor any more."""
        self.methods.clear()
        self.stop()

    def stop(self) -> None:
        """Ends every call."""
        for call in list(self.calls):
            call.stop(ActorStoppedError("the actor was stopped", delivered=call.delivered("yes")))


class AsyncHost:
    """The calls of one connection: those of another one have the same ids."""

    __slots__ = ("_actors", "_codes", "_methods", "answers", "calls", "way_out")

    def __init__(
        self,
        actors: Mapping[str, AsyncActor],
        answers: Answers,
        way_out: AsyncWayOut,
        *,
        codes: bool = False,
    ) -> None:
        """Starts without a call.

        Args:
            actors: What is served, by id.
            answers: Writes the answers.
            way_out: Where they are written.
            codes: Whether a `CallError` that a handler raises is told as what it is.
        """
        self._actors = actors
        self._codes = codes
        self.answers: Answers = answers
        self.way_out: AsyncWayOut = way_out
        self.calls: dict[str, _Call] = {}
        """Those that are to be answered, by their ids."""

    def take(self, envelope: Envelope) -> None:
        """Acts on a request, or on a control that is about one; whatever is in it."""
        if "control" in envelope:
            self._control(envelope)
            return
        try:
            accepted = accept(envelope, self._served_by, self.calls)
            actor = self._actors[accepted.target]
            if actor.is_full:
                raise RefusedError(accepted.request, TargetBusyError("too many calls wait here"))
        except RefusedError as refused:
            self._refuse(refused.request, told(refused.failure))
            return
        self._begin(accepted, actor)

    def end(self) -> None:
        """Ends every call without an answer: nobody is there to read it."""
        calls, self.calls = self.calls, {}
        for call in calls.values():
            call.abandon()

    def told_of(self, accepted: Accepted, error: BaseException) -> Told:
        """What is told of an exception of a handler."""
        return told_of_handler(accepted.served.method, error, codes=self._codes)

    def _served_by(self, target: str) -> Mapping[str, Served] | None:
        actor = self._actors.get(target)
        return None if actor is None else actor.methods

    def _begin(self, accepted: Accepted, actor: AsyncActor) -> None:
        request = accepted.request
        call = _Call(self, actor, accepted)
        if call.is_answered and request.request_id is not None:
            self.calls[request.request_id] = call
            call.watch()
        elif request.is_answered:
            # A tell: that it has come is all there is to say.
            self.write(self.answers.reply(request, None))
        actor.take(call)

    def _control(self, envelope: Envelope) -> None:
        if envelope["control"] == "cancel":
            request_id = envelope.get("request_id")
            call = self.calls.get(request_id) if isinstance(request_id, str) else None
            if call is not None:
                delivered = call.delivered("unknown")
                call.stop(CallCancelledError("the call was cancelled", delivered=delivered))
        elif envelope["control"] == "credit":
            stream_id, items = envelope.get("stream_id"), envelope.get("items")
            call = self.calls.get(stream_id) if isinstance(stream_id, str) else None
            if call is not None and type(items) is int and items > 0:
                call.grant(items)

    def _refuse(self, request: Request, failed: Told) -> None:
        if request.request_id is not None:
            self.write(self.answers.failure(request, failed))

    def write(self, frame: bytes) -> None:
        """Writes what no handler waits for, unless the other side asks and does not read."""
        if self.way_out.backlog < BACKLOG:
            self.way_out.write(frame)


class _Call:
    """A call, from when it is taken until it has ended."""

    __slots__ = (
        "_actor",
        "_credit",
        "_granted",
        "_host",
        "_request",
        "_sequence",
        "_served",
        "_timer",
        "accepted",
        "is_answered",
        "over",
        "task",
    )

    def __init__(self, host: AsyncHost, actor: AsyncActor, accepted: Accepted) -> None:
        self._host = host
        self._actor = actor
        self.accepted = accepted
        self._request = accepted.request
        self.is_answered: bool = (
            accepted.request.is_answered and accepted.served.method.kind != "tell"
        )
        self._credit = accepted.request.credit
        self._granted: asyncio.Future[None] | None = None
        self._sequence = 0
        self._timer: asyncio.TimerHandle | None = None
        self.over = False
        """It has its answer, or none is wanted any more."""
        self.task: asyncio.Task[None] | None = None
        """What runs it, once it has begun."""

    def watch(self) -> None:
        """Has it end when its time is over; that of a stream is for its first item."""
        if self._request.timeout is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._request.timeout, self._expire)

    def start(self) -> None:
        """Runs the handler."""
        self.task = asyncio.get_running_loop().create_task(self._run())
        # Not within the task: one that is cancelled at once never begins.
        self.task.add_done_callback(self._ended)

    def delivered(self, begun: Delivered) -> Delivered:
        """Whether the handler has got it; that much if it has begun."""
        return "no" if self.task is None else begun

    def grant(self, items: int) -> None:
        """So many items more may be sent."""
        if self._credit is not None:
            self._credit += items
            if self._granted is not None and not self._granted.done():
                self._granted.set_result(None)

    def stop(self, failure: CallError) -> None:
        """Ends it for this reason, if it has not ended."""
        if not self.over:
            self._refuse(told(failure))
            self._cancel()

    def abandon(self) -> None:
        """Ends it without an answer."""
        if not self.over:
            self._close()
            self._cancel()

    def _cancel(self) -> None:
        if self.task is not None:
            self.task.cancel()
        else:
            self._actor.forget(self)

    def _expire(self) -> None:
        delivered = self.delivered("unknown")
        self.stop(CallTimeoutError("the time of the call is over", delivered=delivered))

    def _answer(self, frame: bytes) -> None:
        """Its last frame."""
        if not self.over:
            self._close()
            if self.is_answered:
                self._host.way_out.write(frame)

    def _close(self) -> None:
        self.over = True
        self._stop_watching()
        request_id = self._request.request_id
        if request_id is not None and self._host.calls.get(request_id) is self:
            del self._host.calls[request_id]

    def _stop_watching(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, failed: Told) -> None:
        """Ends it with a failure that no handler waits to tell."""
        self._close()
        if self.is_answered:
            failure = self._host.answers.failure(self._request, failed, self._sequence)
            self._host.write(failure)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not self.over:
            # The handler was cancelled, and not by its caller, or raised what is no `Exception`.
            error = None if task.cancelled() else task.exception()
            if error is None:
                failure = ActorFailedError("the handler was cancelled", delivered="yes")
                self._refuse(told(failure))
            else:
                self._refuse(self._host.told_of(self.accepted, error))
        self._actor.ended(self)

    async def _run(self) -> None:
        try:
            await self._handle()
        except Exception as error:
            failed = self._host.told_of(self.accepted, error)
            if self.is_answered and not self.over:
                await self._host.way_out.room(BACKLOG)
                self._answer(self._host.answers.failure(self._request, failed, self._sequence))

    async def _handle(self) -> None:
        method, handler = self.accepted.served
        made = handler(*self.accepted.arguments)
        if method.kind == "stream":
            await self._stream(cast("AsyncIterable[object]", made))
            return
        payload = written(method, await cast("Awaitable[object]", made))
        if self.is_answered:
            await self._host.way_out.room(BACKLOG)
            self._answer(self._host.answers.reply(self._request, payload))

    async def _stream(self, made: AsyncIterable[object]) -> None:
        answers, way_out = self._host.answers, self._host.way_out
        method = self.accepted.served.method
        items = aiter(made)
        try:
            # One that goes on after it was cancelled is not asked again.
            while not self.over:
                await self._allowed()
                await way_out.room(BACKLOG)
                try:
                    item = await anext(items)
                except StopAsyncIteration:
                    self._answer(answers.end(self._request, self._sequence))
                    return
                if self.over:
                    return
                self._stop_watching()
                frame, goes_on = answers.item(self._request, self._sequence, written(method, item))
                if not goes_on:
                    self._answer(frame)
                    return
                way_out.write(frame)
                self._sequence += 1
        finally:
            close = getattr(items, "aclose", None)
            if close is not None:
                await close()

    async def _allowed(self) -> None:
        """Waits until another item may be sent."""
        if self._credit is None:
            return
        while self._credit == 0:
            self._granted = asyncio.get_running_loop().create_future()
            try:
                await self._granted
            finally:
                self._granted = None
        self._credit -= 1
