//! The server's end of a connection, played frame by frame.

use std::{borrow::Cow, collections::BTreeMap, fs, future::Future, path::PathBuf, time::Duration};

use callsheet_client::{Allowed, Codec, ConnectOptions, Connection, Failure, Welcome};
use callsheet_wire::{
    Goodbye, Hello, Incoming, frame, read,
    write::{self, PushHead},
};
use serde::Serialize;
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
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

/// Where a server may be found, as long as it is open.
pub(crate) struct Place {
    folder: TempDir,
    listener: Option<UnixListener>,
    codec: Codec,
}

impl Place {
    pub(crate) fn open() -> Self {
        let mut place = Self {
            folder: tempfile::tempdir().unwrap(),
            listener: None,
            codec: Codec::Json,
        };
        place.reopen();
        place
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("demo.sock")
    }

    /// From now on nobody listens.
    pub(crate) fn close(&mut self) {
        self.listener = None;
        fs::remove_file(self.path()).unwrap();
    }

    pub(crate) fn reopen(&mut self) {
        self.listener = Some(UnixListener::bind(self.path()).unwrap());
    }

    pub(crate) async fn accept(&self) -> Server {
        Server::new(self.accept_socket().await, self.codec)
    }

    pub(crate) async fn accept_socket(&self) -> UnixStream {
        let listener = self.listener.as_ref().expect("the place is open");
        listener.accept().await.unwrap().0
    }

    pub(crate) async fn connect(&mut self, options: ConnectOptions) -> (Connection, Server) {
        let connection = Connection::connect_with(self.path(), options).await.unwrap();
        self.codec = connection.codec();
        (connection, self.accept().await)
    }
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
    Subscribe {
        names: Vec<String>,
        id: String,
    },
    Cancel(String),
    Credit {
        stream: String,
        items: u64,
    },
    Unsubscribe(Vec<String>),
    Hello {
        contracts: BTreeMap<String, String>,
        id: String,
    },
    /// Any other control, with the whole frame.
    Question {
        name: String,
        id: String,
        frame: Value,
    },
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
    pub(crate) credit: Option<u64>,
    pub(crate) meta: Option<Value>,
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

    /// Says what nobody asked for, without an end.
    pub(crate) async fn flood(mut self) {
        let mut frames = Vec::new();
        for _ in 0..1000 {
            write::response(&mut frames, self.codec, Some("nobody"), &"words").unwrap();
        }
        while self.socket.write_all(&frames).await.is_ok() {}
    }

    /// Hears a hello, and answers as a server in this life that allows so many calls at once.
    pub(crate) async fn greet(&mut self, epoch: &str, in_flight: u64, differing: &[&str]) -> BTreeMap<String, String> {
        let Some(Said::Hello { contracts, id }) = self.hear().await else {
            panic!("expected a hello")
        };
        let welcome = Welcome {
            protocol: 1,
            server: "by hand".to_owned(),
            epoch: epoch.to_owned(),
            unknown: Vec::new(),
            differing: differing.iter().map(|name| (*name).to_owned()).collect(),
            limits: Allowed {
                frame: 4096,
                in_flight,
                idle_ms: None,
            },
        };
        self.reply(&id, &welcome).await;
        contracts
    }

    pub(crate) async fn say_goodbye(&mut self) {
        self.say(|out, codec| write::goodbye(out, codec, Goodbye { drain_ms: 1000 }))
            .await;
    }

    /// Accepts a subscription to one event, whose next number is this.
    pub(crate) async fn accept_from(&mut self, next: u64) {
        let Some(Said::Subscribe { names, id }) = self.hear().await else {
            panic!("expected a subscribe")
        };
        let numbers = BTreeMap::from([(&names[0], next)]);
        self.reply(&id, &serde_json::json!({ "subscribed": numbers })).await;
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
            credit: request.credit,
            meta: request.meta.map(|meta| meta.decode().unwrap()),
        }),
        Incoming::Subscribe(subscribe) => Said::Subscribe {
            names: subscribe.message_types.into_iter().map(Cow::into_owned).collect(),
            id: owned(subscribe.request_id).expect("the client waits for the acknowledgement"),
        },
        Incoming::Control(control) if control.control == "cancel" => Said::Cancel(owned(control.request_id).unwrap()),
        Incoming::Control(control) => {
            let id = owned(control.request_id);
            match &*control.control {
                "credit" => Said::Credit {
                    stream: owned(control.stream_id).unwrap(),
                    items: control.items.unwrap(),
                },
                "unsubscribe" => {
                    let names = control.message_types.expect("it says from what");
                    Said::Unsubscribe(names.into_iter().map(Cow::into_owned).collect())
                }
                "hello" => {
                    let hello: Hello = control.frame.decode().unwrap();
                    assert_eq!(hello.protocol, [1, 1]);
                    Said::Hello {
                        contracts: hello.contracts,
                        id: id.expect("the client wants to know"),
                    }
                }
                name => Said::Question {
                    name: name.to_owned(),
                    id: id.expect("the client wants to know"),
                    frame: control.frame.decode().unwrap(),
                },
            }
        }
        other => panic!("no client sends {other:?}"),
    }
}
