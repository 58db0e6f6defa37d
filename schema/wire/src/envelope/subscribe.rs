//! A subscription to events.

use std::borrow::Cow;

use super::fields::{Fields, Known, missing};
use super::head::{Head, infallible};
use crate::{Codec, Failure};

/// A subscription to events.
#[derive(Debug)]
pub struct Subscribe<'a> {
    /// Event types, or patterns that end in `.*` or are `*`.
    pub message_types: Vec<Cow<'a, str>>,
    /// The id by which the acknowledgement is found; without one there is none.
    pub request_id: Option<Cow<'a, str>>,
}

impl<'a> Subscribe<'a> {
    pub(super) fn from_fields(fields: &mut Fields<'a>, request_id: Option<Cow<'a, str>>) -> Result<Self, Failure> {
        let message_types = fields.message_types()?.ok_or_else(|| missing(Known::MessageTypes))?;
        Ok(Subscribe {
            message_types,
            request_id,
        })
    }
}

/// Appends a subscription.
pub fn subscribe(out: &mut Vec<u8>, codec: Codec, message_types: &[&str], request_id: Option<&str>) {
    infallible(out, |out| {
        let mut map = Head::open(out, codec, 1 + usize::from(request_id.is_some()));
        map.texts("message_types", message_types)
            .optional_text("request_id", request_id)
            .close();
    });
}
