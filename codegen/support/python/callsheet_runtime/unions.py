"""Enums whose variants carry data: the four ways in which the wire tells the variant."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from .decode import decode_object, missing
from .encode import merge
from .mismatch import Mismatch, unexpected, wrong_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .codec import WireValue
    from .decode import Decoder
    from .encode import Encoder

T = TypeVar("T")
S = TypeVar("S", bound=StrEnum)

Readers: TypeAlias = "Mapping[str, Decoder[T]]"
"""By the name on the wire: what makes the variant of its data; of null for one without data."""

Writers: TypeAlias = "Mapping[type, tuple[str | None, Encoder | None]]"
"""By the variant's class: its name on the wire and what writes its data, if it has any.

A variant without a name is written as its data alone.
"""


def decode_external(readers: Readers[T], units: Mapping[str, T], value: WireValue) -> T:
    """`"Variant"` without data, else `{"Variant": data}`."""
    if type(value) is str:
        unit = units.get(value)
        if unit is not None:
            return unit
        raise _unknown(value, (*units, *readers))
    fields = decode_object(value)
    if len(fields) != 1:
        raise Mismatch(f"expected object with one entry, found {len(fields)}")
    ((name, data),) = fields.items()
    return _read(readers, name, data, (*units, *readers))


def decode_entry(readers: Readers[T], units: Mapping[str, T], value: WireValue) -> T:
    """`{"Variant": data}` among other entries; the data is null if there is none."""
    for name, data in decode_object(value).items():
        if type(name) is not str:
            continue
        unit = units.get(name)
        if unit is not None:
            if data is not None:
                raise unexpected("null", data).within(name)
            return unit
        if name in readers:
            return _read(readers, name, data, ())
    raise Mismatch(f"missing variant, expected one of {_listed((*units, *readers))}")


def decode_internal(readers: Readers[T], tag: str, value: WireValue) -> T:
    """The data's own map names the variant under the tag."""
    data = dict(decode_object(value))
    if tag not in data:
        raise missing(tag)
    name = data.pop(tag)
    if type(name) is not str:
        raise unexpected("string", name).within(tag)
    reader = readers.get(name)
    if reader is None:
        raise _unknown(name, readers).within(tag)
    return reader(data)


def decode_adjacent(readers: Readers[T], tag: str, content: str, value: WireValue) -> T:
    """`{tag: "Variant", content: data}`; no content if there is no data."""
    fields = decode_object(value)
    if tag not in fields:
        raise missing(tag)
    name = fields[tag]
    if type(name) is not str:
        raise unexpected("string", name).within(tag)
    reader = readers.get(name)
    if reader is None:
        raise _unknown(name, readers).within(tag)
    try:
        return reader(fields.get(content))
    except Mismatch as failure:
        raise failure.within(content) from None


def decode_untagged(readers: Sequence[Decoder[T]], name: str, value: WireValue) -> T:
    """The data alone; the first variant that it fits."""
    for reader in readers:
        try:
            return reader(value)
        except Mismatch:
            continue
    raise Mismatch(f"fits no variant of {name}")


def decode_partly_tagged(
    decode_tagged: Decoder[T], readers: Sequence[Decoder[T]], value: WireValue
) -> T:
    """A variant that the wire tells, or else the first other one that the data alone fits."""
    try:
        return decode_tagged(value)
    except Mismatch:
        for reader in readers:
            try:
                return reader(value)
            except Mismatch:
                continue
        raise


def decode_unit_variant(variant: T, value: WireValue) -> T:
    """A variant without data where nothing tells it but null."""
    if value is not None:
        raise unexpected("null", value)
    return variant


def encode_external(writers: Writers, name: str, value: object) -> object:
    """`"Variant"` without data, else `{"Variant": data}`."""
    variant, writer = _writer(writers, name, value)
    if writer is None:
        return variant
    return writer(value) if variant is None else {variant: writer(value)}


def encode_entry(writers: Writers, name: str, value: object) -> object:
    """`{"Variant": data}` to stand among other entries; the data is null if there is none."""
    variant, writer = _writer(writers, name, value)
    data = None if writer is None else writer(value)
    return data if variant is None else {variant: data}


def encode_internal(writers: Writers, name: str, tag: str, value: object) -> object:
    """The data's own map names the variant under the tag."""
    variant, writer = _writer(writers, name, value)
    data = None if writer is None else writer(value)
    if variant is None:
        return data
    wire: dict[str, object] = {tag: variant}
    try:
        merge(wire, data)
    except Mismatch as failure:
        raise failure.within("value") from None
    return wire


def encode_adjacent(writers: Writers, name: str, tag: str, content: str, value: object) -> object:
    """`{tag: "Variant", content: data}`; no content if there is no data."""
    variant, writer = _writer(writers, name, value)
    if variant is None:
        return None if writer is None else writer(value)
    return {tag: variant} if writer is None else {tag: variant, content: writer(value)}


def encode_untagged(writers: Writers, name: str, value: object) -> object:
    """The data alone."""
    _, writer = _writer(writers, name, value)
    return None if writer is None else writer(value)


def encode_content(encode: Encoder, value: object) -> object:
    """The data of a variant that wraps one value."""
    try:
        return encode(value)
    except Mismatch as failure:
        raise failure.within("value") from None


def names_of(members: type[S]) -> dict[str, S]:
    """The members of an enum of names alone, by their names on the wire."""
    return {member.value: member for member in members}


def decode_name(names: Mapping[str, T], value: WireValue) -> T:
    """A member of an enum of names alone."""
    if type(value) is not str:
        raise unexpected("string", value)
    member = names.get(value)
    if member is None:
        raise _unknown(value, names)
    return member


def _read(readers: Readers[T], name: str | int, data: WireValue, allowed: Sequence[str]) -> T:
    reader = readers.get(name) if type(name) is str else None
    if reader is None:
        raise _unknown(name, allowed)
    try:
        return reader(data)
    except Mismatch as failure:
        raise failure.within(str(name)) from None


def _unknown(found: str | int, allowed: Iterable[str]) -> Mismatch:
    return Mismatch(f"unknown variant `{found}`, expected one of {_listed(allowed)}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _writer(writers: Writers, name: str, value: object) -> tuple[str | None, Encoder | None]:
    writer = writers.get(type(value))
    if writer is None:
        raise wrong_type(name, value)
    return writer
