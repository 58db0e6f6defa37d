"""The decoders and encoders of the contracts' types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import models
from ._runtime import decode, encode, unions
from ._runtime.mismatch import MismatchError, wrong_type

if TYPE_CHECKING:
    from ._runtime.codec import WireValue


def encode_add_result(value: object) -> dict[str, object]:
    """Checks an outgoing `AddResult`."""
    if not isinstance(value, models.AddResult):
        raise wrong_type("AddResult", value)
    wire: dict[str, object] = {}
    at = "sum"
    try:
        wire["sum"] = encode.encode_i32(value.sum)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


def encode_countdown_tick(value: object) -> dict[str, object]:
    """Checks an outgoing `CountdownTick`."""
    if not isinstance(value, models.CountdownTick):
        raise wrong_type("CountdownTick", value)
    wire: dict[str, object] = {}
    at = "value"
    try:
        wire["value"] = encode.encode_u32(value.value)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


def encode_health_status(value: object) -> dict[str, object]:
    """Checks an outgoing `HealthStatus`."""
    if not isinstance(value, models.HealthStatus):
        raise wrong_type("HealthStatus", value)
    wire: dict[str, object] = {}
    at = "status"
    try:
        wire["status"] = encode.encode_str(value.status)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


def encode_import_summary(value: object) -> dict[str, object]:
    """Checks an outgoing `ImportSummary`."""
    if not isinstance(value, models.ImportSummary):
        raise wrong_type("ImportSummary", value)
    wire: dict[str, object] = {}
    at = "imported"
    try:
        wire["imported"] = encode.encode_u32(value.imported)
        at = "left_out"
        wire["left_out"] = encode.encode_u32(value.left_out)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


def encode_importer_error__source_failed(value: object) -> dict[str, object]:
    """Checks an outgoing `ImporterErrorSourceFailed`."""
    if not isinstance(value, models.ImporterErrorSourceFailed):
        raise wrong_type("ImporterErrorSourceFailed", value)
    wire: dict[str, object] = {}
    at = "code"
    try:
        wire["code"] = encode.encode_str(value.code)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


_importer_error__writers: unions.Writers = {
    models.ImporterErrorGivenUp: (
        "GivenUp",
        lambda of: unions.encode_content(encode.encode_str, of.value),
    ),
    models.ImporterErrorSourceFailed: ("SourceFailed", encode_importer_error__source_failed),
}


def encode_importer_error(value: object) -> object:
    """Checks an outgoing value."""
    return unions.encode_external(_importer_error__writers, "ImporterErrorDetail", value)


def encode_list_error(value: object) -> str:
    """Checks an outgoing `ListErrorDetail`."""
    if not isinstance(value, models.ListErrorDetail):
        raise wrong_type("ListErrorDetail", value)
    return value.value


def encode_list_item(value: object) -> dict[str, object]:
    """Checks an outgoing `ListItem`."""
    if not isinstance(value, models.ListItem):
        raise wrong_type("ListItem", value)
    wire: dict[str, object] = {}
    at = "id"
    try:
        wire["id"] = encode.encode_u64(value.id)
        at = "name"
        wire["name"] = encode.encode_str(value.name)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


_list_request__page_size = decode.slot(models.ListRequest, "page_size")


def decode_list_request(value: WireValue) -> models.ListRequest:
    """Checks a received `ListRequest`."""
    fields = decode.decode_object(value)
    made = object.__new__(models.ListRequest)
    at = "page_size"
    try:
        _list_request__page_size(made, decode.decode_u64(fields["page_size"]))
    except KeyError:
        raise decode.missing(at) from None
    except MismatchError as failure:
        raise failure.within(at) from None
    return made


def encode_math_error(value: object) -> str:
    """Checks an outgoing `MathErrorDetail`."""
    if not isinstance(value, models.MathErrorDetail):
        raise wrong_type("MathErrorDetail", value)
    return value.value


def encode_online_status(value: object) -> str:
    """Checks an outgoing `OnlineStatus`."""
    if not isinstance(value, models.OnlineStatus):
        raise wrong_type("OnlineStatus", value)
    return value.value


def encode_order_confirmed(value: object) -> dict[str, object]:
    """Checks an outgoing `OrderConfirmed`."""
    if not isinstance(value, models.OrderConfirmed):
        raise wrong_type("OrderConfirmed", value)
    wire: dict[str, object] = {}
    at = "order_id"
    try:
        wire["order_id"] = encode.encode_str(value.order_id)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


_order_error__writers: unions.Writers = {
    models.OrderErrorProductNotFound: (
        "ProductNotFound",
        lambda of: unions.encode_content(encode.encode_str, of.value),
    ),
    models.OrderErrorOutOfStock: ("OutOfStock", None),
}


def encode_order_error(value: object) -> object:
    """Checks an outgoing value."""
    return unions.encode_external(_order_error__writers, "OrderErrorDetail", value)


_place_order__product = decode.slot(models.PlaceOrder, "product")


def decode_place_order(value: WireValue) -> models.PlaceOrder:
    """Checks a received `PlaceOrder`."""
    fields = decode.decode_object(value)
    made = object.__new__(models.PlaceOrder)
    at = "product"
    try:
        _place_order__product(made, decode.decode_str(fields["product"]))
    except KeyError:
        raise decode.missing(at) from None
    except MismatchError as failure:
        raise failure.within(at) from None
    return made


def encode_price_update(value: object) -> dict[str, object]:
    """Checks an outgoing `PriceUpdate`."""
    if not isinstance(value, models.PriceUpdate):
        raise wrong_type("PriceUpdate", value)
    wire: dict[str, object] = {}
    at = "symbol"
    try:
        wire["symbol"] = encode.encode_str(value.symbol)
        at = "price"
        wire["price"] = encode.encode_float(value.price)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


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


def encode_trade_executed(value: object) -> dict[str, object]:
    """Checks an outgoing `TradeExecuted`."""
    if not isinstance(value, models.TradeExecuted):
        raise wrong_type("TradeExecuted", value)
    wire: dict[str, object] = {}
    at = "symbol"
    try:
        wire["symbol"] = encode.encode_str(value.symbol)
        at = "price"
        wire["price"] = encode.encode_float(value.price)
        at = "quantity"
        wire["quantity"] = encode.encode_u32(value.quantity)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


def encode_value_response(value: object) -> dict[str, object]:
    """Checks an outgoing `ValueResponse`."""
    if not isinstance(value, models.ValueResponse):
        raise wrong_type("ValueResponse", value)
    wire: dict[str, object] = {}
    at = "value"
    try:
        wire["value"] = encode.encode_optional(encode.encode_str, value.value)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


_mailbox__contract = decode.slot(models.Mailbox, "contract")
_mailbox__id = decode.slot(models.Mailbox, "id")
_mailbox__route = decode.slot(models.Mailbox, "route")


def decode_mailbox(value: WireValue) -> models.Mailbox:
    """Checks a received `Mailbox`."""
    fields = decode.decode_object(value)
    made = object.__new__(models.Mailbox)
    at = "contract"
    try:
        _mailbox__contract(made, decode.decode_str(fields["contract"]))
        at = "id"
        _mailbox__id(made, decode.decode_str(fields["id"]))
        at = "route"
        _mailbox__route(made, decode.decode_optional(decode.decode_str, fields.get("route")))
    except KeyError:
        raise decode.missing(at) from None
    except MismatchError as failure:
        raise failure.within(at) from None
    return made
