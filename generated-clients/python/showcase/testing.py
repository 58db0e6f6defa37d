"""A server in this process that stands in for the real one, to test what calls it."""

from __future__ import annotations

import typing as _typing

from . import _testing_served
from . import client as _client
from ._runtime import fakes as _fakes
from ._runtime import limits as _limits
from ._runtime import thread_fakes as _server

if _typing.TYPE_CHECKING:
    import collections.abc as _abc

    from . import models as _models
    from ._runtime import codec as _codec

__all__ = [
    "AgentFake",
    "CalculatorFake",
    "CountdownFake",
    "FakeServer",
    "HealthFake",
    "ImporterFake",
    "KvStoreFake",
    "ListServiceFake",
    "OrdersFake",
    "SourceFake",
]


class AgentFake:
    """Stands for one person."""

    def notify(self, subject: str, body: str, /) -> None:
        """Hands a notification over. Nobody waits for what becomes of it."""
        raise _fakes.unhandled("demo.Agent.Notify")

    def query_status(self) -> _models.OnlineStatus:
        """Whether the person can be reached."""
        raise _fakes.unhandled("demo.Agent.QueryStatus")


class CalculatorFake:
    """Calculates."""

    def add(self, a: int, b: int, /) -> _models.AddResult:
        """Adds two numbers.

        Raises:
            MathError: What the contract declares; `error` holds it.
        """
        raise _fakes.unhandled("demo.Calculator.AddRequest")


class CountdownFake:
    """Counts down."""

    def countdown(self, from_: int, delay_ms: int, /) -> _abc.Iterable[_models.CountdownTick]:
        """Handles `demo.Countdown.CountdownRequest`.

        Counts from `from` down to 1, with a pause of `delay_ms` milliseconds between the steps. A
        countdown from 0 has no
        step.
        """
        raise _fakes.unhandled("demo.Countdown.CountdownRequest")


class HealthFake:
    """Says how it is."""

    def health_check(self) -> _models.HealthStatus:
        """How the service is."""
        raise _fakes.unhandled("demo.Health.HealthCheck")


class ImporterFake:
    """Imports rows."""

    def import_rows(self, source: _models.MailboxSource, /) -> _models.ImportSummary:
        """Imports every row of a source.

        It asks the source what to take in place of a row without text, and tells it of each row
        that is imported.

        Raises:
            ImporterError: What the contract declares; `error` holds it.
        """
        raise _fakes.unhandled("demo.Importer.ImportRows")


class KvStoreFake:
    """Keeps values under keys."""

    def set_value(self, key: str, value: str, /) -> None:
        """Puts `value` under `key`, in place of what was there."""
        raise _fakes.unhandled("demo.KvStore.SetValue")

    def get_value(self, key: str, /) -> _models.ValueResponse:
        """What stands under `key`."""
        raise _fakes.unhandled("demo.KvStore.GetValue")


class ListServiceFake:
    """Lists what it has."""

    def list_(self, request: _models.ListRequest, /) -> _abc.Iterable[_models.ListItem]:
        """Streams every item.

        Raises:
            ListError: What the contract declares; `error` holds it.
        """
        raise _fakes.unhandled("demo.ListService.ListRequest")


class OrdersFake:
    """Takes orders."""

    def place_order(self, order: _models.PlaceOrder, /) -> _models.OrderConfirmed:
        """Places an order.

        Raises:
            OrderError: What the contract declares; `error` holds it.
        """
        raise _fakes.unhandled("demo.Orders.PlaceOrder")


class SourceFake:
    """Has rows: what the caller of an importer serves."""

    def rows(self) -> _abc.Iterable[_models.Row]:
        """Streams the rows, in their order."""
        raise _fakes.unhandled("demo.Source.Rows")

    def correct(self, row: _models.Row, reason: str, /) -> _models.Row:
        """What to take in place of a row that cannot be imported.

        Raises:
            SourceError: What the contract declares; `error` holds it.
        """
        raise _fakes.unhandled("demo.Source.Correct")

    def imported(self, rows: int, /) -> None:
        """Is told how many rows have been imported."""
        raise _fakes.unhandled("demo.Source.Imported")


class FakeServer(_server.ThreadFake):
    """A server that answers as the handlers do that it is given, in threads.

    A method that a handler does not have fails with `UnknownMessageTypeError`, and a `CallError`
    that a handler raises reaches the caller as what it is.
    """

    def __init__(self) -> None:
        """Begins to accept connections."""
        super().__init__(_testing_served.EVENTS)

    def connect(
        self,
        *,
        codec: _codec.CodecName = "json",
        timeout: float = _limits.DEFAULT_TIMEOUT,
        reconnect: bool = True,
    ) -> _client.Client:
        """A client that is connected to this server."""
        return _client.Client(self.path, codec=codec, timeout=timeout, reconnect=reconnect)

    def serve_agent(self, handler: AgentFake, actor: str = "agent") -> None:
        """Has a handler serve `demo.Agent` as this actor."""
        self._serve(_testing_served.AGENT, handler, actor)

    def serve_calculator(self, handler: CalculatorFake, actor: str = "calculator") -> None:
        """Has a handler serve `demo.Calculator` as this actor."""
        self._serve(_testing_served.CALCULATOR, handler, actor)

    def serve_countdown(self, handler: CountdownFake, actor: str = "countdown") -> None:
        """Has a handler serve `demo.Countdown` as this actor."""
        self._serve(_testing_served.COUNTDOWN, handler, actor)

    def serve_health(self, handler: HealthFake, actor: str = "health") -> None:
        """Has a handler serve `demo.Health` as this actor."""
        self._serve(_testing_served.HEALTH, handler, actor)

    def serve_importer(self, handler: ImporterFake, actor: str = "importer") -> None:
        """Has a handler serve `demo.Importer` as this actor."""
        self._serve(_testing_served.IMPORTER, handler, actor)

    def serve_kv_store(self, handler: KvStoreFake, actor: str = "kv_store") -> None:
        """Has a handler serve `demo.KvStore` as this actor."""
        self._serve(_testing_served.KV_STORE, handler, actor)

    def serve_list_service(self, handler: ListServiceFake, actor: str = "list_service") -> None:
        """Has a handler serve `demo.ListService` as this actor."""
        self._serve(_testing_served.LIST_SERVICE, handler, actor)

    def serve_orders(self, handler: OrdersFake, actor: str = "orders") -> None:
        """Has a handler serve `demo.Orders` as this actor."""
        self._serve(_testing_served.ORDERS, handler, actor)

    def serve_source(self, handler: SourceFake, actor: str = "source") -> None:
        """Has a handler serve `demo.Source` as this actor."""
        self._serve(_testing_served.SOURCE, handler, actor)

    def publish(self, event: _models.PriceUpdate | _models.TradeExecuted, /) -> None:
        """Publishes an event to those who have subscribed to it."""
        self._publish(event, None)
