//! The file as a whole: what it defines, and what it says of it.

use callsheet_codegen::export::jsonschema::export;
use serde_json::{Value, json};

use crate::exported::{exported, reference};

#[test]
fn schemas_are_valid_and_the_same_every_time() {
    for name in ["everything", "strict"] {
        let exported = exported(name);
        let fault = jsonschema::draft202012::meta::validate(&exported.schema).map_err(|fault| fault.to_string());
        assert_eq!(fault, Ok(()), "{name}");
        let definitions = exported.schema["$defs"].as_object().expect("definitions have names");
        let mut all = exported.schema.clone();
        let references = definitions
            .keys()
            .map(|definition| json!({"$ref": reference(definition)}));
        all["anyOf"] = references.collect();
        let compiled = jsonschema::draft202012::new(&all)
            .map(drop)
            .map_err(|fault| fault.to_string());
        assert_eq!(compiled, Ok(()), "{name}: every reference leads somewhere");
        let texts = [0, 1].map(|_| export(&exported.document, &[]));
        assert_eq!(texts[0], texts[1]);
    }
}

#[test]
fn messages_have_requests_answers_and_errors() {
    let every = exported("everything");
    let names = every.schema["$defs"].as_object().expect("definitions have names");
    for (name, is_there) in [
        ("everything.Orders.PlaceOrder-request", true),
        ("everything.Orders.PlaceOrder-reply", true),
        ("everything.Orders.PlaceOrder-error", true),
        ("everything.Orders.Notify-reply", false),
        ("everything.Orders.Notify-error", false),
        ("everything.Orders.Abort-request", true),
        ("everything.Orders.Abort-reply", false),
        ("everything.Feed.Countdown-item", true),
        ("everything.Feed.Countdown-reply", false),
        ("OrderPlaced-event", true),
    ] {
        assert_eq!(names.contains_key(name), is_there, "{name}");
    }
    assert!(every.valid("everything.Scalars.Nothing-request", json!({})));
    assert!(every.valid("everything.Scalars.Nothing-request", Value::Null));
    assert!(!every.valid("everything.Scalars.Nothing-request", json!([])));
    assert!(every.valid("everything.Scalars.Nothing-reply", Value::Null));
    assert!(every.valid("everything.Orders.Audit-request", json!(["a"])));
    assert!(every.valid("everything.Orders.Count-error", json!("too many")));
}

#[test]
fn docs_and_deprecations_are_carried_over() {
    let strict = exported("strict");
    let told = strict.definition("strict.Other.Tell-request").expect("it is exported");
    assert_eq!(told["description"], "Says it.\n\nDeprecated: use `ping`");
    assert_eq!(told["deprecated"], true);
    let every = exported("everything");
    let settings = every.definition("Settings-accepted").expect("it is exported");
    assert_eq!(settings["description"], "Fields in every manner.");
    assert_eq!(settings["properties"]["legacy"]["deprecated"], true);
    let percent = every.definition("Percent").expect("it looks alike both ways");
    assert_eq!(
        percent["$comment"],
        "the server may refuse a value that is sent to it although it fits"
    );
}

#[test]
fn contracts_are_selected_with_those_that_they_extend() {
    let strict = exported("strict");
    let names = |contracts: &[&str]| {
        let contracts: Vec<_> = contracts.iter().map(|contract| (*contract).to_owned()).collect();
        let text = export(&strict.document, &contracts).map_err(|error| error.to_string())?;
        let schema: Value = serde_json::from_str(&text).expect("a schema is JSON");
        let names = schema["$defs"].as_object().expect("definitions have names").keys();
        Ok::<Vec<String>, String>(names.cloned().collect())
    };
    assert_eq!(
        names(&["strict.Other"]),
        Ok(vec![
            "strict.Other.Say-request".to_owned(),
            "strict.Other.Tell-request".to_owned()
        ])
    );
    let extended = names(&["strict.Echo"]).expect("it is in the document");
    assert!(extended.contains(&"strict.Base.Ping-reply".to_owned()));
    assert!(!extended.contains(&"strict.Other.Tell-request".to_owned()));
    assert_eq!(
        names(&["strict.Nobody"]),
        Err("the document has no contract `strict.Nobody`; it has: strict.Base, strict.Echo, strict.Other".to_owned())
    );
}
