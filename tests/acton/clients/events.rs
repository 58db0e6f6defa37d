//! Subscriptions to names and to patterns.

use std::time::Duration;

use acton_reactive::ipc::{IpcClient, IpcEnvelope, IpcPushNotification};
use serde_json::json;
use tokio::sync::mpsc;

use crate::{
    FORMATS, connect,
    service::{PriceUpdate, Service, TradeExecuted},
};

fn price(price: f64) -> PriceUpdate {
    PriceUpdate {
        symbol: "ACME".to_owned(),
        price,
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

async fn next(pushes: &mut mpsc::Receiver<IpcPushNotification>) -> IpcPushNotification {
    let next = tokio::time::timeout(Duration::from_secs(10), pushes.recv()).await;
    next.expect("a push comes in time").expect("the client is connected")
}

/// Shows that everything which was published before is there.
async fn settled(client: &IpcClient, pushes: &mut mpsc::Receiver<IpcPushNotification>) {
    let envelope = IpcEnvelope::new_request("calculator", "Add", json!({"a": 1, "b": 1}));
    client.request(envelope).await.expect("there is an answer");
    let more = pushes.try_recv();
    assert!(more.is_err(), "{more:?}");
}

#[tokio::test]
async fn events_are_pushed_to_whoever_subscribed_by_name() {
    let service = Service::start().await;
    let broker = service.runtime.broker();
    for format in FORMATS {
        let client = connect(&service, format).await;
        let mut pushes = client.take_push_receiver().expect("nobody has taken it");
        let subscribed = client.subscribe(texts(&["PriceUpdate"])).await.expect("an answer");
        assert!(subscribed.success, "{subscribed:?}");
        assert_eq!(subscribed.subscribed_types, ["PriceUpdate"]);
        broker.publish(TradeExecuted { quantity: 1 });
        broker.publish(price(1.5));
        let push = next(&mut pushes).await;
        assert_eq!(push.message_type, "PriceUpdate");
        assert_eq!(push.payload, json!({"symbol": "ACME", "price": 1.5}));
        assert!(push.timestamp_ms > 1_600_000_000_000 && push.source_actor.is_none());
        let both = client.subscribe(texts(&["TradeExecuted"])).await.expect("an answer");
        assert_eq!(both.subscribed_types, ["PriceUpdate", "TradeExecuted"]);
        let left = client.unsubscribe(texts(&["PriceUpdate"])).await.expect("an answer");
        assert_eq!(left.subscribed_types, ["TradeExecuted"]);
        broker.publish(price(2.5));
        broker.publish(TradeExecuted { quantity: 2 });
        assert_eq!(next(&mut pushes).await.payload, json!({"quantity": 2}));
        let none = client.unsubscribe(Vec::new()).await.expect("an answer");
        assert!(none.success && none.subscribed_types.is_empty(), "{none:?}");
        broker.publish(TradeExecuted { quantity: 3 });
        settled(&client, &mut pushes).await;
    }
}

#[tokio::test]
async fn events_are_pushed_to_whoever_subscribed_by_pattern() {
    let service = Service::start().await;
    let broker = service.runtime.broker();
    for format in FORMATS {
        let client = connect(&service, format).await;
        let mut pushes = client.take_push_receiver().expect("nobody has taken it");
        let patterns = texts(&["Trade*", "Price*"]);
        let subscribed = client.subscribe_patterns(patterns).await.expect("an answer");
        assert!(subscribed.success, "{subscribed:?}");
        assert_eq!(subscribed.subscribed_patterns, ["Price*", "Trade*"]);
        broker.publish(price(1.0));
        broker.publish(TradeExecuted { quantity: 1 });
        assert_eq!(next(&mut pushes).await.message_type, "PriceUpdate");
        assert_eq!(next(&mut pushes).await.message_type, "TradeExecuted");
        client.subscribe(texts(&["PriceUpdate"])).await.expect("an answer");
        let left = client.unsubscribe_patterns(Vec::new()).await.expect("an answer");
        assert!(left.success && left.subscribed_patterns.is_empty(), "{left:?}");
        broker.publish(TradeExecuted { quantity: 2 });
        broker.publish(price(2.0));
        assert_eq!(next(&mut pushes).await.payload["price"], 2.0);
        settled(&client, &mut pushes).await;
    }
}

#[tokio::test]
async fn what_cannot_be_subscribed_to_is_refused() {
    let service = Service::start().await;
    for format in FORMATS {
        let client = connect(&service, format).await;
        let refused = client
            .subscribe(texts(&["PriceUpdate", "Unheard"]))
            .await
            .expect("an answer");
        assert!(!refused.success && refused.error.is_some(), "{refused:?}");
        assert!(refused.subscribed_types.is_empty());
        let refused = client.subscribe_patterns(texts(&["Price"])).await.expect("an answer");
        assert!(!refused.success && refused.error.is_some(), "{refused:?}");
        assert!(refused.subscribed_patterns.is_empty());
    }
}
