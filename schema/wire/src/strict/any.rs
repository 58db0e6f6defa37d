//! Types that take whatever stands there: they read the kind of value off the wire.

use serde::de::Visitor;

use super::access::Entries;
use super::format::{Ask, Found};
use super::found::array;
use super::hint::Hint;
use super::{Strict, nothing};
use crate::fault::Fault;

impl<'de> Strict<'_, 'de> {
    pub(super) fn any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let (site, key) = (self.site, self.key);
        let (mut visitor, mut value) = (Some(visitor), None);
        self.take(Ask::Any, Hint::Any, &mut |found| {
            let Some(visitor) = visitor.take() else {
                return Ok(());
            };
            value = Some(match found {
                // No visitor takes a null for an extension.
                Found::Null | Found::Extension => visitor.visit_unit()?,
                Found::Present(format) => visitor.visit_some(Strict { format, site, key })?,
                Found::Boolean(value) => visitor.visit_bool(value)?,
                Found::Signed(value) => visitor.visit_i64(value)?,
                Found::Unsigned(value) => visitor.visit_u64(value)?,
                Found::Signed128(value) => visitor.visit_i128(value)?,
                Found::Unsigned128(value) => visitor.visit_u128(value)?,
                Found::F32(value) => visitor.visit_f32(value)?,
                Found::F64(value) => visitor.visit_f64(value)?,
                Found::Text(text) => visitor.visit_str(text)?,
                Found::BorrowedText(text) => visitor.visit_borrowed_str(text)?,
                Found::Bytes(bytes) => visitor.visit_bytes(bytes)?,
                Found::BorrowedBytes(bytes) => visitor.visit_borrowed_bytes(bytes)?,
                Found::Map(pairs) => visitor.visit_map(Entries::new(pairs, site.inside()?, &[]))?,
                Found::Array(items) => {
                    let (mut visitor, mut value) = (Some(visitor), None);
                    array(items, Hint::Any, site.inside()?, &mut |elements| {
                        if let Some(visitor) = visitor.take() {
                            value = Some(visitor.visit_seq(elements)?);
                        }
                        Ok(())
                    })?;
                    value.ok_or_else(nothing)?
                }
            });
            Ok(())
        })?;
        value.ok_or_else(nothing)
    }
}
