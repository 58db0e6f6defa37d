"""A package generated from the sample of everything that serde can say: values on the wire."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from .fake_server import PATIENCE, FakeServer, Frame, item, push, refuse, reply
from .forms_on_the_wire import ID, NOW, NOW_TEXT, Sample, enums, flattened, structs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="module")
def api(generated: Callable[[str, str], Any]) -> Any:
    return generated("python_forms", "forms")


@pytest.fixture(params=["json", "messagepack"])
def codec(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def client(api: Any, server: FakeServer, codec: str) -> Iterator[Any]:
    with api.Client(server.path, codec=codec, timeout=PATIENCE) as opened:
        yield opened


@pytest.fixture
def mirror(client: Any, server: FakeServer) -> Callable[..., tuple[object, object]]:
    """Calls a method, which gets this answer, else its argument; what was sent and received."""

    def call(method: str, value: object, *answer: object) -> tuple[object, object]:
        def respond(server: FakeServer, frame: Frame) -> None:
            server.send(reply(frame, answer[0] if answer else frame["payload"]["value"]))

        server.answer = respond
        received = getattr(client.mirror(), method)(value)
        return server.expect(target="mirror")["payload"]["value"], received

    return call


@pytest.mark.parametrize("sample", [flattened, enums, structs])
def test_values_on_the_wire(
    api: Any,
    mirror: Callable[..., tuple[object, object]],
    sample: Callable[[Any], list[Sample]],
) -> None:
    for name, value, wire in sample(api):
        method = f"echo_{name}".lower()
        methods = {known.replace("_", ""): known for known in vars(api.client.Mirror)}
        assert mirror(methods[method.replace("_", "")], value) == (wire, value)


def test_every_form_of_text(api: Any, mirror: Callable[..., tuple[object, object]]) -> None:
    texts = {
        "uuid": (ID, UUID(ID)),
        "ip_address": ("::1", IPv6Address("::1")),
        "ipv4_address": ("1.2.3.4", IPv4Address("1.2.3.4")),
        "ipv6_address": ("::", IPv6Address("::")),
        "socket_address": ("[fe80::1%3]:80", "[fe80::1%3]:80"),
        "timestamp": (NOW_TEXT, NOW),
        "date_time": ("2024-02-29T23:59:59.500000", NOW.replace(tzinfo=None)),
        "date": ("2024-02-29", NOW.date()),
        "time": ("23:59:59.500000", NOW.time()),
        "decimal": ("-12.50", Decimal("-12.50")),
        "url": ("https://example.org/", "https://example.org/"),
        "path": ("/tmp", "/tmp"),  # noqa: S108
    }
    value = api.Forms(**{name: value for name, (_, value) in texts.items()})
    sent = {name: text for name, (text, _) in texts.items()}
    assert mirror("echo_forms", value) == (sent, value)
    for name in ("uuid", "ip_address", "timestamp", "date", "decimal", "url"):
        assert mirror(f"text_{name}", texts[name][1]) == texts[name]


def test_what_the_directions_differ_in(
    api: Any, mirror: Callable[..., tuple[object, object]]
) -> None:
    account = {"name": "n", "created": NOW_TEXT}
    assert mirror("echo_account", api.AccountInput(name="n", password="p"), account) == (  # noqa: S106
        {"name": "n", "password": "p"},
        api.Account(name="n", created=NOW),
    )
    assert mirror("echo_reading", (1, "a"), [1, "a", None]) == ([1, "a"], (1, "a", None))
    assert mirror("echo_degrees", 1.5, "1.50") == (1.5, Decimal("1.50"))
    assert mirror("echo_choice", api.ChoiceInputReading((1, "a")), {"Account": account}) == (
        {"Reading": [1, "a"]},
        api.ChoiceAccount(api.Account(name="n", created=NOW)),
    )


def test_numbers_that_are_never_zero(
    api: Any, client: Any, codec: str, mirror: Callable[..., tuple[object, object]]
) -> None:
    value = api.NonZeros(
        small=1,
        signed=-1,
        wide=2**127,
        many=[3],
        by_number={-4: "x"},
        by_key={api.KeyLow(): 1, api.KeyOther("k"): -1},
    )
    sent, received = mirror("echo_non_zeros", value)
    assert received == value
    is_json = codec == "json"
    assert sent == {
        "small": 1,
        "signed": -1,
        "wide": 2**127 if is_json else (2**127).to_bytes(16, "big"),
        "many": [3],
        "by_number": {"-4" if is_json else -4: "x"},
        "by_key": {"Low": 1, "k": -1},
    }
    good = {"small": 1, "signed": 1, "wide": 1, "many": [], "by_number": {}, "by_key": {}}
    zeros: list[tuple[str, dict[str, object]]] = [
        ("small", {"small": 0}),
        ("many[1]", {"many": [1, 0]}),
        ("by_number['0']", {"by_number": {"0": "x"}}),
        ("maybe", {"maybe": 0}),
    ]
    for at, bad in zeros:
        with pytest.raises(api.DecodeError) as caught:
            mirror("echo_non_zeros", value, good | bad)
        assert str(caught.value) == f"reply.{at}: expected an integer other than 0, found 0"
    with pytest.raises(ValueError, match=r"^value: expected an integer other than 0, found 0$"):
        client.mirror().nonzero(0)
    zero = api.NonZeros(small=1, signed=1, wide=0, many=[], by_number={}, by_key={})
    with pytest.raises(ValueError, match=r"^value.wide: expected an integer other than 0, found 0"):
        client.mirror().echo_non_zeros(zero)


def test_unknown_entries_are_passed_over(
    api: Any, mirror: Callable[..., tuple[object, object]]
) -> None:
    cases: list[tuple[str, object, dict[str, object]]] = [
        ("echo_job", api.Job(id=1, action=api.ActionGo(speed=1.0)), {"type": "go", "speed": 1.0}),
        ("echo_loose_job", api.LooseJob(id=1, loose=api.LoosePoint(x=1, y=2)), {"x": 1, "y": 2}),
        ("echo_blend_job", api.BlendJob(id=1, blend=api.BlendFixed(1)), {"Fixed": 1}),
    ]
    for method, value, answer in cases:
        assert mirror(method, value, {"new": [1]} | answer | {"id": 1, "last": None})[1] == value
    maybe = api.MaybeJob(id=1)
    unfit: list[dict[str, object]] = [
        {"type": 1},
        {"speed": 1.0},
        {"type": "go", "speed": "fast"},
    ]
    for rest in unfit:
        assert mirror("echo_maybe_job", maybe, {"id": 1} | rest)[1] == maybe
    entries = {"id": 1, "type": "later", "speed": [1]}
    later = api.MaybeJob(id=1, action=api.UnknownVariant("later", {"speed": [1]}))
    assert mirror("echo_maybe_job", later, entries) == (entries, later)
    with pytest.raises(api.DecodeError, match="reply: missing variant, expected one of `Off`"):
        mirror(
            "echo_device",
            api.Device(name="n", signal=api.SignalOff(), rest={}),
            {"name": "n", "Later": 1},
        )


@pytest.mark.parametrize(
    ("name", "answer", "problem"),
    [
        ("labelled", {"id": 1, "name": "n", "x": 1}, "reply['x']: expected string, found integer"),
        ("labelled", {"id": 1, "x": "y"}, "reply: missing field `name`"),
        ("job", {"id": 1}, "reply: missing field `type`"),
        ("job", {"id": 1, "type": "go", "speed": "x"}, "reply.speed: expected float, found string"),
        (
            "device",
            {"name": "n", "rest": []},
            "reply: missing variant, expected one of `Off`, `Dim`, `Move`, `Blink`",
        ),
        ("device", {"name": "n", "Dim": -1}, "reply.Dim: expected u8, found integer out of range"),
        ("device", {"name": "n", "Off": None, "r": 1}, "reply['r']: expected array, found integer"),
        ("mixed", {"Fixed": 256, "a": 1}, "reply: expected object with one entry, found 2"),
        ("level", 1, "reply: expected string, found integer"),
        ("never", "Later", "reply: fits no variant of Never"),
        ("user", {"id": "1", "name": "n"}, "reply.id: expected UUID, found text of another form"),
        ("texts", {"id": ID, "maybe": 1}, "reply.maybe: expected timestamp, found integer"),
        (
            "texts",
            {"id": ID, "dates": ["2024-01-01", "2024-13-01"]},
            "reply.dates[1]: expected date, found one that the standard library does not have",
        ),
        (
            "texts",
            {"id": ID, "dates": [], "by_id": {"x": "1"}},
            "reply.by_id['x']: expected UUID, found text of another form",
        ),
        ("reply__mirror__echo_reading", [1, "a"], "reply: expected array of 3, found array of 2"),
    ],
)
def test_replies_that_do_not_fit_name_their_path(
    api: Any, name: str, answer: object, problem: str
) -> None:
    decode = getattr(api._codecs, f"decode_{name}")
    with pytest.raises(api.DecodeError) as caught:
        api._runtime.decode.read_reply(decode, answer)
    assert str(caught.value).startswith(problem)


def test_wrong_arguments_name_their_path(api: Any, client: Any, server: FakeServer) -> None:
    mirror = client.mirror()
    off = api.SignalOff()
    taken = api.Labelled(id=1, name="n", extra={"title": "x"})
    with pytest.raises(ValueError, match=r"^value.extra\['title'\]: expected no entry"):
        mirror.echo_labelled(taken)
    twice = api.Device(name="n", signal=off, rest={"Off": []})
    with pytest.raises(ValueError, match=r"^value.rest\['Off'\]: expected no entry"):
        mirror.echo_device(twice)
    tag = api.Job(id=1, action=api.ActionCount({"type": 1}))
    with pytest.raises(ValueError, match=r"^value.action.value\['type'\]: expected no entry"):
        mirror.echo_job(tag)
    wrong = api.Job(id=1, action=api.ActionSignal(api.SignalDim(256)))
    with pytest.raises(ValueError, match=r"^value.action.value.value: expected an integer from 0"):
        mirror.echo_job(wrong)
    with pytest.raises(TypeError, match=r"^value.signal: expected Signal, found str$"):
        mirror.echo_device(api.Device(name="n", signal="Off", rest={}))
    with pytest.raises(ValueError, match=r"^value: expected a datetime with a zone"):
        mirror.text_timestamp(NOW.replace(tzinfo=None))
    with pytest.raises(TypeError, match=r"^value.id: expected UUID, found str$"):
        mirror.echo_user(api.User(id=ID, name="n"))
    assert server.received.empty()


def test_errors_streams_and_events_of_texts(api: Any, client: Any, server: FakeServer) -> None:
    mirror = client.mirror()
    server.answer = lambda server, frame: server.send(
        refuse(frame, "ContractError", "no", {"Until": NOW_TEXT})
    )
    with pytest.raises(api.RefusedError) as refused:
        mirror.refuse()
    assert refused.value.error == api.RefusedUntil(NOW)
    server.answer = lambda server, frame: server.send(refuse(frame, "ContractError", "no", ID))
    with pytest.raises(api.UuidError) as plain:
        mirror.refuse_plainly()
    assert plain.value.error == UUID(ID)

    server.answer = lambda server, frame: server.send(item(frame, 0, "2024-02-29", final=True))
    with mirror.days() as days:
        assert list(days) == [NOW.date()]

    def publish(server: FakeServer, frame: Frame) -> None:
        if "message_types" not in frame or "request_id" not in frame:
            return
        subscribed = dict.fromkeys(frame["message_types"], 1)
        server.send(
            reply(frame, {"subscribed": subscribed}),
            push("forms.Started", NOW_TEXT, seq=1),
            push("forms.Took", [{"secs": 1, "nanos": 2}], seq=1),
            push("forms.Priced", {"a": "1.5"}, seq=1),
            push("forms.Moved", {"name": "n", "Off": None}, seq=1),
        )

    server.answer = publish
    with mirror.subscribe(api.STARTED, api.TOOK, api.PRICED, api.Device) as events:
        assert [next(events) for _ in range(4)] == [
            NOW,
            [api.Duration(1, 2)],
            {"a": Decimal("1.5")},
            api.Device(name="n", signal=api.SignalOff(), rest={}),
        ]


@pytest.fixture(
    scope="module",
    params=["python_forms", "python_values", "python_names", "python_hosting", "everything"],
)
def package(generated: Callable[[str, str], Any], request: pytest.FixtureRequest) -> Path:
    """The folder of a generated package."""
    name = request.param.removeprefix("python_")
    return Path(generated(request.param, name).__file__).parent


def test_generated_code_is_clean(package: Path, tmp_path: Path) -> None:
    ruff = [sys.executable, "-m", "ruff"]
    for command in (
        # By the rules that it brings along.
        [*ruff, "check", "--no-cache", str(package)],
        [*ruff, "format", "--no-cache", "--check", str(package)],
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), str(package)],
    ):
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, timeout=300, cwd=tmp_path
        )
        assert done.returncode == 0, done.stdout + done.stderr
