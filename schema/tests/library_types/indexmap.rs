use indexmap::{IndexMap, IndexSet};

use crate::expect::{called, written, written_apart};

#[test]
fn maps_and_sets_are_written_in_their_order() {
    called::<IndexMap<String, u8>>("map<string, u8>");
    written(
        &IndexMap::<_, _>::from_iter([("b".to_owned(), 1_u8), ("a".to_owned(), 2)]),
        r#"{"b":1,"a":2}"#,
    );
    written_apart(
        &IndexMap::<u8, u8>::from_iter([(3, 1), (1, 2)]),
        r#"{"3":1,"1":2}"#,
        b"\x82\x03\x01\x01\x02",
    );
    called::<IndexSet<String>>("set<string>");
    written(
        &IndexSet::<_>::from_iter(["b".to_owned(), "a".to_owned()]),
        r#"["b","a"]"#,
    );
}
