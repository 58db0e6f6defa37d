"""The generated Python clients of the contract that nobody had in mind."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import pytest
from surprise import (
    ALARM,
    AdjacentStruct,
    AlarmHowls,
    AlarmRests,
    AsyncClient,
    BrokenAt,
    BrokenEntirely,
    BrokenEntry,
    BrokenError,
    Bulletin,
    CallTimeoutError,
    Client,
    Containers,
    DifferenceError,
    Duration,
    Entry,
    Error,
    ErrorErr,
    ErrorOk,
    Everything,
    ExternalTuple,
    Heading,
    Lenient,
    Map,
    Promise,
    SerializationError,
    Strict,
    Title,
    Tree,
    Words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from surprise import BrokenDetail

Codec: TypeAlias = Literal["json", "messagepack"]
U64_MAX = 2**64 - 1
WRONG: Any = object()
"""What fits nowhere, hidden from the type checker."""


@pytest.fixture(params=["json", "messagepack"])
def codec(request: pytest.FixtureRequest) -> Codec:
    chosen: Codec = request.param
    return chosen


@pytest.fixture
def client(surprise: Path, codec: Codec) -> Iterator[Client]:
    with Client(surprise, codec=codec, timeout=10) as client:
        yield client


def test_everything_arrives_as_it_is(client: Client, sample: Everything) -> None:
    received = client.archive().sample()
    for part in Everything.__slots__:
        assert getattr(received, part) == getattr(sample, part), part
    assert math.copysign(1, received.scalars.f64) == -1
    client.archive().verify(received)


def test_everything_is_sent_as_it_is(client: Client, sample: Everything) -> None:
    client.archive().verify(sample)


def test_what_differs_is_a_declared_error(client: Client, sample: Everything) -> None:
    changed = replace(sample, chain=replace(sample.chain, link=2), tree=Tree(label="", children=[]))
    with pytest.raises(DifferenceError) as caught:
        client.archive().verify(changed)
    assert caught.value.error.parts == ["tree", "chain"]
    assert "Chain { link: 2" in caught.value.error.received
    assert caught.value.delivered == "yes"


def test_every_part_is_given_back(client: Client, sample: Everything) -> None:
    mirror = client.mirror()
    assert mirror.scalars(sample.scalars) == sample.scalars
    assert mirror.containers(sample.containers) == sample.containers
    assert [mirror.heading(heading) for heading in Heading] == list(Heading)
    assert [mirror.external(external) for external in sample.externals] == sample.externals
    assert [mirror.internal(internal) for internal in sample.internals] == sample.internals
    assert [mirror.adjacent(adjacent) for adjacent in sample.adjacents] == sample.adjacents
    assert [mirror.untagged(untagged) for untagged in sample.untagged] == sample.untagged
    assert mirror.odd_names(sample.names) == sample.names
    assert mirror.times(sample.times) == sample.times
    assert mirror.tree(sample.tree) == sample.tree
    assert mirror.expression(sample.expression) == sample.expression


def test_empty_containers_are_given_back(client: Client) -> None:
    empty = Containers(
        lists=[],
        by_text={},
        by_number={},
        by_large_number={},
        by_truth={},
        by_heading={},
        numbers=set(),
        tuple_=(0, ("", 0.0), None),
        single=(0,),
        arrays=[[0, 0, 0], [0, 0, 0]],
        pair=(0, ""),
        fixed=0,
    )
    assert client.mirror().containers(empty) == empty


def test_bare_values_are_given_back(client: Client) -> None:
    mirror = client.mirror()
    assert [mirror.option(value) for value in (None, 0, U64_MAX)] == [None, 0, U64_MAX]
    assert mirror.option() is None
    texts = ["", "\0", "🏳️\u200d🌈", "\ud7ff\ue000", "x" * 100_000]
    assert [mirror.text(text) for text in texts] == texts
    numbers = [0.1, 1e308, 5e-324, 1e21, 123456789012345680.0]
    assert [mirror.number(number) for number in numbers] == numbers
    maps: dict[int, Title | None] = {0: None, U64_MAX: Title(words=[]), 2**53 + 1: None}
    assert mirror.map(maps) == maps


def test_ten_arguments_keep_their_places(client: Client) -> None:
    nine = Map(error=ErrorOk("ok"), promise=Promise.THEN)
    given = client.mirror().ten(
        1, -2, 3.5, "four", None, [(6, "six")], (True, Heading.NOWHERE), [8, 9], nine, ten=Duration(10)
    )
    assert given == (
        (1, -2, 3.5, "four", None),
        ([(6, "six")], (True, Heading.NOWHERE), [8, 9], nine, Duration(10)),
    )


def test_what_may_be_left_out_is_left_out(client: Client) -> None:
    mirror = client.mirror()
    least = mirror.lenient(Lenient(two_faced="least"))
    assert (least.with_default, least.list_if_any, least.option_if_any, least.new_name) == (0, None, None, None)
    most = mirror.lenient(
        Lenient(with_default=1, list_if_any=["a"], option_if_any=Lenient(two_faced="in"), new_name=-1, two_faced="out")
    )
    assert (most.with_default, most.list_if_any, most.new_name, most.two_faced) == (1, ["a"], -1, "out")
    assert most.option_if_any is not None
    assert most.option_if_any.two_faced == "in"
    assert mirror.strict(Strict()).number == 7
    assert mirror.strict(Strict(number=8)).number == 8


def test_words_of_the_language_are_names(client: Client) -> None:
    desk = client.import_()
    assert desk.type_("type") == "type"
    assert desk.class_(class_=1, from_=1, import_=0) == 3
    assert desk.delete(1, 0, 1, 0, eval_=1) == 21
    assert desk.constructor(Promise.CONSTRUCTOR) is Promise.CONSTRUCTOR
    assert desk.then(0, 1) == 2
    assert desk.lambda_(1, 1, 1, 1, 0) == 15
    assert desk.call(0, 0, 1, 0, 0, 0, 0, 0, 1, timeout=5) == 0b1_0000_0100
    words = Words(lambda_=1, fn=2, function=3, map=Map(promise=Promise.THEN))
    assert desk.with_timeout(words) == words
    assert (desk.close(), desk.class_2()) == (3, 2)


def test_a_stream_is_read_to_its_end(client: Client) -> None:
    entries = list(client.archive().entries(1000))
    assert [entry.number for entry in entries] == list(range(1000))
    assert [entry.heading for entry in entries[:2]] == [Heading.UPHILL, None]


def test_a_stream_fails_half_way(client: Client) -> None:
    read: list[int] = []
    with pytest.raises(BrokenError) as caught:
        read.extend(entry.number for entry in client.archive().entries(10, broken=6))
    assert read == [0, 1, 2, 3, 4, 5]
    entry = Entry(number=6, heading=Heading.UPHILL)
    assert caught.value.error == BrokenAt(number=6, because=[BrokenEntirely(), BrokenEntry(entry)])


def test_items_that_are_nothing_are_items(client: Client) -> None:
    for items in ([], [None], [1, None], [None, None, 3], [None] * 5):
        assert list(client.archive().gaps(list(items))) == items
    assert list(client.archive().open("unlocked")) == [None, None]
    with pytest.raises(Error) as caught:
        list(client.archive().open("locked"))
    assert caught.value.error == ErrorErr(error=U64_MAX)


def test_calls_that_reply_with_nothing(client: Client) -> None:
    archive = client.archive()
    before = archive.forgotten()
    archive.forget()
    assert archive.forgotten() == before + 1
    assert archive.fail() is None


@pytest.mark.parametrize(
    "broken",
    [
        BrokenEntirely(),
        BrokenAt(number=U64_MAX, because=[BrokenAt(number=0, because=[])]),
        BrokenEntry(Entry(number=1)),
    ],
)
def test_every_declared_error_arrives(client: Client, broken: BrokenDetail) -> None:
    with pytest.raises(BrokenError) as caught:
        client.archive().fail(broken)
    assert caught.value.error == broken


def test_events_arrive(client: Client, sample: Everything) -> None:
    archive = client.archive()
    with archive.subscribe(Bulletin, ALARM) as events:
        bulletin = Bulletin(title=Title(words=[]), body=sample.externals[7])
        archive.announce(bulletin)
        archive.alarm([AlarmHowls(U64_MAX), AlarmRests()], 2)
        received = [next(events) for _ in range(5)]
    assert received[0] == bulletin
    assert received[1:] == [AlarmHowls(U64_MAX), AlarmRests()] * 2
    assert archive.subscribe_("four", ["five"], 6) == 11


def test_a_number_that_json_does_not_have(client: Client, codec: Codec) -> None:
    if codec == "messagepack":
        assert math.isnan(client.archive().not_a_number())
        assert client.mirror().number(math.inf) == math.inf
        return
    with pytest.raises(SerializationError) as caught:
        client.archive().not_a_number()
    assert caught.value.delivered == "yes"
    with pytest.raises(ValueError, match="number"):
        client.mirror().number(math.inf)


def test_a_call_that_takes_too_long_ends(client: Client) -> None:
    with pytest.raises(CallTimeoutError):
        client.archive().wait(timeout=0.1)
    assert client.mirror().text("next") == "next"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda client, _: client.mirror().option(U64_MAX + 1), r"option: expected .*\(u64\)"),
        (lambda client, _: client.mirror().option(True), r"option: expected int \(u64\), found bool"),
        (lambda client, _: client.mirror().text(b"bytes"), "text: expected str, found bytes"),
        (lambda client, _: client.mirror().heading("north"), "heading: expected"),
        (lambda client, _: client.mirror().tree(Tree(label="", children=[WRONG])), r"tree.children\[0\]: expected"),
        (lambda client, _: client.mirror().external(ExternalTuple(WRONG)), "external.value: expected"),
        (
            lambda client, _: client.mirror().adjacent(AdjacentStruct(class_=2**63, t="t")),
            r"class_: expected .*\(i64\)",
        ),
        (lambda client, _: client.mirror().adjacent(AdjacentStruct(class_=0, t="tt")), "t: expected"),
        (
            lambda client, sample: client.mirror().containers(replace(sample.containers, arrays=[[1, 2], [3, 4]])),
            r"arrays\[0\]: expected",
        ),
    ],
)
def test_what_does_not_fit_is_not_sent(
    client: Client, sample: Everything, call: Callable[[Client, Everything], object], words: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        call(client, sample)
    assert client.mirror().text("next") == "next"


def test_the_same_with_asyncio(surprise: Path, codec: Codec, sample: Everything) -> None:
    async def calls() -> None:
        async with AsyncClient(surprise, codec=codec, timeout=10) as client:
            archive = client.archive()
            assert await archive.sample() == sample
            await archive.verify(sample)
            assert [entry.number async for entry in archive.entries(3)] == [0, 1, 2]
            with pytest.raises(BrokenError):
                [entry async for entry in archive.entries(3, 1)]
            assert [item async for item in archive.gaps([None, 1, None])] == [None, 1, None]
            async with archive.subscribe(ALARM) as alarms:
                await archive.alarm([AlarmHowls(1)], 1)
                assert await anext(alarms) == AlarmHowls(1)
            with pytest.raises(CallTimeoutError):
                await archive.wait(timeout=0.1)
            replies = await asyncio.gather(*(client.mirror().option(number) for number in range(100)))
            assert replies == list(range(100))

    asyncio.run(asyncio.wait_for(calls(), 30))
