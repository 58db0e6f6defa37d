//! Whether what was told is what was expected.

use serde_json::{Map, Value};

/// Compares outcomes. There must be one for each that is expected, and no other.
///
/// Maps may have more than what is expected of them; lists may not. `{"any": [...]}` expects one of several.
pub(crate) fn compare(expected: &Map<String, Value>, found: &Map<String, Value>) -> Result<(), String> {
    for (name, value) in found {
        let Some(wanted) = expected.get(name) else {
            return Err(format!("{name} has an outcome that nobody expects: {value}"));
        };
        if !fits(wanted, value) {
            return Err(format!("{name}: expected {wanted}, found {value}"));
        }
    }
    match expected.keys().find(|name| !found.contains_key(*name)) {
        Some(name) => Err(format!("{name} has no outcome")),
        None => Ok(()),
    }
}

fn fits(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Object(wanted), found) if wanted.len() == 1 && wanted.contains_key("any") => wanted["any"]
            .as_array()
            .is_some_and(|choices| choices.iter().any(|choice| fits(choice, found))),
        (Value::Object(wanted), Value::Object(found)) => wanted
            .iter()
            .all(|(key, wanted)| found.get(key).is_some_and(|found| fits(wanted, found))),
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.len() == found.len() && wanted.iter().zip(found).all(|(wanted, found)| fits(wanted, found))
        }
        _ => wanted == found,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::compare;

    fn is_fine(expected: &Value, found: &Value) -> bool {
        let map = |value: &Value| value.as_object().expect("a map").clone();
        compare(&map(expected), &map(found)).is_ok()
    }

    #[test]
    fn maps_may_have_more_and_lists_may_not() {
        assert!(is_fine(&json!({"a": {"ok": 1}}), &json!({"a": {"ok": 1, "more": 2}})));
        assert!(!is_fine(&json!({"a": {"ok": 1}}), &json!({"a": {"ok": 2}})));
        assert!(!is_fine(&json!({"a": {"ok": 1}}), &json!({"a": {}})));
        assert!(!is_fine(&json!({"a": [1]}), &json!({"a": [1, 2]})));
        assert!(is_fine(&json!({"a": {"any": [1, 2]}}), &json!({"a": 2})));
        assert!(!is_fine(&json!({"a": {"any": [1, 2]}}), &json!({"a": 3})));
    }

    #[test]
    fn every_outcome_is_expected_and_every_expected_one_is_there() {
        assert!(is_fine(&json!({}), &json!({})));
        assert!(!is_fine(&json!({"a": 1}), &json!({})));
        assert!(!is_fine(&json!({}), &json!({"a": 1})));
    }
}
