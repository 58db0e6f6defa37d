"""Decimal numbers: texts, so that no digit is lost."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from .mismatch import WrongValueError, unexpected, wrong_form, wrong_type

if TYPE_CHECKING:
    from .codec import WireValue

_FORM: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_PLACES: Final = 28
_LIMIT: Final = 1 << 96


def decode_decimal(value: WireValue) -> Decimal:
    """A decimal number, with as many digits as it was written with."""
    if type(value) is not str:
        raise unexpected("decimal", value)
    # The constructor alone would take infinities, exponents and the digits of all scripts.
    if _FORM.fullmatch(value) is None:
        raise wrong_form("decimal")
    return Decimal(value)


def encode_decimal(value: object) -> str:
    """A decimal number, within what the server can hold."""
    if not isinstance(value, Decimal):
        raise wrong_type("Decimal", value)
    # Only a number of few digits is written out: an exponent may stand for any number of them.
    if value.is_finite() and abs(value.adjusted()) <= _PLACES:
        text = f"{value:f}"
        digits = text.lstrip("-").replace(".", "")
        places = len(text.partition(".")[2])
        if places <= _PLACES and int(digits) < _LIMIT:
            return text
    raise WrongValueError(
        f"expected a number of at most {_PLACES} places that is less than 2^96 without its point, "
        f"found {value}"
    )
