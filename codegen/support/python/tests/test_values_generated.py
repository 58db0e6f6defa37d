"""Classes as a generator makes them of unusual types: left out beside null, tags, many fields."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from .fake_server import PATIENCE, FakeServer, Frame, reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def api(generated: Callable[[str, str], Any]) -> Any:
    return generated("python_values", "values")


@pytest.fixture(params=["json", "messagepack"])
def client(api: Any, server: FakeServer, request: pytest.FixtureRequest) -> Iterator[Any]:
    with api.Client(server.path, codec=request.param, timeout=PATIENCE) as opened:
        yield opened


@pytest.fixture
def echoed(client: Any, server: FakeServer) -> Callable[[str, object], tuple[Any, Any]]:
    """Calls a method of one argument; what was sent for it, and received."""

    def call(method: str, value: object) -> tuple[object, object]:
        server.answer = lambda server, frame: server.send(
            reply(frame, next(iter(frame["payload"].values())))
        )
        received = getattr(client.values(), method)(value)
        return next(iter(server.expect(target="values")["payload"].values())), received

    return call


def test_what_is_left_out_and_null_are_two_things(
    api: Any, echoed: Callable[[str, object], tuple[Any, Any]]
) -> None:
    assert api.Patch() == api.Patch(note=api.UNSET, title=None, count=None)
    for patch, wire in (
        (api.Patch(), {}),
        (api.Patch(note=None), {"note": None}),
        (api.Patch(note="x", title="y", count=1), {"note": "x", "title": "y", "count": 1}),
    ):
        assert echoed("patch", patch) == (wire, patch)
    with pytest.raises(TypeError, match=r"^patch.title: expected str, found Unset$"):
        echoed("patch", api.Patch(title=api.UNSET))


def test_a_variant_tells_what_it_is(
    api: Any, echoed: Callable[[str, object], tuple[Any, Any]]
) -> None:
    made = api.HappeningSorted(kind_="fruit", count=2)
    wire, received = echoed("happen", made)
    assert wire == {"type": "Sorted", "kind": "fruit", "count": 2}
    assert received == made
    for value in (made, received, copy.deepcopy(received), pickle.loads(pickle.dumps(received))):  # noqa: S301
        assert value.kind == "Sorted"
        assert dataclasses.asdict(value) == {"kind_": "fruit", "count": 2, "kind": "Sorted"}
        assert repr(value) == "HappeningSorted(kind_='fruit', count=2)"
    assert echoed("happen", api.HappeningBegun())[1].kind == "Begun"
    assert dataclasses.replace(made, count=3).count == 3
    with pytest.raises(TypeError, match="unexpected keyword argument 'kind'"):
        api.HappeningSorted(kind="Sorted", kind_="x", count=1)


def answering(value: object) -> Callable[[FakeServer, Frame], None]:
    return lambda server, frame: server.send(reply(frame, value))


def wide(api: Any) -> Any:
    samples = [1, "x", True, 0.5, -(2**63), [1, 2], None, api.Status.OPEN]
    fields = {f"field_{number}": samples[number % 8] for number in range(200)}
    return api.Wide(**fields | {"field_198": "given"})


def test_a_type_of_200_fields_is_read_and_written(
    api: Any, client: Any, echoed: Callable[[str, object], tuple[Any, Any]]
) -> None:
    value = wide(api)
    sent, received = echoed("wide", value)
    assert received == value
    assert isinstance(sent, dict)
    assert len(sent) == 176, "what is None is left out"
    wrong = dataclasses.replace(value, field_193=5)
    with pytest.raises(TypeError, match=r"^wide.field_193: expected str, found int$"):
        client.values().wide(wrong)


@pytest.mark.parametrize("number", [0, 17, 18, 199])
def test_each_of_200_fields_is_missed_and_checked(
    api: Any, client: Any, server: FakeServer, number: int
) -> None:
    entries = {
        entry: value
        for entry in (f"field_{at}" for at in range(200))
        if (value := getattr(wide(api), entry)) is not None
    }
    entry = f"field_{number}"
    changes: list[tuple[dict[str, object], str]] = [
        ({}, f"reply: missing field `{entry}`"),
        ({entry: {}}, f"reply.{entry}: expected "),
    ]
    for change, problem in changes:
        rest = {key: value for key, value in entries.items() if key != entry} | change
        server.answer = answering(rest)
        with pytest.raises(api.DecodeError) as caught:
            client.values().wide(wide(api))
        assert str(caught.value).startswith(problem)


def test_a_method_of_60_arguments_is_called(client: Any, server: FakeServer) -> None:
    server.answer = lambda server, frame: server.send(reply(frame, None))
    client.values().many(*range(30), arg_59=7)
    sent = {f"arg_{number}": number for number in range(30)} | {"arg_59": 7}
    assert server.expect(target="values")["payload"] == sent
    with pytest.raises(ValueError, match=r"^arg_59: expected an integer from 0 to 255"):
        client.values().many(*range(30), arg_59=256)
