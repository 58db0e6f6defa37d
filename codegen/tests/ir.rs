//! What a document is lowered to.

use callsheet_codegen::{
    fault::GenerateError,
    ir::{Api, Contents, Kind, MapKey, NamedType, Request, Shape, Tagging, TypeRef, VariantShape},
};
use callsheet_schema::Document;
use serde_json::{Value, json};

const EVERYTHING: &str = include_str!("documents/everything.json");

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
    assert_eq!(document.to_json(), EVERYTHING);
}

#[test]
fn lowering_is_deterministic() {
    assert_eq!(everything(), everything());
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
        .map(|method| (method.name.source(), method.kind))
        .collect();
    assert_eq!(
        methods,
        [
            ("place_order", Kind::Ask),
            ("cancel", Kind::Ask),
            ("count", Kind::Ask),
            ("notify", Kind::Tell),
            ("audit", Kind::Ask),
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
        .map(|event| (event.event.as_str(), event.name.source()))
        .collect();
    assert_eq!(
        events,
        [
            ("OrderCancelled", "OrderCancelled"),
            ("OrderPlaced", "OrderPlaced"),
            ("a.Tick", "ATick"),
            ("b.Tick", "BTick"),
        ]
    );
    assert_eq!(named(&api, "a.Tick").name.source(), "ATick");
    assert_eq!(named(&api, "everything.Sku").name.source(), "Sku");
}

#[test]
fn contracts_of_one_short_name_are_told_apart_but_call_the_same_target() {
    let contracts = json!([{"name": "a.Clock", "methods": []}, {"name": "b.Clock", "methods": []}]);
    let api = lower_contracts(&contracts, &json!({})).expect("the namespaces differ");
    let names: Vec<_> = api
        .services
        .iter()
        .map(|of| (of.name.source(), of.default_target.as_str()))
        .collect();
    assert_eq!(names, [("AClock", "clock"), ("BClock", "clock")]);
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
fn fields_know_what_is_sent_and_what_is_received() {
    let api = everything();
    let Shape::Struct(settings) = &named(&api, "Settings").shape else {
        panic!("a struct")
    };
    assert!(settings.deny_unknown);
    let field = |name: &str| {
        let found = settings.fields.iter().find(|field| field.name.source() == name);
        found.unwrap_or_else(|| panic!("no field `{name}`"))
    };
    let retries = field("max_retries");
    assert_eq!(
        (retries.sent_as.as_str(), retries.received_as.as_str()),
        ("max_retries", "maxRetries")
    );
    assert_eq!(field("display_name").sent_as, "display-name");
    assert_eq!(field("colour").aliases, ["color"]);
    assert_eq!((field("timeout").optional, field("timeout").sometimes), (true, true));
    assert_eq!((field("limit").optional, field("limit").sometimes), (true, false));
    assert_eq!(field("legacy").deprecated.as_deref(), Some("no longer read"));
}

#[test]
fn a_type_that_is_sent_and_received_in_two_shapes_becomes_two() {
    let api = everything();
    let (sent, received) = (named(&api, "CustomerInput"), named(&api, "Customer"));
    let fields = |of: &NamedType| match &of.shape {
        Shape::Struct(of) => of
            .fields
            .iter()
            .map(|field| field.name.source().to_owned())
            .collect::<Vec<_>>(),
        other => panic!("no struct: {other:?}"),
    };
    assert_eq!(fields(sent), ["name", "password"]);
    assert_eq!(fields(received), ["name"]);
    assert_eq!(
        (sent.wire_name.as_str(), sent.name.source()),
        ("Customer", "CustomerInput")
    );
    assert_eq!((sent.uses.sent, sent.uses.received), (true, false));
    assert_eq!((received.uses.sent, received.uses.received), (false, true));

    let Shape::Struct(order) = &named(&api, "PlaceOrder").shape else {
        panic!("a struct")
    };
    assert_eq!(order.fields[2].type_ref, TypeRef::Named("CustomerInput".to_owned()));
    let Shape::Struct(placed) = &named(&api, "OrderPlaced").shape else {
        panic!("a struct")
    };
    assert_eq!(placed.fields[1].type_ref, TypeRef::Named("Customer".to_owned()));
}

#[test]
fn a_type_around_a_two_shaped_one_is_split_with_it() {
    let customer = json!({
        "shape": {"struct": {"fields": [{"name": "password", "type": "string"}]}},
        "produces": {"struct": {"fields": []}},
    });
    let order = struct_of(&json!([{"name": "customer", "type": {"option": {"named": "Customer"}}}]));
    let both = json!([ask("Swap", &json!({"named": "Order"}), &json!({"named": "Order"}))]);
    let types = json!({"Customer": customer, "Order": order});
    let api = lower(&both, &json!([]), &types).expect("it can be split");
    let ids: Vec<_> = api.types.keys().map(String::as_str).collect();
    assert_eq!(ids, ["Customer", "CustomerInput", "Order", "OrderInput"]);

    let one_way = json!([ask("Place", &json!({"named": "Order"}), &json!("unit"))]);
    let api = lower(&one_way, &json!([]), &types).expect("one shape is enough");
    let ids: Vec<_> = api.types.keys().map(String::as_str).collect();
    assert_eq!(ids, ["Customer", "Order"]);
    assert!(matches!(&named(&api, "Customer").shape, Shape::Struct(of) if of.fields.len() == 1));
}

#[test]
fn the_name_of_a_split_type_must_be_free() {
    let two_shaped = json!({"shape": "unit", "produces": {"tuple": []}});
    let types = json!({"Order": two_shaped, "OrderInput": {"shape": "unit"}});
    let methods = json!([
        ask("Swap", &json!({"named": "Order"}), &json!({"named": "Order"})),
        ask("Other", &json!({"named": "OrderInput"}), &json!("unit")),
    ]);
    let error = lower(&methods, &json!([]), &types)
        .expect_err("the name is taken")
        .to_string();
    assert!(
        error.contains("type `Order`") && error.contains("`OrderInput`"),
        "{error}"
    );
}

#[test]
fn what_nothing_sends_or_receives_is_left_out() {
    let types = json!({"Used": {"shape": "unit"}, "Unused": {"shape": "unit"}});
    let methods = json!([ask("Swap", &json!({"named": "Used"}), &json!("unit"))]);
    let api = lower(&methods, &json!([]), &types).expect("nothing is wrong");
    assert_eq!(api.types.keys().collect::<Vec<_>>(), ["Used"]);
}

#[test]
fn contents_are_those_of_everything_inside() {
    let api = everything();
    let wide = |id: &str| named(&api, id).contents.wide_integers;
    assert!(wide("Command") && wide("Reading") && wide("Settings") && wide("FeedError"));
    assert!(!wide("Pair") && !wide("Tree") && !wide("Shape"));
    assert!(named(&api, "Settings").contents.bytes && !named(&api, "Command").contents.bytes);
    let list = TypeRef::List(Box::new(TypeRef::Named("OrderPlaced".to_owned())));
    assert_eq!(
        api.contents(&list),
        Contents {
            wide_integers: true,
            bytes: false
        }
    );
    assert_eq!(api.contents(&TypeRef::F64), Contents::default());
}

#[test]
fn circles_are_known_and_their_contents_shared() {
    let api = everything();
    assert!(named(&api, "Tree").recursive && named(&api, "Call").recursive && !named(&api, "Pair").recursive);
    assert!(api.in_one_circle(named(&api, "Expression"), named(&api, "Call")));
    assert!(api.in_one_circle(named(&api, "Tree"), named(&api, "Tree")));
    assert!(!api.in_one_circle(named(&api, "Tree"), named(&api, "Call")));
    assert!(!api.in_one_circle(named(&api, "Pair"), named(&api, "Pair")));

    let types = json!({
        "One": struct_of(&json!([{"name": "two", "type": {"option": {"named": "Two"}}}])),
        "Two": struct_of(&json!([{"name": "one", "type": {"named": "One"}}, {"name": "size", "type": "u64"}])),
    });
    let methods = json!([ask("Swap", &json!({"named": "One"}), &json!("unit"))]);
    let api = lower(&methods, &json!([]), &types).expect("nothing is wrong");
    assert!(named(&api, "One").contents.wide_integers);
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
    assert!(at("CustomerInput") < at("PlaceOrder"));
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
}

#[test]
fn all_faults_are_reported_at_once_each_with_its_place() {
    let types = json!({
        "HTTPError": struct_of(&json!([{"name": "__", "type": "u8"}])),
        "HttpError": struct_of(&json!([{"name": "table", "type": {"map": [{"list": "u8"}, "u8"]}}])),
    });
    let methods = json!([
        ask("One", &json!({"named": "HTTPError"}), &json!("unit")),
        ask("Two", &json!({"named": "HttpError"}), &json!({"map": ["f64", "bool"]})),
    ]);
    let error = lower(&methods, &json!([]), &types)
        .expect_err("four faults")
        .to_string();
    let lines: Vec<_> = error.lines().collect();
    assert_eq!(lines.len(), 4, "{error}");
    assert!(
        lines[0].starts_with("type `HttpError`: would be called `HttpError`"),
        "{error}"
    );
    assert!(
        lines[1].starts_with("type `HTTPError`, field `__`: its name holds no letter"),
        "{error}"
    );
    assert!(
        lines[2].starts_with("contract `demo.Contract`, method `Two`: JSON cannot write f64"),
        "{error}"
    );
    assert!(
        lines[3].starts_with("type `HttpError`: JSON cannot write list<u8>"),
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
