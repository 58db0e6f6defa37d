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


_import_summary__imported = decode.slot(models.ImportSummary, "imported")
_import_summary__left_out = decode.slot(models.ImportSummary, "left_out")


def decode_import_summary(value: WireValue) -> models.ImportSummary:
    """Checks a received `ImportSummary`."""
    fields = decode.decode_object(value)
    made = object.__new__(models.ImportSummary)
    at = "imported"
    try:
        _import_summary__imported(made, decode.decode_u32(fields["imported"]))
        at = "left_out"
        _import_summary__left_out(made, decode.decode_u32(fields["left_out"]))
    except KeyError:
        raise decode.missing(at) from None
    except MismatchError as failure:
        raise failure.within(at) from None
    return made


_importer_error__source_failed__kind = decode.slot(models.ImporterErrorSourceFailed, "kind")
_importer_error__source_failed__code = decode.slot(models.ImporterErrorSourceFailed, "code")


def decode_importer_error__source_failed(value: WireValue) -> models.ImporterErrorSourceFailed:
    """Checks a received `ImporterErrorSourceFailed`."""
    fields = decode.decode_object(value)
    made = object.__new__(models.ImporterErrorSourceFailed)
    _importer_error__source_failed__kind(made, "SourceFailed")
    at = "code"
    try:
        _importer_error__source_failed__code(made, decode.decode_str(fields["code"]))
    except KeyError:
        raise decode.missing(at) from None
    except MismatchError as failure:
        raise failure.within(at) from None
    return made


_importer_error__readers: dict[str, decode.Decoder[models.ImporterErrorDetail]] = {
    "GivenUp": lambda value: models.ImporterErrorGivenUp(decode.decode_str(value)),
    "SourceFailed": decode_importer_error__source_failed,
}
_importer_error__units: dict[str, models.ImporterErrorDetail] = {}


def decode_importer_error(value: WireValue) -> models.ImporterErrorDetail:
    """Checks a received value."""
    return unions.decode_external(_importer_error__readers, _importer_error__units, value)


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


_row__number = decode.slot(models.Row, "number")
_row__text = decode.slot(models.Row, "text")


def decode_row(value: WireValue) -> models.Row:
    """Checks a received `Row`."""
    fields = decode.decode_object(value)
    made = object.__new__(models.Row)
    at = "number"
    try:
        _row__number(made, decode.decode_u32(fields["number"]))
        at = "text"
        _row__text(made, decode.decode_str(fields["text"]))
    except KeyError:
        raise decode.missing(at) from None
    except MismatchError as failure:
        raise failure.within(at) from None
    return made


def encode_row(value: object) -> dict[str, object]:
    """Checks an outgoing `Row`."""
    if not isinstance(value, models.Row):
        raise wrong_type("Row", value)
    wire: dict[str, object] = {}
    at = "number"
    try:
        wire["number"] = encode.encode_u32(value.number)
        at = "text"
        wire["text"] = encode.encode_str(value.text)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


_source_error__readers: dict[str, decode.Decoder[models.SourceErrorDetail]] = {
    "GiveUp": lambda value: models.SourceErrorGiveUp(decode.decode_str(value)),
}
_source_error__units: dict[str, models.SourceErrorDetail] = {
    "LeaveOut": models.SourceErrorLeaveOut(),
}


def decode_source_error(value: WireValue) -> models.SourceErrorDetail:
    """Checks a received value."""
    return unions.decode_external(_source_error__readers, _source_error__units, value)


_source_error__writers: unions.Writers = {
    models.SourceErrorLeaveOut: ("LeaveOut", None),
    models.SourceErrorGiveUp: (
        "GiveUp",
        lambda of: unions.encode_content(encode.encode_str, of.value),
    ),
}


def encode_source_error(value: object) -> object:
    """Checks an outgoing value."""
    return unions.encode_external(_source_error__writers, "SourceErrorDetail", value)


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


def encode_mailbox(value: object) -> dict[str, object]:
    """Checks an outgoing `Mailbox`."""
    if not isinstance(value, models.Mailbox):
        raise wrong_type("Mailbox", value)
    wire: dict[str, object] = {}
    at = "contract"
    try:
        wire["contract"] = encode.encode_str(value.contract)
        at = "id"
        wire["id"] = encode.encode_str(value.id)
        at = "route"
        if value.route is not None:
            wire["route"] = encode.encode_str(value.route)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


def make_importer_error(details: WireValue, text: str) -> errors.ImporterError:
    """Makes the exception of a declared error."""
    return errors.ImporterError(decode_importer_error(details), text)


def make_list_error(details: WireValue, text: str) -> errors.ListError:
    """Makes the exception of a declared error."""
    return errors.ListError(decode_list_error(details), text)


def make_math_error(details: WireValue, text: str) -> errors.MathError:
    """Makes the exception of a declared error."""
    return errors.MathError(decode_math_error(details), text)


def make_order_error(details: WireValue, text: str) -> errors.OrderError:
    """Makes the exception of a declared error."""
    return errors.OrderError(decode_order_error(details), text)


def make_source_error(details: WireValue, text: str) -> errors.SourceError:
    """Makes the exception of a declared error."""
    return errors.SourceError(decode_source_error(details), text)
