//! Dates and times of day.
//!
//! Callsheet turns on the crate's `serde-human-readable`, since the form would else depend on whether any other crate of
//! the program does. Most of these texts are no common form: a space stands where others have a `T`, and a fraction of a
//! second must not be left out. They are described as text that says in its documentation what it looks like.

use time::{
    Date, Month, OffsetDateTime, PlainDateTime, SignedDuration, Time, Timestamp, UtcDateTime, UtcOffset, Weekday,
};

use super::choice;
use crate::{
    Definition, Format, Shape, TypeRef,
    describe::implement::{built_in, checked, defined},
};

built_in! { Date => "date", TypeRef::Text(Format::Date); }

defined! {
    Time => "time.Time", text("A time of day, such as `23:59:59.0`, with one to nine digits of a second.");
    // `time::PrimitiveDateTime` is another name of it.
    PlainDateTime => "time.PlainDateTime",
        text("A date and a time of day, such as `2024-02-29 23:59:59.0`, with one to nine digits of a second.");
    UtcDateTime => "time.UtcDateTime",
        text("A date and a time of day in UTC, such as `2024-02-29 23:59:59.0`, with one to nine digits of a second.");
    OffsetDateTime => "time.OffsetDateTime", text(
        "A date, a time of day and an offset from UTC, such as `2024-02-29 23:59:59.0 +01:00:00`, with one to nine \
         digits of a second.",
    );
    UtcOffset => "time.UtcOffset", text("An offset from UTC in hours, minutes and seconds, such as `+01:00:00`.");
    // `time::Duration` is another name of it.
    SignedDuration => "time.SignedDuration", text(
        "A span of time in seconds, such as `-1.500000000`. The point must not be left out. Its whole seconds fit in 64 \
         bits.",
    );
    Timestamp => "time.Timestamp", checked(
        "Nanoseconds since the Unix epoch, of the years -9999 to 9999.",
        Shape::Newtype(TypeRef::I128),
    );
    Weekday => "time.Weekday", choice(
        "A day of the week.",
        &[
            ("Monday", &[]),
            ("Tuesday", &[]),
            ("Wednesday", &[]),
            ("Thursday", &[]),
            ("Friday", &[]),
            ("Saturday", &[]),
            ("Sunday", &[]),
        ],
    );
    Month => "time.Month", choice(
        "A month of the year.",
        &[
            ("January", &[]),
            ("February", &[]),
            ("March", &[]),
            ("April", &[]),
            ("May", &[]),
            ("June", &[]),
            ("July", &[]),
            ("August", &[]),
            ("September", &[]),
            ("October", &[]),
            ("November", &[]),
            ("December", &[]),
        ],
    );
}

fn text(docs: &str) -> Definition {
    checked(docs, Shape::Newtype(TypeRef::String))
}
