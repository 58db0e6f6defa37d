"""What a client says of itself, what it does with the answers, and how subscriptions go on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from callsheet_runtime.errors import (
    FrameTooLargeError,
    PermissionDeniedError,
    SchemaMismatchError,
)
from callsheet_runtime.greeting import Origin
from callsheet_runtime.subscriptions import Gap

from .clients import SILENT
from .fake_server import PATIENCE, FakeServer, Frame, default_answer, push, refuse, reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from callsheet_runtime.codec import CodecName

    from .clients import Client

    Connect = Callable[..., Client]

DOCUMENT = {"callsheet": 1, "contracts": [{"name": "demo.Actor"}]}


@pytest.fixture(params=["json", "messagepack"])
def codec(request: pytest.FixtureRequest) -> CodecName:
    chosen: CodecName = request.param
    return chosen


@pytest.fixture
def origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Origin:
    """That of a package with a document."""
    name = f"made_{tmp_path.name}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "_contracts.py").write_text("")
    (folder / "contracts.json").write_text(json.dumps(DOCUMENT))
    monkeypatch.syspath_prepend(str(tmp_path))
    return Origin(f"{name}._contracts", ("demo.Actor", "a hash"))


class Host:
    """Answers a server's part of the greeting, then as usual."""

    def __init__(self, server: FakeServer) -> None:
        self.epoch = "first life"
        self.next_numbers: dict[str, int] = {}
        self.limits: dict[str, int] = {"frame": 1 << 24, "in_flight": 100}
        self.differing: list[str] = []
        server.answer = self
        server.knows_hello = True

    def __call__(self, server: FakeServer, frame: Frame) -> None:
        match frame:
            case {"control": "hello"}:
                server.send(reply(frame, self.welcome()))
            case {"control": "schema"}:
                # The test judges it.
                pass
            case {"message_types": list(names), "request_id": _}:
                numbers = {name: self.next_numbers.get(name, 1) for name in names}
                server.send(reply(frame, {"subscribed": numbers}))
            case _:
                default_answer(server, frame)

    def welcome(self) -> Frame:
        return {
            "protocol": 1,
            "server": "fake",
            "epoch": self.epoch,
            "unknown": [],
            "differing": self.differing,
            "limits": self.limits,
        }


def test_a_client_that_knows_what_it_is_made_from_says_so_first(
    server: FakeServer, connect: Connect, codec: CodecName, origin: Origin
) -> None:
    Host(server)
    client = connect(codec, origin=origin)
    assert client.ask(1) == 1
    hello = server.expect()
    assert hello == {
        "control": "hello",
        "request_id": hello["request_id"],
        "protocol": [1, 1],
        "contracts": {"demo.Actor": "a hash"},
        "client": "callsheet-python",
    }
    # A server that serves the same is not sent the document.
    assert server.expect()["message_type"] == "demo.Echo"


def test_a_server_that_knows_no_introductions_is_called_all_the_same(
    server: FakeServer, connect: Connect, origin: Origin
) -> None:
    client = connect(origin=origin)
    assert client.ask(1) == 1


def test_calls_that_do_not_fit_the_server_fail_with_its_reason_and_others_work(
    server: FakeServer, connect: Connect, codec: CodecName, origin: Origin
) -> None:
    host = Host(server)
    host.differing = ["demo.Actor"]
    why = "argument `a` is another type"
    client = connect(codec, origin=origin)
    kept, withheld = client.subscribe("demo.A"), client.subscribe("demo.B")
    schema = server.expect(control="schema")
    assert schema["document"] == DOCUMENT
    assert schema["open_enums"] is True
    judgement = {"refused": {"demo.Silent": why}, "withheld": {"demo.B": "another type"}}
    server.send(reply(schema, judgement))
    # The judgement stands before this answer.
    assert client.ask(1) == 1
    with pytest.raises(SchemaMismatchError, match=why) as caught:
        client.ask(1, SILENT)
    assert (caught.value.delivered, caught.value.retryable) == ("no", False)
    with pytest.raises(SchemaMismatchError, match="another type"):
        withheld()
    server.send(push("demo.A", 7, seq=1))
    assert kept() == 7
    # Another server, which serves the same, takes what this one does not.
    host.differing = []
    host.epoch = "second life"
    server.lose()
    assert client.ask(2) == 2
    server.answer = lambda server, frame: server.send(reply(frame, "taken"))
    assert client.ask(3, SILENT) == "taken"


def test_the_servers_limit_of_a_frame_is_obeyed_before_anything_is_sent(
    server: FakeServer, connect: Connect, origin: Origin
) -> None:
    Host(server).limits = {"frame": 1000, "in_flight": 1}
    client = connect(origin=origin)
    assert client.ask(1) == 1
    with pytest.raises(FrameTooLargeError, match="over the server's limit of 1000 bytes"):
        client.ask("x" * 1000)
    assert client.ask(2) == 2


def test_a_subscription_goes_on_over_the_next_connection_and_tells_what_was_missed(
    server: FakeServer, connect: Connect, codec: CodecName, origin: Origin
) -> None:
    host = Host(server)
    client = connect(codec, origin=origin)
    event = client.subscribe("demo.A", "demo.B")
    server.send(push("demo.A", 1, seq=1), push("demo.B", 2, seq=1))
    assert [event(), event()] == [1, 2]
    # Three of the one type were published meanwhile, none of the other.
    host.next_numbers = {"demo.A": 5, "demo.B": 2}
    server.lose()
    assert event() == Gap(3)
    server.send(push("demo.A", 5, seq=5), push("demo.B", 6, seq=2))
    assert [event(), event()] == [5, 6]


def test_in_a_new_life_of_the_server_nobody_knows_what_was_missed(
    server: FakeServer, connect: Connect, origin: Origin
) -> None:
    host = Host(server)
    client = connect(origin=origin)
    event = client.subscribe("demo.A")
    server.send(push("demo.A", 1, seq=1))
    assert event() == 1
    host.epoch = "second life"
    host.next_numbers = {"demo.A": 2}
    server.lose()
    assert event() == Gap(None)
    server.send(push("demo.A", 2, seq=2))
    assert event() == 2


def test_without_an_introduction_nobody_knows_what_was_missed(
    server: FakeServer, connect: Connect
) -> None:
    client = connect()
    event = client.subscribe("demo.A")
    server.expect(message_types=["demo.A"])
    server.send(push("demo.A", 1, seq=1))
    assert event() == 1
    server.lose()
    assert event() == Gap(None)
    server.expect(message_types=["demo.A"])
    server.send(push("demo.A", 9, seq=1))
    assert event() == 9


def test_a_subscription_that_is_refused_over_the_next_connection_ends(
    server: FakeServer, connect: Connect
) -> None:
    client = connect()
    event = client.subscribe("demo.A")
    server.answer = lambda server, frame: (
        server.send(refuse(frame, "PermissionDenied")) if "request_id" in frame else None
    )
    server.lose()
    assert event() == Gap(None)
    with pytest.raises(PermissionDeniedError):
        event()
    server.answer = default_answer
    assert client.ask(1) == 1


def test_a_subscription_that_is_refused_for_the_moment_is_asked_for_again(
    server: FakeServer, connect: Connect, origin: Origin
) -> None:
    host = Host(server)
    client = connect(origin=origin)
    event = client.subscribe("demo.A")
    server.expect(message_types=["demo.A"])
    refusals = 0

    def answer(server: FakeServer, frame: Frame) -> None:
        nonlocal refusals
        if "message_types" in frame and "request_id" in frame and refusals < 2:
            refusals += 1
            details: Any = {"retryable": True, "delivered": "no", "retry_after_ms": 20}
            server.send(refuse(frame, "LimitExceeded", details=details))
        else:
            host(server, frame)

    server.answer = answer
    host.next_numbers = {"demo.A": 3}
    server.lose()
    assert event() == Gap(2)
    assert refusals == 2


def test_a_subscription_whose_confirmation_is_lost_is_asked_for_once_more(
    server: FakeServer, connect: Connect
) -> None:
    def answer(server: FakeServer, frame: Frame) -> None:
        server.answer = default_answer
        server.lose()

    client = connect()
    server.answer = answer
    event = client.subscribe("demo.A")
    server.send(push("demo.A", 1, seq=1))
    assert event() == 1
    assert server.connections == 2


def test_a_document_that_cannot_be_read_hinders_nothing(
    server: FakeServer, connect: Connect
) -> None:
    Host(server).differing = ["demo.Actor"]
    client = connect(origin=Origin("callsheet_runtime.greeting", ("demo.Actor", "a hash")))
    assert client.ask(1, limit=PATIENCE) == 1
    assert client.ask(2) == 2
