//! Built-in types that have no types inside.

use crate::{Format, TypeRef, compat::Rule};

/// The kinds of built-in types: values of one are never read as those of another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Number,
    Text,
    Other,
}

fn family(scalar: &TypeRef) -> Family {
    use TypeRef::*;
    match scalar {
        I8 | I16 | I32 | I64 | I128 | U8 | U16 | U32 | U64 | U128 | F32 | F64 | NonZero(_) => Family::Number,
        Char | String | Text(_) => Family::Text,
        _ => Family::Other,
    }
}

/// Whether one is worth holding against the other.
pub(super) fn are_akin(written: &TypeRef, read: &TypeRef) -> bool {
    written == read || family(written) == family(read) && family(written) != Family::Other
}

/// Why values of `written`, which is akin to `read`, are not all read as such.
pub(super) fn flaw(written: &TypeRef, read: &TypeRef) -> Option<Rule> {
    if written == read {
        return None;
    }
    match family(written) {
        Family::Text => (!is_text_of(written, read)).then_some(Rule::TextForm),
        Family::Number => number(written, read),
        Family::Other => Some(Rule::Kind),
    }
}

/// Every text of one is one of the other.
fn is_text_of(written: &TypeRef, read: &TypeRef) -> bool {
    match (written, read) {
        // Any text is a path.
        (_, TypeRef::String | TypeRef::Text(Format::Path)) => true,
        (TypeRef::Text(Format::Ipv4Address | Format::Ipv6Address), TypeRef::Text(Format::IpAddress)) => true,
        (written, read) => written == read,
    }
}

/// Whether a text that is always the same is read as one of `read`.
pub(super) fn reads_text(read: &TypeRef, text: &str) -> bool {
    match read {
        TypeRef::String => true,
        TypeRef::Char => text.chars().count() == 1,
        TypeRef::Text(format) => format.fits(text),
        _ => false,
    }
}

fn number(written: &TypeRef, read: &TypeRef) -> Option<Rule> {
    let (from, to) = (Number::of(written), Number::of(read));
    if from.is_wide() != to.is_wide() {
        return Some(Rule::Encoding);
    }
    (!from.is_within(to)).then_some(Rule::Range)
}

/// A type of numbers.
#[derive(Clone, Copy)]
struct Number {
    is_float: bool,
    is_signed: bool,
    /// How many bits tell its integers apart, without that of the sign.
    bits: u32,
    has_zero: bool,
}

impl Number {
    fn of(scalar: &TypeRef) -> Self {
        let (is_float, is_signed, bits) = match scalar {
            TypeRef::NonZero(inner) => {
                return Number {
                    has_zero: false,
                    ..Number::of(inner)
                };
            }
            TypeRef::I8 => (false, true, 7),
            TypeRef::I16 => (false, true, 15),
            TypeRef::I32 => (false, true, 31),
            TypeRef::I64 => (false, true, 63),
            TypeRef::I128 => (false, true, 127),
            TypeRef::U8 => (false, false, 8),
            TypeRef::U16 => (false, false, 16),
            TypeRef::U32 => (false, false, 32),
            TypeRef::U64 => (false, false, 64),
            TypeRef::U128 => (false, false, 128),
            TypeRef::F32 => (true, true, 24),
            // Of `f64`: there is no other type of numbers.
            _ => (true, true, 53),
        };
        Number {
            is_float,
            is_signed,
            bits,
            has_zero: true,
        }
    }

    /// MessagePack writes it as bytes.
    fn is_wide(self) -> bool {
        !self.is_float && self.bits > 64
    }

    /// Every number of this type is exactly one of the other. Whoever reads a float takes an integer for one.
    fn is_within(self, other: Self) -> bool {
        (other.is_float || !self.is_float)
            && (other.is_signed || !self.is_signed)
            && self.bits <= other.bits
            && (other.has_zero || !self.has_zero)
    }
}
