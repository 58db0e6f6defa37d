//! Dates and times of day.

use chrono::{DateTime, Month, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Weekday};

use super::choice;
use crate::{
    Describe, Format, Shape, TypeRef, Types,
    describe::implement::{built_in, checked, defined},
};

// Of the time zones, serde reads `Utc`, `FixedOffset` and, with the crate's feature `clock`, `Local`.
impl<Z: TimeZone + 'static> Describe for DateTime<Z> {
    const NAME: &'static str = "timestamp";

    fn describe(_: &mut Types) -> TypeRef {
        TypeRef::Text(Format::Timestamp)
    }
}

built_in! {
    NaiveDateTime => "date_time", TypeRef::Text(Format::DateTime);
    NaiveDate => "date", TypeRef::Text(Format::Date);
    NaiveTime => "time", TypeRef::Text(Format::Time);
}

defined! {
    // `chrono::Duration` is another name of it.
    TimeDelta => "chrono.TimeDelta", checked(
        "A span of time: its whole seconds, rounded down, and the nanoseconds from 0 to 999,999,999 to be added to them. \
         Its milliseconds fit in 64 bits.",
        Shape::Tuple(vec![TypeRef::I64, TypeRef::I32]),
    );
    Weekday => "chrono.Weekday", choice(
        "A day of the week.",
        &[
            ("Mon", &["Monday"]),
            ("Tue", &["Tuesday"]),
            ("Wed", &["Wednesday"]),
            ("Thu", &["Thursday"]),
            ("Fri", &["Friday"]),
            ("Sat", &["Saturday"]),
            ("Sun", &["Sunday"]),
        ],
    );
    Month => "chrono.Month", choice(
        "A month of the year.",
        &[
            ("January", &["Jan"]),
            ("February", &["Feb"]),
            ("March", &["Mar"]),
            ("April", &["Apr"]),
            ("May", &[]),
            ("June", &["Jun"]),
            ("July", &["Jul"]),
            ("August", &["Aug"]),
            ("September", &["Sep"]),
            ("October", &["Oct"]),
            ("November", &["Nov"]),
            ("December", &["Dec"]),
        ],
    );
}
