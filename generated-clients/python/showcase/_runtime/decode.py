"""Checks of what is received, for each type that contracts are made of.

Every decoder takes a value as a codec read it and returns the Python value, or raises `Mismatch`
with the path below the value. The forms of both codecs are accepted, so a decoder need not know
which one is in use.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from .errors import DecodeError
from .mismatch import Mismatch, out_of_range, unexpected

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from .codec import WireValue

T = TypeVar("T")
K = TypeVar("K")

Decoder: TypeAlias = "Callable[[WireValue], T]"
"""Checks a received value and makes the Python value of it."""

_WIDE_BYTES: Final = 16
_F32: Final = Struct("<f")


def read_reply(decode: Decoder[T], payload: WireValue, root: str = "reply") -> T:
    """Decodes a whole payload.

    Raises:
        DecodeError: It is not what the contract says; the path begins with `root`.
    """
    try:
        return decode(payload)
    except Mismatch as failure:
        raise DecodeError.below(root, failure) from None


def decode_unit(value: WireValue) -> None:
    """A value that carries no data."""
    if value is not None:
        raise unexpected("null", value)


def decode_bool(value: WireValue) -> bool:
    """A truth value."""
    if type(value) is bool:
        return value
    raise unexpected("boolean", value)


def decode_i8(value: WireValue) -> int:
    """A signed 8-bit integer."""
    if type(value) is int and -0x80 <= value <= 0x7F:
        return value
    raise out_of_range("i8", value)


def decode_i16(value: WireValue) -> int:
    """A signed 16-bit integer."""
    if type(value) is int and -0x8000 <= value <= 0x7FFF:
        return value
    raise out_of_range("i16", value)


def decode_i32(value: WireValue) -> int:
    """A signed 32-bit integer."""
    if type(value) is int and -0x8000_0000 <= value <= 0x7FFF_FFFF:
        return value
    raise out_of_range("i32", value)


def decode_i64(value: WireValue) -> int:
    """A signed 64-bit integer."""
    if type(value) is int and -0x8000_0000_0000_0000 <= value <= 0x7FFF_FFFF_FFFF_FFFF:
        return value
    raise out_of_range("i64", value)


def decode_i128(value: WireValue) -> int:
    """A signed 128-bit integer: a number, or 16 bytes in MessagePack."""
    if type(value) is bytes and len(value) == _WIDE_BYTES:
        return int.from_bytes(value, "big", signed=True)
    if type(value) is int and -(1 << 127) <= value < 1 << 127:
        return value
    raise out_of_range("i128", value)


def decode_u8(value: WireValue) -> int:
    """An unsigned 8-bit integer."""
    if type(value) is int and 0 <= value <= 0xFF:
        return value
    raise out_of_range("u8", value)


def decode_u16(value: WireValue) -> int:
    """An unsigned 16-bit integer."""
    if type(value) is int and 0 <= value <= 0xFFFF:
        return value
    raise out_of_range("u16", value)


def decode_u32(value: WireValue) -> int:
    """An unsigned 32-bit integer."""
    if type(value) is int and 0 <= value <= 0xFFFF_FFFF:
        return value
    raise out_of_range("u32", value)


def decode_u64(value: WireValue) -> int:
    """An unsigned 64-bit integer."""
    if type(value) is int and 0 <= value <= 0xFFFF_FFFF_FFFF_FFFF:
        return value
    raise out_of_range("u64", value)


def decode_u128(value: WireValue) -> int:
    """An unsigned 128-bit integer: a number, or 16 bytes in MessagePack."""
    if type(value) is bytes and len(value) == _WIDE_BYTES:
        return int.from_bytes(value, "big")
    if type(value) is int and 0 <= value < 1 << 128:
        return value
    raise out_of_range("u128", value)


def decode_nonzero(decode: Decoder[int], value: WireValue) -> int:
    """An integer that is never zero."""
    number = decode(value)
    if number == 0:
        raise Mismatch("expected an integer other than 0, found 0")
    return number


def decode_float(value: WireValue) -> float:
    """A number; integers are accepted, since JSON writers may leave out the fraction."""
    if type(value) is float:
        return value
    if type(value) is int:
        try:
            return float(value)
        except OverflowError:
            raise out_of_range("float", value) from None
    raise unexpected("float", value)


def decode_f32(value: WireValue) -> float:
    """A number of 32 bits, whose digits in JSON are too few to tell it among those of 64 bits."""
    number = decode_float(value)
    try:
        rounded: float = _F32.unpack(_F32.pack(number))[0]
    except OverflowError:
        raise Mismatch("expected f32, found float out of range") from None
    return rounded


def decode_str(value: WireValue) -> str:
    """A text."""
    if type(value) is str:
        return value
    raise unexpected("string", value)


def decode_char(value: WireValue) -> str:
    """A text of one character."""
    if type(value) is str and len(value) == 1:
        return value
    raise unexpected("one character", value)


def decode_bytes(value: WireValue) -> bytes:
    """Bytes: an array of numbers in JSON, bytes in MessagePack."""
    if type(value) is bytes:
        return value
    if type(value) is list:
        return bytes(decode_list(decode_u8, value))
    raise unexpected("bytes", value)


def decode_optional(decode: Decoder[T], value: WireValue) -> T | None:
    """A value that may be missing."""
    return None if value is None else decode(value)


def decode_fitting(decode: Decoder[T], value: WireValue) -> T | None:
    """A value whose entries stand among others and may be missing: none if they do not fit."""
    try:
        return decode(value)
    except Mismatch:
        return None


def decode_list(decode: Decoder[T], value: WireValue) -> list[T]:
    """A sequence."""
    if type(value) is not list:
        raise unexpected("array", value)
    try:
        return [decode(item) for item in value]
    except Mismatch:
        # Values that fit pay nothing for the index of one that does not.
        for index, item in enumerate(value):
            try:
                decode(item)
            except Mismatch as failure:
                raise failure.within_item(index) from None
        raise


def decode_array(decode: Decoder[T], count: int, value: WireValue) -> list[T]:
    """A sequence of exactly so many values."""
    items = decode_list(decode, value)
    if len(items) != count:
        raise Mismatch(f"expected array of {count}, found array of {len(items)}")
    return items


def decode_tuple(decoders: Sequence[Decoder[object]], value: WireValue) -> tuple[object, ...]:
    """A sequence with a type for each place."""
    if type(value) is not list:
        raise unexpected("array", value)
    if len(value) != len(decoders):
        raise Mismatch(f"expected array of {len(decoders)}, found array of {len(value)}")
    decoded: list[object] = []
    for index, decode in enumerate(decoders):
        try:
            decoded.append(decode(value[index]))
        except Mismatch as failure:
            raise failure.within_item(index) from None
    return tuple(decoded)


def decode_set(decode: Decoder[T], value: WireValue) -> set[T]:
    """A sequence of distinct values in no order."""
    return set(decode_list(decode, value))


def decode_map(decode: Decoder[T], value: WireValue) -> dict[str, T]:
    """A map whose keys are texts."""
    return decode_keyed(decode_str, decode, value)


def decode_keyed(
    decode_key: Callable[[str | int], K], decode: Decoder[T], value: WireValue
) -> dict[K, T]:
    """A map with keys of another kind; texts stand for them in JSON."""
    if type(value) is not dict:
        raise unexpected("object", value)
    try:
        return {decode_key(key): decode(entry) for key, entry in value.items()}
    except Mismatch:
        for key, entry in value.items():
            try:
                decode_key(key)
                decode(entry)
            except Mismatch as failure:
                raise failure.within_item(key) from None
        raise


def decode_object(value: WireValue) -> dict[str | int, WireValue]:
    """A map of named fields, still unchecked."""
    if type(value) is dict:
        return value
    raise unexpected("object", value)


def others(fields: dict[str | int, WireValue], named: Container[str | int]) -> WireValue:
    """The entries of a map that no field names."""
    return {key: value for key, value in fields.items() if key not in named}


def key_of(decode: Decoder[K], key: str | int) -> K:
    """A number or truth value that is the key of a map; in JSON it is a text."""
    if type(key) is not str:
        return decode(key)
    if key in {"true", "false"}:
        return decode(key == "true")
    try:
        number = int(key)
    except ValueError:
        return decode(key)
    # No other spelling of the number may become the same key.
    return decode(number if str(number) == key else key)


def missing(field: str) -> Mismatch:
    """The failure of an object that lacks a field."""
    return Mismatch(f"missing field `{field}`")


def slot(made: type, name: str) -> Callable[[object, object], None]:
    """What sets one field of a frozen dataclass with slots, much faster than its `__init__`.

    Decoders make instances with it, before anybody else sees them.
    """
    setter: Callable[[object, object], None] = vars(made)[name].__set__
    return setter
