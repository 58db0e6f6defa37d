//! Events that are pushed to subscribers.

use serde_json::json;

use crate::{
    peer::assert_failure,
    probe::{Price, Server, Trade},
};

fn price(n: u32) -> Price {
    Price {
        symbol: "ACME".into(),
        price: f64::from(n),
    }
}

#[tokio::test]
async fn events_are_pushed_after_the_acknowledgement_with_their_numbers() {
    let server = Server::start().await;
    let broker = server.runtime.broker();
    broker.publish(price(0));
    let mut peer = server.peer().await;
    let acknowledged = peer
        .ask(r#"{"message_types":["Price","Trade","Price"],"request_id":"s"}"#)
        .await;
    let subscribed = json!({"subscribed": {"Price": 1, "Trade": 0}});
    assert_eq!(
        acknowledged,
        json!({"request_id": "s", "success": true, "payload": subscribed, "error": null})
    );
    broker.publish(price(1));
    broker.publish(Trade { quantity: 3 });
    let pushed = peer.receive().await;
    assert!(pushed["timestamp"].as_u64().unwrap() > 1_600_000_000_000, "{pushed}");
    let expected = json!({
        "notification_type": "subscription", "message_type": "Price", "timestamp": pushed["timestamp"], "seq": 1,
        "payload": {"symbol": "ACME", "price": 1.0},
    });
    assert_eq!(pushed, expected);
    let pushed = peer.receive().await;
    assert_eq!((&pushed["message_type"], &pushed["seq"]), (&json!("Trade"), &json!(0)));
    peer.works().await;
}

#[tokio::test]
async fn a_subscription_without_an_id_is_not_acknowledged() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(r#"{"message_types":["Price"]}"#).await;
    peer.send(r#"{"message_types":["Unheard"]}"#).await;
    peer.works().await;
    server.runtime.broker().publish(price(1));
    assert_eq!(peer.receive().await["payload"]["price"], 1.0);
}

#[tokio::test]
async fn an_unknown_event_is_refused_and_nothing_is_subscribed_to() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let refused = peer
        .ask(r#"{"message_types":["Price","Unheard"],"request_id":"s"}"#)
        .await;
    assert_failure(&refused, "UnknownMessageType", "no", false);
    assert_eq!(refused["request_id"], "s");
    server.runtime.broker().publish(price(1));
    peer.works().await;
}

#[tokio::test]
async fn subscribing_again_doubles_nothing_and_changes_the_codec() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    for _ in 0..2 {
        peer.ask(r#"{"message_types":["Price"],"request_id":"s"}"#).await;
    }
    server.runtime.broker().publish(price(1));
    assert_eq!(peer.receive().await["seq"], 0);
    peer.send_packed(&json!({"message_types": ["Price"], "request_id": "p"}))
        .await;
    assert_eq!(
        peer.receive_packed().await["payload"],
        json!({"subscribed": {"Price": 1}})
    );
    server.runtime.broker().publish(price(2));
    assert_eq!(peer.receive_packed().await["seq"], 1);
    peer.works().await;
}

#[tokio::test]
async fn a_peer_that_is_too_slow_is_told_how_many_it_missed() {
    let server = Server::setup()
        .listener(|options| options.high_water(4096))
        .start()
        .await;
    let broker = server.runtime.broker();
    let mut slow = server.peer().await;
    let mut other = server.peer().await;
    slow.ask(r#"{"message_types":["Price"],"request_id":"s"}"#).await;
    let published = 20_000;
    for n in 0..published {
        broker.publish(price(n));
        if n % 1000 == 0 {
            // The connections get a chance to write what their sockets take.
            other.works().await;
        }
    }
    // What was not dropped comes in order; the first push after a gap counts it.
    let mut next = 0;
    let mut missed = 0;
    let mut received = 0;
    while missed == 0 {
        let push = slow.receive().await;
        missed = push["missed"].as_u64().unwrap_or(0);
        received += 1;
        next += missed;
        assert_eq!(push["seq"], next, "{push}");
        next += 1;
        if next + 1 >= u64::from(published) || received % 64 == 0 {
            broker.publish(price(0));
        }
    }
    assert!(missed > 0);
    other.works().await;
}

#[tokio::test]
async fn an_event_that_cannot_be_written_is_missed() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.ask(r#"{"message_types":["Price"],"request_id":"s"}"#).await;
    let unfit = Price {
        symbol: "ACME".into(),
        price: f64::NAN,
    };
    server.runtime.broker().publish(unfit);
    server.runtime.broker().publish(price(2));
    let push = peer.receive().await;
    assert_eq!((&push["seq"], &push["missed"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn the_subscriptions_of_a_lost_connection_are_gone() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.ask(r#"{"message_types":["Price"],"request_id":"s"}"#).await;
    drop(peer);
    for n in 0..100 {
        server.runtime.broker().publish(price(n));
    }
    server.peer().await.works().await;
}
