"""The generated asyncio client calls every actor of the showcase."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from time import monotonic
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never

import pytest
from showcase import (
    ActorNotFoundError,
    AddResult,
    AsyncClient,
    CallTimeoutError,
    ConnectionLostError,
    CountdownTick,
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
    from collections.abc import AsyncIterable, Awaitable, Callable
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import TypeVar

    T = TypeVar("T")

Codec: TypeAlias = Literal["json", "messagepack"]
U32_MAX, U64_MAX = 2**32 - 1, 2**64 - 1
HOUR = 3_600_000
"""In milliseconds: what a countdown pauses when a test does not want its second step."""


@pytest.fixture
def run(showcase: Path, codec: Codec) -> Callable[[Callable[[AsyncClient], Awaitable[None]]], None]:
    """Runs a coroutine function with a client, in an event loop of its own."""

    def run(scene: Callable[[AsyncClient], Awaitable[None]]) -> None:
        async def main() -> None:
            async with asyncio.timeout(30), AsyncClient(showcase, codec=codec, timeout=10) as client:
                await scene(client)

        asyncio.run(main())

    return run


Run: TypeAlias = "Callable[[Callable[[AsyncClient], Awaitable[None]]], None]"


async def collect(items: AsyncIterable[T]) -> list[T]:
    return [item async for item in items]


def test_every_actor_answers(run: Run, codec: Codec) -> None:
    async def scene(client: AsyncClient) -> None:
        assert await client.calculator().add(5, 3) == AddResult(sum=8)
        assert await client.health().health_check() == HealthStatus(status="ok")

        store = client.kv_store()
        key = f"asyncio, {codec}"
        assert await store.get_value(key) == ValueResponse(value=None)
        await store.set_value(key, "Grüße, 世界, 🏳️\u200d🌈")
        assert await store.get_value(key) == ValueResponse(value="Grüße, 世界, 🏳️\u200d🌈")

        items = await collect(client.list_service().list_(ListRequest(page_size=U64_MAX)))
        assert items == [ListItem(id=number, name=f"item {number}") for number in range(1, 26)]
        assert [step.value async for step in client.countdown().countdown(3, 5)] == [3, 2, 1]
        assert await collect(client.countdown().countdown(0, 5)) == []
        assert await collect(client.countdown().countdown(1, U64_MAX)) == [CountdownTick(value=1)]

    run(scene)


def test_declared_errors_are_typed(run: Run) -> None:
    async def scene(client: AsyncClient) -> None:
        with pytest.raises(MathError) as overflow:
            await client.calculator().add(2**31 - 1, 1)
        assert overflow.value.error is MathErrorDetail.OVERFLOW
        with pytest.raises(ListError) as empty:
            await collect(client.list_service().list_(ListRequest(page_size=0)))
        assert empty.value.error is ListErrorDetail.EMPTY_PAGES
        assert (empty.value.delivered, empty.value.retryable) == ("yes", False)

    run(scene)


async def order(client: AsyncClient, product: str) -> str:
    """What becomes of an order, in a word; the type checker sees that no error is forgotten."""
    try:
        return (await client.orders().place_order(PlaceOrder(product=product))).order_id
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


def test_orders_are_confirmed_or_refused_with_a_reason(run: Run) -> None:
    async def scene(client: AsyncClient) -> None:
        products = ["widget", "widget", "unicorn", "gadget"]
        first, second, *refused = await asyncio.gather(*(order(client, product) for product in products))
        assert first.startswith("order-")
        assert first != second
        assert refused == ["unknown: unicorn", "out of stock"]

    run(scene)


def test_events_are_received(run: Run) -> None:
    async def scene(client: AsyncClient) -> None:
        feed = client.price_feed()
        async with feed.subscribe(PriceUpdate) as updates, feed.subscribe(TradeExecuted) as trades:
            for _ in range(3):
                update, trade = await anext(updates), await anext(trades)
                assert update.price > 0
                assert trade.quantity > 0
        seen: set[type] = set()
        async with feed.subscribe(PriceUpdate, TradeExecuted) as events:
            async for event in events:
                seen.add(type(event))
                if len(seen) == 2:
                    break
        assert seen == {PriceUpdate, TradeExecuted}
        assert await client.health().health_check() == HealthStatus(status="ok")

    run(scene)


# A notification is not taken back: each codec has a showcase of its own, which a parameter of its own makes.
@pytest.mark.parametrize(
    ("showcase", "codec"), [("for JSON", "json"), ("for MessagePack", "messagepack")], indirect=["showcase"]
)
def test_a_notification_changes_the_status(run: Run) -> None:
    async def scene(client: AsyncClient) -> None:
        agent = client.agent()
        assert await agent.query_status() is OnlineStatus.OFFLINE
        await agent.notify("hello", "are you there?")
        assert await agent.query_status() is OnlineStatus.ONLINE

    run(scene)


def test_a_stream_that_is_left_disturbs_no_call(run: Run) -> None:
    async def scene(client: AsyncClient) -> None:
        async for step in client.countdown().countdown(U32_MAX, 0):
            if step.value == U32_MAX - 100:
                break
        assert await client.calculator().add(2, 2) == AddResult(sum=4)
        async with client.countdown().countdown(2, HOUR) as steps:
            assert await anext(steps) == CountdownTick(value=2)
            assert await client.calculator().add(3, 3) == AddResult(sum=6)
        assert await collect(steps) == []
        async with aclosing(client.countdown().countdown(2, HOUR)) as steps:
            assert await anext(steps) == CountdownTick(value=2)
        assert await client.calculator().add(4, 4) == AddResult(sum=8)

    run(scene)


def test_a_call_ends_at_its_timeout(run: Run, held: Callable[[], AbstractContextManager[None]]) -> None:
    async def scene(client: AsyncClient) -> None:
        calculator = client.calculator()
        with held():
            begun = monotonic()
            with pytest.raises(CallTimeoutError) as caught:
                await calculator.add(1, 1, timeout=0.1)
            assert monotonic() - begun >= 0.1
            with pytest.raises(CallTimeoutError):
                await anext(client.countdown().countdown(1, 0, timeout=0.1))
        assert isinstance(caught.value, TimeoutError)
        assert (caught.value.code, caught.value.delivered) == ("Timeout", "unknown")
        # The answers that come late are nobody's.
        assert await calculator.add(2, 2) == AddResult(sum=4)
        assert await collect(client.countdown().countdown(1, 0)) == [CountdownTick(value=1)]

    run(scene)


def test_a_cancelled_task_leaves_the_connection_usable(
    run: Run, held: Callable[[], AbstractContextManager[None]]
) -> None:
    async def scene(client: AsyncClient) -> None:
        calculator = client.calculator()
        with held():
            call = asyncio.create_task(calculator.add(1, 1))
            await asyncio.sleep(0)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
        assert await calculator.add(2, 2) == AddResult(sum=4)

    run(scene)


def test_what_does_not_exist_is_a_typed_error(run: Run) -> None:
    async def scene(client: AsyncClient) -> None:
        with pytest.raises(ActorNotFoundError, match="`nobody`") as caught:
            await client.calculator("nobody").add(5, 3)
        assert (caught.value.code, caught.value.delivered, caught.value.retryable) == ("ActorNotFound", "no", True)
        with pytest.raises(ActorNotFoundError):
            await anext(client.countdown("nobody").countdown(1, 0))
        with pytest.raises(UnknownMessageTypeError):
            await client.calculator("health").add(5, 3)
        assert await client.calculator().add(5, 3) == AddResult(sum=8)

    run(scene)


def test_wrong_arguments_are_refused_and_not_sent(
    listener: socket.socket, bodies: Callable[[], list[bytes]], codec: Codec
) -> None:
    async def main() -> None:
        async with AsyncClient(listener.getsockname(), codec=codec) as client:
            with pytest.raises(TypeError, match=r"^b: expected int \(i32\), found str$"):
                await client.calculator().add(1, "2")  # type: ignore[arg-type]
            with pytest.raises(ValueError, match=r"^a: expected an integer from -2147483648 to 2147483647"):
                await client.calculator().add(-(2**31) - 1, 0)
            with pytest.raises(TypeError, match=r"^order: expected PlaceOrder, found str$"):
                await client.orders().place_order("widget")  # type: ignore[arg-type]
            with pytest.raises(TypeError, match=r"^subject: expected str, found NoneType$"):
                await client.agent().notify(None, "")  # type: ignore[arg-type]
            with pytest.raises(ValueError, match=r"^request\.page_size: expected an integer from 0 to"):
                client.list_service().list_(ListRequest(page_size=-1))

    asyncio.run(main())
    # That the client introduces itself is all.
    (hello,) = bodies()
    assert b"hello" in hello


def test_many_calls_are_in_flight(run: Run) -> None:
    async def scene(client: AsyncClient) -> None:
        sums = asyncio.gather(*(client.calculator().add(number, number) for number in range(500)))
        lists = asyncio.gather(*(collect(client.list_service().list_(ListRequest(page_size=3))) for _ in range(20)))
        steps = asyncio.gather(*(collect(client.countdown().countdown(3, 1)) for _ in range(20)))
        assert [result.sum for result in await sums] == [2 * number for number in range(500)]
        assert [[item.id for item in items] for items in await lists] == [list(range(1, 26))] * 20
        assert [[step.value for step in each] for each in await steps] == [[3, 2, 1]] * 20

    run(scene)


def test_nothing_can_be_called_on_a_closed_client(run: Run) -> None:
    async def scene(client: AsyncClient) -> None:
        await client.close()
        with pytest.raises(ConnectionLostError) as caught:
            await client.health().health_check()
        assert caught.value.delivered == "no"

    run(scene)
