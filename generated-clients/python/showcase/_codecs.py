"""The decoders and encoders of the contracts' types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import errors, models
from ._runtime import decode, encode, unions
from ._runtime.mismatch import MismatchError, wrong_type

if TYPE_CHECKING:
    from ._runtime.codec import WireValue


_add_result__sum = decode.slot(models.AddResult, "sum")


def decode_add_result(value: WireValue) -> models.AddResult:
    """Checks a received `AddResult`."""
    fields = decode.decode_object(value)
    made = object.__new__(models.AddResult)
    at = "sum"
    try:
        _add_result__sum(made, decode.decode_i32(fields["sum"]))
    except KeyError:
        raise decode.missing(at) from None
    except MismatchError as failure:
        raise failure.within(at) from None
    return made


_countdown_tick__value = decode.slot(models.CountdownTick, "value")


def decode_countdown_tick(value: WireValue) -> models.CountdownTick:
    """Checks a received `CountdownTick`."""
    fields = decode.decode_object(value)
    made = object.__new__(models.CountdownTick)
    at = "value"
    try:
        _countdown_tick__value(made, decode.decode_u32(fields["value"]))
    except KeyError:
        raise decode.missing(at) from None
    except MismatchError as failure:
        raise failure.within(at) from None
    return made


_health_status__status = decode.slot(models.HealthStatus, "status")


def decode_health_status(value: WireValue) -> models.HealthStatus:
    """Checks a received `HealthStatus`."""
    fields = decode.decode_object(value)
    made = object.__new__(models.HealthStatus)
    at = "status"
    try:
        _health_status__status(made, decode.decode_str(fields["status"]))
    except KeyError:
        raise decode.missing(at) from None
    except MismatchError as failure:
        raise failure.within(at) from None
    return made


_list_error__names = unions.names_of(models.ListErrorDetail)


def decode_list_error(value: WireValue) -> models.ListErrorDetail:
    """Checks a received `ListErrorDetail`."""
    return unions.decode_name(_list_error__names, models.ListErrorDetail, value)


_list_item__id = decode.slot(models.ListItem, "id")
_list_item__name = decode.slot(models.ListItem, "name")


def decode_list_item(value: WireValue) -> models.ListItem:
    """Checks a received `ListItem`."""
    fields = decode.decode_object(value)
    made = object.__new__(models.ListItem)
    at = "id"
    try:
        _list_item__id(made, decode.decode_u64(fields["id"]))
        at = "name"
        _list_item__name(made, decode.decode_str(fields["name"]))
    except KeyError:
        raise decode.missing(at) from None
    except MismatchError as failure:
        raise failure.within(at) from None
    return made


def encode_list_request(value: object) -> dict[str, object]:
    """Checks an outgoing `ListRequest`."""
    if not isinstance(value, models.ListRequest):
        raise wrong_type("ListRequest", value)
    wire: dict[str, object] = {}
    at = "page_size"
    try:
        wire["page_size"] = encode.encode_u64(value.page_size)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


_math_error__names = unions.names_of(models.MathErrorDetail)


def decode_math_error(value: WireValue) -> models.MathErrorDetail:
    """Checks a received `MathErrorDetail`."""
    return unions.decode_name(_math_error__names, models.MathErrorDetail, value)


_online_status__names = unions.names_of(models.OnlineStatus)


def decode_online_status(value: WireValue) -> models.OnlineStatus:
    """Checks a received `OnlineStatus`."""
    return unions.decode_name(_online_status__names, models.OnlineStatus, value)


_order_confirmed__order_id = decode.slot(models.OrderConfirmed, "order_id")


def decode_order_confirmed(value: WireValue) -> models.OrderConfirmed:
    """Checks a received `OrderConfirmed`."""
    fields = decode.decode_object(value)
    made = object.__new__(models.OrderConfirmed)
    at = "order_id"
    try:
        _order_confirmed__order_id(made, decode.decode_str(fields["order_id"]))
    except KeyError:
        raise decode.missing(at) from None
    except MismatchError as failure:
        raise failure.within(at) from None
    return made


_order_error__readers: dict[str, decode.Decoder[models.OrderErrorDetail]] = {
    "ProductNotFound": lambda value: models.OrderErrorProductNotFound(decode.decode_str(value)),
}
_order_error__units: dict[str, models.OrderErrorDetail] = {
    "OutOfStock": models.OrderErrorOutOfStock(),
}


def decode_order_error(value: WireValue) -> models.OrderErrorDetail:
    """Checks a received value."""
    return unions.decode_external(_order_error__readers, _order_error__units, value)


def encode_place_order(value: object) -> dict[str, object]:
    """Checks an outgoing `PlaceOrder`."""
    if not isinstance(value, models.PlaceOrder):
        raise wrong_type("PlaceOrder", value)
    wire: dict[str, object] = {}
    at = "product"
    try:
        wire["product"] = encode.encode_str(value.product)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


_price_update__symbol = decode.slot(models.PriceUpdate, "symbol")
_price_update__price = decode.slot(models.PriceUpdate, "price")


def decode_price_update(value: WireValue) -> models.PriceUpdate:
    """Checks a received `PriceUpdate`."""
    fields = decode.decode_object(value)
    made = object.__new__(models.PriceUpdate)
    at = "symbol"
    try:
        _price_update__symbol(made, decode.decode_str(fields["symbol"]))
        at = "price"
        _price_update__price(made, decode.decode_float(fields["price"]))
    except KeyError:
        raise decode.missing(at) from None
    except MismatchError as failure:
        raise failure.within(at) from None
    return made


_trade_executed__symbol = decode.slot(models.TradeExecuted, "symbol")
_trade_executed__price = decode.slot(models.TradeExecuted, "price")
_trade_executed__quantity = decode.slot(models.TradeExecuted, "quantity")


def decode_trade_executed(value: WireValue) -> models.TradeExecuted:
    """Checks a received `TradeExecuted`."""
    fields = decode.decode_object(value)
    made = object.__new__(models.TradeExecuted)
    at = "symbol"
    try:
        _trade_executed__symbol(made, decode.decode_str(fields["symbol"]))
        at = "price"
        _trade_executed__price(made, decode.decode_float(fields["price"]))
        at = "quantity"
        _trade_executed__quantity(made, decode.decode_u32(fields["quantity"]))
    except KeyError:
        raise decode.missing(at) from None
    except MismatchError as failure:
        raise failure.within(at) from None
    return made


_value_response__value = decode.slot(models.ValueResponse, "value")


def decode_value_response(value: WireValue) -> models.ValueResponse:
    """Checks a received `ValueResponse`."""
    fields = decode.decode_object(value)
    made = object.__new__(models.ValueResponse)
    at = "value"
    try:
        _value_response__value(made, decode.decode_optional(decode.decode_str, fields.get("value")))
    except MismatchError as failure:
        raise failure.within(at) from None
    return made


def make_list_error(details: WireValue, text: str) -> errors.ListError:
    """Makes the exception of a declared error."""
    return errors.ListError(decode_list_error(details), text)


def make_math_error(details: WireValue, text: str) -> errors.MathError:
    """Makes the exception of a declared error."""
    return errors.MathError(decode_math_error(details), text)


def make_order_error(details: WireValue, text: str) -> errors.OrderError:
    """Makes the exception of a declared error."""
    return errors.OrderError(decode_order_error(details), text)
