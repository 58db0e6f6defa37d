//! Clients in other languages, written by hand.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

use crate::case::case;

/// What the program prints of its calls, in this version of the header.
fn printed(program: &str, file: &str, version: u8) {
    let rules = [
        "ACTON-4", "ACTON-6", "ACTON-8", "ACTON-10", "ACTON-11", "ACTON-13", "ACTON-15",
    ];
    case(&rules, |service| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("hostile/acton").join(file);
        let mut command = Command::new(program);
        command.arg(path).arg(service.path()).arg(version.to_string());
        let output = command.output().unwrap_or_else(|error| panic!("{program}: {error}"));
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        let read = |line: &str| serde_json::from_str::<Value>(line).expect("it prints JSON");
        let text = String::from_utf8_lossy(&output.stdout);
        let lines: Vec<Value> = text.lines().map(read).collect();
        let (items, subscribed) = match version {
            // It has neither, which is said in its own words.
            1 => (json!(["PROTOCOL_ERROR"]), json!("PROTOCOL_ERROR")),
            _ => (
                json!([{"value": 3}, {"value": 2}, {"value": 1}]),
                json!([["PriceUpdate"], ["price", "symbol"]]),
            ),
        };
        let expected = [
            json!([4, null]),
            json!({"sum": 8}),
            json!("CONTRACT_ERROR"),
            json!("ACTOR_NOT_FOUND"),
            items,
            subscribed,
        ];
        assert_eq!(lines, expected, "{errors}");
    });
}

#[test]
fn a_client_in_python_is_served_in_both_versions() {
    for version in [1, 2] {
        printed("python3", "client.py", version);
    }
}

#[test]
fn a_client_in_javascript_is_served_in_both_versions() {
    for version in [1, 2] {
        printed("node", "client.mjs", version);
    }
}
