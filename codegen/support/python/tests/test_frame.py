from __future__ import annotations

import pytest

from callsheet_runtime.errors import FrameTooLargeError, ProtocolError
from callsheet_runtime.frame import MAX_FRAME, FrameSplitter, seal

BODIES = [b"{}", b"", b"x" * 300, b"last"]
WIRE = b"".join(seal(body) for body in BODIES)


@pytest.mark.parametrize("at", range(len(WIRE) + 1))
def test_two_chunks_cut_anywhere(at: int) -> None:
    splitter = FrameSplitter()
    assert splitter.feed(WIRE[:at]) + splitter.feed(WIRE[at:]) == BODIES


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64])
def test_chunks_of_one_size(size: int) -> None:
    splitter = FrameSplitter()
    found = [
        body
        for start in range(0, len(WIRE), size)
        for body in splitter.feed(WIRE[start : start + size])
    ]
    assert found == BODIES


def test_an_incomplete_frame_gives_nothing() -> None:
    splitter = FrameSplitter()
    assert splitter.feed(WIRE[:-1]) == BODIES[:-1]


def test_a_frame_may_be_as_large_as_the_limit() -> None:
    assert len(seal(b"x" * MAX_FRAME)) == MAX_FRAME + 4
    with pytest.raises(FrameTooLargeError, match="16777217 bytes"):
        seal(b"x" * MAX_FRAME, b"x")


def test_a_length_over_the_limit_is_refused_before_the_frame_comes() -> None:
    with pytest.raises(ProtocolError, match="16777217 bytes"):
        FrameSplitter().feed((MAX_FRAME + 1).to_bytes(4, "big"))
