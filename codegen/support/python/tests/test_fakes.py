"""The other side of hard contracts: names that differ by direction, and what is left out."""

from __future__ import annotations

import importlib
import json
import math
import socket
import struct
from typing import TYPE_CHECKING, Any

import pytest

from .fake_server import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def hosting(generated: Callable[[str, str], Any]) -> Any:
    return generated("python_hosting", "python_hosting")


@pytest.mark.parametrize("codec", ["json", "messagepack"])
def test_values_go_both_ways(hosting: Any, codec: str) -> None:
    testing = importlib.import_module("python_hosting.testing")
    received: list[Any] = []
    answers: list[Any] = []

    def swap(_: object, settings: Any) -> Any:
        received.append(settings)
        return answers.pop()

    taker = type("Taker", (testing.TakerFake,), {"swap": swap})
    unknown = hosting.Level.unknown("MIDDLE")
    with testing.FakeServer() as server, server.connect(codec=codec) as client:
        server.serve_taker(taker())
        for note, back in ((hosting.UNSET, None), (None, None), ("text", "text")):
            for level in (hosting.Level.LOW, unknown):
                sent = hosting.Settings(
                    max_retries=3,
                    note=note,
                    level=level,
                    choice=hosting.ChoiceSomething(from_=7),
                )
                answers.append(sent)
                answer = client.taker().swap(sent)
                assert received.pop() == sent
                # What is left out here is null there, as the server always says something.
                assert (answer.note, answer.level, answer.choice) == (back, level, sent.choice)


def test_names_that_two_things_would_have_are_told_apart(hosting: Any) -> None:
    testing = importlib.import_module("python_hosting.testing")
    with testing.FakeServer() as server, server.connect() as client:
        # A contract without methods may be hosted as well.
        with client.host_empty(object()) as mailbox:
            assert (mailbox.contract, mailbox.route) == ("hosting.Empty", "client")
        assert type(client.host_source()).__name__ == "HostSource"
        with pytest.raises(TypeError, match="import_"):
            client.host_source_(object())
        server.serve_fake_server(type("Fake", (testing.FakeServerFake,), {"publish": _nothing})())
        assert client.fake_server().publish() is None


@pytest.fixture(scope="module")
def events(generated: Callable[[str, str], Any]) -> Any:
    return generated("python_events", "python_events")


def test_who_does_not_read_delays_nobody(events: Any) -> None:
    testing = importlib.import_module("python_events.testing")
    with testing.FakeServer() as server, socket.socket(socket.AF_UNIX) as deaf:
        deaf.settimeout(PATIENCE)
        deaf.connect(server.path)
        subscribe = json.dumps({"request_id": "s", "message_types": ["events.*"]}).encode()
        deaf.sendall(struct.pack(">I", len(subscribe)) + subscribe)
        assert len(deaf.recv(4)) == 4
        for _ in range(40):
            server.publish(events.NAME, "x" * 100_000)
        with server.connect() as client, client.several().subscribe(events.NAME) as received:
            server.publish(events.NAME, "last")
            assert next(iter(received)) == "last"


def test_what_one_subscriber_cannot_be_told_nobody_is(events: Any) -> None:
    testing = importlib.import_module("python_events.testing")
    with (
        testing.FakeServer() as server,
        server.connect(codec="messagepack") as packed,
        server.connect() as plain,
        packed.plain().subscribe(events.RATIO) as first,
        plain.plain().subscribe(events.RATIO) as second,
    ):
        with pytest.raises(ValueError, match="finite"):
            server.publish(events.RATIO, math.nan)
        server.publish(events.RATIO, 0.5)
        for received in (first, second):
            assert next(iter(received.with_gaps())) == 0.5


def _nothing(_: object) -> None:
    pass
