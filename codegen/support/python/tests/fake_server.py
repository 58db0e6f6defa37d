"""A server that speaks the protocol as far as the tests of the clients need it."""

from __future__ import annotations

import json
import queue
import socket
import struct
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import msgpack  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Frame: TypeAlias = dict[str, Any]

PATIENCE = 10.0
"""How long a test waits for what must happen, in seconds."""


class FakeServer:
    """Accepts one connection after the other; records frames and answers as `answer` says."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.received: queue.Queue[Frame] = queue.Queue()
        self.answer: Callable[[FakeServer, Frame], None] = default_answer
        self.knows_hello = False
        """Whether introductions are recorded and answered as all else, and not refused at once."""
        self.connections = 0
        """How many connections were accepted so far."""
        self._peer: socket.socket | None = None
        self._mutex = threading.Lock()
        self._listen()
        self._json = True

    def _listen(self) -> None:
        self._over = False
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen(1)
        self._thread = threading.Thread(target=self._run, args=(self._listener,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def expect(self, **entries: object) -> Frame:
        """The next received frame that has these entries; those before it are passed over."""
        while True:
            frame = self.received.get(timeout=PATIENCE)
            if entries.items() <= frame.items():
                return frame

    def send(self, *frames: Frame) -> None:
        """Sends frames in one write, in the codec of the last received one."""
        assert self._peer is not None
        self._peer.sendall(b"".join(self._encode(frame) for frame in frames))

    def send_raw(self, data: bytes) -> None:
        assert self._peer is not None
        self._peer.sendall(data)

    def lose(self) -> None:
        """Ends the connection, and accepts the next one."""
        peer = self._peer
        if peer is not None:
            with suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)

    def drop(self) -> None:
        """Ends the connection, and accepts no other."""
        with self._mutex:
            self._over = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self.lose()

    def stop(self) -> None:
        """The same, and leaves the path free."""
        self.drop()
        self._listener.close()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        self.path.unlink(missing_ok=True)

    def start(self) -> None:
        """Is there again after a stop."""
        self._listen()

    def _encode(self, frame: Frame) -> bytes:
        body = json.dumps(frame).encode() if self._json else msgpack.packb(frame) or b""
        return struct.pack(">I", len(body)) + body

    def _unpack(self, body: bytes) -> Any:
        return msgpack.unpackb(body, strict_map_key=False)

    def _run(self, listener: socket.socket) -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with self._mutex:
                if self._over:
                    peer.close()
                    return
                self._peer = peer
                self.connections += 1
            self._serve(peer)

    def _serve(self, peer: socket.socket) -> None:
        with peer, peer.makefile("rb") as reader:
            try:
                while len(prefix := reader.read(4)) == 4:
                    body = reader.read(struct.unpack(">I", prefix)[0])
                    self._json = body[:1] == b"{"
                    frame: Frame = json.loads(body) if self._json else self._unpack(body)
                    if frame.get("control") == "hello" and not self.knows_hello:
                        self.send(refuse(frame, "ProtocolError"))
                        continue
                    self.received.put(frame)
                    self.answer(self, frame)
            except OSError:
                pass


def reply(frame: Frame, payload: object) -> Frame:
    return {
        "success": True,
        "request_id": frame["request_id"],
        "error": None,
        "payload": payload,
    }


def refuse(
    frame: Frame, code: str, text: str = "no", details: object = None, **more: object
) -> Frame:
    identity = (
        {"stream_id": frame["request_id"], "sequence": 0, "is_final": True}
        if frame.get("expects_stream")
        else {"request_id": frame["request_id"]}
    )
    return {
        "success": False,
        **identity,
        "error": f"{code}: {text}",
        "error_code": code,
        "error_details": details,
        "payload": None,
        **more,
    }


def item(frame: Frame, sequence: int, payload: object, *, final: bool = False) -> Frame:
    return {
        "stream_id": frame["request_id"],
        "sequence": sequence,
        "is_final": final,
        "payload": payload,
    }


def push(message_type: str, payload: object, **more: object) -> Frame:
    return {
        "notification_type": "subscription",
        "message_type": message_type,
        "timestamp": 1,
        **more,
        "payload": payload,
    }


def default_answer(server: FakeServer, frame: Frame) -> None:
    """Echoes asks to `Echo`, counts down for `Count`, confirms subscriptions; else silence."""
    match frame:
        case {"message_type": "demo.Echo"}:
            server.send(reply(frame, frame["payload"]))
        case {"message_type": "demo.Count", "payload": {"from": int(start)}}:
            for sequence in range(start):
                server.send(item(frame, sequence, start - sequence, final=sequence == start - 1))
        case {"message_types": list(names), "request_id": _}:
            server.send(reply(frame, {"subscribed": dict.fromkeys(names, 1)}))
        case _:
            pass
