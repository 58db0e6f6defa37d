//! Peers that speak acton-reactive's wire, which `docs/acton.md` describes.

mod answers;
mod clients;
mod envelopes;
mod frames;

use std::io::Read;

use serde_json::{Value, json};

use crate::{
    peer::{Codec, Peer, encoded, unpacked},
    service::Service,
};

/// The version of a header, and the format that the second one has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    One,
    Json,
    Packed,
}

const FORMS: [Form; 3] = [Form::One, Form::Json, Form::Packed];
const SECOND: [Form; 2] = [Form::Json, Form::Packed];

impl Form {
    fn codec(self) -> Codec {
        match self {
            Form::Packed => Codec::MessagePack,
            Form::One | Form::Json => Codec::Json,
        }
    }
}

const REQUEST: u8 = 0x01;
const RESPONSE: u8 = 0x02;
const ERROR: u8 = 0x03;
const HEARTBEAT: u8 = 0x04;
const PUSH: u8 = 0x05;
const SUBSCRIBE: u8 = 0x06;
const UNSUBSCRIBE: u8 = 0x07;
const DISCOVER: u8 = 0x08;
const STREAM: u8 = 0x09;
const SUBSCRIBE_PATTERNS: u8 = 0x0a;
const UNSUBSCRIBE_PATTERNS: u8 = 0x0b;

/// A header that announces so many bytes.
fn header(form: Form, kind: u8, length: u32) -> Vec<u8> {
    let mut bytes = length.to_be_bytes().to_vec();
    match form {
        Form::One => bytes.extend([1, kind]),
        Form::Json => bytes.extend([2, kind, 1]),
        Form::Packed => bytes.extend([2, kind, 2]),
    }
    bytes
}

/// A payload with its header before it.
fn framed(form: Form, kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("no test sends so much");
    [header(form, kind, length), payload.to_vec()].concat()
}

fn frame(form: Form, kind: u8, value: &Value) -> Vec<u8> {
    framed(form, kind, &encoded(form.codec(), value))
}

/// A request to the mark without flags.
fn request(id: &str, message: &str, payload: Value) -> Value {
    json!({"correlation_id": id, "target": "mark", "message_type": message, "payload": payload})
}

fn ask(id: &str, message: &str, payload: Value) -> Value {
    let mut request = request(id, message, payload);
    request["expects_reply"] = json!(true);
    request
}

fn echo(id: &str) -> Value {
    ask(id, "Echo", json!({"text": id}))
}

fn echoed(id: &str) -> Value {
    json!({"correlation_id": id, "success": true, "payload": id})
}

struct Client(Peer);

impl Client {
    /// A connection that is let in; see [`Peer::of`].
    fn of(service: &Service) -> Self {
        let let_in = || {
            let mut client = Client(Peer::silent(service));
            let answer = client.at_the_door()?;
            assert_eq!(answer, [0, 0, 0, 0, 1, HEARTBEAT]);
            Some(client)
        };
        (0..100_000).find_map(|_| let_in()).expect("there is room for one more")
    }

    /// The answer to a heartbeat, unless the connection is one too many.
    fn at_the_door(&mut self) -> Option<[u8; 6]> {
        let mut answer = [0; 6];
        // One that is refused may be closed already.
        let written = std::io::Write::write_all(&mut self.0.socket(), &framed(Form::One, HEARTBEAT, b""));
        let read = written.and_then(|()| self.0.socket().read_exact(&mut answer));
        (read.is_ok() && answer[4] == 1).then_some(answer)
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.0.raw(bytes);
    }

    fn send(&mut self, form: Form, kind: u8, value: &Value) {
        self.raw(&frame(form, kind, value));
    }

    /// The next frame: its form, its type and what is in it; null if that is nothing.
    fn next(&mut self) -> (Form, u8, Value) {
        let mut socket = self.0.socket();
        let mut read = |length: usize| {
            let mut bytes = vec![0; length];
            socket.read_exact(&mut bytes).expect("an answer comes");
            bytes
        };
        let start = read(6);
        let length = u32::from_be_bytes([start[0], start[1], start[2], start[3]]) as usize;
        let form = match start[4] {
            1 => Form::One,
            2 => match read(1)[..] {
                [1] => Form::Json,
                [2] => Form::Packed,
                ref other => panic!("format {other:?}"),
            },
            other => panic!("version {other}"),
        };
        let payload = read(length);
        let value = match form {
            _ if payload.is_empty() => Value::Null,
            Form::Packed => unpacked(&payload),
            Form::One | Form::Json => serde_json::from_slice(&payload).expect("the server sends JSON"),
        };
        (form, start[5], value)
    }

    /// The next frame, which has this form.
    fn answer(&mut self, form: Form) -> (u8, Value) {
        let (found, kind, value) = self.next();
        assert_eq!(found, form, "{value}");
        (kind, value)
    }

    fn ask(&mut self, form: Form, kind: u8, value: &Value) -> (u8, Value) {
        self.send(form, kind, value);
        self.answer(form)
    }

    /// That the next frame is a whole refusal. Its text.
    fn is_refused(&mut self, form: Form, id: &str, code: &str) -> String {
        let (kind, refused) = self.answer(form);
        assert_eq!((kind, &refused["success"]), (ERROR, &json!(false)), "{refused}");
        assert_eq!(
            (&refused["correlation_id"], &refused["error_code"]),
            (&json!(id), &json!(code)),
            "{refused}"
        );
        refused["error"].as_str().expect("a text").to_owned()
    }

    /// That the next request on this connection is answered, and that nothing else is sent before.
    fn works(&mut self, form: Form) {
        assert_eq!(self.ask(form, REQUEST, &echo("works")), (RESPONSE, echoed("works")));
    }

    fn is_closed(&mut self) {
        self.0.is_closed();
    }
}
