"""IP addresses."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING

from .mismatch import WrongValueError, unexpected, wrong_form, wrong_type

if TYPE_CHECKING:
    from .codec import WireValue


def decode_ip_address(value: WireValue) -> IPv4Address | IPv6Address:
    """An address of either version."""
    if type(value) is str and ":" not in value:
        return decode_ipv4_address(value)
    return decode_ipv6_address(value)


def decode_ipv4_address(value: WireValue) -> IPv4Address:
    """An address in dotted decimal."""
    if type(value) is not str:
        raise unexpected("IP address", value)
    try:
        return IPv4Address(value)
    except ValueError:
        raise wrong_form("IPv4 address") from None


def decode_ipv6_address(value: WireValue) -> IPv6Address:
    """An address of version 6, which has no scope."""
    if type(value) is not str:
        raise unexpected("IP address", value)
    try:
        address = IPv6Address(value)
    except ValueError:
        raise wrong_form("IPv6 address") from None
    if address.scope_id is not None:
        raise wrong_form("IPv6 address")
    return address


def encode_ip_address(value: object) -> str:
    """An address of either version."""
    if isinstance(value, IPv4Address):
        return str(value)
    if isinstance(value, IPv6Address):
        return encode_ipv6_address(value)
    raise wrong_type("IPv4Address or IPv6Address", value)


def encode_ipv4_address(value: object) -> str:
    """An address in dotted decimal."""
    if not isinstance(value, IPv4Address):
        raise wrong_type("IPv4Address", value)
    return str(value)


def encode_ipv6_address(value: object) -> str:
    """An address of version 6, which has no scope."""
    if not isinstance(value, IPv6Address):
        raise wrong_type("IPv6Address", value)
    if value.scope_id is not None:
        raise WrongValueError(f"expected an address without a scope, found {value}")
    return str(value)
