"""The blocking connection: any number of threads may call on it at once."""

from __future__ import annotations

import os
import select
import socket
import struct
from itertools import count
from math import inf
from threading import Event as ThreadEvent
from threading import Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from .admission import Admissions
from .backoff import Backoff
from .codec import CodecName, Envelope, codec_named
from .decode import read_reply
from .dial import dial
from .envelope import Envelopes, Method
from .errors import (
    CallError,
    CallTimeoutError,
    ClientForkedError,
    ConnectionLostError,
    InternalError,
    not_sent,
    refusal,
)
from .frame import PREFIX, FrameSplitter
from .greeting import Greeting, Question
from .hosting import Hosted
from .limits import DEFAULT_TIMEOUT, checked_timeout, milliseconds
from .options import AskOptions, CallOptions, ask_limit, call_limit
from .outbox import Outbox
from .repeats import ended_twice, is_repeated
from .routing import RejectedError, Router
from .serving import Answers
from .streams import BlockingArrivals, Stream, StreamRequest
from .subscribers import Subscribers
from .subscriptions import Subscription
from .terms import Terms
from .thread_hosting import ThreadHosting
from .turns import Parked, ReadingTurns
from .waits import Attendance, Call, Confirmation, Opening

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .decode import Decoder
    from .errors import Delivered
    from .greeting import Origin
    from .routing import Waiter
    from .serving import Handled
    from .thread_serving import ThreadActor

T = TypeVar("T")

_CHUNK: Final = 64 * 1024
_TICK: Final = 0.25
"""The coarse clock: the longest that a read or write of the socket blocks, in seconds."""
_SHORTEST: Final = 0.001
"""What a second attempt has at least, in seconds: the shortest limit on the wire."""
_POSTED: Final = 1024
"""So many frames may wait that nobody writes."""
_TICK_OPTION: Final = struct.pack("@ll", 0, int(_TICK * 1_000_000))


class BlockingConnection:
    """A connection whose calls block the calling thread.

    The thread that waits reads for all that wait, and makes the connection anew when it is lost; a
    background thread exists only while a subscription is open.

    Raises:
        ConnectionLostError: Nothing accepts connections at that path.
        ImportError: The codec is "messagepack" and the `msgpack` package is not installed.
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
        """Connects to the Unix socket at `path`.

        Args:
            path: The server's Unix socket.
            codec: How messages are written.
            timeout: How long each call may take, in seconds.
            reconnect: Whether a connection that is lost is made anew.
            origin: What the client is made from; without, it does not introduce itself.
        """
        self._path = os.fspath(path)
        self._timeout = checked_timeout(timeout)
        self._reconnect = reconnect
        chosen = codec_named(codec)
        self._envelopes = Envelopes(chosen)
        self._terms = Terms()
        self._subscribers: Subscribers[Subscription[object]] = Subscribers()
        self._router: Router[_Waiter, Subscription[object]] = Router(
            chosen,
            self._subscribers,
            self._terms,
            self._leave,
            self._called,
        )
        self._hosting = ThreadHosting(Answers(chosen, self._terms))
        self._greeting = Greeting(self, self._envelopes, self._subscribers, self._terms, origin)
        self._admissions = Admissions(self._router.waiting, self._terms)
        self._ids = count(1)
        self._turns = ReadingTurns(self._receive)
        self._subscribing = Lock()
        self._attendance: Attendance | None = None
        self._openings: dict[Opening, None] = {}
        self._closing = ThreadEvent()
        self._outbox = Outbox()
        # What follows is of whoever has the turn to read.
        self._splitter = FrameSplitter()
        self._socket: socket.socket | None = None
        self._since = 0.0
        self._backoff = Backoff()
        self._retry_at = 0.0
        self._again_at = inf
        try:
            self._open(_dial(self._path))
        except OSError as failure:
            raise ConnectionLostError(str(failure), delivered="no") from failure

    def target(self, actor: str) -> bytes:
        """An actor's id, laid out for the methods below."""
        return self._envelopes.target(actor)

    def ask(
        self,
        method: Method,
        target: bytes,
        payload: object,
        options: AskOptions,
        decode: Decoder[T],
    ) -> T:
        """Calls a method and waits for its reply.

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
        deadline = monotonic() + seconds
        outcome = self._answer(method, target, payload, seconds, seconds)
        if is_repeated(outcome, method, options) and self._goes_on:
            left = max(deadline - monotonic(), _SHORTEST)
            try:
                outcome = self._answer(method, target, payload, left, seconds)
            except CallError as failure:
                raise ended_twice(failure) from None
            if not _is_reply(outcome):
                raise ended_twice(_failure(outcome, method))
        if isinstance(outcome, dict) and outcome.get("success") is True:
            return read_reply(decode, outcome.get("payload"))
        raise _failure(outcome, method)

    @property
    def _goes_on(self) -> bool:
        """Whether there is, or will be, a socket to call over."""
        return self._reconnect and not self._closing.is_set()

    def _answer(
        self, method: Method, target: bytes, payload: object, left: float, seconds: float
    ) -> Envelope | CallError | None:
        """What becomes of a call within what is left of its limit of so many seconds."""
        deadline = monotonic() + left
        request_id = str(next(self._ids))
        frame = self._envelopes.request(method, target, request_id, milliseconds(left), payload)
        self._terms.check(method.message_type, frame)
        call = Call(len(frame) - PREFIX)
        waiting = self._router.waiting
        self._admit(request_id, call, method, deadline, seconds)
        try:
            if not self._outbox.send(frame, deadline, call):
                self._send_later(frame, method.message_type, deadline, seconds, call)
            if not self._turns.wait(call, deadline):
                raise CallTimeoutError(f"no reply to {method.message_type} within {seconds} s")
        except BaseException as failure:
            unanswered = waiting.pop(request_id, None) is not None
            if unanswered and not (isinstance(failure, CallError) and failure.delivered == "no"):
                self._outbox.post(self._envelopes.cancel(request_id))
            raise
        finally:
            self._admissions.proceed()
        return call.outcome

    def _admit(
        self, request_id: str, waiter: _Waiter, method: Method, deadline: float, seconds: float
    ) -> None:
        """Puts a call into the table of those in flight once the server takes another one.

        Raises:
            CallTimeoutError: It took none in time.
        """
        admission = self._admissions.enter(request_id, waiter)
        if admission is None:
            return
        try:
            if not self.wait(admission, deadline):
                reason = f"the server takes no more than {self._terms.in_flight} calls at once"
                raise not_sent(method.message_type, seconds, reason)
        except BaseException:
            self._admissions.leave(admission)
            # It may have been admitted in this very moment.
            self._router.waiting.pop(request_id, None)
            self._admissions.proceed()
            raise

    def tell(self, method: Method, target: bytes, payload: object, options: CallOptions) -> None:
        """Sends a message that has no reply; returns once it is written.

        Raises:
            CallError: It was not written.
            TypeError: An option is none of a call's.
            ValueError: The arguments cannot be written in the codec, or the limit makes no sense.
        """
        seconds = call_limit(options, self._timeout)
        deadline = monotonic() + seconds
        frame = self._envelopes.tell(method, target, payload)
        self._terms.check(method.message_type, frame)
        if not self._outbox.send(frame, deadline):
            self._send_later(frame, method.message_type, deadline, seconds)

    def stream(
        self,
        method: Method,
        target: bytes,
        payload: object,
        options: CallOptions,
        decode: Decoder[T],
    ) -> Stream[T]:
        """Opens a stream; the limit covers the wait for its first item.

        Raises:
            CallError: It could not be asked for. Refusals by the server come with the first item.
            TypeError: An option is none of a call's.
            ValueError: The arguments cannot be written in the codec, or the limit makes no sense.
        """
        seconds = call_limit(options, self._timeout)
        deadline = monotonic() + seconds
        request_id = str(next(self._ids))
        frame = self._envelopes.request(method, target, request_id, milliseconds(seconds), payload)
        self._terms.check(method.message_type, frame)
        request = StreamRequest(request_id, method, frame, seconds, decode)
        arrivals = BlockingArrivals(self, request)
        self._admit(request_id, arrivals, method, deadline, seconds)
        try:
            if not self._outbox.send(frame, deadline, arrivals):
                self._send_later(frame, method.message_type, deadline, seconds, arrivals)
        except BaseException:
            arrivals.end()
            raise
        return Stream(self, request, arrivals, deadline)

    def subscribe(
        self, decoders: Mapping[str, Decoder[T]], buffer: int, timeout: float | None = None
    ) -> Subscription[T]:
        """Subscribes to event types; returns once the server has confirmed it.

        Args:
            decoders: The check of each event type, by its full name.
            buffer: How many events are kept for the reader; the oldest are dropped for new ones.
            timeout: The limit for the confirmation in seconds; none means the connection's.

        Raises:
            CallError: The server refused it or did not answer.
            ValueError: The buffer or the limit makes no sense.
        """
        subscription = Subscription(self, decoders, buffer)
        seconds = self._timeout if timeout is None else checked_timeout(timeout)
        deadline = monotonic() + seconds
        self._outbox.check()
        with self._subscribing:
            self._subscribers.add(subscription)
            self._attend()
        try:
            outcome = None
            # What is lost on its way may be asked for once more: it is not counted yet.
            while not isinstance(outcome, dict):
                outcome = self._confirmed(subscription, deadline, seconds)
            if outcome.get("success") is not True:
                raise refusal(outcome)
        except BaseException:
            subscription.close()
            raise
        return subscription

    def close(self) -> None:
        """Closes the connection; what is in flight fails with `ConnectionLostError`.

        It may be repeated.
        """
        try:
            self._outbox.check()
        except ClientForkedError:
            self._outbox.forget()
            return
        self._end("the client is closed")

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
            handler: What has them; they run in threads of the connection's.
            mailbox: Makes the mailbox for an id.
            actor: The id; none means any.
            concurrency: How many of its calls run at once.

        Raises:
            CallError: The client is closed, or the server is about to end and no other will be
                called.
            TypeError: The handler lacks a method.
            ValueError: The id is none, or that of another actor, or nothing could run.
        """
        self._outbox.check()
        self._outbox.check_open()
        name, made = self._hosting.add(methods, handler, actor, concurrency)
        with self._subscribing:
            self._attend()
        return Hosted(mailbox(name), lambda: self._host_no_longer(name, made))

    # What streams, subscriptions and the greeting need.

    def wait(self, parked: Parked, deadline: float | None) -> bool:
        """Waits until it is ready, reading if need be; false when the time is over."""
        self._outbox.check()
        return self._turns.wait(parked, deadline)

    def grant(self, stream_id: str, items: int) -> None:
        """Lets the server send so many items more."""
        self._outbox.post(self._envelopes.credit(stream_id, items))

    def drop_stream(self, stream_id: str) -> None:
        """Cancels a stream unless it has ended; never blocks."""
        arrivals = self._router.waiting.pop(stream_id, None)
        if arrivals is not None and arrivals.sent:
            self._outbox.post(self._envelopes.cancel(stream_id))
        self._admissions.proceed()

    def drop_subscription(self, subscription: Subscription[object]) -> None:
        """Ends a subscription, on the server too if no other one needs the events."""
        try:
            self._outbox.check()
        except ClientForkedError:
            return
        with self._subscribing:
            silent = self._subscribers.remove(subscription)
            if silent:
                self._outbox.post(self._envelopes.unsubscribe(silent))
            self._leave_alone()

    def next_id(self) -> str:
        """An id for a request."""
        return str(next(self._ids))

    def post(self, frame: bytes) -> bool:
        """Writes a frame to the socket of the moment; never blocks. False if there is none."""
        return self._outbox.post(frame)

    def ask_for_itself(self, request_id: str, question: Question) -> None:
        """Has the answer with this id go to the question."""
        self._router.waiting[request_id] = question

    def ask_again(self, seconds: float) -> None:
        """Has the greeting ask again once that time has passed."""
        self._again_at = monotonic() + seconds

    def _send_later(
        self,
        frame: bytes,
        subject: str,
        deadline: float,
        seconds: float,
        waiter: Waiter | None = None,
    ) -> None:
        """Writes a frame to the next socket that takes it.

        Raises:
            CallTimeoutError: There was none in time.
            CallError: There will be none.
        """
        self._await_socket(subject, deadline, seconds)
        while not self._outbox.send(frame, deadline, waiter):
            self._await_socket(subject, deadline, seconds)

    def _await_socket(self, subject: str, deadline: float, seconds: float) -> None:
        opening = Opening(self._outbox)
        self._openings[opening] = None
        try:
            if not self._turns.wait(opening, deadline):
                raise not_sent(subject, seconds, self._outbox.why_down)
        finally:
            del self._openings[opening]

    def _confirmed(
        self, subscription: Subscription[object], deadline: float, seconds: float
    ) -> Envelope | CallError | None:
        """Asks for the events; the server's answer, or why there was none over this socket."""
        if not self._outbox.is_open:
            self._await_socket("the subscription", deadline, seconds)
        confirmation = Confirmation(
            lambda envelope: self._subscribers.confirmed(subscription, envelope)
        )
        request_id = self.next_id()
        frame = self._envelopes.subscribe(subscription.names, request_id)
        self._router.waiting[request_id] = confirmation
        try:
            # In the order in which subscriptions begin and end.
            with self._subscribing:
                posted = self._outbox.is_open and self._outbox.post(frame)
            if not posted:
                self._outbox.check_open()
                return None
            if not self._turns.wait(confirmation, deadline):
                raise CallTimeoutError(f"no answer to the subscription within {seconds} s")
        finally:
            self._router.waiting.pop(request_id, None)
        return confirmation.outcome

    def _host_no_longer(self, name: str, actor: ThreadActor) -> None:
        self._hosting.remove(name, actor)
        with self._subscribing:
            self._leave_alone()

    def _called(self, envelope: Envelope) -> None:
        """The server asks something of this client."""
        peer = self._socket
        if peer is not None:
            self._hosting.take(envelope, lambda: SocketWayOut(self._outbox, peer))

    def _leave_alone(self) -> None:
        """Reads in the background no longer than somebody needs it."""
        if not self._subscribers and not self._hosting:
            self._stop_attending()

    def _attend(self) -> None:
        if self._attendance is None:
            attendance = self._attendance = Attendance()
            Thread(
                target=self._turns.wait,
                args=(attendance, None),
                name="callsheet-reader",
                daemon=True,
            ).start()

    def _stop_attending(self) -> None:
        attendance, self._attendance = self._attendance, None
        if attendance is not None:
            attendance.over = True
            attendance.notify()

    def _receive(self, deadline: float | None) -> bool:
        """Reads once and delivers what came; false if the deadline has passed.

        Where there is no socket, it goes a step towards one.
        """
        self._admissions.proceed()
        peer = self._socket
        if peer is None:
            return self._connect_anew(deadline)
        if monotonic() >= self._again_at:
            self._again_at = inf
            self._greeting.again()
        self._outbox.send_posted()
        if deadline is not None:
            left = deadline - monotonic()
            if left < _TICK and (left <= 0 or not self._poll.poll(left * 1000)):
                return False
        try:
            chunk = peer.recv(_CHUNK)
        except BlockingIOError:
            # A tick has passed.
            return True
        except OSError as failure:
            self._lose(f"the connection is broken: {failure}")
            return True
        if not chunk:
            self._lose("the server closed the connection")
            return True
        try:
            for body in self._splitter.feed(chunk):
                self._router.dispatch(body)
            self._admissions.proceed()
        except RejectedError as failure:
            self._lose(str(failure), failure.delivered)
        except CallError as failure:
            self._lose(str(failure))
        except BaseException:
            # Frames of others may have gone with the chunk.
            self._lose("interrupted while reading")
            raise
        return True

    def _connect_anew(self, deadline: float | None) -> bool:
        """Waits for the next attempt, or makes it; false if the deadline has passed."""
        now = monotonic()
        if deadline is not None and now >= deadline:
            return False
        if now < self._retry_at:
            until = min(self._retry_at, now + _TICK, inf if deadline is None else deadline)
            self._closing.wait(until - now)
            return True
        try:
            peer = _dial(self._path)
        except OSError as failure:
            self._outbox.why_down = str(failure)
            self._backoff.failed()
            self._retry_at = now + self._backoff.delay()
            return True
        self._open(peer)
        return True

    def _open(self, peer: socket.socket) -> None:
        """Uses this socket from now on."""
        self._splitter = FrameSplitter()
        self._poll = select.poll()
        self._poll.register(peer, select.POLLIN)
        self._since = monotonic()
        self._again_at = inf
        # No subscription begins or ends between the moment they are looked at and the socket's use.
        with self._subscribing:
            opened = self._outbox.open(peer, self._greeting.begin())
        if not opened:
            peer.close()
            return
        self._socket = peer
        self._settle()

    def _settle(self) -> None:
        """Wakes who waits for a socket."""
        for opening in self._openings.copy():
            opening.notify()

    def _lose(self, reason: str, delivered: Delivered = "unknown") -> None:
        """The socket is lost. Only who has the turn to read finds out."""
        if self._closing.is_set():
            return
        if not self._reconnect:
            self._end(reason, delivered)
            return
        self._outbox.lose(reason)
        self._socket = None
        self._hosting.lose()
        self._router.lose(reason, delivered)
        self._subscribers.lose()
        self._backoff.lost_after(monotonic() - self._since)
        self._retry_at = monotonic() + self._backoff.delay()

    def _leave(self) -> None:
        """The server takes no more calls over this socket."""
        self._outbox.leave(for_good=not self._reconnect)
        self._settle()

    def _end(self, reason: str, delivered: Delivered = "unknown") -> None:
        """Ends everything; the socket is closed as soon as no thread uses it."""
        self._closing.set()
        self._outbox.close(reason)
        self._hosting.end()
        self._router.end(reason, delivered)
        self._admissions.proceed()
        self._settle()
        self._stop_attending()
        self._turns.retire(self._outbox.close_socket)


class SocketWayOut:
    """Where what came over one socket is answered: there, or not at all."""

    __slots__ = ("_outbox", "_peer")

    def __init__(self, outbox: Outbox, peer: socket.socket) -> None:
        """Writes to this socket for as long as the outbox does."""
        self._outbox = outbox
        self._peer = peer

    def send(self, frame: bytes) -> bool:
        """Writes a frame; false if it is lost."""
        return self._outbox.answer(self._peer, frame, monotonic() + DEFAULT_TIMEOUT)

    def post(self, frame: bytes) -> None:
        """Writes a frame now or with the next one, unless too many have not left yet."""
        if self._outbox.backlog < _POSTED and self._outbox.is_over(self._peer):
            self._outbox.post(frame)


_Waiter: TypeAlias = "Call | BlockingArrivals[object] | Question"


def _dial(path: str) -> socket.socket:
    """A socket that blocks for a tick at most."""
    peer = dial(path)
    try:
        peer.setblocking(True)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _TICK_OPTION)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _TICK_OPTION)
    except OSError:
        peer.close()
        raise
    return peer


def _is_reply(outcome: Envelope | CallError | None) -> bool:
    return isinstance(outcome, dict) and outcome.get("success") is True


def _failure(outcome: Envelope | CallError | None, method: Method) -> CallError:
    """The exception for an outcome that is no reply."""
    if isinstance(outcome, dict):
        return refusal(outcome, method.declared)
    return outcome or InternalError("the call ended without an outcome")
