"""What decoders and encoders accept, in both codecs, and what they say about the rest."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

import msgpack  # type: ignore[import-untyped]
import pytest

from callsheet_runtime import decode as d
from callsheet_runtime import encode as e
from callsheet_runtime.codec import CodecName, codec_named
from callsheet_runtime.errors import DecodeError, ProtocolError
from callsheet_runtime.mismatch import MismatchError, WrongValueError
from callsheet_runtime.moments import (
    Duration,
    SystemTime,
    decode_duration,
    decode_system_time,
    encode_duration,
    encode_system_time,
)

if TYPE_CHECKING:
    from collections.abc import Callable

CODECS: list[CodecName] = ["json", "messagepack"]


def integer_keys(value: Any) -> dict[int, str]:
    return d.decode_keyed(lambda key: d.key_of(d.decode_i64, key), d.decode_str, value)


def bool_keys(value: Any) -> dict[bool, int]:
    return d.decode_keyed(lambda key: d.key_of(d.decode_bool, key), d.decode_u8, value)


ROUND_TRIPS: list[tuple[Callable[[Any], object], Callable[[Any], object], object]] = [
    (e.encode_unit, d.decode_unit, None),
    (e.encode_bool, d.decode_bool, True),
    (e.encode_i8, d.decode_i8, -128),
    (e.encode_i16, d.decode_i16, 32767),
    (e.encode_i32, d.decode_i32, -(2**31)),
    (e.encode_i64, d.decode_i64, -(2**63)),
    (e.encode_i128, d.decode_i128, -(2**127)),
    (e.encode_i128, d.decode_i128, 5),
    (e.encode_u8, d.decode_u8, 255),
    (e.encode_u16, d.decode_u16, 65535),
    (e.encode_u32, d.decode_u32, 2**32 - 1),
    (e.encode_u64, d.decode_u64, 2**64 - 1),
    (e.encode_u128, d.decode_u128, 2**128 - 1),
    (e.encode_float, d.decode_float, 1.5),
    (e.encode_float, d.decode_float, 5e-324),
    (e.encode_f32, d.decode_f32, 0.10000000149011612),
    (e.encode_f32, d.decode_f32, 3.4028234663852886e38),
    (e.encode_str, d.decode_str, "grüße 🎬\n\u2028"),
    (e.encode_char, d.decode_char, "🎬"),
    (e.encode_bytes, d.decode_bytes, bytes(range(256))),
    (
        lambda v: e.encode_list(e.encode_i8, v),
        lambda v: d.decode_list(d.decode_i8, v),
        [1, -2],
    ),
    (
        lambda v: e.encode_set(e.encode_str, v),
        lambda v: d.decode_set(d.decode_str, v),
        {"a", "b"},
    ),
    (
        lambda v: e.encode_map(e.encode_str, e.encode_bytes, v),
        lambda v: d.decode_map(d.decode_bytes, v),
        {"": b"\0"},
    ),
    (
        lambda v: e.encode_tuple((e.encode_u8, e.encode_str), v),
        lambda v: d.decode_tuple((d.decode_u8, d.decode_str), v),
        (1, "x"),
    ),
    (
        lambda v: e.encode_array(e.encode_float, 2, v),
        lambda v: d.decode_array(d.decode_float, 2, v),
        [0.5, 1.0],
    ),
    (
        lambda v: e.encode_map(e.encode_u128, e.encode_unit, v),
        lambda v: d.decode_keyed(lambda key: d.key_of(d.decode_u128, key), d.decode_unit, v),
        {2**128 - 1: None, 0: None},
    ),
    (
        lambda v: e.encode_map(e.encode_i64, e.encode_str, v),
        integer_keys,
        {-(2**63): "low", 7: "seven"},
    ),
    (lambda v: e.encode_map(e.encode_bool, e.encode_u8, v), bool_keys, {True: 1, False: 0}),
    (encode_duration, decode_duration, Duration(3, 999_999_999)),
    (encode_system_time, decode_system_time, SystemTime(2**40, 1)),
]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(("encode", "decode", "value"), ROUND_TRIPS)
def test_round_trip(
    codec: CodecName,
    encode: Callable[[Any], object],
    decode: Callable[[Any], object],
    value: object,
) -> None:
    writer = codec_named(codec)
    received = writer.decode(writer.encode({"value": encode(value)}))
    found = decode(received["value"])
    assert found == value
    assert type(found) is type(value)


def test_the_codecs_differ_where_the_protocol_says() -> None:
    value = {
        "bytes": e.encode_bytes(b"\x01\x02"),
        "map": e.encode_map(e.encode_i64, e.encode_unit, {1: None}),
        "wide": e.encode_i128(-1),
    }
    assert json.loads(codec_named("json").encode(value)) == {
        "bytes": [1, 2],
        "map": {"1": None},
        "wide": -1,
    }
    packed = msgpack.unpackb(codec_named("messagepack").encode(value), strict_map_key=False)
    assert packed == {"bytes": b"\x01\x02", "map": {1: None}, "wide": b"\xff" * 16}


@pytest.mark.parametrize(
    ("decode", "value", "problem"),
    [
        (d.decode_u64, -1, "expected u64, found integer out of range"),
        (d.decode_u8, 256, "expected u8, found integer out of range"),
        (d.decode_u8, True, "expected u8, found boolean"),
        (d.decode_i128, 2**127, "expected i128, found integer out of range"),
        (d.decode_i32, 1.0, "expected i32, found float"),
        (d.decode_bool, 1, "expected boolean, found integer"),
        (d.decode_float, "1", "expected float, found string"),
        (d.decode_f32, 1e39, "expected f32, found float out of range"),
        (d.decode_float, 10**400, "expected float, found integer out of range"),
        (d.decode_str, None, "expected string, found null"),
        (d.decode_char, "ab", "expected one character, found string"),
        (d.decode_unit, {}, "expected null, found object"),
        (lambda v: d.decode_list(d.decode_u8, v), [1, "x"], "[1]: expected u8, found string"),
        (
            lambda v: d.decode_map(lambda w: d.decode_list(d.decode_u8, w), v),
            {"k": [0, -1]},
            "['k'][1]: expected u8, found integer out of range",
        ),
        (integer_keys, {"01": "x"}, "['01']: expected i64, found string"),
        (bool_keys, {"yes": 1}, "['yes']: expected boolean, found string"),
        (
            lambda v: d.decode_array(d.decode_u8, 2, v),
            [1],
            "expected array of 2, found array of 1",
        ),
        (
            lambda v: d.decode_tuple((d.decode_u8, d.decode_str), v),
            [1, 2],
            "[1]: expected string, found integer",
        ),
        (decode_duration, {"secs": 1}, "missing field `nanos`"),
        (
            decode_duration,
            {"secs": 1, "nanos": 10**9},
            "nanos: expected less than 1000000000, found 1000000000",
        ),
    ],
)
def test_what_does_not_fit_is_refused(
    decode: Callable[[Any], object], value: object, problem: str
) -> None:
    with pytest.raises(MismatchError) as caught:
        decode(value)
    assert str(caught.value) == problem


def test_a_reply_that_does_not_fit_says_where() -> None:
    with pytest.raises(DecodeError) as caught:
        d.read_reply(lambda v: d.decode_list(d.decode_str, v), ["a", 1])
    assert str(caught.value) == "reply[1]: expected string, found integer"
    assert caught.value.path == "reply[1]"
    assert (caught.value.delivered, caught.value.retryable) == ("yes", False)


@pytest.mark.parametrize(
    ("encode", "value", "kind", "problem"),
    [
        (e.encode_u8, 256, ValueError, "expected an integer from 0 to 255 (u8), found 256"),
        (e.encode_u8, "1", TypeError, "expected int (u8), found str"),
        (e.encode_u8, True, TypeError, "expected int (u8), found bool"),
        (e.encode_i128, 2**127, ValueError, "(i128)"),
        (e.encode_float, "1", TypeError, "expected float, found str"),
        (e.encode_f32, 1e39, ValueError, "expected a float of 32 bits, found 1e+39"),
        (e.encode_bool, 1, TypeError, "expected bool, found int"),
        (e.encode_str, b"", TypeError, "expected str, found bytes"),
        (e.encode_char, "", ValueError, "expected one character, found 0"),
        (lambda v: e.encode_list(e.encode_str, v), "text", TypeError, "expected list, found str"),
        (lambda v: e.encode_list(e.encode_str, v), ["", 1], TypeError, "[1]: expected str"),
        (
            lambda v: e.encode_map(e.encode_str, e.encode_u8, v),
            {"k": -1},
            ValueError,
            "['k']: expected an integer",
        ),
        (encode_duration, Duration(-1), ValueError, "secs: expected an integer"),
        (encode_duration, Duration(1, 10**9), ValueError, "nanos: expected less"),
    ],
)
def test_wrong_arguments_are_refused(
    encode: Callable[[Any], object],
    value: object,
    kind: type[Exception],
    problem: str,
) -> None:
    with pytest.raises(kind) as caught:
        encode(value)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("codec", "value", "problem"),
    [
        ("json", {"a": [1.0, float("nan")]}, "a[1]: expected a finite number, found nan"),
        ("json", {"a": {"b": "\ud800"}}, "a.b: expected text, found a lone surrogate"),
        ("messagepack", {"a": "\ud800"}, "a: expected text, found a lone surrogate"),
    ],
)
def test_what_a_codec_cannot_write_says_where(
    codec: CodecName, value: object, problem: str
) -> None:
    with pytest.raises(WrongValueError) as caught:
        codec_named(codec).encode(value)
    assert str(caught.value) == problem


def test_messagepack_keeps_floats_that_are_not_finite() -> None:
    codec = codec_named("messagepack")
    assert codec.decode(codec.encode({"a": float("inf")})) == {"a": float("inf")}


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b'{"a":NaN}', b"{}{}", b'{"a":"\xff"}', b"\xc1", b"[" * 9999],
)
def test_unreadable_frames_are_protocol_violations(codec: CodecName, body: bytes) -> None:
    with pytest.raises(ProtocolError):
        codec_named(codec).decode(body)


@pytest.mark.parametrize("codec", CODECS)
def test_json_with_spaces_around_is_read(codec: CodecName) -> None:
    assert codec_named(codec).decode(b'{"a": 1} ') == {"a": 1}


def test_there_are_two_codecs() -> None:
    with pytest.raises(ValueError, match="unknown codec 'xml'"):
        codec_named("xml")  # type: ignore[arg-type]


def test_times_convert_to_those_of_the_standard_library() -> None:
    span = datetime.timedelta(days=2, seconds=3, microseconds=4)
    assert Duration.of(span).timedelta() == span
    moment = datetime.datetime(2024, 2, 29, 12, 0, 0, 7, tzinfo=datetime.UTC)
    assert SystemTime.of(moment).datetime() == moment
    with pytest.raises(ValueError, match="not negative"):
        Duration.of(-span)
