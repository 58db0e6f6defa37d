//! Documents: what they refuse, what becomes of flattened fields, their hashes and their text.

mod canonical;
mod faults;
mod flattening;
mod hashes;
mod held_back;
mod mistaken;

use callsheet_schema::{Document, DocumentError, FaultCode};
use serde_json::{Value, json};

/// A document of these types, which one contract swaps.
fn document(types: &Value) -> Result<Document, DocumentError> {
    let methods: Vec<_> = types
        .as_object()
        .expect("types by name")
        .keys()
        .map(|name| method(name, &json!({"named": name})))
        .collect();
    document_of(&json!([{"name": "demo.Swap", "methods": methods}]), types)
}

fn document_of(contracts: &Value, types: &Value) -> Result<Document, DocumentError> {
    let document = json!({"callsheet": 1, "contracts": contracts, "types": types, "encodings": {}});
    Document::from_json(&document.to_string())
}

/// A method that takes and gives `of`.
fn method(name: &str, of: &Value) -> Value {
    json!({
        "name": name, "message": format!("demo.Swap.{name}"), "kind": "ask", "access": "shared",
        "request": {"arguments": [{"name": "value", "type": of}]}, "reply": of,
    })
}

fn struct_of(fields: &Value) -> Value {
    json!({"shape": {"struct": {"fields": fields}}})
}

fn enum_of(tagging: &Value, variants: &Value) -> Value {
    json!({"shape": {"enum": {"tagging": tagging, "variants": variants}}})
}

/// A struct with a field `own` and these types flattened, as `a`, `b` and so on.
fn flattening(flattened: &[Value]) -> Value {
    let flattened = flattened.iter().zip('a'..);
    let mut fields = vec![json!({"name": "own", "type": "u8"})];
    fields.extend(flattened.map(|(of, name)| json!({"name": name, "type": of, "flattened": true})));
    struct_of(&json!(fields))
}

/// What is wrong with the document: each code with the whole message.
fn faults(document: Result<Document, DocumentError>) -> Vec<(FaultCode, String)> {
    match document {
        Ok(_) => Vec::new(),
        Err(DocumentError::Faults(faults)) => {
            let faults = faults.into_iter();
            faults.map(|fault| (fault.code, fault.to_string())).collect()
        }
        Err(error) => panic!("not even a document: {error}"),
    }
}

/// The only thing that is wrong with the document.
fn fault(document: Result<Document, DocumentError>) -> String {
    match &faults(document)[..] {
        [(_, fault)] => fault.clone(),
        faults => panic!("not one fault: {faults:#?}"),
    }
}
