//! The forms of text.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::Format;

pub(super) fn fits(format: Format, text: &str) -> bool {
    match format {
        Format::Uuid => is_uuid(text),
        Format::IpAddress => text.parse::<IpAddr>().is_ok(),
        Format::Ipv4Address => text.parse::<Ipv4Addr>().is_ok(),
        Format::Ipv6Address => text.parse::<Ipv6Addr>().is_ok(),
        Format::SocketAddress => text.parse::<SocketAddr>().is_ok(),
        Format::Timestamp => split(text, 'T').is_some_and(|(day, rest)| {
            let zone = rest.find(['Z', '+', '-']);
            zone.is_some_and(|at| is_date(day) && is_time(&rest[..at]) && is_offset(&rest[at..]))
        }),
        Format::DateTime => split(text, 'T').is_some_and(|(day, time)| is_date(day) && is_time(time)),
        Format::Date => is_date(text),
        Format::Time => is_time(text),
        Format::Decimal => is_decimal(text),
        Format::Url => is_url(text),
        Format::Path => true,
    }
}

fn split(text: &str, at: char) -> Option<(&str, &str)> {
    text.split_once(at)
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').collect();
    let lengths = groups.iter().map(|group| group.len());
    lengths.eq([8, 4, 4, 4, 12])
        && groups
            .iter()
            .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// So many decimal digits as a number.
fn digits(text: &str, length: usize) -> Option<u32> {
    let fits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

/// Years outside of 0 to 9999 have a sign and more digits.
fn is_date(text: &str) -> bool {
    let (sign, unsigned) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let parts: Vec<_> = unsigned.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    let year_fits = if sign {
        (4..=6).contains(&year.len())
    } else {
        year.len() == 4
    };
    let Some(year) = digits(year, year.len()).filter(|_| year_fits) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let Some(month) = digits(month, 2) else { return false };
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    digits(day, 2).is_some_and(|day| (1..=days).contains(&day))
}

/// A leap second is the sixtieth.
fn is_time(text: &str) -> bool {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let parts: Vec<_> = clock.split(':').collect();
    let [hour, minute, second] = parts.as_slice() else {
        return false;
    };
    let below = |text: &str, limit: u32| digits(text, 2).is_some_and(|number| number < limit);
    let fraction_fits = fraction
        .is_none_or(|fraction| (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit()));
    below(hour, 24) && below(minute, 60) && below(second, 61) && fraction_fits
}

fn is_offset(text: &str) -> bool {
    let clock = text.strip_prefix(['+', '-']).and_then(|offset| offset.split_once(':'));
    text == "Z"
        || clock.is_some_and(|(hour, minute)| {
            digits(hour, 2).is_some_and(|hour| hour < 24) && digits(minute, 2).is_some_and(|minute| minute < 60)
        })
}

fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let mut parts = unsigned.split('.');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.next().is_some_and(is_number) && parts.next().is_none_or(is_number) && parts.next().is_none()
}

/// A scheme, a colon, and something after it; what else makes a URL, only its parser can say.
fn is_url(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
            && !rest.is_empty()
    })
}
