"""What handles the calls of the actors that a blocking client hosts."""

from __future__ import annotations

import typing as _typing

if _typing.TYPE_CHECKING:
    import collections.abc as _abc

    from . import models as _models

__all__ = ["SourceHandler"]


class SourceHandler(_typing.Protocol):
    """Has rows: what the caller of an importer serves."""

    def rows(self) -> _abc.Iterable[_models.Row]:
        """Streams the rows, in their order."""
        ...

    def correct(self, row: _models.Row, reason: str, /) -> _models.Row:
        """What to take in place of a row that cannot be imported.

        Raises:
            SourceError: What the contract declares; `error` holds it.
        """
        ...

    def imported(self, rows: int, /) -> None:
        """Is told how many rows have been imported."""
        ...
