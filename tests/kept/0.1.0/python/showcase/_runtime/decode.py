"""Checks of what is received, for each type that contracts are made of.

Every decoder takes a value as a codec read it and returns the Python value, or raises
`MismatchError` with the path below the value. The forms of both codecs are accepted, so a decoder
need not know which one is in use.
"""

from __future__ import annotations

from itertools import islice
from operator import length_hint
from struct import Struct
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from .depth import MAX_DEPTH, is_deeper, on_own_stack
from .errors import DecodeError
from .mismatch import MismatchError, out_of_range, unexpected
from .unknown import COUNT
from .unset import UNSET, Unset

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence

    from .codec import WireValue

T = TypeVar("T")
K = TypeVar("K")

Decoder: TypeAlias = "Callable[[WireValue], T]"
"""Checks a received value and makes the Python value of it."""

_WIDE_BYTES: Final = 16
_F32: Final = Struct("<f")
_MIN_I8: Final = -0x80
_MAX_I8: Final = 0x7F
_MAX_U8: Final = 0xFF
_MIN_I16: Final = -0x8000
_MAX_I16: Final = 0x7FFF
_MAX_U16: Final = 0xFFFF
_MIN_I32: Final = -0x8000_0000
_MAX_I32: Final = 0x7FFF_FFFF
_MAX_U32: Final = 0xFFFF_FFFF
_MIN_I64: Final = -0x8000_0000_0000_0000
_MAX_I64: Final = 0x7FFF_FFFF_FFFF_FFFF
_MAX_U64: Final = 0xFFFF_FFFF_FFFF_FFFF


def read_reply(decode: Decoder[T], payload: WireValue, root: str = "reply") -> T:
    """Decodes a whole payload.

    Raises:
        DecodeError: It is not what the contract says; the path begins with `root`.
    """
    try:
        try:
            return decode(payload)
        except RecursionError:
            return on_own_stack(decode, payload)
    except MismatchError as failure:
        raise DecodeError.below(root, failure) from None
    except RecursionError:
        raise DecodeError.below(root, MismatchError("nested too deep to be read here")) from None


def decode_nested(decode: Decoder[T], value: WireValue) -> T:
    """A payload of a type that holds itself, so that only the wire bounds how deep it nests."""
    if is_deeper(value, MAX_DEPTH):
        raise MismatchError(f"nested deeper than {MAX_DEPTH} levels")
    return decode(value)


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
    if type(value) is int and _MIN_I8 <= value <= _MAX_I8:
        return value
    raise out_of_range("i8", value)


def decode_i16(value: WireValue) -> int:
    """A signed 16-bit integer."""
    if type(value) is int and _MIN_I16 <= value <= _MAX_I16:
        return value
    raise out_of_range("i16", value)


def decode_i32(value: WireValue) -> int:
    """A signed 32-bit integer."""
    if type(value) is int and _MIN_I32 <= value <= _MAX_I32:
        return value
    raise out_of_range("i32", value)


def decode_i64(value: WireValue) -> int:
    """A signed 64-bit integer."""
    if type(value) is int and _MIN_I64 <= value <= _MAX_I64:
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
    if type(value) is int and 0 <= value <= _MAX_U8:
        return value
    raise out_of_range("u8", value)


def decode_u16(value: WireValue) -> int:
    """An unsigned 16-bit integer."""
    if type(value) is int and 0 <= value <= _MAX_U16:
        return value
    raise out_of_range("u16", value)


def decode_u32(value: WireValue) -> int:
    """An unsigned 32-bit integer."""
    if type(value) is int and 0 <= value <= _MAX_U32:
        return value
    raise out_of_range("u32", value)


def decode_u64(value: WireValue) -> int:
    """An unsigned 64-bit integer."""
    if type(value) is int and 0 <= value <= _MAX_U64:
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
        raise MismatchError("expected an integer other than 0, found 0")
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
        raise MismatchError("expected f32, found float out of range") from None
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


def decode_given(decode: Decoder[T], fields: Mapping[str | int, WireValue], name: str) -> T | Unset:
    """The value of an entry that says something else if it is null than if it is left out."""
    return decode(fields[name]) if name in fields else UNSET


def decode_fitting(decode: Decoder[T], value: WireValue) -> T | None:
    """A value whose entries stand among others and may be missing: none if they do not fit."""
    before = COUNT.kept
    try:
        return decode(value)
    except MismatchError:
        COUNT.kept = before
        return None


def decode_list(decode: Decoder[T], value: WireValue) -> list[T]:
    """A sequence."""
    if type(value) is not list:
        raise unexpected("array", value)
    items = iter(value)
    try:
        return [decode(item) for item in items]
    except MismatchError as failure:
        # Values that fit pay nothing for the index of one that does not.
        raise failure.within_item(len(value) - length_hint(items) - 1) from None


def decode_array(decode: Decoder[T], count: int, value: WireValue) -> list[T]:
    """A sequence of exactly so many values."""
    items = decode_list(decode, value)
    if len(items) != count:
        raise MismatchError(f"expected array of {count}, found array of {len(items)}")
    return items


def decode_tuple(decoders: Sequence[Decoder[object]], value: WireValue) -> tuple[object, ...]:
    """A sequence with a type for each place."""
    if type(value) is not list:
        raise unexpected("array", value)
    if len(value) != len(decoders):
        raise MismatchError(f"expected array of {len(decoders)}, found array of {len(value)}")
    decoded: list[object] = []
    for index, decode in enumerate(decoders):
        try:
            decoded.append(decode(value[index]))
        except MismatchError as failure:
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
    entries = iter(value.items())
    try:
        return {decode_key(key): decode(entry) for key, entry in entries}
    except MismatchError as failure:
        at = len(value) - length_hint(entries) - 1
        raise failure.within_item(next(islice(value, at, None))) from None


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


def missing(field: str) -> MismatchError:
    """The failure of an object that lacks a field."""
    return MismatchError(f"missing field `{field}`")


def slot(made: type, name: str) -> Callable[[object, object], None]:
    """What sets one field of a frozen dataclass with slots, much faster than its `__init__`.

    Decoders make instances with it, before anybody else sees them.
    """
    setter: Callable[[object, object], None] = vars(made)[name].__set__
    return setter
