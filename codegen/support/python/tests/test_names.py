"""A package whose contracts use the names that generated modules need for themselves."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

import pytest

from .fake_server import PATIENCE, FakeServer, Frame, item, push, refuse, reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="module")
def api(generated: Callable[[str, str], Any]) -> Any:
    return generated("python_names", "names")


@pytest.fixture(params=["json", "messagepack"])
def client(api: Any, server: FakeServer, request: pytest.FixtureRequest) -> Iterator[Any]:
    server.answer = echo
    with api.Client(server.path, codec=request.param, timeout=PATIENCE) as opened:
        yield opened


def echo(server: FakeServer, frame: Frame) -> None:
    if "expects_reply" in frame:
        server.send(reply(frame, next(iter(frame["payload"].values()), 7)))


def accessors(client: Any) -> list[str]:
    """The client's methods for contracts, but for the deprecated one."""
    named = inspect.getmembers(type(client), inspect.isfunction)
    own = {"close", "connect", "words"}
    return [name for name, _ in named if name not in own and not name.startswith("_")]


def test_every_contract_is_called_whatever_its_name_is(client: Any) -> None:
    named = accessors(client)
    assert {"connection", "codec_name", "any", "asyncio", "async_client", "close_"} <= {*named}
    for at, name in enumerate(named):
        assert getattr(client, name)().go(at) == at, name


def test_every_contract_is_called_whatever_its_name_is_with_asyncio(
    api: Any, server: FakeServer
) -> None:
    server.answer = echo

    async def test() -> None:
        async with api.AsyncClient(server.path, timeout=PATIENCE) as client:
            named = accessors(client)
            assert "connect_" in named
            for at, name in enumerate(named):
                assert await getattr(client, name)().go(at) == at, name

    asyncio.run(test())


@pytest.fixture
def words(client: Any) -> Any:
    with pytest.deprecated_call():
        return client.words()


def test_methods_and_arguments_may_have_any_name(words: Any, server: FakeServer) -> None:
    own = {"all_of_them", "fail", "refuse", "give", "again", "watch", "note", "subscribe"}
    named = [
        name
        for name, _ in inspect.getmembers(type(words), inspect.isfunction)
        if name not in own and not name.startswith("_")
    ]
    assert {"asyncio", "timeout", "options", "self_", "subscribe_"} <= {*named}
    for name in named:
        assert getattr(words, name)(name, timeout=PATIENCE) == name
        assert list(server.expect()["payload"].values()) == [name]


def test_an_argument_is_told_from_the_option_of_its_name(words: Any, server: FakeServer) -> None:
    assert words.timeout(timeout_="an argument", timeout=3) == "an argument"
    frame = server.expect()
    assert (frame["payload"], frame["timeout_ms"]) == ({"timeout": "an argument"}, 3000)
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'timout'"):
        words.timeout("an argument", timout=3)
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'idempotent'"):
        words.note("an argument", idempotent=True)


def test_errors_of_any_name_are_errors(words: Any, server: FakeServer, api: Any) -> None:
    details = {"error": "gone", "text": "told"}
    server.answer = lambda server, frame: server.send(refuse(frame, "ContractError", "no", details))
    with pytest.raises(api.ContractKeyError) as failed:
        words.fail()
    assert failed.value.error == api.KeyErrorDetail(error="gone", text="told")
    server.answer = lambda server, frame: server.send(refuse(frame, "ContractError", "no", "None"))
    with pytest.raises(api.TypeCheckingError) as refused:
        words.refuse()
    assert refused.value.error is api.TypeCheckingDetail.NONE


def test_streams_and_events_of_any_name(words: Any, server: FakeServer, api: Any) -> None:
    server.answer = lambda server, frame: server.send(item(frame, 0, {"asyncio": 1}, final=True))
    assert list(words.watch()) == [api.Sequence(asyncio=1)]
    published = [{"typing": 1, "dataclasses": 2, "self_": 3, "models": 4}]

    def publish(server: FakeServer, frame: Frame) -> None:
        if "request_id" in frame:
            server.send(
                reply(frame, {"subscribed": {}}),
                push("names.TypeChecking", published, seq=1),
                push("names.Connection", {"timeout": 0.5}, seq=1),
            )

    server.answer = publish
    with words.subscribe(api.TYPE_CHECKING, api.Connection, buffer=2) as events:
        assert [next(events), next(events)] == [
            [api.Any(typing=1, dataclasses=2, self_=3, models=4)],
            api.Connection(timeout=0.5),
        ]


def test_a_deprecated_method_warns_where_it_is_called(
    words: Any, server: FakeServer, api: Any
) -> None:
    server.answer = lambda server, frame: server.send(reply(frame, [{"none": 1}]))
    given = api.Any(typing=1, dataclasses=2, self_=3, models=4)
    with pytest.warns(
        DeprecationWarning, match=r"names.Words.Give is deprecated: a note"
    ) as warned:
        assert words.give(given) == [api.ContractNone(none=1)]
    assert warned[0].filename == __file__
    assert type(words).give.__deprecated__.endswith("says 'no' to \"quotes\"")
    assert "Deprecated: a note" in type(words).give.__doc__


def test_a_deprecated_contract_warns_where_it_is_asked_for(client: Any) -> None:
    with pytest.warns(
        DeprecationWarning, match=r"names.Words is deprecated: use the others"
    ) as warned:
        client.words()
    assert warned[0].filename == __file__
