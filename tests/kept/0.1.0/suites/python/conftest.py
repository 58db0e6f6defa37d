"""What the suites of the blocking and of the asyncio client both need."""

from __future__ import annotations

import os
import signal
import socket
import struct
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, TypeAlias

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from contextlib import AbstractContextManager
    from pathlib import Path

Codec: TypeAlias = Literal["json", "messagepack"]


@pytest.fixture(params=["json", "messagepack"])
def codec(request: pytest.FixtureRequest) -> Codec:
    chosen: Codec = request.param
    return chosen


@pytest.fixture
def held(showcase: Path) -> Callable[[], AbstractContextManager[None]]:
    """Holds the showcase's process for the length of a `with` block: it is there and answers nothing."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.connect(str(showcase))
        process, _, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))

    @contextmanager
    def hold() -> Generator[None]:
        os.kill(process, signal.SIGSTOP)
        try:
            # Its threads stop one by one.
            os.waitid(os.P_PID, process, os.WSTOPPED)
            yield
        finally:
            os.kill(process, signal.SIGCONT)

    return hold


@pytest.fixture
def bodies(listener: socket.socket) -> Callable[[], list[bytes]]:
    """Tells the bodies of the frames that a client has sent to `listener` until it was closed."""

    def bodies() -> list[bytes]:
        peer, _ = listener.accept()
        with peer, peer.makefile("rb") as reader:
            frames: list[bytes] = []
            while prefix := reader.read(4):
                frames.append(reader.read(struct.unpack(">I", prefix)[0]))
            return frames

    return bodies


@pytest.fixture
def listener() -> Generator[socket.socket]:
    """A socket in the showcase's place, for tests that look at what a client sends."""
    with (
        tempfile.TemporaryDirectory(prefix="callsheet-") as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener,
    ):
        listener.settimeout(10)
        listener.bind(f"{folder}/test.sock")
        listener.listen()
        yield listener
