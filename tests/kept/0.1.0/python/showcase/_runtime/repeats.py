"""Calls that are made a second time, since their answer was lost with the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import CallError, ConnectionLostError

if TYPE_CHECKING:
    from .codec import Envelope
    from .envelope import Method
    from .options import AskOptions


def is_repeated(outcome: Envelope | CallError | None, method: Method, options: AskOptions) -> bool:
    """Whether a call that ended so is made once more: it may have run, and may run twice."""
    return (
        isinstance(outcome, ConnectionLostError)
        and outcome.delivered == "unknown"
        and options.get("idempotent", method.idempotent)
    )


def ended_twice(failure: CallError) -> CallError:
    """The failure of the second attempt as that of the call, whose first one may have run."""
    if failure.delivered == "no":
        failure.delivered = "unknown"
        failure.retryable = False
    return failure
