"""Clients that block the calling thread."""

from __future__ import annotations

import typing as _typing

from . import _codecs, _contracts, _messages, _served
from ._runtime import blocking as _blocking
from ._runtime import decode as _decode
from ._runtime import hosting as _hosting
from ._runtime import limits as _limits
from ._runtime import subscriptions as _subscriptions

if _typing.TYPE_CHECKING:
    import os as _os
    import types as _types

    from . import handlers as _handlers
    from . import models as _models
    from ._runtime import codec as _codec
    from ._runtime import options as _options
    from ._runtime import streams as _streams

__all__ = [
    "Agent",
    "Calculator",
    "Client",
    "Countdown",
    "Health",
    "Importer",
    "KvStore",
    "ListService",
    "Orders",
    "PriceFeed",
    "Source",
]


class Agent:
    """Stands for one person."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _blocking.BlockingConnection, actor: str) -> None:
        """Made by `Client.agent`."""
        self._connection = connection
        self._target = connection.target(actor)

    def notify(
        self,
        subject: str,
        body: str,
        **options: _typing.Unpack[_options.CallOptions],
    ) -> None:
        """Hands a notification over. Nobody waits for what becomes of it."""
        self._connection.tell(
            _messages.AGENT__NOTIFY,
            self._target,
            _messages.agent__notify(subject, body),
            options,
        )

    def query_status(self, **options: _typing.Unpack[_options.AskOptions]) -> _models.OnlineStatus:
        """Whether the person can be reached."""
        return self._connection.ask(
            _messages.AGENT__QUERY_STATUS,
            self._target,
            {},
            options,
            _codecs.decode_online_status,
        )


class Calculator:
    """Calculates."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _blocking.BlockingConnection, actor: str) -> None:
        """Made by `Client.calculator`."""
        self._connection = connection
        self._target = connection.target(actor)

    def add(
        self,
        a: int,
        b: int,
        **options: _typing.Unpack[_options.AskOptions],
    ) -> _models.AddResult:
        """Adds two numbers.

        Raises:
            MathError: What the contract declares; `error` holds it.
        """
        return self._connection.ask(
            _messages.CALCULATOR__ADD,
            self._target,
            _messages.calculator__add(a, b),
            options,
            _codecs.decode_add_result,
        )


class Countdown:
    """Counts down."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _blocking.BlockingConnection, actor: str) -> None:
        """Made by `Client.countdown`."""
        self._connection = connection
        self._target = connection.target(actor)

    def countdown(
        self,
        from_: int,
        delay_ms: int,
        **options: _typing.Unpack[_options.CallOptions],
    ) -> _streams.Stream[_models.CountdownTick]:
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


class Health:
    """Says how it is."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _blocking.BlockingConnection, actor: str) -> None:
        """Made by `Client.health`."""
        self._connection = connection
        self._target = connection.target(actor)

    def health_check(self, **options: _typing.Unpack[_options.AskOptions]) -> _models.HealthStatus:
        """How the service is."""
        return self._connection.ask(
            _messages.HEALTH__HEALTH_CHECK,
            self._target,
            {},
            options,
            _codecs.decode_health_status,
        )


class Importer:
    """Imports rows."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _blocking.BlockingConnection, actor: str) -> None:
        """Made by `Client.importer`."""
        self._connection = connection
        self._target = connection.target(actor)

    def import_rows(
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
        return self._connection.ask(
            _messages.IMPORTER__IMPORT_ROWS,
            self._target,
            _messages.importer__import_rows(source),
            options,
            _codecs.decode_import_summary,
        )


class KvStore:
    """Keeps values under keys."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _blocking.BlockingConnection, actor: str) -> None:
        """Made by `Client.kv_store`."""
        self._connection = connection
        self._target = connection.target(actor)

    def set_value(
        self,
        key: str,
        value: str,
        **options: _typing.Unpack[_options.AskOptions],
    ) -> None:
        """Puts `value` under `key`, in place of what was there."""
        self._connection.ask(
            _messages.KV_STORE__SET_VALUE,
            self._target,
            _messages.kv_store__set_value(key, value),
            options,
            _decode.decode_unit,
        )

    def get_value(
        self,
        key: str,
        **options: _typing.Unpack[_options.AskOptions],
    ) -> _models.ValueResponse:
        """What stands under `key`."""
        return self._connection.ask(
            _messages.KV_STORE__GET_VALUE,
            self._target,
            _messages.kv_store__get_value(key),
            options,
            _codecs.decode_value_response,
        )


class ListService:
    """Lists what it has."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _blocking.BlockingConnection, actor: str) -> None:
        """Made by `Client.list_service`."""
        self._connection = connection
        self._target = connection.target(actor)

    def list_(
        self,
        request: _models.ListRequest,
        **options: _typing.Unpack[_options.CallOptions],
    ) -> _streams.Stream[_models.ListItem]:
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


class Orders:
    """Takes orders."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _blocking.BlockingConnection, actor: str) -> None:
        """Made by `Client.orders`."""
        self._connection = connection
        self._target = connection.target(actor)

    def place_order(
        self,
        order: _models.PlaceOrder,
        **options: _typing.Unpack[_options.AskOptions],
    ) -> _models.OrderConfirmed:
        """Places an order.

        Raises:
            OrderError: What the contract declares; `error` holds it.
        """
        return self._connection.ask(
            _messages.ORDERS__PLACE_ORDER,
            self._target,
            _messages.orders__place_order(order),
            options,
            _codecs.decode_order_confirmed,
        )


class PriceFeed:
    """Publishes prices and trades. It has no methods: subscribe to its events."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _blocking.BlockingConnection, actor: str) -> None:
        """Made by `Client.price_feed`."""
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
    ) -> _subscriptions.Subscription[_models.PriceUpdate]: ...
    @_typing.overload
    def subscribe(
        self,
        event: type[_models.TradeExecuted],
        /,
        *,
        buffer: int = _subscriptions.DEFAULT_BUFFER,
        timeout: float | None = None,
    ) -> _subscriptions.Subscription[_models.TradeExecuted]: ...
    @_typing.overload
    def subscribe(
        self,
        *events: type[_models.PriceUpdate] | type[_models.TradeExecuted],
        buffer: int = _subscriptions.DEFAULT_BUFFER,
        timeout: float | None = None,
    ) -> _subscriptions.Subscription[_models.PriceUpdate | _models.TradeExecuted]: ...
    def subscribe(
        self,
        *events: object,
        buffer: int = _subscriptions.DEFAULT_BUFFER,
        timeout: float | None = None,
    ) -> _subscriptions.Subscription[object]:
        """Subscribes to events of the contract, whichever actor publishes them.

        It goes on when the connection is made anew. Events that were missed meanwhile, or were not
        read in time, are counted by `missed`, and `with_gaps` tells where they would have stood:
        the last `buffer` events are kept. `timeout` is for the server's confirmation.
        """
        events_by_name = _subscriptions.chosen_events(events, _messages.EVENTS_OF_PRICE_FEED)
        return self._connection.subscribe(events_by_name, buffer, timeout)


class Source:
    """Has rows: what the caller of an importer serves."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: _blocking.BlockingConnection, actor: str) -> None:
        """Made by `Client.source`."""
        self._connection = connection
        self._target = connection.target(actor)

    def rows(self, **options: _typing.Unpack[_options.CallOptions]) -> _streams.Stream[_models.Row]:
        """Streams the rows, in their order."""
        return self._connection.stream(
            _messages.SOURCE__ROWS,
            self._target,
            {},
            options,
            _codecs.decode_row,
        )

    def correct(
        self,
        row: _models.Row,
        reason: str,
        **options: _typing.Unpack[_options.AskOptions],
    ) -> _models.Row:
        """What to take in place of a row that cannot be imported.

        Raises:
            SourceError: What the contract declares; `error` holds it.
        """
        return self._connection.ask(
            _messages.SOURCE__CORRECT,
            self._target,
            _messages.source__correct(row, reason),
            options,
            _codecs.decode_row,
        )

    def imported(self, rows: int, **options: _typing.Unpack[_options.CallOptions]) -> None:
        """Is told how many rows have been imported."""
        self._connection.tell(
            _messages.SOURCE__IMPORTED,
            self._target,
            _messages.source__imported(rows),
            options,
        )


class Client:
    """A connection to a server; any number of threads may use it at once."""

    __slots__ = ("_connection",)

    def __init__(
        self,
        path: str | _os.PathLike[str],
        *,
        codec: _codec.CodecName = "json",
        timeout: float = _limits.DEFAULT_TIMEOUT,
        reconnect: bool = True,
    ) -> None:
        """Connects.

        Args:
            path: The server's Unix socket.
            codec: How messages are written; "messagepack" needs the extra `msgpack`.
            timeout: How long connecting may take, and every call that says nothing else, in
                seconds.
            reconnect: Whether a connection that is lost is made anew. Calls that certainly did not
                reach the server wait for that until their time is over, and subscriptions go on.

        Raises:
            ConnectionLostError: Nothing accepts connections at that path.
        """
        self._connection = _blocking.BlockingConnection(
            path, codec=codec, timeout=timeout, reconnect=reconnect, origin=_contracts.ORIGIN
        )

    def agent(self, actor: str = "agent") -> Agent:
        """The contract `demo.Agent` of an actor."""
        return Agent(self._connection, actor)

    def calculator(self, actor: str = "calculator") -> Calculator:
        """The contract `demo.Calculator` of an actor."""
        return Calculator(self._connection, actor)

    def countdown(self, actor: str = "countdown") -> Countdown:
        """The contract `demo.Countdown` of an actor."""
        return Countdown(self._connection, actor)

    def health(self, actor: str = "health") -> Health:
        """The contract `demo.Health` of an actor."""
        return Health(self._connection, actor)

    def importer(self, actor: str = "importer") -> Importer:
        """The contract `demo.Importer` of an actor."""
        return Importer(self._connection, actor)

    def kv_store(self, actor: str = "kv_store") -> KvStore:
        """The contract `demo.KvStore` of an actor."""
        return KvStore(self._connection, actor)

    def list_service(self, actor: str = "list_service") -> ListService:
        """The contract `demo.ListService` of an actor."""
        return ListService(self._connection, actor)

    def orders(self, actor: str = "orders") -> Orders:
        """The contract `demo.Orders` of an actor."""
        return Orders(self._connection, actor)

    def price_feed(self, actor: str = "price_feed") -> PriceFeed:
        """The contract `demo.PriceFeed` of an actor."""
        return PriceFeed(self._connection, actor)

    def source(self, actor: str = "source") -> Source:
        """The contract `demo.Source` of an actor."""
        return Source(self._connection, actor)

    def host_source(
        self,
        handler: _handlers.SourceHandler,
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

    def close(self) -> None:
        """Closes the connection; calls in flight fail with `ConnectionLostError`."""
        self._connection.close()

    def __enter__(self) -> _typing.Self:
        """Closes the connection at the end of the `with` block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: _types.TracebackType | None,
    ) -> None:
        """Closes the connection."""
        self.close()
