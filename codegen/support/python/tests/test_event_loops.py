"""Loops other than the one of `asyncio.run`: a loop that is run bit by bit, and one that blocks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import uvloop

from callsheet_runtime.aio import AsyncConnection

from .clients import ECHO, Asyncio, Blocking
from .fake_server import PATIENCE, FakeServer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Loop = Callable[[], asyncio.AbstractEventLoop]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def new_loop(request: pytest.FixtureRequest) -> Loop:
    made: Loop = request.param
    return made


def test_cells_of_a_notebook_share_a_client_beside_other_work(
    server: FakeServer, new_loop: Loop
) -> None:
    """A notebook's loop runs all the time, and each cell is a task of it."""
    notebook = Asyncio(server.path, "json", new_loop())
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0)

    async def begin() -> asyncio.Task[None]:
        return asyncio.create_task(beat())

    other: asyncio.Task[None] = notebook.run(begin())
    assert notebook.ask("first cell") == "first cell"
    server.lose()
    before = beats
    assert notebook.ask("second cell") == "second cell"
    assert beats > before, "nothing else stood still meanwhile"
    # A blocking client does not mind the loop that runs in its thread.

    async def cell() -> Any:
        client = Blocking(server.path, "json")
        try:
            return client.ask("blocking in a cell")
        finally:
            client.close()

    notebook.close()
    assert notebook.run(cell()) == "blocking in a cell"
    notebook.loop.call_soon_threadsafe(other.cancel)
    notebook.end()


def test_a_loop_that_rests_between_the_calls_finds_a_lost_connection_anew(
    server: FakeServer, new_loop: Loop
) -> None:
    loop = new_loop()

    def run(made: Coroutine[Any, Any, Any]) -> Any:
        return loop.run_until_complete(asyncio.wait_for(made, PATIENCE))

    connection = AsyncConnection(server.path, timeout=PATIENCE)
    target = connection.target("actor")
    run(connection.connect())
    for number in range(3):
        ask = connection.ask(ECHO, target, number, {}, lambda value: value)
        assert run(ask) == number
        server.lose()
        server.expect(payload=number)
    run(connection.close())
    loop.close()
