"""UUIDs: texts of 32 hexadecimal digits in five groups."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from uuid import UUID

from .mismatch import unexpected, wrong_form, wrong_type

if TYPE_CHECKING:
    from .codec import WireValue

_FORM: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def decode_uuid(value: WireValue) -> UUID:
    """A UUID."""
    if type(value) is not str:
        raise unexpected("UUID", value)
    # The constructor alone would take braces, prefixes and hyphens anywhere.
    if _FORM.fullmatch(value) is None:
        raise wrong_form("UUID")
    return UUID(value)


def encode_uuid(value: object) -> str:
    """A UUID."""
    if not isinstance(value, UUID):
        raise wrong_type("UUID", value)
    return str(value)
