//! A client written by hand from the documents of the protocol, in the shape that they show, against the showcase.
//!
//! It knows frames and nothing else: no ids, so the order of the answers alone says what they answer.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    time::timeout,
};

use crate::service::Service;

#[derive(Serialize)]
struct Request<'a> {
    target: &'a str,
    message_type: &'a str,
    payload: Value,
    expects_reply: bool,
    expects_stream: bool,
}

#[derive(Deserialize)]
struct Response {
    success: bool,
    payload: Option<Value>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct StreamFrame {
    sequence: u64,
    payload: Option<Value>,
    is_final: bool,
}

#[derive(Deserialize)]
struct Push {
    notification_type: String,
    message_type: String,
}

struct Client(UnixStream);

impl Client {
    async fn connect(service: &Service) -> Self {
        Client(UnixStream::connect(service.socket()).await.expect("it listens"))
    }

    async fn write(&mut self, frame: &impl Serialize) {
        let data = serde_json::to_vec(frame).expect("maps of plain values");
        let length = u32::try_from(data.len()).expect("a small frame").to_be_bytes();
        self.0.write_all(&length).await.expect("connected");
        self.0.write_all(&data).await.expect("connected");
    }

    async fn read<T: for<'de> Deserialize<'de>>(&mut self) -> T {
        let frame = async {
            let length = self.0.read_u32().await.expect("connected");
            let mut data = vec![0; length as usize];
            self.0.read_exact(&mut data).await.expect("connected");
            data
        };
        let frame = timeout(Duration::from_secs(10), frame)
            .await
            .expect("an answer in time");
        serde_json::from_slice(&frame).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&frame)))
    }

    async fn request(&mut self, target: &str, message_type: &str, payload: Value) {
        let request = Request {
            target,
            message_type,
            payload,
            expects_reply: true,
            expects_stream: false,
        };
        self.write(&request).await;
    }

    async fn call(&mut self, target: &str, message_type: &str, payload: Value) -> Response {
        self.request(target, message_type, payload).await;
        self.read().await
    }

    async fn stream(&mut self, target: &str, message_type: &str, payload: Value) -> Vec<Value> {
        let request = Request {
            target,
            message_type,
            payload,
            expects_reply: false,
            expects_stream: true,
        };
        self.write(&request).await;
        let mut items = Vec::new();
        for sequence in 0.. {
            let frame: StreamFrame = self.read().await;
            assert_eq!(frame.sequence, sequence);
            items.extend(frame.payload);
            if frame.is_final {
                break;
            }
        }
        items
    }
}

#[tokio::test]
async fn every_pattern() {
    let service = Service::showcase();
    let mut client = Client::connect(&service).await;

    let sum = client.call("calculator", "AddRequest", json!({"a": 5, "b": 3})).await;
    assert!(sum.success && sum.error.is_none());
    assert_eq!(sum.payload, Some(json!({"sum": 8})));

    let items = client
        .stream("list_service", "ListRequest", json!({"page_size": 10}))
        .await;
    assert_eq!(items.len(), 25);
    assert_eq!(items[24], json!({"id": 25, "name": "item 25"}));
    let ticks = client
        .stream("countdown", "CountdownRequest", json!({"from": 2, "delay_ms": 5}))
        .await;
    assert_eq!(ticks, [json!({"value": 2}), json!({"value": 1})]);

    client
        .request("kv_store", "SetValue", json!({"key": "name", "value": "Alice"}))
        .await;
    client.request("kv_store", "GetValue", json!({"key": "name"})).await;
    let (set, get): (Response, Response) = (client.read().await, client.read().await);
    assert!(set.success && set.payload.is_none());
    assert_eq!(get.payload, Some(json!({"value": "Alice"})));

    client
        .write(&json!({"message_types": ["PriceUpdate", "TradeExecuted"]}))
        .await;
    let (first, second): (Push, Push) = (client.read().await, client.read().await);
    assert_eq!(
        (&*first.notification_type, &*second.notification_type),
        ("subscription", "subscription")
    );
    let mut kinds = [first.message_type, second.message_type];
    kinds.sort();
    assert_eq!(kinds, ["PriceUpdate", "TradeExecuted"]);
    service.stop();
}

#[tokio::test]
async fn errors_are_recognised_by_their_words() {
    let service = Service::showcase();
    let mut client = Client::connect(&service).await;
    let cases = [
        ("calculator", "InvalidRequest", "UnknownMessageType"),
        ("nobody", "AddRequest", "ActorNotFound"),
        ("nobody", "AddRequest", "AgentNotFound"),
    ];
    for (target, message_type, word) in cases {
        let refused = client.call(target, message_type, json!({})).await;
        let error = refused.error.expect("it failed");
        assert!(!refused.success && refused.payload.is_none());
        assert!(error.contains(word), "{error}");
    }
    service.stop();
}

#[tokio::test]
async fn many_requests_are_answered_in_their_order() {
    let service = Service::showcase();
    let mut client = Client::connect(&service).await;
    for number in 0..100 {
        client
            .request("calculator", "AddRequest", json!({"a": number, "b": 1}))
            .await;
        client.request("nobody", "AddRequest", json!({})).await;
    }
    for number in 0..100 {
        assert_eq!(
            client.read::<Response>().await.payload,
            Some(json!({"sum": number + 1}))
        );
        assert!(!client.read::<Response>().await.success);
    }
    service.stop();
}
