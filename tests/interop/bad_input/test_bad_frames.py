"""Frames that break the rules, written by hand byte by byte.

Each gets the answer that the protocol has for it, whole and in the frame's own codec; then the next request on the same
connection works.
"""

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

LIMIT = 16 << 20
"""The longest payload that the server takes, in bytes."""

ADD_JSON = b'{"target":"calculator","message_type":"AddRequest","expects_reply":true,"payload":%b}'
ADD_MESSAGEPACK = b"\x84\xa6target\xaacalculator\xacmessage_type\xaaAddRequest\xadexpects_reply\xc3\xa7payload%b"
NEXT = ADD_JSON % b'{"a":5,"b":3}'
NEXT_ANSWER = {"success": True, "payload": {"sum": 8}, "error": None}
PAUSED = (
    b'{"target":"countdown","message_type":"CountdownRequest","expects_stream":true,'
    b'"payload":{"from":2,"delay_ms":3600000}'
)
"""The start of a request for a stream whose second item is an hour away."""


class Connection:
    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(10)
        self.socket.connect(str(path))

    def send(self, *payloads: bytes) -> None:
        """Sends frames in one write."""
        self.socket.sendall(b"".join(struct.pack(">I", len(payload)) + payload for payload in payloads))

    def receive(self) -> tuple[str, Frame]:
        """The codec of the next frame, and its fields."""
        (length,) = struct.unpack(">I", self.receive_exactly(4))
        data = self.receive_exactly(length)
        return ("json", json.loads(data)) if data[:1] == b"{" else ("messagepack", msgpack.unpackb(data))

    def receive_exactly(self, length: int) -> bytes:
        data = self.socket.recv(length, socket.MSG_WAITALL)
        assert len(data) == length, "the server closed the connection"
        return data


@pytest.fixture
def connection(showcase: Path) -> Iterator[Connection]:
    """A connection on which the next request works, whatever the test has sent."""
    connection = Connection(showcase)
    yield connection
    connection.send(NEXT)
    assert connection.receive() == ("json", NEXT_ANSWER)
    connection.socket.close()


def refusal(code: str, text: str, path: str | None = None, **more: object) -> Frame:
    """The answer to a request that was refused before anybody got it; `more` are the fields that find its caller."""
    details: Frame = {"retryable": code == "ActorNotFound", "delivered": "no"} | ({"path": path} if path else {})
    refused: Frame = {"success": False, "payload": None, "error": f"{code}: {text}", "error_code": code}
    return refused | {"error_details": details} | more


def stream_refusal(code: str, text: str, path: str | None = None, *, stream_id: str) -> Frame:
    return refusal(code, text, path, stream_id=stream_id, sequence=0, is_final=True)


def codec_of(frame: bytes) -> str:
    """The codec of the answer to a frame: the frame's own if it has one, which its first byte tells."""
    return "messagepack" if frame and (frame[0] >> 4 == 8 or frame[0] in (0xDE, 0xDF)) else "json"


def answer_to(connection: Connection, frame: bytes) -> Frame:
    """The answer to the frame, which is in the frame's codec."""
    connection.send(frame)
    codec, answer = connection.receive()
    assert codec == codec_of(frame)
    return answer


@pytest.mark.parametrize(
    ("frame", "problem"),
    [
        pytest.param(b'{"target":"calculator"', "malformed JSON: ", id="JSON that ends early"),
        pytest.param(b'{"target":calculator}', "malformed JSON: ", id="JSON with a bare word"),
        pytest.param(NEXT + b" {}", "malformed JSON: trailing characters", id="JSON with something behind it"),
        pytest.param(ADD_JSON % b'{"a":5,"b":}', "malformed JSON: ", id="JSON malformed in the payload"),
        pytest.param(ADD_JSON % b'{"a":5,"b":"\xff"}', "malformed JSON: ", id="JSON that is not UTF-8"),
        pytest.param(b"\x82\xa6target", "malformed MessagePack: ", id="MessagePack that ends early"),
        pytest.param(b"\xdf\xff\xff\xff\xff", "malformed MessagePack: ", id="MessagePack of many entries, none there"),
        pytest.param(b"\x81\xa6target\xc1", "malformed MessagePack: the byte 0xc1", id="MessagePack's unused byte"),
        pytest.param(
            ADD_MESSAGEPACK % b"\x82\xa1a\x05\xa1b\x03\xc0",
            "malformed MessagePack: trailing bytes",
            id="MessagePack with something behind it",
        ),
        pytest.param(
            ADD_MESSAGEPACK % b"\x82\xa1a\x05\xa1b\xa1\xff",
            "malformed MessagePack: ",
            id="MessagePack that is not UTF-8",
        ),
    ],
)
def test_a_malformed_frame_is_refused(connection: Connection, frame: bytes, problem: str) -> None:
    answer = answer_to(connection, frame)
    text = answer["error"].removeprefix("ProtocolError: ")
    assert text.startswith(problem)
    assert answer == refusal("ProtocolError", text)


NEITHER = "the frame is neither a JSON object nor a MessagePack map"
NO_KIND = "a frame needs one of `target`, `message_types`, `control`, `stream_id`, `notification_type` and `success`"


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        pytest.param(b"", "the frame is empty", id="nothing"),
        pytest.param(b"\xef\xbb\xbf" + NEXT, NEITHER, id="byte order mark"),
        pytest.param(b"[%b]" % NEXT, NEITHER, id="JSON array"),
        pytest.param(b"\x91\x80", NEITHER, id="MessagePack array"),
        pytest.param(b"\x00\x00\x00\x02{}", NEITHER, id="length sent twice"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", NEITHER, id="HTTP"),
        pytest.param(b"{}", NO_KIND, id="empty JSON object"),
        pytest.param(b"\x80", NO_KIND, id="empty MessagePack map"),
        pytest.param(b'{"message_type":"AddRequest","payload":{"a":5,"b":3}}', NO_KIND, id="JSON without a target"),
        pytest.param(b"\x81\xa4kind\xa7request", NO_KIND, id="MessagePack of no known kind"),
        pytest.param(
            b'{"target":"calculator","stream_id":"s"}', "a frame with both `target` and `stream_id`", id="two kinds"
        ),
        pytest.param(
            b'{"target":"calculator","target":"calculator","message_type":"AddRequest"}',
            "duplicate field `target`",
            id="duplicate field",
        ),
        pytest.param(b'{"target":"calculator","payload":{}}', "missing field `message_type`", id="missing field"),
        pytest.param(
            b'{"target":7,"message_type":"AddRequest"}', "`target`: expected string, found integer", id="wrong field"
        ),
        pytest.param(
            b'{"stream_id":"s","sequence":0,"is_final":true}', "only a server sends a stream frame", id="item"
        ),
        pytest.param(b'{"success":true,"payload":1}', "only a server sends a response", id="response"),
    ],
)
def test_a_frame_of_no_use_is_refused(connection: Connection, frame: bytes, text: str) -> None:
    assert answer_to(connection, frame) == refusal("ProtocolError", text)


def test_a_frame_with_an_id_is_refused_by_its_id(connection: Connection) -> None:
    answer = answer_to(connection, b'{"request_id":"7","payload":{}}')
    assert answer == refusal("ProtocolError", NO_KIND, request_id="7")


NOT_REGISTERED = "`Subtract` is not registered for `calculator`"
NOT_EXPOSED = "no actor is exposed as `nobody` (AgentNotFound)"


@pytest.mark.parametrize(
    ("frame", "answer"),
    [
        (
            b'{"target":"calculator","message_type":"Subtract","payload":{},"expects_reply":true}',
            refusal("UnknownMessageType", NOT_REGISTERED),
        ),
        (
            b"\x83\xa6target\xaacalculator\xacmessage_type\xa8Subtract\xadexpects_reply\xc3",
            refusal("UnknownMessageType", NOT_REGISTERED),
        ),
        (
            b'{"target":"calculator","message_type":"Subtract","request_id":"7","expects_stream":true}',
            stream_refusal("UnknownMessageType", NOT_REGISTERED, stream_id="7"),
        ),
        (
            b'{"target":"nobody","message_type":"AddRequest","payload":{},"expects_reply":true}',
            refusal("ActorNotFound", NOT_EXPOSED),
        ),
        (
            b"\x84\xa6target\xa6nobody\xacmessage_type\xaaAddRequest\xaarequest_id\xa17\xadexpects_reply\xc3",
            refusal("ActorNotFound", NOT_EXPOSED, request_id="7"),
        ),
        (
            b"\x84\xa6target\xa6nobody\xacmessage_type\xaaAddRequest\xaarequest_id\xa17\xaeexpects_stream\xc3",
            stream_refusal("ActorNotFound", NOT_EXPOSED, stream_id="7"),
        ),
        (
            b'{"message_types":["PriceUpdate","Weather"],"request_id":"7"}',
            refusal("UnknownMessageType", "no event is called `Weather`", request_id="7"),
        ),
    ],
)
def test_what_does_not_exist_is_named(connection: Connection, frame: bytes, answer: Frame) -> None:
    assert answer_to(connection, frame) == answer


@pytest.mark.parametrize(
    ("in_json", "in_messagepack", "path", "problem"),
    [
        (b'{"a":5,"b":"3"}', b"\x82\xa1a\x05\xa1b\xa13", "payload.b", "expected i32, found string"),
        (b'{"a":5,"b":null}', b"\x82\xa1a\x05\xa1b\xc0", "payload.b", "expected i32, found null"),
        (b'{"a":5,"b":true}', b"\x82\xa1a\x05\xa1b\xc3", "payload.b", "expected i32, found boolean"),
        (b'{"a":5,"b":0.5}', b"\x82\xa1a\x05\xa1b\xca\x3f\x00\x00\x00", "payload.b", "expected i32, found float"),
        (b'{"a":[5],"b":3}', b"\x82\xa1a\x91\x05\xa1b\x03", "payload.a", "expected i32, found array"),
        (
            b'{"a":2147483648,"b":3}',
            b"\x82\xa1a\xce\x80\x00\x00\x00\xa1b\x03",
            "payload.a",
            "expected i32, found integer out of range",
        ),
        (b'{"a":5}', b"\x81\xa1a\x05", "payload", "missing field `b`"),
        (b'{"a":5,"a":5,"b":3}', b"\x83\xa1a\x05\xa1a\x05\xa1b\x03", "payload", "duplicate field `a`"),
        (b"[5,3]", b"\x92\x05\x03", "payload", "expected object, found array"),
        (b'"5+3"', b"\xa35+3", "payload", "expected object, found string"),
    ],
)
def test_a_payload_of_a_wrong_shape_is_refused(
    connection: Connection, in_json: bytes, in_messagepack: bytes, path: str, problem: str
) -> None:
    expected = refusal("SerializationError", f"{path}: {problem}", path)
    assert answer_to(connection, ADD_JSON % in_json) == expected
    assert answer_to(connection, ADD_MESSAGEPACK % in_messagepack) == expected


def test_a_wrong_payload_of_a_stream_is_refused_by_its_final_frame(connection: Connection) -> None:
    frame = b'{"target":"list_service","message_type":"ListRequest","payload":{"page_size":"1"},"expects_stream":true'
    path, text = "payload.page_size", "payload.page_size: expected u64, found string"
    answer = answer_to(connection, frame + b',"request_id":"7"}')
    assert answer == stream_refusal("SerializationError", text, path, stream_id="7")


@pytest.mark.parametrize("first", [b"{", b"\x84", b"\x00"], ids=["JSON", "MessagePack", "neither"])
def test_an_over_long_frame_is_refused_before_it_has_come(connection: Connection, first: bytes) -> None:
    connection.socket.sendall(struct.pack(">I", LIMIT + 1) + first)
    text = f"a frame of {LIMIT + 1} bytes was announced; at most {LIMIT} are taken"
    # It has no id: a client learns from the limit which of its requests were refused.
    refused = refusal("FrameTooLarge", text)
    details = {"retryable": False, "delivered": "no", "max_frame": LIMIT}
    assert connection.receive() == (codec_of(first), refused | {"error_details": details})
    connection.socket.sendall(bytes(LIMIT))


def test_the_longest_frame_is_taken(connection: Connection) -> None:
    assert answer_to(connection, NEXT.ljust(LIMIT)) == NEXT_ANSWER


STREAM_ALONE = "the method answers with a stream; set `expects_stream` alone"
REPLY_ALONE = "the method answers with one reply; set `expects_reply` alone"
NO_REPLY = "the method has no reply; set `expects_reply` alone to be told that it was enqueued, or no flag"
LIST = b'{"target":"list_service","message_type":"ListRequest","payload":{"page_size":1},"request_id":"7"'
ADD = b'{"target":"calculator","message_type":"AddRequest","payload":{"a":5,"b":3},"request_id":"7"'
NOTIFY = b'{"target":"agent","message_type":"Notify","payload":{"subject":"","body":""},"request_id":"7"'


@pytest.mark.parametrize(
    ("frame", "answer"),
    [
        (LIST + b',"expects_reply":true}', refusal("ProtocolError", STREAM_ALONE, request_id="7")),
        (
            LIST + b',"expects_reply":true,"expects_stream":true}',
            refusal("ProtocolError", STREAM_ALONE, request_id="7"),
        ),
        (ADD + b',"expects_reply":true,"expects_stream":true}', refusal("ProtocolError", REPLY_ALONE, request_id="7")),
        (NOTIFY + b',"expects_reply":true,"expects_stream":true}', refusal("ProtocolError", NO_REPLY, request_id="7")),
        (NOTIFY + b',"expects_stream":true}', stream_refusal("ProtocolError", NO_REPLY, stream_id="7")),
    ],
)
def test_flags_that_do_not_fit_the_method_are_refused(connection: Connection, frame: bytes, answer: Frame) -> None:
    assert answer_to(connection, frame) == answer


def test_an_id_in_use_is_refused_and_free_again_afterwards(connection: Connection) -> None:
    first = answer_to(connection, PAUSED + b',"request_id":"7"}')
    assert (first["stream_id"], first["payload"], first["is_final"]) == ("7", {"value": 2}, False)
    text = "`request_id`: a call with this id is in flight on this connection; choose another"
    assert answer_to(connection, ADD + b',"expects_reply":true}') == refusal("ProtocolError", text, request_id="7")
    final = answer_to(connection, b'{"control":"cancel","request_id":"7"}')
    assert (final["stream_id"], final["sequence"], final["is_final"]) == ("7", 1, True)
    assert (final["success"], final["error_code"], final["error_details"]["delivered"]) == (
        False,
        "Cancelled",
        "unknown",
    )
    assert answer_to(connection, ADD + b',"expects_reply":true}') == NEXT_ANSWER | {"request_id": "7"}


@pytest.mark.parametrize(
    ("request_id", "problem"),
    [
        (b'"~7"', "a first `~` is kept for the server's own ids; choose another"),
        (b'""', "expected 1 to 128 bytes, found 0"),
        (b'"%b"' % (b"7" * 129), "expected 1 to 128 bytes, found 129"),
        (b"7", "expected string, found integer"),
    ],
    ids=["first ~", "empty", "long", "number"],
)
def test_an_id_that_cannot_be_one_is_refused(connection: Connection, request_id: bytes, problem: str) -> None:
    frame = b'{"target":"calculator","message_type":"AddRequest","request_id":%b,"expects_reply":true}' % request_id
    assert answer_to(connection, frame) == refusal("ProtocolError", f"`request_id`: {problem}")


def test_an_unknown_control_is_refused(connection: Connection) -> None:
    for frame in [b'{"control":"dance","request_id":"7"}', b"\x82\xa7control\xa5dance\xaarequest_id\xa17"]:
        answer = answer_to(connection, frame)
        text = answer["error"].removeprefix("ProtocolError: ")
        assert text.startswith("`control`: this server does not know it; it knows ")
        assert answer == refusal("ProtocolError", text, request_id="7")


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(b'{"control":"dance"}', id="unknown control"),
        pytest.param(b'{"control":"cancel","request_id":"nothing of this id"}', id="cancel of nothing"),
        pytest.param(b'{"target":"nobody","message_type":"AddRequest"}', id="tell to an unknown actor"),
        pytest.param(b'{"target":"agent","message_type":"Notify","payload":{}}', id="tell of a wrong shape"),
        pytest.param(b'{"message_types":["Weather"]}', id="subscription to an unknown event"),
    ],
)
def test_what_wants_no_answer_gets_none(connection: Connection, frame: bytes) -> None:
    # Both in one write: an answer to the first would come before that to the second.
    connection.send(frame, NEXT)
    assert connection.receive() == ("json", NEXT_ANSWER)


def test_refusals_take_their_turn_among_requests_without_ids(connection: Connection) -> None:
    connection.send(PAUSED + b"}")
    _, first = connection.receive()
    assert first["payload"] == {"value": 2}
    connection.send(
        b"",
        b"{",
        b"\x81\xa6target\xc1",
        b'{"target":"nobody","message_type":"AddRequest","expects_reply":true}',
        ADD_MESSAGEPACK % b"\x80",
        NEXT,
        b'{"target":"nobody","message_type":"AddRequest","expects_reply":true,"request_id":"7"}',
    )
    # The refusal with an id is there at once; those without wait for the stream before them.
    assert connection.receive() == ("json", refusal("ActorNotFound", NOT_EXPOSED, request_id="7"))
    connection.send(b'{"control":"cancel","request_id":"%b"}' % first["stream_id"].encode())
    answers = [connection.receive() for _ in range(7)]
    assert [(codec, answer.get("error_code")) for codec, answer in answers] == [
        ("json", "Cancelled"),
        ("json", "ProtocolError"),
        ("json", "ProtocolError"),
        ("messagepack", "ProtocolError"),
        ("json", "ActorNotFound"),
        ("messagepack", "SerializationError"),
        ("json", None),
    ]
    assert (answers[0][1]["stream_id"], answers[0][1]["is_final"]) == (first["stream_id"], True)
    assert answers[-1][1] == NEXT_ANSWER
