"""Values of a generated package and what stands for them on the wire."""

from __future__ import annotations

import datetime
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from typing import Any, TypeAlias
from uuid import UUID

ID = "67e55044-10b1-426f-9247-bb680e5fe0c8"
NOW = datetime.datetime(2024, 2, 29, 23, 59, 59, 500_000, tzinfo=datetime.UTC)
NOW_TEXT = "2024-02-29T23:59:59.500000+00:00"

Sample: TypeAlias = tuple[str, object, object]
"""A method that echoes, a value, and what is sent and received for it."""


def flattened(api: Any) -> list[Sample]:
    off, dim = api.SignalOff(), api.SignalDim(7)
    blink = api.SignalBlink(times=2)
    return [
        (
            "labelled",
            api.Labelled(id=2**64 - 1, name="n", extra={"a": "b", "": "c"}),
            {"id": 2**64 - 1, "name": "n", "a": "b", "": "c"},
        ),
        ("counted", api.Counted(counts={"x": 1}), {"x": 1}),
        (
            "device",
            api.Device(name="n", signal=off, level=api.Level.HIGH, rest={"r": ["s"]}),
            {"name": "n", "Off": None, "high": None, "r": ["s"]},
        ),
        (
            "device",
            api.Device(name="n", signal=blink, rest={}),
            {"name": "n", "Blink": {"times": 2}},
        ),
        (
            "device",
            api.Device(name="n", signal=api.SignalMove((1, -1)), rest={}),
            {"name": "n", "Move": [1, -1]},
        ),
        ("job", api.Job(id=1, action=api.ActionStop()), {"id": 1, "type": "stop"}),
        (
            "job",
            api.Job(id=1, action=api.ActionGo(speed=0.5)),
            {"id": 1, "type": "go", "speed": 0.5},
        ),
        (
            "job",
            api.Job(id=1, action=api.ActionCount({"a": 2})),
            {"id": 1, "type": "count", "a": 2},
        ),
        ("job", api.Job(id=1, action=api.ActionSignal(dim)), {"id": 1, "type": "signal", "Dim": 7}),
        ("maybe_job", api.MaybeJob(id=1), {"id": 1}),
        ("maybe_job", api.MaybeJob(id=1, action=api.ActionIdle(None)), {"id": 1, "type": "idle"}),
        ("maybe_done", api.MaybeDone(id=1, more={}), {"id": 1}),
        (
            "maybe_done",
            api.MaybeDone(id=1, outcome=api.OutcomePoint(x=1, y=2), more={"m": 3}),
            {"id": 1, "kind": "Point", "data": {"x": 1, "y": 2}, "m": 3},
        ),
        (
            "maybe_done",
            api.MaybeDone(id=1, outcome=api.OutcomeEmpty(), more={"m": 3}),
            {"id": 1, "kind": "Empty", "m": 3},
        ),
        (
            "loose_job",
            api.LooseJob(id=1, loose=api.LoosePoint(x=1, y=2)),
            {"id": 1, "x": 1, "y": 2},
        ),
        ("loose_job", api.LooseJob(id=1, loose=api.LooseSignal(off)), {"id": 1, "Off": None}),
        (
            "loose_job",
            api.LooseJob(id=1, loose=api.LooseCargo(api.Cargo(weight=1.5))),
            {"id": 1, "weight": 1.5},
        ),
        ("blend_job", api.BlendJob(id=1, blend=api.BlendPlain()), {"id": 1, "Plain": None}),
        ("blend_job", api.BlendJob(id=1, blend=api.BlendFixed(3)), {"id": 1, "Fixed": 3}),
        (
            "blend_job",
            api.BlendJob(id=1, blend=api.BlendPoint(x=1, y=2)),
            {"id": 1, "x": 1, "y": 2},
        ),
        ("blend_job", api.BlendJob(id=1, blend=api.BlendSignal(off)), {"id": 1, "Off": None}),
    ]


def enums(api: Any) -> list[Sample]:
    off = api.SignalOff()
    return [
        ("signal", off, "Off"),
        ("level", api.Level.UNKNOWN, "unknown"),
        ("action", api.ActionCarry(api.Cargo(weight=1.0)), {"type": "carry", "weight": 1.0}),
        ("action", api.ActionSignal(off), {"type": "signal", "Off": None}),
        (
            "action",
            api.ActionSignal(api.SignalBlink(times=1, every=2)),
            {"type": "signal", "Blink": {"times": 1, "every": 2}},
        ),
        ("action", api.ActionIdle(None), {"type": "idle"}),
        ("action", api.ActionCount({}), {"type": "count"}),
        ("action", api.ActionCount({"a": 1}), {"type": "count", "a": 1}),
        (
            "action",
            api.ActionReport(api.OutcomeCount(1)),
            {"type": "report", "kind": "Count", "data": 1},
        ),
        ("action", api.ActionLevel(api.Level.LOW), {"type": "level", "low": None}),
        ("mixed", api.MixedOff(), "Off"),
        ("mixed", api.MixedFixed(1), {"Fixed": 1}),
        ("mixed", api.MixedNever(), None),
        ("mixed", api.MixedNumber(-5), -5),
        ("mixed", api.MixedWords(("a", "b")), ["a", "b"]),
        ("mixed", api.MixedPoint(x=1, y=2), {"x": 1, "y": 2}),
        ("mixed", api.MixedSignal(api.SignalDim(1)), {"Dim": 1}),
        (
            "command",
            api.CommandSet(value=1, more={"a": "b"}),
            {"op": "Set", "value": 1, "a": "b"},
        ),
        ("command", api.CommandRaw("raw"), "raw"),
        ("envelope", api.EnvelopeEmpty(), {"t": "Empty"}),
        ("envelope", api.EnvelopeCommand(api.CommandRaw("raw")), {"t": "Command", "c": "raw"}),
        ("envelope", api.EnvelopeBare(None), None),
        (
            "envelope",
            api.EnvelopeBare(api.Cargo(weight=2.0, label="l")),
            {"weight": 2, "label": "l"},
        ),
        (
            "outer",
            api.OuterMiddle(api.MiddleInner(api.InnerSignal(off))),
            {"Middle": {"is": "Inner", "Off": None}},
        ),
        (
            "outer",
            api.OuterMiddle(api.MiddleInner(api.InnerDeep({"a": [None, api.OuterEmpty()]}))),
            {"Middle": {"is": "Inner", "a": [None, "Empty"]}},
        ),
        (
            "outer",
            api.OuterMiddle(api.MiddleOuter(outer=api.OuterEmpty())),
            {"Middle": {"is": "Outer", "outer": "Empty"}},
        ),
        ("None", api.NoneStr("x"), {"str": "x"}),
        ("None", api.NoneNone(), "None"),
    ]


def structs(api: Any) -> list[Sample]:
    user = api.User(id=UUID(ID), name="n")
    sent_user = {"id": ID, "name": "n"}
    tree = api.TreeTextUuidSignalNamed(
        left=api.TreeTextUuidSignalLeaf(UUID(ID)), signal=api.SignalOff()
    )
    sent_tree = {"Named": {"left": {"Leaf": ID}, "Off": None}}
    address = IPv6Address("::1")
    return [
        (
            "Texts",
            api.Texts(
                id=UUID(ID),
                maybe=NOW,
                dates={datetime.date(2024, 1, 1)},
                by_id={UUID(ID): Decimal("1.10")},
                places=[IPv4Address("1.2.3.4"), address],
                pair=(Decimal(-1), datetime.time(1, 2, 3)),
            ),
            {
                "id": ID,
                "maybe": NOW_TEXT,
                "dates": ["2024-01-01"],
                "by_id": {ID: "1.10"},
                "places": ["1.2.3.4", "::1"],
                "pair": ["-1", "01:02:03"],
            },
        ),
        ("UserId", UUID(ID), ID),
        ("Maybe", api.Maybe(), {}),
        ("uuid", api.Uuids(uuids=[UUID(ID)]), {"uuids": [ID]}),
        ("Page_forms_User", api.PageUser(items=[user]), {"items": [sent_user]}),
        (
            "Page_list_map_string__option_forms_User",
            api.PageListMapStringOptionUser(items=[[{"a": user, "b": None}]], next="x"),
            {"items": [[{"a": sent_user, "b": None}]], "next": "x"},
        ),
        (
            "Node_forms_User",
            api.NodeUser(value=user, children=[api.NodeUser(value=user, children=[])]),
            {"value": sent_user, "children": [{"value": sent_user, "children": []}]},
        ),
        (
            "Tree_text_uuid___forms_Signal",
            api.TreeTextUuidSignalBranch((tree, api.SignalDim(1))),
            {"Branch": [sent_tree, {"Dim": 1}]},
        ),
        (
            "list",
            api.List(
                list_=["l"],
                datetime=datetime.datetime(2024, 1, 1),
                uuid=UUID(ID),
                fields={"f": None},
                made=[1, None],
                wire=None,
                value=True,
                at="a",
                decode=False,
                models={"m": True},
            ),
            {
                "list": ["l"],
                "datetime": "2024-01-01T00:00:00",
                "uuid": ID,
                "fields": {"f": None},
                "made": [1, None],
                "wire": None,
                "value": True,
                "at": "a",
                "decode": False,
                "m": True,
            },
        ),
        (
            "Decimal",
            api.Decimal(decimal=Decimal("0.5"), self_="s"),
            {"decimal": "0.5", "self": "s"},
        ),
    ]
