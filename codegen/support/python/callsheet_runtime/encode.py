"""Checks of what is sent, for each type that contracts are made of.

Every encoder takes a Python value and returns what the codecs write, or raises `WrongType` or
`WrongValue`, a `TypeError` and a `ValueError`, with the path below the value. Nothing has been sent
then.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from .codec import UnsignedWide, Wide
from .mismatch import Mismatch, WrongValue, wrong_type

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
    raise WrongValue(f"expected an integer from {low} to {high} ({name}), found {value}")


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
        raise WrongValue("expected an integer other than 0, found 0")
    return number


def encode_float(value: object) -> float:
    """A number; whether it must be finite is the codec's to say."""
    if type(value) is float:
        return value
    if isinstance(value, float | int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            raise WrongValue("expected a float, found an int that is too large") from None
    raise wrong_type("float", value)


def encode_f32(value: object) -> float:
    """A number that is rounded to 32 bits where it arrives."""
    number = encode_float(value)
    try:
        _F32.pack(number)
    except OverflowError:
        raise WrongValue(f"expected a float of 32 bits, found {number}") from None
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
    raise WrongValue(f"expected one character, found {len(text)}")


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
    items = cast("Sequence[object]", value)
    try:
        return [encode(item) for item in items]
    except Mismatch:
        # Values that fit pay nothing for the index of one that does not.
        for index, item in enumerate(items):
            try:
                encode(item)
            except Mismatch as failure:
                raise failure.within_item(index) from None
        raise


def encode_set(encode: Encoder, value: object) -> list[object]:
    """A set, as a sequence in whatever order."""
    if not isinstance(value, set | frozenset):
        raise wrong_type("set", value)
    return encode_list(encode, list(cast("AbstractSet[object]", value)))


def encode_array(encode: Encoder, count: int, value: object) -> list[object]:
    """A sequence of exactly so many values."""
    items = encode_list(encode, value)
    if len(items) != count:
        raise WrongValue(f"expected {count} values, found {len(items)}")
    return items


def encode_tuple(encoders: Sequence[Encoder], value: object) -> list[object]:
    """A sequence with a type for each place."""
    if not isinstance(value, tuple | list):
        raise wrong_type("tuple", value)
    items = cast("Sequence[object]", value)
    if len(items) != len(encoders):
        raise WrongValue(f"expected {len(encoders)} values, found {len(items)}")
    encoded: list[object] = []
    for index, encode in enumerate(encoders):
        try:
            encoded.append(encode(items[index]))
        except Mismatch as failure:
            raise failure.within_item(index) from None
    return encoded


def encode_map(encode_key: Encoder, encode: Encoder, value: object) -> dict[object, object]:
    """A map; JSON writes keys that are numbers or truth values as texts by itself."""
    if not isinstance(value, dict):
        raise wrong_type("dict", value)
    entries = cast("Mapping[object, object]", value)
    try:
        return {encode_key(key): encode(entry) for key, entry in entries.items()}
    except Mismatch:
        for key, entry in entries.items():
            try:
                encode_key(key)
                encode(entry)
            except Mismatch as failure:
                raise failure.within_item(key) from None
        raise


def merge(wire: dict[str, object], value: object, named: Container[str] = ()) -> None:
    """Adds the entries of an encoded value to those around it; null has none.

    Raises:
        WrongValue: The value has no entries, or one that stands for something else there: it is in
            `wire` already or `named` as that of a field.
    """
    if value is None:
        return
    if not isinstance(value, dict):
        raise WrongValue(f"expected what is written as a map, found {type(value).__name__}")
    for key, entry in cast("Mapping[str, object]", value).items():
        if key in wire or key in named:
            raise WrongValue("expected no entry that something else writes").within_item(key)
        wire[key] = entry
