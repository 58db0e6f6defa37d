"""The methods of the contracts as messages, and the events."""

from __future__ import annotations

from . import _codecs
from . import models as _models
from ._runtime import encode as _encode
from ._runtime.envelope import Method
from ._runtime.mismatch import MismatchError
from ._runtime.subscriptions import Event

AGENT__NOTIFY = Method("demo.Agent.Notify", "tell")


def agent__notify(a0: object, a1: object) -> dict[str, object]:
    """The payload of `demo.Agent.Notify`."""
    wire: dict[str, object] = {}
    at = "subject"
    try:
        wire["subject"] = _encode.encode_str(a0)
        at = "body"
        wire["body"] = _encode.encode_str(a1)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


AGENT__QUERY_STATUS = Method("demo.Agent.QueryStatus", "ask")

CALCULATOR__ADD = Method("demo.Calculator.AddRequest", "ask", _codecs.make_math_error)


def calculator__add(a0: object, a1: object) -> dict[str, object]:
    """The payload of `demo.Calculator.AddRequest`."""
    wire: dict[str, object] = {}
    at = "a"
    try:
        wire["a"] = _encode.encode_i32(a0)
        at = "b"
        wire["b"] = _encode.encode_i32(a1)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


COUNTDOWN__COUNTDOWN = Method("demo.Countdown.CountdownRequest", "stream")


def countdown__countdown(a0: object, a1: object) -> dict[str, object]:
    """The payload of `demo.Countdown.CountdownRequest`."""
    wire: dict[str, object] = {}
    at = "from_"
    try:
        wire["from"] = _encode.encode_u32(a0)
        at = "delay_ms"
        wire["delay_ms"] = _encode.encode_u64(a1)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


HEALTH__HEALTH_CHECK = Method("demo.Health.HealthCheck", "ask")

IMPORTER__IMPORT_ROWS = Method("demo.Importer.ImportRows", "ask", _codecs.make_importer_error)


def importer__import_rows(a0: object) -> dict[str, object]:
    """The payload of `demo.Importer.ImportRows`."""
    wire: dict[str, object] = {}
    at = "source"
    try:
        wire["source"] = _codecs.encode_mailbox(a0)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


KV_STORE__SET_VALUE = Method("demo.KvStore.SetValue", "ask")


def kv_store__set_value(a0: object, a1: object) -> dict[str, object]:
    """The payload of `demo.KvStore.SetValue`."""
    wire: dict[str, object] = {}
    at = "key"
    try:
        wire["key"] = _encode.encode_str(a0)
        at = "value"
        wire["value"] = _encode.encode_str(a1)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


KV_STORE__GET_VALUE = Method("demo.KvStore.GetValue", "ask")


def kv_store__get_value(a0: object) -> dict[str, object]:
    """The payload of `demo.KvStore.GetValue`."""
    wire: dict[str, object] = {}
    at = "key"
    try:
        wire["key"] = _encode.encode_str(a0)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


LIST_SERVICE__LIST = Method("demo.ListService.ListRequest", "stream", _codecs.make_list_error)


def list_service__list(a0: object) -> object:
    """The payload of `demo.ListService.ListRequest`."""
    try:
        return _codecs.encode_list_request(a0)
    except MismatchError as failure:
        raise failure.within("request") from None


ORDERS__PLACE_ORDER = Method("demo.Orders.PlaceOrder", "ask", _codecs.make_order_error)


def orders__place_order(a0: object) -> object:
    """The payload of `demo.Orders.PlaceOrder`."""
    try:
        return _codecs.encode_place_order(a0)
    except MismatchError as failure:
        raise failure.within("order") from None


EVENTS_OF_PRICE_FEED: dict[object, Event[object]] = {
    _models.PriceUpdate: Event("PriceUpdate", _codecs.decode_price_update),
    _models.TradeExecuted: Event("TradeExecuted", _codecs.decode_trade_executed),
}

SOURCE__ROWS = Method("demo.Source.Rows", "stream")

SOURCE__CORRECT = Method("demo.Source.Correct", "ask", _codecs.make_source_error)


def source__correct(a0: object, a1: object) -> dict[str, object]:
    """The payload of `demo.Source.Correct`."""
    wire: dict[str, object] = {}
    at = "row"
    try:
        wire["row"] = _codecs.encode_row(a0)
        at = "reason"
        wire["reason"] = _encode.encode_str(a1)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire


SOURCE__IMPORTED = Method("demo.Source.Imported", "tell")


def source__imported(a0: object) -> dict[str, object]:
    """The payload of `demo.Source.Imported`."""
    wire: dict[str, object] = {}
    at = "rows"
    try:
        wire["rows"] = _encode.encode_u32(a0)
    except MismatchError as failure:
        raise failure.within(at) from None
    return wire
