//! Fields that are left out, and what that is said to mean.

use callsheet_schema::{Direction, Document, Shape, TypeRef, conform::Value};

/// A value with a field left out, and the same one with null in its place.
pub(crate) struct Pair {
    pub(crate) field: String,
    pub(crate) without: Value,
    pub(crate) with_null: Value,
}

/// A pair for each field of a struct that is said to read as null where it is left out; none of other types.
pub(crate) fn pairs(document: &Document, reference: &TypeRef, value: &Value) -> Vec<Pair> {
    let TypeRef::Named(name) = document.behind_newtypes(reference, Direction::Accepted) else {
        return Vec::new();
    };
    let (Shape::Struct { fields, .. }, Value::Map(entries)) = (&document.types[name].shape, value) else {
        return Vec::new();
    };
    let fields = fields
        .iter()
        .filter(|field| field.optional && !field.defaulted && !field.flattened);
    let pair = |field: &callsheet_schema::Field| {
        let accepted = field.wire_name(Direction::Accepted);
        let is_of_it = |key: &Value| matches!(key, Value::Text(key) if key == accepted || field.aliases.contains(key));
        let mut entries = entries.clone();
        entries.retain(|(key, _)| !is_of_it(key));
        let without = Value::Map(entries.clone());
        entries.push((Value::Text(accepted.to_owned()), Value::Null));
        Pair {
            field: field.name.clone(),
            without,
            with_null: Value::Map(entries),
        }
    };
    fields.map(pair).collect()
}
