"""Variants that a newer server knows and this client does not: they are kept as they came.

Whoever keeps one counts it, so that a reader who has to choose among several ways to read a value
sees which of them know all of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from threading import local
from typing import TYPE_CHECKING, Final, Self, TypeVar, cast

from .codec import UnsignedWide, Wide
from .depth import MAX_DEPTH
from .mismatch import MismatchError, WrongValueError, unexpected, wrong_type
from .unset import UNSET, Unset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .codec import WireValue

S = TypeVar("S", bound="OpenEnum")


class OpenEnum(StrEnum):
    """Names that a contract lists, to which a newer server may have added.

    A name that is not listed is a member of its own, equal to every other one of that name. It is
    neither found by `Enum(name)` nor among the members that the class iterates over.
    """

    @classmethod
    def unknown(cls, name: str) -> Self:
        """A member for a name that this client does not know.

        Raises:
            ValueError: The name is listed.
        """
        if name in cls._value2member_map_:
            raise ValueError(f"{name!r} is not unknown: it is {cls(name)!r}")
        return _unlisted(cls, name)

    @property
    def is_known(self) -> bool:
        """Whether the name is one that this client knows."""
        return self._value_ in type(self)._value2member_map_

    def __repr__(self) -> str:
        """As it is made, if it is not listed."""
        if self.is_known:
            return super().__repr__()
        return f"{type(self).__name__}.unknown({self._value_!r})"

    def __reduce_ex__(self, _: object) -> tuple[object, ...]:
        """By its name, which whoever reads it may know."""
        return _restored, (type(self), self._value_)

    def __copy__(self) -> Self:
        """Itself."""
        return self

    def __deepcopy__(self, _: object) -> Self:
        """Itself."""
        return self


def listed(name: str) -> str:
    """The name itself, for a member that linters would take for a secret in the code."""
    return name


@dataclass(frozen=True, slots=True)
class UnknownVariant:
    """A variant that a newer server has and this client does not know.

    Sent back, it is written as it came. One that is made by hand is sent as well: nothing checks
    its name and its data but the server.

    Example:
        >>> UnknownVariant("Hexagon", {"side": 2.5})
        UnknownVariant(name='Hexagon', data={'side': 2.5})
    """

    name: str
    """Its name on the wire."""
    data: WireValue | Unset = UNSET
    """Its data as they were read; `UNSET` if it came without any. Where the tag stands among the
    data, they are all other entries."""
    kind: None = field(default=None, init=False, repr=False)
    """What other variants have a literal for."""


class _Count(local):
    """Of this thread."""

    kept = 0


COUNT: Final = _Count()
"""How many unknown variants were kept, or written, on the way to the value at hand."""


def unknown_member(members: type[S], name: str) -> S:
    """The member for a received name that is not listed."""
    COUNT.kept += 1
    return _unlisted(members, name)


def unknown_variant(name: str, data: WireValue | Unset = UNSET) -> UnknownVariant:
    """The received variant of a name that no variant has.

    Raises:
        MismatchError: The data are nothing that a value may have in it.
    """
    if data is not UNSET:
        _check(data, MAX_DEPTH)
    COUNT.kept += 1
    return UnknownVariant(name, data)


def encode_data(data: object, levels: int = MAX_DEPTH) -> object:
    """Kept data as the codecs write them.

    Raises:
        WrongTypeError: Part of them is nothing that was ever received.
        WrongValueError: They nest too deep, or an integer is too large.
    """
    if data is None or type(data) in {bool, float, str, bytes}:
        return data
    if type(data) is int:
        return _integer(data)
    COUNT.kept += 1
    if not isinstance(data, dict | list):
        raise wrong_type("what the wire can carry", data)
    if levels == 0:
        raise WrongValueError(f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(data, list):
        items: list[object] = []
        for item in cast("Sequence[object]", data):
            try:
                items.append(encode_data(item, levels - 1))
            except MismatchError as failure:
                raise failure.within_item(len(items)) from None
        return items
    entries: dict[object, object] = {}
    for key, entry in cast("Mapping[object, object]", data).items():
        try:
            entries[_key(key)] = encode_data(entry, levels - 1)
        except MismatchError as failure:
            raise failure.within_item(key) from None
    return entries


def _unlisted(members: type[S], name: str) -> S:
    made = str.__new__(members, name)
    made._name_ = made._value_ = name
    return made


def _restored(members: type[S], name: str) -> S:
    known = cast("Mapping[str, S]", members._value2member_map_).get(name)
    return _unlisted(members, name) if known is None else known


def _check(data: object, levels: int) -> None:
    if data is None or type(data) in {bool, int, float, str, bytes}:
        return
    if not isinstance(data, dict | list):
        raise unexpected("a value of the wire", data)
    if levels == 0:
        raise MismatchError(f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(data, list):
        for item in cast("Sequence[object]", data):
            _check(item, levels - 1)
        return
    for key, entry in cast("Mapping[object, object]", data).items():
        if type(key) not in {str, int, bool}:
            raise unexpected("a key that is a string, an integer or a boolean", key)
        _check(entry, levels - 1)


def _integer(value: int) -> int:
    if -(1 << 63) <= value < 1 << 64:
        return value
    # No type has wider ones but those of 128 bits, which MessagePack writes in another way.
    if -(1 << 127) <= value < 0:
        return Wide(value)
    if 0 <= value < 1 << 128:
        return UnsignedWide(value)
    raise WrongValueError("expected an integer of at most 128 bits")


def _key(key: object) -> object:
    if type(key) in {str, int, bool}:
        return key
    raise wrong_type("a key that is str, int or bool", key)
