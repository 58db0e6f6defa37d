//! What a server sends. Each writer appends whole frames, header and all, to a buffer, and leaves the buffer as it was if it
//! fails. Fields that would be null are left out.

use serde::Serialize;

use super::{Form, Kind, code, header};
use crate::envelope::head::Head;
use crate::frame::TooLong;
use crate::{Codec, Encode, EncodeError, Failure};

/// The id in the answer to a frame whose own could not be read.
const UNKNOWN: &str = "unknown";

/// What the answer to a message without a reply has for a payload: that it is in its actor's queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    status: &'static str,
}

impl Receipt {
    /// The only one.
    pub const DELIVERED: Receipt = Receipt { status: "delivered" };
}

/// Appends the answer of a call that succeeded.
///
/// # Errors
///
/// Those of [`encode`](crate::encode()).
pub fn response(out: &mut Vec<u8>, form: Form, id: Option<&str>, payload: &dyn Encode) -> Result<(), EncodeError> {
    let id = id.unwrap_or(UNKNOWN);
    header::write(out, form, Kind::Response, |out| {
        map(out, form.codec(), 2, payload, |map| {
            map.text("correlation_id", id).flag("success", true);
        })
    })
}

/// Appends the answer of a call that failed for any reason but the contract's own.
pub fn refusal(out: &mut Vec<u8>, form: Form, id: Option<&str>, failure: &Failure) {
    infallible(out, form, Kind::Error, |out| {
        let mut map = Head::open(out, form.codec(), 4);
        map.text("correlation_id", id.unwrap_or(UNKNOWN)).flag("success", false);
        map.text("error", &failure.to_string())
            .text("error_code", &code::name(failure))
            .close();
    });
}

/// Appends the answer of a call that ended with the contract's own error, which is the payload.
///
/// # Errors
///
/// Those of [`encode`](crate::encode()).
pub fn contract_error(
    out: &mut Vec<u8>,
    form: Form,
    id: Option<&str>,
    text: &str,
    details: &dyn Encode,
) -> Result<(), EncodeError> {
    let failure = Failure::new(crate::Code::ContractError, text);
    header::write(out, form, Kind::Error, |out| {
        map(out, form.codec(), 4, details, |map| {
            map.text("correlation_id", id.unwrap_or(UNKNOWN)).flag("success", false);
            map.text("error", &failure.to_string())
                .text("error_code", &code::name(&failure));
        })
    })
}

/// Appends an item of a stream and, if `is_final`, the end behind it: no item is in a final frame.
///
/// # Errors
///
/// Those of [`encode`](crate::encode()).
pub fn stream_item(
    out: &mut Vec<u8>,
    form: Form,
    id: &str,
    sequence: u64,
    is_final: bool,
    payload: &dyn Encode,
) -> Result<(), EncodeError> {
    header::write(out, form, Kind::Stream, |out| {
        map(out, form.codec(), 3, payload, |map| {
            stream_head(map, id, sequence, false);
        })
    })?;
    if is_final {
        stream_end(out, form, id, sequence.saturating_add(1));
    }
    Ok(())
}

/// Appends the end of a stream; `sequence` is the number of items.
pub fn stream_end(out: &mut Vec<u8>, form: Form, id: &str, sequence: u64) {
    infallible(out, form, Kind::Stream, |out| {
        let mut map = Head::open(out, form.codec(), 3);
        stream_head(&mut map, id, sequence, true);
        map.close();
    });
}

/// Appends the end of a stream that failed for any reason but the contract's own.
pub fn stream_refusal(out: &mut Vec<u8>, form: Form, id: &str, sequence: u64, failure: &Failure) {
    infallible(out, form, Kind::Stream, |out| {
        let mut map = Head::open(out, form.codec(), 5);
        stream_head(&mut map, id, sequence, true);
        map.text("error", &failure.to_string())
            .text("error_code", &code::name(failure))
            .close();
    });
}

/// Appends the end of a stream that ended with the contract's own error, which is the payload.
///
/// # Errors
///
/// Those of [`encode`](crate::encode()).
pub fn stream_contract_error(
    out: &mut Vec<u8>,
    form: Form,
    id: &str,
    sequence: u64,
    text: &str,
    details: &dyn Encode,
) -> Result<(), EncodeError> {
    let failure = Failure::new(crate::Code::ContractError, text);
    header::write(out, form, Kind::Stream, |out| {
        map(out, form.codec(), 5, details, |map| {
            stream_head(map, id, sequence, true);
            map.text("error", &failure.to_string())
                .text("error_code", &code::name(&failure));
        })
    })
}

/// Appends a heartbeat. Its payload is empty or, if `has_map`, an empty map: clients that send one read one out of every
/// frame that comes.
pub fn heartbeat(out: &mut Vec<u8>, form: Form, has_map: bool) {
    let form = match form {
        // What has no payload has no codec; the reference says JSON then.
        Form::Two(_) if !has_map => Form::Two(Codec::Json),
        form => form,
    };
    infallible(out, form, Kind::Heartbeat, |out| {
        if has_map {
            Head::open(out, form.codec(), 0).close();
        }
    });
}

/// The fields of a push to be written.
#[derive(Clone, Copy, Debug)]
pub struct PushHead<'a> {
    /// The event's type.
    pub message_type: &'a str,
    /// Its number among the events of its type; its notification's id is made of both.
    pub seq: u64,
    /// When it was published, in milliseconds since the Unix epoch.
    pub timestamp: u64,
    /// How many events before it this subscriber was too slow for. Clients of acton-reactive pass over it, if it is there.
    pub missed: Option<u64>,
}

/// Appends a push of an event that [`encode`](crate::encode()) has written in `codec` already. Its form is that of version
/// 2: the first has no events.
///
/// # Errors
///
/// If the frame is longer than its header can count.
pub fn push(out: &mut Vec<u8>, codec: Codec, head: &PushHead<'_>, payload: &[u8]) -> Result<(), EncodeError> {
    let id = format!("{}#{}", head.message_type, head.seq);
    header::write(out, Form::Two(codec), Kind::Push, |out| {
        Head::open(out, codec, 4 + usize::from(head.missed.is_some()))
            .text("notification_id", &id)
            .text("message_type", head.message_type)
            .number("timestamp_ms", head.timestamp)
            .optional_number("missed", head.missed)
            .encoded("payload", payload)
            .close();
        Ok(())
    })
}

/// Which list an answer to a subscription has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Names of events.
    Types,
    /// Patterns.
    Patterns,
}

impl List {
    fn name(self) -> &'static str {
        match self {
            List::Types => "subscribed_types",
            List::Patterns => "subscribed_patterns",
        }
    }
}

/// Appends the answer to a subscription, or to the end of one: all that the connection is subscribed to now.
pub fn subscribed(out: &mut Vec<u8>, form: Form, id: &str, list: List, names: &[&str]) {
    infallible(out, form, Kind::Response, |out| {
        Head::open(out, form.codec(), 3)
            .text("correlation_id", id)
            .flag("success", true)
            .texts(list.name(), names)
            .close();
    });
}

/// Appends the refusal of a subscription, or of the end of one. Its list is there, and empty.
pub fn subscription_refusal(out: &mut Vec<u8>, form: Form, id: Option<&str>, list: List, failure: &Failure) {
    infallible(out, form, Kind::Error, |out| {
        Head::open(out, form.codec(), 5)
            .text("correlation_id", id.unwrap_or(UNKNOWN))
            .flag("success", false)
            .text("error", &failure.to_string())
            .text("error_code", &code::name(failure))
            .texts(list.name(), &[])
            .close();
    });
}

/// Appends the answer to a discovery: the names of what is exposed, and those of all messages and events. What was not
/// asked for is `None`.
pub fn discovery(
    out: &mut Vec<u8>,
    form: Form,
    id: &str,
    actors: Option<&[&str]>,
    message_types: Option<&[&str]>,
) -> Result<(), EncodeError> {
    let actors = actors.map(|names| names.iter().map(|name| Actor::of(name)).collect::<Vec<_>>());
    let optional = [actors.is_some(), message_types.is_some()];
    let fields = 3 + optional.into_iter().filter(|is_there| *is_there).count();
    header::write(out, form, Kind::Response, |out| {
        let mut map = Head::open(out, form.codec(), fields);
        map.text("correlation_id", id).flag("success", true);
        map.value("protocol_version", &SPOKEN)?;
        if let Some(actors) = &actors {
            map.value("actors", actors)?;
        }
        if let Some(names) = message_types {
            map.texts("message_types", names);
        }
        map.close();
        Ok(())
    })
}

#[derive(Serialize)]
struct Actor<'a> {
    name: &'a str,
    ern: String,
}

impl<'a> Actor<'a> {
    /// The parts of the resource name that acton-reactive fills with what only it has are fixed; the last is the name.
    fn of(name: &'a str) -> Self {
        Actor {
            name,
            ern: format!("ern:callsheet:actor:local:{name}"),
        }
    }
}

#[derive(Serialize)]
struct Version {
    current: u8,
    min_supported: u8,
    max_supported: u8,
    description: &'static str,
    capabilities: Capabilities,
}

#[derive(Serialize)]
struct Capabilities {
    messagepack: bool,
    streaming: bool,
    push: bool,
    discovery: bool,
}

const SPOKEN: Version = Version {
    current: 2,
    min_supported: 1,
    max_supported: 2,
    description: "version 2, spoken by callsheet",
    capabilities: Capabilities {
        messagepack: cfg!(feature = "msgpack"),
        streaming: true,
        push: true,
        discovery: true,
    },
};

fn stream_head(map: &mut Head<'_>, id: &str, sequence: u64, is_final: bool) {
    // Its clients count in 32 bits. Whoever reads so many items learns nothing from the number.
    let sequence = sequence.min(u64::from(u32::MAX));
    map.text("correlation_id", id)
        .number("sequence", sequence)
        .flag("is_final", is_final);
}

/// Appends a map of so many `fields`, which `write` writes, and a payload, which is left out if it is null.
fn map(
    out: &mut Vec<u8>,
    codec: Codec,
    fields: usize,
    payload: &dyn Encode,
    write: impl FnOnce(&mut Head<'_>),
) -> Result<(), EncodeError> {
    let start = out.len();
    let mut map = Head::open(out, codec, fields);
    write(&mut map);
    let has_payload = map.value_unless_null("payload", payload)?;
    map.close();
    #[cfg(feature = "msgpack")]
    if has_payload && codec == Codec::MessagePack {
        // The number of fields stands in the map's first byte.
        out[start] += 1;
    }
    Ok(())
}

/// Appends one frame whose envelope cannot fail to be written.
fn infallible(out: &mut Vec<u8>, form: Form, kind: Kind, body: impl FnOnce(&mut Vec<u8>)) {
    let written = header::write::<TooLong>(out, form, kind, |out| {
        body(out);
        Ok(())
    });
    written.expect("a frame of names and texts is far below 4 GiB");
}
