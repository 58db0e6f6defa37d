//! What clients are called with: contracts whose mailboxes they send, and the api as the other side sees it.

use callsheet_codegen::ir::{Api, Request, Service, Shape, TypeRef};
use serde_json::{Value, json};

use super::{everything, lower_contracts, named, struct_of};

/// An importer that is given mailboxes of a source, whose rows are accepted with a secret that they are produced without.
fn importer(importer_request: &Value, importer_reply: &Value) -> Api {
    let method = |message: &str, request: &Value, reply: &Value| {
        json!([{
            "name": "call", "message": message, "kind": "ask", "access": "shared",
            "request": {"arguments": [{"name": "value", "type": request}]}, "reply": reply, "error": "string",
        }])
    };
    let row = json!({"named": "demo.Row"});
    let contracts = json!([
        {"name": "demo.Importer", "methods": method("demo.Importer.Call", importer_request, importer_reply), "events": []},
        {"name": "demo.Source", "methods": method("demo.Source.Call", &row, &row), "events": []},
    ]);
    let fields = json!([{"name": "contract", "type": "string"}, {"name": "id", "type": "string"}]);
    let secret = json!([{"name": "secret", "type": "string"}]);
    let types = json!({
        "callsheet.Mailbox": struct_of(&fields),
        "callsheet.Mailbox<demo.Source>": {"shape": {"newtype": {"named": "callsheet.Mailbox"}}, "mailbox": "demo.Source"},
        "demo.Row": {"shape": {"struct": {"fields": secret}}, "produces": {"struct": {"fields": []}}},
    });
    lower_contracts(&contracts, &types).expect("every language can say it")
}

fn service<'a>(api: &'a Api, contract: &str) -> &'a Service {
    let found = api.services.iter().find(|service| service.contract == contract);
    found.unwrap_or_else(|| panic!("no contract `{contract}`"))
}

fn mailbox() -> Value {
    json!({"named": "callsheet.Mailbox<demo.Source>"})
}

#[test]
fn contracts_whose_mailboxes_are_sent_are_hosted_the_other_way_round() {
    let api = importer(&json!({"list": mailbox()}), &json!("unit"));
    assert_eq!(service(&api, "demo.Importer").hosted, None);

    let source = service(&api, "demo.Source");
    let (called, hosted) = (
        &source.methods[0],
        &source.hosted.as_ref().expect("its mailboxes are sent")[0],
    );
    let argument = |request: &Request| match request {
        Request::Arguments(arguments) => arguments[0].type_ref.clone(),
        Request::Message(argument) => argument.type_ref.clone(),
    };
    let (sent, received) = (
        TypeRef::Named("demo.Row Input".into()),
        TypeRef::Named("demo.Row".into()),
    );
    assert_eq!((argument(&called.request), &called.reply), (sent.clone(), &received));
    assert_eq!((argument(&hosted.request), &hosted.reply), (received, &sent));
    assert_eq!(hosted.error, called.error);
}

#[test]
fn contracts_whose_mailboxes_only_come_are_not_hosted() {
    let api = importer(&json!("unit"), &mailbox());
    assert!(api.services.iter().all(|service| service.hosted.is_none()));
}

#[test]
fn what_is_sent_on_one_side_is_received_on_the_other() {
    let (here, there) = (everything(), everything().mirrored());
    let (sent, received) = (named(&there, "Customer"), named(&there, "Customer Input"));
    assert_eq!((sent.uses.sent, sent.uses.received), (true, false));
    assert_eq!((received.uses.sent, received.uses.received), (false, true));

    let fields = |api: &Api| match &named(api, "Settings").shape {
        Shape::Struct(of) => of.fields.clone(),
        other => panic!("no struct: {other:?}"),
    };
    for (here, there) in fields(&here).iter().zip(fields(&there)) {
        assert_eq!((&here.sent_as, &here.received_as), (&there.received_as, &there.sent_as));
        assert_eq!((here.optional, here.sometimes), (there.sometimes, there.optional));
    }
    assert_eq!(there.mirrored(), here);
}
