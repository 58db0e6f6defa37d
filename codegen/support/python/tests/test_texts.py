"""Forms of text: what becomes of them, and what is refused in either direction."""

from __future__ import annotations

import datetime
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from callsheet_runtime.addresses import (
    decode_ip_address,
    decode_ipv4_address,
    decode_ipv6_address,
    encode_ip_address,
    encode_ipv4_address,
    encode_ipv6_address,
)
from callsheet_runtime.dates import (
    decode_date,
    decode_date_time,
    decode_time,
    decode_timestamp,
    encode_date,
    encode_date_time,
    encode_time,
    encode_timestamp,
)
from callsheet_runtime.decimals import decode_decimal, encode_decimal
from callsheet_runtime.mismatch import MismatchError, WrongTypeError, WrongValueError
from callsheet_runtime.uuids import decode_uuid, encode_uuid

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR = datetime.timezone(datetime.timedelta(hours=1))
UUID_TEXT = "67e55044-10b1-426f-9247-bb680e5fe0c8"


def moment(*parts: int, zone: datetime.tzinfo | None = None) -> datetime.datetime:
    return datetime.datetime(*parts, tzinfo=zone)  # type: ignore[arg-type, misc]


BOTH_WAYS: list[tuple[Callable[[Any], object], Callable[[Any], object], str, object]] = [
    (encode_uuid, decode_uuid, UUID_TEXT, UUID(UUID_TEXT)),
    (encode_ip_address, decode_ip_address, "127.0.0.1", IPv4Address("127.0.0.1")),
    (encode_ip_address, decode_ip_address, "::1", IPv6Address("::1")),
    (encode_ipv4_address, decode_ipv4_address, "255.255.255.255", IPv4Address(2**32 - 1)),
    (encode_ipv6_address, decode_ipv6_address, "2001:db8::", IPv6Address("2001:db8::")),
    (
        encode_timestamp,
        decode_timestamp,
        "2024-02-29T23:59:59+00:00",
        moment(2024, 2, 29, 23, 59, 59, zone=datetime.UTC),
    ),
    (
        encode_timestamp,
        decode_timestamp,
        "0001-01-01T00:00:00.000001+01:00",
        moment(1, 1, 1, 0, 0, 0, 1, zone=HOUR),
    ),
    (encode_date_time, decode_date_time, "9999-12-31T00:00:00", moment(9999, 12, 31)),
    (encode_date, decode_date, "2024-02-29", datetime.date(2024, 2, 29)),
    (encode_time, decode_time, "23:59:59.500000", datetime.time(23, 59, 59, 500_000)),
    (encode_time, decode_time, "00:00:00", datetime.time()),
    (encode_decimal, decode_decimal, "-12.50", Decimal("-12.50")),
    (encode_decimal, decode_decimal, str(2**96 - 1), Decimal(2**96 - 1)),
    (encode_decimal, decode_decimal, "0." + "0" * 27 + "1", Decimal("1e-28")),
]


@pytest.mark.parametrize(("encode", "decode", "text", "value"), BOTH_WAYS)
def test_both_ways(
    encode: Callable[[Any], object], decode: Callable[[Any], object], text: str, value: object
) -> None:
    found = decode(text)
    assert found == value
    assert type(found) is type(value)
    assert str(found) == str(value)
    assert encode(value) == text


def test_what_has_several_forms() -> None:
    assert decode_uuid(UUID_TEXT.upper()) == UUID(UUID_TEXT)
    assert decode_timestamp("2024-02-29T23:59:59Z").utcoffset() == datetime.timedelta()
    assert decode_ipv6_address("::ffff:1.2.3.4") == IPv6Address("::ffff:102:304")
    assert encode_decimal(Decimal("1e2")) == "100"


def test_digits_beyond_microseconds_are_cut_off() -> None:
    assert decode_time("00:00:00.123456789") == datetime.time(0, 0, 0, 123_456)
    assert decode_timestamp("2024-01-01T00:00:00.9999999Z").microsecond == 999_999


def test_zones_with_seconds_are_sent_in_utc() -> None:
    local = datetime.timezone(datetime.timedelta(minutes=19, seconds=32))
    value = moment(1900, 1, 1, 0, 19, 32, zone=local)
    assert encode_timestamp(value) == "1900-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("decode", "text"),
    [
        (decode_uuid, "67e5504410b1426f9247bb680e5fe0c8"),
        (decode_uuid, f"{{{UUID_TEXT}}}"),
        (decode_uuid, UUID_TEXT + "\n"),
        (decode_uuid, "67e55044-10b1-426f-9247-bb680e5fe0_8"),
        (decode_ipv4_address, "127.0.0.01"),
        (decode_ipv4_address, "::1"),
        (decode_ip_address, ""),
        (decode_ipv6_address, "fe80::1%eth0"),
        (decode_timestamp, "2024-02-29T23:59:59"),
        (decode_timestamp, "2024-02-29 23:59:59Z"),
        (decode_timestamp, "20240229T235959Z"),
        (decode_timestamp, "2024-W09-4T23:59:59Z"),
        (decode_timestamp, "2024-02-29T23:59:59.Z"),
        (decode_timestamp, "2024-02-29T23:59:59.0123456789Z"),
        (decode_date_time, "2024-02-29T23:59:59Z"),
        (decode_date_time, "2024-02-29"),
        (decode_date, "2024-2-29"),
        (decode_date, "٢٠٢٤-02-29"),
        (decode_time, "23:59"),
        (decode_time, "24:00:00"),
        (decode_timestamp, "2024-02-29T23:59:59+24:00"),
        (decode_decimal, "NaN"),
        (decode_decimal, "1e5"),
        (decode_decimal, "1_000"),
        (decode_decimal, "1."),
        (decode_decimal, ""),
    ],
)
def test_texts_of_another_form_are_refused(decode: Callable[[Any], object], text: str) -> None:
    with pytest.raises(MismatchError, match=r"^expected .*, found text of another form$"):
        decode(text)


@pytest.mark.parametrize(
    ("decode", "text"),
    [
        (decode_timestamp, "2016-12-31T23:59:60Z"),
        (decode_timestamp, "+12345-01-01T00:00:00Z"),
        (decode_date_time, "0000-01-01T00:00:00"),
        (decode_date, "-0001-12-31"),
        (decode_date, "2023-02-29"),
        (decode_time, "12:00:60"),
    ],
)
def test_what_the_standard_library_does_not_have_is_refused(
    decode: Callable[[Any], object], text: str
) -> None:
    with pytest.raises(MismatchError, match=r"^expected .*, found one that the standard library"):
        decode(text)


@pytest.mark.parametrize(
    "decode",
    [decode_uuid, decode_ip_address, decode_ipv4_address, decode_timestamp, decode_decimal],
)
def test_only_texts_are_texts(decode: Callable[[Any], object]) -> None:
    with pytest.raises(MismatchError, match=r"^expected .*, found integer$"):
        decode(1)


@pytest.mark.parametrize(
    ("encode", "value", "kind", "problem"),
    [
        (encode_uuid, UUID_TEXT, WrongTypeError, "expected UUID, found str"),
        (
            encode_ip_address,
            "::1",
            WrongTypeError,
            "expected IPv4Address or IPv6Address, found str",
        ),
        (
            encode_ipv4_address,
            IPv6Address(1),
            WrongTypeError,
            "expected IPv4Address, found IPv6Address",
        ),
        (encode_ip_address, IPv6Address("fe80::1%a"), WrongValueError, "without a scope"),
        (encode_timestamp, moment(2024, 1, 1), WrongValueError, "with a zone, found one without"),
        (
            encode_timestamp,
            datetime.datetime.min.replace(tzinfo=datetime.timezone(datetime.timedelta(seconds=1))),
            WrongValueError,
            "that UTC can tell",
        ),
        (
            encode_date_time,
            moment(2024, 1, 1, zone=HOUR),
            WrongValueError,
            "without a zone, found one with",
        ),
        (encode_date, moment(2024, 1, 1), WrongTypeError, "expected date, found datetime"),
        (
            encode_date_time,
            datetime.date(2024, 1, 1),
            WrongTypeError,
            "expected datetime, found date",
        ),
        (
            encode_time,
            datetime.time(tzinfo=HOUR),
            WrongValueError,
            "without a zone, found one with",
        ),
        (encode_decimal, 1.5, WrongTypeError, "expected Decimal, found float"),
        (encode_decimal, Decimal("NaN"), WrongValueError, "found NaN"),
        (encode_decimal, Decimal("-Infinity"), WrongValueError, "found -Infinity"),
        (encode_decimal, Decimal(2**96), WrongValueError, "less than 2^96"),
        (encode_decimal, Decimal("1e-29"), WrongValueError, "at most 28 places"),
        (encode_decimal, Decimal("1e999999999"), WrongValueError, "found 1E+999999999"),
    ],
)
def test_wrong_arguments_are_refused(
    encode: Callable[[Any], object], value: object, kind: type[Exception], problem: str
) -> None:
    with pytest.raises(kind) as caught:
        encode(value)
    assert problem in str(caught.value)
