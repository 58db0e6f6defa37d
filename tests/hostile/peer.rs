//! One end of a connection, with nothing between the test and the bytes.

use std::{
    io::{ErrorKind, Read, Write},
    net::Shutdown,
    os::unix::net::UnixStream,
    time::Duration,
};

use serde_json::{Value, json};

use crate::service::Service;

/// How long anything may take, on a machine that has much else to do.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// The longest payload that the server takes, in bytes.
pub(crate) const LONGEST: usize = 16 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    Json,
    MessagePack,
}

pub(crate) const CODECS: [Codec; 2] = [Codec::Json, Codec::MessagePack];

pub(crate) struct Peer(UnixStream);

impl Peer {
    /// A connection that is let in: those of cases before may still count for a moment, and there is a limit.
    pub(crate) fn of(service: &Service) -> Self {
        let let_in = || {
            let mut peer = Peer::silent(service);
            let answer = peer.ask_at_the_door();
            (answer["success"] == true).then_some(peer)
        };
        (0..100_000).find_map(|_| let_in()).expect("there is room for one more")
    }

    /// The answer to the first frame of a connection, which may have been refused and closed already.
    pub(crate) fn ask_at_the_door(&mut self) -> Value {
        let ping = json!({"control": "ping", "request_id": "door"});
        // What was said before the end can be read after it.
        let _ = self.0.write_all(&framed(ping.to_string().as_bytes()));
        self.receive()
    }

    /// A connection on which nothing was said yet.
    pub(crate) fn silent(service: &Service) -> Self {
        let socket = UnixStream::connect(service.path()).expect("the server listens");
        socket.set_read_timeout(Some(LIMIT)).expect("it is not zero");
        socket.set_write_timeout(Some(LIMIT)).expect("it is not zero");
        Peer(socket)
    }

    pub(crate) fn socket(&self) -> &UnixStream {
        &self.0
    }

    /// Sends bytes as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).expect("the server reads");
    }

    /// Sends a payload with its length before it.
    pub(crate) fn send(&mut self, payload: impl AsRef<[u8]>) {
        self.raw(&framed(payload.as_ref()));
    }

    pub(crate) fn tell(&mut self, frame: &Value) {
        self.send(frame.to_string());
    }

    /// The next frame and its codec.
    pub(crate) fn next(&mut self) -> (Codec, Value) {
        let payload = self.next_payload();
        if payload.first() == Some(&b'{') {
            (
                Codec::Json,
                serde_json::from_slice(&payload).expect("the server sends JSON"),
            )
        } else {
            (Codec::MessagePack, unpacked(&payload))
        }
    }

    /// The bytes of the next frame behind its length.
    pub(crate) fn next_payload(&mut self) -> Vec<u8> {
        let mut length = [0; 4];
        self.0.read_exact(&mut length).expect("an answer comes");
        let mut payload = vec![0; u32::from_be_bytes(length) as usize];
        self.0.read_exact(&mut payload).expect("the whole of it comes");
        payload
    }

    /// The next frame, which is in JSON.
    pub(crate) fn receive(&mut self) -> Value {
        let (codec, frame) = self.next();
        assert_eq!(codec, Codec::Json, "{frame}");
        frame
    }

    /// The answer to a frame in JSON.
    pub(crate) fn ask(&mut self, frame: &Value) -> Value {
        self.tell(frame);
        self.receive()
    }

    /// The answer to a frame of any codec, which is in the same one.
    pub(crate) fn answer(&mut self, codec: Codec, payload: impl AsRef<[u8]>) -> Value {
        self.send(payload);
        let (found, frame) = self.next();
        assert_eq!(found, codec, "{frame}");
        frame
    }

    /// The payload of the answer to a call of the mark, which succeeds.
    pub(crate) fn call(&mut self, message: &str, payload: Value) -> Value {
        let answer = self.ask(&asks(message, payload));
        assert_eq!(answer["success"], true, "{answer}");
        answer["payload"].clone()
    }

    /// The same for a call with an id, which is answered past those without.
    pub(crate) fn call_with_an_id(&mut self, message: &str, payload: Value) -> Value {
        let answer = self.ask(&with(asks(message, payload), json!({"request_id": "call"})));
        assert_eq!(
            (&answer["success"], &answer["request_id"]),
            (&json!(true), &json!("call")),
            "{answer}"
        );
        answer["payload"].clone()
    }

    /// That the next request on this connection is answered, and that nothing else is sent before.
    pub(crate) fn works(&mut self) {
        let echo = with(asks("Echo", json!({"text": "works"})), json!({"request_id": "works"}));
        let expected = json!({"success": true, "request_id": "works", "error": null, "payload": "works"});
        assert_eq!(self.ask(&echo), expected);
    }

    /// How many frames come before the answer to the next request, which works.
    pub(crate) fn frames_until_it_works(&mut self) -> usize {
        self.tell(&with(
            asks("Echo", json!({"text": "works"})),
            json!({"request_id": "works"}),
        ));
        (0..).find(|_| self.next().1["request_id"] == "works").expect("it ends")
    }

    /// Says that nothing more will be sent.
    pub(crate) fn half_close(&mut self) {
        self.0.shutdown(Shutdown::Write).expect("it is connected");
    }

    /// That the server closes the connection, without another word.
    pub(crate) fn is_closed(&mut self) {
        let mut byte = [0];
        match self.0.read(&mut byte) {
            Ok(0) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            other => panic!("{other:?} instead of the end"),
        }
    }
}

/// A payload with its length before it.
pub(crate) fn framed(payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("no test sends so much");
    [&length.to_be_bytes(), payload].concat()
}

/// A frame in one of the codecs.
pub(crate) fn encoded(codec: Codec, frame: &Value) -> Vec<u8> {
    match codec {
        Codec::Json => frame.to_string().into_bytes(),
        Codec::MessagePack => rmp_serde::to_vec_named(frame).expect("plain values can be written"),
    }
}

pub(crate) fn unpacked(payload: &[u8]) -> Value {
    rmp_serde::from_slice(payload).expect("the server sends MessagePack")
}

/// A request to the mark without flags.
pub(crate) fn request(message: &str, payload: Value) -> Value {
    json!({"target": "mark", "message_type": message, "payload": payload})
}

pub(crate) fn asks(message: &str, payload: Value) -> Value {
    with(request(message, payload), json!({"expects_reply": true}))
}

pub(crate) fn streams(message: &str, payload: Value, id: &str) -> Value {
    with(
        request(message, payload),
        json!({"expects_stream": true, "request_id": id}),
    )
}

/// The frame with more fields, or others.
pub(crate) fn with(mut frame: Value, fields: Value) -> Value {
    let (Value::Object(frame_fields), Value::Object(fields)) = (&mut frame, fields) else {
        panic!("both are objects")
    };
    frame_fields.extend(fields);
    frame
}

/// That an answer is a refusal, whole and with this code, of what did not reach its handler. Its text.
pub(crate) fn refused(answer: &Value, code: &str) -> String {
    let text = failed(answer, code, "no");
    let retryable = [
        "ActorNotFound",
        "TargetBusy",
        "LimitExceeded",
        "ShuttingDown",
        "Timeout",
        "Cancelled",
    ];
    assert_eq!(
        answer["error_details"]["retryable"],
        retryable.contains(&code),
        "{answer}"
    );
    text
}

/// That an answer is a failure, whole and with this code. Its text.
pub(crate) fn failed(answer: &Value, code: &str, delivered: &str) -> String {
    assert_eq!(
        (&answer["success"], &answer["payload"]),
        (&json!(false), &Value::Null),
        "{answer}"
    );
    assert_eq!(
        (&answer["error_code"], &answer["error_details"]["delivered"]),
        (&json!(code), &json!(delivered)),
        "{answer}"
    );
    let text = answer["error"].as_str().expect("a text");
    let text = text.strip_prefix(code).and_then(|text| text.strip_prefix(": "));
    text.unwrap_or_else(|| panic!("the code comes first: {answer}"))
        .to_owned()
}
