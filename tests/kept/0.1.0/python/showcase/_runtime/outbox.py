"""Writing to the socket of a blocking client: whole frames in order, bounded in time."""

from __future__ import annotations

import socket
from collections import deque
from contextlib import suppress
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from .dial import Ownership
from .errors import CallTimeoutError, ClientForkedError, ConnectionLostError, ShuttingDownError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .routing import Waiter


class Outbox:
    """The way out of a connection over one socket after the other, for any number of threads.

    The sockets must block for a short while only (`SO_SNDTIMEO`); that is the clock by which time
    limits are noticed.
    """

    def __init__(self) -> None:
        """Starts without a socket."""
        self.why_down = "the client is not connected"
        """Why there is no socket, while there is none."""
        self._ownership = Ownership()
        self._socket: socket.socket | None = None
        self._takes_calls = False
        self._mutex = Lock()
        # The rest of a frame that was begun, then frames that were posted.
        self._unsent: deque[bytes] = deque()
        self._closed: str | None = None
        self._leaving_for_good = False

    @property
    def is_open(self) -> bool:
        """Whether `send` has somewhere to write."""
        return self._takes_calls

    @property
    def is_settled(self) -> bool:
        """Whether `send` knows at once what becomes of a frame: it is written, or never will be."""
        return self._takes_calls or self._closed is not None or self._leaving_for_good

    def check(self) -> None:
        """Lets pass who may use the connection.

        Raises:
            ClientForkedError: It belongs to the process that this one was forked from.
        """
        if not self._ownership.is_ours:
            raise ClientForkedError

    def check_open(self) -> None:
        """Lets pass what this socket or another one will take.

        Raises:
            ConnectionLostError: The connection is gone for good.
            ShuttingDownError: The server has said goodbye, and there will be no other socket.
        """
        if self._closed is not None:
            raise ConnectionLostError(self._closed, delivered="no")
        if self._leaving_for_good:
            raise ShuttingDownError(
                "the server has said goodbye, and the client does not reconnect"
            )

    def send(self, frame: bytes, deadline: float, waiter: Waiter | None = None) -> bool:
        """Writes a frame; its waiter counts as sent once all of it has left.

        Returns false if there is no socket that takes it, or it was lost before all of the frame
        had left: nothing of it is delivered, and the next socket may take it.

        Raises:
            CallTimeoutError: The deadline passed first. If part of the frame is written
                (`delivered` is then "unknown"), the rest goes out before anything else.
            ConnectionLostError: The connection is gone for good.
            ShuttingDownError: The server has said goodbye, and there will be no other socket.
        """
        self.check()
        mutex = self._mutex
        if not mutex.acquire(blocking=False) and not mutex.acquire(
            timeout=max(0.0, deadline - monotonic())
        ):
            raise CallTimeoutError("the socket was busy until the time was over", delivered="no")
        try:
            self.check_open()
            if not self._takes_calls or self._socket is None:
                return False
            try:
                while self._unsent:
                    self._write(self._socket, self._unsent.popleft(), deadline, keep=True)
                self._write(self._socket, frame, deadline, keep=False)
            except OSError as failure:
                if isinstance(failure, CallTimeoutError):
                    raise
                self._break(failure)
                return False
            if waiter is not None:
                waiter.sent = True
        finally:
            mutex.release()
        if self._unsent:
            self.send_posted()
        return True

    def post(self, frame: bytes) -> bool:
        """Writes a frame now or with the next one; never blocks. False if there is no socket.

        It takes no lock that it must wait for, since the garbage collector may call it anywhere.
        """
        if self._socket is None or not self._ownership.is_ours:
            return False
        self._unsent.append(frame)
        self.send_posted()
        return True

    @property
    def backlog(self) -> int:
        """How many frames were posted and have not left."""
        return len(self._unsent)

    def is_over(self, peer: socket.socket) -> bool:
        """Whether this is the socket of the moment."""
        return self._socket is peer

    def answer(self, peer: socket.socket, frame: bytes, deadline: float) -> bool:
        """Writes what answers something that came over this very socket.

        Returns false if it is lost, as the socket is or the other side takes nothing in.
        """
        if not self._ownership.is_ours:
            return False
        with self._mutex:
            if self._socket is not peer:
                return False
            try:
                while self._unsent:
                    self._write(peer, self._unsent.popleft(), deadline, keep=True)
                self._write(peer, frame, deadline, keep=False)
            except CallTimeoutError:
                return False
            except OSError as failure:
                self._break(failure)
                return False
        if self._unsent:
            self.send_posted()
        return True

    def open(self, peer: socket.socket, frames: Iterable[bytes]) -> bool:
        """Writes to this socket from now on, these frames first; false if it was closed here."""
        with self._mutex:
            if self._closed is not None:
                return False
            self._unsent.clear()
            self._unsent.extend(frames)
            self._socket = peer
            self._takes_calls = True
        self.send_posted()
        return True

    def leave(self, *, for_good: bool) -> None:
        """Writes no more calls to this socket, since the server has said goodbye."""
        self.why_down = "the server is about to end"
        self._takes_calls = False
        self._leaving_for_good = for_good

    def lose(self, reason: str) -> None:
        """Lets go of the socket. What has not left by now never will over this one."""
        self.why_down = reason
        self._takes_calls = False
        peer = self._socket
        if peer is None:
            return
        # So that nobody goes on writing.
        with suppress(OSError):
            peer.shutdown(socket.SHUT_RDWR)
        with self._mutex:
            self._socket = None
            self._unsent.clear()
            peer.close()

    def close(self, reason: str) -> None:
        """Makes every later `send` fail; nobody is within one afterwards."""
        if self._closed is None:
            self._closed = reason
        self._takes_calls = False
        peer = self._socket
        if peer is not None:
            with suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)
        with self._mutex:
            self._unsent.clear()

    def close_socket(self) -> None:
        """Closes the socket, once nobody reads from it either."""
        with self._mutex:
            if self._socket is not None:
                self._socket.close()

    def forget(self) -> None:
        """Lets go of a socket of another process, which goes on using it."""
        if self._socket is not None:
            self._socket.close()

    def send_posted(self) -> None:
        """Writes what was posted as far as the socket takes it at once, unless somebody writes."""
        while self._unsent and self._mutex.acquire(blocking=False):
            try:
                if not self._write_some():
                    return
            finally:
                self._mutex.release()

    def _write(self, peer: socket.socket, frame: bytes, deadline: float, *, keep: bool) -> None:
        """Writes it all, or keeps what is left: always if `keep`, else if some of it is written."""
        rest = frame
        try:
            while True:
                try:
                    sent = peer.send(rest)
                except BlockingIOError:
                    sent = 0
                if sent == len(rest):
                    return
                if sent:
                    rest = rest[sent:]
                if monotonic() >= deadline:
                    raise CallTimeoutError(
                        "the server took nothing in until the time was over",
                        delivered="no" if keep or rest is frame else "unknown",
                    )
        except BaseException:
            if keep or rest is not frame:
                self._unsent.appendleft(rest)
            raise

    def _break(self, failure: OSError) -> None:
        """Nothing more can be written; the reader finds the end, behind what came before it."""
        self.why_down = f"the connection is broken: {failure}"
        self._takes_calls = False
        self._unsent.clear()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _write_some(self) -> bool:
        """Writes what the socket takes at once; false if something is left."""
        peer = self._socket
        if peer is None:
            return False
        while self._unsent:
            frame = self._unsent.popleft()
            try:
                sent = peer.send(frame, socket.MSG_DONTWAIT)
            except BlockingIOError:
                sent = 0
            except OSError as failure:
                self._break(failure)
                return False
            if sent < len(frame):
                self._unsent.appendleft(frame[sent:])
                return False
        return True
