use serde_json::json;
use time::{
    Date, Month, OffsetDateTime, PlainDateTime, SignedDuration, Time, Timestamp, UtcDateTime, UtcOffset, Weekday,
};

use crate::expect::{called, definition, refused, written, written_apart};

#[test]
fn dates() {
    called::<Date>("date");
    let day = Date::from_calendar_date(2024, Month::February, 29).expect("a leap day");
    written(&day, r#""2024-02-29""#);
    written(&Date::MAX, r#""9999-12-31""#);
    written(&Date::MIN, r#""-9999-01-01""#);
    refused::<Date>(r#""2023-02-29""#);
}

#[test]
fn texts_of_a_form_of_their_own() {
    let expected = json!({"shape": {"newtype": "string"}, "checked": true});

    called::<Time>("time.Time");
    assert_eq!(definition::<Time>(), expected);
    written(&Time::MIDNIGHT, r#""00:00:00.0""#);
    written(&Time::MAX, r#""23:59:59.999999999""#);
    refused::<Time>(r#""00:00:00""#);

    called::<PlainDateTime>("time.PlainDateTime");
    assert_eq!(definition::<PlainDateTime>(), expected);
    written(&PlainDateTime::MIN, r#""-9999-01-01 00:00:00.0""#);
    written(&PlainDateTime::MAX, r#""9999-12-31 23:59:59.999999999""#);
    refused::<PlainDateTime>(r#""2024-02-29T00:00:00.0""#);

    called::<UtcDateTime>("time.UtcDateTime");
    assert_eq!(definition::<UtcDateTime>(), expected);
    written(&UtcDateTime::MIN, r#""-9999-01-01 00:00:00.0""#);
    written(&UtcDateTime::MAX, r#""9999-12-31 23:59:59.999999999""#);

    called::<OffsetDateTime>("time.OffsetDateTime");
    assert_eq!(definition::<OffsetDateTime>(), expected);
    written(&OffsetDateTime::UNIX_EPOCH, r#""1970-01-01 00:00:00.0 +00:00:00""#);
    let west = UtcOffset::from_hms(-5, -30, -1).expect("in range");
    let there = OffsetDateTime::UNIX_EPOCH.to_offset(west);
    written(&there, r#""1969-12-31 18:29:59.0 -05:30:01""#);
    refused::<OffsetDateTime>(r#""1970-01-01T00:00:00Z""#);

    called::<UtcOffset>("time.UtcOffset");
    assert_eq!(definition::<UtcOffset>(), expected);
    written(&UtcOffset::UTC, r#""+00:00:00""#);
    written(&UtcOffset::from_hms(0, -30, 0).expect("in range"), r#""-00:30:00""#);

    called::<SignedDuration>("time.SignedDuration");
    assert_eq!(definition::<SignedDuration>(), expected);
    written(&SignedDuration::milliseconds(-1_500), r#""-1.500000000""#);
    written(&SignedDuration::new(0, -5), r#""-0.000000005""#);
    written(&SignedDuration::MAX, r#""9223372036854775807.999999999""#);
    written(&SignedDuration::MIN, r#""-9223372036854775808.999999999""#);
    refused::<SignedDuration>(r#""1""#);
}

#[test]
fn timestamps_are_integers() {
    called::<Timestamp>("time.Timestamp");
    assert_eq!(
        definition::<Timestamp>(),
        json!({"shape": {"newtype": "i128"}, "checked": true})
    );
    let late = Timestamp::from_nanoseconds(1).expect("in range");
    written_apart(&late, "1", b"\xc4\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01");
    let early = Timestamp::from_nanoseconds(-1).expect("in range");
    written_apart(&early, "-1", &[&b"\xc4\x10"[..], &[0xff; 16]].concat());
    refused::<Timestamp>("170141183460469231731687303715884105727");
}

#[test]
fn days_and_months_are_called_by_their_names() {
    called::<Weekday>("time.Weekday");
    called::<Month>("time.Month");
    let mut day = Weekday::Monday;
    for name in names::<Weekday>() {
        written(&day, &format!("\"{name}\""));
        day = day.next();
    }
    assert_eq!(day, Weekday::Monday);
    let mut month = Month::January;
    for name in names::<Month>() {
        written(&month, &format!("\"{name}\""));
        month = month.next();
    }
    assert_eq!(month, Month::January);
    refused::<Weekday>(r#""Mon""#);
    refused::<Month>(r#""Jan""#);
}

/// The names of an externally tagged enum's variants.
fn names<T: callsheet_schema::Describe>() -> Vec<String> {
    let definition = definition::<T>();
    assert_eq!(definition["shape"]["enum"]["tagging"], "external");
    let variants = definition["shape"]["enum"]["variants"].as_array().expect("variants");
    let names: Vec<_> = variants
        .iter()
        .filter_map(|variant| variant["name"].as_str())
        .map(str::to_owned)
        .collect();
    assert!(!names.is_empty());
    names
}
