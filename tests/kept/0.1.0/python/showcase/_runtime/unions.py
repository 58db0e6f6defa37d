"""Enums whose variants carry data: the four ways in which the wire tells the variant."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeVar

from .decode import decode_object, missing
from .encode import merge
from .mismatch import MismatchError, WrongValueError, unexpected, wrong_type
from .unknown import (
    COUNT,
    OpenEnum,
    UnknownVariant,
    encode_data,
    unknown_member,
    unknown_variant,
)
from .unset import UNSET

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .codec import WireValue
    from .decode import Decoder
    from .encode import Encoder

T = TypeVar("T")
S = TypeVar("S", bound=OpenEnum)

Readers: TypeAlias = "Mapping[str, Decoder[T]]"
"""By the name on the wire: what makes the variant of its data; of null for one without data."""

Writers: TypeAlias = "Mapping[type, tuple[str | None, Encoder | None]]"
"""By the variant's class: its name on the wire and what writes its data, if it has any.

A variant without a name is written as its data alone.
"""


def decode_external(
    readers: Readers[T], units: Mapping[str, T], value: WireValue
) -> T | UnknownVariant:
    """`"Variant"` without data, else `{"Variant": data}`."""
    if type(value) is str:
        unit = units.get(value)
        if unit is not None:
            return unit
        if value in readers:
            raise MismatchError(f"expected object, since `{value}` has data, found string")
        return unknown_variant(value)
    fields = decode_object(value)
    if len(fields) != 1:
        raise MismatchError(f"expected object with one entry, found {len(fields)}")
    ((name, data),) = fields.items()
    if type(name) is not str:
        raise MismatchError("expected the name of a variant, found a key that is none")
    reader = readers.get(name)
    try:
        if reader is not None:
            return reader(data)
        if name not in units:
            return unknown_variant(name, data)
    except MismatchError as failure:
        raise failure.within(name) from None
    raise MismatchError(f"expected string, since `{name}` has no data, found object")


def decode_entry(readers: Readers[T], units: Mapping[str, T], value: WireValue) -> T:
    """`{"Variant": data}` among other entries; the data is null if there is none.

    An unknown variant could not be told from those others, so there is none here.
    """
    for name, data in decode_object(value).items():
        if type(name) is not str:
            continue
        unit = units.get(name)
        if unit is not None:
            if data is not None:
                raise unexpected("null", data).within(name)
            return unit
        reader = readers.get(name)
        if reader is not None:
            try:
                return reader(data)
            except MismatchError as failure:
                raise failure.within(name) from None
    listed = ", ".join(f"`{name}`" for name in (*units, *readers))
    raise MismatchError(f"missing variant, expected one of {listed}")


def decode_internal(readers: Readers[T], tag: str, value: WireValue) -> T | UnknownVariant:
    """The data's own map names the variant under the tag."""
    data = dict(decode_object(value))
    if tag not in data:
        raise missing(tag)
    name = data.pop(tag)
    if type(name) is not str:
        raise unexpected("string", name).within(tag)
    reader = readers.get(name)
    return unknown_variant(name, data) if reader is None else reader(data)


def decode_adjacent(
    readers: Readers[T], tag: str, content: str, value: WireValue
) -> T | UnknownVariant:
    """`{tag: "Variant", content: data}`; no content if there is no data."""
    fields = decode_object(value)
    if tag not in fields:
        raise missing(tag)
    name = fields[tag]
    if type(name) is not str:
        raise unexpected("string", name).within(tag)
    reader = readers.get(name)
    try:
        if reader is None:
            return unknown_variant(name, fields.get(content, UNSET))
        return reader(fields.get(content))
    except MismatchError as failure:
        raise failure.within(content) from None


def decode_untagged(readers: Sequence[Decoder[T]], name: str, value: WireValue) -> T:
    """The data alone; the first variant that it fits."""
    fitting = _fitting(readers, value)
    if not fitting:
        raise MismatchError(f"fits no variant of {name}")
    return fitting[0]


def decode_partly_tagged(
    decode_tagged: Decoder[T], readers: Sequence[Decoder[T]], value: WireValue
) -> T:
    """A variant that the wire tells, or else the first other one that the data alone fits."""
    before = COUNT.kept
    try:
        tagged = decode_tagged(value)
    except MismatchError:
        COUNT.kept = before
        fitting = _fitting(readers, value)
        if fitting:
            return fitting[0]
        raise
    if COUNT.kept == before:
        return tagged
    COUNT.kept = before
    fitting = _fitting(readers, value)
    if fitting and COUNT.kept == before:
        return fitting[0]
    COUNT.kept = before + 1
    return tagged


def _fitting(readers: Sequence[Decoder[T]], value: WireValue) -> list[T]:
    """What the first reader makes that knows all of the value, else the first that fits at all."""
    before = COUNT.kept
    partly: list[T] = []
    for reader in readers:
        try:
            made = reader(value)
        except MismatchError:
            COUNT.kept = before
            continue
        if COUNT.kept == before:
            return [made]
        COUNT.kept = before
        partly.append(made)
    if partly:
        COUNT.kept = before + 1
    return partly


def decode_unit_variant(variant: T, value: WireValue) -> T:
    """A variant without data where nothing tells it but null."""
    if value is not None:
        raise unexpected("null", value)
    return variant


def encode_external(writers: Writers, name: str, value: object) -> object:
    """`"Variant"` without data, else `{"Variant": data}`."""
    if type(value) is UnknownVariant:
        unknown = _unknown_name(writers, name, value)
        return unknown if value.data is UNSET else {unknown: _unknown_data(value)}
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
    variant: str | None
    if type(value) is UnknownVariant:
        variant = _unknown_name(writers, name, value)
        data = None if value.data is UNSET else _unknown_data(value)
    else:
        variant, writer = _writer(writers, name, value)
        data = None if writer is None else writer(value)
    if variant is None:
        return data
    wire: dict[str, object] = {tag: variant}
    try:
        merge(wire, data)
    except MismatchError as failure:
        raise failure.within("data" if type(value) is UnknownVariant else "value") from None
    return wire


def encode_adjacent(writers: Writers, name: str, tag: str, content: str, value: object) -> object:
    """`{tag: "Variant", content: data}`; no content if there is no data."""
    if type(value) is UnknownVariant:
        unknown = _unknown_name(writers, name, value)
        if value.data is UNSET:
            return {tag: unknown}
        return {tag: unknown, content: _unknown_data(value)}
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
    except MismatchError as failure:
        raise failure.within("value") from None


def names_of(members: type[S]) -> dict[str, S]:
    """The members of an enum of names alone, by their names on the wire."""
    return {member.value: member for member in members}


def decode_name(names: Mapping[str, S], members: type[S], value: WireValue) -> S:
    """A member of an enum of names alone."""
    if type(value) is not str:
        raise unexpected("string", value)
    member = names.get(value)
    return unknown_member(members, value) if member is None else member


def _writer(writers: Writers, name: str, value: object) -> tuple[str | None, Encoder | None]:
    writer = writers.get(type(value))
    if writer is None:
        raise wrong_type(name, value)
    return writer


def _unknown_name(writers: Writers, name: str, value: UnknownVariant) -> str:
    variant: object = value.name
    if type(variant) is not str:
        raise wrong_type("str", variant).within("name")
    if any(variant == known for known, _ in writers.values()):
        raise WrongValueError(f"`{variant}` is a variant of {name}: use its class").within("name")
    return variant


def _unknown_data(value: UnknownVariant) -> object:
    try:
        return encode_data(value.data)
    except MismatchError as failure:
        raise failure.within("data") from None
