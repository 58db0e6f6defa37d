//! What is sent and what is received, and which types are told apart by it.

use callsheet_codegen::ir::{NamedType, Shape, TypeRef};
use serde_json::json;

use super::{ask, everything, lower, named, struct_of};

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
    assert_eq!(
        [
            field("timeout").defaulted,
            field("limit").defaulted,
            field("legacy").defaulted
        ],
        [false, true, true]
    );
    assert_eq!(field("legacy").deprecated.as_deref(), Some("no longer read"));
}

#[test]
fn a_mailbox_says_of_which_contract_it_is() {
    let fields = json!([{"name": "contract", "type": "string"}, {"name": "id", "type": "string"}]);
    let mailbox = json!({"shape": {"newtype": {"named": "callsheet.Mailbox"}}, "mailbox": "demo.Progress"});
    let types = json!({"callsheet.Mailbox": struct_of(&fields), "callsheet.Mailbox<demo.Progress>": mailbox});
    let of = json!({"named": "callsheet.Mailbox<demo.Progress>"});
    let api =
        lower(&json!([ask("follow", &of, &json!("unit"))]), &json!([]), &types).expect("every language can say it");
    let found = named(&api, "callsheet.Mailbox<demo.Progress>");
    assert_eq!(
        (found.mailbox.as_deref(), found.name.upper_camel().as_str()),
        (Some("demo.Progress"), "MailboxProgress")
    );
    assert_eq!(named(&api, "callsheet.Mailbox").mailbox, None);
}

#[test]
fn a_type_that_is_sent_and_received_in_two_shapes_becomes_two() {
    let api = everything();
    let (sent, received) = (named(&api, "Customer Input"), named(&api, "Customer"));
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
        (sent.wire_name.as_str(), sent.name.upper_camel().as_str()),
        ("Customer", "CustomerInput")
    );
    assert_eq!((sent.uses.sent, sent.uses.received), (true, false));
    assert_eq!((received.uses.sent, received.uses.received), (false, true));

    let Shape::Struct(order) = &named(&api, "PlaceOrder").shape else {
        panic!("a struct")
    };
    assert_eq!(order.fields[2].type_ref, TypeRef::Named("Customer Input".to_owned()));
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
    assert_eq!(ids, ["Customer", "Customer Input", "Order", "Order Input"]);

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
        error.contains("type `Order Input`") && error.contains("type `OrderInput`"),
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
fn the_shapes_of_both_ways_may_be_of_different_kinds() {
    let api = everything();
    assert_eq!(named(&api, "Span Input").shape, Shape::Newtype(TypeRef::String));
    assert!(matches!(&named(&api, "Span").shape, Shape::Struct(of) if of.fields.len() == 2));
    let tuple = |id: &str| match &named(&api, id).shape {
        Shape::Tuple(items) => items.len(),
        other => panic!("`{id}` is no tuple: {other:?}"),
    };
    assert_eq!((tuple("Entry Input"), tuple("Entry")), (2, 3));
    // What is inside comes each way on its own.
    let types = json!({
        "Outer": {"shape": {"newtype": {"named": "Raw"}}, "produces": {"newtype": {"named": "Cooked"}}},
        "Raw": struct_of(&json!([{"name": "size", "type": "u64"}])),
        "Cooked": struct_of(&json!([{"name": "size", "type": "u8"}])),
    });
    let methods = json!([ask("Swap", &json!({"named": "Outer"}), &json!({"named": "Outer"}))]);
    let api = lower(&methods, &json!([]), &types).expect("nothing is wrong");
    let ids: Vec<_> = api.types.keys().map(String::as_str).collect();
    assert_eq!(ids, ["Cooked", "Outer", "Outer Input", "Raw"]);
    assert!(named(&api, "Outer Input").contents.wide_integers && !named(&api, "Outer").contents.wide_integers);
}
