"""Spans and points of time with nanoseconds, which the standard library's types do not hold."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from .decode import decode_object, decode_u32, decode_u64, missing
from .encode import encode_u32, encode_u64
from .mismatch import MismatchError, WrongValueError, wrong_type

if TYPE_CHECKING:
    from .codec import WireValue

_NANOS: Final = 1_000_000_000
_EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A span of time.

    Example:
        >>> Duration.of(datetime.timedelta(milliseconds=1500))
        Duration(secs=1, nanos=500000000)
    """

    secs: int
    """Whole seconds, not negative."""
    nanos: int = 0
    """Nanoseconds beyond them, below one thousand million."""

    @classmethod
    def of(cls, span: datetime.timedelta) -> Self:
        """The same span as the standard library has it.

        Raises:
            ValueError: The span is negative.
        """
        secs, nanos = _parts(span)
        return cls(secs, nanos)

    def timedelta(self) -> datetime.timedelta:
        """The span for the standard library, cut to microseconds."""
        return datetime.timedelta(seconds=self.secs, microseconds=self.nanos // 1000)


@dataclass(frozen=True, slots=True, order=True)
class SystemTime:
    """A point in time, counted from the start of 1970 in UTC.

    Example:
        >>> SystemTime(0).datetime().isoformat()
        '1970-01-01T00:00:00+00:00'
    """

    secs: int
    """Whole seconds, not negative."""
    nanos: int = 0
    """Nanoseconds beyond them, below one thousand million."""

    @classmethod
    def of(cls, moment: datetime.datetime) -> Self:
        """The same moment as the standard library has it; one without a zone is local time.

        Raises:
            ValueError: The moment is before 1970.
        """
        secs, nanos = _parts(moment.astimezone(datetime.UTC) - _EPOCH)
        return cls(secs, nanos)

    def datetime(self) -> datetime.datetime:
        """The moment for the standard library, in UTC and cut to microseconds."""
        return _EPOCH + datetime.timedelta(seconds=self.secs, microseconds=self.nanos // 1000)


def decode_duration(value: WireValue) -> Duration:
    """A span of time."""
    return Duration(*_decode(value, "secs", "nanos"))


def decode_system_time(value: WireValue) -> SystemTime:
    """A point in time."""
    return SystemTime(*_decode(value, "secs_since_epoch", "nanos_since_epoch"))


def encode_duration(value: object) -> dict[str, int]:
    """A span of time."""
    if not isinstance(value, Duration):
        raise wrong_type("Duration", value)
    return _encode(value, "secs", "nanos")


def encode_system_time(value: object) -> dict[str, int]:
    """A point in time."""
    if not isinstance(value, SystemTime):
        raise wrong_type("SystemTime", value)
    return _encode(value, "secs_since_epoch", "nanos_since_epoch")


def _parts(span: datetime.timedelta) -> tuple[int, int]:
    if span.days < 0:
        raise ValueError(f"expected a time that is not negative, found {span}")
    return span.days * 86_400 + span.seconds, span.microseconds * 1000


def _decode(value: WireValue, secs: str, nanos: str) -> tuple[int, int]:
    fields = decode_object(value)
    at = secs
    try:
        whole = decode_u64(fields[secs])
        at = nanos
        rest = decode_u32(fields[nanos])
        if rest >= _NANOS:
            raise MismatchError(f"expected less than {_NANOS}, found {rest}")
    except KeyError:
        raise missing(at) from None
    except MismatchError as failure:
        raise failure.within(at) from None
    return whole, rest


def _encode(value: Duration | SystemTime, secs: str, nanos: str) -> dict[str, int]:
    at = "secs"
    try:
        whole = encode_u64(value.secs)
        at = "nanos"
        rest = encode_u32(value.nanos)
        if rest >= _NANOS:
            raise WrongValueError(f"expected less than {_NANOS}, found {rest}")
    except MismatchError as failure:
        raise failure.within(at) from None
    return {secs: whole, nanos: rest}
