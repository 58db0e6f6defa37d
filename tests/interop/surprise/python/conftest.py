"""One of everything, as the service has it: each value is spelled out again here."""

from __future__ import annotations

import datetime
from datetime import UTC, timedelta, timezone
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from uuid import UUID

import pytest
from surprise import (
    Address,
    AdjacentNewtype,
    AdjacentNothingAtAll,
    AdjacentPerhaps,
    AdjacentStruct,
    AdjacentTuple,
    Bill,
    BoundU64Excluded,
    BoundU64Included,
    BoundU64Unbounded,
    CausePerson,
    CauseUnknown,
    Chain,
    Colour,
    CommandLabel,
    CommandPrice,
    CommandStart,
    CommandStop,
    CommandUnknown,
    Consignment,
    Containers,
    Cooking,
    Delivery,
    DiscountAgreed,
    DiscountAmount,
    DiscountCode,
    DiscountEverything,
    DiscountPercent,
    Duration,
    ErrorErr,
    Everything,
    ExpressionLet,
    ExpressionNumber,
    ExpressionRatio,
    ExpressionSum,
    ExternalEmpty,
    ExternalNewtype,
    ExternalNothing,
    ExternalNull,
    ExternalPerhaps,
    ExternalRows,
    ExternalStruct,
    ExternalTuple,
    Filter,
    Heading,
    InternalLeaf,
    InternalNewtype,
    InternalNothing,
    InternalStruct,
    Keys,
    Limits,
    Locations,
    Map,
    Moments,
    OddNames,
    OutlineCircle,
    OutlinePlace,
    OutlineRectangle,
    PagePageRole,
    PageRole,
    PageUser,
    Price,
    Priority,
    Promise,
    RangeDate,
    RangeFromDecimal,
    RangeInclusiveNonzeroI8,
    RangeInclusiveValue,
    RangeU64,
    RoleAdmin,
    RoleGuest,
    RoleMember,
    Scalars,
    Sketch,
    Storage,
    SystemTime,
    Test,
    TestBetween,
    TestEqualTo,
    TestExists,
    TestOneOf,
    Times,
    Title,
    Tree,
    UntaggedMany,
    UntaggedNewtype,
    UntaggedNothing,
    UntaggedStruct,
    UntaggedText,
    UntaggedTruth,
    UntaggedTuple,
    UntaggedWhole,
    User,
    Value,
    ValueDay,
    ValueList,
    ValueNothing,
    ValueReal,
    ValueText,
    ValueTruth,
    ValueWhole,
    WebhookEvent,
    WebhookEventInvoicePaid,
    WebhookEventMoved,
    WebhookEventPing,
    WebhookEventUserCreated,
    Weekday,
    Words,
)

I64_MIN, I64_MAX, U32_MAX, U64_MAX = -(2**63), 2**63 - 1, 2**32 - 1, 2**64 - 1
F32_TENTH, F32_MAX = 0.10000000149011612, 3.4028234663852886e38
ID = UUID("67e55044-10b1-426f-9247-bb680e5fe0c8")
PRICE = Price(amount=Decimal("12.50"), currency="EUR")
ADDRESS = Address(street="Street", town="Ås")


@pytest.fixture
def sample() -> Everything:
    title = Title(words=["On", "Growth"], year=1917)
    tree = Tree(
        label="root",
        children=[Tree(label="first", children=[]), Tree(label="second", children=[])],
        by_name={"__proto__": Tree(label="named", children=[])},
    )
    return Everything(
        scalars=Scalars(
            truth=True,
            i8=-128,
            u8=255,
            i16=-32768,
            u16=65535,
            i32=-(2**31),
            u32=2**32 - 1,
            i64=I64_MIN,
            u64=U64_MAX,
            i128=-(2**127),
            u128=2**128 - 1,
            f32=F32_TENTH,
            f64=-0.0,
            char="\U0010ffff",
            string='\0 \x7f \u2028 " \\ / é e\u0301 👩\u200d🚀 \ufeff',
            unit=None,
            marker=None,
        ),
        containers=Containers(
            options=[None, {}, {"none": None, "most": U64_MAX, "": 0}],
            lists=[[], [[]], [[I64_MIN, I64_MAX], [9_007_199_254_740_993]]],
            by_text={"__proto__": [0, 255], "constructor": []},
            by_number={I64_MIN: Heading.NONE, -1: Heading.TRUE, I64_MAX: Heading.WEST},
            by_large_number={U64_MAX: {0: "zero", 255: "most"}},
            by_truth={False: "f", True: "☃"},
            by_heading={Heading.NORTH_EAST: 1.7976931348623157e308, Heading.UPHILL: 5e-324},
            numbers={0, U64_MAX},
            tuple_=(-128, ("two", F32_MAX), [3]),
            single=(9_007_199_254_740_993,),
            arrays=[[1, 2, 3], [4, 5, 65535]],
            pair=(-9_007_199_254_740_993, "pair"),
            fixed=I64_MAX,
        ),
        externals=[
            ExternalNothing(),
            ExternalNewtype((1, "one")),
            ExternalPerhaps(None),
            ExternalPerhaps(U64_MAX),
            ExternalNull(None),
            ExternalRows([[Heading.NONE, Heading.TRUE], []]),
            ExternalTuple((I64_MIN, "tuple", None)),
            ExternalStruct(kind_="outer", value=ExternalStruct(kind_="inner", long_name=0), long_name=U64_MAX),
            ExternalEmpty(),
        ],
        internals=[
            InternalNothing(),
            InternalNewtype(title),
            InternalLeaf(tree),
            InternalStruct(kind_=U64_MAX),
            InternalStruct(kind_=0, note="noted"),
        ],
        adjacents=[
            AdjacentNothingAtAll(),
            AdjacentNewtype(U64_MAX),
            AdjacentPerhaps(None),
            AdjacentPerhaps((I64_MIN, "")),
            AdjacentTuple((Heading.NOWHERE, -1.5)),
            AdjacentStruct(class_=-(2**63), t="𝄞"),
        ],
        untagged=[
            UntaggedNothing(),
            UntaggedTruth(False),
            UntaggedWhole(U64_MAX),
            UntaggedText("null"),
            UntaggedTuple((-1, 1)),
            UntaggedMany(["a", "b", "c"]),
            UntaggedStruct(only=Heading.UPHILL),
            UntaggedNewtype(title),
        ],
        names=OddNames(
            type_="type",
            class_=True,
            from_=3,
            in_=-4,
            constructor="constructor",
            delete=[6],
            def_=None,
            self_=8,
            none=False,
            proto=Words(
                lambda_=1, fn=2, function=3, map=Map(error=ErrorErr(error=U64_MAX), promise=Promise.CONSTRUCTOR)
            ),
            then=I64_MIN,
            first="first",
            japan="日本",
            größe=13.5,
            items=14,
            to_string=15,
            slots=16,
            int_=I64_MAX,
            list_=[18],
            value_of=19,
        ),
        times=Times(span=Duration(U64_MAX, 999_999_999), point=SystemTime(4_102_444_800, 1)),
        tree=tree,
        expression=ExpressionLet(
            name="x",
            in_=ExpressionSum(
                [ExpressionNumber(1.0), ExpressionRatio((ExpressionNumber(-0.5), ExpressionSum([])))],
            ),
        ),
        chain=Chain(link=1, next=Chain(link=U64_MAX)),
    )


@pytest.fixture
def consignment() -> Consignment:
    return Consignment(
        users=PageUser(items=_users(), total=U64_MAX, next=""),
        roles=PagePageRole(
            items=[
                PageRole(items=[], total=0),
                PageRole(items=[RoleGuest(), RoleMember(Priority.OTHER), RoleAdmin(realms=[])], total=3),
            ],
            total=2,
        ),
        deliveries=_deliveries(),
        commands=[
            CommandStart(after_seconds=1),
            CommandStart(after_seconds=U32_MAX, on_worker=65535),
            CommandStop(),
            CommandLabel({}),
            CommandLabel({"__proto__": "object", "kind": "label"}),
            CommandPrice(PRICE),
            CommandUnknown(),
        ],
        priorities=[Priority.LOW, Priority.HIGH, Priority.OTHER],
        filters=_filters(),
        sketches=[
            Sketch(name="round", outline=OutlineCircle(radius=0.5)),
            Sketch(name="square", outline=OutlineRectangle(width=2.0, height=1e300)),
            Sketch(name="there", outline=OutlinePlace(ADDRESS)),
        ],
        discounts=[
            DiscountEverything(),
            DiscountPercent(255),
            DiscountAmount(PRICE),
            DiscountCode(U64_MAX),
            DiscountAgreed(with_="Everything"),
        ],
        bill=Bill(number=U32_MAX, lines=[PRICE], discount=DiscountCode(0)),
        cooking=Cooking(time=U32_MAX, colour=Colour(rgb=[0, 128, 255])),
        moments=Moments(
            at=datetime.datetime(2024, 2, 29, 23, 59, 59, 999_999, UTC),
            abroad=datetime.datetime(1969, 12, 31, 23, 59, 59, 500_000, timezone(-timedelta(hours=3, minutes=30))),
            local=datetime.datetime(1, 1, 1),
            day=datetime.date(9999, 12, 31),
            time=datetime.time(23, 59, 59, 1),
            weekday=Weekday.SUN,
            span=(-1, 500_000_000),
            other="1970-01-01 00:00:00.0 +00:00:00",
            perhaps=[None, datetime.datetime(1970, 1, 1, tzinfo=UTC)],
        ),
        locations=Locations(
            ips=[IPv4Address("127.0.0.1"), IPv6Address("::"), IPv6Address("::ffff:1.2.3.4")],
            v4=IPv4Address("255.255.255.255"),
            v6=IPv6Address("2001:db8::1"),
            sockets=["0.0.0.0:0", "[::1]:65535"],
            socket_v4="192.0.2.1:80",
            socket_v6="[fe80::1%3]:80",
            path='/var/lib/☃ \\ "',
            site="https://user@example.org:8443/%C3%A4?q=1#f",
            id=ID,
        ),
        limits=Limits(
            small=255,
            large=I64_MIN,
            largest=2**128 - 1,
            list_=[-128, 127],
            wrapping=0,
            range=RangeU64(start=0, end=U64_MAX),
            inclusive=RangeInclusiveNonzeroI8(start=-128, end=127),
            days=RangeDate(start=datetime.date(2024, 2, 1), end=datetime.date(2024, 3, 1)),
            from_=RangeFromDecimal(start=Decimal("-0.0000000000000000000000000001")),
            bounds=[BoundU64Unbounded(), BoundU64Included(0), BoundU64Excluded(U64_MAX)],
            decimals=[Decimal("79228162514264337593543950335"), Decimal("-1.50"), Decimal("0.00")],
        ),
        keys=Keys(
            by_id={UUID(int=0): 0, UUID(int=2**128 - 1): 255},
            by_ip={IPv4Address("127.0.0.1"): "four", IPv6Address("::1"): "six"},
            by_day={datetime.date(2024, 2, 29): Decimal("0.10")},
            by_number={1: True, 65535: False},
            by_large_number={U64_MAX: True},
            by_char={"\U0010ffff": "a", '"': "☃"},
            in_order={"z": 1, "__proto__": 2, "a": 255},
            ids={ID},
            set_in_order={I64_MAX, -1, I64_MIN},
        ),
        storage=Storage(
            shared="",
            borrowed="☃",
            boxed="\0",
            items=[0, U64_MAX],
            buffer=b"\0\xff",
            bytes_=b"",
            c_string=b"text",
            chunks={"none": None, "some": b"\1"},
        ),
    )


def _users() -> list[User]:
    return [
        User(
            id=UUID(int=1),
            name="☃",
            created_at=datetime.datetime(2024, 2, 29, 23, 59, 59, 999_999, UTC),
            changed_at=datetime.datetime(2024, 3, 1, tzinfo=UTC),
            cause=CausePerson(by=UUID(int=2)),
            street="Street",
            town="Ås",
            code=U32_MAX,
            role=RoleAdmin(realms=["here", "there"]),
        ),
        User(id=UUID(int=0), name="", created_at=datetime.datetime(1970, 1, 1, tzinfo=UTC), role=RoleGuest()),
        User(
            id=UUID(int=2**128 - 1),
            name="cause",
            created_at=datetime.datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
            cause=CauseUnknown(),
            street="Street",
            town="Ås",
            role=RoleMember(Priority.HIGH),
        ),
    ]


def _deliveries() -> list[Delivery]:
    def delivery(event: WebhookEvent) -> Delivery:
        return Delivery(id=ID, event=event, extra={})

    extra: dict[str, Value] = {
        "name": ValueText("extra"),
        "nothing": ValueNothing(),
        "__proto__": ValueWhole(1),
        "": ValueList([ValueTruth(True)]),
    }
    return [
        delivery(WebhookEventPing()),
        Delivery(id=ID, event=WebhookEventUserCreated(_users()[0]), extra=extra),
        delivery(WebhookEventInvoicePaid(number=1, price=PRICE)),
        delivery(WebhookEventMoved((U64_MAX, [ADDRESS]))),
    ]


def _filters() -> list[Filter]:
    february = ValueDay(datetime.date(2024, 2, 29))
    values: list[Value] = [
        ValueNothing(),
        ValueTruth(False),
        ValueWhole(I64_MIN),
        ValueReal(0.5),
        ValueReal(1e300),
        february,
        ValueText("2024-02-30"),
        ValueText(""),
        ValueList([ValueList([]), ValueNothing()]),
    ]
    tests: list[Test] = [
        *map(TestEqualTo, values),
        TestExists(),
        TestOneOf([]),
        TestOneOf(values),
        TestBetween(RangeInclusiveValue(start=ValueWhole(0), end=ValueWhole(I64_MAX))),
        TestBetween(RangeInclusiveValue(start=february, end=ValueDay(datetime.date(2024, 3, 1)))),
    ]
    return [Filter(field_name="test", test=test) for test in tests]
