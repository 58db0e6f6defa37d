"""A client that was made before a fork: the child gets an error, and its own client works."""

from __future__ import annotations

import os
import traceback
import warnings
from typing import TYPE_CHECKING

import pytest

from callsheet_runtime.errors import ClientForkedError, ConnectionLostError

from .clients import made
from .fake_server import FakeServer, item, push, reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from .clients import Client

    Connect = Callable[..., Client]


def in_child(test: Callable[[], None]) -> None:
    """Runs it in a forked process, and fails if it fails there."""
    with warnings.catch_warnings():
        # Later Pythons warn of forks beside threads; that is what is tried here.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        code = 1
        try:
            test()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_child_gets_an_error_and_the_parent_goes_on(server: FakeServer, connect: Connect) -> None:
    client = connect()
    server.answer = lambda server, frame: (
        server.send(item(frame, 0, 7))
        if frame.get("expects_stream")
        else server.send(reply(frame, {"subscribed": {}}))
        if "request_id" in frame and "control" not in frame
        else None
    )
    tick, event = client.stream(3), client.subscribe("demo.A")
    assert tick() == 7
    sent = 2

    def child() -> None:
        calls: list[Callable[[], object]] = [
            lambda: client.ask(1),
            lambda: client.tell(1),
            lambda: client.stream(1),
            lambda: client.subscribe("demo.A"),
        ]
        for call in calls:
            with pytest.raises(ClientForkedError, match="make another one") as caught:
                call()
            assert isinstance(caught.value, ConnectionLostError)
            assert (caught.value.delivered, caught.value.retryable) == ("no", False)
        client.close()

    in_child(child)
    # Neither the child's calls nor its end, with a stream and a subscription open, were heard of.
    assert client.ask(1) == {"subscribed": {}}
    assert server.received.qsize() == sent + 1
    server.send(push("demo.A", 5, seq=1))
    assert event() == 5
    assert server.connections == 1


def test_a_child_that_forgets_the_client_disturbs_nobody(
    server: FakeServer, connect: Connect
) -> None:
    client = connect()
    server.answer = lambda server, frame: (
        server.send(item(frame, 0, 7)) if frame.get("expects_stream") else None
    )
    held = [client.stream(3)]
    assert held[0]() == 7
    # The last reference to the stream goes, which cancels it in its own process alone.
    in_child(held.clear)
    server.answer = lambda server, frame: server.send(reply(frame, 1))
    assert client.ask(1) == 1
    assert [server.expect()["message_type"] for _ in range(2)] == ["demo.Count", "demo.Echo"]
    held.clear()


def test_a_child_that_makes_a_client_of_its_own_is_answered(
    server: FakeServer, connect: Connect
) -> None:
    first = connect()
    assert first.ask(1) == 1
    first.close()

    def child() -> None:
        client = made("blocking", server.path, "json")
        assert client.ask(2) == 2
        client.close()

    in_child(child)
    assert server.expect(payload=2)["message_type"] == "demo.Echo"
