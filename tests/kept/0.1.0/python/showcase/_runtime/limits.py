"""Time limits of calls."""

from __future__ import annotations

import math
from typing import Final

DEFAULT_TIMEOUT: Final = 30.0
"""How long a call may take when nothing else is said, in seconds."""


def checked_timeout(seconds: float) -> float:
    """A time limit that makes sense.

    Raises:
        ValueError: It is not a positive, finite number of seconds.
    """
    if not (seconds > 0 and math.isfinite(seconds)):
        raise ValueError(f"timeout: expected a positive number of seconds, found {seconds}")
    return seconds


def milliseconds(seconds: float) -> int:
    """A time limit as the wire has it: whole milliseconds, at least one."""
    return math.ceil(seconds * 1000)
