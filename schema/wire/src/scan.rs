//! Walking MessagePack without decoding it: where a value ends, and that its bytes are well formed.

use rmp::Marker;

use crate::fault::Fault;

/// A position in MessagePack bytes. Nothing is reserved by a declared length, and nothing recurses.
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Cursor { rest: bytes }
    }

    /// The bytes after this position.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    #[inline]
    pub(crate) fn peek(&self) -> Result<Marker, Fault> {
        self.rest
            .first()
            .map(|byte| Marker::from_u8(*byte))
            .ok_or_else(cut_short)
    }

    #[inline]
    pub(crate) fn marker(&mut self) -> Result<Marker, Fault> {
        let marker = self.peek()?;
        self.rest = &self.rest[1..];
        Ok(marker)
    }

    #[inline]
    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or_else(cut_short)?;
        self.rest = rest;
        Ok(taken)
    }

    /// A big-endian unsigned integer of `width` bytes, 8 at most.
    #[inline]
    pub(crate) fn unsigned(&mut self, width: usize) -> Result<u64, Fault> {
        Ok(self
            .take(width)?
            .iter()
            .fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    fn length(&mut self, width: usize) -> Result<usize, Fault> {
        self.unsigned(width)
            .map(|length| usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// The text behind `marker`, if it is a string's.
    #[inline]
    pub(crate) fn text(&mut self, marker: Marker) -> Result<Option<&'a str>, Fault> {
        let length = match marker {
            Marker::FixStr(length) => usize::from(length),
            Marker::Str8 => self.length(1)?,
            Marker::Str16 => self.length(2)?,
            Marker::Str32 => self.length(4)?,
            _ => return Ok(None),
        };
        match std::str::from_utf8(self.take(length)?) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(Fault::text("a string that is not valid UTF-8")),
        }
    }

    /// The number of elements behind `marker`, if it is an array's.
    pub(crate) fn array(&mut self, marker: Marker) -> Result<Option<u64>, Fault> {
        match marker {
            Marker::FixArray(length) => Ok(Some(u64::from(length))),
            Marker::Array16 => self.unsigned(2).map(Some),
            Marker::Array32 => self.unsigned(4).map(Some),
            _ => Ok(None),
        }
    }

    /// The number of entries behind `marker`, if it is a map's.
    pub(crate) fn map(&mut self, marker: Marker) -> Result<Option<u64>, Fault> {
        match marker {
            Marker::FixMap(length) => Ok(Some(u64::from(length))),
            Marker::Map16 => self.unsigned(2).map(Some),
            Marker::Map32 => self.unsigned(4).map(Some),
            _ => Ok(None),
        }
    }

    /// Passes over one value, whatever it is, and returns its bytes. Its structure is whole and its strings are UTF-8.
    pub(crate) fn value(&mut self) -> Result<&'a [u8], Fault> {
        let start = self.rest;
        let mut left: u64 = 1;
        while left > 0 {
            left -= 1;
            let marker = self.marker()?;
            match marker {
                Marker::Null | Marker::True | Marker::False | Marker::FixPos(_) | Marker::FixNeg(_) => {}
                Marker::U8 | Marker::I8 => drop(self.take(1)?),
                Marker::U16 | Marker::I16 => drop(self.take(2)?),
                Marker::U32 | Marker::I32 | Marker::F32 => drop(self.take(4)?),
                Marker::U64 | Marker::I64 | Marker::F64 => drop(self.take(8)?),
                Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => drop(self.text(marker)?),
                Marker::Bin8 => drop(self.length(1).and_then(|length| self.take(length))?),
                Marker::Bin16 => drop(self.length(2).and_then(|length| self.take(length))?),
                Marker::Bin32 => drop(self.length(4).and_then(|length| self.take(length))?),
                Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => left += self.array(marker)?.unwrap_or(0),
                Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => left += 2 * self.map(marker)?.unwrap_or(0),
                Marker::FixExt1 => drop(self.take(2)?),
                Marker::FixExt2 => drop(self.take(3)?),
                Marker::FixExt4 => drop(self.take(5)?),
                Marker::FixExt8 => drop(self.take(9)?),
                Marker::FixExt16 => drop(self.take(17)?),
                Marker::Ext8 => drop(self.extension(1)?),
                Marker::Ext16 => drop(self.extension(2)?),
                Marker::Ext32 => drop(self.extension(4)?),
                Marker::Reserved => return Err(Fault::text("the byte 0xc1, which MessagePack never uses")),
            }
            // Every value takes a byte at least: a length that cannot be true ends here, before any work is done for it.
            if left > self.rest.len() as u64 {
                return Err(cut_short());
            }
        }
        Ok(&start[..start.len() - self.rest.len()])
    }

    fn extension(&mut self, width: usize) -> Result<&'a [u8], Fault> {
        let length = self.length(width)?;
        self.take(length.saturating_add(1))
    }
}

#[cold]
fn cut_short() -> Fault {
    Fault::text("the MessagePack data ends early")
}

/// The word for a value's kind.
pub(crate) fn kind(marker: Marker) -> &'static str {
    match marker {
        Marker::Null => "null",
        Marker::True | Marker::False => "boolean",
        Marker::FixPos(_)
        | Marker::FixNeg(_)
        | Marker::U8
        | Marker::U16
        | Marker::U32
        | Marker::U64
        | Marker::I8
        | Marker::I16
        | Marker::I32
        | Marker::I64 => "integer",
        Marker::F32 | Marker::F64 => "float",
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => "string",
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => "bytes",
        Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => "array",
        Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => "object",
        _ => "extension",
    }
}

/// Checks that `bytes` are one whole value and nothing else.
pub(crate) fn one_value(bytes: &[u8]) -> Result<(), Fault> {
    let mut cursor = Cursor::new(bytes);
    cursor.value()?;
    if cursor.rest().is_empty() {
        Ok(())
    } else {
        Err(Fault::text("trailing bytes after the value"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, one_value};

    #[test]
    fn every_marker_is_passed_over_by_its_size() {
        // Each first byte, followed by enough zeroes: what is left tells how much was taken.
        for first in 0..=u8::MAX {
            let mut bytes = [0u8; 64];
            bytes[0] = first;
            let mut cursor = Cursor::new(&bytes);
            let expected = match first {
                0x00..=0x7f | 0xe0..=0xff | 0xc0 | 0xc2 | 0xc3 => 1,
                0x80..=0x8f => 1 + 2 * usize::from(first & 0x0f),
                0x90..=0x9f => 1 + usize::from(first & 0x0f),
                0xa0..=0xbf => 1 + usize::from(first & 0x1f),
                0xc4 | 0xd9 | 0xcc | 0xd0 => 2,
                0xc5 | 0xda | 0xcd | 0xd1 | 0xdc | 0xde | 0xd4 | 0xc7 => 3,
                0xc6 | 0xdb | 0xce | 0xd2 | 0xca | 0xdd | 0xdf => 5,
                0xcf | 0xd3 | 0xcb => 9,
                0xc8 | 0xd5 => 4,
                0xc9 | 0xd6 => 6,
                0xd7 => 10,
                0xd8 => 18,
                0xc1 => {
                    assert!(cursor.value().is_err());
                    continue;
                }
            };
            assert_eq!(
                cursor.value().expect("well formed").len(),
                expected,
                "first byte {first:#04x}"
            );
        }
    }

    #[test]
    fn declared_lengths_are_not_believed() {
        for bytes in [
            &b"\xdd\xff\xff\xff\xff"[..],
            b"\xdf\xff\xff\xff\xff",
            b"\xdb\xff\xff\xff\xff",
            b"\xc6\xff\xff\xff\xff",
        ] {
            assert!(one_value(bytes).is_err());
        }
    }

    #[test]
    fn deep_nesting_costs_no_stack() {
        let mut bytes = vec![0x91; 1 << 20];
        bytes.push(0xc0);
        assert!(one_value(&bytes).is_ok());
    }

    #[test]
    fn trailing_bytes_and_broken_text_are_refused() {
        assert!(one_value(b"\xc0\xc0").is_err());
        assert!(one_value(b"\xa1\xff").is_err());
        assert!(one_value(b"").is_err());
    }
}
