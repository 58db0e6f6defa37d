//! Reading an envelope in MessagePack.

use std::borrow::Cow;

use rmp::Marker;

use super::fields::{Form, Names, Scalar, Sorted, protocol_error};
use crate::fault::Fault;
use crate::scan::{Cursor, kind};
use crate::{Failure, Payload};

/// Sorts the fields of one MessagePack map. What was read before an error stays in `fields`.
pub(crate) fn read<'a>(payload: &'a [u8], fields: &mut impl Sorted<'a>) -> Result<(), Failure> {
    map(payload, fields).map_err(|fault| protocol_error(format!("malformed MessagePack: {fault}")))
}

fn map<'a, S: Sorted<'a>>(payload: &'a [u8], fields: &mut S) -> Result<(), Fault> {
    let mut cursor = Cursor::new(payload);
    let marker = cursor.marker()?;
    let entries = cursor.map(marker)?.ok_or_else(|| Fault::kind("object", kind(marker)))?;
    for _ in 0..entries {
        let marker = cursor.marker()?;
        let name = cursor
            .text(marker)?
            .ok_or_else(|| Fault::kind("string as key", kind(marker)))?;
        let Some((field, form)) = S::field(name) else {
            cursor.value()?;
            fields.put_unknown(Cow::Borrowed(name));
            continue;
        };
        match form {
            Form::Scalar => fields.put_scalar(field, scalar(&mut cursor)?),
            Form::Value => fields.put_value(field, Payload::scanned(cursor.value()?)),
            Form::Names => fields.put_names(field, names(&mut cursor)?),
        }
    }
    if cursor.rest().is_empty() {
        Ok(())
    } else {
        Err(Fault::text("trailing bytes after the map"))
    }
}

#[inline]
fn scalar<'a>(cursor: &mut Cursor<'a>) -> Result<Scalar<'a>, Fault> {
    let width = match cursor.peek()? {
        Marker::U8 | Marker::I8 => 1,
        Marker::U16 | Marker::I16 => 2,
        Marker::U32 | Marker::I32 => 4,
        Marker::U64 | Marker::I64 => 8,
        Marker::Null | Marker::True | Marker::False | Marker::FixPos(_) | Marker::FixNeg(_) => 0,
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => 0,
        other => {
            cursor.value()?;
            return Ok(Scalar::Other(kind(other)));
        }
    };
    let marker = cursor.marker()?;
    if let Some(text) = cursor.text(marker)? {
        return Ok(Scalar::Text(Cow::Borrowed(text)));
    }
    let digits = cursor.unsigned(width)?;
    let is_negative = |bits: u32| digits >> (bits - 1) == 1;
    Ok(match marker {
        Marker::Null => Scalar::Null,
        Marker::True => Scalar::Boolean(true),
        Marker::False => Scalar::Boolean(false),
        Marker::FixPos(number) => Scalar::Unsigned(u64::from(number)),
        Marker::FixNeg(_) => Scalar::Other("negative integer"),
        Marker::I8 | Marker::I16 | Marker::I32 | Marker::I64 if is_negative(8 * width as u32) => {
            Scalar::Other("negative integer")
        }
        _ => Scalar::Unsigned(digits),
    })
}

fn names<'a>(cursor: &mut Cursor<'a>) -> Result<Names<'a>, Fault> {
    let marker = cursor.peek()?;
    if !matches!(marker, Marker::FixArray(_) | Marker::Array16 | Marker::Array32) {
        cursor.value()?;
        return Ok(if marker == Marker::Null {
            Names::Null
        } else {
            Names::Other(kind(marker))
        });
    }
    cursor.marker()?;
    let length = cursor.array(marker)?.unwrap_or(0);
    // The list grows with what is really there, not with the length that was declared.
    let mut names = Names::List(Vec::new());
    for _ in 0..length {
        names.add(scalar(cursor)?);
    }
    Ok(names)
}
