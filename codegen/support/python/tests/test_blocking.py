from __future__ import annotations

import gc
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from callsheet_runtime.blocking import BlockingConnection
from callsheet_runtime.decode import decode_i64, decode_str, decode_unit, missing
from callsheet_runtime.envelope import Method
from callsheet_runtime.errors import (
    ActorNotFoundError,
    CallError,
    CallTimeoutError,
    ConnectionLostError,
    ContractError,
    DecodeError,
    FrameTooLargeError,
    PermissionDeniedError,
    ProtocolError,
    RateLimitedError,
)
from callsheet_runtime.subscriptions import Gap

from .clients import within
from .fake_server import PATIENCE, FakeServer, Frame, item, push, refuse, reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callsheet_runtime.codec import CodecName, WireValue


class SoldOutError(ContractError):
    def __init__(self, left: int, text: str) -> None:
        super().__init__(text)
        self.left = left


def sold_out(details: WireValue, text: str) -> ContractError:
    if not isinstance(details, dict):
        raise missing("left")
    return SoldOutError(decode_i64(details["left"]), text)


ECHO = Method("demo.Echo", "ask", sold_out)
SILENT = Method("demo.Silent", "ask", sold_out)
NOTE = Method("demo.Note", "tell")
COUNT = Method("demo.Count", "stream", sold_out)


@pytest.fixture(params=["json", "messagepack"])
def codec(request: pytest.FixtureRequest) -> CodecName:
    chosen: CodecName = request.param
    return chosen


@pytest.fixture
def connection(server: FakeServer, codec: CodecName) -> Iterator[BlockingConnection]:
    opened = BlockingConnection(server.path, codec=codec, timeout=PATIENCE)
    yield opened
    opened.close()


def ask(
    connection: BlockingConnection,
    payload: object,
    method: Method = ECHO,
    timeout: float | None = None,
) -> Any:
    return connection.ask(
        method, connection.target("actor"), payload, within(timeout), lambda value: value
    )


def test_an_ask_and_what_is_sent_for_it(server: FakeServer, connection: BlockingConnection) -> None:
    assert ask(connection, {"a": "ü"}) == {"a": "ü"}
    assert server.expect() == {
        "target": "actor",
        "message_type": "demo.Echo",
        "expects_reply": True,
        "timeout_ms": PATIENCE * 1000,
        "request_id": "1",
        "payload": {"a": "ü"},
    }
    assert ask(connection, [1], timeout=0.5) == [1]
    assert server.expect(request_id="2")["timeout_ms"] == 500


def test_a_tell_has_no_id_and_no_reply(server: FakeServer, connection: BlockingConnection) -> None:
    connection.tell(NOTE, connection.target("actor"), {"a": 1}, {})
    assert server.expect() == {
        "target": "actor",
        "message_type": "demo.Note",
        "payload": {"a": 1},
    }


def test_replies_in_another_order_than_the_calls(
    server: FakeServer, connection: BlockingConnection
) -> None:
    held: list[Frame] = []

    def answer(server: FakeServer, frame: Frame) -> None:
        held.append(frame)
        if len(held) == 8:
            server.send(*(reply(frame, frame["payload"]) for frame in reversed(held)))

    server.answer = answer
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda n: ask(connection, n), range(8))) == list(range(8))


def test_many_threads_on_one_connection(connection: BlockingConnection) -> None:
    def work(number: int) -> None:
        for step in range(200):
            assert ask(connection, [number, step]) == [number, step]

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))


def test_one_that_times_out_hands_the_reading_on(
    server: FakeServer, connection: BlockingConnection
) -> None:
    with ThreadPoolExecutor(2) as threads:
        reader = threads.submit(ask, connection, 1, SILENT, 0.3)
        server.expect(message_type="demo.Silent")
        server.answer = lambda _server, _frame: None
        follower = threads.submit(ask, connection, 2)
        late = server.expect(message_type="demo.Echo")
        with pytest.raises(CallTimeoutError):
            reader.result(PATIENCE)
        server.send(reply(late, "late"))
        assert follower.result(PATIENCE) == "late"


def test_a_timeout_cancels_and_a_late_reply_is_dropped(
    server: FakeServer, connection: BlockingConnection
) -> None:
    begun = time.monotonic()
    with pytest.raises(CallTimeoutError, match=r"no reply to demo.Silent within 0.05 s") as caught:
        ask(connection, None, SILENT, 0.05)
    assert time.monotonic() - begun < PATIENCE / 2
    assert isinstance(caught.value, TimeoutError)
    assert (caught.value.delivered, caught.value.retryable) == ("unknown", False)
    silent = server.expect(message_type="demo.Silent")
    assert server.expect(control="cancel") == {
        "control": "cancel",
        "request_id": silent["request_id"],
    }
    server.send(reply(silent, "late"))
    assert ask(connection, 5) == 5


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
def test_a_limit_must_make_sense(connection: BlockingConnection, timeout: float) -> None:
    with pytest.raises(ValueError, match="timeout: expected"):
        ask(connection, None, timeout=timeout)


def test_refusals_obey_their_details(server: FakeServer, connection: BlockingConnection) -> None:
    details = {"retryable": False, "delivered": "yes", "retry_after_ms": 7, "path": "payload.a"}
    server.answer = lambda server, frame: server.send(
        refuse(frame, "RateLimited", "slow down", details)
    )
    with pytest.raises(RateLimitedError, match=r"^slow down$") as caught:
        ask(connection, None)
    failure = caught.value
    assert (failure.code, failure.retryable, failure.delivered) == ("RateLimited", False, "yes")
    assert (failure.retry_after_ms, failure.path) == (7, "payload.a")


def test_refusals_without_details_follow_the_table(
    server: FakeServer, connection: BlockingConnection
) -> None:
    server.answer = lambda server, frame: server.send(refuse(frame, "ActorNotFound"))
    with pytest.raises(ActorNotFoundError) as caught:
        ask(connection, None)
    assert (caught.value.retryable, caught.value.delivered) == (True, "no")


def test_codes_of_later_servers_are_kept(
    server: FakeServer, connection: BlockingConnection
) -> None:
    details = {"retryable": True, "delivered": "no"}
    server.answer = lambda server, frame: server.send(refuse(frame, "Brewing", "tea", details))
    with pytest.raises(CallError, match="tea") as caught:
        ask(connection, None)
    assert type(caught.value) is CallError
    assert (caught.value.code, caught.value.retryable) == ("Brewing", True)


def test_a_declared_error_carries_its_value(
    server: FakeServer, connection: BlockingConnection
) -> None:
    server.answer = lambda server, frame: server.send(
        refuse(frame, "ContractError", "sold out", {"left": 2})
    )
    with pytest.raises(SoldOutError, match=r"^sold out$") as caught:
        ask(connection, None)
    assert (caught.value.left, caught.value.delivered) == (2, "yes")


def test_a_reply_that_does_not_fit_the_contract(connection: BlockingConnection) -> None:
    with pytest.raises(DecodeError, match="reply: expected string, found integer"):
        connection.ask(ECHO, connection.target("actor"), 1, {}, decode_str)
    assert connection.ask(ECHO, connection.target("actor"), None, {}, decode_unit) is None


def test_a_declared_error_that_does_not_fit_the_contract(
    server: FakeServer, connection: BlockingConnection
) -> None:
    server.answer = lambda server, frame: server.send(
        refuse(frame, "ContractError", "sold out", {"left": "many"})
    )
    with pytest.raises(DecodeError, match="error: expected i64, found string"):
        ask(connection, None)


def test_too_large_a_frame_is_refused_before_it_is_sent(
    server: FakeServer, connection: BlockingConnection
) -> None:
    with pytest.raises(FrameTooLargeError):
        ask(connection, "x" * (16 * 1024 * 1024))
    assert ask(connection, 1) == 1
    assert server.expect()["payload"] == 1


def test_large_frames_both_ways(connection: BlockingConnection) -> None:
    text = "x" * (4 * 1024 * 1024)
    assert ask(connection, text) == text


def test_a_connection_that_is_not_made_anew_fails_what_is_in_flight_and_what_comes(
    server: FakeServer, codec: CodecName
) -> None:
    connection = BlockingConnection(server.path, codec=codec, timeout=PATIENCE, reconnect=False)
    with ThreadPoolExecutor(4) as threads:
        calls = [threads.submit(ask, connection, n, SILENT) for n in range(4)]
        for _ in calls:
            server.expect(message_type="demo.Silent")
        server.lose()
        for call in calls:
            with pytest.raises(ConnectionLostError) as caught:
                call.result(PATIENCE)
            assert caught.value.delivered == "unknown"
    with pytest.raises(ConnectionLostError) as caught:
        ask(connection, 1)
    assert (caught.value.delivered, caught.value.retryable) == ("no", True)
    assert server.connections == 1


def test_closing_ends_calls_in_other_threads(
    server: FakeServer, connection: BlockingConnection
) -> None:
    with ThreadPoolExecutor(2) as threads:
        calls = [threads.submit(ask, connection, n, SILENT) for n in range(2)]
        for _ in calls:
            server.expect(message_type="demo.Silent")
        connection.close()
        for call in calls:
            with pytest.raises(ConnectionLostError, match="the client is closed"):
                call.result(PATIENCE)
    connection.close()


def test_nothing_listens(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("empty") / "none"
    with pytest.raises(ConnectionLostError, match="failed to connect to") as caught:
        BlockingConnection(path)
    assert (caught.value.delivered, caught.value.retryable) == ("no", True)


def test_garbage_ends_the_connection(server: FakeServer, connection: BlockingConnection) -> None:
    server.answer = lambda server, _frame: server.send_raw(b"\0\0\0\1]")
    with pytest.raises(ConnectionLostError, match="received a frame that is not"):
        ask(connection, 1)


def test_a_refused_frame_without_an_id_ends_the_connection(
    server: FakeServer, connection: BlockingConnection
) -> None:
    server.answer = lambda server, _frame: server.send(
        {"success": False, "error": "ProtocolError: odd", "error_code": "ProtocolError"}
    )
    with pytest.raises(ConnectionLostError, match="odd"):
        ask(connection, 1)


def test_unknown_controls_are_ignored(server: FakeServer, connection: BlockingConnection) -> None:
    server.answer = lambda server, frame: server.send({"control": "tea"}, reply(frame, 1))
    assert ask(connection, 0) == 1


def test_a_server_that_takes_nothing_in(server: FakeServer, connection: BlockingConnection) -> None:
    gate = threading.Event()

    def answer(_server: FakeServer, _frame: Frame) -> None:
        assert gate.wait(PATIENCE)

    server.answer = answer
    connection.tell(NOTE, connection.target("actor"), None, {})
    server.expect(message_type="demo.Note")
    with pytest.raises(CallTimeoutError) as caught:
        ask(connection, "x" * (8 * 1024 * 1024), timeout=0.1)
    assert caught.value.delivered == "unknown"
    with pytest.raises(CallTimeoutError) as caught:
        ask(connection, 1, timeout=0.1)
    assert (caught.value.delivered, caught.value.retryable) == ("no", True)
    server.answer = lambda server, frame: server.send(reply(frame, 2))
    gate.set()
    assert ask(connection, 1) == 2


def count(connection: BlockingConnection, start: int, timeout: float | None = None) -> Any:
    return connection.stream(
        COUNT, connection.target("actor"), {"from": start}, within(timeout), decode_i64
    )


def test_a_stream_and_what_is_sent_for_it(
    server: FakeServer, connection: BlockingConnection
) -> None:
    assert list(count(connection, 3)) == [3, 2, 1]
    frame = server.expect()
    assert frame["expects_stream"] is True
    assert frame["credit"] == 64
    assert "expects_reply" not in frame


def test_an_empty_stream_and_an_empty_final_frame(
    server: FakeServer, connection: BlockingConnection
) -> None:
    server.answer = lambda server, frame: server.send(item(frame, 0, None, final=True))
    assert list(count(connection, 0)) == []
    server.answer = lambda server, frame: server.send(
        item(frame, 0, 7), item(frame, 1, None, final=True)
    )
    ticks = count(connection, 0)
    assert [next(ticks), *ticks, *ticks] == [7]


def test_long_streams_ask_for_more(server: FakeServer, connection: BlockingConnection) -> None:
    assert list(count(connection, 200)) == list(range(200, 0, -1))
    assert server.expect(control="credit") == {
        "control": "credit",
        "stream_id": "1",
        "items": 32,
    }


def test_streams_beside_calls(connection: BlockingConnection) -> None:
    first, second = count(connection, 3), count(connection, 2)
    assert next(first) == 3
    assert ask(connection, 1) == 1
    assert list(second) == [2, 1]
    assert list(first) == [2, 1]


@pytest.mark.parametrize("leave", ["with", "close", "drop"])
def test_leaving_a_stream_cancels_it(
    server: FakeServer, connection: BlockingConnection, leave: str
) -> None:
    server.answer = lambda server, frame: (
        server.send(item(frame, 0, 7)) if "target" in frame else None
    )
    ticks = count(connection, 1)
    if leave == "with":
        with ticks:
            assert next(ticks) == 7
    elif leave == "close":
        assert next(ticks) == 7
        ticks.close()
        assert list(ticks) == []
    else:
        for tick in ticks:
            assert tick == 7
            break
        del ticks
        gc.collect()
    assert server.expect(control="cancel")["request_id"] == "1"


def test_a_finished_stream_is_not_cancelled(
    server: FakeServer, connection: BlockingConnection
) -> None:
    with count(connection, 1) as ticks:
        assert list(ticks) == [1]
    ask(connection, None)
    server.expect(message_type="demo.Count")
    assert server.expect()["message_type"] == "demo.Echo"


def test_a_stream_that_fails_after_items(
    server: FakeServer, connection: BlockingConnection
) -> None:
    server.answer = lambda server, frame: server.send(
        item(frame, 0, 7),
        refuse(frame, "ContractError", "sold out", {"left": 1}, sequence=1),
    )
    ticks = count(connection, 1)
    assert next(ticks) == 7
    with pytest.raises(SoldOutError):
        next(ticks)
    assert list(ticks) == []


def test_a_stream_with_a_gap_is_a_violation(
    server: FakeServer, connection: BlockingConnection
) -> None:
    server.answer = lambda server, frame: (
        server.send(item(frame, 1, 7)) if "target" in frame else None
    )
    with pytest.raises(ProtocolError, match="expected frame 0"):
        next(count(connection, 1))
    server.expect(control="cancel")


def test_an_item_that_does_not_fit_cancels_the_stream(
    server: FakeServer, connection: BlockingConnection
) -> None:
    server.answer = lambda server, frame: (
        server.send(item(frame, 0, "x")) if "target" in frame else None
    )
    with pytest.raises(DecodeError, match="item: expected i64, found string"):
        next(count(connection, 1))
    server.expect(control="cancel")


def test_the_limit_of_a_stream_is_for_its_first_item(
    server: FakeServer, connection: BlockingConnection
) -> None:
    server.answer = lambda _server, _frame: None
    with pytest.raises(CallTimeoutError, match=r"no item of demo.Count within 0.05 s"):
        next(count(connection, 1, timeout=0.05))
    server.expect(control="cancel")
    ticks = count(connection, 1, timeout=0.2)
    frame = server.expect(message_type="demo.Count", request_id="2")
    server.send(item(frame, 0, 1))
    assert next(ticks) == 1
    later = threading.Timer(0.4, server.send, [item(frame, 1, 2, final=True)])
    later.start()
    assert next(ticks) == 2
    later.join()


def test_a_lost_connection_ends_a_stream_with_an_error(
    server: FakeServer, connection: BlockingConnection
) -> None:
    def answer(server: FakeServer, frame: Frame) -> None:
        server.send(item(frame, 0, 1))
        server.drop()

    server.answer = answer
    ticks = count(connection, 1)
    assert next(ticks) == 1
    with pytest.raises(ConnectionLostError):
        next(ticks)


def subscribe(connection: BlockingConnection, *names: str, buffer: int = 16) -> Any:
    return connection.subscribe(dict.fromkeys(names, decode_i64), buffer)


def readers() -> int:
    return sum(thread.name == "callsheet-reader" for thread in threading.enumerate())


def test_a_subscription_beside_calls(server: FakeServer, connection: BlockingConnection) -> None:
    with subscribe(connection, "demo.A", "demo.B") as events:
        assert server.expect() == {"message_types": ["demo.A", "demo.B"], "request_id": "1"}
        server.send(push("demo.A", 1, seq=1), push("demo.C", 9), push("demo.B", 2, seq=1))
        assert next(events) == 1
        assert ask(connection, "beside") == "beside"
        assert next(events) == 2
        assert events.missed == 0
        assert readers() == 1
    assert server.expect(control="unsubscribe") == {
        "control": "unsubscribe",
        "message_types": ["demo.A", "demo.B"],
    }
    assert list(events) == []
    assert ask(connection, 1) == 1
    end = time.monotonic() + PATIENCE
    while readers() and time.monotonic() < end:
        time.sleep(0.01)
    assert readers() == 0


def test_the_last_of_two_subscriptions_unsubscribes(
    server: FakeServer, connection: BlockingConnection
) -> None:
    first, second = subscribe(connection, "demo.A"), subscribe(connection, "demo.A")
    first.close()
    server.send(push("demo.A", 1))
    assert next(second) == 1
    second.close()
    kinds = [set(server.expect()) for _ in range(3)]
    assert kinds == [
        {"message_types", "request_id"},
        {"message_types", "request_id"},
        {"control", "message_types"},
    ]


def test_what_is_missed_is_told_where_it_is_missed(
    server: FakeServer, connection: BlockingConnection
) -> None:
    # The confirmation says that the next event is number 1.
    events = subscribe(connection, "demo.A", buffer=2)
    server.send(push("demo.A", 1, seq=5, missed=4), push("demo.A", 2, seq=6))
    server.send(reply({"request_id": "none"}, None))
    ask(connection, 0)
    notices = events.with_gaps()
    assert [next(notices) for _ in range(3)] == [Gap(4), 1, 2]
    server.send(*(push("demo.A", seq, seq=seq) for seq in (9, 10, 11)))
    ask(connection, 0)
    assert [next(notices) for _ in range(3)] == [Gap(2 + 1), 10, 11]
    assert events.missed == 4 + 2 + 1
    server.send(push("demo.A", 20, seq=20))
    assert next(events) == 20
    assert events.missed == 4 + 2 + 1 + 8


def test_a_refused_subscription(server: FakeServer, connection: BlockingConnection) -> None:
    server.answer = lambda server, frame: (
        server.send(refuse(frame, "PermissionDenied")) if "request_id" in frame else None
    )
    with pytest.raises(PermissionDeniedError):
        subscribe(connection, "demo.A")
    server.expect(control="unsubscribe")


def test_a_connection_that_is_not_made_anew_ends_a_subscription(
    server: FakeServer, codec: CodecName
) -> None:
    connection = BlockingConnection(server.path, codec=codec, timeout=PATIENCE, reconnect=False)
    events = subscribe(connection, "demo.A")
    server.send(push("demo.A", 1))
    server.lose()
    assert next(events) == 1
    with pytest.raises(ConnectionLostError):
        next(events)


def test_closing_a_subscription_ends_the_wait_of_another_thread(
    server: FakeServer, connection: BlockingConnection
) -> None:
    events = subscribe(connection, "demo.A")
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(list, events)
        server.send(push("demo.A", 1))
        ask(connection, 0)
        events.close()
        assert waiting.result(PATIENCE) in ([], [1])
