from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from callsheet_runtime import unions as u
from callsheet_runtime.decode import decode_object, decode_u8
from callsheet_runtime.encode import encode_u8
from callsheet_runtime.mismatch import Mismatch, WrongType, WrongValue


@dataclass(frozen=True)
class Empty:
    pass


@dataclass(frozen=True)
class Number:
    value: int


@dataclass(frozen=True)
class Named:
    a: int


def read_named(value: Any) -> Named:
    return Named(decode_u8(decode_object(value)["a"]))


READERS: dict[str, Any] = {
    "empty": lambda _: Empty(),
    "number": lambda value: Number(decode_u8(value)),
    "named": read_named,
}
DATA = {name: READERS[name] for name in ("number", "named")}
WRITERS: dict[type, Any] = {
    Empty: ("empty", None),
    Number: ("number", lambda of: u.encode_content(encode_u8, of.value)),
    Named: ("named", lambda of: {"a": of.a}),
}


def external(value: Any) -> object:
    return u.decode_external(DATA, {"empty": Empty()}, value)


def internal(value: Any) -> object:
    return u.decode_internal(READERS, "t", value)


def adjacent(value: Any) -> object:
    return u.decode_adjacent(READERS, "t", "c", value)


def untagged(value: Any) -> object:
    return u.decode_untagged(list(DATA.values()), "Any", value)


@pytest.mark.parametrize(
    ("variant", "wire"),
    [(Empty(), "empty"), (Number(1), {"number": 1}), (Named(2), {"named": {"a": 2}})],
)
def test_external(variant: object, wire: object) -> None:
    assert u.encode_external(WRITERS, "Any", variant) == wire
    assert external(wire) == variant


@pytest.mark.parametrize(
    ("variant", "wire"), [(Empty(), {"t": "empty"}), (Named(2), {"t": "named", "a": 2})]
)
def test_internal(variant: object, wire: object) -> None:
    assert u.encode_internal(WRITERS, "Any", "t", variant) == wire
    assert internal(wire) == variant


@pytest.mark.parametrize(
    ("variant", "wire"),
    [
        (Empty(), {"t": "empty"}),
        (Number(1), {"t": "number", "c": 1}),
        (Named(2), {"t": "named", "c": {"a": 2}}),
    ],
)
def test_adjacent(variant: object, wire: object) -> None:
    assert u.encode_adjacent(WRITERS, "Any", "t", "c", variant) == wire
    assert adjacent(wire) == variant


@pytest.mark.parametrize(("variant", "wire"), [(Number(1), 1), (Named(2), {"a": 2})])
def test_untagged(variant: object, wire: object) -> None:
    assert u.encode_untagged(WRITERS, "Any", variant) == wire
    assert untagged(wire) == variant


@pytest.mark.parametrize(
    ("decode", "wire", "problem"),
    [
        (external, "number", "unknown variant `number`, expected one of `empty`, `number`"),
        (external, {"empty": None}, "unknown variant `empty`"),
        (external, {"number": 1, "named": 2}, "expected object with one entry, found 2"),
        (external, {"number": "x"}, "number: expected u8, found string"),
        (external, 5, "expected object, found integer"),
        (internal, {}, "missing field `t`"),
        (internal, {"t": 1}, "t: expected string, found integer"),
        (internal, {"t": "other"}, "t: unknown variant `other`"),
        (adjacent, {"c": 1}, "missing field `t`"),
        (adjacent, {"t": None}, "t: expected string, found null"),
        (adjacent, {"t": "other"}, "t: unknown variant `other`"),
        (adjacent, {"t": "number", "c": -1}, "c: expected u8, found integer out of range"),
        (adjacent, {"t": "number"}, "c: expected u8, found null"),
        (untagged, "x", "fits no variant of Any"),
    ],
)
def test_what_does_not_fit_is_refused(decode: Any, wire: object, problem: str) -> None:
    with pytest.raises(Mismatch) as caught:
        decode(wire)
    assert str(caught.value).startswith(problem)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(WrongType, match="expected Any, found str"):
        u.encode_external(WRITERS, "Any", "empty")
    with pytest.raises(WrongValue, match=r"value: expected an integer from 0 to 255"):
        u.encode_untagged(WRITERS, "Any", Number(256))
