//! What becomes of flattened fields, and that the rules for them are serde's.

use std::{collections::BTreeMap, fmt::Debug};

use callsheet_schema::{Document, Shape, TypeRef};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{document, enum_of, faults, flattening, struct_of};

/// Types to flatten and their descriptions. The names of their entries are given, so that those of two families differ.
macro_rules! family {
    ($family:ident, $x:literal, $y:literal, $t:literal, $c:literal, $V:literal, $W:literal) => {
        mod $family {
            use super::*;

            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            pub(super) struct Plain {
                #[serde(rename = $x)]
                pub(super) x: u8,
            }

            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(super) struct Denying {
                #[serde(rename = $x)]
                pub(super) x: u8,
            }

            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            #[serde(tag = $t)]
            pub(super) struct Tagged {
                #[serde(rename = $x)]
                pub(super) x: u8,
            }

            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            pub(super) struct Nested {
                #[serde(rename = $y)]
                pub(super) y: u8,
                #[serde(flatten)]
                pub(super) plain: Plain,
            }

            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            pub(super) struct NestedMap {
                #[serde(rename = $y)]
                pub(super) y: u8,
                #[serde(flatten)]
                pub(super) map: BTreeMap<String, u8>,
            }

            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            pub(super) enum External {
                #[serde(rename = $V)]
                V(u8),
                #[serde(rename = $W)]
                W,
            }

            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            pub(super) enum Open {
                #[serde(rename = $V)]
                V(u8),
                #[serde(untagged)]
                Other(Plain),
            }

            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            #[serde(tag = $t)]
            pub(super) enum Internal<T> {
                V(T),
                W,
            }

            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            #[serde(tag = $t, deny_unknown_fields)]
            pub(super) enum DenyingInternal {
                V {
                    #[serde(rename = $x)]
                    x: u8,
                },
            }

            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            #[serde(tag = $t, content = $c, deny_unknown_fields)]
            pub(super) enum Adjacent {
                V(u8),
            }

            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            #[serde(untagged)]
            pub(super) enum Untagged<T> {
                V(T),
            }

            pub(super) fn types() -> Value {
                let named = |name: &str| json!({"newtype": {"named": name}});
                let v = |data: Value| json!([{"name": "V", "shape": data}, {"name": "W", "shape": "unit"}]);
                let x = json!({"name": $x, "type": "u8"});
                let y = json!({"name": $y, "type": "u8"});
                let flattened = |of: Value| json!({"name": "f", "type": of, "flattened": true});
                let denying = |variant: Value, tagging: Value| {
                    json!({"shape": {"enum": {"tagging": tagging, "variants": [variant], "deny_unknown": true}}})
                };
                let internal = json!({"internal": {"tag": $t}});
                let adjacent = json!({"adjacent": {"tag": $t, "content": $c}});
                let map = json!({"newtype": {"map": ["string", "u8"]}});
                let untagged = |data: Value| enum_of(&json!("untagged"), &json!([{"name": "V", "shape": data}]));
                let mut types = json!({
                    "Plain": struct_of(&json!([x])),
                    "Denying": {"shape": {"struct": {"fields": [x], "deny_unknown": true}}},
                    "Tagged": {"shape": {"struct": {"tags": [{"name": $t, "value": "Tagged"}], "fields": [x]}}},
                    "Nested": struct_of(&json!([y, flattened(json!({"named": concat!(stringify!($family), ".Plain")}))])),
                    "NestedMap": struct_of(&json!([y, flattened(json!({"map": ["string", "u8"]}))])),
                    "External": enum_of(&json!("external"), &json!([
                        {"name": $V, "shape": {"newtype": "u8"}}, {"name": $W, "shape": "unit"},
                    ])),
                    "Open": enum_of(&json!("external"), &json!([
                        {"name": $V, "shape": {"newtype": "u8"}},
                        {"name": "Other", "shape": named(concat!(stringify!($family), ".Plain")), "untagged": true},
                    ])),
                    "Internal": enum_of(&internal, &v(named(concat!(stringify!($family), ".Plain")))),
                    "InternalExternal": enum_of(&internal, &v(named(concat!(stringify!($family), ".External")))),
                    "InternalUnit": enum_of(&internal, &v(json!({"newtype": "unit"}))),
                    "InternalMap": enum_of(&internal, &v(map.clone())),
                    "DenyingInternal": denying(json!({"name": "V", "shape": {"struct": [x]}}), internal),
                    "Adjacent": denying(json!({"name": "V", "shape": {"newtype": "u8"}}), adjacent),
                    "Untagged": untagged(named(concat!(stringify!($family), ".Plain"))),
                    "UntaggedDenying": untagged(named(concat!(stringify!($family), ".Denying"))),
                    "UntaggedAdjacent": untagged(named(concat!(stringify!($family), ".Adjacent"))),
                    "UntaggedMap": untagged(map),
                    "Unit": {"shape": "unit"},
                    "Map": {"shape": {"newtype": {"map": ["string", "u8"]}}},
                });
                let types = types.as_object_mut().expect("types by name");
                let family = stringify!($family);
                std::mem::take(types).into_iter().map(|(name, of)| (format!("{family}.{name}"), of)).collect()
            }

            /// Visits one or two values of each type.
            pub(super) fn each(visit: &mut impl Visit) {
                let map = BTreeMap::from([(concat!($x, "-key").to_owned(), 1_u8)]);
                let plain = Plain { x: 1 };
                visit.visit("Plain", &plain);
                visit.visit("Denying", &Denying { x: 1 });
                visit.visit("Tagged", &Tagged { x: 1 });
                visit.visit("Nested", &Nested { y: 1, plain: plain.clone() });
                visit.visit("NestedMap", &NestedMap { y: 1, map: map.clone() });
                visit.visit("External", &External::V(1));
                visit.visit("External", &External::W);
                visit.visit("Open", &Open::V(1));
                visit.visit("Internal", &Internal::V(plain.clone()));
                visit.visit("Internal", &Internal::<Plain>::W);
                visit.visit("InternalExternal", &Internal::V(External::V(1)));
                visit.visit("InternalUnit", &Internal::V(()));
                visit.visit("InternalMap", &Internal::V(map.clone()));
                visit.visit("DenyingInternal", &DenyingInternal::V { x: 1 });
                visit.visit("Adjacent", &Adjacent::V(1));
                visit.visit("Untagged", &Untagged::V(plain));
                visit.visit("UntaggedDenying", &Untagged::V(Denying { x: 1 }));
                visit.visit("UntaggedAdjacent", &Untagged::V(Adjacent::V(1)));
                visit.visit("UntaggedMap", &Untagged::V(map.clone()));
                visit.visit("Unit", &());
                visit.visit("Map", &map);
            }
        }
    };
}

family!(first, "ax", "ay", "at", "ac", "aV", "aW");
family!(second, "bx", "by", "bt", "bc", "bV", "bW");

trait Visit {
    fn visit<T: Clone + Debug + PartialEq + Serialize + DeserializeOwned>(&mut self, name: &str, value: &T);
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Two<A, B> {
    own: u8,
    #[serde(flatten)]
    a: A,
    #[serde(flatten)]
    b: B,
}

/// Whether serde reads each value back that it wrote, by the names of the two types.
#[derive(Default)]
struct Read(BTreeMap<(String, String), bool>);

impl Visit for Read {
    fn visit<A: Clone + Debug + PartialEq + Serialize + DeserializeOwned>(&mut self, name: &str, a: &A) {
        second::each(&mut WithFirst { read: self, name, a });
    }
}

struct WithFirst<'a, A> {
    read: &'a mut Read,
    name: &'a str,
    a: &'a A,
}

impl<A: Clone + Debug + PartialEq + Serialize + DeserializeOwned> Visit for WithFirst<'_, A> {
    fn visit<B: Clone + Debug + PartialEq + Serialize + DeserializeOwned>(&mut self, name: &str, b: &B) {
        let two = Two {
            own: 1,
            a: self.a.clone(),
            b: b.clone(),
        };
        let text = serde_json::to_string(&two).expect("everything here can be written");
        let is_read = serde_json::from_str::<Two<A, B>>(&text).is_ok_and(|read| read == two);
        let pair = (self.name.to_owned(), name.to_owned());
        *self.read.0.entry(pair).or_insert(true) &= is_read;
    }
}

#[test]
fn two_can_be_flattened_where_serde_reads_both_back() {
    let mut read = Read::default();
    first::each(&mut read);
    assert_eq!(read.0.len(), 19 * 19);
    let readable = read.0.values().filter(|is_read| **is_read).count();
    assert!(readable > 100 && readable < 261, "both happen: {readable}");
    let mut types = first::types();
    let types_of_second = second::types();
    types
        .as_object_mut()
        .expect("types by name")
        .extend(types_of_second.as_object().expect("types by name").clone());
    let wrong: Vec<_> = read
        .0
        .into_iter()
        .filter_map(|((a, b), is_read)| {
            let mut types = types.clone();
            let (a, b) = (format!("first.{a}"), format!("second.{b}"));
            types["Two"] = flattening(&[json!({"named": a}), json!({"named": b})]);
            let found = faults(document(&types));
            (found.is_empty() != is_read).then(|| format!("{a} {b}: read back: {is_read}, {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of 361:\n{}", wrong.len(), wrong.join("\n"));
}

fn inlined(types: &Value, name: &str) -> (Shape, Option<Shape>) {
    let document = document(types).unwrap_or_else(|error| panic!("{error}"));
    let again = Document::from_json(&document.to_json()).expect("what was made can be read");
    assert_eq!(again, document, "inlining changes nothing the second time");
    let definition = &document.types[name];
    (definition.shape.clone(), definition.produces.clone())
}

/// The fields of a struct in short: `?` may be absent when read, `~` when written, `..` flattened.
fn short(shape: &Shape) -> Vec<String> {
    let Shape::Struct { fields, tags, .. } = shape else {
        panic!("no struct: {shape:?}")
    };
    let tags = tags.iter().map(|tag| format!("{} = {}", tag.name, tag.value));
    let fields = fields.iter().map(|field| {
        let optional = if field.optional { "?" } else { "" };
        let sometimes = if field.sometimes { "~" } else { "" };
        let name = if field.flattened { ".." } else { &field.name };
        format!("{name}{optional}{sometimes}: {}", field.type_ref)
    });
    tags.chain(fields).collect()
}

#[test]
fn structs_are_inlined_where_they_stand() {
    let types = json!({
        "Outer": struct_of(&json!([
            {"name": "first", "type": "u8"},
            {"name": "middle", "type": {"named": "Wrapped"}, "flattened": true},
            {"name": "last", "type": "u8"},
        ])),
        "Wrapped": {"shape": {"newtype": {"named": "Middle"}}},
        "Middle": {"shape": {"struct": {
            "tags": [{"name": "type", "value": "Middle"}],
            "fields": [
                {"name": "id", "type": "u32"},
                {"name": "gone", "type": "unit", "flattened": true},
                {"name": "time", "type": "duration", "flattened": true},
                {"name": "choice", "type": {"named": "Choice"}, "flattened": true},
            ],
            "deny_unknown": false,
        }}},
        "Choice": enum_of(&json!("external"), &json!([{"name": "Yes", "shape": {"newtype": "u8"}}])),
    });
    let (accepts, produces) = inlined(&types, "Outer");
    assert_eq!(
        short(&accepts),
        [
            "type = Middle",
            "first: u8",
            "id: u32",
            "secs: u64",
            "nanos: u32",
            "..: Choice",
            "last: u8"
        ]
    );
    assert_eq!(produces, None);
}

#[test]
fn an_option_may_be_missing_as_a_whole() {
    let types = json!({
        "Outer": struct_of(&json!([
            {"name": "inner", "type": {"option": {"named": "Inner"}}, "flattened": true},
            {"name": "skipped", "type": {"named": "Skipped"}, "flattened": true, "sometimes": true, "optional": true},
        ])),
        "Inner": struct_of(&json!([
            {"name": "id", "type": "u32"},
            {"name": "choice", "type": {"named": "Choice"}, "flattened": true},
        ])),
        "Skipped": struct_of(&json!([{"name": "x", "type": "u8"}])),
        "Choice": enum_of(&json!("external"), &json!([{"name": "Yes", "shape": {"newtype": "u8"}}])),
    });
    let (accepts, _) = inlined(&types, "Outer");
    // A field that is only skipped must be there again: serde has no defaults for what is flattened.
    assert_eq!(short(&accepts), ["id?~: u32", "..?~: option<Choice>", "x~: u8"]);
}

#[test]
fn each_direction_is_inlined_by_itself() {
    let types = json!({
        "Outer": flattening(&[json!({"named": "Inner"})]),
        "Inner": {
            "shape": {"struct": {"fields": [{"name": "password", "type": "string"}]}},
            "produces": {"struct": {"fields": [{"name": "hash", "type": "bytes"}]}},
        },
    });
    let (accepts, produces) = inlined(&types, "Outer");
    assert_eq!(short(&accepts), ["own: u8", "password: string"]);
    assert_eq!(short(&produces.expect("it differs")), ["own: u8", "hash: bytes"]);
}

#[test]
fn variants_flatten_too() {
    let fields = json!([
        {"name": "own", "type": "u8"},
        {"name": "inner", "type": {"named": "Inner"}, "flattened": true},
        {"name": "rest", "type": {"map": ["string", "u8"]}, "flattened": true},
    ]);
    let types = json!({
        "Event": enum_of(&json!("external"), &json!([{"name": "Made", "shape": {"struct": fields}}])),
        "Inner": struct_of(&json!([{"name": "x", "type": "u8"}])),
    });
    let (Shape::Enum { variants, .. }, None) = inlined(&types, "Event") else {
        panic!("an enum of one shape")
    };
    let callsheet_schema::VariantShape::Struct(fields) = &variants[0].shape else {
        panic!("named fields")
    };
    let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["own", "x", "rest"]);
    assert!(fields[2].flattened && matches!(fields[2].type_ref, TypeRef::Map(..)));
}
