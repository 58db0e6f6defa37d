//! What a client sends: envelopes, read from the payloads of frames.

use std::borrow::Cow;

use super::fields::{Field, Fields};
use super::{Form, Kind};
#[cfg(feature = "msgpack")]
use crate::envelope::messagepack;
use crate::envelope::{Request, json};
use crate::{Code, Codec, Failure};

/// A frame of a client's, by its kind.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "the largest is the most frequent; a box would be an allocation for each call"
)]
pub enum Incoming<'a> {
    /// A call. Its `correlation_id` is the [`request_id`](Request::request_id), which is always there, and its
    /// `response_timeout_ms` the [`timeout_ms`](Request::timeout_ms).
    Request(Request<'a>),
    /// A subscription to the events of these names.
    Subscribe(Selection<'a>),
    /// The end of the subscriptions to these names; of all, to patterns too, if there are none.
    Unsubscribe(Selection<'a>),
    /// A subscription to the events that match these patterns.
    SubscribePatterns(Selection<'a>),
    /// The end of the subscriptions to these patterns; of all patterns, if there are none.
    UnsubscribePatterns(Selection<'a>),
    /// The question what there is to call.
    Discover(Discover<'a>),
    /// The question whether the server is there. What is in it does not matter.
    Heartbeat,
    /// What only a server sends.
    Foreign(Kind),
}

/// Which events a client speaks of.
#[derive(Debug)]
pub struct Selection<'a> {
    /// The id by which the answer is found.
    pub correlation_id: Cow<'a, str>,
    /// Names, or patterns.
    pub names: Vec<Cow<'a, str>>,
}

/// The question what there is to call.
#[derive(Debug)]
pub struct Discover<'a> {
    /// The id by which the answer is found.
    pub correlation_id: Cow<'a, str>,
    /// Whether the actors are asked for; they are unless the client says no.
    pub include_actors: bool,
    /// Whether the message types are asked for; they are unless the client says no.
    pub include_message_types: bool,
}

/// An envelope that breaks the rules. The connection goes on behind its frame.
#[derive(Debug)]
pub struct Unreadable<'a> {
    /// Its id, if that could still be read.
    pub correlation_id: Option<Cow<'a, str>>,
    /// What is wrong: a [`SerializationError`](Code::SerializationError), as acton-reactive calls it.
    pub failure: Failure,
}

/// Reads the payload of one frame. The arguments inside it stay undecoded.
///
/// # Errors
///
/// [`Unreadable`] for a payload that is malformed, or that has a field of a wrong type, a required one missing, a duplicate
/// one, or an id of no byte or of more than [`MAX_ID`](crate::MAX_ID).
pub fn read(form: Form, kind: Kind, payload: &[u8]) -> Result<Incoming<'_>, Unreadable<'_>> {
    let take: Take = match kind {
        Kind::Request => request,
        Kind::Subscribe => |fields, id| selection(fields, id, Field::MessageTypes).map(Incoming::Subscribe),
        Kind::Unsubscribe => |fields, id| selection(fields, id, Field::MessageTypes).map(Incoming::Unsubscribe),
        Kind::SubscribePatterns => |fields, id| selection(fields, id, Field::Patterns).map(Incoming::SubscribePatterns),
        Kind::UnsubscribePatterns => {
            |fields, id| selection(fields, id, Field::Patterns).map(Incoming::UnsubscribePatterns)
        }
        Kind::Discover => discover,
        Kind::Heartbeat => return Ok(Incoming::Heartbeat),
        Kind::Response | Kind::Error | Kind::Push | Kind::Stream => return Ok(Incoming::Foreign(kind)),
    };
    let mut fields = Fields::new(form.codec());
    let sorted = match form.codec() {
        Codec::Json => json::read(payload, &mut fields),
        #[cfg(feature = "msgpack")]
        Codec::MessagePack => messagepack::read(payload, &mut fields),
    };
    let id = fields.id();
    let unreadable = |correlation_id, failure: &Failure| Unreadable {
        correlation_id,
        failure: Failure::new(Code::SerializationError, failure.text()),
    };
    if let Some(failure) = sorted.err().or_else(|| fields.take_misshapen()) {
        return Err(unreadable(id.ok(), &failure));
    }
    let id = id.map_err(|failure| unreadable(None, &failure))?;
    take(&mut fields, id.clone()).map_err(|failure| unreadable(Some(id), &failure))
}

/// Makes an envelope of its fields and its id.
type Take = for<'a> fn(&mut Fields<'a>, Cow<'a, str>) -> Result<Incoming<'a>, Failure>;

fn request<'a>(fields: &mut Fields<'a>, id: Cow<'a, str>) -> Result<Incoming<'a>, Failure> {
    Ok(Incoming::Request(Request {
        target: fields.required_text(Field::Target)?,
        message_type: fields.required_text(Field::MessageType)?,
        payload: fields.payload(),
        request_id: Some(id),
        expects_reply: fields.flag(Field::ExpectsReply)?.unwrap_or(false),
        expects_stream: fields.flag(Field::ExpectsStream)?.unwrap_or(false),
        reply_to: None,
        timeout_ms: fields.number(Field::ResponseTimeoutMs)?,
        credit: None,
        meta: None,
        traceparent: None,
        tracestate: None,
        chain: None,
    }))
}

fn selection<'a>(fields: &mut Fields<'a>, id: Cow<'a, str>, field: Field) -> Result<Selection<'a>, Failure> {
    Ok(Selection {
        correlation_id: id,
        names: fields.required_names(field)?,
    })
}

fn discover<'a>(fields: &mut Fields<'a>, id: Cow<'a, str>) -> Result<Incoming<'a>, Failure> {
    Ok(Incoming::Discover(Discover {
        correlation_id: id,
        include_actors: fields.flag(Field::IncludeActors)?.unwrap_or(true),
        include_message_types: fields.flag(Field::IncludeMessageTypes)?.unwrap_or(true),
    }))
}
