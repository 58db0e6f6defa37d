"""Frames: a 4-byte big-endian length, then that many bytes."""

from __future__ import annotations

from struct import Struct

from .errors import FrameTooLargeError, ProtocolError

MAX_FRAME = 16 * 1024 * 1024
"""The largest frame body that is sent or accepted, in bytes."""

PREFIX = 4
"""The size of the length in front of every frame, in bytes."""

_LENGTH = Struct(">I")
_pack_length = _LENGTH.pack
_read_length = _LENGTH.unpack_from


def seal(*pieces: bytes) -> bytes:
    """Joins the pieces of one frame body and puts their length in front.

    Raises:
        FrameTooLargeError: The body is larger than `MAX_FRAME`; nothing has been sent.
    """
    body = b"".join(pieces)
    size = len(body)
    if size > MAX_FRAME:
        raise FrameTooLargeError(f"a frame of {size} bytes is over the limit of {MAX_FRAME} bytes")
    return _pack_length(size) + body


class FrameSplitter:
    """Cuts what a socket delivers, in whatever chunks, into frame bodies.

    A frame that arrives in many chunks is joined once, when it is complete.
    """

    __slots__ = ("_chunks", "_held", "_needed")

    def __init__(self) -> None:
        """Starts between two frames."""
        self._chunks: list[bytes] = []
        self._held = 0
        self._needed = PREFIX

    def feed(self, chunk: bytes) -> list[bytes]:
        """Takes the next chunk and returns the bodies that it completes, in order.

        Raises:
            ProtocolError: The peer announces a frame larger than `MAX_FRAME`.
        """
        if self._chunks:
            self._chunks.append(chunk)
            self._held += len(chunk)
            if self._held < self._needed:
                return []
            chunk = b"".join(self._chunks)
            self._chunks.clear()
        bodies: list[bytes] = []
        start = 0
        size = len(chunk)
        needed = PREFIX
        while size - start >= PREFIX:
            length: int = _read_length(chunk, start)[0]
            if length > MAX_FRAME:
                raise ProtocolError(
                    f"received a frame of {length} bytes, over the limit of {MAX_FRAME} bytes"
                )
            end = start + PREFIX + length
            if end > size:
                needed = PREFIX + length
                break
            bodies.append(chunk[start + PREFIX : end])
            start = end
        if start < size:
            self._chunks.append(chunk[start:])
            self._held = size - start
            self._needed = needed
        return bodies
