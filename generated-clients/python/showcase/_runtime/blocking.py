"""The blocking connection: any number of threads may call on it at once."""

from __future__ import annotations

import os
import select
import socket
import struct
from contextlib import suppress
from itertools import count
from threading import Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

from .codec import CodecName, Envelope, codec_named
from .decode import read_reply
from .envelope import Envelopes, Method
from .errors import CallError, CallTimeout, ConnectionLost, DeclaredError, InternalError, refusal
from .frame import FrameSplitter
from .limits import DEFAULT_TIMEOUT, checked_timeout, milliseconds
from .outbox import Outbox
from .routing import Router
from .streams import BlockingArrivals, Stream, StreamRequest
from .subscriptions import Subscription
from .turns import Parked, ReadingTurns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .decode import Decoder

T = TypeVar("T")

_CHUNK: Final = 64 * 1024
_TICK: Final = 0.25
"""The coarse clock: the longest that a read or write of the socket blocks, in seconds."""
_TICK_OPTION: Final = struct.pack("@ll", 0, int(_TICK * 1_000_000))


class _Call(Parked):
    """An ask in flight."""

    __slots__ = ("outcome",)

    def __init__(self) -> None:
        super().__init__()
        self.outcome: Envelope | CallError | None = None

    @property
    def ready(self) -> bool:
        return self.outcome is not None

    def deliver(self, envelope: Envelope) -> None:
        self.outcome = envelope
        if self.wakeups is not None:
            self.notify()

    def fail(self, failure: CallError) -> None:
        self.outcome = failure
        self.notify()


class _Attendance(Parked):
    """The wait of the background thread, which reads while subscriptions are open."""

    __slots__ = ("over",)

    def __init__(self) -> None:
        super().__init__()
        self.over = False

    @property
    def ready(self) -> bool:
        return self.over


class BlockingConnection:
    """A connection whose calls block the calling thread.

    The thread that waits reads for all that wait; a background thread exists only while a
    subscription is open.

    Raises:
        ConnectionLost: Nothing accepts connections at that path.
        ImportError: The codec is "messagepack" and the `msgpack` package is not installed.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        codec: CodecName = "json",
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """Connects to the Unix socket at `path`; `timeout` is for that and for each call."""
        self._timeout = checked_timeout(timeout)
        chosen = codec_named(codec)
        self._envelopes = Envelopes(chosen)
        self._router: Router[_Call | BlockingArrivals[object], Subscription[object]] = Router(
            chosen
        )
        self._splitter = FrameSplitter()
        self._ids = count(1)
        self._turns = ReadingTurns(self._receive)
        self._subscribing = Lock()
        self._attendance: _Attendance | None = None
        self._socket = _connect(path, self._timeout)
        self._outbox = Outbox(self._socket)
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)

    def target(self, actor: str) -> bytes:
        """An actor's id, laid out for the methods below."""
        return self._envelopes.target(actor)

    def ask(
        self,
        method: Method,
        target: bytes,
        payload: object,
        timeout: float | None,
        decode: Decoder[T],
        declared: DeclaredError | None = None,
    ) -> T:
        """Calls a method and waits for its reply.

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
        deadline = monotonic() + seconds
        request_id = str(next(self._ids))
        frame = self._envelopes.request(method, target, request_id, milliseconds(seconds), payload)
        call = _Call()
        waiting = self._router.waiting
        waiting[request_id] = call
        try:
            self._outbox.send(frame, deadline)
            if not self._turns.wait(call, deadline):
                raise CallTimeout(f"no reply to {method.message_type} within {seconds} s")
        except BaseException as failure:
            unanswered = waiting.pop(request_id, None) is not None
            if unanswered and not (isinstance(failure, CallError) and failure.delivered == "no"):
                self._outbox.post(self._envelopes.cancel(request_id))
            raise
        outcome = call.outcome
        if isinstance(outcome, dict) and outcome.get("success") is True:
            return read_reply(decode, outcome.get("payload"))
        raise _failure(outcome, declared)

    def tell(self, method: Method, target: bytes, payload: object, timeout: float | None) -> None:
        """Sends a message that has no reply; returns once it is written.

        Raises:
            CallError: It was not written.
            ValueError: The arguments cannot be written in the codec, or the limit makes no sense.
        """
        seconds = self._timeout if timeout is None else checked_timeout(timeout)
        self._outbox.send(self._envelopes.tell(method, target, payload), monotonic() + seconds)

    def stream(
        self,
        method: Method,
        target: bytes,
        payload: object,
        timeout: float | None,
        decode: Decoder[T],
        declared: DeclaredError | None = None,
    ) -> Stream[T]:
        """Opens a stream; the limit covers the wait for its first item.

        Raises:
            CallError: It could not be asked for. Refusals by the server come with the first item.
            ValueError: The arguments cannot be written in the codec, or the limit makes no sense.
        """
        seconds = self._timeout if timeout is None else checked_timeout(timeout)
        deadline = monotonic() + seconds
        request_id = str(next(self._ids))
        frame = self._envelopes.request(method, target, request_id, milliseconds(seconds), payload)
        request = StreamRequest(request_id, method.message_type, frame, seconds, decode, declared)
        arrivals = BlockingArrivals(self, request)
        self._router.waiting[request_id] = arrivals
        try:
            self._outbox.send(frame, deadline)
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
        names = tuple(decoders)
        seconds = self._timeout if timeout is None else checked_timeout(timeout)
        deadline = monotonic() + seconds
        request_id = str(next(self._ids))
        confirmation = _Call()
        self._router.waiting[request_id] = confirmation
        try:
            with self._subscribing:
                self._router.add_listener(subscription, names)
                self._outbox.send(self._envelopes.subscribe(names, request_id), deadline)
                self._attend()
            if not self._turns.wait(confirmation, deadline):
                raise CallTimeout(f"no answer to the subscription within {seconds} s")
            outcome = confirmation.outcome
            if not isinstance(outcome, dict) or outcome.get("success") is not True:
                raise _failure(outcome, None)
        except BaseException:
            self._router.waiting.pop(request_id, None)
            subscription.close()
            raise
        return subscription

    def close(self) -> None:
        """Closes the connection; what is in flight fails with `ConnectionLost`. May be repeated."""
        self._lose("the client is closed")

    # What streams and subscriptions need.

    def wait(self, parked: Parked, deadline: float | None) -> bool:
        """Waits until it is ready, reading if need be; false when the time is over."""
        return self._turns.wait(parked, deadline)

    def grant(self, stream_id: str, items: int) -> None:
        """Lets the server send so many items more."""
        self._outbox.post(self._envelopes.credit(stream_id, items))

    def drop_stream(self, stream_id: str) -> None:
        """Cancels a stream unless it has ended; never blocks."""
        if self._router.waiting.pop(stream_id, None) is not None:
            self._outbox.post(self._envelopes.cancel(stream_id))

    def drop_subscription(self, subscription: Subscription[object], names: tuple[str, ...]) -> None:
        """Ends a subscription, on the server too if no other one needs the events."""
        with self._subscribing:
            silent = self._router.remove_listener(subscription, names)
            if silent:
                self._outbox.post(self._envelopes.unsubscribe(silent))
            if not self._router.listeners:
                self._stop_attending()

    def _attend(self) -> None:
        if self._attendance is None:
            attendance = self._attendance = _Attendance()
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
        """Reads once and delivers what came; false if the deadline has passed."""
        if deadline is not None:
            left = deadline - monotonic()
            if left < _TICK and (left <= 0 or not self._poll.poll(left * 1000)):
                return False
        try:
            chunk = self._socket.recv(_CHUNK)
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
        except CallError as failure:
            self._lose(str(failure))
        except BaseException:
            # Frames of others may have gone with the chunk.
            self._lose("interrupted while reading")
            raise
        return True

    def _lose(self, reason: str) -> None:
        """Ends everything; the socket is closed as soon as no thread uses it."""
        self._outbox.refuse(reason)
        self._router.fail_all(reason)
        self._stop_attending()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._turns.retire(self._outbox.close_socket)


def _connect(path: str | os.PathLike[str], timeout: float) -> socket.socket:
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        peer.settimeout(timeout)
        peer.connect(os.fspath(path))
        peer.settimeout(None)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _TICK_OPTION)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _TICK_OPTION)
    except OSError as failure:
        peer.close()
        raise ConnectionLost(
            f"failed to connect to {os.fspath(path)}: {failure}", delivered="no", retryable=True
        ) from failure
    return peer


def _failure(outcome: Envelope | CallError | None, declared: DeclaredError | None) -> CallError:
    """The exception for an outcome that is no reply."""
    if isinstance(outcome, dict):
        return refusal(outcome, declared)
    return outcome or InternalError("the call ended without an outcome")
