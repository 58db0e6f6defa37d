//! An event that reaches a subscriber.

use std::borrow::Cow;

use super::fields::{Fields, Known};
use super::head::Head;
use crate::{Codec, EncodeError, Failure, Payload, frame};

/// An event that reaches a subscriber.
#[derive(Debug)]
pub struct Push<'a> {
    /// Why it comes: `subscription`.
    pub notification_type: Cow<'a, str>,
    /// The event's type.
    pub message_type: Cow<'a, str>,
    /// The event.
    pub payload: Payload<'a>,
    /// When it was published, in milliseconds since the Unix epoch.
    pub timestamp: u64,
    /// Its number among the events of its type.
    pub seq: Option<u64>,
    /// Who published it.
    pub source: Option<Cow<'a, str>>,
    /// How many events before it this subscriber was too slow for.
    pub missed: Option<u64>,
}

impl<'a> Push<'a> {
    pub(super) fn from_fields(fields: &mut Fields<'a>) -> Result<Self, Failure> {
        Ok(Push {
            notification_type: fields.required_text(Known::NotificationType)?,
            message_type: fields.required_text(Known::MessageType)?,
            payload: fields.value(Known::Payload),
            timestamp: fields.required_number(Known::Timestamp)?,
            seq: fields.number(Known::Seq)?,
            source: fields.text(Known::Source)?,
            missed: fields.number(Known::Missed)?,
        })
    }
}

/// The fields of a push to be written; what is `None` is left out.
#[derive(Clone, Copy, Debug)]
pub struct PushHead<'a> {
    /// The event's type.
    pub message_type: &'a str,
    /// When it was published, in milliseconds since the Unix epoch.
    pub timestamp: u64,
    /// Its number among the events of its type.
    pub seq: Option<u64>,
    /// Who published it.
    pub source: Option<&'a str>,
    /// How many events before it this subscriber was too slow for.
    pub missed: Option<u64>,
}

/// Appends a push of an event that [`encode`](crate::encode()) has written in `codec` already: once for all its
/// subscribers.
///
/// # Errors
///
/// If the frame is longer than its prefix can count.
pub fn push(out: &mut Vec<u8>, codec: Codec, head: &PushHead<'_>, payload: &[u8]) -> Result<(), EncodeError> {
    let optional = [head.seq.is_some(), head.source.is_some(), head.missed.is_some()];
    let fields = 4 + optional.into_iter().filter(|is_there| *is_there).count();
    frame::write(out, |out| {
        let mut map = Head::open(out, codec, fields);
        map.text("notification_type", "subscription")
            .text("message_type", head.message_type)
            .number("timestamp", head.timestamp)
            .optional_number("seq", head.seq)
            .optional_text("source", head.source)
            .optional_number("missed", head.missed)
            .encoded("payload", payload)
            .close();
        Ok(())
    })
}
