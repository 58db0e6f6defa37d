//! One of everything that is joined from other types, with the values that are the hardest to carry. The suites of all
//! languages spell them out again.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Debug,
    num::{NonZeroI8, NonZeroI64, NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, Wrapping},
    ops::{Bound, Range},
    str::FromStr,
    time::Duration,
};

use chrono::{NaiveDate, TimeDelta};
use surprise_contract::{
    Address, Bill, Cause, Colour, Command, Consignment, Cooking, Delivery, Discount, Filter, Invoice, Keys, Limits,
    Locations, Moments, Outline, Page, Price, Priority, Role, Sketch, Stamp, Storage, Test, User, Value, WebhookEvent,
};
use time::OffsetDateTime;

pub(crate) fn consignment() -> Consignment {
    Consignment {
        users: Page {
            items: users().to_vec(),
            total: u64::MAX,
            next: Some("".into()),
        },
        roles: Page {
            items: vec![
                page([]),
                page([
                    Role::Guest,
                    Role::Member(Priority::Other),
                    Role::Admin { realms: Vec::new() },
                ]),
            ],
            total: 2,
            next: None,
        },
        deliveries: deliveries(),
        commands: vec![
            Command::Start {
                after_seconds: NonZeroU32::MIN,
                on_worker: None,
            },
            Command::Start {
                after_seconds: NonZeroU32::MAX,
                on_worker: Some(NonZeroU16::MAX),
            },
            Command::Stop,
            Command::Label(BTreeMap::new()),
            Command::Label(BTreeMap::from([
                ("__proto__".to_owned(), "object".to_owned()),
                ("kind".to_owned(), "label".to_owned()),
            ])),
            Command::Price(price()),
            Command::Unknown,
        ],
        priorities: vec![Priority::Low, Priority::High, Priority::Other],
        filters: filters(),
        sketches: vec![
            sketch("round", Outline::Circle { radius: 0.5 }),
            sketch(
                "square",
                Outline::Rectangle {
                    width: 2.0,
                    height: 1e300,
                },
            ),
            sketch("there", Outline::Place(address(None))),
        ],
        discounts: vec![
            Discount::Everything,
            Discount::Percent(NonZeroU8::MAX),
            Discount::Amount(price()),
            Discount::Code(u64::MAX),
            Discount::Agreed {
                with: "Everything".to_owned(),
            },
        ],
        bill: Bill {
            paid_on: None,
            invoice: Invoice {
                number: NonZeroU32::MAX,
                lines: vec![price()],
                discount: Some(Discount::Code(0)),
            },
        },
        address: None,
        cooking: Cooking {
            time: Duration::from_secs(60 * u64::from(u32::MAX)),
            colour: Colour { rgb: [0, 128, 255] },
        },
        moments: moments(),
        locations: locations(),
        limits: limits(),
        keys: keys(),
        storage: storage(),
    }
}

/// A value that is written as its text.
fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse()
        .unwrap_or_else(|error| panic!("{text} is of another form: {error:?}"))
}

fn page<T, const N: usize>(items: [T; N]) -> Page<T> {
    Page {
        items: items.into(),
        total: N as u64,
        next: None,
    }
}

fn users() -> [User; 3] {
    [
        User {
            id: read("00000000-0000-0000-0000-000000000001"),
            name: "☃".into(),
            stamp: Stamp {
                created_at: read("2024-02-29T23:59:59.999999Z"),
                changed_at: Some(read("2024-03-01T00:00:00Z")),
                cause: Some(Cause::Person {
                    by: read("00000000-0000-0000-0000-000000000002"),
                }),
            },
            address: Some(address(Some(NonZeroU32::MAX))),
            role: Role::Admin {
                realms: vec!["here".to_owned(), "there".to_owned()],
            },
        },
        User {
            id: read("00000000-0000-0000-0000-000000000000"),
            name: "".into(),
            stamp: Stamp {
                created_at: read("1970-01-01T00:00:00Z"),
                changed_at: None,
                cause: None,
            },
            address: None,
            role: Role::Guest,
        },
        User {
            id: read("ffffffff-ffff-ffff-ffff-ffffffffffff"),
            name: "cause".into(),
            stamp: Stamp {
                created_at: read("1969-12-31T23:59:59Z"),
                changed_at: None,
                cause: Some(Cause::Unknown),
            },
            address: Some(address(None)),
            role: Role::Member(Priority::High),
        },
    ]
}

fn address(code: Option<NonZeroU32>) -> Address {
    Address {
        street: "Street".to_owned(),
        town: "Ås".into(),
        code,
    }
}

fn price() -> Price {
    Price {
        amount: read("12.50"),
        currency: "EUR".into(),
    }
}

fn deliveries() -> Vec<Delivery> {
    let [user, ..] = users();
    let delivery = |event| Delivery {
        id: read("67e55044-10b1-426f-9247-bb680e5fe0c8"),
        event,
        extra: BTreeMap::new(),
    };
    vec![
        delivery(WebhookEvent::Ping),
        Delivery {
            extra: BTreeMap::from([
                ("name".to_owned(), Value::Text("extra".into())),
                ("nothing".to_owned(), Value::Nothing),
                ("__proto__".to_owned(), Value::Whole(1)),
                ("".to_owned(), Value::List(vec![Value::Truth(true)])),
            ]),
            ..delivery(WebhookEvent::UserCreated(Box::new(user)))
        },
        delivery(WebhookEvent::InvoicePaid {
            number: NonZeroU32::MIN,
            price: price(),
        }),
        delivery(WebhookEvent::Moved(u64::MAX, vec![address(None)])),
    ]
}

fn filters() -> Vec<Filter> {
    let values = vec![
        Value::Nothing,
        Value::Truth(false),
        Value::Whole(i64::MIN),
        Value::Real(0.5),
        Value::Real(1e300),
        Value::Day(read("2024-02-29")),
        Value::Text("2024-02-30".into()),
        Value::Text("".into()),
        Value::List(vec![Value::List(Vec::new()), Value::Nothing]),
    ];
    let tests = values.iter().cloned().map(Test::EqualTo).chain([
        Test::Exists,
        Test::OneOf(Vec::new()),
        Test::OneOf(values.clone()),
        Test::Between(Value::Whole(0)..=Value::Whole(i64::MAX)),
        Test::Between(Value::Day(read("2024-02-29"))..=Value::Day(read("2024-03-01"))),
    ]);
    let filters = tests.map(|test| Filter {
        field_name: "test".to_owned(),
        test,
    });
    filters.collect()
}

fn sketch(name: &str, outline: Outline) -> Sketch {
    Sketch {
        name: name.to_owned(),
        outline,
    }
}

/// No finer than microseconds, and in years of four digits: what every language has a type for.
fn moments() -> Moments {
    Moments {
        at: read("2024-02-29T23:59:59.999999Z"),
        abroad: read("1969-12-31T23:59:59.500-03:30"),
        local: read("0001-01-01T00:00:00"),
        day: read("9999-12-31"),
        time: read("23:59:59.000001"),
        weekday: read("Sun"),
        span: TimeDelta::milliseconds(-500),
        other: OffsetDateTime::UNIX_EPOCH,
        perhaps: vec![None, Some(read("1970-01-01T00:00:00Z"))],
    }
}

fn locations() -> Locations {
    Locations {
        ips: vec![read("127.0.0.1"), read("::"), read("::ffff:1.2.3.4")],
        v4: read("255.255.255.255"),
        v6: read("2001:db8::1"),
        sockets: vec![read("0.0.0.0:0"), read("[::1]:65535")],
        socket_v4: read("192.0.2.1:80"),
        socket_v6: read("[fe80::1%3]:80"),
        path: read("/var/lib/☃ \\ \""),
        site: read("https://user@example.org:8443/%C3%A4?q=1#f"),
        id: read("67e55044-10b1-426f-9247-bb680e5fe0c8"),
    }
}

fn limits() -> Limits {
    let february = Range::<NaiveDate> {
        start: read("2024-02-01"),
        end: read("2024-03-01"),
    };
    Limits {
        small: NonZeroU8::MAX,
        large: NonZeroI64::MIN,
        largest: NonZeroU128::MAX,
        perhaps: None,
        list: vec![NonZeroI8::MIN, NonZeroI8::MAX],
        wrapping: Wrapping(0),
        range: 0..u64::MAX,
        inclusive: NonZeroI8::MIN..=NonZeroI8::MAX,
        days: Some(february),
        from: read("-0.0000000000000000000000000001")..,
        bounds: vec![Bound::Unbounded, Bound::Included(0), Bound::Excluded(u64::MAX)],
        decimals: vec![read("79228162514264337593543950335"), read("-1.50"), read("0.00")],
    }
}

fn keys() -> Keys {
    Keys {
        by_id: BTreeMap::from([
            (read("00000000-0000-0000-0000-000000000000"), 0),
            (read("ffffffff-ffff-ffff-ffff-ffffffffffff"), 255),
        ]),
        by_ip: HashMap::from([(read("127.0.0.1"), "four".into()), (read("::1"), "six".into())]),
        by_day: BTreeMap::from([(read("2024-02-29"), read("0.10"))]),
        by_number: BTreeMap::from([(NonZeroU16::MIN, true), (NonZeroU16::MAX, false)]),
        by_large_number: BTreeMap::from([(NonZeroU64::MAX, true)]),
        by_char: BTreeMap::from([('\u{10FFFF}', 'a'), ('"', '☃')]),
        in_order: [("z", 1), ("__proto__", 2), ("a", 255)]
            .into_iter()
            .filter_map(|(name, number)| Some((name.to_owned(), NonZeroU8::new(number)?)))
            .collect(),
        ids: BTreeSet::from([read("67e55044-10b1-426f-9247-bb680e5fe0c8")]),
        set_in_order: [i64::MAX, -1, i64::MIN].into(),
    }
}

fn storage() -> Storage {
    Storage {
        shared: "".into(),
        borrowed: "☃".into(),
        boxed: "\0".into(),
        items: [Box::new(0), Box::new(u64::MAX)].into(),
        buffer: vec![0, 255].into(),
        bytes: vec![].into(),
        c_string: c"text".into(),
        chunks: BTreeMap::from([("none".to_owned(), None), ("some".to_owned(), Some(vec![1].into()))]),
    }
}
