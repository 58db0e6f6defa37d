"""One socket of an asyncio client, from when it is connected until it is lost."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_CHUNK: Final = 256 * 1024
"""The most bytes that are read or joined for writing at once."""


_TURN: Final = 16
"""So often it is read before others have their turn."""


class Leaver(Protocol):
    """What waits for its frame to leave."""

    def left(self) -> None:
        """All of the frame has left."""
        ...


W = TypeVar("W", bound=Leaver)


class AsyncLink(Generic[W]):
    """Reads and writes one socket for the event loop.

    The loop's own transports do not tell how much of what they were given has left. Here it is
    known of every frame, and with it which calls were certainly not delivered.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        peer: socket.socket,
        received: Callable[[bytes], None],
        lost: Callable[[str], None],
    ) -> None:
        """Begins to read; `lost` is called once nothing more will come, with the reason."""
        self.since = loop.time()
        self._loop = loop
        self._peer = peer
        self._received = received
        self._lost = lost
        # In order, each with who waits for it to leave; of the first, so many bytes have left.
        self._frames: deque[tuple[bytes, W | None]] = deque()
        self._size = 0
        self._begun = 0
        self._roomy: asyncio.Future[None] | None = None
        self._scheduled = False
        self._full = False
        self._broken = False
        self._closed = False
        loop.add_reader(peer.fileno(), self._read)

    def write(self, frame: bytes, waiter: W | None = None) -> None:
        """Has a frame leave at the end of this turn of the loop, with all others of the turn."""
        self._frames.append((frame, waiter))
        self._size += len(frame)
        if not (self._scheduled or self._full or self._broken):
            self._scheduled = True
            self._loop.call_soon(self._flush)

    @property
    def backlog(self) -> int:
        """How many bytes are there to be written."""
        return self._size

    async def room(self, limit: int) -> None:
        """Waits until there are fewer bytes than that; at the end of the socket there are none."""
        while self._size >= limit and not self._closed:
            if self._roomy is None:
                self._roomy = self._loop.create_future()
            await asyncio.shield(self._roomy)

    def withdraw(self, waiter: W) -> bool:
        """Takes a frame out again; false if part of it has left, or all of it."""
        for at, (frame, other) in enumerate(self._frames):
            if other is waiter:
                if at == 0 and self._begun:
                    return False
                self._size -= len(frame)
                del self._frames[at]
                return True
        return False

    def withdraw_all(self) -> dict[W, bytes]:
        """Takes out whatever somebody waits for and of which nothing has left."""
        first = 1 if self._begun else 0
        frames = list(self._frames)
        self._frames = deque(
            entry for at, entry in enumerate(frames) if at < first or entry[1] is None
        )
        self._size = sum(len(frame) for frame, _ in self._frames)
        return {waiter: frame for frame, waiter in frames[first:] if waiter is not None}

    def close(self) -> dict[W, bytes]:
        """Closes the socket; returns what somebody waits for and has not all left."""
        self._flush()
        self._stop_writing()
        self._loop.remove_reader(self._peer.fileno())
        self._closed = True
        self._peer.close()
        frames, self._frames = self._frames, deque()
        self._size = 0
        self._tell_of_room()
        return {waiter: frame for frame, waiter in frames if waiter is not None}

    def forget(self) -> None:
        """Lets go of a socket of another process, which goes on using it, as does its loop."""
        self._peer.close()

    def _read(self) -> None:
        # To the end of what there is: of an error behind it, not every loop would tell again.
        for _ in range(_TURN):
            if self._closed:
                return
            try:
                chunk = self._peer.recv(_CHUNK)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as failure:
                self._lost(f"the connection is broken: {failure}")
                return
            if not chunk:
                self._lost("the server closed the connection")
                return
            self._received(chunk)
        self._loop.call_soon(self._read)

    def _flush(self) -> None:
        self._scheduled = False
        while self._frames and not self._broken:
            try:
                sent = self._peer.send(self._piece())
            except (BlockingIOError, InterruptedError):
                if not self._full:
                    self._full = True
                    self._loop.add_writer(self._peer.fileno(), self._flush)
                return
            except OSError:
                # What the server said last may still be there to be read, and then the end.
                self._broken = True
                with suppress(OSError):
                    self._peer.shutdown(socket.SHUT_RDWR)
                self._loop.call_soon(self._read)
                break
            self._count(sent)
        self._stop_writing()

    def _piece(self) -> bytes | memoryview:
        """What to write next: the rest of a frame, or as many small ones as go well together."""
        first, _ = self._frames[0]
        if self._begun or len(first) >= _CHUNK or len(self._frames) == 1:
            return memoryview(first)[self._begun :]
        pieces: list[bytes] = []
        size = 0
        for frame, _ in self._frames:
            size += len(frame)
            if size > _CHUNK:
                break
            pieces.append(frame)
        return b"".join(pieces)

    def _count(self, sent: int) -> None:
        """So many bytes more have left."""
        self._begun += sent
        while self._frames and self._begun >= len(self._frames[0][0]):
            frame, waiter = self._frames.popleft()
            self._begun -= len(frame)
            self._size -= len(frame)
            if waiter is not None:
                waiter.left()
        self._tell_of_room()

    def _tell_of_room(self) -> None:
        """Has those look again who wait for room."""
        roomy, self._roomy = self._roomy, None
        if roomy is not None and not roomy.done():
            roomy.set_result(None)

    def _stop_writing(self) -> None:
        if self._full:
            self._full = False
            self._loop.remove_writer(self._peer.fileno())
