use chrono::{DateTime, FixedOffset, Month, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use serde_json::json;

use crate::expect::{called, definition, read, refused, written};

#[test]
fn timestamps() {
    called::<DateTime<Utc>>("timestamp");
    written(&DateTime::UNIX_EPOCH, r#""1970-01-01T00:00:00Z""#);
    let half = DateTime::from_timestamp(1, 500_000_000).expect("in range");
    written(&half, r#""1970-01-01T00:00:01.500Z""#);
    called::<DateTime<FixedOffset>>("timestamp");
    let east = FixedOffset::east_opt(19_800).expect("in range");
    let there = east
        .with_ymd_and_hms(2024, 2, 29, 23, 59, 59)
        .single()
        .expect("in range");
    written(&there, r#""2024-02-29T23:59:59+05:30""#);
    let here: DateTime<Utc> = read(r#""2024-02-29T23:59:59+05:30""#).expect("any offset is read");
    written(&here, r#""2024-02-29T18:29:59Z""#);
    refused::<DateTime<Utc>>(r#""2024-02-29T23:59:59""#);
}

#[test]
fn years_of_more_than_four_digits_have_a_sign() {
    written(&DateTime::<Utc>::MAX_UTC, r#""+262142-12-31T23:59:59.999999999Z""#);
    written(&DateTime::<Utc>::MIN_UTC, r#""-262143-01-01T00:00:00Z""#);
    written(&NaiveDateTime::MAX, r#""+262142-12-31T23:59:59.999999999""#);
    written(&NaiveDateTime::MIN, r#""-262143-01-01T00:00:00""#);
    written(&NaiveDate::MAX, r#""+262142-12-31""#);
    written(&NaiveDate::MIN, r#""-262143-01-01""#);
    let date = |year| NaiveDate::from_ymd_opt(year, 1, 2).expect("in range");
    written(&date(12_345), r#""+12345-01-02""#);
    written(&date(9_999), r#""9999-01-02""#);
    written(&date(0), r#""0000-01-02""#);
    written(&date(-1), r#""-0001-01-02""#);
}

#[test]
fn dates_and_times_of_day() {
    called::<NaiveDate>("date");
    let day = NaiveDate::from_ymd_opt(2024, 2, 29).expect("a leap day");
    written(&day, r#""2024-02-29""#);
    refused::<NaiveDate>(r#""2023-02-29""#);
    called::<NaiveTime>("time");
    written(&NaiveTime::MIN, r#""00:00:00""#);
    let last = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_000_000).expect("in range");
    written(&last, r#""23:59:59.001""#);
    let leap = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_999_999_999).expect("a leap second");
    written(&leap, r#""23:59:60.999999999""#);
    called::<NaiveDateTime>("date_time");
    written(&day.and_time(last), r#""2024-02-29T23:59:59.001""#);
}

#[test]
fn spans_of_time() {
    called::<TimeDelta>("chrono.TimeDelta");
    assert_eq!(
        definition::<TimeDelta>(),
        json!({"shape": {"tuple": ["i64", "i32"]}, "checked": true})
    );
    written(&TimeDelta::milliseconds(-1_500), "[-2,500000000]");
    written(&TimeDelta::MAX, "[9223372036854775,807000000]");
    written(&TimeDelta::MIN, "[-9223372036854776,193000000]");
    refused::<TimeDelta>("[0,1000000000]");
    refused::<TimeDelta>("[0,-1]");
    refused::<TimeDelta>("[9223372036854776,0]");
}

#[test]
fn days_and_months_are_read_by_their_short_and_long_names() {
    called::<Weekday>("chrono.Weekday");
    called::<Month>("chrono.Month");
    let mut days = Weekday::Mon;
    for variant in variants::<Weekday>(7) {
        written(&days, &json!(variant["name"]).to_string());
        assert_eq!(
            read::<Weekday>(&variant["aliases"][0].to_string()).expect("the long name"),
            days
        );
        days = days.succ();
    }
    let mut months = Month::January;
    for variant in variants::<Month>(12) {
        written(&months, &json!(variant["name"]).to_string());
        if months != Month::May {
            assert_eq!(
                read::<Month>(&variant["aliases"][0].to_string()).expect("the short name"),
                months
            );
        }
        months = months.succ();
    }
    refused::<Weekday>(r#""Noday""#);
    refused::<Month>("1");
}

/// The variants of an externally tagged enum, of which there are so many.
fn variants<T: callsheet_schema::Describe>(number: usize) -> Vec<serde_json::Value> {
    let definition = definition::<T>();
    assert_eq!(definition["shape"]["enum"]["tagging"], "external");
    let variants = definition["shape"]["enum"]["variants"]
        .as_array()
        .expect("variants")
        .clone();
    assert_eq!(variants.len(), number);
    variants
}
