"""A client that was written by hand, from docs/acton.md alone."""

import json
import socket
import struct
import sys

REQUEST, RESPONSE, ERROR, HEARTBEAT, PUSH, SUBSCRIBE, STREAM = 1, 2, 3, 4, 5, 6, 9


class Client:
    def __init__(self, path, version):
        self.version = version
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)
        self.bytes = self.socket.makefile("rb")

    def send(self, kind, **fields):
        data = json.dumps(fields).encode() if fields else b""
        header = struct.pack(">IBB", len(data), self.version, kind)
        self.socket.sendall(header + (b"\x01" if self.version == 2 else b"") + data)

    def receive(self):
        length, version, kind = struct.unpack(">IBB", self.bytes.read(6))
        assert version == self.version
        if version == 2:
            assert self.bytes.read(1) == b"\x01"
        data = self.bytes.read(length)
        return kind, json.loads(data) if data else None

    def request(self, target, message_type, payload, **flags):
        self.send(REQUEST, correlation_id="r", target=target, message_type=message_type, payload=payload, **flags)

    def ask(self, target, message_type, payload):
        self.request(target, message_type, payload, expects_reply=True)
        kind, answer = self.receive()
        assert answer["correlation_id"] == "r" and answer["success"] == (kind == RESPONSE)
        return answer.get("payload") if kind == RESPONSE else answer["error_code"]

    def stream(self, target, message_type, payload):
        self.request(target, message_type, payload, expects_stream=True)
        while True:
            kind, frame = self.receive()
            if kind == ERROR or "error_code" in frame:
                yield frame["error_code"]
            elif not frame["is_final"]:
                yield frame["payload"]
            if kind != STREAM or frame["is_final"]:
                return

    def subscribe(self, event):
        self.send(SUBSCRIBE, correlation_id="u", message_types=[event])
        kind, answer = self.receive()
        if kind == ERROR:
            return answer["error_code"]
        kind, push = self.receive()
        assert kind == PUSH and push["message_type"] == event
        return answer["subscribed_types"], sorted(push["payload"])


client = Client(sys.argv[1], int(sys.argv[2]))
client.send(HEARTBEAT)
print(json.dumps(client.receive()))
print(json.dumps(client.ask("calculator", "AddRequest", {"a": 5, "b": 3})))
print(json.dumps(client.ask("calculator", "AddRequest", {"a": 2147483647, "b": 1})))
print(json.dumps(client.ask("nobody", "AddRequest", {})))
print(json.dumps(list(client.stream("countdown", "CountdownRequest", {"from": 3, "delay_ms": 1}))))
print(json.dumps(client.subscribe("PriceUpdate")))
