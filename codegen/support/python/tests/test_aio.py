from __future__ import annotations

import asyncio
import gc
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from callsheet_runtime.aio import AsyncConnection
from callsheet_runtime.decode import decode_i64
from callsheet_runtime.envelope import Method
from callsheet_runtime.errors import (
    CallTimeoutError,
    ConnectionLostError,
    DecodeError,
    FrameTooLargeError,
    PermissionDeniedError,
    ProtocolError,
)
from callsheet_runtime.subscriptions import Gap

from .clients import within
from .fake_server import PATIENCE, FakeServer, Frame, item, push, refuse, reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from callsheet_runtime.codec import CodecName

ECHO = Method("demo.Echo", "ask")
SILENT = Method("demo.Silent", "ask")
NOTE = Method("demo.Note", "tell")
COUNT = Method("demo.Count", "stream")


@pytest.fixture(params=["json", "messagepack"])
def codec(request: pytest.FixtureRequest) -> CodecName:
    chosen: CodecName = request.param
    return chosen


@asynccontextmanager
async def connected(
    server: FakeServer, codec: CodecName, *, reconnect: bool
) -> AsyncIterator[AsyncConnection]:
    connection = AsyncConnection(server.path, codec=codec, timeout=PATIENCE, reconnect=reconnect)
    await connection.connect()
    try:
        yield connection
    finally:
        await connection.close()


def run(
    server: FakeServer,
    codec: CodecName,
    test: Callable[[AsyncConnection], Awaitable[None]],
    *,
    reconnect: bool = True,
) -> None:
    """Runs a test on a connection, on a loop of its own and bounded in time."""

    async def main() -> None:
        opened = connected(server, codec, reconnect=reconnect)
        async with asyncio.timeout(PATIENCE * 2), opened as connection:
            await test(connection)

    asyncio.run(main())


async def expect(server: FakeServer, **entries: object) -> Frame:
    return await asyncio.to_thread(server.expect, **entries)


async def ask(
    connection: AsyncConnection,
    payload: object,
    method: Method = ECHO,
    limit: float | None = None,
) -> Any:
    return await connection.ask(
        method, connection.target("actor"), payload, within(limit), lambda value: value
    )


def count(connection: AsyncConnection, start: int, limit: float | None = None) -> Any:
    return connection.stream(
        COUNT, connection.target("actor"), {"from": start}, within(limit), decode_i64
    )


def subscribe(connection: AsyncConnection, *names: str, buffer: int = 16) -> Any:
    return connection.subscribe(dict.fromkeys(names, decode_i64), buffer)


def test_asks_and_tells(server: FakeServer, codec: CodecName) -> None:
    async def test(connection: AsyncConnection) -> None:
        replies = await asyncio.gather(*(ask(connection, n) for n in range(500)))
        assert replies == list(range(500))
        await connection.tell(NOTE, connection.target("actor"), "note", {})
        assert (await expect(server, message_type="demo.Note")) == {
            "target": "actor",
            "message_type": "demo.Note",
            "payload": "note",
        }

    run(server, codec, test)


def test_replies_in_another_order_than_the_calls(server: FakeServer, codec: CodecName) -> None:
    held: list[Frame] = []

    def answer(server: FakeServer, frame: Frame) -> None:
        held.append(frame)
        if len(held) == 8:
            server.send(*(reply(frame, frame["payload"]) for frame in reversed(held)))

    async def test(connection: AsyncConnection) -> None:
        assert await asyncio.gather(*(ask(connection, n) for n in range(8))) == list(range(8))

    server.answer = answer
    run(server, codec, test)


def test_a_timeout_cancels_and_a_late_reply_is_dropped(
    server: FakeServer, codec: CodecName
) -> None:
    async def test(connection: AsyncConnection) -> None:
        patient = asyncio.create_task(ask(connection, 0, SILENT))
        held = await expect(server, message_type="demo.Silent")
        with pytest.raises(
            CallTimeoutError, match=r"no reply to demo.Silent within 0.05 s"
        ) as caught:
            await ask(connection, 1, SILENT, 0.05)
        assert (caught.value.delivered, caught.value.retryable) == ("unknown", False)
        late = await expect(server, message_type="demo.Silent")
        assert late["timeout_ms"] == 50
        assert (await expect(server, control="cancel"))["request_id"] == late["request_id"]
        server.send(reply(late, "late"), reply(held, "held"))
        assert await patient == "held"

    run(server, codec, test)


def test_cancelling_a_task_cancels_its_call(server: FakeServer, codec: CodecName) -> None:
    async def test(connection: AsyncConnection) -> None:
        task = asyncio.create_task(ask(connection, 1, SILENT))
        frame = await expect(server, message_type="demo.Silent")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await expect(server, control="cancel"))["request_id"] == frame["request_id"]

    run(server, codec, test)


def test_a_connection_that_is_not_made_anew_fails_what_is_in_flight_and_what_comes(
    server: FakeServer, codec: CodecName
) -> None:
    async def test(connection: AsyncConnection) -> None:
        calls = [asyncio.create_task(ask(connection, n, SILENT)) for n in range(4)]
        ticks, events = count(connection, 0), subscribe(connection, "demo.A")
        async with ticks, events:
            for _ in calls:
                await expect(server, message_type="demo.Silent")
            server.drop()
            for call in calls:
                with pytest.raises(ConnectionLostError) as caught:
                    await call
                assert caught.value.delivered == "unknown"
            with pytest.raises(ConnectionLostError):
                await anext(ticks)
            with pytest.raises(ConnectionLostError):
                await anext(events)
        with pytest.raises(ConnectionLostError) as caught:
            await ask(connection, 1)
        assert (caught.value.delivered, caught.value.retryable) == ("no", True)

    run(server, codec, test, reconnect=False)


def test_closing_ends_what_is_in_flight(server: FakeServer, codec: CodecName) -> None:
    async def test(connection: AsyncConnection) -> None:
        call = asyncio.create_task(ask(connection, 1, SILENT))
        await expect(server, message_type="demo.Silent")
        await connection.close()
        with pytest.raises(ConnectionLostError, match="the client is closed"):
            await call

    run(server, codec, test)


def test_nothing_listens(server: FakeServer) -> None:
    async def test() -> None:
        connection = AsyncConnection(f"{server.path}-none")
        with pytest.raises(ConnectionLostError, match="the client is not connected"):
            await ask(connection, 1)
        with pytest.raises(ConnectionLostError, match="failed to connect to"):
            await connection.connect()
        await connection.close()

    asyncio.run(test())


def test_garbage_ends_the_connection(server: FakeServer, codec: CodecName) -> None:
    async def test(connection: AsyncConnection) -> None:
        with pytest.raises(ConnectionLostError, match="received a frame that is not"):
            await ask(connection, 1)

    server.answer = lambda server, _frame: server.send_raw(b"\0\0\0\1]")
    run(server, codec, test)


def test_large_frames(server: FakeServer, codec: CodecName) -> None:
    async def test(connection: AsyncConnection) -> None:
        texts = [letter * (2 * 1024 * 1024) for letter in "abc"]
        assert await asyncio.gather(*(ask(connection, text) for text in texts)) == texts
        with pytest.raises(FrameTooLargeError):
            await ask(connection, "x" * (16 * 1024 * 1024))

    run(server, codec, test)


def test_streams(server: FakeServer, codec: CodecName) -> None:
    async def test(connection: AsyncConnection) -> None:
        first = count(connection, 200)
        assert await anext(first) == 200
        assert [tick async for tick in count(connection, 3)] == [3, 2, 1]
        assert [tick async for tick in first] == list(range(199, 0, -1))
        assert (await expect(server, control="credit"))["items"] == 32

    run(server, codec, test)


def test_two_tasks_do_not_read_one_stream(server: FakeServer, codec: CodecName) -> None:
    def confirm(server: FakeServer, frame: Frame) -> None:
        if "message_types" in frame:
            server.send(reply(frame, {"subscribed": {"demo.Price": 1}}))

    server.answer = confirm

    async def test(connection: AsyncConnection) -> None:
        subscription = connection.subscribe({"demo.Price": decode_i64}, 10)
        for reads in (count(connection, 3), subscription):
            readers = [asyncio.ensure_future(anext(reads)) for _ in range(2)]
            (refused,), (waits,) = await asyncio.wait(readers, return_when=asyncio.FIRST_COMPLETED)
            with pytest.raises(RuntimeError, match="another task"):
                await refused
            waits.cancel()

    run(server, codec, test)


@pytest.mark.parametrize("leave", ["with", "close", "drop", "cancel"])
def test_leaving_a_stream_cancels_it(server: FakeServer, codec: CodecName, leave: str) -> None:
    server.answer = lambda server, frame: (
        server.send(item(frame, 0, 7)) if "target" in frame else None
    )

    async def test(connection: AsyncConnection) -> None:
        ticks = count(connection, 1)
        if leave == "with":
            async with ticks:
                assert await anext(ticks) == 7
        elif leave == "close":
            assert await anext(ticks) == 7
            await ticks.aclose()
            assert [tick async for tick in ticks] == []
        elif leave == "cancel":
            task = asyncio.create_task(drain(ticks))
            await expect(server, message_type="demo.Count")
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            async for tick in ticks:
                assert tick == 7
                break
            del ticks
            gc.collect()
        assert (await expect(server, control="cancel"))["request_id"] == "1"

    async def drain(ticks: Any) -> None:
        async with ticks:
            async for _ in ticks:
                pass

    run(server, codec, test)


def test_streams_that_go_wrong(server: FakeServer, codec: CodecName) -> None:
    async def test(connection: AsyncConnection) -> None:
        server.answer = lambda server, frame: (
            server.send(item(frame, 1, 7)) if "target" in frame else None
        )
        with pytest.raises(ProtocolError):
            await anext(count(connection, 1))
        server.answer = lambda server, frame: (
            server.send(item(frame, 0, "x")) if "target" in frame else None
        )
        with pytest.raises(DecodeError):
            await anext(count(connection, 1))
        server.answer = lambda server, frame: server.send(refuse(frame, "PermissionDenied"))
        with pytest.raises(PermissionDeniedError):
            await anext(count(connection, 1))
        server.answer = lambda _server, _frame: None
        with pytest.raises(CallTimeoutError, match=r"no item of demo.Count within 0.05 s"):
            await anext(count(connection, 1, 0.05))
        await expect(server, control="cancel", request_id="4")

    run(server, codec, test)


def test_the_limit_of_a_stream_is_for_its_first_item(server: FakeServer, codec: CodecName) -> None:
    async def test(connection: AsyncConnection) -> None:
        server.answer = lambda _server, _frame: None
        async with count(connection, 1, 0.2) as ticks:
            frame = await expect(server, message_type="demo.Count")
            server.send(item(frame, 0, 1))
            assert await anext(ticks) == 1
            await asyncio.sleep(0.4)
            server.send(item(frame, 1, 2, final=True))
            assert [tick async for tick in ticks] == [2]

    run(server, codec, test)


def test_a_subscription_beside_calls(server: FakeServer, codec: CodecName) -> None:
    async def test(connection: AsyncConnection) -> None:
        async with subscribe(connection, "demo.A", "demo.B", buffer=2) as events:
            server.send(push("demo.A", 1, seq=1), push("demo.B", 2, seq=1))
            assert [await anext(events), await anext(events)] == [1, 2]
            assert await ask(connection, "beside") == "beside"
            server.send(*(push("demo.A", seq, seq=seq) for seq in (4, 5, 6)))
            await ask(connection, "beside")
            notices = events.with_gaps()
            assert [await anext(notices) for _ in range(3)] == [Gap(2 + 1), 5, 6]
            assert events.missed == 2 + 1
            server.send(push("demo.A", 20, seq=20))
            assert await anext(events) == 20
            assert events.missed == 2 + 1 + 13
        assert (await expect(server, control="unsubscribe"))["message_types"] == [
            "demo.A",
            "demo.B",
        ]
        assert [event async for event in events] == []

    run(server, codec, test)


def test_a_refused_subscription(server: FakeServer, codec: CodecName) -> None:
    async def test(connection: AsyncConnection) -> None:
        server.answer = lambda server, frame: (
            server.send(refuse(frame, "PermissionDenied")) if "request_id" in frame else None
        )
        events = subscribe(connection, "demo.A")
        with pytest.raises(PermissionDeniedError):
            await anext(events)
        assert [event async for event in events] == []

    run(server, codec, test)
