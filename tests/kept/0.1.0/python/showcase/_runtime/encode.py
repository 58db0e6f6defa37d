"""Checks of what is sent, for each type that contracts are made of.

Every encoder takes a Python value and returns what the codecs write, or raises `WrongTypeError` or
`WrongValueError`, a `TypeError` and a `ValueError`, with the path below the value. Nothing has been
sent then.
"""

from __future__ import annotations

from itertools import islice
from operator import length_hint
from struct import Struct
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from .codec import UnsignedWide, Wide
from .depth import is_deeper, on_own_stack
from .mismatch import MismatchError, WrongValueError, wrong_type
from .unknown import COUNT

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence
    from collections.abc import Set as AbstractSet

Encoder: TypeAlias = "Callable[[Any], object]"
"""Checks a value and makes of it what the codecs write."""

_F32: Final = Struct("<f")
_RANGES: Final = {
    "i8": (-(1 << 7), (1 << 7) - 1),
    "i16": (-(1 << 15), (1 << 15) - 1),
    "i32": (-(1 << 31), (1 << 31) - 1),
    "i64": (-(1 << 63), (1 << 63) - 1),
    "i128": (-(1 << 127), (1 << 127) - 1),
    "u8": (0, (1 << 8) - 1),
    "u16": (0, (1 << 16) - 1),
    "u32": (0, (1 << 32) - 1),
    "u64": (0, (1 << 64) - 1),
    "u128": (0, (1 << 128) - 1),
}


def encode_nested(encode: Encoder, levels: int, value: object) -> object:
    """An argument that nests as deep as its maker likes, of which the wire takes so many levels."""
    try:
        try:
            wire = encode(value)
        except RecursionError:
            wire = on_own_stack(encode, value)
    except RecursionError:
        # Most likely it stands within itself.
        raise WrongValueError(f"nested deeper than {levels} levels, or without end") from None
    if is_deeper(wire, levels):
        raise WrongValueError(f"nested deeper than {levels} levels")
    return wire


def encode_open(encode: Encoder, levels: int, value: object) -> object:
    """An argument that nests as deep as the data of unknown variants in it."""
    before = COUNT.kept
    try:
        wire = encode(value)
    except RecursionError:
        return encode_nested(encode, levels, value)
    if COUNT.kept != before and is_deeper(wire, levels):
        raise WrongValueError(f"nested deeper than {levels} levels")
    return wire


def encode_unit(value: object) -> object:
    """A value that carries no data."""
    if value is not None:
        raise wrong_type("None", value)
    return None


def encode_bool(value: object) -> bool:
    """A truth value."""
    if type(value) is bool:
        return value
    raise wrong_type("bool", value)


def _integer(name: str) -> Callable[[object], int]:
    low, high = _RANGES[name]

    def encode(value: object) -> int:
        if type(value) is int and low <= value <= high:
            return value
        return _plain_integer(value, name)

    encode.__doc__ = f"An integer in the range of {name}."
    return encode


def _plain_integer(value: object, name: str) -> int:
    """Accepts subclasses of `int` as the numbers they are, except `bool`."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong_type(f"int ({name})", value)
    low, high = _RANGES[name]
    if low <= value <= high:
        return int(value)
    raise WrongValueError(f"expected an integer from {low} to {high} ({name}), found {value}")


encode_i8 = _integer("i8")
encode_i16 = _integer("i16")
encode_i32 = _integer("i32")
encode_i64 = _integer("i64")
encode_u8 = _integer("u8")
encode_u16 = _integer("u16")
encode_u32 = _integer("u32")
encode_u64 = _integer("u64")


def encode_i128(value: object) -> Wide:
    """A signed 128-bit integer."""
    return Wide(_plain_integer(value, "i128"))


def encode_u128(value: object) -> Wide:
    """An unsigned 128-bit integer."""
    return UnsignedWide(_plain_integer(value, "u128"))


def encode_nonzero(encode: Callable[[object], int], value: object) -> int:
    """An integer that is never zero."""
    number = encode(value)
    if number == 0:
        raise WrongValueError("expected an integer other than 0, found 0")
    return number


def encode_float(value: object) -> float:
    """A number; whether it must be finite is the codec's to say."""
    if type(value) is float:
        return value
    if isinstance(value, float | int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            raise WrongValueError("expected a float, found an int that is too large") from None
    raise wrong_type("float", value)


def encode_f32(value: object) -> float:
    """A number that is rounded to 32 bits where it arrives."""
    number = encode_float(value)
    try:
        _F32.pack(number)
    except OverflowError:
        raise WrongValueError(f"expected a float of 32 bits, found {number}") from None
    return number


def encode_str(value: object) -> str:
    """A text."""
    if type(value) is str:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    raise wrong_type("str", value)


def encode_char(value: object) -> str:
    """A text of one character."""
    text = encode_str(value)
    if len(text) == 1:
        return text
    raise WrongValueError(f"expected one character, found {len(text)}")


def encode_bytes(value: object) -> bytes:
    """Bytes."""
    if type(value) is bytes:
        return value
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    raise wrong_type("bytes", value)


def encode_optional(encode: Encoder, value: object) -> object:
    """A value that may be missing."""
    return None if value is None else encode(value)


def encode_list(encode: Encoder, value: object) -> list[object]:
    """A sequence; a text is none, though Python could walk it."""
    if not isinstance(value, (list, tuple)):
        raise wrong_type("list", value)
    sequence = cast("Sequence[object]", value)
    items = iter(sequence)
    try:
        return [encode(item) for item in items]
    except MismatchError as failure:
        # Values that fit pay nothing for the index of one that does not.
        raise failure.within_item(len(sequence) - length_hint(items) - 1) from None


def encode_set(encode: Encoder, value: object) -> list[object]:
    """A set, as a sequence in whatever order."""
    if not isinstance(value, set | frozenset):
        raise wrong_type("set", value)
    return encode_list(encode, list(cast("AbstractSet[object]", value)))


def encode_array(encode: Encoder, count: int, value: object) -> list[object]:
    """A sequence of exactly so many values."""
    items = encode_list(encode, value)
    if len(items) != count:
        raise WrongValueError(f"expected {count} values, found {len(items)}")
    return items


def encode_tuple(encoders: Sequence[Encoder], value: object) -> list[object]:
    """A sequence with a type for each place."""
    if not isinstance(value, tuple | list):
        raise wrong_type("tuple", value)
    items = cast("Sequence[object]", value)
    if len(items) != len(encoders):
        raise WrongValueError(f"expected {len(encoders)} values, found {len(items)}")
    encoded: list[object] = []
    for index, encode in enumerate(encoders):
        try:
            encoded.append(encode(items[index]))
        except MismatchError as failure:
            raise failure.within_item(index) from None
    return encoded


def encode_map(encode_key: Encoder, encode: Encoder, value: object) -> dict[object, object]:
    """A map; JSON writes keys that are numbers or truth values as texts by itself."""
    if not isinstance(value, dict):
        raise wrong_type("dict", value)
    mapping = cast("Mapping[object, object]", value)
    entries = iter(mapping.items())
    try:
        return {encode_key(key): encode(entry) for key, entry in entries}
    except MismatchError as failure:
        at = len(mapping) - length_hint(entries) - 1
        raise failure.within_item(next(islice(mapping, at, None))) from None


def merge(wire: dict[str, object], value: object, named: Container[str] = ()) -> None:
    """Adds the entries of an encoded value to those around it; null has none.

    Raises:
        WrongValueError: The value has no entries, or one that stands for something else there: it
            is in `wire` already or `named` as that of a field.
    """
    if value is None:
        return
    if not isinstance(value, dict):
        raise WrongValueError(f"expected what is written as a map, found {type(value).__name__}")
    for key, entry in cast("Mapping[str, object]", value).items():
        if key in wire or key in named:
            raise WrongValueError("expected no entry that something else writes").within_item(key)
        wire[key] = entry
