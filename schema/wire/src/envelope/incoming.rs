//! What a frame is.

use std::borrow::Cow;

use super::fields::{Fields, Known, protocol_error};
#[cfg(feature = "msgpack")]
use super::messagepack;
use super::{Control, Push, Request, Response, StreamFrame, Subscribe, json};
use crate::{Codec, Failure};

/// A frame, by its kind.
#[derive(Debug)]
pub enum Incoming<'a> {
    /// A call of a method.
    Request(Request<'a>),
    /// A subscription to events.
    Subscribe(Subscribe<'a>),
    /// A message about the connection itself.
    Control(Control<'a>),
    /// The answer to a request.
    Response(Response<'a>),
    /// One item of a stream, or its end.
    StreamFrame(StreamFrame<'a>),
    /// An event.
    Push(Push<'a>),
}

/// A frame that breaks the rules. The connection goes on behind it.
#[derive(Debug)]
pub struct Unreadable<'a> {
    /// Its codec, if it has one, so that the refusal can use it.
    pub codec: Option<Codec>,
    /// Its id, if that could still be read.
    pub request_id: Option<Cow<'a, str>>,
    /// What is wrong: a [`ProtocolError`](crate::Code::ProtocolError).
    pub failure: Failure,
}

/// Reads the payload of one frame: its codec, its kind and its fields. Payloads inside it stay undecoded.
///
/// The kind follows from the keys, in either direction: `control` if it is there; else exactly one of `message_types`,
/// `target`, `stream_id` and `notification_type`; else `success`. Keys may come in any order, and unknown ones are
/// ignored.
///
/// # Errors
///
/// [`Unreadable`] for a frame that is in no codec, malformed, of no kind or of several, or that has a field of a wrong
/// type, a required one missing, a duplicate one, or an id out of bounds.
pub fn read<'a>(payload: &'a [u8]) -> Result<(Codec, Incoming<'a>), Unreadable<'a>> {
    let Some(codec) = Codec::detect(payload) else {
        let failure = protocol_error(if payload.is_empty() {
            "the frame is empty"
        } else if cfg!(feature = "msgpack") {
            "the frame is neither a JSON object nor a MessagePack map"
        } else {
            "the frame is no JSON object, and this program was built without MessagePack"
        });
        return Err(Unreadable {
            codec: None,
            request_id: None,
            failure,
        });
    };
    let mut fields = Fields::new(codec);
    let sorted = match codec {
        Codec::Json => json::read(payload, &mut fields),
        #[cfg(feature = "msgpack")]
        Codec::MessagePack => messagepack::read(payload, &mut fields),
    };
    if let Some(failure) = sorted.err().or_else(|| fields.take_misshapen()) {
        return Err(Unreadable {
            codec: Some(codec),
            request_id: fields.chosen_id().unwrap_or_default(),
            failure,
        });
    }
    classify(payload, &mut fields)
        .map(|incoming| (codec, incoming))
        .map_err(|(request_id, failure)| Unreadable {
            codec: Some(codec),
            request_id,
            failure,
        })
}

type Refused<'a> = (Option<Cow<'a, str>>, Failure);

fn classify<'a>(payload: &'a [u8], fields: &mut Fields<'a>) -> Result<Incoming<'a>, Refused<'a>> {
    if fields.has(Known::Control) {
        let control = fields.required_text(Known::Control).map_err(without_id)?;
        // A stream whose name the server made can only be cancelled by that name.
        let id = if control == "cancel" {
            fields.any_id(Known::RequestId)
        } else {
            fields.chosen_id()
        };
        return with_id(fields, id, |fields, id| {
            Control::from_fields(control, payload, fields, id)
        })
        .map(Incoming::Control);
    }
    const DISCRIMINATORS: [Known; 4] = [
        Known::Target,
        Known::StreamId,
        Known::MessageTypes,
        Known::NotificationType,
    ];
    let mut kinds = DISCRIMINATORS.into_iter().filter(|field| fields.has(*field));
    match (kinds.next(), kinds.next()) {
        (Some(first), Some(second)) => {
            let text = format!("a frame with both `{}` and `{}`", first.name(), second.name());
            Err((fields.chosen_id().unwrap_or_default(), protocol_error(text)))
        }
        (Some(Known::Target), None) => {
            let id = fields.chosen_id();
            with_id(fields, id, Request::from_fields).map(Incoming::Request)
        }
        (Some(Known::MessageTypes), None) => {
            let id = fields.chosen_id();
            with_id(fields, id, Subscribe::from_fields).map(Incoming::Subscribe)
        }
        (Some(Known::StreamId), None) => StreamFrame::from_fields(fields)
            .map(Incoming::StreamFrame)
            .map_err(without_id),
        (Some(_), None) => Push::from_fields(fields).map(Incoming::Push).map_err(without_id),
        (None, _) if fields.has(Known::Success) => {
            let id = fields.any_id(Known::RequestId);
            with_id(fields, id, Response::from_fields).map(Incoming::Response)
        }
        (None, _) => {
            let text = "a frame needs one of `target`, `message_types`, `control`, `stream_id`, `notification_type` and \
                        `success`";
            Err((fields.chosen_id().unwrap_or_default(), protocol_error(text)))
        }
    }
}

/// Makes a frame of one kind, keeping its id for the case that something else is wrong with it.
#[inline]
fn with_id<'a, T>(
    fields: &mut Fields<'a>,
    id: Result<Option<Cow<'a, str>>, Failure>,
    make: impl FnOnce(&mut Fields<'a>, Option<Cow<'a, str>>) -> Result<T, Failure>,
) -> Result<T, Refused<'a>> {
    let id = id.map_err(without_id)?;
    make(fields, id.clone()).map_err(|failure| (id, failure))
}

fn without_id<'a>(failure: Failure) -> Refused<'a> {
    (None, failure)
}
