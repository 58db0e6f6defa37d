//! Whether callers of one document fit a server of another.

mod contracts;
mod made;
mod oracle;
mod random;
mod rules;
mod values;

use callsheet_schema::{Document, compat};
use serde_json::{Value, json};

/// A document of a contract with these methods and events, and these types.
fn document(methods: &Value, events: &Value, types: &Value) -> Document {
    let contracts = json!([{"name": "demo.Desk", "methods": methods, "events": events}]);
    document_of(&contracts, types)
}

fn document_of(contracts: &Value, types: &Value) -> Document {
    let document = json!({"callsheet": 1, "contracts": contracts, "types": types, "encodings": {}});
    Document::from_json(&document.to_string()).unwrap_or_else(|error| panic!("{error}\n{document:#}"))
}

/// An ask without arguments and without a reply.
fn ask(message: &str) -> Value {
    json!({
        "name": message.to_lowercase(), "message": format!("demo.Desk.{message}"), "kind": "ask", "access": "shared",
        "request": {"arguments": []}, "reply": "unit",
    })
}

/// The method with these things about it changed.
fn with(mut method: Value, changes: &Value) -> Value {
    for (name, change) in changes.as_object().expect("changes by name") {
        method[name] = change.clone();
    }
    method
}

/// What breaks, each in its line.
fn lines(caller: &Document, server: &Document) -> Vec<String> {
    let breaks = compat::breaks(caller, server);
    breaks.iter().map(ToString::to_string).collect()
}
