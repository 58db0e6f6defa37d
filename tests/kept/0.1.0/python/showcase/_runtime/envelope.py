"""The envelopes that a client writes: all that a method's calls have in common is laid out once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from .frame import seal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .codec import Codec
    from .errors import DeclaredError

Kind: TypeAlias = Literal["ask", "tell", "stream"]
"""What a method answers with: one reply, nothing, or many items."""

STREAM_CREDIT: Final = 64
"""How many items of a stream the server may send ahead of the reader."""

PROTOCOL: Final = 1
"""The version of the protocol that this client speaks."""

_JSON = 0
_MESSAGEPACK = 1


class Method:
    """A method of a contract: its message type, laid out once for each codec.

    Example:
        >>> ADD = Method("demo.Calculator.Add", "ask")
    """

    __slots__ = ("declared", "idempotent", "layouts", "message_type")

    def __init__(
        self,
        message_type: str,
        kind: Kind,
        declared: DeclaredError | None = None,
        *,
        idempotent: bool = False,
    ) -> None:
        """Lays out all that its calls have in common.

        Args:
            message_type: The full name of its message.
            kind: What it answers with.
            declared: Makes the exception of the error that it declares.
            idempotent: Whether a call does no harm if it is made twice.
        """
        self.message_type: str = message_type
        self.declared: DeclaredError | None = declared
        self.idempotent: bool = idempotent
        self.layouts: tuple[Layout, Layout] = (
            _json_layout(message_type, kind),
            _packed_layout(message_type, kind),
        )


class Layout(NamedTuple):
    """The pieces of a request's envelope between which stands what differs by call."""

    opening: bytes
    """Before the actor's id."""
    named: bytes
    """Before the request id; in a tell, which has none, before the payload."""
    expecting: bytes
    """Before the time limit."""
    limited: bytes
    """Before the payload."""


class Envelopes:
    """Writes the frames of one connection in its codec."""

    __slots__ = ("_codec", "_layout", "_tell_end")

    def __init__(self, codec: Codec) -> None:
        """Chooses the layout of the codec."""
        self._codec = codec
        self._layout = _JSON if codec.name == "json" else _MESSAGEPACK
        self._tell_end = b"}" if codec.name == "json" else b""

    def target(self, actor: str) -> bytes:
        """An actor's id as it stands in an envelope; made once for each typed address."""
        return _json(actor) if self._layout == _JSON else pack(actor)

    def request(
        self, method: Method, target: bytes, request_id: str, timeout_ms: int, payload: object
    ) -> bytes:
        """The frame of an ask or of a request for a stream; the id must be of digits."""
        opening, named, expecting, limited = method.layouts[self._layout]
        body = self._codec.encode(payload)
        if self._layout == _JSON:
            written, limit = request_id.encode(), b"%d" % timeout_ms
            return seal(opening, target, named, written, expecting, limit, limited, body, b"}")
        written, limit = pack(request_id), pack(timeout_ms)
        return seal(opening, target, named, written, expecting, limit, limited, body)

    def tell(self, method: Method, target: bytes, payload: object) -> bytes:
        """The frame of a tell."""
        opening, named, _, _ = method.layouts[self._layout]
        return seal(opening, target, named, self._codec.encode(payload), self._tell_end)

    def subscribe(self, message_types: Iterable[str], request_id: str) -> bytes:
        """The frame that subscribes to events."""
        return self._plain({"message_types": list(message_types), "request_id": request_id})

    def hello(self, contracts: Mapping[str, str], request_id: str) -> bytes:
        """The frame by which a client introduces itself, with the hashes of its contracts."""
        return self._plain(
            {
                "control": "hello",
                "request_id": request_id,
                "protocol": [PROTOCOL, PROTOCOL],
                "contracts": dict(contracts),
                "client": "callsheet-python",
            }
        )

    def schema(self, document: object, request_id: str) -> bytes:
        """The frame that has the server judge which calls of the document's contracts fit."""
        return self._plain(
            {
                "control": "schema",
                "request_id": request_id,
                "document": document,
                # Variants that this client does not know are kept, so new ones fit.
                "open_enums": True,
            }
        )

    def unsubscribe(self, message_types: Iterable[str]) -> bytes:
        """The frame that ends subscriptions; it has no id, so nothing answers it."""
        return self._plain({"control": "unsubscribe", "message_types": list(message_types)})

    def cancel(self, request_id: str) -> bytes:
        """The frame that cancels a call or a stream."""
        return self._plain({"control": "cancel", "request_id": request_id})

    def credit(self, stream_id: str, items: int) -> bytes:
        """The frame that lets a stream send so many items more."""
        return self._plain({"control": "credit", "stream_id": stream_id, "items": items})

    def _plain(self, envelope: dict[str, object]) -> bytes:
        return seal(self._codec.encode(envelope))


def pack(value: str | bool | int) -> bytes:
    """One short text, flag or non-negative integer as MessagePack, without the library."""
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return _pack_integer(value)
    text = value.encode()
    size = len(text)
    if size < 1 << 5:
        return bytes([0xA0 | size]) + text
    if size < 1 << 8:
        return b"\xd9" + size.to_bytes(1, "big") + text
    return b"\xda" + size.to_bytes(2, "big") + text


def _pack_integer(value: int) -> bytes:
    if value < 1 << 7:
        return bytes([value])
    for marker, size in ((b"\xcc", 1), (b"\xcd", 2), (b"\xce", 4)):
        if value < 1 << (8 * size):
            return marker + value.to_bytes(size, "big")
    return b"\xcf" + value.to_bytes(8, "big")


def _json_layout(message_type: str, kind: Kind) -> Layout:
    named = b',"message_type":' + _json(message_type)
    if kind == "tell":
        return Layout(b'{"target":', named + b',"payload":', b"", b"")
    credit = b',"credit":%d' % STREAM_CREDIT if kind == "stream" else b""
    return Layout(
        b'{"target":',
        named + b',"request_id":"',
        b'","%b":true,"timeout_ms":' % _EXPECTS[kind].encode(),
        credit + b',"payload":',
    )


def _packed_layout(message_type: str, kind: Kind) -> Layout:
    named = pack("message_type") + pack(message_type)
    if kind == "tell":
        return Layout(_MAP_OF[3] + pack("target"), named + pack("payload"), b"", b"")
    credit = pack("credit") + pack(STREAM_CREDIT) if kind == "stream" else b""
    return Layout(
        _MAP_OF[7 if credit else 6] + pack("target"),
        named + pack("request_id"),
        pack(_EXPECTS[kind]) + pack(True) + pack("timeout_ms"),
        credit + pack("payload"),
    )


def _json(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False).encode()


_EXPECTS = {"ask": "expects_reply", "stream": "expects_stream"}
_MAP_OF = {size: bytes([0x80 | size]) for size in range(16)}
