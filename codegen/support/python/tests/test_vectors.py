"""Replays the byte vectors of the wire, which the clients of all languages share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from callsheet_runtime.codec import codec_named
from callsheet_runtime.envelope import STREAM_CREDIT, Envelopes, Method
from callsheet_runtime.errors import CallError, ProtocolError, refusal
from callsheet_runtime.frame import FrameSplitter, seal
from callsheet_runtime.routing import RejectedError, Router
from callsheet_runtime.subscribers import Subscribers
from callsheet_runtime.terms import Terms

VECTORS = Path(__file__).parents[4] / "schema" / "wire" / "tests" / "vectors"


def vectors(*names: str) -> list[Any]:
    return [
        pytest.param(vector, id=f"{name}: {vector['name']}")
        for name in names
        for vector in json.loads((VECTORS / f"{name}.json").read_text())
    ]


def body(vector: Any) -> bytes:
    (found,) = FrameSplitter().feed(bytes.fromhex(vector["frame_hex"]))
    return found


READ = ("response", "stream", "push", "request", "subscribe", "callback")


@pytest.mark.parametrize("vector", vectors(*READ))
def test_frames_are_read_as_their_fields(vector: Any) -> None:
    assert codec_named(vector["codec"]).decode(body(vector)) == vector["fields"]


@pytest.mark.parametrize("vector", vectors("callback"))
def test_callbacks_are_written_from_their_fields(vector: Any) -> None:
    """This client hosts no actors, but its codec has all that one who does has to write."""
    frame = seal(codec_named(vector["codec"]).encode(vector["fields"]))
    assert frame.hex() == vector["frame_hex"]


def written(vector: Any) -> bytes | None:
    """The frame as this client writes it, or none if it never writes such a frame."""
    envelopes = Envelopes(codec_named(vector["codec"]))
    match vector["fields"]:
        case {"control": "cancel", "request_id": request_id}:
            return envelopes.cancel(request_id)
        case {"control": "credit", "stream_id": stream_id, "items": items}:
            return envelopes.credit(stream_id, items)
        case {"control": _} | {"meta": _} | {"reply_to": _} | {"chain": _}:
            pass
        case {"message_types": names, "request_id": request_id}:
            return envelopes.subscribe(names, request_id)
        case {
            "target": target,
            "message_type": name,
            "request_id": request_id,
            "timeout_ms": limit,
            "payload": payload,
        } as fields if fields.get("credit", STREAM_CREDIT) == STREAM_CREDIT:
            method = Method(name, "stream" if "expects_stream" in fields else "ask")
            return envelopes.request(method, envelopes.target(target), request_id, limit, payload)
        case {"target": target, "message_type": name, "payload": payload, **more} if not more:
            return envelopes.tell(Method(name, "tell"), envelopes.target(target), payload)
        case _:
            pass
    return None


CANONICAL = [
    vector
    for vector in vectors("request", "subscribe", "control")
    if vector.values[0]["canonical"] and written(vector.values[0]) is not None
]


@pytest.mark.parametrize("vector", CANONICAL)
def test_what_this_client_writes_is_canonical(vector: Any) -> None:
    frame = written(vector)
    assert frame is not None
    assert frame.hex() == vector["frame_hex"]


def test_every_kind_of_frame_that_this_client_writes_is_among_them() -> None:
    kinds = {frozenset(vector.values[0]["fields"]) for vector in CANONICAL}
    assert {
        frozenset({"target", "message_type", "payload"}),
        frozenset({"control", "request_id"}),
        frozenset({"control", "stream_id", "items"}),
        frozenset({"message_types", "request_id"}),
    } <= kinds
    assert any("timeout_ms" in kind for kind in kinds)


FAILURES = [
    vector
    for vector in vectors("response", "stream")
    if vector.values[0]["fields"].get("success") is False
]


@pytest.mark.parametrize("vector", FAILURES)
def test_failures_obey_their_details(vector: Any) -> None:
    fields = vector["fields"]
    failure = refusal(fields)
    details = fields.get("error_details")
    assert failure.code == fields.get("error_code", CallError.code)
    assert str(failure) in fields["error"]
    if failure.code != "ContractError" and details is not None:
        assert failure.delivered == details["delivered"]
        assert failure.retryable == details["retryable"]
        assert failure.path == details.get("path")
        assert failure.retry_after_ms == details.get("retry_after_ms")
        assert list(failure.chain) == details.get("chain", [])
        assert list(failure.candidates) == details.get("candidates", [])


@pytest.mark.parametrize("codec", ["json", "messagepack"])
@pytest.mark.parametrize("vector", vectors("refused"))
def test_broken_frames_do_no_more_than_end_the_connection(codec: Any, vector: Any) -> None:
    router: Router[Any, Any] = Router(
        codec_named(codec), Subscribers(), Terms(), leave=lambda: None, called=lambda _: None
    )
    try:
        router.dispatch(body(vector))
    except (ProtocolError, RejectedError):
        return
    # What only a server must refuse reaches nobody here.
    assert body(vector)[:1] in b"{\x80\x81\x82\x83\x84\x85"
