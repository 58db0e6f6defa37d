"""What nobody should send, as raw frames: each gets its answer, and the next request on the same connection works."""

from __future__ import annotations

import json
import socket
import struct
from typing import TYPE_CHECKING, Any

import msgpack
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Frame = dict[str, Any]

MIB = 1024 * 1024
FRAME_LIMIT = 16 * MIB


class Connection:
    """A connection that sends bytes as they are."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(20)
        self.socket.connect(str(path))

    def send(self, payload: bytes) -> None:
        self.socket.sendall(struct.pack(">I", len(payload)) + payload)

    def receive(self) -> Frame:
        data = self.receive_exactly(struct.unpack(">I", self.receive_exactly(4))[0])
        received: Frame = json.loads(data) if data.startswith(b"{") else msgpack.unpackb(data)
        return received

    def receive_exactly(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            chunk = self.socket.recv(length - len(data))
            assert chunk, "the server closed the connection"
            data += chunk
        return data

    def call(self, payload: bytes) -> Frame:
        self.send(payload)
        return self.receive()


@pytest.fixture
def connection(showcase: Path) -> Iterator[Connection]:
    """A connection that must still work when the test is over."""
    connection = Connection(showcase)
    yield connection
    works(connection)
    connection.socket.close()


def works(connection: Connection) -> None:
    assert connection.call(request({"a": 5, "b": 3}))["payload"] == {"sum": 8}
    answer = connection.call(request({"a": 5, "b": 3}, request_id="next"))
    assert (answer["request_id"], answer["payload"]) == ("next", {"sum": 8})


def envelope(payload: object, **fields: object) -> Frame:
    return {"target": "calculator", "message_type": "AddRequest", "expects_reply": True, **fields, "payload": payload}


def request(payload: object, **fields: object) -> bytes:
    return json.dumps(envelope(payload, **fields)).encode()


def refused(answer: Frame, code: str, *words: str) -> Frame:
    """Whether it is a refusal with this code, which also begins its text; gives what else is said about it."""
    assert answer["success"] is False, answer
    assert answer["error_code"] == code, answer
    assert answer["error"].startswith(f"{code}: "), answer
    assert all(word in answer["error"] for word in words), answer
    assert answer.get("payload") is None
    details: Frame = answer["error_details"]
    assert isinstance(details["retryable"], bool)
    assert details["delivered"] in ("no", "yes", "unknown")
    return details


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xef\xbb\xbf" + request({"a": 1, "b": 2}),
        b"hello",
        b"[]",
        b"null",
        b"\x00\x01\x02",
        b"\xc1",
        b"\x93\x01\x02\x03",
        b"{",
        b"{}",
        b'{"target": "calculator"',
        b'{"target": "calculator", "message_type": "AddRequest", "payload": {"a": 5, "b": 3}, "expects_reply": true} x',
        b'{"target": "calculator", "target": "calculator", "message_type": "AddRequest", "payload": {}}',
        b'{"target": "\xff", "message_type": "AddRequest", "payload": {}, "expects_reply": true}',
        b'{"target": 5, "message_type": "AddRequest", "payload": {}, "expects_reply": true}',
        b'{"message_type": "AddRequest", "payload": {}, "expects_reply": true}',
        b'{"success": true, "payload": null, "error": null}',
        msgpack.packb({"target": "calculator", "message_type": 5, "payload": {}, "expects_reply": True}),
        msgpack.packb(envelope({"a": 5, "b": 3}))[:-1],
        msgpack.packb(envelope({"a": 5, "b": 3})) + b"\x00",
        b"\xdf\xff\xff\xff\xff",
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    ],
    ids=lambda payload: repr(payload[:24]),
)
def test_a_malformed_frame_is_a_protocol_error(connection: Connection, payload: bytes) -> None:
    assert refused(connection.call(payload), "ProtocolError")["delivered"] == "no"


def test_a_malformed_frame_takes_its_turn(connection: Connection) -> None:
    connection.send(request({"a": 1, "b": 1}))
    connection.send(b"{")
    connection.send(request({"a": 2, "b": 2}))
    assert connection.receive()["payload"] == {"sum": 2}
    refused(connection.receive(), "ProtocolError")
    assert connection.receive()["payload"] == {"sum": 4}


@pytest.mark.parametrize("codec", ["json", "messagepack"])
@pytest.mark.parametrize("request_id", [None, "7"])
@pytest.mark.parametrize(
    ("payload", "text", "path"),
    [
        ({"a": 5, "b": "secret"}, "payload.b: expected i32, found string", "payload.b"),
        ({"a": 5.5, "b": 3}, "payload.a: expected i32, found", "payload.a"),
        ({"a": 2**31, "b": 3}, "payload.a: expected i32", "payload.a"),
        ({"a": None, "b": 3}, "payload.a: expected i32, found null", "payload.a"),
        ({"a": True, "b": 3}, "payload.a: expected i32, found bool", "payload.a"),
        ({"a": {"b": 1}, "b": 3}, "payload.a: expected i32, found object", "payload.a"),
        ({"a": 5}, "b", None),
        ({}, "a", None),
        ([5, 3], "payload", None),
        ("5 + 3", "payload", None),
        (None, "payload", None),
    ],
)
def test_a_payload_of_another_shape_says_where(
    connection: Connection, codec: str, request_id: str | None, payload: object, text: str, path: str | None
) -> None:
    fields = {} if request_id is None else {"request_id": request_id}
    frame = envelope(payload, **fields)
    answer = connection.call(json.dumps(frame).encode() if codec == "json" else msgpack.packb(frame))
    details = refused(answer, "SerializationError", text)
    assert answer.get("request_id") == request_id
    assert (details["delivered"], details["retryable"]) == ("no", False)
    assert path is None or details["path"] == path
    assert "secret" not in answer["error"]


def test_duplicate_entries_of_a_payload_are_refused(connection: Connection) -> None:
    frame = b'{"target":"calculator","message_type":"AddRequest","expects_reply":true,"payload":{"a":1,"b":2,"a":3}}'
    refused(connection.call(frame), "SerializationError")


def test_unknown_entries_are_ignored(connection: Connection) -> None:
    answer = connection.call(request({"a": 5, "b": 3, "c": 1}, priority="high"))
    assert answer["payload"] == {"sum": 8}


@pytest.mark.parametrize("message_type", ["InvalidRequest", "demo.Calculator.Subtract", "ListRequest", ""])
def test_an_unknown_type_is_named(connection: Connection, message_type: str) -> None:
    details = refused(
        connection.call(request({}, message_type=message_type)), "UnknownMessageType", f"`{message_type}`"
    )
    assert (details["delivered"], details["retryable"]) == ("no", False)


@pytest.mark.parametrize("target", ["nobody", "Calculator", "calculator/"])
def test_an_unknown_actor_is_named(connection: Connection, target: str) -> None:
    details = refused(connection.call(request({}, target=target)), "ActorNotFound", target, "AgentNotFound")
    assert (details["delivered"], details["retryable"]) == ("no", True)


@pytest.mark.parametrize("request_id", ["", "~1", "x" * 129, 7])
def test_an_id_that_is_none_is_refused(connection: Connection, request_id: object) -> None:
    refused(connection.call(request({"a": 5, "b": 3}, request_id=request_id)), "ProtocolError", "request_id")


def test_an_id_in_use_is_refused(connection: Connection) -> None:
    stream = {"target": "countdown", "message_type": "CountdownRequest", "payload": {"from": 2, "delay_ms": 60_000}}
    connection.send(json.dumps(stream | {"expects_stream": True, "request_id": "one"}).encode())
    assert connection.receive()["stream_id"] == "one"
    refused(connection.call(request({"a": 5, "b": 3}, request_id="one")), "ProtocolError", "request_id", "in flight")
    connection.send(json.dumps({"control": "cancel", "request_id": "one"}).encode())
    final = connection.receive()
    assert (final["stream_id"], final["is_final"]) == ("one", True)
    refused(final, "Cancelled")


def test_flags_that_do_not_fit_are_named(connection: Connection) -> None:
    both = request({"a": 5, "b": 3}, expects_stream=True, request_id="both")
    refused(connection.call(both), "ProtocolError", "`expects_reply` alone")
    wrong = {"target": "countdown", "message_type": "CountdownRequest", "payload": {"from": 1, "delay_ms": 0}}
    refused(connection.call(json.dumps(wrong | {"expects_reply": True}).encode()), "ProtocolError", "expects_stream")
    one = connection.call(request({"a": 5, "b": 3}, expects_reply=False, expects_stream=True))
    assert (one["payload"], one["sequence"], one["is_final"]) == ({"sum": 8}, 0, True)


def test_a_refused_stream_ends_with_its_final_frame(connection: Connection) -> None:
    frame = {"target": "list_service", "message_type": "ListRequest", "payload": {"page_size": -1}}
    final = connection.call(json.dumps(frame | {"expects_stream": True, "request_id": "s"}).encode())
    refused(final, "SerializationError", "payload.page_size")
    assert (final["stream_id"], final["sequence"], final["is_final"]) == ("s", 0, True)


@pytest.mark.parametrize("length", [FRAME_LIMIT + 1, FRAME_LIMIT + 3 * MIB])
def test_an_over_long_frame_is_passed_over(connection: Connection, length: int) -> None:
    connection.socket.sendall(struct.pack(">I", length))
    remaining = length
    while remaining:
        remaining -= connection.socket.send(b" " * min(remaining, MIB))
    assert refused(connection.receive(), "FrameTooLarge", str(FRAME_LIMIT))["delivered"] == "no"


def test_an_announced_length_reserves_nothing(showcase: Path) -> None:
    """A frame that never comes costs the server nothing, and others do not wait for it."""
    silent = [Connection(showcase) for _ in range(20)]
    for connection in silent:
        connection.socket.sendall(struct.pack(">I", 2**32 - 1))
    other = Connection(showcase)
    works(other)
    for connection in [*silent, other]:
        connection.socket.close()


def test_a_frame_in_pieces_is_one_frame(connection: Connection) -> None:
    payload = request({"a": 5, "b": 3})
    for byte in struct.pack(">I", len(payload)) + payload:
        connection.socket.send(bytes([byte]))
    assert connection.receive()["payload"] == {"sum": 8}


def test_events_that_nobody_publishes_are_refused(connection: Connection) -> None:
    frame = {"message_types": ["PriceUpdate", "Weather"], "request_id": "s"}
    refused(connection.call(json.dumps(frame).encode()), "UnknownMessageType", "Weather")


def test_a_control_that_nobody_knows_is_refused(connection: Connection) -> None:
    refused(connection.call(b'{"control": "dance", "request_id": "c"}'), "ProtocolError", "control", "`cancel`")
    # Without an id it is ignored.
    connection.send(b'{"control": "dance"}')
