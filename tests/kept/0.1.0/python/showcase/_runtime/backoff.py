"""How long to wait before a connection is tried again."""

from __future__ import annotations

import os
from typing import Final

FIRST: Final = 0.05
"""The wait after the first attempt that came to nothing, in seconds."""

MOST: Final = 5.0
"""The longest wait, in seconds."""


class Backoff:
    """The waits between attempts, each twice as long as the one before, up to `MOST`.

    Of each wait a random half at most is taken off, so that the clients of a server that comes back
    do not all come at once.
    """

    __slots__ = ("_failures",)

    def __init__(self) -> None:
        """Starts with no wait."""
        self._failures = 0

    def lost_after(self, seconds: float) -> None:
        """Takes note that a connection was lost that had lived so long.

        One that did not outlive the longest wait counts as a failed attempt: a server that accepts
        and hangs up at once must not be asked without end.
        """
        if seconds >= MOST:
            self._failures = 0
        else:
            self.failed()

    def failed(self) -> None:
        """Takes note of an attempt that came to nothing."""
        self._failures += 1

    def delay(self) -> float:
        """How long to wait now, in seconds: nothing after a connection that had lived long."""
        if self._failures == 0:
            return 0.0
        full = min(MOST, FIRST * 2.0 ** min(self._failures - 1, 16))
        # The module `random` would make every import of the package slower.
        chance = int.from_bytes(os.urandom(2), "big") / 0xFFFF
        return full / 2 + full / 2 * chance
