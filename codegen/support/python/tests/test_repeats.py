"""Calls whose answer is lost with the connection: some methods may be called twice."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from callsheet_runtime.envelope import Method
from callsheet_runtime.errors import CallTimeoutError, ConnectionLostError, TargetBusyError

from .clients import ECHO
from .fake_server import FakeServer, Frame, default_answer, refuse, reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from .clients import Client

    Connect = Callable[..., Client]

AGAIN = Method("demo.Again", "ask", idempotent=True)


class Loser:
    """Loses the connection over the first calls, then answers."""

    def __init__(self, server: FakeServer, losses: int = 1) -> None:
        self.losses = losses
        self.calls: list[Frame] = []
        self.then: Callable[[FakeServer, Frame], None] = default_answer
        server.answer = self

    def __call__(self, server: FakeServer, frame: Frame) -> None:
        self.calls.append(frame)
        if len(self.calls) <= self.losses:
            # Some of the call's time passes.
            time.sleep(0.02)
            server.lose()
        else:
            self.then(server, frame)


def test_an_idempotent_call_is_repeated_once_within_its_time(
    server: FakeServer, connect: Connect
) -> None:
    loser = Loser(server)
    loser.then = lambda server, frame: server.send(reply(frame, frame["payload"]))
    assert connect().ask("twice", AGAIN, 8.0) == "twice"
    first, second = loser.calls
    assert first["payload"] == second["payload"] == "twice"
    assert first["request_id"] != second["request_id"]
    assert 0 < second["timeout_ms"] < first["timeout_ms"] == 8000
    assert server.connections == 2


def test_another_call_is_not_repeated(server: FakeServer, connect: Connect) -> None:
    loser = Loser(server)
    with pytest.raises(ConnectionLostError) as caught:
        connect().ask("once", ECHO)
    assert (caught.value.delivered, caught.value.retryable) == ("unknown", False)
    assert len(loser.calls) == 1


def test_what_the_caller_says_goes_before_what_the_contract_says(
    server: FakeServer, connect: Connect
) -> None:
    loser = Loser(server)
    loser.then = lambda server, frame: server.send(reply(frame, frame["payload"]))
    client = connect()
    assert client.ask(1, ECHO, idempotent=True) == 1
    loser.losses = 3
    with pytest.raises(ConnectionLostError):
        client.ask(2, AGAIN, idempotent=False)
    assert len(loser.calls) == 3


def test_a_call_is_repeated_only_once(server: FakeServer, connect: Connect) -> None:
    loser = Loser(server, losses=2)
    with pytest.raises(ConnectionLostError) as caught:
        connect().ask(1, AGAIN)
    assert caught.value.delivered == "unknown"
    assert len(loser.calls) == 2


def test_nothing_is_repeated_by_a_client_that_does_not_reconnect(
    server: FakeServer, connect: Connect
) -> None:
    loser = Loser(server)
    with pytest.raises(ConnectionLostError) as caught:
        connect(reconnect=False).ask(1, AGAIN)
    assert caught.value.delivered == "unknown"
    assert len(loser.calls) == 1


def test_a_second_attempt_that_was_refused_leaves_open_whether_the_first_one_ran(
    server: FakeServer, connect: Connect
) -> None:
    loser = Loser(server)
    loser.then = lambda server, frame: server.send(refuse(frame, "TargetBusy", "busy"))
    with pytest.raises(TargetBusyError) as caught:
        connect().ask(1, AGAIN)
    assert (caught.value.delivered, caught.value.retryable) == ("unknown", False)


def test_a_second_attempt_that_finds_no_server_leaves_it_open_too(
    server: FakeServer, connect: Connect
) -> None:
    server.answer = lambda server, frame: server.drop()
    with pytest.raises(CallTimeoutError, match=r"was not sent within 0.5 s") as caught:
        connect().ask(1, AGAIN, 0.5)
    assert (caught.value.delivered, caught.value.retryable) == ("unknown", False)
