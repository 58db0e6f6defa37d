//! A call of a method.

use std::{borrow::Cow, collections::BTreeMap};

use super::fields::{Fields, Known};
use super::{Hop, head::Head};
use crate::{Codec, Encode, EncodeError, Failure, Payload, frame};

/// A call of a method: a tell, an ask or a stream, as its flags say.
#[derive(Debug)]
pub struct Request<'a> {
    /// The exposed name of the actor.
    pub target: Cow<'a, str>,
    /// The message type, in full (`demo.Calculator.Add`) or short (`Add`).
    pub message_type: Cow<'a, str>,
    /// The arguments.
    pub payload: Payload<'a>,
    /// The id by which the answer is found: 1 to [`MAX_ID`](crate::MAX_ID) bytes, no `~` first.
    pub request_id: Option<Cow<'a, str>>,
    /// Whether one response is wanted.
    pub expects_reply: bool,
    /// Whether stream frames are wanted.
    pub expects_stream: bool,
    /// The exposed actor that the reply goes to, instead of the caller.
    pub reply_to: Option<Cow<'a, str>>,
    /// How long the caller waits, in milliseconds.
    pub timeout_ms: Option<u64>,
    /// How many stream items may be sent before more credit comes.
    pub credit: Option<u64>,
    /// The users' own map.
    pub meta: Option<Payload<'a>>,
    /// The W3C trace context's parent.
    pub traceparent: Option<Cow<'a, str>>,
    /// The W3C trace context's state.
    pub tracestate: Option<Cow<'a, str>>,
    /// The call chain this call is part of.
    pub chain: Option<Payload<'a>>,
}

impl<'a> Request<'a> {
    #[inline]
    pub(super) fn from_fields(fields: &mut Fields<'a>, request_id: Option<Cow<'a, str>>) -> Result<Self, Failure> {
        Ok(Request {
            target: fields.required_text(Known::Target)?,
            message_type: fields.required_text(Known::MessageType)?,
            payload: fields.value(Known::Payload),
            request_id,
            expects_reply: fields.flag(Known::ExpectsReply)?.unwrap_or(false),
            expects_stream: fields.flag(Known::ExpectsStream)?.unwrap_or(false),
            reply_to: fields.text(Known::ReplyTo)?,
            timeout_ms: fields.number(Known::TimeoutMs)?,
            credit: fields.number(Known::Credit)?,
            meta: fields.optional_value(Known::Meta),
            traceparent: fields.text(Known::Traceparent)?,
            tracestate: fields.text(Known::Tracestate)?,
            chain: fields.optional_value(Known::Chain),
        })
    }
}

/// The fields of a request to be written; what is `false` or `None` is left out.
#[derive(Clone, Copy, Debug)]
pub struct RequestHead<'a> {
    /// The exposed name of the actor.
    pub target: &'a str,
    /// The message type.
    pub message_type: &'a str,
    /// The id by which the answer is to be found.
    pub request_id: Option<&'a str>,
    /// Whether one response is wanted.
    pub expects_reply: bool,
    /// Whether stream frames are wanted.
    pub expects_stream: bool,
    /// The exposed actor that the reply goes to, instead of the caller.
    pub reply_to: Option<&'a str>,
    /// How long the caller waits, in milliseconds.
    pub timeout_ms: Option<u64>,
    /// How many stream items may be sent before more credit comes.
    pub credit: Option<u64>,
    /// What is sent along for whoever handles the call.
    pub meta: Option<&'a BTreeMap<String, String>>,
    /// The calls that wait for this one, the innermost first.
    pub chain: Option<&'a [Hop]>,
}

impl<'a> RequestHead<'a> {
    /// A request that expects nothing back.
    pub const fn new(target: &'a str, message_type: &'a str) -> Self {
        RequestHead {
            target,
            message_type,
            request_id: None,
            expects_reply: false,
            expects_stream: false,
            reply_to: None,
            timeout_ms: None,
            credit: None,
            meta: None,
            chain: None,
        }
    }
}

/// Appends a request.
///
/// # Errors
///
/// Those of [`encode`](crate::encode()).
pub fn request(
    out: &mut Vec<u8>,
    codec: Codec,
    head: &RequestHead<'_>,
    payload: &dyn Encode,
) -> Result<(), EncodeError> {
    let optional = [
        head.request_id.is_some(),
        head.expects_reply,
        head.expects_stream,
        head.reply_to.is_some(),
        head.timeout_ms.is_some(),
        head.credit.is_some(),
        head.meta.is_some(),
        head.chain.is_some(),
    ];
    let fields = 3 + optional.into_iter().filter(|is_there| *is_there).count();
    frame::write(out, |out| {
        let mut map = Head::open(out, codec, fields);
        map.text("target", head.target).text("message_type", head.message_type);
        map.optional_text("request_id", head.request_id);
        if head.expects_reply {
            map.flag("expects_reply", true);
        }
        if head.expects_stream {
            map.flag("expects_stream", true);
        }
        map.optional_text("reply_to", head.reply_to)
            .optional_number("timeout_ms", head.timeout_ms)
            .optional_number("credit", head.credit);
        if let Some(meta) = head.meta {
            map.value("meta", meta)?;
        }
        if let Some(chain) = head.chain {
            map.value("chain", &chain)?;
        }
        map.value("payload", payload)?.close();
        Ok(())
    })
}
