//! Events, subscribed to by their names and by patterns.

use serde_json::{Value, json};

use super::{
    Client, ERROR, PUSH, REQUEST, RESPONSE, SECOND, SUBSCRIBE, SUBSCRIBE_PATTERNS, UNSUBSCRIBE, UNSUBSCRIBE_PATTERNS,
    ask,
};
use crate::probe::{Price, Server, Trade};

fn price(n: u32) -> Price {
    Price {
        symbol: "ACME".into(),
        price: f64::from(n),
    }
}

fn names(field: &str, names: &[&str]) -> Value {
    json!({"correlation_id": "u", field: names})
}

#[tokio::test]
async fn events_are_pushed_to_whoever_subscribed_by_name() {
    let server = Server::start().await;
    let broker = server.runtime.broker();
    for form in SECOND {
        let mut client = Client::connect(&server.path()).await;
        let listed = client.ask(form, SUBSCRIBE, &names("message_types", &["Trade"])).await;
        let expected = json!({"correlation_id": "u", "success": true, "subscribed_types": ["Trade"]});
        assert_eq!(listed, (RESPONSE, expected));
        let (_, listed) = client
            .ask(form, SUBSCRIBE, &names("message_types", &["Price", "Trade"]))
            .await;
        assert_eq!(
            listed["subscribed_types"],
            json!(["Price", "Trade"]),
            "all that there are"
        );
        broker.publish(price(3));
        let (kind, pushed) = client.answer(form).await;
        let expected = json!({
            "notification_id": pushed["notification_id"], "message_type": "Price",
            "timestamp_ms": pushed["timestamp_ms"], "payload": {"symbol": "ACME", "price": 3.0},
        });
        assert_eq!((kind, &pushed), (PUSH, &expected));
        assert!(pushed["notification_id"].is_string() && pushed["timestamp_ms"].is_u64());
        let (_, left) = client
            .ask(form, UNSUBSCRIBE, &names("message_types", &["Price", "Unheard"]))
            .await;
        assert_eq!(left["subscribed_types"], json!(["Trade"]));
        broker.publish(price(4));
        broker.publish(Trade { quantity: 5 });
        assert_eq!(client.answer(form).await.1["payload"]["quantity"], 5);
        let (_, left) = client.ask(form, UNSUBSCRIBE, &names("message_types", &[])).await;
        assert_eq!(left["subscribed_types"], json!([]));
        broker.publish(Trade { quantity: 6 });
        client.works(form).await;
    }
}

#[tokio::test]
async fn names_and_patterns_are_subscribed_to_apart() {
    let server = Server::start().await;
    let broker = server.runtime.broker();
    for form in SECOND {
        let mut client = Client::connect(&server.path()).await;
        let (_, listed) = client
            .ask(form, SUBSCRIBE_PATTERNS, &names("patterns", &["Tra*", "Pri*"]))
            .await;
        assert_eq!(listed["subscribed_patterns"], json!(["Pri*", "Tra*"]));
        assert!(listed.get("subscribed_types").is_none(), "{listed}");
        client.ask(form, SUBSCRIBE, &names("message_types", &["Price"])).await;
        // Both want it; it comes once, and still after one of them has ended.
        broker.publish(price(1));
        assert_eq!(client.answer(form).await.1["payload"]["price"], 1.0);
        let (_, left) = client.ask(form, UNSUBSCRIBE, &names("message_types", &["Price"])).await;
        assert_eq!(left["subscribed_types"], json!([]));
        broker.publish(price(2));
        assert_eq!(client.answer(form).await.1["payload"]["price"], 2.0);
        client.ask(form, SUBSCRIBE, &names("message_types", &["Price"])).await;
        let (_, left) = client
            .ask(form, UNSUBSCRIBE_PATTERNS, &names("patterns", &["Pri*"]))
            .await;
        assert_eq!(left["subscribed_patterns"], json!(["Tra*"]));
        broker.publish(price(3));
        assert_eq!(client.answer(form).await.1["payload"]["price"], 3.0);
        // Without any name all patterns end, and the names stay.
        let (_, left) = client.ask(form, UNSUBSCRIBE_PATTERNS, &names("patterns", &[])).await;
        assert_eq!(left["subscribed_patterns"], json!([]));
        broker.publish(Trade { quantity: 1 });
        broker.publish(price(4));
        assert_eq!(client.answer(form).await.1["payload"]["price"], 4.0);
        client.ask(form, SUBSCRIBE_PATTERNS, &names("patterns", &["*"])).await;
        client.ask(form, UNSUBSCRIBE, &names("message_types", &[])).await;
        broker.publish(price(5));
        client.works(form).await;
    }
}

#[tokio::test]
async fn a_subscription_that_is_refused_changes_nothing() {
    let server = Server::start().await;
    for form in SECOND {
        let mut client = Client::connect(&server.path()).await;
        let many: Vec<String> = (0..65).map(|n| format!("p{n}*")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for (kind, field, wanted, code) in [
            (
                SUBSCRIBE,
                "message_types",
                &["Price", "Unheard"][..],
                "UNKNOWN_MESSAGE_TYPE",
            ),
            (SUBSCRIBE, "message_types", &["Price", "Tra*"], "PROTOCOL_ERROR"),
            (SUBSCRIBE, "message_types", &["Price", ""], "PROTOCOL_ERROR"),
            (
                SUBSCRIBE,
                "message_types",
                &["Price", &"x".repeat(2000)],
                "PROTOCOL_ERROR",
            ),
            (SUBSCRIBE_PATTERNS, "patterns", &["Pri*", "Trade"], "PROTOCOL_ERROR"),
            (SUBSCRIBE_PATTERNS, "patterns", &["Pri*", "*rade*"], "PROTOCOL_ERROR"),
            (SUBSCRIBE_PATTERNS, "patterns", &many, "LIMIT_EXCEEDED"),
            (SUBSCRIBE_PATTERNS, "message_types", &["Pri*"], "SERIALIZATION_ERROR"),
            (UNSUBSCRIBE_PATTERNS, "patterns", &["Price"], "PROTOCOL_ERROR"),
        ] {
            let (answered, refused) = client.ask(form, kind, &names(field, wanted)).await;
            assert_eq!((answered, &refused["success"]), (ERROR, &json!(false)), "{refused}");
            assert_eq!(refused["error_code"], code, "{refused}");
            let list = if kind < SUBSCRIBE_PATTERNS {
                "subscribed_types"
            } else {
                "subscribed_patterns"
            };
            assert_eq!((&refused["correlation_id"], &refused[list]), (&json!("u"), &json!([])));
        }
        server.runtime.broker().publish(price(1));
        client.works(form).await;
    }
}

#[tokio::test]
async fn a_reader_that_stops_is_told_what_it_missed() {
    let server = Server::setup()
        .listener(|options| options.high_water(4096))
        .start()
        .await;
    let broker = server.runtime.broker();
    for form in SECOND {
        let mut client = Client::connect(&server.path()).await;
        client.ask(form, SUBSCRIBE, &names("message_types", &["Trade"])).await;
        // Nothing is awaited meanwhile, so the connection's task writes nothing.
        (0..1000).for_each(|quantity| broker.publish(Trade { quantity }));
        client.send(form, REQUEST, &ask("Add", json!({"a": 1, "b": 1}))).await;
        let mut read = 0;
        while let (PUSH, pushed) = client.answer(form).await {
            assert_eq!(pushed["payload"]["quantity"], read);
            assert!(pushed.get("missed").is_none(), "{pushed}");
            read += 1;
        }
        broker.publish(Trade { quantity: 1000 });
        let (_, pushed) = client.answer(form).await;
        assert_eq!(pushed["missed"], 1000 - read);
    }
}
