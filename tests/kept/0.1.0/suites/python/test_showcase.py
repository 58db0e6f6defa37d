"""The generated blocking client calls every actor of the showcase."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never

import pytest
from showcase import (
    ActorNotFoundError,
    AddResult,
    CallTimeoutError,
    Client,
    ConnectionLostError,
    CountdownTick,
    Gap,
    HealthStatus,
    ListError,
    ListErrorDetail,
    ListItem,
    ListRequest,
    MathError,
    MathErrorDetail,
    OnlineStatus,
    OrderError,
    OrderErrorOutOfStock,
    OrderErrorProductNotFound,
    PlaceOrder,
    PriceUpdate,
    TradeExecuted,
    UnknownMessageTypeError,
    UnknownVariant,
    ValueResponse,
)

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

Codec: TypeAlias = Literal["json", "messagepack"]
U32_MAX, U64_MAX = 2**32 - 1, 2**64 - 1
HOUR = 3_600_000
"""In milliseconds: what a countdown pauses when a test does not want its second step."""


@pytest.fixture
def client(showcase: Path, codec: Codec) -> Iterator[Client]:
    with Client(showcase, codec=codec, timeout=10) as client:
        yield client


def test_numbers_are_added(client: Client) -> None:
    calculator = client.calculator()
    assert calculator.add(5, 3) == AddResult(sum=8)
    assert calculator.add(-(2**31), 2**31 - 1) == AddResult(sum=-1)


@pytest.mark.parametrize(("a", "b"), [(2**31 - 1, 1), (-(2**31), -1)])
def test_an_overflow_is_a_typed_error(client: Client, a: int, b: int) -> None:
    with pytest.raises(MathError) as caught:
        client.calculator().add(a, b)
    assert caught.value.error is MathErrorDetail.OVERFLOW
    assert (caught.value.delivered, caught.value.retryable) == ("yes", False)


@pytest.mark.parametrize("page_size", [1, 10, 25, U64_MAX])
def test_a_list_is_whole_whatever_its_pages(client: Client, page_size: int) -> None:
    items = list(client.list_service().list_(ListRequest(page_size=page_size)))
    assert items == [ListItem(id=number, name=f"item {number}") for number in range(1, 26)]


def test_a_refused_stream_is_a_typed_error(client: Client) -> None:
    with pytest.raises(ListError) as caught:
        list(client.list_service().list_(ListRequest(page_size=0)))
    assert caught.value.error is ListErrorDetail.EMPTY_PAGES


@pytest.mark.parametrize("start", [0, 1, 3])
def test_a_countdown_streams_its_steps(client: Client, start: int) -> None:
    steps = list(client.countdown().countdown(start, 5))
    assert steps == [CountdownTick(value=value) for value in range(start, 0, -1)]


def test_64_bits_are_sent_as_they_are(client: Client) -> None:
    assert list(client.countdown().countdown(1, U64_MAX)) == [CountdownTick(value=1)]


def test_values_are_kept(client: Client, codec: Codec) -> None:
    store = client.kv_store()
    key = f"blocking, {codec}"
    assert store.get_value(key) == ValueResponse(value=None)
    for value in ["Ada", "", "Grüße, 世界, 🏳️\u200d🌈, \0"]:
        store.set_value(key, value)
        assert store.get_value(key) == ValueResponse(value=value)


def order(client: Client, product: str) -> str:
    """What becomes of an order, in a word; the type checker sees that no error is forgotten."""
    try:
        return client.orders().place_order(PlaceOrder(product=product)).order_id
    except OrderError as refused:
        match refused.error:
            case OrderErrorProductNotFound(name):
                return f"unknown: {name}"
            case OrderErrorOutOfStock():
                return "out of stock"
            case UnknownVariant(name):
                pytest.fail(f"the server is the client's own, and has no {name}")
            case _:
                assert_never(refused.error)


def test_orders_are_confirmed_or_refused_with_a_reason(client: Client) -> None:
    first, second = order(client, "widget"), order(client, "widget")
    assert first.startswith("order-")
    assert first != second
    assert order(client, "unicorn") == "unknown: unicorn"
    assert order(client, "gadget") == "out of stock"


def test_events_are_received(client: Client) -> None:
    feed = client.price_feed()
    with feed.subscribe(PriceUpdate) as updates, feed.subscribe(TradeExecuted) as trades:
        for _ in range(3):
            update, trade = next(updates), next(trades)
            assert update.symbol
            assert update.price > 0
            assert trade.quantity > 0
        assert client.health().health_check() == HealthStatus(status="ok")
    assert client.health().health_check() == HealthStatus(status="ok")


def test_both_events_are_received_in_one_subscription(client: Client) -> None:
    prices: list[float] = []
    quantities: list[int] = []
    with client.price_feed().subscribe(PriceUpdate, TradeExecuted) as events:
        for event in events.with_gaps():
            match event:
                case PriceUpdate(price=price):
                    prices.append(price)
                case TradeExecuted(quantity=quantity):
                    quantities.append(quantity)
                case Gap(missed):
                    pytest.fail(f"{missed} events were missed")
                case _:
                    assert_never(event)
            if min(len(prices), len(quantities)) == 2:
                break
        assert events.missed == 0


def test_the_service_says_how_it_is(client: Client) -> None:
    assert client.health().health_check() == HealthStatus(status="ok")


# A notification is not taken back: each codec has a showcase of its own, which a parameter of its own makes.
@pytest.mark.parametrize(
    ("showcase", "codec"), [("for JSON", "json"), ("for MessagePack", "messagepack")], indirect=["showcase"]
)
def test_a_notification_changes_the_status(client: Client) -> None:
    agent = client.agent()
    assert agent.query_status() is OnlineStatus.OFFLINE
    agent.notify("hello", "are you there?")
    assert agent.query_status() is OnlineStatus.ONLINE


def test_a_stream_that_is_left_disturbs_no_call(client: Client) -> None:
    for step in client.countdown().countdown(U32_MAX, 0):
        if step.value == U32_MAX - 100:
            break
    assert client.calculator().add(2, 2) == AddResult(sum=4)
    with client.countdown().countdown(2, HOUR) as steps:
        assert next(steps) == CountdownTick(value=2)
    assert list(steps) == []
    assert client.calculator().add(3, 3) == AddResult(sum=6)


def test_calls_go_on_beside_an_open_stream(client: Client) -> None:
    with client.countdown().countdown(2, HOUR) as steps:
        assert next(steps) == CountdownTick(value=2)
        assert client.calculator().add(2, 2) == AddResult(sum=4)
        assert len(list(client.list_service().list_(ListRequest(page_size=10)))) == 25
        steps.close()
        assert list(steps) == []


def test_a_call_ends_at_its_timeout(client: Client, held: Callable[[], AbstractContextManager[None]]) -> None:
    calculator = client.calculator()
    with held():
        begun = monotonic()
        with pytest.raises(CallTimeoutError) as caught:
            calculator.add(1, 1, timeout=0.1)
        assert monotonic() - begun >= 0.1
        with pytest.raises(CallTimeoutError):
            next(client.countdown().countdown(1, 0, timeout=0.1))
    assert isinstance(caught.value, TimeoutError)
    assert (caught.value.code, caught.value.delivered) == ("Timeout", "unknown")
    # The answers that come late are nobody's.
    assert calculator.add(2, 2) == AddResult(sum=4)
    assert list(client.countdown().countdown(1, 0)) == [CountdownTick(value=1)]


def test_an_unknown_actor_is_a_typed_error(client: Client) -> None:
    with pytest.raises(ActorNotFoundError, match="`nobody`") as caught:
        client.calculator("nobody").add(5, 3)
    assert (caught.value.code, caught.value.delivered, caught.value.retryable) == ("ActorNotFound", "no", True)
    with pytest.raises(ActorNotFoundError):
        next(client.countdown("nobody").countdown(1, 0))
    assert client.calculator().add(5, 3) == AddResult(sum=8)


def test_an_actor_of_another_contract_is_a_typed_error(client: Client) -> None:
    with pytest.raises(UnknownMessageTypeError) as caught:
        client.calculator("health").add(5, 3)
    assert (caught.value.code, caught.value.delivered, caught.value.retryable) == ("UnknownMessageType", "no", False)


WRONG_ARGUMENTS: dict[str, tuple[Callable[[Client], object], type[Exception]]] = {
    "b: expected int (i32), found str": (lambda c: c.calculator().add(1, "2"), TypeError),  # type: ignore[arg-type]
    "a: expected int (i32), found bool": (lambda c: c.calculator().add(True, 2), TypeError),
    "a: expected int (i32), found float": (lambda c: c.calculator().add(1.0, 2), TypeError),  # type: ignore[arg-type]
    "b: expected an integer from -2147483648 to 2147483647 (i32), found 2147483648": (
        lambda c: c.calculator().add(1, 2**31),
        ValueError,
    ),
    "from_: expected an integer from 0 to 4294967295 (u32), found -1": (
        lambda c: c.countdown().countdown(-1, 0),
        ValueError,
    ),
    "request: expected ListRequest, found dict": (
        lambda c: c.list_service().list_({"page_size": 1}),  # type: ignore[arg-type]
        TypeError,
    ),
    "request.page_size: expected int (u64), found NoneType": (
        lambda c: c.list_service().list_(ListRequest(page_size=None)),  # type: ignore[arg-type]
        TypeError,
    ),
    "order.product: expected str, found bytes": (
        lambda c: c.orders().place_order(PlaceOrder(product=b"widget")),  # type: ignore[arg-type]
        TypeError,
    ),
    "body: expected str, found NoneType": (lambda c: c.agent().notify("hello", None), TypeError),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("text", WRONG_ARGUMENTS)
def test_wrong_arguments_are_refused_and_not_sent(
    listener: socket.socket, bodies: Callable[[], list[bytes]], codec: Codec, text: str
) -> None:
    call, kind = WRONG_ARGUMENTS[text]
    with Client(listener.getsockname(), codec=codec) as client, pytest.raises(kind) as caught:
        call(client)
    assert str(caught.value) == text
    # That the client introduces itself is all.
    (hello,) = bodies()
    assert b"hello" in hello


def test_threads_share_a_connection(client: Client) -> None:
    def work(number: int) -> tuple[int, int, str | None]:
        client.kv_store().set_value(f"thread {number}", str(number))
        steps = sum(1 for _ in client.countdown().countdown(number % 5, 1))
        total = client.calculator().add(number, number).sum
        return total, steps, client.kv_store().get_value(f"thread {number}").value

    with ThreadPoolExecutor(16) as threads, client.price_feed().subscribe(PriceUpdate) as updates:
        done = list(threads.map(work, range(200)))
        assert next(updates).price > 0
    assert done == [(2 * number, number % 5, str(number)) for number in range(200)]


def test_nothing_can_be_called_on_a_closed_client(client: Client) -> None:
    client.close()
    with pytest.raises(ConnectionLostError) as caught:
        client.health().health_check()
    assert caught.value.delivered == "no"
