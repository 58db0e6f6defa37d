//! Built-in types without parts, and keys of maps.

use serde_json::{Value, json};

use crate::exported::exported;

#[test]
fn bytes_numbers_and_times_have_their_bounds() {
    let every = exported("everything");
    let echo = |method: &str| format!("everything.Scalars.Echo{method}-request");
    for (method, fitting, unfitting) in [
        ("U8", "255", "256"),
        ("I8", "-128", "-129"),
        ("I16", "32767", "32768"),
        ("U32", "4294967295", "-1"),
        ("I64", "-9223372036854775808", "9223372036854775808"),
        ("U64", "18446744073709551615", "18446744073709551616"),
        ("I128", "-170141183460469231731687303715884105728", "1.5"),
        ("U128", "340282366920938463463374607431768211455", "-1"),
        ("F32", "1e38", "1e39"),
        ("F64", "1e300", "\"1\""),
        ("Char", "\"𝄞\"", "\"ab\""),
        ("Char", "\"ß\"", "\"\""),
        ("Bytes", "[0, 255]", "[256]"),
        ("Bytes", "[]", "\"AAE=\""),
        ("Bool", "true", "1"),
        ("String", "\"\"", "null"),
        ("Duration", r#"{"secs": 1, "nanos": 999999999}"#, r#"{"secs": 1}"#),
        (
            "Duration",
            r#"{"secs": 0, "nanos": 0}"#,
            r#"{"secs": 0, "nanos": 0, "more": 0}"#,
        ),
        (
            "SystemTime",
            r#"{"secs_since_epoch": 1, "nanos_since_epoch": 0}"#,
            r#"{"secs_since_epoch": -1, "nanos_since_epoch": 0}"#,
        ),
    ] {
        let parsed = |payload: &str| -> Value { serde_json::from_str(payload).expect("the payload is JSON") };
        assert!(
            every.valid(&echo(method), json!({"value": parsed(fitting)})),
            "{method} {fitting}"
        );
        assert!(
            !every.valid(&echo(method), json!({"value": parsed(unfitting)})),
            "{method} {unfitting}"
        );
    }
    every.both(
        "Bounds",
        &[r#"{"low": 1, "high": -1, "most": [1]}"#],
        &[
            r#"{"low": 0, "high": -1, "most": []}"#,
            r#"{"low": 1, "high": 0, "most": []}"#,
            r#"{"low": 1, "high": 1, "most": [0]}"#,
        ],
    );
}

#[test]
fn texts_have_their_forms() {
    let every = exported("everything");
    let texts = json!({
        "uuid": "67e55044-10b1-426f-9247-bb680e5fe0c8",
        "ip_address": "::1",
        "ipv4_address": "127.0.0.1",
        "ipv6_address": "fe80::1",
        "socket_address": "[::1]:80",
        "timestamp": "2024-02-29T23:59:59.5Z",
        "date_time": "2024-02-29T23:59:59.5",
        "date": "2024-02-29",
        "time": "23:59:59.5",
        "decimal": "-12.50",
        "url": "https://example.org/a?b",
        "path": "/tmp/x",
    });
    every.both("Texts", &[&texts.to_string()], &[]);
    for (field, fitting, unfitting) in [
        (
            "uuid",
            "67E55044-10B1-426F-9247-BB680E5FE0C8",
            "67e5504410b1426f9247bb680e5fe0c8",
        ),
        ("ip_address", "255.249.199.0", "256.0.0.1"),
        ("ip_address", "::ffff:1.2.3.4", "localhost"),
        ("ipv4_address", "0.0.0.0", "01.0.0.0"),
        ("ipv4_address", "9.99.100.250", "1.2.3"),
        ("ipv6_address", "::", "1.2.3.4"),
        ("socket_address", "10.0.0.1:65535", "10.0.0.1"),
        ("timestamp", "2024-02-29T23:59:59+01:30", "2024-02-29"),
        ("date_time", "2024-02-29T00:00:00", "2024-02-29T00:00:00Z"),
        ("date", "2023-02-28", "2023-02-29"),
        ("time", "00:00:00", "24:00:00"),
        ("time", "12:34:56.123456789", "12:34:56.1234567890"),
        ("decimal", "0", "1e5"),
        ("decimal", "007.0", "1."),
        ("url", "file:///x", "no url"),
    ] {
        let with = |text: &str| {
            let mut changed = texts.clone();
            changed[field] = json!(text);
            changed.to_string()
        };
        every.both("Texts", &[&with(fitting)], &[&with(unfitting)]);
    }
}

#[test]
fn keys_of_maps_are_strings_of_their_type() {
    let strict = exported("strict");
    let empty = json!({"i8": {}, "u64": {}, "i128": {}, "nonzero": {}, "bool": {}, "char": {}, "uuid": {}, "axis": {},
        "wrapped": {}});
    for (field, fitting, unfitting) in [
        (
            "i8",
            &["0", "-128", "127", "99", "-1", "100"][..],
            &["-0", "00", "128", "-129", "+1", "", "1.0"][..],
        ),
        (
            "u64",
            &["18446744073709551615", "9999999999999999999"],
            &["18446744073709551616", "-1"],
        ),
        (
            "i128",
            &[
                "-170141183460469231731687303715884105728",
                "170141183460469231731687303715884105727",
            ],
            &[
                "-170141183460469231731687303715884105729",
                "170141183460469231731687303715884105728",
            ],
        ),
        ("nonzero", &["1", "-128"], &["0", "128"]),
        ("bool", &["true", "false"], &["1"]),
        ("char", &["ß"], &["ab"]),
        ("uuid", &["67e55044-10b1-426f-9247-bb680e5fe0c8"], &["67e55044"]),
        ("axis", &["x", "y"], &["z"]),
        ("wrapped", &["0", "65535"], &["65536"]),
    ] {
        let with = |key: &&str| {
            let mut changed = empty.clone();
            changed[field][*key] = Value::Null;
            changed.to_string()
        };
        let (fitting, unfitting): (Vec<_>, Vec<_>) =
            (fitting.iter().map(with).collect(), unfitting.iter().map(with).collect());
        let texts = |payloads: &[String]| payloads.iter().map(String::clone).collect::<Vec<_>>();
        for payload in texts(&fitting) {
            strict.both("Keys", &[&payload], &[]);
        }
        for payload in texts(&unfitting) {
            strict.both("Keys", &[], &[&payload]);
        }
    }
    strict.accepted("Axis", &["\"why\""], &[]);
    strict.produced("Axis", &[], &["\"why\""]);
}
