"""Values that nest as deep as the wire lets them, and deeper; callers whose own stack is deep."""

from __future__ import annotations

import asyncio
import json
import sys
from struct import pack
from typing import TYPE_CHECKING, Any

import pytest

from callsheet_runtime.codec import codec_named
from callsheet_runtime.decode import decode_list, decode_u8, read_reply
from callsheet_runtime.depth import CUT, cut, is_deeper, on_own_stack
from callsheet_runtime.errors import DecodeError
from callsheet_runtime.mismatch import MismatchError, WrongValueError
from callsheet_runtime.unknown import encode_data, unknown_variant

from .fake_server import PATIENCE, FakeServer, Frame, refuse, reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def api(generated: Callable[[str, str], Any]) -> Any:
    return generated("python_values", "values")


@pytest.fixture(params=["json", "messagepack"])
def codec(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Caller:
    """Calls `nest` by one of the two clients, with so many frames of the caller's own below it."""

    def __init__(self, api: Any, server: FakeServer, codec: str, *, waits: bool) -> None:
        self._blocking = None if waits else api.Client(server.path, codec=codec, timeout=PATIENCE)
        self._make: Callable[[], Any] = lambda: api.AsyncClient(
            server.path, codec=codec, timeout=PATIENCE
        )

    def __call__(self, *values: object, frames: int = 0) -> object:
        """The reply to the last of the calls, which are made over one connection."""
        if self._blocking is None:
            return asyncio.run(self._wait(values, frames))
        return [self._below(value, frames) for value in values][-1]

    def _below(self, value: object, frames: int) -> object:
        assert self._blocking is not None
        return self._below(value, frames - 1) if frames else self._blocking.values().nest(value)

    async def _wait(self, values: tuple[object, ...], frames: int) -> object:
        async def below(value: object, frames: int) -> object:
            return await (below(value, frames - 1) if frames else client.values().nest(value))

        async with self._make() as client:
            return [await below(value, frames) for value in values][-1]

    def close(self) -> None:
        if self._blocking is not None:
            self._blocking.close()


@pytest.fixture(params=["blocking", "asyncio"])
def call(
    api: Any, server: FakeServer, codec: str, request: pytest.FixtureRequest
) -> Iterator[Caller]:
    caller = Caller(api, server, codec, waits=request.param == "asyncio")
    yield caller
    caller.close()


def nest(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels - 1):
        value = [value]
    return value


def framed(frame: Frame, payload: bytes, codec: str) -> bytes:
    """A reply whose payload the libraries of the tests could not write."""
    if codec == "json":
        body = json.dumps(reply(frame, None)).encode().replace(b'"payload": null', b'"payload": ')
        body = body[:-1] + payload + b"}"
    else:
        written = codec_named("messagepack").encode(reply(frame, None))
        assert written[-1:] == b"\xc0"
        body = written[:-1] + payload
    return pack(">I", len(body)) + body


def answering(levels: int, codec: str) -> Callable[[FakeServer, Frame], None]:
    """Answers an empty list with one that nests so deep, and else echoes."""
    lists = b"[" * levels + b"]" * levels if codec == "json" else b"\x91" * (levels - 1) + b"\x90"

    def answer(server: FakeServer, frame: Frame) -> None:
        value = frame["payload"]["nest"]
        server.send_raw(framed(frame, lists, codec)) if not value else server.send(
            reply(frame, value)
        )

    return answer


def test_64_levels_are_read(call: Caller, server: FakeServer, codec: str) -> None:
    server.answer = answering(64, codec)
    assert call([]) == nest(64)


@pytest.mark.parametrize("levels", [65, 300, 1000, 5000, 200_000])
def test_a_reply_that_nests_deeper_fails_its_call_alone(
    api: Any, call: Caller, server: FakeServer, codec: str, levels: int
) -> None:
    server.answer = answering(levels, codec)
    with pytest.raises(api.DecodeError, match=r"^reply: nested deeper than 64 levels$") as caught:
        call([])
    assert caught.value.delivered == "yes"
    server.answer = answering(1, codec)
    assert call([[]]) == [[]]
    assert server.connections == (1 if call._blocking else 2)


def test_an_error_that_nests_deeper_is_one_too(api: Any, call: Caller, server: FakeServer) -> None:
    server.answer = lambda server, frame: server.send(
        refuse(frame, "ContractError", "refused", nest(65))
    )
    with pytest.raises(api.DecodeError, match=r"^error: nested deeper than 64 levels$"):
        call([])


def test_what_is_sent_nests_as_deep_as_the_payload_has_room_for(
    call: Caller, server: FakeServer, codec: str
) -> None:
    server.answer = answering(1, codec)
    assert call(nest(63)) == nest(63)
    for levels in (64, 400, 20_000):
        with pytest.raises(ValueError, match=r"^nest: nested deeper than 63 levels"):
            call(nest(levels))
    within_itself: list[Any] = []
    within_itself.append(within_itself)
    with pytest.raises(ValueError, match=r"^nest: nested deeper than 63 levels, or without end$"):
        call(within_itself)
    sent = [server.received.get(timeout=PATIENCE) for _ in range(server.received.qsize())]
    assert [frame["payload"]["nest"] for frame in sent if "payload" in frame] == [nest(63)]


def test_callers_with_a_deep_stack_send_and_read_64_levels(
    call: Caller, server: FakeServer, codec: str
) -> None:
    depth = len(list(_frames()))
    for room in (400, 200, 120, 60):
        frames = sys.getrecursionlimit() - depth - room
        server.answer = answering(1, codec)
        assert call(nest(63), frames=frames) == nest(63)
        server.answer = answering(64, codec)
        assert call([], frames=frames) == nest(64)


def _frames() -> Iterator[object]:
    frame = sys._getframe()
    while frame is not None:
        yield frame
        frame = frame.f_back  # type: ignore[assignment]


def test_the_place_of_what_is_wrong_is_found_in_one_pass() -> None:
    calls = 0

    def decode(value: Any) -> object:
        nonlocal calls
        calls += 1
        return decode_list(decode, value) if type(value) is list else decode_u8(value)

    wrong: Any = "x"
    for _ in range(60):
        wrong = [0, wrong]
    with pytest.raises(MismatchError, match=r"^(\[1\]){60}: expected u8, found string$"):
        decode(wrong)
    assert calls == 121


def test_a_stack_that_never_suffices_is_a_failure_of_the_call() -> None:
    def decode(value: Any) -> object:
        return decode(value)

    with pytest.raises(DecodeError, match=r"^reply: nested too deep to be read here$"):
        read_reply(decode, None)
    with pytest.raises(ZeroDivisionError):
        on_own_stack(lambda number: 1 // number, 0)


def test_depth_is_counted() -> None:
    assert not is_deeper(5, 0)
    assert is_deeper([], 0)
    assert not is_deeper(nest(64), 64)
    assert is_deeper(nest(65), 64)
    assert is_deeper({"a": [1, {"b": {}}]}, 3)
    assert not is_deeper({"a": [1, {"b": {}}]}, 4)


def test_kept_data_nest_no_deeper() -> None:
    deep: Any = nest(65)
    assert encode_data(unknown_variant("x", deep[0]).data) == deep[0]
    with pytest.raises(MismatchError, match="nested deeper than 64 levels"):
        unknown_variant("x", deep)
    with pytest.raises(WrongValueError, match=r"^(\[0\]){64}: nested deeper than 64 levels$"):
        encode_data(deep)


def test_what_lies_too_deep_is_cut_out() -> None:
    text = b'{"a":"[[[\\"[","b":' + b"[" * 300 + b'"]"' + b"]" * 300 + b',"c":{"d":[]}}'
    left = json.loads(cut(text))
    assert (left["a"], left["c"]) == ('[[["[', {"d": []})
    assert is_deeper(left["b"], CUT - 2)
    assert not is_deeper(left["b"], CUT - 1)
    mixed = b'{"a":' * 250 + b"[1,2]" + b',"b":1}' * 250
    left = json.loads(cut(mixed))
    assert is_deeper(left, CUT - 1)
    assert not is_deeper(left, CUT)
    assert left["b"] == 1
    assert cut(b'[1,{"a":[]}]') == b'[1,{"a":[]}]'
