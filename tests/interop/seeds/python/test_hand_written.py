"""A client written by hand from the documents of the protocol, in the shape that they show, against the showcase.

It knows frames and maps and nothing else: no ids, no generated code.
"""

from __future__ import annotations

import json
import socket
import struct
from typing import TYPE_CHECKING, Any

import msgpack
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Frame = dict[str, Any]

CODECS: dict[str, tuple[Callable[[Frame], bytes], Callable[[bytes], Frame]]] = {
    "json": (lambda frame: json.dumps(frame).encode(), json.loads),
    "messagepack": (msgpack.packb, msgpack.unpackb),
}


class HandWrittenClient:
    def __init__(self, path: Path, codec: str) -> None:
        self.pack, self.unpack = CODECS[codec]
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(10)
        self.socket.connect(str(path))

    def send(self, target: str, message_type: str, payload: Frame, expects: str | None = "expects_reply") -> None:
        flags = {expects: True} if expects else {}
        self.send_frame({"target": target, "message_type": message_type, "payload": payload} | flags)

    def send_frame(self, frame: Frame) -> None:
        data = self.pack(frame)
        self.socket.sendall(struct.pack(">I", len(data)) + data)

    def receive(self) -> Frame:
        (length,) = struct.unpack(">I", self.receive_exactly(4))
        return self.unpack(self.receive_exactly(length))

    def receive_exactly(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            chunk = self.socket.recv(length - len(data))
            if not chunk:
                raise ConnectionError("the server closed the connection")
            data += chunk
        return data

    def receive_stream(self) -> list[Frame]:
        frames = [self.receive()]
        while not frames[-1]["is_final"]:
            frames.append(self.receive())
        return frames

    def close(self) -> None:
        self.socket.close()


@pytest.fixture(params=CODECS)
def client(request: pytest.FixtureRequest, showcase: Path) -> Iterator[HandWrittenClient]:
    client = HandWrittenClient(showcase, request.param)
    yield client
    client.close()


def items(frames: list[Frame]) -> list[Any]:
    """The items of a stream, whose end may be a frame of its own."""
    assert [frame["sequence"] for frame in frames] == list(range(len(frames)))
    assert len({frame["stream_id"] for frame in frames}) == 1
    return [frame["payload"] for frame in frames if not (frame["is_final"] and frame["payload"] is None)]


def test_a_request_has_a_response(client: HandWrittenClient) -> None:
    client.send("calculator", "AddRequest", {"a": 5, "b": 3})
    assert client.receive() == {"success": True, "payload": {"sum": 8}, "error": None}


def test_a_list_is_streamed(client: HandWrittenClient) -> None:
    client.send("list_service", "ListRequest", {"page_size": 10}, "expects_stream")
    expected = [{"id": number, "name": f"item {number}"} for number in range(1, 26)]
    assert items(client.receive_stream()) == expected


def test_a_countdown_is_streamed(client: HandWrittenClient) -> None:
    client.send("countdown", "CountdownRequest", {"from": 3, "delay_ms": 5}, "expects_stream")
    assert items(client.receive_stream()) == [{"value": 3}, {"value": 2}, {"value": 1}]


def test_state_is_set_and_read_in_the_order_of_the_requests(client: HandWrittenClient) -> None:
    client.send("kv_store", "SetValue", {"key": "name", "value": "Alice"})
    client.send("kv_store", "GetValue", {"key": "name"})
    client.send("kv_store", "GetValue", {"key": "nobody has set this"})
    assert client.receive() == {"success": True, "payload": None, "error": None}
    assert client.receive()["payload"] == {"value": "Alice"}
    assert client.receive()["payload"] == {"value": None}


def test_a_value_that_is_set_without_a_reply_is_there_for_the_next_request(client: HandWrittenClient) -> None:
    client.send("kv_store", "SetValue", {"key": "quiet", "value": "yes"}, expects=None)
    client.send("kv_store", "GetValue", {"key": "quiet"})
    assert client.receive()["payload"] == {"value": "yes"}


def test_events_are_pushed(client: HandWrittenClient) -> None:
    client.send_frame({"message_types": ["PriceUpdate", "TradeExecuted"]})
    pushes = [client.receive() for _ in range(6)]
    assert {push["message_type"] for push in pushes} == {"PriceUpdate", "TradeExecuted"}
    for push in pushes:
        assert push["notification_type"] == "subscription"
        assert push["timestamp"] > 1_600_000_000_000
        fields = {"symbol", "price"} if push["message_type"] == "PriceUpdate" else {"symbol", "price", "quantity"}
        assert push["payload"].keys() == fields


def test_requests_are_answered_beside_events(client: HandWrittenClient) -> None:
    client.send_frame({"message_types": ["PriceUpdate"]})
    while "notification_type" not in client.receive():
        pass
    client.send("calculator", "AddRequest", {"a": 2, "b": 2})
    while "notification_type" in (frame := client.receive()):
        pass
    assert frame["payload"] == {"sum": 4}


@pytest.mark.parametrize(
    ("target", "message_type", "words"),
    [
        ("calculator", "InvalidRequest", ["UnknownMessageType"]),
        ("nobody", "AddRequest", ["ActorNotFound", "AgentNotFound"]),
    ],
)
def test_errors_are_recognised_by_their_words(
    client: HandWrittenClient, target: str, message_type: str, words: list[str]
) -> None:
    client.send(target, message_type, {"a": 5, "b": 3})
    response = client.receive()
    assert response["success"] is False
    assert response["payload"] is None
    assert all(word in response["error"] for word in words)


@pytest.mark.parametrize(
    ("product", "details"),
    [("unicorn", {"ProductNotFound": "unicorn"}), ("gadget", "OutOfStock")],
)
def test_an_order_that_fails_says_why(client: HandWrittenClient, product: str, details: object) -> None:
    client.send("orders", "PlaceOrder", {"product": product})
    response = client.receive()
    assert (response["success"], response["error_code"]) == (False, "ContractError")
    assert response["error_details"] == details


def test_many_requests_are_answered_in_their_order(client: HandWrittenClient) -> None:
    """Whatever they are: replies, refusals and streams, of actors that need no time and of some that do."""
    rounds = 20
    for number in range(rounds):
        client.send("countdown", "CountdownRequest", {"from": 2, "delay_ms": 2}, "expects_stream")
        client.send("calculator", "AddRequest", {"a": number, "b": 1})
        client.send("nobody", "AddRequest", {"a": number, "b": 1})
        client.send("health", "HealthCheck", {})
    for number in range(rounds):
        assert items(client.receive_stream()) == [{"value": 2}, {"value": 1}]
        assert client.receive()["payload"] == {"sum": number + 1}
        assert "ActorNotFound" in client.receive()["error"]
        assert client.receive()["payload"] == {"status": "ok"}


def test_a_notification_changes_what_the_next_question_finds(client: HandWrittenClient) -> None:
    client.send("agent", "Notify", {"subject": "hello", "body": "are you there?"}, expects=None)
    client.send("agent", "QueryStatus", {})
    assert client.receive()["payload"] == "Online"


def test_both_codecs_share_a_connection(showcase: Path) -> None:
    client = HandWrittenClient(showcase, "json")
    for number, codec in enumerate(["json", "messagepack"] * 3):
        client.pack, client.unpack = CODECS[codec]
        client.send("calculator", "AddRequest", {"a": number, "b": number})
        assert client.receive()["payload"] == {"sum": 2 * number}
    client.close()
