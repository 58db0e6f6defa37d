"""Warnings of what a contract calls deprecated."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    # Type checkers bring this one along, whatever is installed.
    from typing_extensions import deprecated
elif sys.version_info >= (3, 13):
    from warnings import deprecated
else:
    import functools
    import warnings
    from typing import ParamSpec, TypeVar

    P = ParamSpec("P")
    R = TypeVar("R")

    def deprecated(message: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Has each call of a function warn with this message where it is made."""

        def warning(function: Callable[P, R]) -> Callable[P, R]:
            @functools.wraps(function)
            def warned(*args: P.args, **kwargs: P.kwargs) -> R:
                warnings.warn(message, DeprecationWarning, stacklevel=2)
                return function(*args, **kwargs)

            warned.__deprecated__ = message
            return warned

        return warning


__all__ = ["deprecated"]
