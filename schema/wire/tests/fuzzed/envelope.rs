//! The payload of a frame, whatever bytes it is.

use std::collections::BTreeMap;

use arbitrary::Unstructured;
use callsheet_wire::write::{self, PushHead, RequestHead};
use callsheet_wire::{
    Codec, Control, Encode, EncodeError, Failure, Hop, Incoming, MAX_ID, Payload, Push, Refusal, Request, Response,
    StreamFrame, Subscribe, frame, read,
};

use crate::made;
use crate::reference::{self, Node};

/// What reading may reserve beside what grows with the frame: errors, and the tables of names, which are bounded.
const LEAST: u64 = 48 << 10;

/// How many bytes reading may reserve for each byte of the frame.
const FOR_EACH_BYTE: u64 = 8;

/// Holds for any bytes: they are read or refused without a panic and within memory that follows from how many they are;
/// what is read is what a second reader finds in them; and written again, in either codec, it is read as the same.
///
/// If the first byte is even, the others are the frame; else a frame is made from them.
pub fn holds(bytes: &[u8]) {
    match bytes.split_first() {
        Some((first, frame)) if first % 2 == 0 => holds_for(frame),
        Some((_, seed)) => {
            let mut seed = Unstructured::new(seed);
            let made = made::codec(&mut seed).and_then(|codec| {
                let envelope = made::envelope(&mut seed)?;
                made::written(&mut seed, codec, &envelope)
            });
            if let Ok(frame) = made {
                holds_for(&frame);
            }
        }
        None => {}
    }
}

/// The same, of the payload of a frame.
pub fn holds_for(payload: &[u8]) {
    let reserved = allocation_counter::measure(|| drop(read(payload))).bytes_max;
    let allowed = FOR_EACH_BYTE * payload.len() as u64 + LEAST;
    assert!(
        reserved <= allowed,
        "reading {} bytes took {reserved} bytes",
        payload.len()
    );

    let (codec, incoming) = match read(payload) {
        Ok(read) => read,
        Err(refused) => {
            let text = refused.failure.text();
            assert!(!text.contains(char::is_control), "{text:?} can be logged as it is");
            assert_eq!(refused.codec, Codec::detect(payload));
            if let Some(id) = refused.request_id {
                // A broken cancel may name a stream that the server has named.
                assert!((1..=MAX_ID).contains(&id.len()), "{id:?}");
            }
            return;
        }
    };
    let shown = Shown::of(&incoming);
    if let Some(node) = reference::read(codec, payload) {
        shown.compare(&node);
        shown.is_read_again(codec);
    }
    is_written_again(codec, &incoming, &shown);
}

/// The fields of a frame that say something.
#[derive(Debug, PartialEq)]
struct Shown {
    kind: &'static str,
    fields: BTreeMap<&'static str, Node>,
    payloads: BTreeMap<&'static str, Vec<u8>>,
}

impl Shown {
    fn of(incoming: &Incoming<'_>) -> Self {
        let mut shown = Shown {
            kind: "",
            fields: BTreeMap::new(),
            payloads: BTreeMap::new(),
        };
        match incoming {
            Incoming::Request(request) => {
                shown.kind = "target";
                shown.text("target", Some(&request.target));
                shown.text("message_type", Some(&request.message_type));
                shown.text("request_id", request.request_id.as_deref());
                shown.flag("expects_reply", request.expects_reply);
                shown.flag("expects_stream", request.expects_stream);
                shown.text("reply_to", request.reply_to.as_deref());
                shown.number("timeout_ms", request.timeout_ms);
                shown.number("credit", request.credit);
                shown.text("traceparent", request.traceparent.as_deref());
                shown.text("tracestate", request.tracestate.as_deref());
                shown.payload("meta", request.meta);
                shown.payload("chain", request.chain);
                shown.payload("payload", Some(request.payload));
            }
            Incoming::Subscribe(subscribe) => {
                shown.kind = "message_types";
                shown.names(Some(&subscribe.message_types));
                shown.text("request_id", subscribe.request_id.as_deref());
            }
            Incoming::Control(control) => {
                shown.kind = "control";
                shown.text("control", Some(&control.control));
                shown.text("request_id", control.request_id.as_deref());
                shown.text("stream_id", control.stream_id.as_deref());
                shown.number("items", control.items);
                shown.names(control.message_types.as_deref());
            }
            Incoming::Response(response) => {
                shown.kind = "success";
                shown.text("request_id", response.request_id.as_deref());
                shown.flag("success", response.success);
                shown.text("error", response.error.as_deref());
                shown.text("error_code", response.error_code.as_deref());
                shown.payload("error_details", response.error_details);
                shown.payload("payload", Some(response.payload));
            }
            Incoming::StreamFrame(frame) => {
                shown.kind = "stream_id";
                shown.text("stream_id", Some(&frame.stream_id));
                shown.number("sequence", Some(frame.sequence));
                shown.flag("is_final", frame.is_final);
                shown.payload("payload", Some(frame.payload));
            }
            Incoming::Push(push) => {
                shown.kind = "notification_type";
                shown.text("notification_type", Some(&push.notification_type));
                shown.text("message_type", Some(&push.message_type));
                shown.number("timestamp", Some(push.timestamp));
                shown.number("seq", push.seq);
                shown.text("source", push.source.as_deref());
                shown.number("missed", push.missed);
                shown.payload("payload", Some(push.payload));
            }
        }
        shown
    }

    fn text(&mut self, name: &'static str, text: Option<&str>) {
        self.fields.extend(text.map(|text| (name, Node::text(text))));
    }

    fn number(&mut self, name: &'static str, number: Option<u64>) {
        self.fields
            .extend(number.map(|number| (name, Node::Integer(number.into()))));
    }

    fn flag(&mut self, name: &'static str, flag: bool) {
        self.fields.insert(name, Node::Boolean(flag));
    }

    fn names(&mut self, names: Option<&[impl AsRef<str>]>) {
        let node = |names: &[_]| Node::Array(names.iter().map(|name: &_| text_of(name)).collect());
        self.fields.extend(names.map(|names| ("message_types", node(names))));
    }

    fn payload(&mut self, name: &'static str, payload: Option<Payload<'_>>) {
        let given = payload.filter(|payload| !payload.is_absent());
        self.payloads
            .extend(given.map(|payload| (name, payload.bytes().to_vec())));
    }

    /// Holds it against what a second reader has found in the same bytes.
    fn compare(&self, node: &Node) {
        let Node::Map(entries) = node else {
            panic!("a frame is a map");
        };
        for (at, (key, _)) in entries.iter().enumerate() {
            let is_new = entries[..at].iter().all(|(other, _)| other != key);
            assert!(is_new, "{key:?} is there twice");
        }
        let found = |name: &str| {
            let entry = entries.iter().find(|(key, _)| *key == Node::text(name));
            entry.map(|(_, value)| value)
        };
        let kinds = ["message_types", "target", "stream_id", "notification_type"];
        let mut present = kinds.into_iter().filter(|kind| found(kind).is_some());
        let kind = match (found("control"), present.next(), present.next()) {
            (Some(_), ..) => "control",
            (None, Some(only), None) => only,
            (None, None, _) => "success",
            (None, Some(first), Some(second)) => panic!("a frame with `{first}` and `{second}` was read"),
        };
        assert_eq!(self.kind, kind);
        for (name, value) in &self.fields {
            match found(name) {
                None | Some(Node::Null) => assert_eq!(*value, Node::Boolean(false), "`{name}` is not there"),
                Some(found) => assert_eq!(value, found, "`{name}`"),
            }
        }
    }

    /// Writes it with the plainest writer there is, in both codecs, and reads it again.
    fn is_read_again(&self, codec: Codec) {
        for other in [Codec::Json, Codec::MessagePack] {
            let payloads =
                (self.payloads.iter()).filter_map(|(name, bytes)| Some((*name, reference::read(codec, bytes)?)));
            let fields = self.fields.iter().map(|(name, value)| (*name, value.clone()));
            let map: Vec<_> = fields
                .chain(payloads)
                .map(|(name, value)| (Node::text(name), value))
                .collect();
            let mut out = Vec::new();
            reference::write(other, &Node::Map(map), &mut out);
            let (found, again) = read(&out).expect("a frame that was read is one when it is written again");
            assert_eq!(found, other);
            assert_eq!(Shown::of(&again).fields, self.fields);
        }
    }
}

fn text_of(name: &impl AsRef<str>) -> Node {
    Node::text(name.as_ref())
}

/// Bytes that are a value already.
struct Raw<'b>(&'b [u8]);

impl Encode for Raw<'_> {
    fn encode(&self, codec: Codec, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        match self.0 {
            [] => callsheet_wire::encode(codec, &(), out),
            bytes => {
                out.extend_from_slice(bytes);
                Ok(())
            }
        }
    }
}

/// Writes a frame with the wire's own writers, as far as they can say what is in it, and reads it again.
fn is_written_again(codec: Codec, incoming: &Incoming<'_>, shown: &Shown) {
    let mut out = Vec::new();
    let left_out = written_again(codec, incoming, &mut out);
    let Some(left_out) = left_out else { return };
    let frame::Next::Frame { payload, consumed } = frame::next(&out, usize::MAX) else {
        panic!("what was written is a whole frame");
    };
    assert_eq!(consumed, out.len(), "what was written is one frame");
    let (found, again) = read(&out[payload]).expect("what was written is read");
    assert_eq!(found, codec);
    let mut expected = Shown {
        kind: shown.kind,
        fields: shown.fields.clone(),
        payloads: shown.payloads.clone(),
    };
    let mut again_shown = Shown::of(&again);
    for name in left_out {
        expected.fields.remove(name);
        again_shown.fields.remove(name);
        expected.payloads.remove(name);
        again_shown.payloads.remove(name);
    }
    // A payload that is not there is written as null.
    let null: &[u8] = if codec == Codec::Json { b"null" } else { b"\xc0" };
    again_shown.payloads.retain(|_, bytes| *bytes != null);
    expected.payloads.retain(|_, bytes| *bytes != null);
    assert_eq!(again_shown, expected);
    same_outcome(incoming, &again);
}

/// Writes the frame, and tells which fields are not written as they were; `None` if no writer writes such a frame.
fn written_again(codec: Codec, incoming: &Incoming<'_>, out: &mut Vec<u8>) -> Option<&'static [&'static str]> {
    match incoming {
        Incoming::Request(request) => Some(request_again(codec, request, out)),
        Incoming::Subscribe(Subscribe {
            message_types,
            request_id,
        }) => {
            let names: Vec<&str> = message_types.iter().map(|name| &**name).collect();
            write::subscribe(out, codec, &names, request_id.as_deref());
            Some(&[])
        }
        Incoming::Control(control) => control_again(codec, control, out),
        Incoming::Response(response) => response_again(codec, response, out),
        Incoming::StreamFrame(frame) => stream_again(codec, frame, out),
        Incoming::Push(push) => Some(push_again(codec, push, out)),
    }
}

fn request_again(codec: Codec, request: &Request<'_>, out: &mut Vec<u8>) -> &'static [&'static str] {
    let meta = request.meta.map(|meta| meta.decode::<BTreeMap<String, String>>());
    let chain = request.chain.map(|chain| chain.decode::<Vec<Hop>>());
    let head = RequestHead {
        request_id: request.request_id.as_deref(),
        expects_reply: request.expects_reply,
        expects_stream: request.expects_stream,
        reply_to: request.reply_to.as_deref(),
        timeout_ms: request.timeout_ms,
        credit: request.credit,
        meta: meta.as_ref().and_then(|meta| meta.as_ref().ok()),
        chain: chain.as_ref().and_then(|chain| chain.as_ref().ok()).map(Vec::as_slice),
        ..RequestHead::new(&request.target, &request.message_type)
    };
    write::request(out, codec, &head, &Raw(request.payload.bytes())).expect("it was written before");
    &["traceparent", "tracestate", "meta", "chain"]
}

fn control_again(codec: Codec, control: &Control<'_>, out: &mut Vec<u8>) -> Option<&'static [&'static str]> {
    let id = control.request_id.as_deref();
    let names: Option<Vec<&str>> = control
        .message_types
        .as_ref()
        .map(|names| names.iter().map(|name| &**name).collect());
    match (&*control.control, id, &control.stream_id, control.items) {
        ("cancel", Some(id), ..) => {
            write::cancel(out, codec, id);
            Some(&["stream_id", "items", "message_types"])
        }
        ("credit", _, Some(stream), Some(items)) => {
            write::credit(out, codec, stream, items);
            Some(&["request_id", "message_types"])
        }
        ("unsubscribe", ..) => {
            write::unsubscribe(out, codec, names.as_deref(), id);
            Some(&["stream_id", "items"])
        }
        (name, Some(id), ..) => {
            write::control(out, codec, name, id);
            Some(&["stream_id", "items", "message_types"])
        }
        _ => None,
    }
}

fn response_again(codec: Codec, response: &Response<'_>, out: &mut Vec<u8>) -> Option<&'static [&'static str]> {
    let id = response.request_id.as_deref();
    match response.outcome() {
        Ok(payload) => {
            write::response(out, codec, id, &Raw(payload.bytes())).expect("it was written before");
            Some(&["error", "error_code", "error_details"])
        }
        Err(Refusal::Failure(failure)) => {
            write::refusal(out, codec, id, &failure);
            Some(&["error", "error_code", "error_details", "payload"])
        }
        Err(Refusal::Contract(details, text)) => {
            write::contract_error(out, codec, id, &text, &Raw(details.bytes())).expect("it was written before");
            Some(&["error", "error_code", "error_details", "payload"])
        }
    }
}

fn stream_again(codec: Codec, frame: &StreamFrame<'_>, out: &mut Vec<u8>) -> Option<&'static [&'static str]> {
    let (id, sequence) = (&*frame.stream_id, frame.sequence);
    match (&frame.failure, frame.item()) {
        // Only the last frame of a stream tells of a failure.
        (Some(_), _) if !frame.is_final => return None,
        (Some(Refusal::Failure(failure)), _) => write::stream_refusal(out, codec, id, sequence, failure),
        (Some(Refusal::Contract(details, text)), _) => {
            let details = Raw(details.bytes());
            write::stream_contract_error(out, codec, id, sequence, text, &details).expect("it was written before");
        }
        (None, Some(item)) => {
            let item = Raw(item.bytes());
            write::stream_item(out, codec, id, sequence, frame.is_final, &item).expect("it was written before");
            return Some(&[]);
        }
        (None, None) => write::stream_end(out, codec, id, sequence),
    }
    Some(&["payload"])
}

fn push_again(codec: Codec, push: &Push<'_>, out: &mut Vec<u8>) -> &'static [&'static str] {
    let head = PushHead {
        message_type: &push.message_type,
        timestamp: push.timestamp,
        seq: push.seq,
        source: push.source.as_deref(),
        missed: push.missed,
    };
    let null: &[u8] = if codec == Codec::Json { b"null" } else { b"\xc0" };
    let payload = match push.payload.bytes() {
        [] => null,
        bytes => bytes,
    };
    write::push(out, codec, &head, payload).expect("it was written before");
    // There is one kind of push so far.
    &["notification_type"]
}

/// The end of a call is the same, whoever tells of it.
fn same_outcome(before: &Incoming<'_>, after: &Incoming<'_>) {
    match (before, after) {
        (Incoming::Response(before), Incoming::Response(after)) => {
            assert_eq!(
                told(before.outcome().err().as_ref()),
                told(after.outcome().err().as_ref())
            );
        }
        (Incoming::StreamFrame(before), Incoming::StreamFrame(after)) => {
            assert_eq!(told(before.failure.as_ref()), told(after.failure.as_ref()));
        }
        _ => {}
    }
}

/// All that is said of a failure.
fn told(refusal: Option<&Refusal<'_>>) -> Option<String> {
    let all = |failure: &Failure| {
        format!(
            "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            failure.code(),
            failure.code_name(),
            failure.text(),
            failure.delivered(),
            failure.is_retryable(),
            failure.path(),
            failure.candidates(),
            failure.retry_after_ms(),
            failure.chain()
        )
    };
    Some(match refusal? {
        Refusal::Failure(failure) => all(failure),
        Refusal::Contract(details, text) => {
            let details = if details.is_null() { &[] } else { details.bytes() };
            // What is escaped by the writer is not escaped again.
            format!(
                "{:?} {details:?}",
                Failure::new(callsheet_wire::Code::ContractError, &**text).text()
            )
        }
    })
}
