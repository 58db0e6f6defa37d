"""Values that do not fit the contract, and where they stand."""

from __future__ import annotations

from typing import Self

_WIRE_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "float",
    str: "string",
    bytes: "bytes",
    list: "array",
    dict: "object",
}


class MismatchError(Exception):
    """A value that the contract does not allow.

    Each decoder or encoder on the way up puts its own step in front of the path, so that a value
    that fits costs nothing for it.
    """

    def __init__(self, problem: str) -> None:
        """Says what is wrong with the value itself."""
        super().__init__(problem)
        self.problem: str = problem
        self.path: str = ""

    def within(self, step: str) -> Self:
        """Puts a field's name in front of the path; an empty one is no step."""
        if not step:
            return self
        joint = "." if self.path and self.path[0] != "[" else ""
        self.path = f"{step}{joint}{self.path}"
        return self

    def within_item(self, key: object) -> Self:
        """Puts an index or a map's key in front of the path."""
        return self.within(f"[{key!r}]")

    def __str__(self) -> str:
        """The path and what is wrong there."""
        return f"{self.path}: {self.problem}" if self.path else self.problem


class WrongTypeError(MismatchError, TypeError):
    """An argument of a type that the contract does not allow there."""


class WrongValueError(MismatchError, ValueError):
    """An argument of the right type whose value the contract does not allow."""


def unexpected(expected: str, found: object) -> MismatchError:
    """A received value of another kind; its kind alone is named, since it may be confidential."""
    return MismatchError(f"expected {expected}, found {_WIRE_KINDS.get(type(found), 'extension')}")


def wrong_form(expected: str) -> MismatchError:
    """A received text that is not written as the contract says; it may be confidential too."""
    return MismatchError(f"expected {expected}, found text of another form")


def out_of_range(expected: str, found: object) -> MismatchError:
    """A received value that is not a number of the type or is outside its range."""
    if type(found) is int:
        return MismatchError(f"expected {expected}, found integer out of range")
    return unexpected(expected, found)


def wrong_type(expected: str, found: object) -> WrongTypeError:
    """An argument of another type."""
    return WrongTypeError(f"expected {expected}, found {type(found).__name__}")
