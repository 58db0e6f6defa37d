"""Types as users write them: joined from others, converted on the way, different in each direction."""

from __future__ import annotations

import asyncio
import datetime
from dataclasses import fields, replace
from decimal import Decimal
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from uuid import UUID

import pytest
from surprise import (
    AsyncClient,
    CausePerson,
    Client,
    Colour,
    ComfortAny,
    ComfortInputAny,
    ComfortInputWarm,
    ComfortInputWithin,
    ComfortWarm,
    ComfortWithin,
    CommandLabel,
    CommandStart,
    Consignment,
    Cooking,
    Days,
    Delivery,
    DifferenceError,
    Keywords,
    KeywordsInput,
    PageDelivery,
    PageSettings,
    PageSettingsInput,
    PageTemperature,
    PageTemperatureInput,
    PageUser,
    Period,
    Reading,
    RefusalDetail,
    RefusalError,
    SerializationError,
    Settings,
    SettingsInput,
    Speed,
    ValueReal,
    ValueText,
    ValueTruth,
    ValueWhole,
    WebhookEventPing,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from surprise import Value
    from surprise.client import Customs

Codec: TypeAlias = Literal["json", "messagepack"]
U64_MAX = 2**64 - 1
ID = UUID("67e55044-10b1-426f-9247-bb680e5fe0c8")
WRONG: Any = object()
"""What fits nowhere, hidden from the type checker."""
EARLY, LATE = datetime.date(2024, 2, 1), datetime.date(2024, 3, 1)
NAIVE = datetime.datetime(2024, 2, 29, 12, 0)


def delivery(**extra: Value) -> Delivery:
    return Delivery(id=ID, event=WebhookEventPing(), extra=extra)


USELESS = delivery(useless=ValueTruth(True), why=ValueText("☃"), number=ValueWhole(1))


@pytest.fixture(params=["json", "messagepack"])
def codec(request: pytest.FixtureRequest) -> Codec:
    chosen: Codec = request.param
    return chosen


@pytest.fixture
def client(surprise: Path, codec: Codec) -> Iterator[Client]:
    with Client(surprise, codec=codec, timeout=10) as client:
        yield client


@pytest.fixture
def customs(client: Client) -> Customs:
    return client.customs()


def test_everything_arrives_as_it_is(customs: Customs, consignment: Consignment) -> None:
    received = customs.sample()
    for part in fields(Consignment):
        assert getattr(received, part.name) == getattr(consignment, part.name), part.name
    # What compares as equal may still differ.
    assert [str(decimal) for decimal in received.limits.decimals] == [str(of) for of in consignment.limits.decimals]
    assert received.moments.abroad.utcoffset() == consignment.moments.abroad.utcoffset()
    assert list(received.keys.in_order) == ["z", "__proto__", "a"]
    assert [type(filter_.test) for filter_ in received.filters] == [type(of.test) for of in consignment.filters]
    customs.verify(received)


def test_everything_is_sent_as_it_is(customs: Customs, consignment: Consignment) -> None:
    customs.verify(consignment)


def test_what_differs_is_told(customs: Customs, consignment: Consignment) -> None:
    stranger = replace(consignment.users.items[0], cause=CausePerson(by=ID))
    with pytest.raises(DifferenceError) as caught:
        customs.verify(replace(consignment, users=replace(consignment.users, items=[stranger]), commands=[]))
    assert caught.value.error.parts == ["users", "commands"]
    assert f"Person {{ by: {ID} }}" in caught.value.error.received


def test_every_part_is_given_back(customs: Customs, consignment: Consignment) -> None:
    assert customs.users(consignment.users) == consignment.users
    assert [customs.command(command) for command in consignment.commands] == consignment.commands
    assert [customs.search(filter_) for filter_ in consignment.filters] == consignment.filters
    assert customs.moments(consignment.moments) == consignment.moments
    assert customs.locations(consignment.locations) == consignment.locations
    assert customs.limits(consignment.limits) == consignment.limits
    assert customs.keys(consignment.keys) == consignment.keys
    assert customs.storage(consignment.storage) == consignment.storage
    assert customs.cook(consignment.cooking) == consignment.cooking


def test_half_of_what_is_flattened_is_none_of_it(customs: Customs, consignment: Consignment) -> None:
    user = consignment.users.items[0]
    [received] = customs.users(PageUser(items=[replace(user, town=None)], total=1)).items
    assert received == replace(user, street=None, town=None, code=None)


def test_some_goes_one_way_only(customs: Customs) -> None:
    least = customs.configure(SettingsInput(name="least", secret=""))
    assert least == Settings(name="least", fingerprint=0, attempts=3)
    most = customs.configure(SettingsInput(name="most", secret="hidden", revision=U64_MAX, attempts=255, limit=-40.0))
    reading = Reading(celsius=-40.0, fahrenheit=-40.0)
    assert most == Settings(name="most", fingerprint=6, revision=U64_MAX, attempts=255, limit=reading)
    assert "hidden" not in repr(most)

    pages = {
        1: PageSettingsInput(items=[SettingsInput(name="a", secret="four", limit=0.0)], total=1),
        65535: PageSettingsInput(items=[], total=0, next="b"),
    }
    freezing = Reading(celsius=0.0, fahrenheit=32.0)
    assert customs.configure_all(pages) == {
        1: PageSettings(items=[Settings(name="a", fingerprint=4, attempts=3, limit=freezing)], total=1),
        65535: PageSettings(items=[], total=0, next="b"),
    }


def test_what_is_sent_is_received_as_something_else(customs: Customs) -> None:
    boiling, freezing = Reading(celsius=100.0, fahrenheit=212.0), Reading(celsius=0.0, fahrenheit=32.0)
    page = PageTemperatureInput(items=[100.0, 0.0], total=2)
    assert customs.measure(page) == PageTemperature(items=[boiling, freezing], total=2)

    assert customs.comfort(ComfortInputAny()) == ComfortAny()
    assert customs.comfort(ComfortInputWarm(100.0)) == ComfortWarm(boiling)
    assert customs.comfort(ComfortInputWithin(low=0.0)) == ComfortWithin(low=freezing)
    assert customs.comfort(ComfortInputWithin(low=0.0, high=100.0)) == ComfortWithin(low=freezing, high=boiling)

    assert customs.index(KeywordsInput(words="a,,☃")) == Keywords(words=["a", "", "☃"])
    assert customs.accelerate([Speed.FAST, Speed.SLOW]) == [Speed.FAST, Speed.SLOW]


def test_what_is_checked_where_it_is_read(customs: Customs) -> None:
    february = Days(first=datetime.date(2024, 2, 1), last=datetime.date(2024, 2, 29))
    period, guests = customs.book(february, ["a@example.org"])
    assert period == Period(first=february.first, last=february.last, days=29)
    assert guests == ["a@example.org"]


@pytest.mark.parametrize(
    ("call", "place", "words"),
    [
        (
            lambda customs, _: customs.book(Days(first=LATE, last=EARLY), []),
            "period",
            "the first day is after the last",
        ),
        (
            lambda customs, _: customs.book(Days(first=EARLY, last=LATE), ["a@b", "nobody"]),
            r"guests\[1\]",
            "has a host",
        ),
        (
            lambda customs, all_: customs.locations(replace(all_.locations, site="no address")),
            "locations.site",
            "relative URL",
        ),
        (
            lambda customs, all_: customs.locations(replace(all_.locations, socket_v4="[::1]:80")),
            "locations.socket_v4",
            "socket address",
        ),
        (
            lambda customs, all_: customs.storage(replace(all_.storage, c_string=b"a\0b")),
            "storage.c_string",
            "nul byte",
        ),
        (
            lambda customs, all_: customs.moments(replace(all_.moments, other="1970-01-01")),
            "moments.other",
            "",
        ),
    ],
)
def test_what_only_the_server_can_refuse(
    customs: Customs, consignment: Consignment, call: Callable[[Customs, Consignment], object], place: str, words: str
) -> None:
    with pytest.raises(SerializationError, match=f"{place}.*{words}") as caught:
        call(customs, consignment)
    assert caught.value.delivered == "no"
    assert customs.cook(consignment.cooking) == consignment.cooking


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda customs, _: customs.command(CommandStart(after_seconds=0)), "after_seconds: expected .* other than 0"),
        (
            lambda customs, _: customs.command(CommandStart(after_seconds=1, on_worker=0)),
            "on_worker: expected .* other than 0",
        ),
        (lambda customs, _: customs.command(CommandStart(after_seconds=2**32)), r"after_seconds: expected .*u32"),
        (lambda customs, _: customs.command(CommandLabel({"op": "stop"})), "expected no entry that something else"),
        (
            lambda customs, all_: customs.limits(replace(all_.limits, list_=[1, 0])),
            r"limits.list_\[1\]: expected .* other than 0",
        ),
        (lambda customs, all_: customs.keys(replace(all_.keys, by_number={0: True})), r"keys.by_number.* other than 0"),
        (lambda customs, all_: customs.keys(replace(all_.keys, by_id={str(ID): 1})), "keys.by_id.*expected UUID"),
        (lambda customs, all_: customs.locations(replace(all_.locations, id=str(ID))), "locations.id: expected UUID"),
        (
            lambda customs, all_: customs.locations(replace(all_.locations, v4=IPv6Address("::1"))),
            "locations.v4: expected",
        ),
        (
            lambda customs, all_: customs.locations(replace(all_.locations, v6=IPv6Address("fe80::1%eth0"))),
            "locations.v6: expected .* without a scope",
        ),
        (lambda customs, all_: customs.moments(replace(all_.moments, at=NAIVE)), "moments.at: expected .* with a zone"),
        (lambda customs, all_: customs.moments(replace(all_.moments, day=NAIVE)), "moments.day: expected date"),
        (
            lambda customs, all_: customs.moments(replace(all_.moments, perhaps=["now"])),
            r"moments.perhaps\[0\]: expected",
        ),
        (
            lambda customs, all_: customs.limits(replace(all_.limits, decimals=[Decimal(2**96)])),
            r"limits.decimals\[0\]: expected",
        ),
        (
            lambda customs, all_: customs.limits(replace(all_.limits, decimals=[Decimal("NaN")])),
            r"limits.decimals\[0\]: expected",
        ),
        (lambda customs, _: customs.admit(delivery(id=ValueText("another"))), "id.*: expected no entry"),
        (lambda customs, _: customs.admit(delivery(type=ValueText("ping"))), "type.*: expected no entry"),
        (lambda customs, _: customs.admit(delivery(extra=WRONG)), "extra"),
        (
            lambda customs, _: customs.configure(SettingsInput(name="", secret="", revision=0)),
            "revision: .* other than 0",
        ),
        (lambda customs, _: customs.configure(SettingsInput(name="", secret=WRONG)), "settings.secret: expected str"),
        (lambda customs, _: customs.measure(PageTemperatureInput(items=[WRONG], total=1)), r"items\[0\]: expected"),
        (lambda customs, _: customs.cook(Cooking(time=1, colour=Colour(rgb=[1, 2]))), "cooking.colour.rgb: expected 3"),
        (lambda customs, _: customs.accelerate(["slow"]), r"speeds\[0\]: expected"),
    ],
)
def test_what_does_not_fit_is_not_sent(
    customs: Customs, consignment: Consignment, call: Callable[[Customs, Consignment], object], words: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        call(customs, consignment)
    assert customs.cook(consignment.cooking) == consignment.cooking


def test_declared_errors_and_streams(customs: Customs, consignment: Consignment) -> None:
    for sent in consignment.deliveries:
        received = customs.admit(sent)
        assert (received.id, received.event, received.extra) == (sent.id, sent.event, sent.extra)
    refused = RefusalDetail(id=ID, texts={"why": "☃"})
    with pytest.raises(RefusalError) as caught:
        customs.admit(USELESS)
    assert caught.value.error == refused

    read: list[Delivery] = []
    page = PageDelivery(items=[*consignment.deliveries, USELESS], total=5)
    with pytest.raises(RefusalError) as caught:
        read.extend(customs.admit_all(page))
    assert read == consignment.deliveries
    assert caught.value.error == refused


def test_events_arrive(customs: Customs, consignment: Consignment) -> None:
    with customs.subscribe(Delivery, PageUser) as events:
        for sent in consignment.deliveries:
            customs.publish(sent, consignment.users)
            assert [next(events), next(events)] == [sent, consignment.users]


def test_numbers_without_a_fraction_keep_their_type(customs: Customs) -> None:
    sent = delivery(real=ValueReal(1.0), whole=ValueWhole(1))
    assert customs.admit(sent).extra == sent.extra


def test_the_same_with_asyncio(surprise: Path, codec: Codec, consignment: Consignment) -> None:
    async def calls() -> None:
        async with AsyncClient(surprise, codec=codec, timeout=10) as client:
            customs = client.customs()
            assert await customs.sample() == consignment
            await customs.verify(consignment)
            assert (await customs.configure(SettingsInput(name="a", secret="four"))).fingerprint == 4
            with pytest.raises(SerializationError, match=r"guests\[0\]"):
                await customs.book(Days(first=EARLY, last=LATE), ["nobody"])
            with pytest.raises(ValueError, match=r"after_seconds: expected .* other than 0"):
                await customs.command(CommandStart(after_seconds=0))
            page = PageDelivery(items=consignment.deliveries, total=4)
            assert [received async for received in customs.admit_all(page)] == consignment.deliveries
            async with customs.subscribe(Delivery) as events:
                await customs.publish(consignment.deliveries[1], consignment.users)
                assert await anext(events) == consignment.deliveries[1]

    asyncio.run(asyncio.wait_for(calls(), 30))
