"""Programs for asyncio that are tested with the package's own server in place of the showcase."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal, TypeAlias

import pytest
from showcase import (
    ActorFailedError,
    ActorNotFoundError,
    AddResult,
    AsyncClient,
    CallTimeoutError,
    ConnectionLostError,
    CountdownTick,
    Gap,
    MathError,
    MathErrorDetail,
    OnlineStatus,
    PriceUpdate,
    TargetBusyError,
    TradeExecuted,
    UnknownMessageTypeError,
)
from showcase.async_testing import AsyncAgentFake, AsyncCalculatorFake, AsyncCountdownFake, AsyncFakeServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

Codec: TypeAlias = Literal["json", "messagepack"]
Run: TypeAlias = "Callable[[Callable[[AsyncFakeServer, AsyncClient], Awaitable[None]]], None]"


@pytest.fixture
def run(codec: Codec) -> Run:
    """Runs a coroutine function with a server and a client, in an event loop of its own."""

    def run(scene: Callable[[AsyncFakeServer, AsyncClient], Awaitable[None]]) -> None:
        async def main() -> None:
            async with (
                asyncio.timeout(30),
                AsyncFakeServer() as server,
                server.connect(codec=codec, timeout=10) as client,
            ):
                await scene(server, client)

        asyncio.run(main())

    return run


class Calculator(AsyncCalculatorFake):
    async def add(self, a: int, b: int) -> AddResult:
        if a + b > 100:
            raise MathError(MathErrorDetail.OVERFLOW)
        if a < 0:
            raise TargetBusyError("try again")
        if b < 0:
            raise ValueError("not told")
        return AddResult(sum=a + b)


class Countdown(AsyncCountdownFake):
    def __init__(self) -> None:
        self.closed = asyncio.Event()

    async def countdown(self, start: int, delay_ms: int) -> AsyncIterator[CountdownTick]:
        try:
            for value in range(start, 0, -1):
                yield CountdownTick(value=value)
        finally:
            self.closed.set()


def test_answers_and_failures_reach_the_caller(run: Run) -> None:
    async def scene(server: AsyncFakeServer, client: AsyncClient) -> None:
        with pytest.raises(ActorNotFoundError):
            await client.calculator().add(1, 2)
        server.serve_calculator(Calculator())
        calculator = client.calculator()
        assert await calculator.add(5, 3) == AddResult(sum=8)
        with pytest.raises(MathError) as failed:
            await calculator.add(99, 2)
        assert failed.value.error is MathErrorDetail.OVERFLOW
        with pytest.raises(TargetBusyError, match="try again") as busy:
            await calculator.add(-1, 0)
        assert (busy.value.delivered, busy.value.retryable) == ("no", True)
        with pytest.raises(ActorFailedError) as broken:
            await calculator.add(0, -1)
        assert "not told" not in str(broken.value)
        server.serve_calculator(AsyncCalculatorFake())
        with pytest.raises(UnknownMessageTypeError):
            await calculator.add(1, 2)

    run(scene)


def test_streams_end_and_are_left(run: Run) -> None:
    async def scene(server: AsyncFakeServer, client: AsyncClient) -> None:
        fake = Countdown()
        server.serve_countdown(fake)
        ticks = client.countdown().countdown(300, 0)
        assert [tick.value async for tick in ticks] == list(range(300, 0, -1))
        fake.closed.clear()
        async with client.countdown().countdown(300, 0) as left:
            assert (await anext(left)).value == 300
        await fake.closed.wait()

    run(scene)


def test_a_tell_reaches_the_fake(run: Run) -> None:
    async def scene(server: AsyncFakeServer, client: AsyncClient) -> None:
        told: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()

        class Agent(AsyncAgentFake):
            async def notify(self, subject: str, body: str) -> None:
                told.set_result((subject, body))

            async def query_status(self) -> OnlineStatus:
                return OnlineStatus.unknown("Asleep")

        server.serve_agent(Agent())
        await client.agent().notify("subject", "body")
        assert await told == ("subject", "body")
        status = await client.agent().query_status()
        assert (status.is_known, status.value) == (False, "Asleep")

    run(scene)


def test_events_are_published_to_those_who_subscribed(run: Run) -> None:
    async def scene(server: AsyncFakeServer, client: AsyncClient) -> None:
        server.publish(PriceUpdate(symbol="ACME", price=1.0))
        async with client.price_feed().subscribe(PriceUpdate, TradeExecuted) as events:
            server.publish(PriceUpdate(symbol="ACME", price=2.0))
            server.publish(TradeExecuted(symbol="ACME", price=2.0, quantity=3))
            assert await anext(events) == PriceUpdate(symbol="ACME", price=2.0)
            assert await anext(events) == TradeExecuted(symbol="ACME", price=2.0, quantity=3)
            server.drop_connections()
            server.publish(PriceUpdate(symbol="ACME", price=3.0))
            assert await anext(events.with_gaps()) == Gap(1)

    run(scene)


def test_a_call_may_take_too_long_or_lose_its_connection(run: Run) -> None:
    async def scene(server: AsyncFakeServer, client: AsyncClient) -> None:
        begun, cancelled = asyncio.Event(), asyncio.Event()

        class Slow(AsyncCalculatorFake):
            async def add(self, a: int, b: int) -> AddResult:
                begun.set()
                try:
                    await asyncio.sleep(3600)
                finally:
                    cancelled.set()
                raise AssertionError

        server.serve_calculator(Slow())
        with pytest.raises(CallTimeoutError):
            await client.calculator().add(1, 2, timeout=0.05)
        await cancelled.wait()
        begun.clear()
        cancelled.clear()
        call = asyncio.ensure_future(client.calculator().add(1, 2))
        await begun.wait()
        server.drop_connections()
        with pytest.raises(ConnectionLostError):
            await call
        await cancelled.wait()

    run(scene)


def test_a_server_that_is_closed_is_gone() -> None:
    async def scene() -> None:
        server = AsyncFakeServer()
        with pytest.raises(ConnectionLostError):
            _ = server.path
        await server.start()
        path = server.path
        await server.close()
        await server.close()
        with pytest.raises(ConnectionLostError):
            await AsyncClient(path).connect()

    asyncio.run(scene())
