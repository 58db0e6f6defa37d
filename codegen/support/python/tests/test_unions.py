from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from callsheet_runtime import unions as u
from callsheet_runtime.decode import decode_fitting, decode_object, decode_u8, missing, others
from callsheet_runtime.encode import encode_u8, merge
from callsheet_runtime.mismatch import MismatchError, WrongTypeError, WrongValueError


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
    fields = decode_object(value)
    if "a" not in fields:
        raise missing("a")
    return Named(decode_u8(fields["a"]))


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


def entry(value: Any) -> object:
    return u.decode_entry(DATA, {"empty": Empty()}, value)


def partly_tagged(value: Any) -> object:
    return u.decode_partly_tagged(external, [READERS["number"], READERS["named"]], value)


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
    ("variant", "wire"),
    [(Empty(), {"empty": None}), (Number(1), {"number": 1}), (Named(2), {"named": {"a": 2}})],
)
def test_an_entry_among_others(variant: object, wire: dict[str, object]) -> None:
    assert u.encode_entry(WRITERS, "Any", variant) == wire
    assert entry({"other": 1, 5: 6} | wire | {"last": None}) == variant


def test_variants_that_nothing_tells() -> None:
    writers: u.Writers = {
        Empty: ("empty", None),
        Number: (None, WRITERS[Number][1]),
        Named: (None, None),
    }
    for value, wire in ((Number(1), 1), (Named(1), None)):
        assert u.encode_external(writers, "Any", value) == wire
        assert u.encode_internal(writers, "Any", "t", value) == wire
        assert u.encode_adjacent(writers, "Any", "t", "c", value) == wire
        assert u.encode_entry(writers, "Any", value) == wire
    assert partly_tagged("empty") == Empty()
    assert partly_tagged({"number": 1}) == Number(1)
    assert partly_tagged(1) == Number(1)
    assert partly_tagged({"a": 1, "b": 2}) == Named(1)
    with pytest.raises(MismatchError, match=r"^number: expected u8, found string$"):
        partly_tagged({"number": "x"})


def test_entries_are_merged_and_taken_apart() -> None:
    wire: dict[str, object] = {"a": 1}
    merge(wire, {"b": 2}, {"c"})
    merge(wire, None)
    assert wire == {"a": 1, "b": 2}
    for key in ("a", "c"):
        with pytest.raises(WrongValueError, match=rf"^\['{key}'\]: expected no entry"):
            merge(wire, {key: 1}, {"c"})
    with pytest.raises(WrongValueError, match="expected what is written as a map, found str"):
        merge(wire, "text")
    assert others({"a": 1, "b": 2, 3: 4}, {"a"}) == {"b": 2, 3: 4}
    assert decode_fitting(entry, {"other": 1}) is None


@pytest.mark.parametrize(
    ("decode", "wire", "problem"),
    [
        (external, "number", "expected object, since `number` has data, found string"),
        (external, {"empty": None}, "expected string, since `empty` has no data, found object"),
        (external, {"number": 1, "named": 2}, "expected object with one entry, found 2"),
        (external, {"number": "x"}, "number: expected u8, found string"),
        (external, 5, "expected object, found integer"),
        (entry, {"a": 1}, "missing variant, expected one of `empty`, `number`, `named`"),
        (entry, {"empty": 1}, "empty: expected null, found integer"),
        (entry, {"number": "x", "a": 1}, "number: expected u8, found string"),
        (internal, {}, "missing field `t`"),
        (internal, {"t": 1}, "t: expected string, found integer"),
        (external, {1: 2}, "expected the name of a variant, found a key that is none"),
        (adjacent, {"c": 1}, "missing field `t`"),
        (adjacent, {"t": None}, "t: expected string, found null"),
        (adjacent, {"t": "number", "c": -1}, "c: expected u8, found integer out of range"),
        (adjacent, {"t": "number"}, "c: expected u8, found null"),
        (untagged, "x", "fits no variant of Any"),
    ],
)
def test_what_does_not_fit_is_refused(decode: Any, wire: object, problem: str) -> None:
    with pytest.raises(MismatchError) as caught:
        decode(wire)
    assert str(caught.value).startswith(problem)


def test_wrong_arguments_are_refused() -> None:
    clash: dict[type, Any] = {Named: ("named", lambda _: {"t": "x"})}
    with pytest.raises(WrongValueError, match=r"^value\['t'\]: expected no entry"):
        u.encode_internal(clash, "Any", "t", Named(1))
    with pytest.raises(WrongTypeError, match="expected Any, found str"):
        u.encode_external(WRITERS, "Any", "empty")
    with pytest.raises(WrongValueError, match=r"value: expected an integer from 0 to 255"):
        u.encode_untagged(WRITERS, "Any", Number(256))
