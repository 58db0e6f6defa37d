//! What a document is lowered to.

mod directions;
mod hosting;

use callsheet_codegen::{
    fault::GenerateError,
    ir::{Api, Contents, Format, Kind, MapKey, NamedType, Request, Shape, Tagging, TypeRef, VariantShape},
};
use callsheet_schema::Document;
use serde_json::{Value, json};

const EVERYTHING: &str = include_str!("../documents/everything.json");

fn everything() -> Api {
    let document = Document::from_json(EVERYTHING).expect("the sample holds together");
    Api::lower(&document).expect("every language can say the sample")
}

/// The api of one contract `demo.Contract` with these methods and events, over these types.
fn lower(methods: &Value, events: &Value, types: &Value) -> Result<Api, GenerateError> {
    let contracts = json!([{"name": "demo.Contract", "methods": methods, "events": events}]);
    lower_contracts(&contracts, types)
}

fn lower_contracts(contracts: &Value, types: &Value) -> Result<Api, GenerateError> {
    let document = json!({"callsheet": 1, "contracts": contracts, "types": types, "encodings": {}});
    Api::lower(&Document::from_json(&document.to_string()).expect("the test's document holds together"))
}

fn ask(name: &str, argument: &Value, reply: &Value) -> Value {
    json!({
        "name": name, "message": format!("demo.Contract.{name}"), "kind": "ask", "access": "shared",
        "request": {"arguments": [{"name": "value", "type": argument}]}, "reply": reply,
    })
}

fn struct_of(fields: &Value) -> Value {
    json!({"shape": {"struct": {"fields": fields}}})
}

fn named<'a>(api: &'a Api, id: &str) -> &'a NamedType {
    api.types.get(id).unwrap_or_else(|| panic!("no type `{id}`"))
}

#[test]
fn the_sample_is_canonical() {
    let document = Document::from_json(EVERYTHING).expect("the sample holds together");
    // Written by hand, it has no hashes.
    let text = document.to_json();
    let (head, _) = text.split_once(",\n  \"hashes\"").expect("they come last");
    assert_eq!(format!("{head}\n}}\n"), EVERYTHING);
}

#[test]
fn lowering_is_deterministic() {
    assert_eq!(everything(), everything());
}

#[test]
fn only_asks_are_repeated_whatever_a_hand_has_written() {
    for (kind, repeated) in [("ask", true), ("tell", false), ("stream", false)] {
        let mut method = ask("get", &json!("u8"), &json!("unit"));
        method["kind"] = json!(kind);
        method["idempotent"] = json!(true);
        let api = lower(&json!([method]), &json!([]), &json!({})).expect("every language can say it");
        assert_eq!(api.services[0].methods[0].idempotent, repeated, "{kind}");
    }
}

#[test]
fn services_keep_the_order_of_their_parts() {
    let api = everything();
    let names: Vec<_> = api.services.iter().map(|service| service.contract.as_str()).collect();
    assert!(names.is_sorted(), "{names:?}");
    assert_eq!(api.namespace(), Some("everything"));

    let orders = api
        .services
        .iter()
        .find(|service| service.contract == "everything.Orders")
        .expect("in the sample");
    assert_eq!(
        (orders.name.source(), orders.default_target.as_str()),
        ("Orders", "orders")
    );
    let methods: Vec<_> = orders
        .methods
        .iter()
        .map(|method| (method.name.source(), method.kind, method.idempotent))
        .collect();
    assert_eq!(
        methods,
        [
            ("place_order", Kind::Ask, false),
            ("cancel", Kind::Ask, false),
            ("count", Kind::Ask, true),
            ("notify", Kind::Tell, false),
            ("audit", Kind::Ask, false),
        ]
    );
    let [place_order, cancel, ..] = &orders.methods[..] else {
        panic!("five methods")
    };
    assert_eq!(place_order.message, "everything.Orders.PlaceOrder");
    let Request::Message(order) = &place_order.request else {
        panic!("the whole payload")
    };
    assert_eq!(
        (order.name.source(), &order.type_ref),
        ("order", &TypeRef::Named("PlaceOrder".to_owned()))
    );
    let Request::Arguments(arguments) = &cancel.request else {
        panic!("arguments")
    };
    let arguments: Vec<_> = arguments
        .iter()
        .map(|of| (of.wire_name.as_str(), of.optional))
        .collect();
    assert_eq!(arguments, [("order_id", false), ("reason", true)]);
}

#[test]
fn errors_are_distinct_and_named_even_where_their_type_is_not() {
    let api = everything();
    let errors: Vec<_> = api.errors.iter().map(|error| error.name.source()).collect();
    assert_eq!(errors, ["FeedError", "OrderError", "StringError"]);
    assert!(named(&api, "OrderError").uses.declared_error);
    assert!(!named(&api, "OrderPlaced").uses.declared_error);
}

#[test]
fn events_are_distinct_and_told_apart_by_their_namespace() {
    let api = everything();
    let events: Vec<_> = api
        .events
        .iter()
        .map(|event| (event.event.as_str(), event.name.snake()))
        .collect();
    let expected = [
        ("OrderCancelled", "order_cancelled".to_owned()),
        ("OrderPlaced", "order_placed".to_owned()),
        ("a.Tick", "a_tick".to_owned()),
        ("b.Tick", "b_tick".to_owned()),
    ];
    assert_eq!(events, expected);
    assert_eq!(named(&api, "a.Tick").name.upper_camel(), "ATick");
    assert_eq!(named(&api, "everything.Sku").name.source(), "Sku");
}

#[test]
fn contracts_of_one_short_name_are_told_apart_but_call_the_same_target() {
    let contracts = json!([{"name": "a.Clock", "methods": []}, {"name": "b.Clock", "methods": []}]);
    let api = lower_contracts(&contracts, &json!({})).expect("the namespaces differ");
    let names: Vec<_> = api
        .services
        .iter()
        .map(|of| (of.name.upper_camel(), of.default_target.as_str()))
        .collect();
    assert_eq!(names, [("AClock".to_owned(), "clock"), ("BClock".to_owned(), "clock")]);
    assert_eq!(api.namespace(), None);
}

#[test]
fn every_shape_is_lowered() {
    let api = everything();
    assert_eq!(named(&api, "UnitStruct").shape, Shape::Unit);
    assert_eq!(named(&api, "everything.Sku").shape, Shape::Newtype(TypeRef::String));
    let sku = TypeRef::Named("everything.Sku".to_owned());
    assert_eq!(named(&api, "Pair").shape, Shape::Tuple(vec![TypeRef::I32, sku]));

    let enum_of = |id: &str| match &named(&api, id).shape {
        Shape::Enum(of) => of.clone(),
        other => panic!("`{id}` is no enum: {other:?}"),
    };
    assert!(enum_of("Level").strings);
    assert!(!enum_of("Shape").strings);
    let tag = |tag: &str| tag.to_owned();
    assert_eq!(enum_of("Command").tagging, Tagging::Internal { tag: tag("type") });
    assert_eq!(
        enum_of("Reading").tagging,
        Tagging::Adjacent {
            tag: tag("kind"),
            content: tag("data")
        }
    );
    assert_eq!(enum_of("Scalar").tagging, Tagging::Untagged);
    let shapes: Vec<_> = enum_of("Shape")
        .variants
        .into_iter()
        .map(|variant| variant.shape)
        .collect();
    assert!(matches!(
        &shapes[..],
        [
            VariantShape::Unit,
            VariantShape::Newtype(_),
            VariantShape::Tuple(_),
            VariantShape::Struct(_)
        ]
    ));
}

#[test]
fn contents_are_those_of_everything_inside() {
    let api = everything();
    let wide = |id: &str| named(&api, id).contents.wide_integers;
    assert!(wide("Command") && wide("Reading") && wide("Settings") && wide("FeedError"));
    assert!(!wide("Pair") && !wide("Tree") && !wide("Shape"));
    assert!(named(&api, "Settings").contents.bytes && !named(&api, "Command").contents.bytes);
    assert!(named(&api, "Command").contents.open_enums && !named(&api, "Settings").contents.open_enums);
    let list = TypeRef::List(Box::new(TypeRef::Named("OrderPlaced".to_owned())));
    assert_eq!(
        api.contents(&list),
        Contents {
            wide_integers: true,
            ..Contents::default()
        }
    );
    assert_eq!(api.contents(&TypeRef::F64), Contents::default());
}

#[test]
fn circles_are_known_and_their_contents_shared() {
    let api = everything();
    assert!(named(&api, "Tree").recursive && named(&api, "Call").recursive && !named(&api, "Pair").recursive);
    let holds_recursion = |id: &str| named(&api, id).contents.recursion;
    assert!(holds_recursion("Tree") && holds_recursion("Expression") && !holds_recursion("Pair"));

    let types = json!({
        "One": struct_of(&json!([{"name": "two", "type": {"option": {"named": "Two"}}}])),
        "Two": struct_of(&json!([{"name": "one", "type": {"named": "One"}}, {"name": "size", "type": "u64"}])),
    });
    let methods = json!([ask("Swap", &json!({"named": "One"}), &json!("unit"))]);
    let api = lower(&methods, &json!([]), &types).expect("nothing is wrong");
    assert!(named(&api, "One").contents.wide_integers);
}

#[test]
fn a_chain_of_types_goes_through_whole_circles() {
    let of = |name: &str, inner: &[&str]| {
        let fields = inner
            .iter()
            .map(|id| json!({"name": id.to_lowercase(), "type": {"list": {"named": id}}}));
        (name.to_owned(), struct_of(&fields.collect::<Vec<_>>().into()))
    };
    let types: serde_json::Map<_, _> = [
        of("Root", &["One", "Alone"]),
        of("One", &["Two"]),
        of("Two", &["One", "Leaf"]),
        of("Leaf", &[]),
        of("Alone", &["Leaf"]),
    ]
    .into_iter()
    .collect();
    let methods = json!([ask("Look", &json!({"named": "Root"}), &json!("unit"))]);
    let api = lower(&methods, &json!([]), &types.into()).expect("nothing is wrong");
    assert_eq!(api.longest_chain(), 4);
}

#[test]
fn dependency_order_puts_what_is_referred_to_first() {
    let api = everything();
    let order: Vec<_> = api.in_dependency_order().map(|of| of.id.as_str()).collect();
    assert_eq!(order.len(), api.types.len());
    let at = |id: &str| {
        order
            .iter()
            .position(|other| *other == id)
            .unwrap_or_else(|| panic!("no type `{id}`"))
    };
    assert!(at("everything.Sku") < at("Pair"));
    assert!(at("Options") < at("Command"));
    assert!(at("Customer Input") < at("PlaceOrder"));
}

#[test]
fn keys_of_maps_are_judged_by_what_the_wire_shows() {
    let api = everything();
    let named = |id: &str| TypeRef::Named(id.to_owned());
    assert_eq!(api.map_key(&named("everything.Sku")), Some(MapKey::Text));
    assert_eq!(api.map_key(&named("Level")), Some(MapKey::Text));
    assert_eq!(api.map_key(&TypeRef::U64), Some(MapKey::Integer));
    assert_eq!(api.map_key(&TypeRef::Bool), Some(MapKey::Bool));
    assert_eq!(api.map_key(&named("Shape")), None);
    assert_eq!(api.map_key(&TypeRef::Text(Format::Uuid)), Some(MapKey::Text));
    assert_eq!(
        api.map_key(&TypeRef::NonZero(Box::new(TypeRef::I8))),
        Some(MapKey::Integer)
    );

    let untagged = |variants: Value| json!({"shape": {"enum": {"tagging": "untagged", "variants": variants}}});
    let types = json!({
        "Text": untagged(json!([
            {"name": "Id", "shape": {"newtype": {"text": "uuid"}}}, {"name": "Name", "shape": {"newtype": "string"}},
        ])),
        "Number": untagged(json!([{"name": "Number", "shape": {"newtype": "u8"}}])),
        "Known": {"shape": {"enum": {"tagging": "external", "variants": [
            {"name": "Known", "shape": "unit"}, {"name": "Else", "untagged": true, "shape": {"newtype": {"named": "Text"}}},
        ]}}},
        "Perhaps": {"shape": {"enum": {"tagging": "external", "variants": [
            {"name": "Known", "shape": "unit"}, {"name": "Nothing", "untagged": true, "shape": "unit"},
        ]}}},
    });
    let all = ["Text", "Number", "Known", "Perhaps"].map(|name| json!({ "named": name }));
    let all = json!({ "tuple": all });
    let api = lower(&json!([ask("Swap", &all, &json!("unit"))]), &json!([]), &types).expect("nothing is wrong");
    assert_eq!(api.map_key(&named("Text")), Some(MapKey::Text));
    assert_eq!(api.map_key(&named("Known")), Some(MapKey::Text));
    assert_eq!(api.map_key(&named("Number")), None);
    assert_eq!(api.map_key(&named("Perhaps")), None);
}

#[test]
fn a_variant_without_a_tag_keeps_an_enum_from_being_strings() {
    let api = everything();
    let strings = |id: &str| matches!(&named(&api, id).shape, Shape::Enum(of) if of.strings);
    assert!(strings("Level") && strings("Grade"));
    let types = json!({"Perhaps": {"shape": {"enum": {"tagging": "external", "variants": [
        {"name": "Known", "shape": "unit"}, {"name": "Nothing", "untagged": true, "shape": "unit"},
    ]}}}});
    let methods = json!([ask("Swap", &json!({"named": "Perhaps"}), &json!("unit"))]);
    let api = lower(&methods, &json!([]), &types).expect("nothing is wrong");
    assert!(matches!(&self::named(&api, "Perhaps").shape, Shape::Enum(of) if !of.strings));
}

#[test]
fn generic_types_are_named_after_their_arguments() {
    let api = everything();
    let name = |id: &str| named(&api, id).name.upper_camel();
    assert_eq!(name("everything.Page<everything.User>"), "PageUser");
    assert_eq!(
        name("everything.Page<list<option<everything.User>>>"),
        "PageListOptionUser"
    );
    assert_eq!(name("Pair<everything.User, map<string, i64>>"), "PairUserMapStringI64");
    assert_eq!(name("everything.Page<everything.Account>"), "PageAccount");
    let sent = named(&api, "everything.Page<everything.Account> Input");
    assert_eq!(sent.name.snake(), "page_account_input");
    assert_eq!(sent.wire_name, "everything.Page<everything.Account>");
    let Shape::Struct(page) = &sent.shape else {
        panic!("a struct")
    };
    let account = TypeRef::Named("everything.Account Input".to_owned());
    assert_eq!(page.fields[0].type_ref, TypeRef::List(Box::new(account)));
}

#[test]
fn what_stands_among_the_entries_of_others_is_carried() {
    let api = everything();
    let Shape::Struct(shipment) = &named(&api, "Shipment").shape else {
        panic!("a struct")
    };
    let flattened: Vec<_> = shipment
        .fields
        .iter()
        .map(|field| (field.name.source(), field.flattened))
        .collect();
    assert_eq!(flattened, [("id", false), ("carrier", true)]);
    let Shape::Enum(colour) = &named(&api, "Colour").shape else {
        panic!("an enum")
    };
    assert!(colour.variants[2].untagged && !colour.variants[1].untagged);
    let Shape::Enum(signal) = &named(&api, "Signal").shape else {
        panic!("an enum")
    };
    assert!(signal.variants[1].other && !signal.variants[0].other);
}

#[test]
fn all_faults_are_reported_at_once_each_with_its_place() {
    let types = json!({
        "HTTPError": struct_of(&json!([{"name": "__", "type": "u8"}])),
        "HttpError": struct_of(&json!([])),
    });
    let methods = json!([
        ask("One", &json!({"named": "HTTPError"}), &json!("unit")),
        ask("_", &json!({"named": "HttpError"}), &json!("unit")),
    ]);
    let error = lower(&methods, &json!([]), &types)
        .expect_err("three faults")
        .to_string();
    let lines: Vec<_> = error.lines().collect();
    assert_eq!(lines.len(), 3, "{error}");
    assert!(
        lines[0].starts_with("type `HttpError`: would be called `HttpError`"),
        "{error}"
    );
    assert!(
        lines[1].starts_with("type `HTTPError`, field `__`: its name holds no letter"),
        "{error}"
    );
    assert!(
        lines[2].starts_with("contract `demo.Contract`, method `_`: its name holds no letter"),
        "{error}"
    );
}

#[test]
fn one_event_has_one_payload() {
    let contract = |name: &str, payload: &str| {
        let event = json!({"name": "Changed", "type": payload});
        json!({"name": name, "methods": [], "events": [event]})
    };
    let contracts = json!([contract("a.A", "u8"), contract("b.B", "string")]);
    let error = lower_contracts(&contracts, &json!({}))
        .expect_err("two payloads")
        .to_string();
    assert_eq!(
        error,
        "event `Changed`: `a.A` publishes it as u8, `b.B` as string; rename one of them"
    );
}

#[test]
fn a_made_up_name_of_an_error_must_be_free() {
    let mut methods = [
        ask("One", &json!("unit"), &json!("unit")),
        ask("Two", &json!("unit"), &json!("unit")),
    ];
    methods[0]["error"] = json!("string");
    methods[1]["error"] = json!({"named": "StringError"});
    let types = json!({"StringError": {"shape": "unit"}});
    let error = lower(&json!(methods), &json!([]), &types)
        .expect_err("two errors of one name")
        .to_string();
    assert!(
        error.starts_with("contract `demo.Contract`, method `Two`: the error StringError"),
        "{error}"
    );
}

#[test]
fn types_that_stand_for_nothing_but_one_another_are_a_fault() {
    let types = json!({
        "A": {"shape": {"newtype": {"named": "B"}}},
        "B": {"shape": {"newtype": {"option": {"named": "A"}}}},
        "Either": {"shape": {"enum": {"tagging": "untagged", "variants": [
            {"name": "Flag", "shape": {"newtype": "bool"}},
            {"name": "Again", "shape": {"newtype": {"named": "Either"}}}
        ]}}},
        "Told": {"shape": {"enum": {"tagging": "external", "variants": [
            {"name": "Flag", "shape": {"newtype": "bool"}},
            {"name": "Again", "shape": {"newtype": {"named": "Told"}}}
        ]}}},
        "List": {"shape": {"newtype": {"list": {"named": "List"}}}}
    });
    let taken = json!({"tuple": [{"named": "A"}, {"named": "Either"}, {"named": "Told"}]});
    let methods = json!([ask("go", &taken, &json!({"named": "List"}))]);
    let error = lower(&methods, &json!([]), &types).expect_err("none of three holds a value");
    let places: Vec<_> = error.faults().iter().map(|fault| fault.place.to_string()).collect();
    assert_eq!(places, ["type `A`", "type `B`", "type `Either`"]);
}

#[test]
fn faults_show_what_no_reader_would_see_in_the_names_they_quote() {
    let types = json!({"a\n\u{1b}[31m_": {"shape": {"newtype": {"named": "a\n\u{1b}[31m_"}}}});
    let methods = json!([ask("go", &json!({"named": "a\n\u{1b}[31m_"}), &json!("unit"))]);
    let error = lower(&methods, &json!([]), &types)
        .expect_err("it holds no value")
        .to_string();
    assert!(error.starts_with(r"type `a\n\u{1b}[31m_`: "), "{error}");
}
