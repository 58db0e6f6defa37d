"""Writing to the socket of a blocking client: whole frames in order, bounded in time."""

from __future__ import annotations

import socket
from collections import deque
from threading import Lock
from time import monotonic

from .errors import CallTimeout, ConnectionLost


class Outbox:
    """The way out of a connection, for any number of threads.

    The socket must block for a short while only (`SO_SNDTIMEO`); that is the clock by which time
    limits are noticed.
    """

    def __init__(self, peer: socket.socket) -> None:
        """Starts with nothing to send."""
        self._socket = peer
        self._mutex = Lock()
        # The rest of a frame that was begun, then frames that were posted.
        self._unsent: deque[bytes] = deque()
        self._closed: str | None = None

    def send(self, frame: bytes, deadline: float) -> None:
        """Writes a frame.

        Raises:
            CallTimeout: The deadline passed first. If part of the frame is written (`delivered` is
                then "unknown"), the rest goes out before anything else.
            ConnectionLost: The connection is gone.
        """
        mutex = self._mutex
        if not mutex.acquire(blocking=False) and not mutex.acquire(
            timeout=max(0.0, deadline - monotonic())
        ):
            raise CallTimeout("the socket was busy until the time was over", delivered="no")
        try:
            if self._closed is not None:
                raise ConnectionLost(self._closed, delivered="no", retryable=True)
            while self._unsent:
                self._write(self._unsent.popleft(), deadline, keep=True)
            self._write(frame, deadline, keep=False)
        finally:
            mutex.release()
        if self._unsent:
            self._send_posted()

    def post(self, frame: bytes) -> None:
        """Writes a frame now or with the next one; never blocks.

        It takes no lock that it must wait for, since the garbage collector may call it anywhere.
        """
        self._unsent.append(frame)
        self._send_posted()

    def refuse(self, reason: str) -> None:
        """Makes every later `send` fail."""
        if self._closed is None:
            self._closed = reason

    def close_socket(self) -> None:
        """Closes the socket once nobody writes to it."""
        with self._mutex:
            self._socket.close()

    def _write(self, frame: bytes, deadline: float, *, keep: bool) -> None:
        """Writes it all, or keeps what is left: always if `keep`, else if some of it is written."""
        rest = frame
        try:
            while True:
                try:
                    sent = self._socket.send(rest)
                except BlockingIOError:
                    sent = 0
                except OSError as failure:
                    raise ConnectionLost(
                        f"the connection is broken: {failure}",
                        delivered="no" if keep or rest is frame else "unknown",
                    ) from failure
                if sent == len(rest):
                    return
                if sent:
                    rest = rest[sent:]
                if monotonic() >= deadline:
                    raise CallTimeout(
                        "the server took nothing in until the time was over",
                        delivered="no" if keep or rest is frame else "unknown",
                    )
        except BaseException:
            if keep or rest is not frame:
                self._unsent.appendleft(rest)
            raise

    def _send_posted(self) -> None:
        while self._unsent and self._mutex.acquire(blocking=False):
            try:
                if not self._write_some():
                    return
            finally:
                self._mutex.release()

    def _write_some(self) -> bool:
        """Writes what the socket takes at once; false if something is left."""
        while self._unsent:
            frame = self._unsent.popleft()
            try:
                sent = self._socket.send(frame, socket.MSG_DONTWAIT)
            except BlockingIOError:
                sent = 0
            except OSError:
                # The reader finds out, and tells everybody.
                self._unsent.clear()
                return False
            if sent < len(frame):
                self._unsent.appendleft(frame[sent:])
                return False
        return True
