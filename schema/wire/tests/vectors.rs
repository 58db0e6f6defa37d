//! Replays the byte vectors: what they say is read from their bytes, and canonical bytes are written from what they say.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use callsheet_wire::write::{self, PushHead, RequestHead};
use callsheet_wire::{
    Code, Codec, Control, Delivered, DetailedStats, Discovery, Encode, Failure, Goodbye, Hello, Hop, Incoming,
    Judgement, Payload, Refusal, Welcome, encode, frame, read,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

type Object = Map<String, Value>;

#[derive(Deserialize)]
struct Vector {
    name: String,
    codec: String,
    direction: String,
    frame_hex: String,
    fields: Object,
    canonical: bool,
}

#[derive(Deserialize)]
struct Refused {
    name: String,
    frame_hex: String,
    error_code: String,
    error_contains: String,
    request_id: Option<String>,
}

fn load<T: for<'de> Deserialize<'de>>(file: &str) -> Vec<T> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(file);
    let vectors: Vec<T> =
        serde_json::from_slice(&fs::read(&path).expect("the vectors are checked in")).expect("the vectors are JSON");
    assert!(!vectors.is_empty(), "{file} holds no vectors");
    vectors
}

fn bytes(hex: &str) -> Vec<u8> {
    assert!(hex.len().is_multiple_of(2), "whole bytes");
    let digits = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal digits");
    (0..hex.len()).step_by(2).map(digits).collect()
}

fn payload(frame: &[u8]) -> &[u8] {
    let frame::Next::Frame { payload, consumed } = frame::next(frame, 1 << 20) else {
        panic!("a whole frame")
    };
    assert_eq!(consumed, frame.len());
    &frame[payload]
}

/// Reads every frame of a file, and writes the canonical ones.
fn replay(file: &str) {
    for Vector {
        name,
        codec,
        direction,
        frame_hex,
        fields,
        canonical,
    } in load(file)
    {
        let frame = bytes(&frame_hex);
        let (found, incoming) = read(payload(&frame)).unwrap_or_else(|error| panic!("{name}: {}", error.failure));
        let codec = if codec == "json" {
            Codec::Json
        } else {
            Codec::MessagePack
        };
        assert_eq!(found, codec, "{name}");
        let from_caller = match &incoming {
            Incoming::Request(_) | Incoming::Subscribe(_) => true,
            Incoming::Control(control) => control.control != "goodbye",
            Incoming::Response(_) | Incoming::StreamFrame(_) | Incoming::Push(_) => false,
        };
        let caller_is_client = file != "callback.json";
        let sender = if from_caller == caller_is_client {
            "client"
        } else {
            "server"
        };
        assert_eq!(direction, sender, "{name}");
        assert_eq!(
            meaningful(shown(&incoming)),
            meaningful(known(&incoming, &fields)),
            "{name}"
        );
        if canonical {
            let mut out = b"before".to_vec();
            written(&mut out, codec, &fields);
            let as_text = |bytes: &[u8]| bytes.escape_ascii().to_string();
            assert_eq!(as_text(&out[6..]), as_text(&frame), "{name}");
        }
    }
}

#[test]
fn requests() {
    replay("request.json");
}

#[test]
fn responses() {
    replay("response.json");
}

#[test]
fn streams() {
    replay("stream.json");
}

#[test]
fn pushes() {
    replay("push.json");
}

#[test]
fn subscriptions() {
    replay("subscribe.json");
}

#[test]
fn controls() {
    replay("control.json");
}

#[test]
fn callbacks() {
    replay("callback.json");
}

#[test]
fn failures_obey_their_details() {
    for vector in load::<Vector>("response.json") {
        let Vector { name, fields, .. } = &vector;
        let frame = bytes(&vector.frame_hex);
        let Ok((_, Incoming::Response(response))) = read(payload(&frame)) else {
            panic!("{name}: no response")
        };
        let Err(Refusal::Failure(failure)) = response.outcome() else {
            let is_own = fields["success"] == true || fields["error_code"] == "ContractError";
            assert!(is_own, "{name}");
            continue;
        };
        assert_eq!(Some(&json!(failure.to_string())), fields.get("error"), "{name}");
        let Some(Value::Object(mut told)) = fields.get("error_details").cloned() else {
            continue;
        };
        // Of a later version.
        told.retain(|field, _| !matches!(&**field, "later" | "degrees"));
        assert_eq!(details(&failure), Value::Object(told), "{name}");
    }
}

#[test]
fn every_control_and_every_code_is_among_the_vectors_in_both_codecs() {
    let told = |file: &str, field: &str| -> BTreeSet<(String, String)> {
        let vectors = load::<Vector>(file).into_iter().filter(|vector| vector.canonical);
        vectors
            .filter_map(|vector| Some((text(&vector.fields, field)?.to_owned(), vector.codec.clone())))
            .collect()
    };
    let (controls, codes) = (told("control.json", "control"), told("response.json", "error_code"));
    let names = [
        "hello",
        "schema",
        "discover",
        "stats",
        "ping",
        "unsubscribe",
        "cancel",
        "credit",
        "goodbye",
    ];
    for codec in ["json", "messagepack"] {
        for name in names {
            assert!(controls.contains(&(name.into(), codec.into())), "{name} in {codec}");
        }
        for code in Code::ALL {
            assert!(
                codes.contains(&(code.as_str().into(), codec.into())),
                "{code} in {codec}"
            );
        }
    }
}

#[test]
fn refusals() {
    for Refused {
        name,
        frame_hex,
        error_code,
        error_contains,
        request_id,
    } in load("refused.json")
    {
        let frame = bytes(&frame_hex);
        let refused = read(payload(&frame)).expect_err(&name);
        assert_eq!(refused.failure.code().as_str(), error_code, "{name}");
        let text = refused.failure.text();
        assert!(
            text.contains(&error_contains),
            "{name}: `{text}` does not contain `{error_contains}`"
        );
        assert_eq!(refused.request_id.as_deref(), request_id.as_deref(), "{name}");
    }
}

/// Leaves out what says the same as its absence.
fn meaningful(mut fields: Object) -> Object {
    let is_said = |name: &str, value: &Value| match name {
        "payload" | "success" | "is_final" => true,
        _ => !value.is_null() && *value != Value::Bool(false),
    };
    fields.retain(|name, value| is_said(name, value));
    fields
}

/// Leaves out what readers ignore; a control's other fields are found through its whole frame.
fn known(incoming: &Incoming<'_>, fields: &Object) -> Object {
    let mut fields = fields.clone();
    if !matches!(incoming, Incoming::Control(_)) {
        fields.remove("later");
    }
    fields
}

fn shown(incoming: &Incoming<'_>) -> Object {
    let fields = match incoming {
        Incoming::Request(request) => json!({
            "target": request.target,
            "message_type": request.message_type,
            "payload": value(request.payload),
            "request_id": request.request_id,
            "expects_reply": request.expects_reply,
            "expects_stream": request.expects_stream,
            "reply_to": request.reply_to,
            "timeout_ms": request.timeout_ms,
            "credit": request.credit,
            "meta": request.meta.map(value),
            "traceparent": request.traceparent,
            "tracestate": request.tracestate,
            "chain": request.chain.map(value),
        }),
        Incoming::Subscribe(subscribe) => json!({
            "message_types": subscribe.message_types,
            "request_id": subscribe.request_id,
        }),
        Incoming::Control(control) => whole_control(control),
        Incoming::Response(response) => json!({
            "request_id": response.request_id,
            "success": response.success,
            "payload": value(response.payload),
            "error": response.error,
            "error_code": response.error_code,
            "error_details": response.error_details.map(value),
        }),
        Incoming::StreamFrame(frame) => {
            let mut fields = json!({
                "stream_id": frame.stream_id,
                "sequence": frame.sequence,
                "payload": value(frame.payload),
                "is_final": frame.is_final,
            });
            if let Some(refusal) = &frame.failure {
                let (error, code, details) = match refusal {
                    Refusal::Contract(details, text) => {
                        (format!("ContractError: {text}"), "ContractError", value(*details))
                    }
                    Refusal::Failure(failure) => (failure.to_string(), failure.code_name(), details(failure)),
                };
                fields["success"] = Value::Bool(false);
                fields["error"] = Value::String(error);
                fields["error_code"] = code.into();
                fields["error_details"] = details;
            }
            fields
        }
        Incoming::Push(push) => json!({
            "notification_type": push.notification_type,
            "message_type": push.message_type,
            "payload": value(push.payload),
            "timestamp": push.timestamp,
            "seq": push.seq,
            "source": push.source,
            "missed": push.missed,
        }),
    };
    let Value::Object(mut fields) = fields else {
        unreachable!("every kind is shown as an object")
    };
    let is_absent = match incoming {
        Incoming::Request(request) => request.payload.is_absent(),
        _ => false,
    };
    if is_absent {
        fields.remove("payload");
    }
    fields
}

/// A control by its own fields, over what its whole frame says.
fn whole_control(control: &Control<'_>) -> Value {
    let mut fields: Value = control.frame.decode().expect("a control's frame is a map");
    fields["control"] = json!(control.control);
    fields["request_id"] = json!(control.request_id);
    fields["stream_id"] = json!(control.stream_id);
    fields["items"] = json!(control.items);
    fields["message_types"] = json!(control.message_types);
    fields
}

fn value(payload: Payload<'_>) -> Value {
    payload.decode().expect("the vectors' payloads are plain values")
}

fn details(failure: &Failure) -> Value {
    let mut details = json!({ "retryable": failure.is_retryable(), "delivered": failure.delivered().as_str() });
    if let Some(path) = failure.path() {
        details["path"] = path.into();
    }
    if let Some(milliseconds) = failure.retry_after_ms() {
        details["retry_after_ms"] = milliseconds.into();
    }
    for (name, list) in [("chain", failure.chain()), ("candidates", failure.candidates())] {
        if !list.is_empty() {
            details[name] = list.into();
        }
    }
    details
}

fn text<'f>(fields: &'f Object, name: &str) -> Option<&'f str> {
    fields.get(name)?.as_str()
}

fn number(fields: &Object, name: &str) -> Option<u64> {
    fields.get(name)?.as_u64()
}

fn flag(fields: &Object, name: &str) -> bool {
    fields.get(name).and_then(Value::as_bool).unwrap_or(false)
}

fn texts<'f>(fields: &'f Object, name: &str) -> Vec<&'f str> {
    fields[name]
        .as_array()
        .expect("a list")
        .iter()
        .map(|text| text.as_str().expect("a list of strings"))
        .collect()
}

fn written(out: &mut Vec<u8>, codec: Codec, fields: &Object) {
    let id = text(fields, "request_id");
    let payload = fields.get("payload").unwrap_or(&Value::Null);
    let result = if let Some(control) = text(fields, "control") {
        control_written(out, codec, control, fields);
        Ok(())
    } else if let Some(target) = text(fields, "target") {
        let meta: Option<BTreeMap<String, String>> = fields.get("meta").map(of);
        let chain: Option<Vec<Hop>> = fields.get("chain").map(of);
        let head = RequestHead {
            target,
            message_type: text(fields, "message_type").expect("a request has a type"),
            request_id: id,
            expects_reply: flag(fields, "expects_reply"),
            expects_stream: flag(fields, "expects_stream"),
            reply_to: text(fields, "reply_to"),
            timeout_ms: number(fields, "timeout_ms"),
            credit: number(fields, "credit"),
            meta: meta.as_ref(),
            chain: chain.as_deref(),
        };
        write::request(out, codec, &head, payload)
    } else if let Some(stream_id) = text(fields, "stream_id") {
        let sequence = number(fields, "sequence").expect("a stream frame is numbered");
        let is_final = flag(fields, "is_final");
        match failure(fields) {
            Some(Told::Contract(text, details)) => {
                write::stream_contract_error(out, codec, stream_id, sequence, text, details)
            }
            Some(Told::Failure(failure)) => {
                write::stream_refusal(out, codec, stream_id, sequence, &failure);
                Ok(())
            }
            None if is_final && payload.is_null() => {
                write::stream_end(out, codec, stream_id, sequence);
                Ok(())
            }
            None => write::stream_item(out, codec, stream_id, sequence, is_final, payload),
        }
    } else if fields.contains_key("notification_type") {
        let head = PushHead {
            message_type: text(fields, "message_type").expect("a push has a type"),
            timestamp: number(fields, "timestamp").expect("a push has a time"),
            seq: number(fields, "seq"),
            source: text(fields, "source"),
            missed: number(fields, "missed"),
        };
        let mut event = Vec::new();
        encode(codec, payload, &mut event).expect("plain values encode");
        write::push(out, codec, &head, &event)
    } else if fields.contains_key("message_types") {
        write::subscribe(out, codec, &texts(fields, "message_types"), id);
        Ok(())
    } else {
        match failure(fields) {
            Some(Told::Contract(text, details)) => write::contract_error(out, codec, id, text, details),
            Some(Told::Failure(failure)) => {
                write::refusal(out, codec, id, &failure);
                Ok(())
            }
            None => write::response(out, codec, id, &*answer(payload)),
        }
    };
    result.expect("plain values encode");
}

fn control_written(out: &mut Vec<u8>, codec: Codec, control: &str, fields: &Object) {
    let id = text(fields, "request_id");
    let named = || id.expect("a control that is answered has an id");
    match control {
        "cancel" => write::cancel(out, codec, named()),
        "credit" => {
            let stream_id = text(fields, "stream_id").expect("a credit names its stream");
            write::credit(out, codec, stream_id, number(fields, "items").expect("a credit counts"));
        }
        "hello" => {
            let hello: Hello = of(&Value::Object(fields.clone()));
            write::hello(out, codec, named(), &hello).expect("a short frame");
        }
        "schema" if fields.contains_key("document") => {
            let open_enums = fields.get("open_enums").is_some_and(|open| *open == true);
            write::schema(out, codec, named(), &fields["document"], open_enums).expect("plain values encode");
        }
        "unsubscribe" => {
            let names = fields
                .contains_key("message_types")
                .then(|| texts(fields, "message_types"));
            write::unsubscribe(out, codec, names.as_deref(), id);
        }
        "goodbye" => {
            let goodbye: Goodbye = of(&Value::Object(fields.clone()));
            write::goodbye(out, codec, goodbye);
        }
        other => write::control(out, codec, other, named()),
    }
}

/// What a server answers to a control has types, whose fields come in their own order; other values are written as they
/// stand.
fn answer(payload: &Value) -> Box<dyn Encode> {
    let is_of = |field: &str| payload.get(field).is_some();
    if is_of("since_ms") {
        Box::new(of::<DetailedStats>(payload))
    } else if is_of("epoch") {
        Box::new(of::<Welcome>(payload))
    } else if is_of("actors") {
        Box::new(of::<Discovery>(payload))
    } else if is_of("refused") {
        Box::new(of::<Judgement>(payload))
    } else {
        Box::new(payload.clone())
    }
}

fn of<T: for<'de> Deserialize<'de>>(value: &Value) -> T {
    serde_json::from_value(value.clone()).expect("the vector has the fields of its type")
}

enum Told<'f> {
    Contract(&'f str, &'f Value),
    Failure(Failure),
}

/// The failure that the fields of a response or stream frame tell.
fn failure(fields: &Object) -> Option<Told<'_>> {
    let name = text(fields, "error_code")?;
    let error = text(fields, "error").expect("a failure has a text");
    let text = error
        .strip_prefix(name)
        .and_then(|text| text.strip_prefix(": "))
        .expect("code and text");
    let details = &fields["error_details"];
    let code: Code = name.parse().expect("our writers only know our codes");
    if code == Code::ContractError {
        return Some(Told::Contract(text, details));
    }
    let delivered = match details["delivered"].as_str() {
        Some("no") => Delivered::No,
        Some("yes") => Delivered::Yes,
        _ => Delivered::Unknown,
    };
    let mut failure = Failure::new(code, text).with_delivered(delivered);
    assert_eq!(
        Value::Bool(failure.is_retryable()),
        details["retryable"],
        "{name} and delivered {delivered}"
    );
    if let Some(path) = details["path"].as_str() {
        failure = failure.with_path(path);
    }
    if let Some(milliseconds) = details["retry_after_ms"].as_u64() {
        failure = failure.with_retry_after_ms(milliseconds);
    }
    let details = details.as_object().expect("details are a map");
    if details.contains_key("chain") {
        failure = failure.with_chain(texts(details, "chain"));
    }
    if details.contains_key("candidates") {
        failure = failure.with_candidates(texts(details, "candidates").into_iter().map(Cow::from));
    }
    Some(Told::Failure(failure))
}
