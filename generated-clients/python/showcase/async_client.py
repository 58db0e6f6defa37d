"""Clients for asyncio."""

from __future__ import annotations

import typing as _typing

from . import _codecs, _contracts, _messages, _served
from ._runtime import aio as _aio
from ._runtime import decode as _decode
from ._runtime import hosting as _hosting
from ._runtime import limits as _limits
from ._runtime import subscriptions as _subscriptions

if _typing.TYPE_CHECKING:
    import os as _os
    import types as _types

    from . import async_handlers as _handlers
    from . import models as _models
    from ._runtime import codec as _codec
    from ._runtime import options as _options
    from ._runtime import streams as _streams

__all__ = [
    "AsyncAgent",
    "AsyncCalculator",
    "AsyncClient",
    "AsyncCountdown",
    "AsyncHealth",
    "AsyncImporter",
    "AsyncKvStore",
    "AsyncListService",
    "AsyncOrders",
    "AsyncPriceFeed",
    "AsyncSource",
]


class AsyncAgent:
    """Stands for one person."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _aio.AsyncConnection, actor: str) -> None:
        """Made by `AsyncClient.agent`."""
        self._connection = connection
        self._target = connection.target(actor)

    async def notify(
        self,
        subject: str,
        body: str,
        **options: _typing.Unpack[_options.CallOptions],
    ) -> None:
        """Hands a notification over. Nobody waits for what becomes of it."""
        await self._connection.tell(
            _messages.AGENT__NOTIFY,
            self._target,
            _messages.agent__notify(subject, body),
            options,
        )

    async def query_status(
        self,
        **options: _typing.Unpack[_options.AskOptions],
    ) -> _models.OnlineStatus:
        """Whether the person can be reached."""
        return await self._connection.ask(
            _messages.AGENT__QUERY_STATUS,
            self._target,
            {},
            options,
            _codecs.decode_online_status,
        )


class AsyncCalculator:
    """Calculates."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _aio.AsyncConnection, actor: str) -> None:
        """Made by `AsyncClient.calculator`."""
        self._connection = connection
        self._target = connection.target(actor)

    async def add(
        self,
        a: int,
        b: int,
        **options: _typing.Unpack[_options.AskOptions],
    ) -> _models.AddResult:
        """Adds two numbers.

        Raises:
            MathError: What the contract declares; `error` holds it.
        """
        return await self._connection.ask(
            _messages.CALCULATOR__ADD,
            self._target,
            _messages.calculator__add(a, b),
            options,
            _codecs.decode_add_result,
        )


class AsyncCountdown:
    """Counts down."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _aio.AsyncConnection, actor: str) -> None:
        """Made by `AsyncClient.countdown`."""
        self._connection = connection
        self._target = connection.target(actor)

    def countdown(
        self,
        from_: int,
        delay_ms: int,
        **options: _typing.Unpack[_options.CallOptions],
    ) -> _streams.AsyncStream[_models.CountdownTick]:
        """Calls `demo.Countdown.CountdownRequest`.

        Counts from `from` down to 1, with a pause of `delay_ms` milliseconds between the steps. A
        countdown from 0 has no
        step.
        """
        return self._connection.stream(
            _messages.COUNTDOWN__COUNTDOWN,
            self._target,
            _messages.countdown__countdown(from_, delay_ms),
            options,
            _codecs.decode_countdown_tick,
        )


class AsyncHealth:
    """Says how it is."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _aio.AsyncConnection, actor: str) -> None:
        """Made by `AsyncClient.health`."""
        self._connection = connection
        self._target = connection.target(actor)

    async def health_check(
        self,
        **options: _typing.Unpack[_options.AskOptions],
    ) -> _models.HealthStatus:
        """How the service is."""
        return await self._connection.ask(
            _messages.HEALTH__HEALTH_CHECK,
            self._target,
            {},
            options,
            _codecs.decode_health_status,
        )


class AsyncImporter:
    """Imports rows."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _aio.AsyncConnection, actor: str) -> None:
        """Made by `AsyncClient.importer`."""
        self._connection = connection
        self._target = connection.target(actor)

    async def import_rows(
        self,
        source: _models.MailboxSource,
        **options: _typing.Unpack[_options.AskOptions],
    ) -> _models.ImportSummary:
        """Imports every row of a source.

        It asks the source what to take in place of a row without text, and tells it of each row
        that is imported.

        Raises:
            ImporterError: What the contract declares; `error` holds it.
        """
        return await self._connection.ask(
            _messages.IMPORTER__IMPORT_ROWS,
            self._target,
            _messages.importer__import_rows(source),
            options,
            _codecs.decode_import_summary,
        )


class AsyncKvStore:
    """Keeps values under keys."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _aio.AsyncConnection, actor: str) -> None:
        """Made by `AsyncClient.kv_store`."""
        self._connection = connection
        self._target = connection.target(actor)

    async def set_value(
        self,
        key: str,
        value: str,
        **options: _typing.Unpack[_options.AskOptions],
    ) -> None:
        """Puts `value` under `key`, in place of what was there."""
        await self._connection.ask(
            _messages.KV_STORE__SET_VALUE,
            self._target,
            _messages.kv_store__set_value(key, value),
            options,
            _decode.decode_unit,
        )

    async def get_value(
        self,
        key: str,
        **options: _typing.Unpack[_options.AskOptions],
    ) -> _models.ValueResponse:
        """What stands under `key`."""
        return await self._connection.ask(
            _messages.KV_STORE__GET_VALUE,
            self._target,
            _messages.kv_store__get_value(key),
            options,
            _codecs.decode_value_response,
        )


class AsyncListService:
    """Lists what it has."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _aio.AsyncConnection, actor: str) -> None:
        """Made by `AsyncClient.list_service`."""
        self._connection = connection
        self._target = connection.target(actor)

    def list_(
        self,
        request: _models.ListRequest,
        **options: _typing.Unpack[_options.CallOptions],
    ) -> _streams.AsyncStream[_models.ListItem]:
        """Streams every item.

        Raises:
            ListError: What the contract declares; `error` holds it.
        """
        return self._connection.stream(
            _messages.LIST_SERVICE__LIST,
            self._target,
            _messages.list_service__list(request),
            options,
            _codecs.decode_list_item,
        )


class AsyncOrders:
    """Takes orders."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _aio.AsyncConnection, actor: str) -> None:
        """Made by `AsyncClient.orders`."""
        self._connection = connection
        self._target = connection.target(actor)

    async def place_order(
        self,
        order: _models.PlaceOrder,
        **options: _typing.Unpack[_options.AskOptions],
    ) -> _models.OrderConfirmed:
        """Places an order.

        Raises:
            OrderError: What the contract declares; `error` holds it.
        """
        return await self._connection.ask(
            _messages.ORDERS__PLACE_ORDER,
            self._target,
            _messages.orders__place_order(order),
            options,
            _codecs.decode_order_confirmed,
        )


class AsyncPriceFeed:
    """Publishes prices and trades. It has no methods: subscribe to its events."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _aio.AsyncConnection, actor: str) -> None:
        """Made by `AsyncClient.price_feed`."""
        self._connection = connection
        self._target = connection.target(actor)

    @_typing.overload
    def subscribe(
        self,
        event: type[_models.PriceUpdate],
        /,
        *,
        buffer: int = _subscriptions.DEFAULT_BUFFER,
        timeout: float | None = None,
    ) -> _subscriptions.AsyncSubscription[_models.PriceUpdate]: ...
    @_typing.overload
    def subscribe(
        self,
        event: type[_models.TradeExecuted],
        /,
        *,
        buffer: int = _subscriptions.DEFAULT_BUFFER,
        timeout: float | None = None,
    ) -> _subscriptions.AsyncSubscription[_models.TradeExecuted]: ...
    @_typing.overload
    def subscribe(
        self,
        *events: type[_models.PriceUpdate] | type[_models.TradeExecuted],
        buffer: int = _subscriptions.DEFAULT_BUFFER,
        timeout: float | None = None,
    ) -> _subscriptions.AsyncSubscription[_models.PriceUpdate | _models.TradeExecuted]: ...
    def subscribe(
        self,
        *events: object,
        buffer: int = _subscriptions.DEFAULT_BUFFER,
        timeout: float | None = None,
    ) -> _subscriptions.AsyncSubscription[object]:
        """Subscribes to events of the contract, whichever actor publishes them.

        It goes on when the connection is made anew. Events that were missed meanwhile, or were not
        read in time, are counted by `missed`, and `with_gaps` tells where they would have stood:
        the last `buffer` events are kept. `timeout` is for the server's confirmation.
        """
        events_by_name = _subscriptions.chosen_events(events, _messages.EVENTS_OF_PRICE_FEED)
        return self._connection.subscribe(events_by_name, buffer, timeout)


class AsyncSource:
    """Has rows: what the caller of an importer serves."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _aio.AsyncConnection, actor: str) -> None:
        """Made by `AsyncClient.source`."""
        self._connection = connection
        self._target = connection.target(actor)

    def rows(
        self,
        **options: _typing.Unpack[_options.CallOptions],
    ) -> _streams.AsyncStream[_models.Row]:
        """Streams the rows, in their order."""
        return self._connection.stream(
            _messages.SOURCE__ROWS,
            self._target,
            {},
            options,
            _codecs.decode_row,
        )

    async def correct(
        self,
        row: _models.Row,
        reason: str,
        **options: _typing.Unpack[_options.AskOptions],
    ) -> _models.Row:
        """What to take in place of a row that cannot be imported.

        Raises:
            SourceError: What the contract declares; `error` holds it.
        """
        return await self._connection.ask(
            _messages.SOURCE__CORRECT,
            self._target,
            _messages.source__correct(row, reason),
            options,
            _codecs.decode_row,
        )

    async def imported(self, rows: int, **options: _typing.Unpack[_options.CallOptions]) -> None:
        """Is told how many rows have been imported."""
        await self._connection.tell(
            _messages.SOURCE__IMPORTED,
            self._target,
            _messages.source__imported(rows),
            options,
        )


class AsyncClient:
    """A connection to a server, for the tasks of one event loop."""

    __slots__ = ("_connection",)

    def __init__(
        self,
        path: str | _os.PathLike[str],
        *,
        codec: _codec.CodecName = "json",
        timeout: float = _limits.DEFAULT_TIMEOUT,
        reconnect: bool = True,
    ) -> None:
        """Prepares a connection; `connect` or `async with` makes it.

        Args:
            path: The server's Unix socket.
            codec: How messages are written; "messagepack" needs the extra `msgpack`.
            timeout: How long connecting may take, and every call that says nothing else, in
                seconds.
            reconnect: Whether a connection that is lost is made anew. Calls that certainly did not
                reach the server wait for that until their time is over, and subscriptions go on.
        """
        self._connection = _aio.AsyncConnection(
            path, codec=codec, timeout=timeout, reconnect=reconnect, origin=_contracts.ORIGIN
        )

    def agent(self, actor: str = "agent") -> AsyncAgent:
        """The contract `demo.Agent` of an actor."""
        return AsyncAgent(self._connection, actor)

    def calculator(self, actor: str = "calculator") -> AsyncCalculator:
        """The contract `demo.Calculator` of an actor."""
        return AsyncCalculator(self._connection, actor)

    def countdown(self, actor: str = "countdown") -> AsyncCountdown:
        """The contract `demo.Countdown` of an actor."""
        return AsyncCountdown(self._connection, actor)

    def health(self, actor: str = "health") -> AsyncHealth:
        """The contract `demo.Health` of an actor."""
        return AsyncHealth(self._connection, actor)

    def importer(self, actor: str = "importer") -> AsyncImporter:
        """The contract `demo.Importer` of an actor."""
        return AsyncImporter(self._connection, actor)

    def kv_store(self, actor: str = "kv_store") -> AsyncKvStore:
        """The contract `demo.KvStore` of an actor."""
        return AsyncKvStore(self._connection, actor)

    def list_service(self, actor: str = "list_service") -> AsyncListService:
        """The contract `demo.ListService` of an actor."""
        return AsyncListService(self._connection, actor)

    def orders(self, actor: str = "orders") -> AsyncOrders:
        """The contract `demo.Orders` of an actor."""
        return AsyncOrders(self._connection, actor)

    def price_feed(self, actor: str = "price_feed") -> AsyncPriceFeed:
        """The contract `demo.PriceFeed` of an actor."""
        return AsyncPriceFeed(self._connection, actor)

    def source(self, actor: str = "source") -> AsyncSource:
        """The contract `demo.Source` of an actor."""
        return AsyncSource(self._connection, actor)

    def host_source(
        self,
        handler: _handlers.AsyncSourceHandler,
        *,
        actor: str | None = None,
        concurrency: int = _hosting.CONCURRENCY,
    ) -> _hosting.Hosted[_models.MailboxSource]:
        """Hosts an actor of the contract `demo.Source`.

        The server calls the handler once it is given the mailbox. At most `concurrency` of its
        calls run at once, begun in their order. `actor` is its id, which no other one of this
        client may have; left out, it is made up.
        """
        return self._connection.host(
            _served.SOURCE,
            handler,
            _served.source__mailbox,
            actor,
            concurrency,
        )

    async def connect(self) -> None:
        """Connects.

        Raises:
            ConnectionLostError: Nothing accepts connections at the path.
        """
        await self._connection.connect()

    async def close(self) -> None:
        """Closes the connection; calls in flight fail with `ConnectionLostError`."""
        await self._connection.close()

    async def __aenter__(self) -> _typing.Self:
        """Connects; closes the connection at the end of the `async with` block."""
        await self.connect()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: _types.TracebackType | None,
    ) -> None:
        """Closes the connection."""
        await self.close()
