//! Values without parts that have types of their own, and keys of maps.

use callsheet_schema::{Format, TypeRef};

use super::keywords::{Bound, Keywords, Named, Schema};

/// Halfway between the largest number of 32 bits and the next power of two: what is smaller is rounded to a finite number. The
/// largest one itself is written with fewer digits than it has, and so as slightly more than it is.
const BEYOND_F32: f64 = 3.402_823_567_797_336_6e38;

/// A built-in type without others inside; `None` for all others.
pub(super) fn scalar(reference: &TypeRef) -> Option<Keywords> {
    Some(match reference {
        TypeRef::Unit => Keywords::of_type("null"),
        TypeRef::Bool => Keywords::of_type("boolean"),
        TypeRef::F64 => Keywords::of_type("number"),
        TypeRef::F32 => Keywords {
            exclusive_minimum: Some(Bound::Float(-BEYOND_F32)),
            exclusive_maximum: Some(Bound::Float(BEYOND_F32)),
            ..Keywords::of_type("number")
        },
        TypeRef::Char => character(),
        TypeRef::String => Keywords::of_type("string"),
        TypeRef::Text(format) => text(*format),
        TypeRef::Bytes => Keywords {
            items: Some(integer(0, 255).into()),
            ..Keywords::of_type("array")
        },
        TypeRef::Duration => time("secs", u64::MAX.into(), "nanos"),
        // A point in time is kept as signed seconds.
        TypeRef::SystemTime => time("secs_since_epoch", i64::MAX.unsigned_abs().into(), "nanos_since_epoch"),
        TypeRef::NonZero(inner) => {
            let (least, most) = range(inner)?;
            if least == 0 {
                integer(1, most)
            } else {
                Keywords {
                    not: Some(Keywords::number(0).into()),
                    ..integer(least, most)
                }
            }
        }
        integral => {
            let (least, most) = range(integral)?;
            integer(least, most)
        }
    })
}

/// A built-in type as the key of an object; `None` for types that are no keys.
pub(super) fn key(reference: &TypeRef) -> Option<Keywords> {
    Some(match reference {
        TypeRef::String | TypeRef::Char | TypeRef::Text(_) => scalar(reference)?,
        TypeRef::Bool => Keywords::texts(["true", "false"]),
        TypeRef::F32 | TypeRef::F64 => pattern(r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$"),
        TypeRef::NonZero(inner) => {
            let (least, most) = range(inner)?;
            pattern(&format!("^({})$", numerals(least, most)))
        }
        integral => {
            let (least, most) = range(integral)?;
            pattern(&format!("^(0|{})$", numerals(least, most)))
        }
    })
}

/// The least and the greatest value of an integer type.
fn range(reference: &TypeRef) -> Option<(i128, u128)> {
    Some(match reference {
        TypeRef::I8 => (i8::MIN.into(), i8::MAX.unsigned_abs().into()),
        TypeRef::I16 => (i16::MIN.into(), i16::MAX.unsigned_abs().into()),
        TypeRef::I32 => (i32::MIN.into(), i32::MAX.unsigned_abs().into()),
        TypeRef::I64 => (i64::MIN.into(), i64::MAX.unsigned_abs().into()),
        TypeRef::I128 => (i128::MIN, i128::MAX.unsigned_abs()),
        TypeRef::U8 => (0, u8::MAX.into()),
        TypeRef::U16 => (0, u16::MAX.into()),
        TypeRef::U32 => (0, u32::MAX.into()),
        TypeRef::U64 => (0, u64::MAX.into()),
        TypeRef::U128 => (0, u128::MAX),
        _ => return None,
    })
}

fn integer(least: i128, most: u128) -> Keywords {
    Keywords {
        minimum: Some(Bound::Signed(least)),
        maximum: Some(Bound::Unsigned(most)),
        ..Keywords::of_type("integer")
    }
}

fn character() -> Keywords {
    Keywords {
        min_length: Some(1),
        max_length: Some(1),
        ..Keywords::of_type("string")
    }
}

fn pattern(pattern: &str) -> Keywords {
    Keywords {
        pattern: Some(pattern.to_owned()),
        ..Keywords::of_type("string")
    }
}

fn time(seconds: &str, most: u128, nanos: &str) -> Keywords {
    let properties = vec![
        (seconds.to_owned(), integer(0, most).into()),
        (nanos.to_owned(), integer(0, 999_999_999).into()),
    ];
    Keywords {
        properties: Named(properties),
        required: vec![seconds.to_owned(), nanos.to_owned()],
        additional_properties: Some(Schema::never()),
        ..Keywords::of_type("object")
    }
}

/// No pattern refuses a text of its form; those of UUIDs, IPv4 addresses, times and decimals refuse all others too.
fn text(format: Format) -> Keywords {
    const BYTE: &str = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    const CLOCK: &str = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,9})?";
    let of_format = |format| Keywords {
        format: Some(format),
        ..Keywords::of_type("string")
    };
    let ipv4 = || Keywords {
        format: Some("ipv4"),
        ..pattern(&format!(r"^{BYTE}(\.{BYTE}){{3}}$"))
    };
    let ipv6 = || Keywords {
        format: Some("ipv6"),
        ..pattern("^[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*$")
    };
    match format {
        Format::Uuid => Keywords {
            format: Some("uuid"),
            ..pattern("^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$")
        },
        Format::IpAddress => Keywords {
            any_of: vec![ipv4().into(), ipv6().into()],
            ..Keywords::default()
        },
        Format::Ipv4Address => ipv4(),
        Format::Ipv6Address => ipv6(),
        Format::SocketAddress => pattern(&format!(
            r"^({BYTE}(\.{BYTE}){{3}}|\[[0-9A-Fa-f:.]+(%[0-9]+)?\]):[0-9]{{1,5}}$"
        )),
        Format::Timestamp => of_format("date-time"),
        Format::DateTime => pattern(&format!(
            "^([0-9]{{4}}|[+-][0-9]{{4,6}})-[0-9]{{2}}-[0-9]{{2}}T{CLOCK}$"
        )),
        Format::Date => of_format("date"),
        Format::Time => pattern(&format!("^{CLOCK}$")),
        Format::Decimal => pattern(r"^-?[0-9]+(\.[0-9]+)?$"),
        Format::Url => of_format("uri"),
        Format::Path => Keywords::of_type("string"),
    }
}

/// A pattern of the numerals of all integers from `least` to `most` but zero, as JSON writes them.
fn numerals(least: i128, most: u128) -> String {
    let positive = up_to(most);
    if least == 0 {
        positive
    } else {
        format!("{positive}|-({})", up_to(least.unsigned_abs()))
    }
}

/// A pattern of the numerals from 1 to `most`: those that are shorter, those that differ at the first digit, at the
/// second one, and so on, and `most` itself.
fn up_to(most: u128) -> String {
    let most = most.to_string();
    let mut alternatives = Vec::new();
    match most.len() {
        1 => {}
        2 => alternatives.push("[1-9]".to_owned()),
        length => alternatives.push(format!("[1-9][0-9]{{0,{}}}", length - 2)),
    }
    for (at, digit) in most.bytes().enumerate() {
        let least = if at == 0 { b'1' } else { b'0' };
        if digit > least {
            let below = match digit - 1 {
                below if below == least => char::from(least).to_string(),
                below => format!("[{}-{}]", char::from(least), char::from(below)),
            };
            let free = match most.len() - at - 1 {
                0 => String::new(),
                1 => "[0-9]".to_owned(),
                free => format!("[0-9]{{{free}}}"),
            };
            alternatives.push(format!("{}{below}{free}", &most[..at]));
        }
    }
    alternatives.push(most);
    alternatives.join("|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_of_integers_lists_what_is_shorter_and_what_is_smaller_at_each_digit() {
        assert_eq!(up_to(5), "[1-4]|5");
        assert_eq!(up_to(10), "[1-9]|10");
        assert_eq!(up_to(255), "[1-9][0-9]{0,1}|1[0-9]{2}|2[0-4][0-9]|25[0-4]|255");
        assert_eq!(numerals(-8, 7), "[1-6]|7|-([1-7]|8)");
    }
}
