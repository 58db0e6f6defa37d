"""No more calls at once than the server has said that it takes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from callsheet_runtime.errors import CallTimeoutError, ConnectionLostError
from callsheet_runtime.greeting import Origin

from .clients import SILENT
from .fake_server import PATIENCE, FakeServer, Frame, default_answer, item, reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .clients import Client

    Connect = Callable[..., Client]

LIMIT = 2
FULL = r"was not sent within .* s: the server takes no more than 2 calls at once"


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as running:
        yield running


@pytest.fixture
def client(server: FakeServer, connect: Connect) -> Client:
    """One that knows the limit."""

    def answer(server: FakeServer, frame: Frame) -> None:
        if frame.get("control") == "hello":
            limits = {"frame": 1 << 20, "in_flight": LIMIT}
            welcome = {"protocol": 1, "epoch": "life", "unknown": [], "differing": []}
            server.send(reply(frame, {**welcome, "limits": limits}))
        elif frame.get("message_type") != "demo.Silent":
            default_answer(server, frame)

    server.answer = answer
    server.knows_hello = True
    opened = connect(origin=Origin("unused"), timeout=PATIENCE)
    # The answer to the introduction came before this one.
    assert opened.ask("known") == "known"
    return opened


def silent(server: FakeServer) -> Frame:
    return server.expect(message_type="demo.Silent")


def test_calls_beyond_the_limit_wait_for_others_to_end(
    server: FakeServer, client: Client, pool: ThreadPoolExecutor
) -> None:
    first = [pool.submit(client.ask, number, SILENT) for number in range(LIMIT)]
    frames = [silent(server) for _ in first]
    with pytest.raises(CallTimeoutError, match=FULL) as caught:
        client.ask("late", limit=0.2)
    assert (caught.value.delivered, caught.value.retryable) == ("no", True)
    # Tells wait for nothing, so they are not among them.
    client.tell("beside")
    assert server.expect()["message_type"] == "demo.Note"
    waiting = pool.submit(client.ask, "waiting")
    server.send(reply(frames[0], "done"))
    assert waiting.result(PATIENCE) == "waiting"
    server.send(reply(frames[1], "done"))
    assert [call.result(PATIENCE) for call in first] == ["done"] * LIMIT


def test_many_more_calls_than_the_limit_all_get_their_answers(
    server: FakeServer, client: Client, pool: ThreadPoolExecutor
) -> None:
    def answer(server: FakeServer, frame: Frame) -> None:
        held.append(frame)
        # It answers only when it has as many as it takes.
        if len(held) == LIMIT:
            done, held[:] = held[:], []
            server.send(*(reply(one, one["payload"]) for one in done))

    held: list[Frame] = []
    server.answer = answer
    calls = [pool.submit(client.ask, number) for number in range(LIMIT * 50)]
    assert [call.result(PATIENCE) for call in calls] == list(range(LIMIT * 50))


def test_an_open_stream_is_a_call_until_it_ends(
    server: FakeServer, client: Client, pool: ThreadPoolExecutor
) -> None:
    opened: list[Frame] = []

    def answer(server: FakeServer, frame: Frame) -> None:
        if frame.get("expects_stream"):
            opened.append(frame)
            server.send(item(frame, 0, 1))
        elif frame.get("message_type") != "demo.Silent":
            default_answer(server, frame)

    server.answer = answer
    tick = client.stream(1)
    assert tick() == 1
    held = pool.submit(client.ask, 1, SILENT)
    frame = silent(server)
    with pytest.raises(CallTimeoutError, match=FULL):
        client.ask("late", limit=0.2)
    waiting = pool.submit(client.ask, "waiting")
    server.send(item(opened[0], 1, 2, final=True))
    assert waiting.result(PATIENCE) == "waiting"
    server.send(reply(frame, "done"))
    assert held.result(PATIENCE) == "done"


def test_what_waits_goes_over_the_next_connection(
    server: FakeServer, client: Client, pool: ThreadPoolExecutor
) -> None:
    first = [pool.submit(client.ask, number, SILENT) for number in range(LIMIT)]
    frames = [silent(server) for _ in first]
    waiting = [pool.submit(client.ask, number) for number in range(LIMIT * 3)]
    assert len(frames) == LIMIT
    server.lose()
    for call in first:
        with pytest.raises(ConnectionLostError):
            call.result(PATIENCE)
    assert [call.result(PATIENCE) for call in waiting] == list(range(LIMIT * 3))


def test_closing_ends_what_waits(
    server: FakeServer, client: Client, pool: ThreadPoolExecutor
) -> None:
    calls = [pool.submit(client.ask, number, SILENT) for number in range(LIMIT)]
    for _ in calls:
        silent(server)
    calls += [pool.submit(client.ask, number, SILENT) for number in range(LIMIT * 3)]
    client.close()
    for call in calls:
        with pytest.raises(ConnectionLostError):
            call.result(PATIENCE)
