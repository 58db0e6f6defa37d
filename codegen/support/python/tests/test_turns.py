from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from callsheet_runtime.turns import Parked, ReadingTurns

from .fake_server import PATIENCE


class Flag(Parked):
    def __init__(self) -> None:
        super().__init__()
        self.up = False

    @property
    def ready(self) -> bool:
        return self.up

    def parked(self) -> None:
        """Waits until a thread follows for it."""
        end = time.monotonic() + PATIENCE
        while self.wakeups is None:
            assert time.monotonic() < end
            time.sleep(0.001)

    def rise(self) -> None:
        self.up = True
        self.notify()


class Source:
    """Something to read that gives nothing, and tells who reads."""

    def __init__(self) -> None:
        self.readers: set[int] = set()
        self.read = threading.Event()

    def receive(self, deadline: float | None) -> bool:
        self.readers.add(threading.get_ident())
        self.read.set()
        time.sleep(0.001)
        return deadline is None or time.monotonic() < deadline


def test_a_late_wakeup_ends_no_wait() -> None:
    source, first, second = Source(), Flag(), Flag()
    turns = ReadingTurns(source.receive)
    with ThreadPoolExecutor(2) as threads:
        leader = threads.submit(turns.wait, first, None)
        assert source.read.wait(PATIENCE)
        follower = threads.submit(turns.wait, second, time.monotonic() + PATIENCE)
        second.parked()
        second.notify()
        time.sleep(0.05)
        assert not follower.done()
        second.rise()
        assert follower.result(PATIENCE) is True
        assert not leader.done()
        first.rise()
        assert leader.result(PATIENCE) is True
    assert len(source.readers) == 1


def test_the_turn_goes_to_a_follower_when_the_leader_is_done() -> None:
    source, first, second = Source(), Flag(), Flag()
    turns = ReadingTurns(source.receive)
    with ThreadPoolExecutor(2) as threads:
        leader = threads.submit(turns.wait, first, None)
        assert source.read.wait(PATIENCE)
        follower = threads.submit(turns.wait, second, None)
        second.parked()
        first.rise()
        assert leader.result(PATIENCE) is True
        source.read.clear()
        assert source.read.wait(PATIENCE)
        second.rise()
        assert follower.result(PATIENCE) is True
    assert len(source.readers) == 2


def test_waits_end_at_their_deadlines() -> None:
    source, first, second = Source(), Flag(), Flag()
    turns = ReadingTurns(source.receive)
    with ThreadPoolExecutor(2) as threads:
        leader = threads.submit(turns.wait, first, None)
        assert source.read.wait(PATIENCE)
        assert turns.wait(second, time.monotonic() + 0.02) is False
        first.rise()
        assert leader.result(PATIENCE) is True
    assert turns.wait(second, time.monotonic() + 0.02) is False


def test_what_is_last_runs_when_nobody_reads() -> None:
    source, first = Source(), Flag()
    turns = ReadingTurns(source.receive)
    over = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        leader = threads.submit(turns.wait, first, None)
        assert source.read.wait(PATIENCE)
        turns.retire(over.set)
        assert not over.is_set()
        first.rise()
        assert leader.result(PATIENCE) is True
    assert over.is_set()
