"""The types of the contracts."""

from __future__ import annotations

import dataclasses as _dataclasses
import typing as _typing

from ._runtime import unknown as _unknown

__all__ = [
    "AddResult",
    "CountdownTick",
    "HealthStatus",
    "ImportSummary",
    "ImporterErrorDetail",
    "ImporterErrorGivenUp",
    "ImporterErrorSourceFailed",
    "ListErrorDetail",
    "ListItem",
    "ListRequest",
    "Mailbox",
    "MailboxSource",
    "MathErrorDetail",
    "OnlineStatus",
    "OrderConfirmed",
    "OrderErrorDetail",
    "OrderErrorOutOfStock",
    "OrderErrorProductNotFound",
    "PlaceOrder",
    "PriceUpdate",
    "Row",
    "SourceErrorDetail",
    "SourceErrorGiveUp",
    "SourceErrorLeaveOut",
    "TradeExecuted",
    "ValueResponse",
]


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AddResult:
    """What an addition comes to."""

    sum: int
    """The sum of both numbers."""


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CountdownTick:
    """One step of a countdown."""

    value: int
    """How many steps are left, this one included."""


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class HealthStatus:
    """How the service is."""

    status: str
    """`ok` if it is well."""


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """What an import has done."""

    imported: int
    """How many rows were imported, those that were corrected included."""
    left_out: int
    """How many rows were left out."""


@_dataclasses.dataclass(frozen=True, slots=True)
class ImporterErrorGivenUp:
    """The source gave up, for this reason."""

    value: str
    kind: _typing.Literal["GivenUp"] = _dataclasses.field(default="GivenUp", init=False, repr=False)


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ImporterErrorSourceFailed:
    """The source could not be called, or what it answered could not be read."""

    code: str
    """The code of the failure."""
    kind: _typing.Literal["SourceFailed"] = _dataclasses.field(
        default="SourceFailed",
        init=False,
        repr=False,
    )


ImporterErrorDetail: _typing.TypeAlias = (
    ImporterErrorGivenUp | ImporterErrorSourceFailed | _unknown.UnknownVariant
)
"""Why an import ended early.

A newer server may send a variant that is not listed here, as an `UnknownVariant`: handle it in a
case of its own or in `case _`.
"""


class ListErrorDetail(_unknown.OpenEnum):
    """Why there is no list.

    A newer server may send a name that is not listed here, for which `is_known` is false: handle it
    in `case _`.
    """

    EMPTY_PAGES = "EmptyPages"
    """Pages of no items never come to an end."""


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ListItem:
    """One thing on the list."""

    id: int
    """Its number, from 1 in the order of the list."""
    name: str
    """What people call it."""


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """Asks for the list.

    It is a message type of its own, so that a caller can make one, keep it and send it again.
    """

    page_size: int
    """How many items the service takes from its store at once, at least 1.

    The list is sent whole whatever it says.
    """


class MathErrorDetail(_unknown.OpenEnum):
    """Why there is no result.

    A newer server may send a name that is not listed here, for which `is_known` is false: handle it
    in `case _`.
    """

    OVERFLOW = "Overflow"
    """The result does not fit into 32 bits."""


class OnlineStatus(_unknown.OpenEnum):
    """Whether the person can be reached.

    A newer server may send a name that is not listed here, for which `is_known` is false: handle it
    in `case _`.
    """

    ONLINE = "Online"
    """They read what is sent to them."""
    AWAY = "Away"
    """They are connected and do not read at the moment."""
    OFFLINE = "Offline"
    """They are not connected."""


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OrderConfirmed:
    """The order was taken."""

    order_id: str
    """What to ask for it by; no two orders have the same."""


@_dataclasses.dataclass(frozen=True, slots=True)
class OrderErrorProductNotFound:
    """The shop has never sold a product of this name."""

    value: str
    kind: _typing.Literal["ProductNotFound"] = _dataclasses.field(
        default="ProductNotFound",
        init=False,
        repr=False,
    )


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OrderErrorOutOfStock:
    """The shop sells it, and has none left."""

    kind: _typing.Literal["OutOfStock"] = _dataclasses.field(
        default="OutOfStock",
        init=False,
        repr=False,
    )


OrderErrorDetail: _typing.TypeAlias = (
    OrderErrorProductNotFound | OrderErrorOutOfStock | _unknown.UnknownVariant
)
"""Why an order was not taken.

A newer server may send a variant that is not listed here, as an `UnknownVariant`: handle it in a
case of its own or in `case _`.
"""


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """Orders one piece of a product.

    It is a message type of its own, so that an order can be made here and placed there.
    """

    product: str
    """The product's name."""


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PriceUpdate:
    """What one piece costs from now on."""

    symbol: str
    """The symbol that it is traded under."""
    price: float
    """The price of one piece."""


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table."""

    number: int
    """Its place in the table, from 1 on."""
    text: str
    """What it holds. An importer takes no row without text."""


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SourceErrorLeaveOut:
    """The row is to be left out."""

    kind: _typing.Literal["LeaveOut"] = _dataclasses.field(
        default="LeaveOut",
        init=False,
        repr=False,
    )


@_dataclasses.dataclass(frozen=True, slots=True)
class SourceErrorGiveUp:
    """The import is to end here."""

    value: str
    kind: _typing.Literal["GiveUp"] = _dataclasses.field(default="GiveUp", init=False, repr=False)


SourceErrorDetail: _typing.TypeAlias = (
    SourceErrorLeaveOut | SourceErrorGiveUp | _unknown.UnknownVariant
)
"""Why a source gives nothing in place of a row.

A newer server may send a variant that is not listed here, as an `UnknownVariant`: handle it in a
case of its own or in `case _`.
"""


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TradeExecuted:
    """Some pieces changed hands."""

    symbol: str
    """The symbol that it is traded under."""
    price: float
    """What was paid for one piece."""
    quantity: int
    """How many pieces."""


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ValueResponse:
    """What stands under a key."""

    value: str | None = None
    """The value, if there is one."""


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """The address of an actor, as it travels."""

    contract: str
    """The full name of the contract that the actor serves."""
    id: str
    """What the actor is called there."""
    route: str | None = None
    """In the contract's words:

    Where that is: `server`, which it is without a route, or `client`, the sides of the connection
    that this crosses; or
    the name of a further connection, which the receiver must know.
    """


MailboxSource: _typing.TypeAlias = "Mailbox"
"""The mailbox of an actor that serves `demo.Source`."""
