//! Clients of acton-reactive, by bytes made by hand. `tests/acton` runs the real one.

mod calls;
mod events;
mod frames;
mod stats;

use std::path::Path;

use serde_json::{Value, json};
use tokio::io::AsyncReadExt;

use crate::peer::{Peer, pack, within};

/// The version of a header, and the format that its second version has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    One,
    Json,
    Packed,
}

const FORMS: [Form; 3] = [Form::One, Form::Json, Form::Packed];
const SECOND: [Form; 2] = [Form::Json, Form::Packed];

const REQUEST: u8 = 1;
const RESPONSE: u8 = 2;
const ERROR: u8 = 3;
const HEARTBEAT: u8 = 4;
const PUSH: u8 = 5;
const SUBSCRIBE: u8 = 6;
const UNSUBSCRIBE: u8 = 7;
const DISCOVER: u8 = 8;
const STREAM: u8 = 9;
const SUBSCRIBE_PATTERNS: u8 = 10;
const UNSUBSCRIBE_PATTERNS: u8 = 11;

fn bytes(form: Form, kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(payload.len()).unwrap().to_be_bytes().to_vec();
    match form {
        Form::One => bytes.extend([1, kind]),
        Form::Json => bytes.extend([2, kind, 1]),
        Form::Packed => bytes.extend([2, kind, 2]),
    }
    bytes.extend(payload);
    bytes
}

fn encoded(form: Form, kind: u8, value: &Value) -> Vec<u8> {
    match form {
        Form::Packed => bytes(form, kind, &pack(value)),
        _ => bytes(form, kind, value.to_string().as_bytes()),
    }
}

fn request(message: &str, payload: Value) -> Value {
    json!({"correlation_id": "r", "target": "probe", "message_type": message, "payload": payload})
}

fn ask(message: &str, payload: Value) -> Value {
    let mut request = request(message, payload);
    request["expects_reply"] = json!(true);
    request
}

fn stream(message: &str, payload: Value) -> Value {
    let mut request = request(message, payload);
    request["expects_stream"] = json!(true);
    request
}

/// A peer that speaks the other wire.
struct Client {
    peer: Peer,
}

impl Client {
    async fn connect(path: &Path) -> Self {
        Client {
            peer: Peer::connect(path).await,
        }
    }

    async fn send(&mut self, form: Form, kind: u8, value: &Value) {
        self.peer.send_raw(&encoded(form, kind, value)).await;
    }

    /// The next frame: its form, its kind, and what is in it.
    async fn receive(&mut self) -> (Form, u8, Value) {
        let socket = &mut self.peer.socket;
        within(async {
            let length = socket.read_u32().await.expect("a frame follows");
            let (version, kind) = (socket.read_u8().await.unwrap(), socket.read_u8().await.unwrap());
            let form = match version {
                1 => Form::One,
                2 if socket.read_u8().await.unwrap() == 2 => Form::Packed,
                2 => Form::Json,
                other => panic!("version {other}"),
            };
            let mut payload = vec![0; length as usize];
            socket.read_exact(&mut payload).await.expect("the whole frame follows");
            let value = match form {
                _ if payload.is_empty() => Value::Null,
                Form::Packed => rmp_serde::from_slice(&payload).expect("a payload in MessagePack"),
                _ => serde_json::from_slice(&payload).expect("a payload in JSON"),
            };
            (form, kind, value)
        })
        .await
    }

    async fn ask(&mut self, form: Form, kind: u8, value: &Value) -> (u8, Value) {
        self.send(form, kind, value).await;
        self.answer(form).await
    }

    /// The next frame, which has the form of its question.
    async fn answer(&mut self, form: Form) -> (u8, Value) {
        let (answered, kind, value) = self.receive().await;
        assert_eq!(answered, form, "{value}");
        (kind, value)
    }

    /// Shows that the connection is in step, and that nothing else was on its way.
    async fn works(&mut self, form: Form) {
        let mut request = ask("Add", json!({"a": 20, "b": 22}));
        request["correlation_id"] = json!("works");
        let expected = json!({"correlation_id": "works", "success": true, "payload": 42});
        assert_eq!(self.ask(form, REQUEST, &request).await, (RESPONSE, expected));
    }

    async fn is_refused(&mut self, form: Form, id: &str, code: &str) -> String {
        let (kind, refused) = self.answer(form).await;
        assert_eq!((kind, &refused["success"]), (ERROR, &json!(false)), "{refused}");
        assert_eq!(
            (&refused["correlation_id"], &refused["error_code"]),
            (&json!(id), &json!(code)),
            "{refused}"
        );
        assert!(refused.get("payload").is_none(), "{refused}");
        refused["error"].as_str().unwrap().to_owned()
    }
}
