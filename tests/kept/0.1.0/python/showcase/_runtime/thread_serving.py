"""Handlers that are run for the requests of one connection, in threads of their own."""

from __future__ import annotations

from collections import deque
from threading import Condition, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Protocol, cast

from .errors import (
    ActorStoppedError,
    CallCancelledError,
    CallError,
    CallTimeoutError,
    TargetBusyError,
)
from .serving import (
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
    from collections.abc import Iterable, Mapping

    from .codec import Envelope
    from .errors import Delivered
    from .serving import Answers, Request, Served


class WayOut(Protocol):
    """Where answers are written: one socket."""

    def send(self, frame: bytes) -> bool:
        """Writes a frame; false if it is lost, as the socket is or the other side does not read."""
        ...

    def post(self, frame: bytes) -> None:
        """Writes a frame and never blocks; it is lost if the other side asks and does not read."""
        ...


class ThreadActor:
    """What serves one id: its methods, and the calls that it has."""

    def __init__(self, concurrency: int) -> None:
        """Serves nothing yet."""
        self.methods: dict[str, Served] = {}
        self._concurrency = concurrency
        self._mutex = Lock()
        self._running: set[_Call] = set()
        self._waiting: deque[_Call] = deque()
        self._threads = 0

    def take(self, call: _Call) -> bool:
        """Has a call run, now or after those before it; false if there is no room for it."""
        with self._mutex:
            if len(self._waiting) >= WAITING:
                return False
            self._waiting.append(call)
            begins = self._threads < self._concurrency
            self._threads += begins
        return not begins or self._begin(call)

    def _begin(self, call: _Call) -> bool:
        """Runs what waits in one thread more; false if there can be none and nobody takes it."""
        try:
            # It may be that the user's code never ends.
            Thread(target=self._work, name="callsheet-handler", daemon=True).start()
        except RuntimeError:
            with self._mutex:
                self._threads -= 1
                if self._threads == 0 and call in self._waiting:
                    self._waiting.remove(call)
                    return False
        return True

    def forget(self, call: _Call) -> bool:
        """Takes out what has not begun; false if it has."""
        with self._mutex:
            if call not in self._waiting:
                return False
            self._waiting.remove(call)
            return True

    def end(self) -> None:
        """Ends every call: there is no such actor any more."""
        self.methods.clear()
        with self._mutex:
            calls = [*self._waiting, *self._running]
        for call in calls:
            call.stop(ActorStoppedError, "the actor was stopped", begun="yes")

    def _work(self) -> None:
        while True:
            with self._mutex:
                if not self._waiting:
                    self._threads -= 1
                    return
                call = self._waiting.popleft()
                self._running.add(call)
            try:
                call.run()
            finally:
                with self._mutex:
                    self._running.discard(call)


class ThreadHost:
    """The calls of one connection: those of another one have the same ids."""

    def __init__(
        self,
        actors: Mapping[str, ThreadActor],
        answers: Answers,
        way_out: WayOut,
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
        self.way_out: WayOut = way_out
        self.calls: dict[str, _Call] = {}
        """Those that are to be answered, by their ids."""

    def take(self, envelope: Envelope) -> None:
        """Acts on a request, or on a control that is about one; whatever is in it."""
        if "control" in envelope:
            self._control(envelope)
            return
        try:
            self._begin(accept(envelope, self._served_by, self.calls))
        except RefusedError as refused:
            if refused.request.request_id is not None:
                frame = self.answers.failure(refused.request, told(refused.failure))
                self.way_out.post(frame)

    def end(self) -> None:
        """Ends every call without an answer: nobody is there to read it."""
        while self.calls:
            try:
                _, call = self.calls.popitem()
            except KeyError:
                # It has ended by itself.
                break
            call.abandon()

    def told_of(self, accepted: Accepted, error: BaseException) -> Told:
        """What is told of an exception of a handler."""
        return told_of_handler(accepted.served.method, error, codes=self._codes)

    def _served_by(self, target: str) -> Mapping[str, Served] | None:
        actor = self._actors.get(target)
        return None if actor is None else actor.methods

    def _begin(self, accepted: Accepted) -> None:
        request = accepted.request
        actor = self._actors.get(accepted.target)
        if actor is None:
            raise RefusedError(request, ActorStoppedError("it has stopped", delivered="no"))
        call = _Call(self, actor, accepted)
        if call.is_answered and request.request_id is not None:
            self.calls[request.request_id] = call
        if not actor.take(call):
            self.calls.pop(request.request_id or "", None)
            raise RefusedError(request, TargetBusyError("too many calls wait here"))
        if request.is_answered and not call.is_answered:
            # A tell: that it has come is all there is to say.
            self.way_out.post(self.answers.reply(request, None))

    def _control(self, envelope: Envelope) -> None:
        if envelope["control"] == "cancel":
            request_id = envelope.get("request_id")
            call = self.calls.get(request_id) if isinstance(request_id, str) else None
            if call is not None:
                call.stop(CallCancelledError, "the call was cancelled", begun="unknown")
        elif envelope["control"] == "credit":
            stream_id, items = envelope.get("stream_id"), envelope.get("items")
            call = self.calls.get(stream_id) if isinstance(stream_id, str) else None
            if call is not None and type(items) is int and items > 0:
                call.grant(items)


class _Call:
    """A call, from when it is taken until it has ended."""

    def __init__(self, host: ThreadHost, actor: ThreadActor, accepted: Accepted) -> None:
        self._host = host
        self._actor = actor
        self._accepted = accepted
        self._request: Request = accepted.request
        self.is_answered: bool = (
            accepted.request.is_answered and accepted.served.method.kind != "tell"
        )
        seconds = accepted.request.timeout
        self._deadline = None if seconds is None else monotonic() + seconds
        # Guards what follows, and tells of credit and of the end.
        self._changed = Condition()
        self._credit = accepted.request.credit
        self._sequence = 0
        self._sending = False
        self._failed: Told | None = None
        self._over = False

    def grant(self, items: int) -> None:
        """So many items more may be sent."""
        with self._changed:
            if self._credit is not None:
                self._credit += items
                self._changed.notify()

    def stop(self, why: type[CallError], text: str, *, begun: Delivered) -> None:
        """Ends it for this reason, if it has not ended: nobody waits for its handler."""
        delivered: Delivered = "no" if self._actor.forget(self) else begun
        failed = told(why(text, delivered=delivered))
        with self._changed:
            # An item that is on its way leaves first: whoever writes it says the rest.
            if self._sending and not self._over:
                self._failed = failed
                return
        if self._close() and self.is_answered:
            self._host.way_out.post(
                self._host.answers.failure(self._request, failed, self._sequence)
            )

    def abandon(self) -> None:
        """Ends it without an answer."""
        self._actor.forget(self)
        self._close()

    def run(self) -> None:
        """Runs the handler."""
        if self._over:
            return
        if self._is_late():
            self._fail(told(CallTimeoutError("the time of the call is over", delivered="no")))
            return
        try:
            self._handle()
        except BaseException as error:
            # A thread of its own has nothing else to end by an exit.
            self._fail(self._host.told_of(self._accepted, error))

    def _handle(self) -> None:
        method, handler = self._accepted.served
        made = handler(*self._accepted.arguments)
        if method.kind == "stream":
            self._stream(cast("Iterable[object]", made))
            return
        frame = self._host.answers.reply(self._request, written(method, made))
        self._answer(frame)

    def _stream(self, made: Iterable[object]) -> None:
        answers, method = self._host.answers, self._accepted.served.method
        items = iter(made)
        try:
            while self._allowed():
                try:
                    item = next(items)
                except StopIteration:
                    self._answer(answers.end(self._request, self._sequence))
                    return
                frame, goes_on = answers.item(self._request, self._sequence, written(method, item))
                if not goes_on:
                    self._answer(frame)
                elif self._send_item(frame):
                    continue
                return
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()

    def _allowed(self) -> bool:
        """Waits until another item may be sent; false if none is wanted any more."""
        with self._changed:
            while not self._over:
                if self._credit is None or self._credit > 0:
                    if self._credit is not None:
                        self._credit -= 1
                    return True
                left = None
                # The time of a stream is for its first item.
                if self._sequence == 0 and self._deadline is not None:
                    left = self._deadline - monotonic()
                    if left <= 0:
                        break
                self._changed.wait(left)
        self._fail(told(CallTimeoutError("the time of the call is over")))
        return False

    def _send_item(self, frame: bytes) -> bool:
        with self._changed:
            if self._over:
                return False
            self._sending = True
        is_sent = self._host.way_out.send(frame)
        with self._changed:
            self._sending = False
            self._sequence += 1
            failed = self._failed
        if failed is not None:
            self._fail(failed)
        elif not is_sent:
            self._close()
        return is_sent and failed is None

    def _is_late(self) -> bool:
        return self._deadline is not None and monotonic() >= self._deadline

    def _fail(self, failed: Told) -> None:
        self._answer(self._host.answers.failure(self._request, failed, self._sequence))

    def _answer(self, frame: bytes) -> None:
        """Its last frame."""
        if self._close() and self.is_answered:
            self._host.way_out.send(frame)

    def _close(self) -> bool:
        """Ends it; false if it has ended before."""
        with self._changed:
            if self._over:
                return False
            self._over = True
            self._changed.notify()
        request_id = self._request.request_id
        if request_id is not None and self._host.calls.get(request_id) is self:
            self._host.calls.pop(request_id, None)
        return True
