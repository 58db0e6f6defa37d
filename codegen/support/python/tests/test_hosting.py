"""What a client answers that hosts an actor, whatever it is asked."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import pytest

from callsheet_runtime.aio_serving import AsyncActor, AsyncHost
from callsheet_runtime.codec import codec_named
from callsheet_runtime.errors import ConnectionLostError
from callsheet_runtime.serving import BACKLOG, WAITING, Answers, serve
from callsheet_runtime.terms import Terms

from .clients import HOSTED
from .fake_server import PATIENCE
from .handlers import Plain, Tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callsheet_runtime.codec import Envelope

    from .clients import Client
    from .fake_server import FakeServer, Frame


class Hosting:
    """A client that hosts `actor`, and the server that calls it."""

    def __init__(self, server: FakeServer, client: Client, concurrency: int = 16) -> None:
        self.server = server
        self.client = client
        self.handler = Plain()
        self.concurrency = concurrency
        self.close = self.host("actor")
        # Something is on its way, so the server knows whom to call.
        assert client.ask("first") == "first"
        server.expect(payload="first")

    def host(self, actor: str) -> Callable[[], None]:
        closed: Callable[[], None] = self.client.host(
            self.handler, Tasks(self.handler), actor, self.concurrency
        )
        return closed

    def call(self, method: str, value: object = 1, **envelope: object) -> None:
        self.server.send(request(method, value, **envelope))

    def ask(self, method: str, value: object = 1, **envelope: object) -> Frame:
        """The answer to a request."""
        request_id = envelope.setdefault("request_id", "s1")
        self.call(method, value, **envelope)
        streams = envelope.get("expects_stream") is True and envelope.get("expects_reply") is ...
        key = "stream_id" if streams else "request_id"
        return self.server.expect(**{key: request_id})

    def items(self, stream_id: str) -> Iterator[Frame]:
        """The frames of a stream up to its end."""
        while True:
            frame = self.server.expect(stream_id=stream_id)
            yield frame
            if frame["is_final"]:
                return

    def works(self) -> None:
        """The connection is there, and the actor answers."""
        assert self.ask("Double", 4, request_id="works")["payload"] == 8.0
        assert self.client.ask("still") == "still"
        self.server.expect(payload="still")


def request(method: str, value: object = 1, **envelope: object) -> Frame:
    frame: Frame = {
        "target": "actor",
        "message_type": f"demo.Hosted.{method}",
        "request_id": "s1",
        "expects_reply": True,
        **envelope,
        "payload": {"value": value},
    }
    return {key: entry for key, entry in frame.items() if entry is not ...}


@pytest.fixture(params=["json", "messagepack"])
def hosting(
    request: pytest.FixtureRequest, server: FakeServer, connect: Callable[..., Client]
) -> Iterator[Hosting]:
    made = Hosting(server, connect(request.param))
    yield made
    made.handler.gate.set()


@pytest.fixture
def narrow(server: FakeServer, connect: Callable[..., Client]) -> Iterator[Hosting]:
    """One call at a time."""
    made = Hosting(server, connect(), concurrency=1)
    yield made
    made.handler.gate.set()


STREAMED: Any = {"expects_reply": ..., "expects_stream": True}


def test_every_kind_of_method_is_answered(hosting: Hosting) -> None:
    assert hosting.ask("Double", 4) == {
        "success": True,
        "request_id": "s1",
        "error": None,
        "payload": 8.0,
    }
    assert hosting.ask("Note", 4)["payload"] is None
    assert hosting.handler.noted.get(timeout=PATIENCE) == 4
    hosting.call("Count", 2, request_id="s7", **STREAMED)
    frames = list(hosting.items("s7"))
    assert [frame["payload"] for frame in frames] == [2.0, 1.0, None]
    assert [frame["sequence"] for frame in frames] == [0, 1, 2]
    hosting.call("Double", 4, request_id="s8", **STREAMED)
    assert [frame["payload"] for frame in hosting.items("s8")] == [8.0]
    hosting.works()


@pytest.mark.parametrize(
    ("envelope", "code", "text"),
    [
        ({"target": "nobody"}, "ActorNotFound", "(AgentNotFound)"),
        ({"target": "a\nb"}, "ActorNotFound", "`a\\nb` (AgentNotFound)"),
        ({"target": 7}, "ProtocolError", "target"),
        ({"target": "a" * 2000}, "ProtocolError", "target"),
        ({"message_type": "demo.Hosted.Other"}, "UnknownMessageType", "demo.Hosted.Other"),
        ({"message_type": ["demo.Hosted.Double"]}, "ProtocolError", "message_type"),
        ({"message_type": ...}, "ProtocolError", "message_type"),
        ({"expects_reply": "yes"}, "ProtocolError", "expects_reply"),
        ({"timeout_ms": 1.5}, "ProtocolError", "timeout_ms"),
        ({"timeout_ms": True}, "ProtocolError", "timeout_ms"),
        ({"timeout_ms": -1}, "ProtocolError", "timeout_ms"),
        ({"credit": "many"}, "ProtocolError", "credit"),
        ({"credit": -1}, "ProtocolError", "credit"),
        ({"expects_stream": True}, "ProtocolError", "exclude each other"),
        ({"message_type": "demo.Hosted.Count"}, "ProtocolError", "expects_stream"),
        ({"message_type": "demo.Hosted.Count", "expects_reply": ...}, "ProtocolError", "a stream"),
    ],
)
def test_what_is_not_well_is_refused(
    narrow: Hosting, envelope: Frame, code: str, text: str
) -> None:
    answer = narrow.ask("Double", **envelope)
    assert (answer["success"], answer["error_code"], answer["payload"]) == (False, code, None)
    assert answer["error_details"]["delivered"] == "no"
    assert answer["error"].startswith(f"{code}: ")
    assert text in answer["error"]
    narrow.works()


def test_a_refused_stream_ends(narrow: Hosting) -> None:
    narrow.call("Note", request_id="s2", **STREAMED)
    (frame,) = narrow.items("s2")
    assert (frame["success"], frame["error_code"]) == (False, "ProtocolError")
    narrow.works()


@pytest.mark.parametrize(
    ("payload", "path"),
    [({"value": "1"}, "value"), ({}, "value"), ([], ""), (None, ""), ({"value": [[]]}, "value")],
)
def test_arguments_that_do_not_fit_are_told_where(
    narrow: Hosting, payload: object, path: str
) -> None:
    narrow.server.send(request("Double") | {"payload": payload})
    answer = narrow.server.expect(request_id="s1")
    assert answer["error_code"] == "SerializationError"
    assert answer["error_details"]["delivered"] == "no"
    assert answer["error_details"]["path"] == f"payload.{path}".rstrip(".")
    narrow.works()


@pytest.mark.parametrize("request_id", [..., None, "", 7, "a" * 200])
def test_what_cannot_be_addressed_is_not_answered(narrow: Hosting, request_id: object) -> None:
    narrow.call("Double", request_id=request_id)
    narrow.call("Other", request_id=request_id)
    narrow.call("Count", request_id=request_id, **STREAMED)
    narrow.works()
    assert narrow.server.received.empty()


def test_what_wants_no_answer_runs_without_one(narrow: Hosting) -> None:
    narrow.call("Note", 5, request_id=..., expects_reply=...)
    assert narrow.handler.noted.get(timeout=PATIENCE) == 5
    narrow.call("Wait", 6, expects_reply=...)
    assert narrow.handler.begun.get(timeout=PATIENCE) == 6
    narrow.handler.gate.set()
    narrow.works()
    assert narrow.server.received.empty()


def test_an_id_that_is_in_use_is_refused(narrow: Hosting) -> None:
    narrow.call("Wait", 1)
    assert narrow.handler.begun.get(timeout=PATIENCE) == 1
    assert narrow.ask("Double")["error_code"] == "ProtocolError"
    narrow.handler.gate.set()
    assert narrow.server.expect(request_id="s1")["payload"] == 1.0
    narrow.works()


def test_failures_are_told_by_what_the_contract_says(
    hosting: Hosting, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        declared = hosting.ask("Fail", 0)
        assert (declared["error_code"], declared["error_details"]) == ("ContractError", 0.5)
        assert not caplog.records
        for value, path in ((1, "error"), (3, "reply")):
            failed = hosting.ask("Fail", value)
            assert failed["error_code"] == "SerializationError"
            assert failed["error_details"] == {
                "retryable": False,
                "delivered": "yes",
                "path": path,
            }
        # What would end a program ends no more than the call.
        for value in (2, 5):
            failed = hosting.ask("Fail", value)
            assert failed["error_code"] == "ActorFailed"
            assert failed["error_details"] == {"retryable": False, "delivered": "yes"}
            assert "secret" not in failed["error"]
        assert "secret" in caplog.text
        hosting.call("Count", 0, request_id="s5", **STREAMED)
        (frame,) = hosting.items("s5")
        assert frame["error_code"] == "ActorFailed"
    hosting.works()


def test_handlers_that_end_in_odd_ways_leave_room_for_others(narrow: Hosting) -> None:
    for value in (5, 6, 5):
        assert narrow.ask("Fail", value)["error_code"] == "ActorFailed"
    narrow.works()


def test_what_the_codec_cannot_write_is_told(narrow: Hosting) -> None:
    failed = narrow.ask("Fail", 4)
    assert failed["error_code"] == "SerializationError"
    assert failed["error_details"] == {"retryable": False, "delivered": "yes", "path": "payload"}
    narrow.works()


def test_more_calls_than_may_wait_are_refused(narrow: Hosting) -> None:
    count = WAITING + 1
    for number in range(count):
        narrow.call("Wait", number, request_id=str(number))
        if number == 0:
            assert narrow.handler.begun.get(timeout=PATIENCE) == 0
    refused = narrow.ask("Double", request_id="beyond")
    assert refused["error_code"] == "TargetBusy"
    assert refused["error_details"] == {"retryable": True, "delivered": "no"}
    narrow.handler.gate.set()
    answered = [narrow.server.expect(success=True)["payload"] for _ in range(count)]
    assert answered == [float(number) for number in range(count)]
    narrow.works()


def test_as_many_calls_run_at_once_as_may(hosting: Hosting) -> None:
    for number in range(20):
        hosting.call("Wait", number, request_id=str(number))
    begun = {hosting.handler.begun.get(timeout=PATIENCE) for _ in range(16)}
    assert begun == set(range(16))
    assert hosting.handler.begun.empty()
    hosting.handler.gate.set()
    answered = {hosting.server.expect(success=True)["payload"] for _ in range(20)}
    assert answered == set(map(float, range(20)))


def test_a_cancelled_call_is_answered_once(narrow: Hosting) -> None:
    narrow.call("Wait", 1)
    assert narrow.handler.begun.get(timeout=PATIENCE) == 1
    narrow.call("Wait", 2, request_id="s2")
    cancel = {"control": "cancel"}
    narrow.server.send(
        cancel | {"request_id": "s2"},
        cancel | {"request_id": "s1"},
        cancel | {"request_id": "s1"},
        cancel | {"request_id": "never"},
        cancel | {"request_id": ["s1"]},
        cancel,
    )
    waited, ran = narrow.server.expect(request_id="s2"), narrow.server.expect(request_id="s1")
    assert (waited["error_code"], waited["error_details"]["delivered"]) == ("Cancelled", "no")
    assert (ran["error_code"], ran["error_details"]["delivered"]) == ("Cancelled", "unknown")
    narrow.handler.gate.set()
    narrow.works()
    assert narrow.server.received.empty()


def test_no_more_items_are_sent_than_there_is_credit_for(hosting: Hosting) -> None:
    hosting.call("Count", 3, request_id="s3", credit=0, **STREAMED)
    hosting.works()
    credit = {"control": "credit", "stream_id": "s3"}
    hosting.server.send(
        credit | {"items": -5}, credit | {"items": "many"}, credit, credit | {"items": 2}
    )
    stream = hosting.items("s3")
    assert [next(stream)["payload"], next(stream)["payload"]] == [3.0, 2.0]
    hosting.works()
    hosting.server.send({"control": "credit", "stream_id": "none", "items": 1})
    hosting.server.send(credit | {"items": 2**60})
    assert [frame["payload"] for frame in stream] == [1.0, None]
    assert hosting.handler.closed.wait(PATIENCE)


def test_a_cancelled_stream_is_closed(hosting: Hosting) -> None:
    hosting.call("Count", 3, request_id="s3", credit=1, **STREAMED)
    stream = hosting.items("s3")
    assert next(stream)["payload"] == 3.0
    hosting.server.send({"control": "cancel", "request_id": "s3"})
    (end,) = stream
    assert (end["error_code"], end["sequence"]) == ("Cancelled", 1)
    assert hosting.handler.closed.wait(PATIENCE)
    hosting.works()


def test_a_call_whose_time_is_over_fails(narrow: Hosting) -> None:
    narrow.call("Count", 3, request_id="s3", credit=0, timeout_ms=20, **STREAMED)
    (end,) = narrow.items("s3")
    assert (end["error_code"], end["is_final"]) == ("Timeout", True)
    narrow.works()


def test_what_is_closed_ends_its_calls(hosting: Hosting) -> None:
    hosting.call("Wait", 1)
    assert hosting.handler.begun.get(timeout=PATIENCE) == 1
    hosting.call("Count", 3, request_id="s3", credit=1, **STREAMED)
    stream = hosting.items("s3")
    assert next(stream)["payload"] == 3.0
    hosting.close()
    hosting.close()
    ends = [hosting.server.expect(success=False) for _ in range(2)]
    assert {end["error_code"] for end in ends} == {"ActorStopped"}
    hosting.call("Double")
    # A blocking client that hosts nothing reads while somebody waits.
    assert hosting.client.ask("later") == "later"
    later = hosting.server.expect(request_id="s1")
    assert (later["error_code"], later["error_details"]["delivered"]) == ("ActorNotFound", "no")
    hosting.handler.gate.set()
    hosting.host("actor")
    hosting.works()


def envelope_of(method: str, **more: object) -> Envelope:
    return dict(request(method, **more).items())


class Full:
    """A way out that nobody reads at the other end."""

    backlog = BACKLOG

    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def write(self, frame: bytes) -> None:
        self.frames.append(frame)

    async def room(self, limit: int) -> None:
        await asyncio.get_running_loop().create_future()


def test_who_asks_and_does_not_read_costs_no_memory() -> None:
    async def run() -> None:
        actor, full = AsyncActor(1), Full()
        actor.methods.update(serve(HOSTED, Tasks(Plain())))
        host = AsyncHost({"actor": actor}, Answers(codec_named("json"), Terms()), full)
        host.take(envelope_of("Other"))
        bounded: tuple[Frame, ...] = ({}, {"timeout_ms": 0})
        for envelope in bounded:
            host.take(envelope_of("Double", **envelope))
            await asyncio.sleep(0)
            host.take({"control": "cancel", "request_id": "s1"})
        assert (full.frames, host.calls) == ([], {})

    asyncio.run(run())


def test_answers_go_over_no_other_connection(hosting: Hosting) -> None:
    hosting.call("Wait", 1)
    assert hosting.handler.begun.get(timeout=PATIENCE) == 1
    hosting.server.lose()
    # Made once more over the next connection.
    assert hosting.client.ask("again", idempotent=True) == "again"
    hosting.handler.gate.set()
    hosting.works()
    assert not any(frame.get("request_id") == "s1" for frame in hosting.server.received.queue)


def test_who_hosts_nothing_answers_too(server: FakeServer, connect: Callable[..., Client]) -> None:
    client = connect()
    assert client.ask(1) == 1
    server.send({"control": "credit", "stream_id": "s1", "items": 1}, request("Double"))
    # A blocking client reads while somebody waits.
    assert client.ask(2) == 2
    assert server.expect(request_id="s1")["error_code"] == "ActorNotFound"


@pytest.mark.parametrize("actor", ["", "a//b", "/a", "a/", "a\n", "\ud800", "é" * 128])
def test_ids_that_are_none_are_refused(hosting: Hosting, actor: str) -> None:
    with pytest.raises(ValueError, match="actor: "):
        hosting.host(actor)
    hosting.works()


def test_an_id_belongs_to_one_actor(hosting: Hosting) -> None:
    with pytest.raises(ValueError, match="another one is hosted"):
        hosting.host("actor")
    hosting.host("a/b")
    assert hosting.ask("Double", target="a/b")["payload"] == 2.0


def test_a_handler_has_every_method(server: FakeServer, connect: Callable[..., Client]) -> None:
    client = connect()
    with pytest.raises(TypeError, match="'double'"):
        client.host(object(), object(), "actor")
    with pytest.raises(ValueError, match="concurrency"):
        client.host(Plain(), Tasks(Plain()), "actor", 0)
    client.close()
    with pytest.raises(ConnectionLostError):
        client.host(Plain(), Tasks(Plain()), "actor")
