"""A package generated from the sample of every type, against a server that echoes."""

from __future__ import annotations

import asyncio
import copy
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from .fake_server import PATIENCE, FakeServer, Frame, item, push, refuse, reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def api(generated: Callable[[str, str], Any]) -> Any:
    return generated("everything", "everything")


@pytest.fixture(params=["json", "messagepack"])
def client(api: Any, server: FakeServer, request: pytest.FixtureRequest) -> Iterator[Any]:
    server.answer = echo
    with api.Client(server.path, codec=request.param, timeout=PATIENCE) as opened:
        yield opened


def echo(server: FakeServer, frame: Frame) -> None:
    if frame.get("expects_reply"):
        payload = frame["payload"]
        value = payload.get("value") if isinstance(payload, dict) else payload
        server.send(reply(frame, value))


SCALARS: list[tuple[str, object]] = [
    ("bool", True),
    ("i8", -128),
    ("i64", -(2**63)),
    ("i128", -(2**127)),
    ("u64", 2**64 - 1),
    ("u128", 2**128 - 1),
    ("f64", 0.1),
    ("char", "ß"),
    ("string", "grüße\0"),
    ("bytes", bytes(range(256))),
]


@pytest.mark.parametrize(("name", "value"), SCALARS)
def test_scalars(client: Any, name: str, value: object) -> None:
    assert getattr(client.scalars(), f"echo_{name}")(value) == value


def test_times_and_nothing(api: Any, client: Any) -> None:
    scalars = client.scalars()
    assert scalars.echo_duration(api.Duration(1, 2)) == api.Duration(1, 2)
    assert scalars.echo_system_time(api.SystemTime(3, 4)) == api.SystemTime(3, 4)


CONTAINERS: list[tuple[str, object]] = [
    ("option", None),
    ("option", 7),
    ("list_", [1, -1]),
    ("set_", {"a", "b"}),
    ("array", [0.5, 1.0, 2.0]),
    ("tuple_", (1, "x", None)),
    ("single", (5,)),
    ("text_map", {"": 1}),
    ("integer_map", {-1: "x", 0: "y"}),
    ("wide_map", {2**64 - 1: b"\0\xff"}),
    ("bool_map", {True: ["x"], False: []}),
    ("nested", [{"a": None, "b": [(1, 2), (3, 4)]}]),
]


@pytest.mark.parametrize(("name", "value"), CONTAINERS)
def test_containers(client: Any, name: str, value: object) -> None:
    assert getattr(client.containers(), name)(value) == value


def test_maps_with_keys_of_an_enum(api: Any, client: Any) -> None:
    levels = {api.Level.DEBUG: "a", api.Level.ERROR: "b"}
    found = client.containers().enum_map(levels)
    assert found == levels
    assert all(isinstance(key, api.Level) for key in found)


def variants(api: Any) -> list[tuple[str, object]]:
    tree = api.Tree(value=1, children=[api.Tree(value=2, children=[])])
    literal = api.ExpressionLiteral(1.5)
    call = api.Call(inner=api.ExpressionNegate(literal), fallback=literal)
    return [
        ("unit_struct", None),
        ("sku", "sku"),
        ("pair", (1, "sku")),
        ("empty", api.Empty()),
        ("level", api.Level.WARNING),
        ("tree", tree),
        ("expression", api.ExpressionAdd((literal, literal))),
        ("expression", api.ExpressionCall(function="f", argument=call)),
        ("shape", api.ShapeNothing()),
        ("shape", api.ShapeCircle(2.0)),
        ("shape", api.ShapeLine((1.0, 2.0))),
        ("shape", api.ShapeRectangle(width=1.0, height=2.0)),
        ("shape", api.ShapeRectangle(width=1.0, height=2.0, label="x")),
        ("command", api.CommandStop()),
        ("command", api.CommandMoveTo(x=1, y=-1)),
        ("command", api.CommandConfigure(api.Options(verbose=True, retries=3))),
        ("reading", api.ReadingMissing()),
        ("reading", api.ReadingTemperature(1.5)),
        ("reading", api.ReadingPosition((1, 2, 3))),
        ("reading", api.ReadingSample(at=api.SystemTime(1), value=2**62)),
        ("scalar", api.ScalarNone()),
        ("scalar", api.ScalarFlag(value=True)),
        ("scalar", api.ScalarInteger(-5)),
        ("scalar", api.ScalarNumber(0.5)),
        ("scalar", api.ScalarText("x")),
        ("scalar", api.ScalarPair(("x", 1))),
        ("scalar", api.ScalarRange(low=1, high=2)),
    ]


def test_structs_and_enums(api: Any, client: Any) -> None:
    for name, value in variants(api):
        assert getattr(client.shapes(), name)(value) == value


def test_what_is_sent_for_the_four_forms_of_enums(
    api: Any, client: Any, server: FakeServer
) -> None:
    def sent(name: str, value: object) -> object:
        getattr(client.shapes(), name)(value)
        return server.expect(target="shapes")["payload"]["value"]

    assert sent("shape", api.ShapeNothing()) == "Nothing"
    assert sent("shape", api.ShapeCircle(2.0)) == {"Circle": 2.0}
    assert sent("command", api.CommandMoveTo(x=1, y=2)) == {"type": "move_to", "x": 1, "y": 2}
    assert sent("reading", api.ReadingMissing()) == {"kind": "Missing"}
    assert sent("reading", api.ReadingTemperature(0.5)) == {"kind": "Temperature", "data": 0.5}
    assert sent("scalar", api.ScalarText("x")) == "x"


def test_fields_in_every_manner(api: Any, client: Any, server: FakeServer) -> None:
    def answer(server: FakeServer, frame: Frame) -> None:
        value = frame["payload"]["value"]
        value["maxRetries"] = value.pop("max_retries")
        server.send(reply(frame, value | {"limit": 9, "later": 1}))

    server.answer = answer
    given = api.Settings(display_name="x", colour="red", max_retries=1, blob=b"\1")
    assert client.shapes().settings(given) == api.Settings(
        display_name="x", colour="red", max_retries=1, blob=b"\1", limit=9
    )
    sent = server.expect(target="shapes")["payload"]["value"]
    assert set(sent) == {"display-name", "colour", "maxRetries", "blob"}


def test_errors_are_exceptions_that_carry_the_error(
    api: Any, client: Any, server: FakeServer
) -> None:
    details: list[object] = [
        "OutOfStock",
        {"ProductNotFound": "sku"},
        {"Rejected": {"code": 7, "message": "no"}},
    ]
    server.answer = lambda server, frame: server.send(
        refuse(frame, "ContractError", "refused", details.pop(0))
    )
    caught: list[Any] = []
    for _ in range(3):
        with pytest.raises(api.OrderError, match="refused") as failure:
            client.orders().cancel(1, "why")
        caught.append(failure.value.error)
        for copied in (copy.copy(failure.value), pickle.loads(pickle.dumps(failure.value))):  # noqa: S301
            assert type(copied) is api.OrderError
            assert (str(copied), copied.error, copied.delivered) == ("refused", caught[-1], "yes")
    assert caught == [
        api.OrderErrorOutOfStock(),
        api.OrderErrorProductNotFound("sku"),
        api.OrderErrorRejected(code=7, message="no"),
    ]
    match caught[1]:
        case api.OrderErrorProductNotFound(value=product):
            assert product == "sku"
        case other:
            pytest.fail(f"{other} is another variant")
    details.append("plain text")
    with pytest.raises(api.StringError) as plain:
        client.orders().count()
    assert plain.value.error == "plain text"


def test_tells_and_ids_of_actors(client: Any, server: FakeServer) -> None:
    client.orders("orders/7").notify("subject", urgent=True)
    assert server.expect() == {
        "target": "orders/7",
        "message_type": "everything.Orders.Notify",
        "payload": {"subject": "subject", "urgent": True},
    }


def test_wrong_arguments_name_their_path(api: Any, client: Any, server: FakeServer) -> None:
    shapes, orders = client.shapes(), client.orders()
    good, bad = api.Tree(value=1, children=[]), api.Tree(value="x", children=[])
    wrong = api.Tree(value=1, children=[good, bad])
    with pytest.raises(ValueError, match=r"^value: expected an integer .* \(i8\), found 128$"):
        client.scalars().echo_i8(128)
    with pytest.raises(TypeError, match=r"^value.children\[1\].value: expected int \(i32\)"):
        shapes.tree(wrong)
    with pytest.raises(TypeError, match=r"^order: expected PlaceOrder, found dict$"):
        orders.place_order({"sku": "x"})
    with pytest.raises(TypeError, match=r"^value: expected Shape, found str$"):
        shapes.shape("Nothing")
    assert server.received.empty()


def test_replies_that_do_not_fit_name_their_path(api: Any, client: Any, server: FakeServer) -> None:
    tree = {"value": 1, "children": [{"value": 1}]}
    server.answer = lambda server, frame: server.send(reply(frame, tree))
    with pytest.raises(api.DecodeError, match=r"^reply.children\[0\]: missing field `children`$"):
        client.shapes().tree(api.Tree(value=1, children=[]))


def test_words_of_the_language(client: Any, server: FakeServer) -> None:
    names = "class type from constructor self_ self None def match async __proto__ prototype"
    fields = dict.fromkeys([*names.split(), "toString"], "x")
    server.answer = lambda server, frame: server.send(reply(frame, fields))
    with pytest.deprecated_call(match="everything.Keywords is deprecated"):
        keywords = client.keywords()
    found = keywords.class_("a", "b", "c", "d", "e", 5, "f", timeout=PATIENCE)
    assert (found.class_, found.self_, found.this) == ("x", "x", "x")
    assert server.expect()["payload"] == {
        "class": "a",
        "type": "b",
        "from": "c",
        "constructor": "d",
        "self_": "e",
        "timeout": 5,
        "options": "f",
    }


def count_down(server: FakeServer, frame: Frame) -> None:
    if frame.get("expects_stream"):
        server.send(
            item(frame, 0, {"remaining": 2}),
            item(frame, 1, {"remaining": 1}, final=True),
        )
    elif "message_types" in frame and "request_id" in frame:
        server.send(
            reply(frame, {"subscribed": dict.fromkeys(frame["message_types"], 1)}),
            push("a.Tick", {"remaining": 3}, seq=1),
            push("OrderCancelled", {"order_id": 4, "reason": None}, seq=1),
        )


def test_streams_and_subscriptions(api: Any, client: Any, server: FakeServer) -> None:
    server.answer = count_down
    with client.feed().countdown(2, delay_ms=1) as ticks:
        assert list(ticks) == [api.ATick(remaining=2), api.ATick(remaining=1)]
    with client.feed().subscribe(api.ATick, api.OrderCancelled) as events:
        assert next(events) == api.ATick(remaining=3)
        assert next(events) == api.OrderCancelled(order_id=4)
    with pytest.raises(TypeError, match="is no event of this contract"):
        client.feed().subscribe(api.Tree)
    with pytest.raises(TypeError, match="at least one"):
        client.feed().subscribe()


def test_asyncio(api: Any, server: FakeServer) -> None:
    async def main() -> None:
        async with (
            asyncio.timeout(PATIENCE),
            api.AsyncClient(server.path, codec="messagepack") as client,
        ):
            for name, value in variants(api):
                assert await getattr(client.shapes(), name)(value) == value
            server.answer = count_down
            async with client.feed().countdown(2, 1) as ticks:
                assert [tick.remaining async for tick in ticks] == [2, 1]
            async with client.feed().subscribe(api.ATick) as events:
                assert await anext(events) == api.ATick(remaining=3)
            await client.orders().notify("subject", urgent=False)

    server.answer = echo
    asyncio.run(main())


def test_values_are_frozen_and_compare(api: Any) -> None:
    settings = api.Options(verbose=True)
    assert settings == api.Options(verbose=True)
    with pytest.raises(AttributeError):
        settings.verbose = False
    assert api.Level("debug") is api.Level.DEBUG
