//! A server for tests against clients that do not keep to the protocol: whatever one sends, the next is answered.

use std::{future::pending, sync::Arc};

use callsheet_client::{
    CallOptions, Code, Codec, ConnectOptions, Connection, Events, Failure, Notice,
    hosting::{Accepted, Actor, Argument, Call, HostError, taken},
    testing::FakeServer,
};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
};

use crate::server::within_time;

const EVENT: &str = "demo.Struck";

struct Doubling;

impl Actor for Doubling {
    fn accept(self: Arc<Self>, call: Call<'_>) -> Result<Accepted, Failure> {
        match call.message_type() {
            "demo.Double" => {
                let mut number = Argument::<u32>::new();
                call.arguments(&["number"], &mut [number.place()])?;
                let number = taken(number)?;
                call.ask(async move { number.checked_mul(2).ok_or(HostError::Contract("too large")) })
            }
            "demo.Wait" => call.ask(pending::<Result<(), HostError>>()),
            _ => Err(call.unknown()),
        }
    }
}

fn served() -> FakeServer {
    let server = FakeServer::new(&[EVENT]).unwrap();
    server.serve("demo", "demo.Doubling", &["demo.Double", "demo.Wait"], Doubling);
    server
}

/// A client that writes what it likes.
struct Stranger(UnixStream);

impl Stranger {
    async fn to(server: &FakeServer) -> Self {
        Self(UnixStream::connect(server.path()).await.unwrap())
    }

    async fn say(&mut self, frame: &[u8]) {
        let length = u32::try_from(frame.len()).unwrap();
        self.0.write_all(&length.to_be_bytes()).await.unwrap();
        self.0.write_all(frame).await.unwrap();
    }

    async fn ask(&mut self, frame: &Value) -> Value {
        self.say(frame.to_string().as_bytes()).await;
        self.hear().await
    }

    async fn hear(&mut self) -> Value {
        let length = self.0.read_u32().await.unwrap();
        let mut frame = vec![0; usize::try_from(length).unwrap()];
        self.0.read_exact(&mut frame).await.unwrap();
        serde_json::from_slice(&frame).unwrap()
    }

    /// The server has ended the connection.
    async fn sees_the_end(mut self) {
        let mut rest = Vec::new();
        // It is an error where the server had not read all that was sent.
        let _ = self.0.read_to_end(&mut rest).await;
        assert!(rest.is_empty(), "{}", String::from_utf8_lossy(&rest));
    }
}

async fn still_works(server: &FakeServer) {
    let connection = Connection::connect(server.path()).await.unwrap();
    let number = json!({"number": 4});
    let doubled = connection.ask::<_, u32>("demo", "demo.Double", &number, CallOptions::new());
    assert_eq!(doubled.await.unwrap(), 8);
}

#[tokio::test]
async fn what_is_no_frame_ends_its_connection_alone() {
    within_time(async {
        let server = served();
        let mut other = Stranger::to(&server).await;
        let mut http = Stranger::to(&server).await;
        http.0.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        http.sees_the_end().await;
        for frame in [
            &b""[..],
            b"nonsense",
            b"[]",
            b"{\"request_id\":1}",
            b"\x81\xc1",
            &[b'['; 4096],
        ] {
            let mut stranger = Stranger::to(&server).await;
            stranger.say(frame).await;
            stranger.sees_the_end().await;
            still_works(&server).await;
        }
        let cut = Stranger::to(&server).await;
        drop(cut);
        let request = json!({
            "target": "demo", "message_type": "demo.Double", "request_id": "1", "expects_reply": true,
            "payload": {"number": 2},
        });
        assert_eq!(other.ask(&request).await["payload"], 4);
    })
    .await;
}

#[tokio::test]
async fn requests_that_do_not_fit_are_refused_and_the_connection_goes_on() {
    within_time(async {
        let server = served();
        let mut stranger = Stranger::to(&server).await;
        let request = |change: Value| {
            let mut request = json!({
                "target": "demo", "message_type": "demo.Double", "request_id": "1", "expects_reply": true,
                "payload": {"number": 2},
            });
            for (name, value) in change.as_object().unwrap() {
                request[name] = value.clone();
            }
            request
        };
        for (change, code) in [
            (json!({"target": "nobody"}), Code::ActorNotFound),
            (json!({"message_type": "demo.Halve"}), Code::UnknownMessageType),
            (json!({"payload": {"number": -1}}), Code::SerializationError),
            (json!({"payload": {}}), Code::SerializationError),
            (json!({"payload": null}), Code::SerializationError),
            (json!({"expects_stream": true}), Code::ProtocolError),
            (json!({"expects_reply": "yes"}), Code::ProtocolError),
        ] {
            let answer = stranger.ask(&request(change)).await;
            assert_eq!(answer["error_code"], code.as_str(), "{answer}");
            assert_eq!(stranger.ask(&request(json!({}))).await["payload"], 4);
        }
        // Of two calls with one id the second is refused.
        let waiting = request(json!({"message_type": "demo.Wait", "payload": {}}));
        stranger.say(waiting.to_string().as_bytes()).await;
        assert_eq!(stranger.ask(&request(json!({}))).await["error_code"], "ProtocolError");
        let cancelled = stranger.ask(&json!({"control": "cancel", "request_id": "1"})).await;
        assert_eq!(cancelled["error_code"], "Cancelled");
    })
    .await;
}

#[tokio::test]
async fn controls_and_subscriptions_that_make_no_sense_are_refused_or_ignored() {
    within_time(async {
        let server = served();
        let mut stranger = Stranger::to(&server).await;
        for ignored in [
            json!({"control": "cancel", "request_id": "9"}),
            json!({"control": "credit", "stream_id": "9", "items": 3}),
            json!({"success": true, "request_id": "9", "error": null, "payload": 1}),
            json!({"stream_id": "9", "sequence": 0, "is_final": true, "payload": null}),
            json!({"control": "unsubscribe", "message_types": ["demo.Never"]}),
        ] {
            stranger.say(ignored.to_string().as_bytes()).await;
        }
        let refused = stranger.ask(&json!({"control": "dance", "request_id": "1"})).await;
        assert_eq!(refused["error_code"], "ProtocolError");
        let refused = stranger
            .ask(&json!({"request_id": "2", "message_types": [EVENT, "demo.Never"]}))
            .await;
        assert_eq!(refused["error_code"], "UnknownMessageType");
        // Nothing of what was refused is subscribed to.
        server.publish(EVENT, &1).unwrap();
        let subscribed = stranger
            .ask(&json!({"request_id": "3", "message_types": ["demo.*"]}))
            .await;
        assert_eq!(subscribed["payload"]["subscribed"][EVENT], 2);
        server.publish(EVENT, &2).unwrap();
        assert_eq!(stranger.hear().await["payload"], 2);
        assert_eq!(
            server.publish("demo.Never", &3).unwrap_err().code(),
            Code::UnknownMessageType
        );
        still_works(&server).await;
    })
    .await;
}

#[tokio::test]
async fn without_a_place_for_its_socket_there_is_no_server() {
    const TEST: &str = "fakes::without_a_place_for_its_socket_there_is_no_server";
    // No socket's path may be so long. The folder is that of a process, so this test runs again in one of its own.
    let folder = "x".repeat(120);
    if std::env::temp_dir().ends_with(&folder) {
        assert_eq!(FakeServer::new(&[EVENT]).unwrap_err().code(), Code::Internal);
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join(folder);
    std::fs::create_dir(&folder).unwrap();
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    let ran = again.args(["--exact", TEST]).env("TMPDIR", folder).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    assert!(String::from_utf8_lossy(&ran.stdout).contains("1 passed"));
}

#[tokio::test]
async fn an_event_that_one_subscriber_cannot_be_told_is_told_to_none() {
    within_time(async {
        let server = served();
        let unencodable = || server.publish(EVENT, &f64::NAN).unwrap_err().code();
        assert_eq!(unencodable(), Code::SerializationError);
        let options = ConnectOptions::new().codec(Codec::MessagePack);
        let packed = Connection::connect_with(server.path(), options).await.unwrap();
        let mut events: Events<f64> = packed.subscribe(&[EVENT]).await.unwrap().decoded();
        let mut stranger = Stranger::to(&server).await;
        let subscribed = stranger
            .ask(&json!({"request_id": "1", "message_types": [EVENT]}))
            .await;
        assert_eq!(subscribed["payload"]["subscribed"][EVENT], 1);
        assert_eq!(unencodable(), Code::SerializationError);
        server.publish(EVENT, &0.5).unwrap();
        let heard = stranger.hear().await;
        assert_eq!((&heard["seq"], &heard["payload"]), (&json!(1), &json!(0.5)));
        let Notice::Event(event) = events.next().await.unwrap().unwrap() else {
            panic!("nothing was missed");
        };
        assert_eq!((event.sequence(), event.into_inner()), (Some(1), 0.5));
    })
    .await;
}
