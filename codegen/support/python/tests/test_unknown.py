"""Variants that the server knows and the client does not."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from callsheet_runtime import unions as u
from callsheet_runtime.codec import UnsignedWide, Wide, codec_named
from callsheet_runtime.decode import decode_fitting, decode_list, decode_str, decode_u8
from callsheet_runtime.mismatch import MismatchError, WrongTypeError, WrongValueError
from callsheet_runtime.unknown import (
    COUNT,
    OpenEnum,
    UnknownVariant,
    encode_data,
    unknown_member,
    unknown_variant,
)
from callsheet_runtime.unset import UNSET, Unset

from .fake_server import PATIENCE, FakeServer, Frame, refuse, reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Status(OpenEnum):
    OPEN = "open"
    SHUT = "shut"


@pytest.fixture(scope="session")
def api(generated: Callable[[str, str], Any]) -> Any:
    return generated("everything", "everything")


@pytest.fixture(params=["json", "messagepack"])
def codec(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def client(api: Any, server: FakeServer, codec: str) -> Iterator[Any]:
    with api.Client(server.path, codec=codec, timeout=PATIENCE) as opened:
        yield opened


def answering(value: object) -> Callable[[FakeServer, Frame], None]:
    return lambda server, frame: server.send(reply(frame, value))


def refusing(details: object) -> Callable[[FakeServer, Frame], None]:
    return lambda server, frame: server.send(refuse(frame, "ContractError", "refused", details))


DATA: dict[str, object] = {
    "b": [2**64 - 1, -(2**63), 1.5, None, "ü"],
    "a": {"deep": [{"er": True}]},
}
ROUND_TRIPS: list[tuple[str, object, tuple[object, ...]]] = [
    ("shape", "Later", ("Later",)),
    ("shape", {"Later": None}, ("Later", None)),
    ("shape", {"Later": DATA}, ("Later", DATA)),
    ("command", {"type": "later"}, ("later", {})),
    ("command", {"type": "later"} | DATA, ("later", DATA)),
    ("reading", {"kind": "Later"}, ("Later",)),
    ("reading", {"kind": "Later", "data": None}, ("Later", None)),
    ("reading", {"kind": "Later", "data": DATA}, ("Later", DATA)),
]


@pytest.mark.parametrize(("method", "wire", "given"), ROUND_TRIPS)
def test_unknown_variants_are_kept_and_written_back_as_they_came(
    api: Any, client: Any, server: FakeServer, method: str, wire: object, given: tuple[Any, ...]
) -> None:
    server.answer = answering(wire)
    call = getattr(client.shapes(), method)
    value = api.UnknownVariant(*given)
    received = call(value)
    assert received == value
    assert (received.name, received.kind) == (given[0], None)
    call(received)
    for _ in range(2):
        sent = server.expect(target="shapes")["payload"]["value"]
        assert sent == wire
        assert repr(sent) == repr(wire), "the order of maps is kept"


def test_unknown_names_are_kept_and_written_back(api: Any, client: Any, server: FakeServer) -> None:
    server.answer = answering("later")
    level = client.shapes().level(api.Level.DEBUG)
    assert level == api.Level.unknown("later")
    assert isinstance(level, api.Level)
    assert not level.is_known
    client.shapes().level(level)
    assert server.expect(target="shapes")["payload"]["value"] == "debug"
    assert server.expect(target="shapes")["payload"]["value"] == "later"


def test_unknown_names_are_keys_of_maps(api: Any, client: Any, server: FakeServer) -> None:
    levels = {api.Level.DEBUG: "a", api.Level.unknown("later"): "b"}
    server.answer = answering({"debug": "a", "later": "b"})
    assert client.containers().enum_map(levels) == levels
    assert server.expect()["payload"]["value"] == {"debug": "a", "later": "b"}


def test_unknown_variants_stand_within_others(api: Any, client: Any, server: FakeServer) -> None:
    value = api.ExpressionAdd((api.ExpressionLiteral(1.0), api.UnknownVariant("Power", [2])))
    wire = {"Add": [{"Literal": 1.0}, {"Power": [2]}]}
    server.answer = answering(wire)
    assert client.shapes().expression(value) == value
    assert server.expect()["payload"]["value"] == wire


def test_an_unknown_variant_of_an_error_is_that_error(
    api: Any, client: Any, server: FakeServer
) -> None:
    for details, error in (
        ("Later", api.UnknownVariant("Later")),
        ({"Later": [7]}, api.UnknownVariant("Later", [7])),
    ):
        server.answer = refusing(details)
        with pytest.raises(api.OrderError, match="refused") as caught:
            client.orders().cancel(1, "why")
        assert caught.value.error == error


@pytest.mark.parametrize(
    ("method", "wire", "problem"),
    [
        ("level", 5, "reply: expected string, found integer"),
        ("shape", {"Later": 1, "Other": 2}, "reply: expected object with one entry, found 2"),
        ("shape", 5, "reply: expected object, found integer"),
        ("shape", "Circle", "reply: expected object, since `Circle` has data, found string"),
        ("shape", {"Nothing": None}, "reply: expected string, since `Nothing` has no data"),
        ("command", {"type": 1}, "reply.type: expected string, found integer"),
        ("command", {"later": 1}, "reply: missing field `type`"),
        ("reading", {"kind": None}, "reply.kind: expected string, found null"),
    ],
)
def test_what_is_no_name_is_refused(
    api: Any, client: Any, server: FakeServer, method: str, wire: object, problem: str
) -> None:
    server.answer = answering(wire)
    value = api.Level.DEBUG if method == "level" else api.UnknownVariant("x")
    with pytest.raises(api.DecodeError) as caught:
        getattr(client.shapes(), method)(value)
    assert str(caught.value).startswith(problem)


def test_what_one_codec_read_the_other_writes() -> None:
    data: Any = {"b": b"\0\xff", 5: [2**70, -(2**70), 2**64 - 1], True: None}
    kept = unknown_variant("x", data)
    written = encode_data(kept.data)
    assert codec_named("json").encode(written) == (
        b'{"b":[0,255],"5":[1180591620717411303424,-1180591620717411303424,18446744073709551615],'
        b'"true":null}'
    )
    packed = codec_named("messagepack").decode(codec_named("messagepack").encode(written))
    assert packed == {
        "b": b"\0\xff",
        5: [(2**70).to_bytes(16, "big"), (-(2**70)).to_bytes(16, "big", signed=True), 2**64 - 1],
        True: None,
    }
    for number, kind in ((2**64, UnsignedWide), (2**128 - 1, UnsignedWide), (-(2**127), Wide)):
        assert type(encode_data(number)) is kind
    with pytest.raises(WrongValueError, match=r"^expected an integer of at most 128 bits$"):
        encode_data(2**128)


def test_data_that_nobody_can_have_sent_are_refused() -> None:
    wrong: list[tuple[Any, str]] = [
        ({"a": [0, {1}]}, r"^\['a'\]\[1\]: expected what the wire can carry, found set$"),
        ({None: 1}, r"^\[None\]: expected a key that is str, int or bool, found NoneType$"),
    ]
    for data, problem in wrong:
        with pytest.raises(WrongTypeError, match=problem):
            encode_data(data)
    extension: Any = object()
    with pytest.raises(MismatchError, match="expected a value of the wire, found extension"):
        unknown_variant("x", [extension])
    key: Any = {b"": 1}
    with pytest.raises(
        MismatchError, match="expected a key that is a string, an integer or a boolean"
    ):
        unknown_variant("x", key)


def test_unknown_variants_that_are_made_by_hand(api: Any, client: Any, server: FakeServer) -> None:
    shapes = client.shapes()
    for value, problem in (
        (api.UnknownVariant("Circle", 2.0), r"^value.name: `Circle` is a variant of Shape"),
        (api.UnknownVariant("x", [set()]), r"^value.data\[0\]: expected what"),
    ):
        with pytest.raises((TypeError, ValueError), match=problem):
            shapes.shape(value)
    for value, problem in (
        (api.UnknownVariant("x", 5), r"^value.data: expected what is written as a map, found int$"),
        (api.UnknownVariant("x", {"type": 1}), r"^value.data\['type'\]: expected no entry"),
    ):
        with pytest.raises(ValueError, match=problem):
            shapes.command(value)
    with pytest.raises(TypeError, match=r"^value: expected Scalar, found UnknownVariant$"):
        shapes.scalar(api.UnknownVariant("x"))
    with pytest.raises(TypeError, match=r"^value: expected Level, found str$"):
        shapes.level("typo")
    assert server.received.empty()
    server.answer = answering({"type": "x"})
    assert shapes.command(api.UnknownVariant("x")) == api.UnknownVariant("x", {})
    assert server.expect()["payload"]["value"] == {"type": "x"}


def test_data_that_nest_too_deep_for_their_place_are_not_sent(
    api: Any, client: Any, server: FakeServer
) -> None:
    def nest(levels: int) -> list[Any]:
        return [nest(levels - 1)] if levels > 1 else []

    server.answer = answering("Nothing")
    assert client.shapes().shape(api.UnknownVariant("Later", nest(62))) == api.ShapeNothing()
    assert server.expect()["payload"]["value"] == {"Later": nest(62)}
    with pytest.raises(ValueError, match=r"^value: nested deeper than 63 levels$"):
        client.shapes().shape(api.UnknownVariant("Later", nest(63)))
    assert server.received.empty()


def test_a_member_for_an_unknown_name_is_like_others() -> None:
    later = Status.unknown("later")
    assert later == Status.unknown("later") == unknown_member(Status, "later") == "later"
    assert later not in {Status.OPEN, Status.SHUT, Status.unknown("other")}
    assert {later: 1}[Status.unknown("later")] == 1
    assert isinstance(later, Status)
    assert (later.name, later.value, str(later)) == ("later", "later", "later")
    assert (repr(later), repr(Status.OPEN)) == ("Status.unknown('later')", "<Status.OPEN: 'open'>")
    assert (later.is_known, Status.OPEN.is_known) == (False, True)
    match later:
        case Status.OPEN | Status.SHUT:
            pytest.fail("it is none of the listed ones")
        case _:
            pass


def test_a_member_for_an_unknown_name_can_be_copied_and_pickled() -> None:
    for member in (Status.OPEN, Status.unknown("later")):
        for made in (
            copy.copy(member),
            copy.deepcopy([member])[0],
            pickle.loads(pickle.dumps(member)),  # noqa: S301
        ):
            assert made == member
            assert type(made) is Status
            assert made.is_known is member.is_known
    assert pickle.loads(pickle.dumps(Status.OPEN)) is Status.OPEN  # noqa: S301
    # Whoever reads it may know the name.
    how: Any
    arguments: Any
    how, arguments = unknown_member(Status, "open").__reduce_ex__(2)
    assert how(*arguments) is Status.OPEN


def test_an_enum_is_not_changed_by_what_is_received() -> None:
    for number in range(100):
        unknown_member(Status, f"later{number}")
    assert list(Status) == [Status.OPEN, Status.SHUT]
    assert len(Status.__members__) == len(Status._value2member_map_) == 2
    with pytest.raises(ValueError, match="'later1' is not a valid Status"):
        Status("later1")
    with pytest.raises(ValueError, match=r"'open' is not unknown: it is <Status.OPEN: 'open'>"):
        Status.unknown("open")


def decode_status(value: Any) -> Status:
    return u.decode_name({"open": Status.OPEN}, Status, value)


def decode_tagged(value: Any) -> object:
    return u.decode_external({"number": decode_u8}, {}, value)


def test_an_alternative_that_knows_all_goes_before_one_that_keeps_something() -> None:
    def untagged(*readers: Any) -> Callable[[Any], object]:
        return lambda value: u.decode_untagged(readers, "Any", value)

    before = COUNT.kept
    for readers in ((decode_status, decode_str), (decode_str, decode_status)):
        read = untagged(*readers)
        assert type(read("later")) is str
    assert untagged(decode_status, decode_str)("open") is Status.OPEN
    assert COUNT.kept == before, "what is not kept does not count"

    # Where each keeps something, or one fits only so, their order counts.
    assert untagged(decode_status, decode_tagged)("later") == Status.unknown("later")
    assert untagged(decode_tagged, decode_status)("later") == UnknownVariant("later")
    assert COUNT.kept == before + 2

    # One that lies deeper is seen too, and one that lies in what did not fit is not.
    several = untagged(lambda value: decode_list(decode_status, value), list)
    assert type(several(["open", "later"])[1]) is str  # type: ignore[index]
    inner = untagged(lambda value: decode_list(decode_status, value), decode_str)
    assert untagged(inner, decode_str)(["later"]) == [Status.unknown("later")]
    before = COUNT.kept
    assert decode_fitting(lambda value: decode_list(decode_status, value), ["later", 1]) is None
    assert COUNT.kept == before


def test_a_variant_that_nothing_tells_goes_before_an_unknown_one() -> None:
    def partly(*readers: Any) -> Callable[[Any], object]:
        return lambda value: u.decode_partly_tagged(decode_tagged, readers, value)

    assert partly(decode_str)("later") == "later"
    assert partly(decode_u8)("later") == UnknownVariant("later")
    assert partly(decode_str)({"number": 5}) == 5
    with pytest.raises(MismatchError, match=r"^number: expected u8, found string$"):
        partly(decode_str)({"number": "x"})


def test_what_is_left_out_is_not_nothing() -> None:
    assert repr(UNSET) == "UNSET"
    assert not UNSET
    assert UNSET is not None
    for made in (copy.deepcopy(UNSET), pickle.loads(pickle.dumps(UNSET))):  # noqa: S301
        assert made is UNSET
    assert isinstance(UNSET, Unset)
