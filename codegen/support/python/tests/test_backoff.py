from __future__ import annotations

from callsheet_runtime.backoff import FIRST, MOST, Backoff


def test_waits_double_up_to_the_limit_and_differ_by_up_to_a_half() -> None:
    backoff = Backoff()
    for attempt in range(100):
        backoff.failed()
        full = min(MOST, FIRST * 2.0 ** min(attempt, 10))
        delays = {backoff.delay() for _ in range(50)}
        assert all(full / 2 <= delay <= full for delay in delays)
        assert len(delays) > 1, "chance has its part"


def test_only_a_connection_that_outlived_the_longest_wait_starts_anew() -> None:
    backoff = Backoff()
    backoff.lost_after(MOST)
    assert backoff.delay() == 0
    for _ in range(20):
        backoff.lost_after(MOST - 0.001)
    assert backoff.delay() >= MOST / 2
    backoff.lost_after(MOST)
    assert backoff.delay() == 0
