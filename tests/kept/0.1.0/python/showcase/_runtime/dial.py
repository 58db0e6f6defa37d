"""How a connection gets a socket."""

from __future__ import annotations

import os
import socket


def dial(path: str) -> socket.socket:
    """A socket that is connected to `path` and never blocks.

    Raises:
        OSError: Nothing accepts connections at that path; the text says where that is.
    """
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # To a Unix socket one is connected at once, or not at all.
        peer.setblocking(False)
        peer.connect(path)
    except OSError as failure:
        peer.close()
        raise OSError(f"failed to connect to {path}: {failure}") from failure
    return peer


class Ownership:
    """Which process a connection belongs to.

    Two that write to one socket would mix their frames, and each would read answers of the other.
    """

    __slots__ = ("_process",)

    def __init__(self) -> None:
        """It is this one's."""
        self._process = os.getpid()

    @property
    def is_ours(self) -> bool:
        """Whether this is still that process, and not one that was forked from it."""
        return os.getpid() == self._process
