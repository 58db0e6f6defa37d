"""Clients that block the calling thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, overload

from . import _codecs, _messages
from ._runtime import decode as _decode
from ._runtime.blocking import BlockingConnection
from ._runtime.limits import DEFAULT_TIMEOUT
from ._runtime.subscriptions import DEFAULT_BUFFER, chosen_events

if TYPE_CHECKING:
    import os
    from types import TracebackType

    from . import models as _models
    from ._runtime.codec import CodecName
    from ._runtime.streams import Stream
    from ._runtime.subscriptions import Subscription

__all__ = [
    "Agent",
    "Calculator",
    "Client",
    "Countdown",
    "Health",
    "KvStore",
    "ListService",
    "Orders",
    "PriceFeed",
]


class Agent:
    """Stands for one person."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: BlockingConnection, actor: str) -> None:
        """Made by `Client.agent`."""
        self._connection = connection
        self._target = connection.target(actor)

    def notify(self, subject: str, body: str, *, timeout: float | None = None) -> None:
        """Hands a notification over. Nobody waits for what becomes of it."""
        self._connection.tell(
            _messages.AGENT__NOTIFY,
            self._target,
            _messages.agent__notify(subject, body),
            timeout,
        )

    def query_status(self, *, timeout: float | None = None) -> _models.OnlineStatus:
        """Whether the person can be reached."""
        return self._connection.ask(
            _messages.AGENT__QUERY_STATUS,
            self._target,
            {},
            timeout,
            _codecs.decode_online_status,
        )


class Calculator:
    """Calculates."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: BlockingConnection, actor: str) -> None:
        """Made by `Client.calculator`."""
        self._connection = connection
        self._target = connection.target(actor)

    def add(self, a: int, b: int, *, timeout: float | None = None) -> _models.AddResult:
        """Adds two numbers."""
        return self._connection.ask(
            _messages.CALCULATOR__ADD,
            self._target,
            _messages.calculator__add(a, b),
            timeout,
            _codecs.decode_add_result,
            _codecs.make_math_error,
        )


class Countdown:
    """Counts down."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: BlockingConnection, actor: str) -> None:
        """Made by `Client.countdown`."""
        self._connection = connection
        self._target = connection.target(actor)

    def countdown(
        self,
        from_: int,
        delay_ms: int,
        *,
        timeout: float | None = None,
    ) -> Stream[_models.CountdownTick]:
        """Calls `demo.Countdown.CountdownRequest`.

        Counts from `from` down to 1, with a pause of `delay_ms` milliseconds between the steps. A
        countdown from 0 has no
        step.
        """
        return self._connection.stream(
            _messages.COUNTDOWN__COUNTDOWN,
            self._target,
            _messages.countdown__countdown(from_, delay_ms),
            timeout,
            _codecs.decode_countdown_tick,
        )


class Health:
    """Says how it is."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: BlockingConnection, actor: str) -> None:
        """Made by `Client.health`."""
        self._connection = connection
        self._target = connection.target(actor)

    def health_check(self, *, timeout: float | None = None) -> _models.HealthStatus:
        """How the service is."""
        return self._connection.ask(
            _messages.HEALTH__HEALTH_CHECK,
            self._target,
            {},
            timeout,
            _codecs.decode_health_status,
        )


class KvStore:
    """Keeps values under keys."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: BlockingConnection, actor: str) -> None:
        """Made by `Client.kv_store`."""
        self._connection = connection
        self._target = connection.target(actor)

    def set_value(self, key: str, value: str, *, timeout: float | None = None) -> None:
        """Puts `value` under `key`, in place of what was there."""
        self._connection.ask(
            _messages.KV_STORE__SET_VALUE,
            self._target,
            _messages.kv_store__set_value(key, value),
            timeout,
            _decode.decode_unit,
        )

    def get_value(self, key: str, *, timeout: float | None = None) -> _models.ValueResponse:
        """What stands under `key`."""
        return self._connection.ask(
            _messages.KV_STORE__GET_VALUE,
            self._target,
            _messages.kv_store__get_value(key),
            timeout,
            _codecs.decode_value_response,
        )


class ListService:
    """Lists what it has."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: BlockingConnection, actor: str) -> None:
        """Made by `Client.list_service`."""
        self._connection = connection
        self._target = connection.target(actor)

    def list_(
        self,
        request: _models.ListRequest,
        *,
        timeout: float | None = None,
    ) -> Stream[_models.ListItem]:
        """Streams every item."""
        return self._connection.stream(
            _messages.LIST_SERVICE__LIST,
            self._target,
            _messages.list_service__list(request),
            timeout,
            _codecs.decode_list_item,
            _codecs.make_list_error,
        )


class Orders:
    """Takes orders."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: BlockingConnection, actor: str) -> None:
        """Made by `Client.orders`."""
        self._connection = connection
        self._target = connection.target(actor)

    def place_order(
        self,
        order: _models.PlaceOrder,
        *,
        timeout: float | None = None,
    ) -> _models.OrderConfirmed:
        """Places an order."""
        return self._connection.ask(
            _messages.ORDERS__PLACE_ORDER,
            self._target,
            _messages.orders__place_order(order),
            timeout,
            _codecs.decode_order_confirmed,
            _codecs.make_order_error,
        )


class PriceFeed:
    """Publishes prices and trades. It has no methods: subscribe to its events."""

    __slots__ = ("_connection", "_target")

    def __init__(self, connection: BlockingConnection, actor: str) -> None:
        """Made by `Client.price_feed`."""
        self._connection = connection
        self._target = connection.target(actor)

    @overload
    def subscribe(
        self,
        event: type[_models.PriceUpdate],
        /,
        *,
        buffer: int = DEFAULT_BUFFER,
        timeout: float | None = None,
    ) -> Subscription[_models.PriceUpdate]: ...
    @overload
    def subscribe(
        self,
        event: type[_models.TradeExecuted],
        /,
        *,
        buffer: int = DEFAULT_BUFFER,
        timeout: float | None = None,
    ) -> Subscription[_models.TradeExecuted]: ...
    @overload
    def subscribe(
        self,
        *events: type[_models.PriceUpdate] | type[_models.TradeExecuted],
        buffer: int = DEFAULT_BUFFER,
        timeout: float | None = None,
    ) -> Subscription[_models.PriceUpdate | _models.TradeExecuted]: ...
    def subscribe(
        self,
        *events: object,
        buffer: int = DEFAULT_BUFFER,
        timeout: float | None = None,
    ) -> Subscription[object]:
        """Subscribes to events of the contract, whichever actor publishes them.

        Of what is not read fast enough, the last `buffer` events are kept; `missed` counts the
        rest. `timeout` is for the server's confirmation.
        """
        events_by_name = chosen_events(events, _messages.EVENTS_OF_PRICE_FEED)
        return self._connection.subscribe(events_by_name, buffer, timeout)


class Client:
    """A connection to a server; any number of threads may use it at once."""

    __slots__ = ("_connection",)

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        codec: CodecName = "json",
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """Connects.

        Args:
            path: The server's Unix socket.
            codec: How messages are written; "messagepack" needs the extra `msgpack`.
            timeout: How long connecting may take, and every call that says nothing else, in
                seconds.

        Raises:
            ConnectionLost: Nothing accepts connections at that path.
        """
        self._connection = BlockingConnection(path, codec=codec, timeout=timeout)

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

    def close(self) -> None:
        """Closes the connection; calls in flight fail with `ConnectionLost`."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Closes the connection at the end of the `with` block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Closes the connection."""
        self.close()
