"""Dates and times of day, as RFC 3339 writes them.

The standard library's types hold microseconds: further digits of a second are cut off when they are
received. They hold no leap second and no year before 1 or after 9999: such a value is a mismatch.
"""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Final

from .mismatch import MismatchError, WrongValueError, unexpected, wrong_form, wrong_type

if TYPE_CHECKING:
    from .codec import WireValue

_DATE_FORM: Final = r"([+-][0-9]{4,6}|[0-9]{4})-[0-9]{2}-[0-9]{2}"
_HOUR_FORM: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_TIME_FORM: Final = rf"{_HOUR_FORM}:([0-5][0-9]|60)(\.[0-9]{{1,9}})?"
_DATE: Final = re.compile(_DATE_FORM)
_TIME: Final = re.compile(_TIME_FORM)
_DATE_TIME: Final = re.compile(f"{_DATE_FORM}T{_TIME_FORM}")
_TIMESTAMP: Final = re.compile(f"{_DATE_FORM}T{_TIME_FORM}(Z|[+-]{_HOUR_FORM})")
_MINUTE: Final = datetime.timedelta(minutes=1)


def decode_timestamp(value: WireValue) -> datetime.datetime:
    """A point in time, in the zone that it was written in."""
    text = _text("timestamp", _TIMESTAMP, value)
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        raise _not_held("timestamp") from None


def decode_date_time(value: WireValue) -> datetime.datetime:
    """A date and a time of day in no zone."""
    text = _text("date and time", _DATE_TIME, value)
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        raise _not_held("date and time") from None


def decode_date(value: WireValue) -> datetime.date:
    """A date."""
    text = _text("date", _DATE, value)
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise _not_held("date") from None


def decode_time(value: WireValue) -> datetime.time:
    """A time of day in no zone."""
    text = _text("time", _TIME, value)
    try:
        return datetime.time.fromisoformat(text)
    except ValueError:
        raise _not_held("time") from None


def encode_timestamp(value: object) -> str:
    """A point in time; one without a zone could be any."""
    if not isinstance(value, datetime.datetime):
        raise wrong_type("datetime", value)
    offset = value.utcoffset()
    if offset is None:
        raise WrongValueError("expected a datetime with a zone, found one without")
    if offset % _MINUTE:
        # Zones of the nineteenth century have seconds, which the form does not.
        try:
            value = value.astimezone(datetime.UTC)
        except OverflowError:
            raise WrongValueError(f"expected a datetime that UTC can tell, found {value}") from None
    return value.isoformat()


def encode_date_time(value: object) -> str:
    """A date and a time of day in no zone."""
    if not isinstance(value, datetime.datetime):
        raise wrong_type("datetime", value)
    if value.tzinfo is not None:
        raise WrongValueError("expected a datetime without a zone, found one with")
    return value.isoformat()


def encode_date(value: object) -> str:
    """A date."""
    if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
        raise wrong_type("date", value)
    return value.isoformat()


def encode_time(value: object) -> str:
    """A time of day in no zone."""
    if not isinstance(value, datetime.time):
        raise wrong_type("time", value)
    if value.tzinfo is not None:
        raise WrongValueError("expected a time without a zone, found one with")
    return value.isoformat()


def _text(expected: str, form: re.Pattern[str], value: WireValue) -> str:
    if type(value) is not str:
        raise unexpected(expected, value)
    # What the standard library reads by itself is every form of ISO 8601.
    if form.fullmatch(value) is None:
        raise wrong_form(expected)
    return value


def _not_held(expected: str) -> MismatchError:
    return MismatchError(f"expected {expected}, found one that the standard library does not have")
