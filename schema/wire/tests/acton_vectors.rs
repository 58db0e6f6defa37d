//! Replays the byte vectors of acton-reactive's wire: what they say is read from their bytes, and what a server sends is
//! written from what it says.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use callsheet_wire::acton::{
    self, Form, Incoming, Kind, Next, Selection,
    write::{self, List, PushHead, Receipt},
};
use callsheet_wire::{Code, Codec, Failure, encode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

type Object = Map<String, Value>;

#[derive(Deserialize)]
struct Vector {
    name: String,
    version: u8,
    codec: String,
    kind: String,
    direction: String,
    frame_hex: String,
    /// Null for a frame without a payload.
    fields: Option<Object>,
    canonical: bool,
}

impl Vector {
    fn form(&self) -> Form {
        match (self.version, &*self.codec) {
            (1, "json") => Form::One,
            (2, "json") => Form::Two(Codec::Json),
            (2, "messagepack") => Form::Two(Codec::MessagePack),
            other => panic!("{}: {other:?} is no form", self.name),
        }
    }

    fn kind(&self) -> Kind {
        let named = Kind::ALL.iter().find(|kind| name_of(**kind) == self.kind);
        *named.unwrap_or_else(|| panic!("{}: `{}` is no kind", self.name, self.kind))
    }

    fn bytes(&self) -> Vec<u8> {
        let digits = |at| u8::from_str_radix(&self.frame_hex[at..at + 2], 16).expect("hexadecimal digits");
        (0..self.frame_hex.len()).step_by(2).map(digits).collect()
    }
}

fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Request => "request",
        Kind::Response => "response",
        Kind::Error => "error",
        Kind::Heartbeat => "heartbeat",
        Kind::Push => "push",
        Kind::Subscribe => "subscribe",
        Kind::Unsubscribe => "unsubscribe",
        Kind::Discover => "discover",
        Kind::Stream => "stream",
        Kind::SubscribePatterns => "subscribe_patterns",
        Kind::UnsubscribePatterns => "unsubscribe_patterns",
    }
}

fn vectors() -> Vec<Vector> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/acton.json");
    serde_json::from_slice(&fs::read(path).expect("the vectors are checked in")).expect("the vectors are JSON")
}

/// The payload of the one frame that the bytes are, and that is all of them.
fn payload<'b>(vector: &Vector, frame: &'b [u8]) -> &'b [u8] {
    let Next::Frame { form, kind, payload } = acton::next(frame, 1 << 20) else {
        panic!("{}: a whole frame", vector.name)
    };
    assert_eq!((form, kind), (vector.form(), vector.kind()), "{}", vector.name);
    assert_eq!(payload.end, frame.len(), "{}", vector.name);
    &frame[payload]
}

#[test]
fn what_a_client_says_is_read() {
    for vector in vectors().iter().filter(|vector| vector.direction == "client") {
        let name = &vector.name;
        let frame = vector.bytes();
        let payload = payload(vector, &frame);
        let incoming = acton::read(vector.form(), vector.kind(), payload);
        let incoming = incoming.unwrap_or_else(|unreadable| panic!("{name}: {}", unreadable.failure));
        assert_eq!(payload.is_empty(), vector.fields.is_none(), "{name}");
        let expected = vector.fields.clone().unwrap_or_default();
        assert_eq!(meaningful(shown(&incoming)), meaningful(expected), "{name}");
    }
}

#[test]
fn what_a_server_says_is_written() {
    for vector in vectors().iter().filter(|vector| vector.direction == "server") {
        let name = &vector.name;
        let frame = vector.bytes();
        let payload = payload(vector, &frame);
        let found = match vector.form().codec() {
            _ if payload.is_empty() => None,
            Codec::Json => serde_json::from_slice(payload).expect("JSON"),
            Codec::MessagePack => rmp_serde::from_slice(payload).expect("MessagePack"),
        };
        assert_eq!(found, vector.fields, "{name}");
        assert!(vector.canonical, "{name}: there is one way to say it");
        let mut out = b"before".to_vec();
        written(&mut out, vector);
        let as_text = |bytes: &[u8]| bytes.escape_ascii().to_string();
        assert_eq!(as_text(&out[6..]), as_text(&frame), "{name}");
        if vector.kind() != Kind::Heartbeat {
            let read = acton::read(vector.form(), vector.kind(), payload);
            assert!(matches!(read, Ok(Incoming::Foreign(_))), "{name}: no client says so");
        }
    }
}

#[test]
fn every_kind_of_frame_is_among_the_vectors_in_every_form_that_it_has() {
    let there: BTreeSet<_> = vectors()
        .into_iter()
        .map(|vector| (vector.kind, vector.version, vector.codec))
        .collect();
    for (at, kind) in Kind::ALL.iter().enumerate() {
        // Version 1 has the first four.
        for (version, codec) in [(1, "json"), (2, "json"), (2, "messagepack")] {
            let key = (name_of(*kind).to_owned(), version, codec.to_owned());
            assert_eq!(there.contains(&key), version == 2 || at < 4, "{key:?}");
        }
    }
}

/// Leaves out what says the same as its absence, and what readers ignore.
fn meaningful(mut fields: Object) -> Object {
    fields.retain(|name, value| {
        // What there is to call is asked for unless the client says no; everything else, if it says yes.
        let absent = json!(name.starts_with("include_"));
        !value.is_null() && *value != absent && name != "later"
    });
    fields
}

fn shown(incoming: &Incoming<'_>) -> Object {
    let selected = |selection: &Selection<'_>, field: &str| json!({"correlation_id": selection.correlation_id, field: selection.names});
    let fields = match incoming {
        Incoming::Request(request) => json!({
            "correlation_id": request.request_id,
            "target": request.target,
            "message_type": request.message_type,
            "payload": request.payload.decode::<Value>().expect("the vectors' payloads are plain values"),
            "expects_reply": request.expects_reply,
            "expects_stream": request.expects_stream,
            "response_timeout_ms": request.timeout_ms,
        }),
        Incoming::Subscribe(selection) | Incoming::Unsubscribe(selection) => selected(selection, "message_types"),
        Incoming::SubscribePatterns(selection) | Incoming::UnsubscribePatterns(selection) => {
            selected(selection, "patterns")
        }
        Incoming::Discover(discover) => json!({
            "correlation_id": discover.correlation_id,
            "include_actors": discover.include_actors,
            "include_message_types": discover.include_message_types,
        }),
        Incoming::Heartbeat => json!({}),
        Incoming::Foreign(kind) => panic!("only a server sends {kind:?}"),
    };
    let Value::Object(fields) = fields else {
        unreachable!("every kind is shown as an object")
    };
    fields
}

fn written(out: &mut Vec<u8>, vector: &Vector) {
    let form = vector.form();
    let Some(fields) = &vector.fields else {
        return write::heartbeat(out, form, false);
    };
    let text = |name: &str| fields[name].as_str().unwrap_or_else(|| panic!("`{name}` is a text"));
    let texts = |name: &str| -> Option<Vec<&str>> {
        let list = fields.get(name)?.as_array().expect("a list");
        Some(list.iter().map(|text| text.as_str().expect("a text")).collect())
    };
    let number = |name: &str| fields.get(name).and_then(Value::as_u64);
    let payload = fields.get("payload").unwrap_or(&Value::Null);
    let failure = fields.get("error_code").map(|code| {
        let (name, text) = text("error").split_once(": ").expect("a code, and a text");
        let own: Code = name.parse().expect("our writers only know our codes");
        // In capitals, with underscores between its words.
        assert_eq!(
            code.as_str().map(|code| code.replace('_', "")),
            Some(name.to_ascii_uppercase())
        );
        Failure::new(own, text)
    });
    let lists = [
        (List::Types, "subscribed_types"),
        (List::Patterns, "subscribed_patterns"),
    ];
    let listed = lists.into_iter().find_map(|(list, name)| Some((list, texts(name)?)));
    let id = || text("correlation_id");
    let result = match (vector.kind(), failure, listed) {
        (Kind::Heartbeat, ..) => {
            write::heartbeat(out, form, true);
            Ok(())
        }
        (Kind::Response, None, Some((list, names))) => {
            write::subscribed(out, form, id(), list, &names);
            Ok(())
        }
        (Kind::Response, None, None) if fields.contains_key("protocol_version") => {
            let actors = fields.get("actors").map(|actors| {
                let actors = actors.as_array().expect("a list").iter();
                actors
                    .map(|actor| actor["name"].as_str().expect("a text"))
                    .collect::<Vec<_>>()
            });
            write::discovery(out, form, id(), actors.as_deref(), texts("message_types").as_deref())
        }
        (Kind::Response, None, None) if payload.get("status").is_some() => {
            write::response(out, form, Some(id()), &Receipt::DELIVERED)
        }
        (Kind::Response, None, None) => write::response(out, form, Some(id()), payload),
        (Kind::Error, Some(failure), Some((list, _))) => {
            write::subscription_refusal(out, form, Some(id()), list, &failure);
            Ok(())
        }
        (Kind::Error, Some(failure), None) if failure.code() == Code::ContractError => {
            write::contract_error(out, form, Some(id()), failure.text(), payload)
        }
        (Kind::Error, Some(failure), None) => {
            write::refusal(out, form, Some(id()).filter(|id| *id != "unknown"), &failure);
            Ok(())
        }
        (Kind::Stream, failure, None) => {
            let sequence = number("sequence").expect("an item has its number");
            match failure {
                Some(failure) if failure.code() == Code::ContractError => {
                    write::stream_contract_error(out, form, id(), sequence, failure.text(), payload)
                }
                Some(failure) => {
                    write::stream_refusal(out, form, id(), sequence, &failure);
                    Ok(())
                }
                None if fields["is_final"] == true => {
                    write::stream_end(out, form, id(), sequence);
                    Ok(())
                }
                None => write::stream_item(out, form, id(), sequence, false, payload),
            }
        }
        (Kind::Push, None, None) => {
            let (_, seq) = text("notification_id").split_once('#').expect("a name, and a number");
            let head = PushHead {
                message_type: text("message_type"),
                seq: seq.parse().expect("a number"),
                timestamp: number("timestamp_ms").expect("an event has its time"),
                missed: number("missed"),
            };
            let mut event = Vec::new();
            encode(form.codec(), payload, &mut event).expect("plain values encode");
            write::push(out, form.codec(), &head, &event)
        }
        other => panic!("{}: no server says {other:?}", vector.name),
    };
    result.expect("plain values encode");
}
