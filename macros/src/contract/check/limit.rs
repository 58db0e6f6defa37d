//! How long callers wait.

use std::time::Duration;

use syn::LitStr;

use crate::fault::{Code, Faults};

/// So long a runtime lets a call take, unless it is told otherwise.
const LONGEST: Duration = Duration::from_secs(10 * 60);

/// The time that `limit` says.
pub(super) fn check_limit(limit: &LitStr, faults: &mut Faults) -> Option<Duration> {
    let text = limit.value();
    let wrong = match read(&text) {
        None => "is no time limit",
        Some(Duration::ZERO) => "leaves a call no time",
        Some(time) if time > LONGEST => "is longer than a call may take",
        Some(time) => return Some(time),
    };
    let message = format!(
        "`{text}` {wrong}; write a whole number followed by `ms`, `s` or `min`, from `1ms` to `10min`, as in \
         `timeout = \"2s\"`"
    );
    faults.at(limit, Code::TimeLimit, message);
    None
}

/// A whole number with its unit; one that is beyond all bounds is as long as there is.
fn read(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let ms_of_unit = match unit {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        _ => return None,
    };
    // Digits that are no number are too many.
    let number: u64 = if number.is_empty() {
        return None;
    } else {
        number.parse().unwrap_or(u64::MAX)
    };
    Some(Duration::from_millis(number.saturating_mul(ms_of_unit)))
}
