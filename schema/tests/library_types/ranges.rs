use std::ops::{Bound, Range, RangeFrom, RangeInclusive, RangeTo};

use serde_json::json;

use crate::expect::{called, definition, refused, written};

#[test]
fn ranges() {
    let fields = |names: &[&str]| {
        let fields: Vec<_> = names.iter().map(|name| json!({"name": name, "type": "i64"})).collect();
        json!({"shape": {"struct": {"fields": fields, "deny_unknown": true}}})
    };
    called::<Range<i64>>("Range<i64>");
    assert_eq!(definition::<Range<i64>>(), fields(&["start", "end"]));
    written(&(1_i64..5), r#"{"start":1,"end":5}"#);
    written(&Range { start: 5_i64, end: 1 }, r#"{"start":5,"end":1}"#);
    called::<RangeInclusive<i64>>("RangeInclusive<i64>");
    assert_eq!(definition::<RangeInclusive<i64>>(), fields(&["start", "end"]));
    written(&(1_i64..=5), r#"{"start":1,"end":5}"#);
    called::<RangeFrom<i64>>("RangeFrom<i64>");
    assert_eq!(definition::<RangeFrom<i64>>(), fields(&["start"]));
    written(&(1_i64..), r#"{"start":1}"#);
    called::<RangeTo<i64>>("RangeTo<i64>");
    assert_eq!(definition::<RangeTo<i64>>(), fields(&["end"]));
    written(&(..5_i64), r#"{"end":5}"#);
}

#[test]
fn ranges_need_all_their_fields_and_no_others() {
    refused::<Range<i64>>(r#"{"start":1,"end":5,"step":2}"#);
    refused::<Range<Option<i64>>>(r#"{"start":1}"#);
    refused::<RangeInclusive<i64>>(r#"{"start":1,"end":5,"step":2}"#);
    refused::<RangeInclusive<Option<i64>>>(r#"{"end":1}"#);
    refused::<RangeFrom<i64>>(r#"{"start":1,"end":5}"#);
    refused::<RangeFrom<Option<i64>>>("{}");
    refused::<RangeTo<i64>>(r#"{"start":1,"end":5}"#);
    refused::<RangeTo<Option<i64>>>("{}");
}

#[test]
fn bounds() {
    called::<Bound<Vec<u8>>>("Bound<list<u8>>");
    let expected = json!({"shape": {"enum": {"tagging": "external", "variants": [
        {"name": "Unbounded", "shape": "unit"},
        {"name": "Included", "shape": {"newtype": {"list": "u8"}}},
        {"name": "Excluded", "shape": {"newtype": {"list": "u8"}}},
    ]}}});
    assert_eq!(definition::<Bound<Vec<u8>>>(), expected);
    written(&Bound::<u8>::Unbounded, r#""Unbounded""#);
    written(&Bound::Included(1_u8), r#"{"Included":1}"#);
    written(&Bound::Excluded(1_u8), r#"{"Excluded":1}"#);
    refused::<Bound<u8>>(r#"{"Beyond":1}"#);
}
