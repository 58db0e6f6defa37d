//! The server's end of a connection, played frame by frame.

use std::{borrow::Cow, future::Future, time::Duration};

use callsheet_client::{Codec, ConnectOptions, Connection, Failure};
use callsheet_wire::{
    Incoming, frame, read,
    write::{self, PushHead},
};
use serde::Serialize;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    time::timeout,
};

pub(crate) const CODECS: [Codec; 2] = [Codec::Json, Codec::MessagePack];

/// Fails a test that hangs.
pub(crate) async fn within_time<T>(test: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(20), test)
        .await
        .expect("the test ends in time")
}

pub(crate) fn connected(options: ConnectOptions) -> (Connection, Server) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let connection = Connection::over(ours, options);
    let server = Server::new(theirs, connection.codec());
    (connection, server)
}

pub(crate) struct Server {
    socket: UnixStream,
    codec: Codec,
    read: Vec<u8>,
}

/// A frame of the client, as far as tests look at it.
#[derive(Debug, PartialEq)]
pub(crate) enum Said {
    Request(Request),
    Subscribe { names: Vec<String>, id: String },
    Cancel(String),
}

#[derive(Debug, PartialEq)]
pub(crate) struct Request {
    pub(crate) target: String,
    pub(crate) message_type: String,
    pub(crate) payload: Value,
    pub(crate) id: Option<String>,
    pub(crate) expects_reply: bool,
    pub(crate) expects_stream: bool,
    pub(crate) timeout_ms: Option<u64>,
}

impl Request {
    pub(crate) fn id(&self) -> &str {
        self.id.as_deref().expect("the request has an id")
    }
}

impl Server {
    pub(crate) fn new(socket: UnixStream, codec: Codec) -> Self {
        Self {
            socket,
            codec,
            read: Vec::new(),
        }
    }

    /// The next frame of the client; `None` when it hung up.
    pub(crate) async fn hear(&mut self) -> Option<Said> {
        loop {
            if let frame::Next::Frame { payload, consumed } = frame::next(&self.read, usize::MAX) {
                let (codec, incoming) = read(&self.read[payload]).expect("the client sends what can be read");
                assert_eq!(codec, self.codec);
                let said = said(incoming);
                self.read.drain(..consumed);
                return Some(said);
            }
            if self.socket.read_buf(&mut self.read).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    pub(crate) async fn request(&mut self) -> Request {
        match self.hear().await {
            Some(Said::Request(request)) => request,
            other => panic!("expected a request, heard {other:?}"),
        }
    }

    pub(crate) async fn say(&mut self, write: impl FnOnce(&mut Vec<u8>, Codec)) {
        let mut out = Vec::new();
        write(&mut out, self.codec);
        // The client may have hung up; what it then misses is for the test to see.
        let _ = self.socket.write_all(&out).await;
    }

    pub(crate) async fn reply(&mut self, id: &str, payload: &impl Serialize) {
        self.say(|out, codec| write::response(out, codec, Some(id), payload).unwrap())
            .await;
    }

    pub(crate) async fn refuse(&mut self, id: Option<&str>, failure: &Failure) {
        self.say(|out, codec| write::refusal(out, codec, id, failure)).await;
    }

    pub(crate) async fn declare(&mut self, id: &str, details: &impl Serialize) {
        self.say(|out, codec| write::contract_error(out, codec, Some(id), "declared", details).unwrap())
            .await;
    }

    pub(crate) async fn item(&mut self, id: &str, sequence: u64, is_final: bool, item: &impl Serialize) {
        self.say(|out, codec| write::stream_item(out, codec, id, sequence, is_final, item).unwrap())
            .await;
    }

    pub(crate) async fn accept_subscription(&mut self) -> Vec<String> {
        let Some(Said::Subscribe { names, id }) = self.hear().await else {
            panic!("expected a subscribe")
        };
        let next: serde_json::Map<String, Value> = names.iter().map(|name| (name.clone(), 0.into())).collect();
        self.reply(&id, &serde_json::json!({ "subscribed": next })).await;
        names
    }

    pub(crate) async fn push(&mut self, name: &str, seq: u64, missed: Option<u64>, event: &impl Serialize) {
        let head = PushHead {
            message_type: name,
            timestamp: 1_700_000_000_000,
            seq: Some(seq),
            source: None,
            missed,
        };
        let mut payload = Vec::new();
        callsheet_wire::encode(self.codec, event, &mut payload).unwrap();
        self.say(|out, codec| write::push(out, codec, &head, &payload).unwrap())
            .await;
    }
}

fn said(incoming: Incoming<'_>) -> Said {
    let owned = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned);
    match incoming {
        Incoming::Request(request) => Said::Request(Request {
            target: request.target.into_owned(),
            message_type: request.message_type.into_owned(),
            payload: request.payload.decode().unwrap(),
            id: owned(request.request_id),
            expects_reply: request.expects_reply,
            expects_stream: request.expects_stream,
            timeout_ms: request.timeout_ms,
        }),
        Incoming::Subscribe(subscribe) => Said::Subscribe {
            names: subscribe.message_types.into_iter().map(Cow::into_owned).collect(),
            id: owned(subscribe.request_id).expect("the client waits for the acknowledgement"),
        },
        Incoming::Control(control) if control.control == "cancel" => Said::Cancel(owned(control.request_id).unwrap()),
        other => panic!("no client sends {other:?}"),
    }
}
