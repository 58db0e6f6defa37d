use std::{
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque},
    hash::{BuildHasherDefault, DefaultHasher},
};

use callsheet_schema::Describe;

use crate::expect::{called, names, refused, written, written_apart};

#[test]
fn options() {
    called::<Option<String>>("option<string>");
    called::<Option<Option<u8>>>("option<option<u8>>");
    written(&Some(1_u8), "1");
    written(&None::<u8>, "null");
}

#[test]
fn lists() {
    called::<Vec<u8>>("list<u8>");
    written(&vec![1_u8, 255], "[1,255]");
    written(&Vec::<u8>::new(), "[]");
    names::<[u8]>("list<u8>");
    called::<Box<[u8]>>("list<u8>");
    written(&Box::<[u8]>::from([1, 2]), "[1,2]");
    called::<VecDeque<Vec<String>>>("list<list<string>>");
    written(&VecDeque::from([vec!["a".to_owned()]]), r#"[["a"]]"#);
    called::<LinkedList<bool>>("list<bool>");
    written(&LinkedList::from([true]), "[true]");
    called::<BinaryHeap<i32>>("list<i32>");
    written(&BinaryHeap::from([-1]), "[-1]");
}

#[test]
fn sets() {
    called::<BTreeSet<char>>("set<char>");
    written(&BTreeSet::from(['b', 'a']), r#"["a","b"]"#);
    called::<HashSet<String>>("set<string>");
    written(&HashSet::from(["a".to_owned()]), r#"["a"]"#);
    called::<HashSet<u8, BuildHasherDefault<DefaultHasher>>>("set<u8>");
}

#[test]
fn maps() {
    called::<BTreeMap<String, Option<i64>>>("map<string, option<i64>>");
    written(
        &BTreeMap::from([("a".to_owned(), Some(1_i64)), ("b".to_owned(), None)]),
        r#"{"a":1,"b":null}"#,
    );
    called::<HashMap<String, ()>>("map<string, unit>");
    written(&HashMap::from([("a".to_owned(), ())]), r#"{"a":null}"#);
    called::<HashMap<u8, u8, BuildHasherDefault<DefaultHasher>>>("map<u8, u8>");
    written_apart(&BTreeMap::from([(-1_i8, 1_u8)]), r#"{"-1":1}"#, b"\x81\xff\x01");
    called::<BTreeMap<bool, u8>>("map<bool, u8>");
    written_apart(&BTreeMap::from([(true, 1_u8)]), r#"{"true":1}"#, b"\x81\xc3\x01");
}

#[test]
fn arrays() {
    called::<[u8; 0]>("array<u8, 0>");
    written(&[0_u8; 0], "[]");
    called::<[u8; 4]>("array<u8, 4>");
    written(&[1_u8, 2, 3, 4], "[1,2,3,4]");
    refused::<[u8; 4]>("[1,2,3]");
    refused::<[u8; 4]>("[1,2,3,4,5]");
    called::<[[bool; 10]; 32]>("array<array<bool, 10>, 32>");
    names::<[u8; 109]>("array<u8, 109>");
    assert_eq!(<[u8; usize::MAX]>::NAME, "array<u8, 18446744073709551615>");
}

#[test]
fn tuples() {
    called::<(u8,)>("tuple<u8>");
    written(&(1_u8,), "[1]");
    called::<(String, Option<(i8, i8)>)>("tuple<string, option<tuple<i8, i8>>>");
    written(&("a".to_owned(), Some((-1_i8, 2_i8))), r#"["a",[-1,2]]"#);
    refused::<(u8, u8)>("[1]");
    refused::<(u8, u8)>("[1,2,3]");

    macro_rules! called_up_to {
        () => {};
        ($first:ident $($item:ident)*) => {
            let items = [stringify!($first), $(stringify!($item)),*];
            called::<($first, $($item,)*)>(&format!("tuple<{}>", items.join(", ")));
            called_up_to!($($item)*);
        };
    }
    called_up_to!(u8 i8 u16 i16 u32 i32 u64 i64 u128 i128 f32 f64 bool char u8 i8);
    let sixteen = (
        1_u8, 2_u8, 3_u8, 4_u8, 5_u8, 6_u8, 7_u8, 8_u8, 9_u8, 10_u8, 11_u8, 12_u8, 13_u8, 14_u8, 15_u8, 16_u8,
    );
    written(&sixteen, "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]");
}

#[test]
fn names_nest_as_deep_as_types_do() {
    called::<HashMap<String, Vec<(Option<[BTreeSet<i64>; 3]>, Box<HashMap<u32, ()>>)>>>(
        "map<string, list<tuple<option<array<set<i64>, 3>>, map<u32, unit>>>>",
    );
}
