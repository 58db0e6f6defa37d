"""What a caller may say of one call, beside its arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from .limits import checked_timeout

if TYPE_CHECKING:
    from collections.abc import Mapping


class CallOptions(TypedDict, total=False):
    """What every call takes by keyword.

    Example:
        >>> client.calculator().add(1, 2, timeout=5.0)
    """

    timeout: float | None
    """How long the call may take, in seconds; of a stream, how long its first item may take. `None`
    means what the client was made with."""


class AskOptions(CallOptions, total=False):
    """What a call with one reply takes by keyword.

    Example:
        >>> client.calculator().add(1, 2, idempotent=True)
    """

    idempotent: bool
    """Whether the call does no harm if it is made twice. One that may have run when the connection
    was lost is then made once more, over the next connection and within its time. Left out, it is
    what the contract says."""


_OF_CALLS: Final = frozenset({"timeout"})
_OF_ASKS: Final = frozenset({"timeout", "idempotent"})


def call_limit(options: CallOptions, default: float) -> float:
    """The time limit of a tell or a stream, in seconds.

    Raises:
        TypeError: An option is none of a call's.
        ValueError: The limit makes no sense.
    """
    return _limit(options, _OF_CALLS, default) if options else default


def ask_limit(options: AskOptions, default: float) -> float:
    """The time limit of an ask, in seconds.

    Raises:
        TypeError: An option is none of an ask's.
        ValueError: The limit makes no sense.
    """
    return _limit(options, _OF_ASKS, default) if options else default


def _limit(options: Mapping[str, object], known: frozenset[str], default: float) -> float:
    for name in options:
        # Keywords that are collected are checked by nobody else at run time.
        if name not in known:
            raise TypeError(f"got an unexpected keyword argument {name!r}")
    seconds = options.get("timeout")
    if seconds is None:
        return default
    if not isinstance(seconds, (int, float)):
        raise TypeError(f"timeout: expected seconds, found {type(seconds).__name__}")
    return checked_timeout(seconds)
