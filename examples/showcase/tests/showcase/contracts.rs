use std::collections::HashSet;

use serde_json::{Value, json};

use crate::process::{Caller, Showcase};

fn request(target: &str, message_type: &str, payload: Value, expects: &str) -> Value {
    json!({ "target": target, "message_type": message_type, "payload": payload, expects: true })
}

async fn reply(caller: &mut Caller, target: &str, message_type: &str, payload: Value) -> Value {
    let answer = caller
        .ask(&request(target, message_type, payload, "expects_reply"))
        .await;
    assert_eq!(
        (&answer["success"], &answer["error"]),
        (&json!(true), &Value::Null),
        "{answer}"
    );
    answer["payload"].clone()
}

async fn error(caller: &mut Caller, target: &str, message_type: &str, payload: Value) -> Value {
    let answer = caller
        .ask(&request(target, message_type, payload, "expects_reply"))
        .await;
    assert_eq!(
        (&answer["success"], &answer["error_code"]),
        (&json!(false), &json!("ContractError")),
        "{answer}"
    );
    answer["error_details"].clone()
}

/// The payloads of a stream that ends well.
async fn items(caller: &mut Caller, target: &str, message_type: &str, payload: Value) -> Vec<Value> {
    caller
        .send(&request(target, message_type, payload, "expects_stream"))
        .await;
    let mut items = Vec::new();
    loop {
        let frame = caller.receive().await;
        assert_eq!(frame["sequence"], json!(items.len()), "{frame}");
        assert_eq!(frame.get("error"), None, "{frame}");
        let last = frame["is_final"] == json!(true);
        if !frame["payload"].is_null() {
            items.push(frame["payload"].clone());
        }
        if last {
            return items;
        }
    }
}

#[tokio::test]
async fn asks_are_answered() {
    let showcase = Showcase::start(&[]).await;
    let caller = &mut showcase.connect().await;

    let sum = reply(caller, "calculator", "AddRequest", json!({ "a": 5, "b": 3 })).await;
    assert_eq!(sum, json!({ "sum": 8 }));
    let overflow = error(caller, "calculator", "AddRequest", json!({ "a": i32::MAX, "b": 1 })).await;
    assert_eq!(overflow, json!("Overflow"));

    let unset = reply(caller, "kv_store", "GetValue", json!({ "key": "name" })).await;
    assert_eq!(unset, json!({ "value": null }));
    let set = reply(
        caller,
        "kv_store",
        "SetValue",
        json!({ "key": "name", "value": "Alice" }),
    )
    .await;
    assert_eq!(set, Value::Null);
    let value = reply(caller, "kv_store", "GetValue", json!({ "key": "name" })).await;
    assert_eq!(value, json!({ "value": "Alice" }));

    let order = reply(caller, "orders", "PlaceOrder", json!({ "product": "widget" })).await;
    assert!(order["order_id"].is_string(), "{order}");
    let refused = error(caller, "orders", "PlaceOrder", json!({ "product": "gadget" })).await;
    assert_eq!(refused, json!("OutOfStock"));
    let refused = error(caller, "orders", "PlaceOrder", json!({ "product": "sprocket" })).await;
    assert_eq!(refused, json!({ "ProductNotFound": "sprocket" }));

    for nothing in [json!({}), Value::Null] {
        let health = reply(caller, "health", "HealthCheck", nothing).await;
        assert_eq!(health, json!({ "status": "ok" }));
    }
}

#[tokio::test]
async fn a_tell_is_heard_and_not_answered() {
    let showcase = Showcase::start(&[]).await;
    let caller = &mut showcase.connect().await;
    assert_eq!(reply(caller, "agent", "QueryStatus", json!({})).await, json!("Offline"));
    let payload = json!({ "subject": "lunch", "body": "in the park at noon" });
    caller
        .send(&json!({ "target": "agent", "message_type": "Notify", "payload": payload }))
        .await;
    assert_eq!(reply(caller, "agent", "QueryStatus", json!({})).await, json!("Online"));
}

#[tokio::test]
async fn streams_are_sent_item_by_item() {
    let showcase = Showcase::start(&[]).await;
    let caller = &mut showcase.connect().await;

    let list = items(caller, "list_service", "ListRequest", json!({ "page_size": 10 })).await;
    let wanted: Vec<_> = (1..=25)
        .map(|id| json!({ "id": id, "name": format!("item {id}") }))
        .collect();
    assert_eq!(list, wanted);

    let no_pages = request(
        "list_service",
        "ListRequest",
        json!({ "page_size": 0 }),
        "expects_stream",
    );
    let refused = caller.ask(&no_pages).await;
    assert_eq!(
        (&refused["is_final"], &refused["error_code"], &refused["error_details"]),
        (&json!(true), &json!("ContractError"), &json!("EmptyPages"))
    );

    let ticks = items(
        caller,
        "countdown",
        "CountdownRequest",
        json!({ "from": 3, "delay_ms": 1 }),
    )
    .await;
    assert_eq!(ticks, [3, 2, 1].map(|value| json!({ "value": value })));
}

#[tokio::test]
async fn prices_and_trades_are_pushed() {
    let showcase = Showcase::start(&["--tick-ms", "10"]).await;
    let mut caller = showcase.connect().await;
    caller
        .send(&json!({ "message_types": ["PriceUpdate", "TradeExecuted"] }))
        .await;
    let mut seen = HashSet::new();
    for _ in 0..6 {
        let push = caller.receive().await;
        assert_eq!(push["notification_type"], json!("subscription"), "{push}");
        let event = push["message_type"].as_str().expect("named").to_owned();
        let payload = push["payload"].as_object().expect("a struct");
        assert!(payload["symbol"].is_string() && payload["price"].is_f64(), "{push}");
        assert_eq!(payload.contains_key("quantity"), event == "TradeExecuted", "{push}");
        seen.insert(event);
    }
    assert_eq!(seen, HashSet::from(["PriceUpdate".into(), "TradeExecuted".into()]));
}
