//! One of everything, with the values that are the hardest to carry. The suites of all languages spell them out again.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::{Duration, SystemTime},
};

use surprise_contract::{
    Adjacent, Chain, Containers, Error, Everything, Expression, External, Fixed, Heading, Internal, Map, Marker,
    OddNames, Pair, Promise, Scalars, Times, Title, Tree, Untagged, Words,
};

pub(crate) fn sample() -> Everything {
    Everything {
        scalars: scalars(),
        containers: containers(),
        externals: externals(),
        internals: internals(),
        adjacents: vec![
            Adjacent::NothingAtAll,
            Adjacent::Newtype(u64::MAX),
            Adjacent::Perhaps(None),
            Adjacent::Perhaps(Some(Pair(i64::MIN, String::new()))),
            Adjacent::Tuple(Heading::Nowhere, -1.5),
            Adjacent::Struct {
                class: i64::MIN,
                t: '𝄞',
            },
        ],
        untagged: vec![
            Untagged::Nothing,
            Untagged::Truth(false),
            Untagged::Whole(u64::MAX),
            Untagged::Text("null".to_owned()),
            Untagged::Tuple(-1, 1),
            Untagged::Many(texts(&["a", "b", "c"])),
            Untagged::Struct { only: Heading::Uphill },
            Untagged::Newtype(title()),
        ],
        names: names(),
        times: Times {
            span: Duration::new(u64::MAX, 999_999_999),
            point: SystemTime::UNIX_EPOCH + Duration::new(4_102_444_800, 1),
        },
        tree: tree(),
        expression: Expression::Let {
            name: "x".to_owned(),
            r#in: Box::new(Expression::Sum(vec![
                Expression::Number(1.0),
                Expression::Ratio(
                    Box::new(Expression::Number(-0.5)),
                    Box::new(Expression::Sum(Vec::new())),
                ),
            ])),
        },
        chain: Chain {
            link: 1,
            next: Some(Box::new(Chain {
                link: u64::MAX,
                next: None,
            })),
        },
    }
}

fn scalars() -> Scalars {
    Scalars {
        truth: true,
        i8: i8::MIN,
        u8: u8::MAX,
        i16: i16::MIN,
        u16: u16::MAX,
        i32: i32::MIN,
        u32: u32::MAX,
        i64: i64::MIN,
        u64: u64::MAX,
        i128: i128::MIN,
        u128: u128::MAX,
        f32: 0.1,
        f64: -0.0,
        char: '\u{10FFFF}',
        string: "\0 \u{7f} \u{2028} \" \\ / é e\u{301} 👩‍🚀 \u{FEFF}".to_owned(),
        unit: (),
        marker: Marker,
    }
}

fn containers() -> Containers {
    Containers {
        options: Some(vec![
            None,
            Some(BTreeMap::new()),
            Some(BTreeMap::from([
                ("none".to_owned(), None),
                ("most".to_owned(), Some(u64::MAX)),
                ("".to_owned(), Some(0)),
            ])),
        ]),
        lists: vec![
            vec![],
            vec![vec![]],
            vec![vec![i64::MIN, i64::MAX], vec![9_007_199_254_740_993]],
        ],
        by_text: HashMap::from([
            ("__proto__".to_owned(), vec![0, 255]),
            ("constructor".to_owned(), vec![]),
        ]),
        by_number: BTreeMap::from([
            (i64::MIN, Heading::None),
            (-1, Heading::True),
            (i64::MAX, Heading::West),
        ]),
        by_large_number: BTreeMap::from([(
            u64::MAX,
            BTreeMap::from([(0, "zero".to_owned()), (255, "most".to_owned())]),
        )]),
        by_truth: BTreeMap::from([(false, 'f'), (true, '☃')]),
        by_heading: BTreeMap::from([(Heading::NorthEast, f64::MAX), (Heading::Uphill, 5e-324)]),
        numbers: BTreeSet::from([0, u64::MAX]),
        tuple: (-128, ("two".to_owned(), f32::MAX), Some(vec![3])),
        single: (9_007_199_254_740_993,),
        arrays: [[1, 2, 3], [4, 5, u16::MAX]],
        pair: Pair(-9_007_199_254_740_993, "pair".to_owned()),
        fixed: Fixed { cents: i64::MAX },
    }
}

fn externals() -> Vec<External> {
    let inner = External::Struct {
        kind: "inner".to_owned(),
        value: None,
        long_name: 0,
    };
    vec![
        External::Nothing,
        External::Newtype(Pair(1, "one".to_owned())),
        External::Perhaps(None),
        External::Perhaps(Some(u64::MAX)),
        External::Null(()),
        External::Rows(vec![vec![Heading::None, Heading::True], vec![]]),
        External::Tuple(i64::MIN, "tuple".to_owned(), None),
        External::Struct {
            kind: "outer".to_owned(),
            value: Some(Box::new(inner)),
            long_name: u64::MAX,
        },
        External::Empty {},
    ]
}

fn internals() -> Vec<Internal> {
    vec![
        Internal::Nothing,
        Internal::Newtype(title()),
        Internal::Leaf(tree()),
        Internal::Struct {
            kind: u64::MAX,
            note: None,
        },
        Internal::Struct {
            kind: 0,
            note: Some("noted".to_owned()),
        },
    ]
}

fn names() -> OddNames {
    OddNames {
        r#type: "type".to_owned(),
        class: true,
        from: 3,
        r#in: -4,
        constructor: Some("constructor".to_owned()),
        delete: vec![6],
        def: (),
        self_: 8,
        none: Some(false),
        proto: Some(Box::new(Words {
            lambda: 1,
            r#fn: 2,
            function: 3,
            map: Map {
                error: Some(Error::Err { error: u64::MAX }),
                promise: Promise::Constructor,
            },
        })),
        then: i64::MIN,
        first: "first".to_owned(),
        japan: "日本".to_owned(),
        größe: 13.5,
        items: 14,
        to_string: 15,
        __slots__: 16,
        int: i64::MAX,
        list: vec![18],
        value_of: 19,
    }
}

fn tree() -> Tree {
    let leaf = |label: &str| Tree {
        label: label.to_owned(),
        children: Vec::new(),
        by_name: BTreeMap::new(),
    };
    Tree {
        label: "root".to_owned(),
        children: vec![leaf("first"), leaf("second")],
        by_name: BTreeMap::from([("__proto__".to_owned(), leaf("named"))]),
    }
}

fn title() -> Title {
    Title {
        words: texts(&["On", "Growth"]),
        year: Some(1917),
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
