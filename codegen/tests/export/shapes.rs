//! Containers, structs and enums.

use callsheet_schema::Direction;
use serde_json::json;

use crate::exported::exported;

#[test]
fn containers_hold_what_they_say() {
    let every = exported("everything");
    let request = |method: &str| format!("everything.Containers.{method}-request");
    for (method, fitting, unfitting) in [
        ("Option", json!(null), json!("1")),
        ("List", json!([1, -1]), json!([1, "1"])),
        ("Set", json!(["a", "b"]), json!(["a", "a"])),
        ("Array", json!([1.5, 2, 3]), json!([1.5, 2])),
        ("Tuple", json!([255, "x", null]), json!([255, "x"])),
        ("Tuple", json!([0, "", true]), json!([0, "", true, 1])),
        ("Single", json!([7]), json!(7)),
        ("TextMap", json!({"": 1}), json!({"a": -1})),
        ("IntegerMap", json!({"-2147483648": "x"}), json!({"2147483648": "x"})),
        ("WideMap", json!({"1": [1]}), json!({"1": [256]})),
        ("BoolMap", json!({"true": []}), json!({"yes": []})),
        (
            "Nested",
            json!([{"a": [[1, 2], [3, 4]], "b": null}]),
            json!([{"a": [[1, 2]]}]),
        ),
    ] {
        assert!(
            every.valid(&request(method), json!({"value": fitting})),
            "{method} {fitting}"
        );
        assert!(
            !every.valid(&request(method), json!({"value": unfitting})),
            "{method} {unfitting}"
        );
    }
    assert!(
        every.valid(&request("Option"), json!({})),
        "the argument may be left out"
    );
    assert!(!every.valid(&request("List"), json!({})));
    assert!(every.valid(&request("List"), json!({"value": [], "unknown": 1})));
}

#[test]
fn structs_say_what_may_be_left_out_each_way() {
    let every = exported("everything");
    let all = r#"{"display-name": "x", "colour": "red", "maxRetries": 1, "limit": 1, "legacy": null, "blob": [], "$ref": null}"#;
    every.produced("Settings", &[all], &[
        r#"{"display-name": "x", "colour": "red", "maxRetries": 1, "limit": 1, "blob": [], "$ref": null}"#,
        r#"{"display-name": "x", "color": "red", "maxRetries": 1, "limit": 1, "legacy": null, "blob": [], "$ref": null}"#,
    ]);
    every.accepted(
        "Settings",
        &[
            r#"{"display-name": "x", "color": "red", "max_retries": 1, "blob": [1]}"#,
            r#"{"display-name": "x", "colour": "red", "max_retries": 1, "blob": [], "timeout": null, "labels": {"a": "b"}}"#,
        ],
        &[
            all,
            r#"{"display-name": "x", "max_retries": 1, "blob": []}"#,
            r#"{"display-name": "x", "color": "red", "colour": "red", "max_retries": 1, "blob": []}"#,
            r#"{"display-name": "x", "color": "red", "max_retries": 1, "blob": [], "more": 1}"#,
        ],
    );
    every.accepted(
        "Customer",
        &[r#"{"name": "x"}"#, r#"{"name": "x", "password": "p"}"#],
        &[r#"{"name": 1}"#],
    );
    every.produced(
        "Receipt",
        &[r#"{"type": "receipt", "total": "1"}"#],
        &[r#"{"total": "1"}"#, r#"{"type": "other", "total": "1"}"#],
    );
    every.accepted(
        "Receipt",
        &[r#"{"total": "1"}"#, r#"{"type": 7, "total": "1"}"#],
        &[r#"{"type": "receipt"}"#],
    );
    every.both(
        "Tree",
        &[r#"{"value": 1, "children": [{"value": 2, "children": []}]}"#],
        &[r#"{"value": 1, "children": [{"value": 2}]}"#],
    );

    let strict = exported("strict");
    strict.accepted(
        "Closed",
        &[r#"{"a": 1}"#, r#"{"a": 1, "bee": "x"}"#, r#"{"a": 1, "b": null}"#],
        &[
            r#"{"a": 1, "b": null, "be": null}"#,
            r#"{"a": 1, "bee": null, "be": null}"#,
            r#"{"a": 1, "c": 1}"#,
        ],
    );
    strict.produced("Labelled", &[r#"{"type": "labelled", "n": 1}"#], &[r#"{"n": 1}"#]);
    strict.accepted("Labelled", &[r#"{"n": 1}"#], &[r#"{"type": "labelled", "n": 1}"#]);
    strict.both(
        "Page<list<map<string, demo.Item>>>",
        &[r#"{"items": [[{"a": "x"}]]}"#],
        &[r#"{"items": [{"a": "x"}]}"#],
    );
    strict.both("Nothings", &["[]"], &["[1]", "null"]);
    strict.both("Never", &[], &["null", "{}", "\"x\""]);
}

#[test]
fn enums_are_told_by_their_tagging() {
    let every = exported("everything");
    every.both(
        "Shape",
        &["\"Nothing\"", r#"{"Circle": 1.5}"#, r#"{"Line": [1.5, 2.5]}"#],
        &[
            "\"Circle\"",
            r#"{"Nothing": null}"#,
            r#"{"Line": [1.5]}"#,
            r#"{"Circle": 1.5, "Line": [1.5, 2.5]}"#,
            "{}",
            "null",
        ],
    );
    every.accepted(
        "Shape",
        &[r#"{"Rectangle": {"width": 1, "height": 2}}"#],
        &[r#"{"Rectangle": {"width": 1}}"#],
    );
    every.both(
        "Command",
        &[r#"{"type": "stop"}"#, r#"{"type": "move_to", "x": 1, "y": 2}"#],
        &[
            r#"{"type": "move_to", "x": 1}"#,
            r#"{"type": "dance"}"#,
            "{}",
            "\"stop\"",
        ],
    );
    every.accepted(
        "Command",
        &[r#"{"type": "configure"}"#, r#"{"type": "configure", "retries": 1}"#],
        &[r#"{"type": "configure", "retries": -1}"#],
    );
    every.both(
        "Reading",
        &[
            r#"{"kind": "Missing"}"#,
            r#"{"kind": "Temperature", "data": 1.5}"#,
            r#"{"kind": "Position", "data": [1, 2, 3]}"#,
            r#"{"data": {"at": {"secs_since_epoch": 1, "nanos_since_epoch": 0}, "value": -1}, "kind": "Sample"}"#,
        ],
        &[
            r#"{"kind": "Temperature"}"#,
            r#"{"kind": "Missing", "data": 1}"#,
            r#"{"data": 1.5}"#,
        ],
    );
    every.both(
        "Scalar",
        &[
            "null",
            "true",
            "1",
            "1.5",
            "\"x\"",
            r#"["x", 1]"#,
            r#"{"low": 1, "high": 2}"#,
        ],
        &["[]", r#"{"low": 1}"#],
    );
    every.accepted("Level", &["\"warn\"", "\"warning\"", "\"error\""], &["\"fatal\"", "1"]);
    every.produced("Level", &["\"warning\""], &["\"warn\""]);
    every.both(
        "Colour",
        &["\"red\"", "\"mauve\"", r#"{"mixed": {"r": 1, "g": 2, "b": 3}}"#],
        &[r#"{"mixed": {"r": 1, "g": 2}}"#, "1"],
    );
    every.both(
        "Notice",
        &[r#"{"type": "text", "body": "x"}"#, r#"["a", "b"]"#],
        &[r#"{"body": "x"}"#, "[1]"],
    );
    every.accepted(
        "Grade",
        &["\"good\"", "\"unknown\"", "\"whatever\""],
        &["1", r#"{"good": null}"#],
    );
    every.produced("Grade", &["\"good\"", "\"unknown\""], &["\"whatever\""]);
    every.accepted(
        "Signal",
        &[r#"{"kind": "level", "value": 1}"#, r#"{"kind": "new"}"#],
        &[r#"{"kind": "level"}"#],
    );
    every.produced("Signal", &[r#"{"kind": "unknown"}"#], &[r#"{"kind": "new"}"#]);

    let strict = exported("strict");
    strict.accepted(
        "Renamed",
        &[r#"{"uno": 1}"#, r#"{"eins": 1}"#, "\"two\"", "\"zwei\""],
        &[r#"{"one": 1}"#, r#"{"uno": 1, "eins": 1}"#, "\"uno\"", "{}"],
    );
    strict.produced("Renamed", &[r#"{"one": 1}"#, "\"two\""], &[r#"{"uno": 1}"#, "\"zwei\""]);
    strict.accepted(
        "Event",
        &[
            r#"{"t": "on"}"#,
            r#"{"t": "on", "c": null}"#,
            r#"{"t": "put", "c": 1}"#,
            r#"{"t": "what"}"#,
        ],
        &[
            r#"{"t": "on", "c": 1}"#,
            r#"{"t": "set"}"#,
            r#"{"t": "set", "c": 1, "d": 1}"#,
            r#"{"t": 1}"#,
        ],
    );
    strict.produced(
        "Event",
        &[r#"{"t": "rest"}"#, r#"{"t": "set", "c": 1}"#],
        &[r#"{"t": "what"}"#],
    );
}

#[test]
fn merged_entries_stand_among_others() {
    let every = exported("everything");
    every.both(
        "Labels",
        &[
            r#"{"name": "x", "size": 1}"#,
            r#"{"name": "x", "size": 1, "a": null, "b": 2}"#,
        ],
        &[r#"{"name": "x", "size": 1, "a": "1"}"#, r#"{"size": 1}"#],
    );
    every.both(
        "Shipment",
        &[r#"{"id": 1, "Pickup": null}"#, r#"{"id": 1, "Post": 5}"#],
        &[r#"{"id": 1}"#, r#"{"id": 1, "Pickup": 1}"#, r#"{"id": 1, "Post": "5"}"#],
    );
    every.both(
        "Parcel",
        &[r#"{"id": 1}"#, r#"{"id": 1, "Post": 5}"#],
        &[r#"{"id": 1, "Post": "5"}"#, "{}"],
    );
    every.both(
        "Contact",
        &[r#"{"name": "x", "phone": 1}"#, r#"{"name": "x", "mail": "y"}"#],
        &[r#"{"name": "x"}"#, r#"{"name": "x", "phone": "y"}"#],
    );
    every.both(
        "Trial",
        &[
            r#"{"id": 1, "outcome": "passed"}"#,
            r#"{"id": 1, "outcome": "failed", "detail": "x"}"#,
        ],
        &[r#"{"id": 1, "outcome": "failed"}"#, r#"{"id": 1}"#],
    );
    every.accepted(
        "Job",
        &[
            r#"{"id": 1, "state": "queued"}"#,
            r#"{"id": 1, "state": "set_up", "retries": 3}"#,
        ],
        &[
            r#"{"id": 1, "state": "running"}"#,
            r#"{"id": 1, "state": "set_up", "retries": "3"}"#,
        ],
    );
    every.both(
        "Task",
        &[
            r#"{"type": "idle"}"#,
            r#"{"type": "ship", "Post": 1}"#,
            r#"{"type": "note", "a": "b"}"#,
        ],
        &[
            r#"{"type": "idle", "a": 1}"#,
            r#"{"type": "ship"}"#,
            r#"{"type": "ship", "Post": 1, "more": 1}"#,
            r#"{"type": "note", "a": 1}"#,
        ],
    );

    let strict = exported("strict");
    strict.both(
        "Message",
        &[
            r#"{"t": "none"}"#,
            r#"{"t": "fields", "x": 1}"#,
            r#"{"t": "closed", "a": 1, "b": null}"#,
            r#"{"t": "map", "x": 1, "y": 2}"#,
            r#"{"t": "nothing"}"#,
            r#"{"t": "deep", "own": true}"#,
            r#"{"t": "deep", "own": true, "more": 1}"#,
        ],
        &[
            r#"{"t": "fields", "x": 1, "y": 1}"#,
            r#"{"t": "closed", "a": 1, "b": null, "c": 1}"#,
            r#"{"t": "map", "z": 1}"#,
            r#"{"t": "nothing", "x": 1}"#,
            r#"{"t": "deep", "own": true, "more": "1"}"#,
        ],
    );
    strict.both(
        "Both",
        &[r#"{"id": 1, "foot": null, "a": "b"}"#, r#"{"id": 1, "car": 2}"#],
        &[r#"{"id": 1, "car": 2, "a": 1}"#, r#"{"id": 1, "a": "b"}"#],
    );
    strict.both(
        "Keyed",
        &[r#"{"id": 1, "x": 1}"#, r#"{"id": 1}"#],
        &[r#"{"id": 1, "z": 1}"#, r#"{"x": 1}"#],
    );
}

#[test]
fn what_is_produced_may_grow() {
    let every = exported("everything");
    let (definition, payload) = (
        every.name_of("a.Tick", Direction::Produced),
        json!({"remaining": 1, "new": 2}),
    );
    assert!(every.valid(&definition, payload));
}
