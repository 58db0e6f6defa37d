"""What stands for a value that is left out where `None` says something else."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Unset(Enum):
    """The type of `UNSET`: `value is UNSET` tells a type checker which of the two it is."""

    UNSET = "UNSET"

    def __bool__(self) -> bool:
        """False, as for everything that is not there."""
        return False

    def __repr__(self) -> str:
        """As it is written."""
        return "UNSET"


UNSET: Final = Unset.UNSET
"""Left out. Of a field that the server has a default for it asks for that default, which `None`
does not: that is sent as null."""


def or_none(value: object) -> object:
    """A value, or `None` where it is left out."""
    return None if value is UNSET else value
