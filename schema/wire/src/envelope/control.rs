//! A message about the connection itself.

use std::borrow::Cow;

use super::fields::{Fields, Known};
use super::head::{Head, infallible};
use crate::{Codec, Failure, Payload};

/// A message about the connection itself. New kinds of frames are only ever new values of `control`.
#[derive(Debug)]
pub struct Control<'a> {
    /// What is asked for: `cancel`, `credit`, `ping` and so on; perhaps a word of a later version.
    pub control: Cow<'a, str>,
    /// The id of the answer; of a `cancel`, that of the call or stream to be cancelled.
    pub request_id: Option<Cow<'a, str>>,
    /// Of a `credit`: the stream it is for.
    pub stream_id: Option<Cow<'a, str>>,
    /// Of a `credit`: how many more items may be sent.
    pub items: Option<u64>,
    /// Of an `unsubscribe`: what from; without it, everything.
    pub message_types: Option<Vec<Cow<'a, str>>>,
    /// The whole frame, for controls with fields of their own: a map in which unknown fields are ignored.
    pub frame: Payload<'a>,
}

impl<'a> Control<'a> {
    pub(super) fn from_fields(
        control: Cow<'a, str>,
        payload: &'a [u8],
        fields: &mut Fields<'a>,
        request_id: Option<Cow<'a, str>>,
    ) -> Result<Self, Failure> {
        Ok(Control {
            control,
            request_id,
            stream_id: fields.any_id(Known::StreamId)?,
            items: fields.number(Known::Items)?,
            message_types: fields.message_types()?,
            frame: Payload::new(fields.codec, payload),
        })
    }
}

/// Appends a cancel of the call or stream with this id. It is never answered; a cancelled stream still ends with its
/// final frame.
pub fn cancel(out: &mut Vec<u8>, codec: Codec, request_id: &str) {
    infallible(out, |out| {
        Head::open(out, codec, 2)
            .text("control", "cancel")
            .text("request_id", request_id)
            .close();
    });
}

/// Appends a credit: the stream may send `items` more.
pub fn credit(out: &mut Vec<u8>, codec: Codec, stream_id: &str, items: u64) {
    infallible(out, |out| {
        Head::open(out, codec, 3)
            .text("control", "credit")
            .text("stream_id", stream_id)
            .number("items", items)
            .close();
    });
}

/// Appends an unsubscribe from these names and patterns, or, without any, from everything. Its answer is found by the id.
pub fn unsubscribe(out: &mut Vec<u8>, codec: Codec, message_types: Option<&[&str]>, request_id: Option<&str>) {
    let optional = usize::from(message_types.is_some()) + usize::from(request_id.is_some());
    infallible(out, |out| {
        let mut map = Head::open(out, codec, 1 + optional);
        map.text("control", "unsubscribe")
            .optional_text("request_id", request_id);
        if let Some(names) = message_types {
            map.texts("message_types", names);
        }
        map.close();
    });
}

/// Appends a control that is its name and the id of its answer: `ping`, `discover`, `stats`, or `schema` to ask for the
/// document.
pub fn control(out: &mut Vec<u8>, codec: Codec, control: &str, request_id: &str) {
    infallible(out, |out| {
        Head::open(out, codec, 2)
            .text("control", control)
            .text("request_id", request_id)
            .close();
    });
}
