"""The contracts as a server serves them, and their events."""

from __future__ import annotations

from . import _testing_codecs as _codecs
from . import errors as _errors
from . import models as _models
from ._runtime import decode as _decode
from ._runtime import encode as _encode
from ._runtime.fakes import Published
from ._runtime.serving import Argument, Declared, Handled, Whole

AGENT: tuple[Handled, ...] = (
    Handled(
        "demo.Agent.Notify",
        "tell",
        "notify",
        (Argument("subject", _decode.decode_str), Argument("body", _decode.decode_str)),
    ),
    Handled("demo.Agent.QueryStatus", "ask", "query_status", (), _codecs.encode_online_status),
)

CALCULATOR: tuple[Handled, ...] = (
    Handled(
        "demo.Calculator.AddRequest",
        "ask",
        "add",
        (Argument("a", _decode.decode_i32), Argument("b", _decode.decode_i32)),
        Declared(_codecs.encode_add_result, _errors.MathError, _codecs.encode_math_error),
    ),
)

COUNTDOWN: tuple[Handled, ...] = (
    Handled(
        "demo.Countdown.CountdownRequest",
        "stream",
        "countdown",
        (Argument("from", _decode.decode_u32), Argument("delay_ms", _decode.decode_u64)),
        _codecs.encode_countdown_tick,
    ),
)

HEALTH: tuple[Handled, ...] = (
    Handled("demo.Health.HealthCheck", "ask", "health_check", (), _codecs.encode_health_status),
)

IMPORTER: tuple[Handled, ...] = (
    Handled(
        "demo.Importer.ImportRows",
        "ask",
        "import_rows",
        (Argument("source", _codecs.decode_mailbox),),
        Declared(
            _codecs.encode_import_summary,
            _errors.ImporterError,
            lambda item: _encode.encode_open(_codecs.encode_importer_error, 64, item),
        ),
    ),
)

KV_STORE: tuple[Handled, ...] = (
    Handled(
        "demo.KvStore.SetValue",
        "ask",
        "set_value",
        (Argument("key", _decode.decode_str), Argument("value", _decode.decode_str)),
        _encode.encode_unit,
    ),
    Handled(
        "demo.KvStore.GetValue",
        "ask",
        "get_value",
        (Argument("key", _decode.decode_str),),
        _codecs.encode_value_response,
    ),
)

LIST_SERVICE: tuple[Handled, ...] = (
    Handled(
        "demo.ListService.ListRequest",
        "stream",
        "list_",
        Whole(_codecs.decode_list_request),
        Declared(_codecs.encode_list_item, _errors.ListError, _codecs.encode_list_error),
    ),
)

ORDERS: tuple[Handled, ...] = (
    Handled(
        "demo.Orders.PlaceOrder",
        "ask",
        "place_order",
        Whole(_codecs.decode_place_order),
        Declared(
            _codecs.encode_order_confirmed,
            _errors.OrderError,
            lambda item: _encode.encode_open(_codecs.encode_order_error, 64, item),
        ),
    ),
)

SOURCE: tuple[Handled, ...] = (
    Handled("demo.Source.Rows", "stream", "rows", (), _codecs.encode_row),
    Handled(
        "demo.Source.Correct",
        "ask",
        "correct",
        (Argument("row", _codecs.decode_row), Argument("reason", _decode.decode_str)),
        Declared(
            _codecs.encode_row,
            _errors.SourceError,
            lambda item: _encode.encode_open(_codecs.encode_source_error, 64, item),
        ),
    ),
    Handled("demo.Source.Imported", "tell", "imported", (Argument("rows", _decode.decode_u32),)),
)

EVENTS: dict[object, Published] = {
    _models.PriceUpdate: Published("PriceUpdate", _codecs.encode_price_update),
    _models.TradeExecuted: Published("TradeExecuted", _codecs.encode_trade_executed),
}
