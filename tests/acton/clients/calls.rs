//! Calls, messages, streams, discovery and what is refused.

use std::time::Duration;

use acton_reactive::ipc::{
    IpcClient, IpcEnvelope, IpcStreamFrame,
    protocol::{Format, MSG_TYPE_HEARTBEAT, PROTOCOL_VERSION, read_frame, write_heartbeat},
};
use serde_json::{Value, json};
use tokio::{net::UnixStream, sync::mpsc};

use crate::{FORMATS, connect, service::Service};

async fn ask(client: &IpcClient, message: &str, payload: Value) -> Value {
    let envelope = IpcEnvelope::new_request("calculator", message, payload);
    let response = client.request(envelope).await.expect("there is an answer");
    assert!(response.success, "{response:?}");
    assert!(
        response.error.is_none() && response.error_code.is_none(),
        "{response:?}"
    );
    response.payload.unwrap_or_default()
}

/// The code of what is refused.
async fn refused(client: &IpcClient, envelope: IpcEnvelope) -> (String, Option<Value>) {
    let response = client.request(envelope).await.expect("there is an answer");
    assert!(!response.success && response.error.is_some(), "{response:?}");
    (response.error_code.expect("a refusal has a code"), response.payload)
}

#[tokio::test]
async fn a_request_is_answered() {
    let service = Service::start().await;
    for format in FORMATS {
        let client = connect(&service, format).await;
        assert_eq!(ask(&client, "Add", json!({"a": 5, "b": 3})).await, 8);
        assert_eq!(ask(&client, "demo.Calculator.Add", json!({"a": -5, "b": 3})).await, -2);
        assert_eq!(ask(&client, "Clear", json!({})).await, Value::Null);
        assert_eq!(ask(&client, "Clear", Value::Null).await, Value::Null);
        client.disconnect().await.expect("it ends in good order");
    }
}

#[tokio::test]
async fn many_requests_are_in_flight_at_once() {
    let service = Service::start().await;
    for format in FORMATS {
        let client = connect(&service, format).await;
        let calls = (0..200).map(|n| {
            let client = &client;
            async move { assert_eq!(ask(client, "Add", json!({"a": n, "b": 1})).await, n + 1) }
        });
        futures_util::future::join_all(calls).await;
    }
}

#[tokio::test]
async fn a_message_without_a_reply_arrives_and_is_acknowledged() {
    let service = Service::start().await;
    for format in FORMATS {
        let client = connect(&service, format).await;
        ask(&client, "Clear", json!({})).await;
        let note = || IpcEnvelope::new("calculator", "Note", json!({"text": "n"}));
        client.send(note()).await.expect("the connection is open");
        // The same, with somebody who looks at what the server says to it.
        let answer = client.request(note()).await.expect("there is an answer");
        assert_eq!(answer.payload, Some(json!({"status": "delivered"})));
        assert_eq!(ask(&client, "Notes", json!({})).await, json!(["n", "n"]));
    }
}

async fn all(mut frames: mpsc::Receiver<IpcStreamFrame>) -> Vec<IpcStreamFrame> {
    let mut all = Vec::new();
    while let Some(frame) = frames.recv().await {
        assert_eq!(frame.sequence as usize, all.len());
        all.push(frame);
    }
    let finals: Vec<_> = all.iter().map(|frame| frame.is_final).collect();
    assert_eq!(finals.iter().filter(|is_final| **is_final).count(), 1);
    assert_eq!(finals.last(), Some(&true));
    all
}

async fn stream(client: &IpcClient, message: &str, payload: Value) -> Vec<IpcStreamFrame> {
    let envelope = IpcEnvelope::new_stream_request("calculator", message, payload);
    all(client.request_stream(envelope).await.expect("the connection is open")).await
}

#[tokio::test]
async fn a_stream_is_read_to_its_end() {
    let service = Service::start().await;
    for format in FORMATS {
        let client = connect(&service, format).await;
        for items in [0, 1, 3, 500] {
            let frames = stream(&client, "Countdown", json!({"from": items})).await;
            let read: Vec<_> = frames.iter().filter_map(|frame| frame.payload.clone()).collect();
            let expected: Vec<_> = (1..=items).rev().map(Value::from).collect();
            assert_eq!(read, expected);
            assert!(frames.iter().all(|frame| frame.error.is_none()), "{frames:?}");
        }
    }
}

#[tokio::test]
async fn a_stream_that_fails_ends_with_an_error() {
    let service = Service::start().await;
    for format in FORMATS {
        let client = connect(&service, format).await;
        for (message, payload, items, code) in [
            ("Broken", json!({"after": 2}), 2, "CONTRACT_ERROR"),
            ("Countdown", json!({"from": "x"}), 0, "SERIALIZATION_ERROR"),
            ("Unheard", json!({}), 0, "UNKNOWN_MESSAGE_TYPE"),
        ] {
            let frames = stream(&client, message, payload).await;
            let last = frames.last().expect("there is a final frame");
            assert_eq!((frames.len(), last.error_code.as_deref()), (items + 1, Some(code)));
        }
    }
}

#[tokio::test]
async fn what_is_refused_has_a_code_that_the_client_knows() {
    let service = Service::start().await;
    for format in FORMATS {
        let client = connect(&service, format).await;
        let request = |target: &str, message: &str, payload| IpcEnvelope::new_request(target, message, payload);
        for (envelope, code) in [
            (request("nobody", "Add", json!({})), "ACTOR_NOT_FOUND"),
            (request("calculator", "Unheard", json!({})), "UNKNOWN_MESSAGE_TYPE"),
            (
                request("calculator", "Add", json!({"a": "five"})),
                "SERIALIZATION_ERROR",
            ),
            (request("calculator", "Countdown", json!({"from": 1})), "PROTOCOL_ERROR"),
            (
                IpcEnvelope::new_request_with_timeout("calculator", "Hang", json!({}), 20),
                "TIMEOUT",
            ),
        ] {
            assert_eq!(refused(&client, envelope).await, (code.to_owned(), None));
        }
        let divide = request("calculator", "Divide", json!({"dividend": 7, "divisor": 0}));
        let (code, error) = refused(&client, divide).await;
        assert_eq!(code, "CONTRACT_ERROR");
        assert_eq!(error, Some(json!({"DivisionByZero": {"dividend": 7}})));
        assert_eq!(ask(&client, "Add", json!({"a": 1, "b": 1})).await, 2);
    }
}

#[tokio::test]
async fn what_there_is_is_discovered() {
    let service = Service::start().await;
    for format in FORMATS {
        let client = connect(&service, format).await;
        let found = client.discover().await.expect("there is an answer");
        assert!(found.success && found.error.is_none(), "{found:?}");
        let actors = found.actors.expect("the client asks for them");
        assert_eq!((actors.len(), &*actors[0].name), (1, "calculator"));
        let types = found.message_types.expect("the client asks for them");
        for name in ["demo.Calculator.Add", "demo.Calculator.Note", "PriceUpdate"] {
            assert!(types.iter().any(|known| known == name), "{name}: {types:?}");
        }
        let version = found.protocol_version.expect("the server tells");
        assert_eq!(version.current, PROTOCOL_VERSION);
        let can = version.capabilities;
        assert!(can.messagepack() && can.streaming() && can.push() && can.discovery());
    }
}

#[tokio::test]
async fn a_heartbeat_is_answered() {
    let service = Service::start().await;
    let mut socket = UnixStream::connect(service.listener.path()).await.expect("it listens");
    write_heartbeat(&mut socket).await.expect("it is open");
    let (kind, format, payload) = read_frame(&mut socket, 64).await.expect("there is an answer");
    assert_eq!((kind, format, payload.len()), (MSG_TYPE_HEARTBEAT, Format::Json, 0));
}

#[tokio::test]
async fn a_client_hears_of_the_end_of_the_server() {
    let service = Service::start().await;
    let client = connect(&service, Format::Json).await;
    ask(&client, "Add", json!({"a": 1, "b": 1})).await;
    let hang = client.request(IpcEnvelope::new_request("calculator", "Hang", json!({})));
    let end = async {
        // Dispatched before whatever is answered behind it.
        ask(&client, "Add", json!({"a": 1, "b": 1})).await;
        service.listener.shutdown().await;
    };
    let (answer, ()) = tokio::time::timeout(Duration::from_secs(20), async { tokio::join!(hang, end) })
        .await
        .expect("the drain is bounded");
    let answer = answer.expect("what is cut is still answered");
    assert_eq!(answer.error_code.as_deref(), Some("SHUTTING_DOWN"));
}
