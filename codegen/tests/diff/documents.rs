//! Documents to compare.

use callsheet_schema::Document;
use serde_json::{Value, json};

/// A document of one contract with these methods, and these types.
pub(crate) fn document(methods: Value, types: Value) -> Document {
    contracts(json!([{"name": "demo.Users", "methods": methods}]), types)
}

pub(crate) fn contracts(contracts: Value, types: Value) -> Document {
    let text = json!({"callsheet": 1, "contracts": contracts, "types": types, "encodings": {}}).to_string();
    Document::from_json(&text).expect("the test's document holds together")
}

pub(crate) fn method(name: &str, arguments: Value, reply: Value) -> Value {
    json!({"name": name, "message": format!("demo.Users.{name}"), "kind": "ask", "access": "shared",
        "request": {"arguments": arguments}, "reply": reply})
}

/// A document in which this type goes both ways.
pub(crate) fn both_ways(definition: Value) -> Document {
    let user = json!({"named": "User"});
    let echo = method("echo", json!([{"name": "user", "type": user}]), user.clone());
    document(json!([echo]), json!({"User": definition}))
}

pub(crate) fn fields(fields: Value) -> Value {
    json!({"shape": {"struct": {"fields": fields}}})
}

pub(crate) fn variants(tagging: &str, variants: Value) -> Value {
    json!({"shape": {"enum": {"tagging": tagging, "variants": variants}}})
}
