//! Compiled within the crate that is generated from `documents/everything.json`.

use std::{collections::BTreeMap, thread, time::Duration};

use everything_client::{
    Bytes, CallError, CallOptions, Client, Command, ConnectOptions, Connection, CustomerInput, Delivered, Expression,
    Level, Options, OrderError, PlaceOrder, Reading, Reserved, Scalar, Settings, Shape, Sku, blocking,
};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
};

/// Answers each request in turn with one of these frames, its id put in; returns the requests.
async fn answer(mut socket: UnixStream, frames: Vec<Value>) -> Vec<Value> {
    let mut requests = Vec::new();
    for mut frame in frames {
        let mut request = request(&mut socket).await;
        if let Some(id) = request.as_object_mut().unwrap().remove("request_id") {
            let place = if frame.get("is_final").is_some() {
                "stream_id"
            } else {
                "request_id"
            };
            frame[place] = id;
            let frame = frame.to_string();
            socket.write_u32(frame.len() as u32).await.unwrap();
            socket.write_all(frame.as_bytes()).await.unwrap();
        }
        requests.push(request);
    }
    requests
}

async fn request(socket: &mut UnixStream) -> Value {
    let mut payload = vec![0; socket.read_u32().await.unwrap() as usize];
    socket.read_exact(&mut payload).await.unwrap();
    serde_json::from_slice(&payload).unwrap()
}

fn reply(payload: Value) -> Value {
    json!({ "success": true, "error": null, "payload": payload })
}

#[tokio::test]
#[expect(deprecated, reason = "a deprecated contract is called like any other")]
async fn calls() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let frames = vec![
        reply(json!(null)),
        reply(json!({
            "class": "c", "type": "t", "from": "f", "constructor": "", "self_": "", "self": "s", "None": "",
            "def": "", "match": "", "async": "", "__proto__": "", "prototype": "", "toString": "",
        })),
        json!({
            "success": false, "payload": null, "error": "ContractError: no", "error_code": "ContractError",
            "error_details": { "ProductNotFound": "A-1" },
        }),
        json!({ "sequence": 0, "payload": { "remaining": 3 }, "is_final": true }),
        json!(null),
    ];
    let server = tokio::spawn(answer(theirs, frames));
    let client = Client::from(Connection::over(ours, ConnectOptions::new()));

    assert_eq!(client.containers_at("other").option(None).await, Ok(None));
    let keywords = client.keywords().with_timeout(Duration::from_secs(1));
    let keywords = keywords.class("a", "b", "c", "d", "e", 6, "g").await.unwrap();
    assert_eq!((keywords.r#type.as_str(), keywords.this.as_str()), ("t", "s"));
    let customer = CustomerInput {
        name: "Ada".into(),
        password: None,
    };
    let order = PlaceOrder {
        sku: Sku("A-1".into()),
        quantity: 2,
        customer,
    };
    let refused = client.orders().place_order(&order).await;
    assert_eq!(
        refused,
        Err(CallError::Contract(OrderError::ProductNotFound(Sku("A-1".into()))))
    );
    let mut ticks = client.feed().countdown(3, 10);
    assert_eq!(ticks.next().await.unwrap().unwrap().remaining, 3);
    assert!(ticks.next().await.is_none());
    client.orders().notify("news", true).await.unwrap();

    let requests = server.await.unwrap();
    let expected = [
        json!({
            "target": "other", "message_type": "everything.Containers.Option", "expects_reply": true,
            "timeout_ms": 30000, "payload": {},
        }),
        json!({
            "target": "keywords", "message_type": "everything.Keywords.Class", "expects_reply": true,
            "timeout_ms": 1000, "payload": {
                "class": "a", "type": "b", "from": "c", "constructor": "d", "self_": "e", "timeout": 6, "options": "g",
            },
        }),
        json!({
            "target": "orders", "message_type": "everything.Orders.PlaceOrder", "expects_reply": true, "timeout_ms": 30000,
            "payload": { "sku": "A-1", "quantity": 2, "customer": { "name": "Ada" } },
        }),
        json!({
            "target": "feed", "message_type": "everything.Feed.Countdown", "expects_stream": true,
            "timeout_ms": 30000, "credit": 256, "payload": { "from": 3, "delay_ms": 10 },
        }),
        json!({
            "target": "orders", "message_type": "everything.Orders.Notify",
            "payload": { "subject": "news", "urgent": true },
        }),
    ];
    assert_eq!(requests, expected);
}

#[tokio::test]
async fn only_an_idempotent_call_is_made_again_when_the_connection_is_lost() {
    let path = std::env::temp_dir().join(format!("callsheet-again-{}.sock", std::process::id()));
    let listener = UnixListener::bind(&path).unwrap();
    let again = || CallOptions::new().timeout(Duration::from_secs(20));
    // Whether the call is made again is up to the contract, and to the options before that.
    for (options, is_repeated) in [(again(), true), (again().idempotent(false), false)] {
        let connect = ConnectOptions::new().introduce(false);
        let client = Client::connect_with(&path, connect).await.unwrap();
        let server = async {
            let (mut socket, _) = listener.accept().await.unwrap();
            let lost = request(&mut socket).await;
            drop(socket);
            // Its place is taken by whatever is called next.
            let (socket, _) = listener.accept().await.unwrap();
            let next = answer(socket, vec![reply(json!(7))]).await.remove(0);
            (lost["message_type"].clone(), next["message_type"].clone())
        };
        let calls = async {
            let orders = client.orders().with_options(options);
            let counted = orders.count().await;
            if !is_repeated {
                client.scalars().echo_u8(7).await.unwrap();
            }
            counted
        };
        let ((lost, next), counted) = tokio::join!(server, calls);
        assert_eq!(lost, json!("everything.Orders.Count"));
        if is_repeated {
            assert_eq!((counted, next), (Ok(7), lost));
        } else {
            let Err(CallError::Failure(failure)) = counted else {
                panic!("a call that was not made again: {counted:?}");
            };
            assert_eq!(failure.delivered(), Delivered::Unknown);
            assert_eq!(next, json!("everything.Scalars.EchoU8"));
        }
    }
    // Of other methods the contract says nothing of the kind.
    let client = Client::connect_with(&path, ConnectOptions::new().introduce(false)).await.unwrap();
    let server = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        request(&mut socket).await
    };
    let scalars = client.scalars();
    let (_, lost) = tokio::join!(server, scalars.echo_u8(7));
    assert_eq!(lost.unwrap_err().delivered(), Delivered::Unknown);
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn blocking_calls() {
    let path = std::env::temp_dir().join(format!("callsheet-{}.sock", std::process::id()));
    let server = thread::spawn({
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(async { UnixListener::bind(&path).unwrap() });
        move || {
            runtime.block_on(async move {
                let frames = vec![
                    // It knows no introductions, and is called all the same.
                    json!({
                        "success": false, "payload": null, "error": "ProtocolError: no", "error_code": "ProtocolError",
                        "error_details": { "retryable": false, "delivered": "no" },
                    }),
                    reply(json!({ "A": 1 })),
                    json!({ "sequence": 0, "payload": { "remaining": 1 }, "is_final": true }),
                ];
                answer(listener.accept().await.unwrap().0, frames).await
            })
        }
    });
    let client = blocking::Client::connect(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let map = BTreeMap::from([("A".to_owned(), 1)]);
    assert_eq!(client.containers().text_map(&map).unwrap(), map);
    let ticks: Result<Vec<_>, _> = client.feed().countdown(1, 0).collect();
    assert_eq!(ticks.unwrap().len(), 1);
    let requests = server.join().unwrap();
    assert_eq!((requests.len(), &requests[0]["control"]), (3, &json!("hello")));
    let contracts = requests[0]["contracts"].as_object().unwrap();
    assert_eq!(contracts["everything.Feed"].as_str().map(str::len), Some(64), "{contracts:?}");
}

#[test]
fn models_have_the_form_of_the_wire() {
    let forms = [
        (json(&Shape::Nothing), json!("Nothing")),
        (json(&Shape::Circle(1.5)), json!({ "Circle": 1.5 })),
        (json(&Shape::Line(1.0, 2.0)), json!({ "Line": [1.0, 2.0] })),
        (
            json(&Shape::Rectangle {
                width: 1.0,
                height: 2.0,
                label: None,
            }),
            json!({ "Rectangle": { "width": 1.0, "height": 2.0 } }),
        ),
        (json(&Command::Stop), json!({ "type": "stop" })),
        (
            json(&Command::Configure(Options {
                retries: Some(3),
                ..Options::default()
            })),
            json!({ "type": "configure", "retries": 3 }),
        ),
        (json(&Reading::Missing), json!({ "kind": "Missing" })),
        (
            json(&Reading::Position(1, 2, 3)),
            json!({ "kind": "Position", "data": [1, 2, 3] }),
        ),
        (json(&Scalar::None), json!(null)),
        (json(&Scalar::Range { low: 1, high: 2 }), json!({ "low": 1, "high": 2 })),
        (json(&Level::Warning), json!("warning")),
        (json(&Reserved::Proto), json!("__proto__")),
        (
            json(&Expression::Negate(Box::new(Expression::Literal(1.0)))),
            json!({ "Negate": { "Literal": 1.0 } }),
        ),
    ];
    for (written, expected) in forms {
        assert_eq!(written, expected);
    }
}

#[test]
#[expect(deprecated, reason = "a struct is written whole")]
fn fields_may_be_read_and_written_under_different_names() {
    let received =
        json!({ "display-name": "a", "colour": "b", "maxRetries": 3, "limit": 4, "legacy": null, "blob": [1, 2] });
    let settings: Settings = serde_json::from_value(received).unwrap();
    let expected = Settings {
        display_name: "a".into(),
        colour: "b".into(),
        max_retries: 3,
        timeout: None,
        limit: Some(4),
        labels: None,
        legacy: Some(None),
        blob: Bytes::from_static(&[1, 2]),
        reference: None,
    };
    assert_eq!(settings, expected);
    let sent = json!({
        "display-name": "a", "colour": "b", "max_retries": 3, "limit": 4, "legacy": null, "blob": [1, 2],
    });
    assert_eq!(json(&settings), sent);
}

#[test]
#[expect(deprecated, reason = "a struct is written whole")]
fn a_default_of_the_servers_own_is_told_from_null() {
    let settings = |legacy| Settings {
        display_name: "a".into(),
        colour: "b".into(),
        max_retries: 3,
        timeout: None,
        limit: None,
        labels: None,
        legacy,
        blob: Bytes::new(),
        reference: None,
    };
    let mut wire = json!({ "display-name": "a", "colour": "b", "max_retries": 3, "blob": [] });
    assert_eq!(json(&settings(None)), wire);
    for (legacy, written) in [(None, json!(null)), (Some(true), json!(true))] {
        wire["legacy"] = written;
        assert_eq!(json(&settings(Some(legacy))), wire);
    }
}

fn json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}
