//! One item of a stream, or its end.

use std::borrow::Cow;

use super::fields::{Fields, Known, missing};
use super::head::{Head, infallible};
use super::response::Refusal;
use crate::{Codec, Encode, EncodeError, Failure, Payload, frame};

/// One item of a stream, its end, or both.
#[derive(Debug)]
pub struct StreamFrame<'a> {
    /// The id of the request, or a name the server made (`~N`).
    pub stream_id: Cow<'a, str>,
    /// The number of this frame, from 0.
    pub sequence: u64,
    /// The item.
    pub payload: Payload<'a>,
    /// Whether no frame follows.
    pub is_final: bool,
    /// Why the stream failed, if it did.
    pub failure: Option<Refusal<'a>>,
}

impl<'a> StreamFrame<'a> {
    #[inline]
    pub(super) fn from_fields(fields: &mut Fields<'a>) -> Result<Self, Failure> {
        let codec = fields.codec;
        let stream_id = fields
            .any_id(Known::StreamId)?
            .ok_or_else(|| missing(Known::StreamId))?;
        let sequence = fields.required_number(Known::Sequence)?;
        let is_final = fields.required_flag(Known::IsFinal)?;
        let succeeded = fields.flag(Known::Success)?;
        let code = fields.text(Known::ErrorCode)?;
        let has_failed = !succeeded.unwrap_or(code.is_none());
        let failure = if has_failed {
            let error = fields.text(Known::Error)?;
            let details = fields.optional_value(Known::ErrorDetails);
            Some(Refusal::new(error.as_ref(), code.as_deref(), details, codec))
        } else {
            None
        };
        Ok(StreamFrame {
            stream_id,
            sequence,
            payload: fields.value(Known::Payload),
            is_final,
            failure,
        })
    }

    /// The item of this frame. A failing frame has none, and neither has a final one whose payload is null: an item that
    /// is null never comes in a final frame.
    pub fn item(&self) -> Option<Payload<'a>> {
        let is_bare_end = self.is_final && (self.payload.is_null() || self.payload.is_absent());
        (self.failure.is_none() && !is_bare_end).then_some(self.payload)
    }
}

/// Appends an item of a stream.
///
/// A final frame whose payload is null means that no item is in it. An item that encodes as null is therefore never
/// marked final: if `is_final` asks for it, the item and the empty final frame are written as two.
///
/// # Errors
///
/// Those of [`encode`](crate::encode()).
pub fn stream_item(
    out: &mut Vec<u8>,
    codec: Codec,
    stream_id: &str,
    sequence: u64,
    is_final: bool,
    payload: &dyn Encode,
) -> Result<(), EncodeError> {
    let start = out.len();
    let item = |out: &mut Vec<u8>, is_final: bool| {
        let mut is_null = false;
        frame::write(out, |out| {
            let mut map = Head::open(out, codec, 4);
            map.text("stream_id", stream_id)
                .number("sequence", sequence)
                .flag("is_final", is_final);
            is_null = map.value_is_null("payload", payload)?;
            map.close();
            Ok::<(), EncodeError>(())
        })
        .map(|()| is_null)
    };
    let is_null = item(out, is_final)?;
    if is_final && is_null {
        out.truncate(start);
        item(out, false)?;
        stream_end(out, codec, stream_id, sequence.saturating_add(1));
    }
    Ok(())
}

/// Appends the end of a stream, without an item; `sequence` is the number of items.
pub fn stream_end(out: &mut Vec<u8>, codec: Codec, stream_id: &str, sequence: u64) {
    infallible(out, |out| {
        let mut map = Head::open(out, codec, 4);
        map.text("stream_id", stream_id)
            .number("sequence", sequence)
            .flag("is_final", true)
            .null("payload")
            .close();
    });
}

/// Appends the end of a stream that failed for any reason but the contract's own.
pub fn stream_refusal(out: &mut Vec<u8>, codec: Codec, stream_id: &str, sequence: u64, failure: &Failure) {
    infallible(out, |out| {
        let mut map = failed(out, codec, stream_id, sequence);
        map.failure(failure).null("payload").close();
    });
}

/// Appends the end of a stream that ended with the contract's own error, `details`.
///
/// # Errors
///
/// Those of [`encode`](crate::encode()).
pub fn stream_contract_error(
    out: &mut Vec<u8>,
    codec: Codec,
    stream_id: &str,
    sequence: u64,
    text: &str,
    details: &dyn Encode,
) -> Result<(), EncodeError> {
    frame::write(out, |out| {
        let mut map = failed(out, codec, stream_id, sequence);
        map.contract_error(text, details)?.null("payload").close();
        Ok(())
    })
}

/// The head of a final frame with a failure in it.
fn failed<'o>(out: &'o mut Vec<u8>, codec: Codec, stream_id: &str, sequence: u64) -> Head<'o> {
    let mut map = Head::open(out, codec, 8);
    map.text("stream_id", stream_id)
        .number("sequence", sequence)
        .flag("is_final", true)
        .flag("success", false);
    map
}
