//! Durations, which are written with their unit.

use std::{ops::RangeInclusive, time::Duration};

use humantime::{format_duration, parse_duration};

use super::kind::{Given, Kind};

/// A time that passes.
pub(super) struct Time(pub(super) RangeInclusive<Duration>);

impl Kind for Time {
    type Value = Duration;

    fn read(&self, given: Given<'_>) -> Option<Duration> {
        let text = match given {
            Given::Word(word) => word.to_str()?,
            Given::Text(text) => text,
            // Of what unit, a number does not say.
            Given::Integer(_) | Given::Other => return None,
        };
        parse_duration(text).ok().filter(|duration| self.0.contains(duration))
    }

    fn expected(&self, quote: &str) -> String {
        let examples = ["250ms", "30s", "10min", "1h"].map(|example| format!("{quote}{example}{quote}"));
        let [a, b, c, d] = examples;
        let [least, most] = self.bounds();
        format!("a duration such as {a}, {b}, {c} or {d}, from {least} to {most}")
    }

    fn values(&self) -> String {
        let [least, most] = self.bounds();
        format!("duration, {least} to {most}")
    }

    fn show(&self, value: Duration) -> String {
        format!("\"{}\"", format_duration(value))
    }
}

impl Time {
    fn bounds(&self) -> [String; 2] {
        [self.0.start(), self.0.end()].map(|bound| format_duration(*bound).to_string())
    }
}
