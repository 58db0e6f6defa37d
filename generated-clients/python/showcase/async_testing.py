"""A server in this process that stands in for the real one, to test what calls it with asyncio."""

from __future__ import annotations

import typing as _typing

from . import _testing_served
from . import async_client as _client
from ._runtime import aio_fakes as _server
from ._runtime import fakes as _fakes
from ._runtime import limits as _limits

if _typing.TYPE_CHECKING:
    import collections.abc as _abc

    from . import models as _models
    from ._runtime import codec as _codec

__all__ = [
    "AsyncAgentFake",
    "AsyncCalculatorFake",
    "AsyncCountdownFake",
    "AsyncFakeServer",
    "AsyncHealthFake",
    "AsyncImporterFake",
    "AsyncKvStoreFake",
    "AsyncListServiceFake",
    "AsyncOrdersFake",
    "AsyncSourceFake",
]


class AsyncAgentFake:
    """Stands for one person."""

    async def notify(self, subject: str, body: str, /) -> None:
        """Hands a notification over. Nobody waits for what becomes of it."""
        raise _fakes.unhandled("demo.Agent.Notify")

    async def query_status(self) -> _models.OnlineStatus:
        """Whether the person can be reached."""
        raise _fakes.unhandled("demo.Agent.QueryStatus")


class AsyncCalculatorFake:
    """Calculates."""

    async def add(self, a: int, b: int, /) -> _models.AddResult:
        """Adds two numbers.

        Raises:
            MathError: What the contract declares; `error` holds it.
        """
        raise _fakes.unhandled("demo.Calculator.AddRequest")


class AsyncCountdownFake:
    """Counts down."""

    def countdown(self, from_: int, delay_ms: int, /) -> _abc.AsyncIterable[_models.CountdownTick]:
        """Handles `demo.Countdown.CountdownRequest`.

        Counts from `from` down to 1, with a pause of `delay_ms` milliseconds between the steps. A
        countdown from 0 has no
        step.
        """
        raise _fakes.unhandled("demo.Countdown.CountdownRequest")


class AsyncHealthFake:
    """Says how it is."""

    async def health_check(self) -> _models.HealthStatus:
        """How the service is."""
        raise _fakes.unhandled("demo.Health.HealthCheck")


class AsyncImporterFake:
    """Imports rows."""

    async def import_rows(self, source: _models.MailboxSource, /) -> _models.ImportSummary:
        """Imports every row of a source.

        It asks the source what to take in place of a row without text, and tells it of each row
        that is imported.

        Raises:
            ImporterError: What the contract declares; `error` holds it.
        """
        raise _fakes.unhandled("demo.Importer.ImportRows")


class AsyncKvStoreFake:
    """Keeps values under keys."""

    async def set_value(self, key: str, value: str, /) -> None:
        """Puts `value` under `key`, in place of what was there."""
        raise _fakes.unhandled("demo.KvStore.SetValue")

    async def get_value(self, key: str, /) -> _models.ValueResponse:
        """What stands under `key`."""
        raise _fakes.unhandled("demo.KvStore.GetValue")


class AsyncListServiceFake:
    """Lists what it has."""

    def list_(self, request: _models.ListRequest, /) -> _abc.AsyncIterable[_models.ListItem]:
        """Streams every item.

        Raises:
            ListError: What the contract declares; `error` holds it.
        """
        raise _fakes.unhandled("demo.ListService.ListRequest")


class AsyncOrdersFake:
    """Takes orders."""

    async def place_order(self, order: _models.PlaceOrder, /) -> _models.OrderConfirmed:
        """Places an order.

        Raises:
            OrderError: What the contract declares; `error` holds it.
        """
        raise _fakes.unhandled("demo.Orders.PlaceOrder")


class AsyncSourceFake:
    """Has rows: what the caller of an importer serves."""

    def rows(self) -> _abc.AsyncIterable[_models.Row]:
        """Streams the rows, in their order."""
        raise _fakes.unhandled("demo.Source.Rows")

    async def correct(self, row: _models.Row, reason: str, /) -> _models.Row:
        """What to take in place of a row that cannot be imported.

        Raises:
            SourceError: What the contract declares; `error` holds it.
        """
        raise _fakes.unhandled("demo.Source.Correct")

    async def imported(self, rows: int, /) -> None:
        """Is told how many rows have been imported."""
        raise _fakes.unhandled("demo.Source.Imported")


class AsyncFakeServer(_server.AsyncFake):
    """A server that answers as the handlers do that it is given.

    A method that a handler does not have fails with `UnknownMessageTypeError`, and a `CallError`
    that a handler raises reaches the caller as what it is.
    """

    def __init__(self) -> None:
        """Prepares a server; `start` or `async with` starts it."""
        super().__init__(_testing_served.EVENTS)

    def connect(
        self,
        *,
        codec: _codec.CodecName = "json",
        timeout: float = _limits.DEFAULT_TIMEOUT,
        reconnect: bool = True,
    ) -> _client.AsyncClient:
        """A client of this server; its `connect` or `async with` connects it."""
        return _client.AsyncClient(self.path, codec=codec, timeout=timeout, reconnect=reconnect)

    def serve_agent(self, handler: AsyncAgentFake, actor: str = "agent") -> None:
        """Has a handler serve `demo.Agent` as this actor."""
        self._serve(_testing_served.AGENT, handler, actor)

    def serve_calculator(self, handler: AsyncCalculatorFake, actor: str = "calculator") -> None:
        """Has a handler serve `demo.Calculator` as this actor."""
        self._serve(_testing_served.CALCULATOR, handler, actor)

    def serve_countdown(self, handler: AsyncCountdownFake, actor: str = "countdown") -> None:
        """Has a handler serve `demo.Countdown` as this actor."""
        self._serve(_testing_served.COUNTDOWN, handler, actor)

    def serve_health(self, handler: AsyncHealthFake, actor: str = "health") -> None:
        """Has a handler serve `demo.Health` as this actor."""
        self._serve(_testing_served.HEALTH, handler, actor)

    def serve_importer(self, handler: AsyncImporterFake, actor: str = "importer") -> None:
        """Has a handler serve `demo.Importer` as this actor."""
        self._serve(_testing_served.IMPORTER, handler, actor)

    def serve_kv_store(self, handler: AsyncKvStoreFake, actor: str = "kv_store") -> None:
        """Has a handler serve `demo.KvStore` as this actor."""
        self._serve(_testing_served.KV_STORE, handler, actor)

    def serve_list_service(
        self,
        handler: AsyncListServiceFake,
        actor: str = "list_service",
    ) -> None:
        """Has a handler serve `demo.ListService` as this actor."""
        self._serve(_testing_served.LIST_SERVICE, handler, actor)

    def serve_orders(self, handler: AsyncOrdersFake, actor: str = "orders") -> None:
        """Has a handler serve `demo.Orders` as this actor."""
        self._serve(_testing_served.ORDERS, handler, actor)

    def serve_source(self, handler: AsyncSourceFake, actor: str = "source") -> None:
        """Has a handler serve `demo.Source` as this actor."""
        self._serve(_testing_served.SOURCE, handler, actor)

    def publish(self, event: _models.PriceUpdate | _models.TradeExecuted, /) -> None:
        """Publishes an event to those who have subscribed to it."""
        self._publish(event, None)
