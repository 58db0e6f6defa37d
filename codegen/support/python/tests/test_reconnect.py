"""What becomes of calls, streams and tells when the connection is lost, for both clients."""

from __future__ import annotations

import json
import queue
import socket
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from callsheet_runtime import backoff
from callsheet_runtime.errors import (
    CallError,
    CallTimeoutError,
    ConnectionLostError,
    FrameTooLargeError,
    ShuttingDownError,
)

from .clients import SILENT
from .fake_server import PATIENCE, FakeServer, Frame, default_answer, item, reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callsheet_runtime.codec import CodecName

    from .clients import Client

    Connect = Callable[..., Client]


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(64) as pool:
        yield pool


@pytest.fixture(params=["json", "messagepack"])
def codec(request: pytest.FixtureRequest) -> CodecName:
    chosen: CodecName = request.param
    return chosen


def received(server: FakeServer) -> list[Frame]:
    """What has come and was not expected yet."""
    frames: list[Frame] = []
    while True:
        try:
            frames.append(server.received.get_nowait())
        except queue.Empty:
            return frames


def test_calls_made_while_there_is_no_connection_go_over_the_next(
    server: FakeServer, connect: Connect, threads: ThreadPoolExecutor, codec: CodecName
) -> None:
    client = connect(codec)
    server.stop()
    calls = [threads.submit(client.ask, n) for n in range(20)]
    told = threads.submit(client.tell, "note")
    server.start()
    assert [call.result(PATIENCE) for call in calls] == list(range(20))
    told.result(PATIENCE)
    frames = received(server)
    assert sorted(frame["payload"] for frame in frames if "request_id" in frame) == list(range(20))
    assert [frame["payload"] for frame in frames if "request_id" not in frame] == ["note"]


def test_a_call_that_was_sent_fails_and_is_not_repeated(
    server: FakeServer, connect: Connect, threads: ThreadPoolExecutor, codec: CodecName
) -> None:
    client = connect(codec)
    call = threads.submit(client.ask, 1, SILENT)
    server.expect(message_type="demo.Silent")
    server.lose()
    with pytest.raises(ConnectionLostError) as caught:
        call.result(PATIENCE)
    assert (caught.value.delivered, caught.value.retryable) == ("unknown", False)
    assert client.ask(2) == 2
    assert [frame["payload"] for frame in received(server)] == [2]
    assert server.connections == 2


def test_a_stream_that_was_asked_for_fails_and_another_one_works(
    server: FakeServer, connect: Connect
) -> None:
    def answer(server: FakeServer, frame: Frame) -> None:
        server.send(item(frame, 0, 7))

    client = connect()
    server.answer = answer
    tick = client.stream(3)
    assert tick() == 7
    server.answer = default_answer
    server.lose()
    with pytest.raises(ConnectionLostError) as caught:
        tick()
    assert caught.value.delivered == "unknown"
    assert client.stream(2)() == 2


def read_frame(peer: socket.socket) -> Any:
    with peer.makefile("rb") as reader:
        (length,) = struct.unpack(">I", reader.read(4))
        return json.loads(reader.read(length))


def test_a_call_that_was_not_written_whole_goes_over_the_next_connection(
    server: FakeServer, connect: Connect, threads: ThreadPoolExecutor
) -> None:
    server.stop()
    text = "x" * (4 << 20)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.settimeout(PATIENCE)
        listener.bind(str(server.path))
        listener.listen(1)
        client = connect()
        first, _ = listener.accept()
        with first:
            call = threads.submit(client.ask, text)
            # It has begun, and is far larger than what a socket holds.
            assert first.recv(1000)
        second, _ = listener.accept()
        with second:
            second.settimeout(PATIENCE)
            frame = read_frame(second)
            assert frame["payload"] == text
            body = json.dumps(reply(frame, "whole")).encode()
            second.sendall(struct.pack(">I", len(body)) + body)
            assert call.result(PATIENCE) == "whole"


def test_a_call_that_is_given_up_is_not_written_to_the_next_connection(
    server: FakeServer, connect: Connect
) -> None:
    server.stop()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.settimeout(PATIENCE)
        listener.bind(str(server.path))
        listener.listen(1)
        client = connect()
        first, _ = listener.accept()
        with first:
            with pytest.raises(CallTimeoutError) as caught:
                client.ask("x" * (4 << 20), limit=0.2)
            # Part of it has left, and the rest may follow.
            assert (caught.value.delivered, caught.value.retryable) == ("unknown", False)
    server.path.unlink()
    server.start()
    assert client.ask(2) == 2
    assert [frame.get("payload") for frame in received(server)] == [2]


def test_a_call_that_finds_no_connection_in_time_was_not_delivered_and_is_never_sent(
    server: FakeServer, connect: Connect
) -> None:
    client = connect()
    server.stop()
    with pytest.raises(CallTimeoutError, match=r"not sent within 0.2 s: ") as caught:
        client.ask("late", limit=0.2)
    assert (caught.value.delivered, caught.value.retryable) == ("no", True)
    with pytest.raises(CallTimeoutError, match="not sent") as caught:
        client.tell("late", limit=0.1)
    assert (caught.value.delivered, caught.value.retryable) == ("no", True)
    server.start()
    assert client.ask(2) == 2
    assert [frame["payload"] for frame in received(server)] == [2]


def test_closing_ends_the_wait_for_a_connection(
    server: FakeServer, connect: Connect, threads: ThreadPoolExecutor
) -> None:
    client = connect()
    assert client.ask(0) == 0
    server.stop()
    with pytest.raises(CallTimeoutError):
        client.ask(0, limit=0.05)
    calls = [threads.submit(client.ask, n) for n in range(3)]
    client.close()
    for call in calls:
        with pytest.raises(ConnectionLostError, match="the client is closed") as caught:
            call.result(PATIENCE)
        assert caught.value.delivered == "no"
    server.start()
    with pytest.raises(ConnectionLostError, match="the client is closed"):
        client.ask(1)
    assert server.connections == 1


def test_after_a_goodbye_calls_in_flight_are_answered_and_others_wait(
    server: FakeServer, connect: Connect, threads: ThreadPoolExecutor
) -> None:
    client = connect()
    call = threads.submit(client.ask, 1, SILENT)
    held = server.expect(message_type="demo.Silent")
    # The answer to another call is behind the goodbye, so this has been read by then.
    server.answer = lambda server, frame: server.send(
        {"control": "goodbye", "drain_ms": 1000}, reply(frame, "seen")
    )
    assert client.ask(2) == "seen"
    server.answer = default_answer
    later = threads.submit(client.ask, 3)
    server.send(reply(held, "answered"))
    assert call.result(PATIENCE) == "answered"
    server.lose()
    assert later.result(PATIENCE) == 3
    assert server.connections == 2


def test_after_a_goodbye_a_connection_that_is_not_made_anew_takes_no_calls(
    server: FakeServer, connect: Connect
) -> None:
    client = connect(reconnect=False)
    server.answer = lambda server, frame: server.send(
        {"control": "goodbye", "drain_ms": 1000}, reply(frame, "seen")
    )
    assert client.ask(1) == "seen"
    with pytest.raises(ShuttingDownError) as caught:
        client.ask(2)
    assert (caught.value.delivered, caught.value.retryable) == ("no", True)


def test_too_large_a_frame_fails_its_call_and_no_other(
    server: FakeServer, connect: Connect, threads: ThreadPoolExecutor, codec: CodecName
) -> None:
    client = connect(codec)
    small = threads.submit(client.ask, 1, SILENT)
    held = server.expect(message_type="demo.Silent")

    def answer(server: FakeServer, _frame: Frame) -> None:
        details = {"retryable": False, "delivered": "no", "max_frame": 5000}
        server.send(
            {
                "success": False,
                "error": "FrameTooLarge: over 5000 bytes",
                "error_code": "FrameTooLarge",
                "error_details": details,
                "payload": None,
            }
        )

    server.answer = answer
    for payload in ("x" * 6000, "x" * 5000):
        with pytest.raises(FrameTooLargeError) as caught:
            client.ask(payload)
        assert caught.value.delivered == "no"
    server.send(reply(held, "held"))
    assert small.result(PATIENCE) == "held"
    server.answer = default_answer
    assert client.ask(2) == 2
    # The second one was known to be too large before it was sent.
    assert len(received(server)) == 2
    assert server.connections == 1


def test_a_server_that_takes_no_more_connections_has_not_run_what_was_sent(
    server: FakeServer, connect: Connect
) -> None:
    client = connect()
    server.answer = lambda server, _frame: server.send(
        {"success": False, "error": "LimitExceeded: full", "error_code": "LimitExceeded"}
    )
    with pytest.raises(ConnectionLostError, match="full") as caught:
        client.ask(1)
    assert (caught.value.delivered, caught.value.retryable) == ("no", True)


def test_every_call_over_twenty_losses_has_one_outcome(
    server: FakeServer, connect: Connect, codec: CodecName, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of calls; each ends once, each answered one as it should, and none ran twice."""
    # A server that hangs up twenty times in a row would be left alone for long.
    monkeypatch.setattr(backoff, "MOST", 0.01)
    callers, each, losses = 12, 60, 20
    seen: list[int] = []
    lost = 0

    def answer(server: FakeServer, frame: Frame) -> None:
        nonlocal lost
        if "payload" not in frame:
            return
        number = frame["payload"]
        seen.append(number)
        if len(seen) % (callers * each // (2 * losses)) == 0 and lost < losses:
            lost += 1
            server.lose()
        else:
            server.send(reply(frame, number))

    client = connect(codec)
    server.answer = answer
    outcomes: list[tuple[int, object]] = []

    def call(caller: int) -> None:
        for at in range(each):
            number = caller * each + at
            try:
                outcomes.append((number, client.ask(number)))
            except CallError as failure:
                outcomes.append((number, failure))

    running = [threading.Thread(target=call, args=(caller,)) for caller in range(callers)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(PATIENCE * 4)
        assert not thread.is_alive()
    assert lost == losses
    assert sorted(number for number, _ in outcomes) == list(range(callers * each))
    assert len(seen) == len(set(seen)), "no call ran twice"
    failures = [outcome for _, outcome in outcomes if isinstance(outcome, CallError)]
    # What was asked for when the connection was lost; all else waited for the next one.
    assert losses <= len(failures) <= losses * callers
    for failure in failures:
        assert isinstance(failure, ConnectionLostError)
        assert (failure.delivered, failure.retryable) == ("unknown", False)
    assert all(
        number == outcome for number, outcome in outcomes if not isinstance(outcome, CallError)
    )
    assert server.connections == losses + 1
