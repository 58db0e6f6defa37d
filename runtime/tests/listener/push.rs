//! Events that are pushed to subscribers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use callsheet::{Broker, Describe, Received, contract_type};
use callsheet_schema::{TypeRef, Types};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::Error};
use serde_json::json;

use crate::{
    peer::{assert_failure, within},
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

#[contract_type(name = "later.Tick")]
pub struct Tick(u32);

#[tokio::test]
async fn a_pattern_subscribes_to_the_exposed_events_that_match_now_and_later() {
    let server = Server::start().await;
    let broker = server.runtime.broker();
    broker.publish(Tick(0));
    let mut peer = server.peer().await;
    let acknowledged = peer
        .ask(r#"{"message_types":["Pri*","later.*"],"request_id":"s"}"#)
        .await;
    assert_eq!(acknowledged["payload"], json!({"subscribed": {"Price": 0}}));
    broker.publish(Tick(1));
    broker.publish(Trade { quantity: 1 });
    broker.expose::<Tick>();
    broker.publish(Tick(2));
    broker.publish(price(1));
    let push = peer.receive().await;
    assert_eq!((&push["message_type"], &push["seq"]), (&json!("later.Tick"), &json!(2)));
    assert_eq!(peer.receive().await["message_type"], "Price");
    let acknowledged = peer.ask(r#"{"message_types":["*"],"request_id":"s"}"#).await;
    let all = json!({"subscribed": {"Price": 1, "Trade": 1, "later.Tick": 3}});
    assert_eq!(acknowledged["payload"], all);
}

#[tokio::test]
async fn an_event_reaches_a_connection_once_however_many_patterns_match() {
    let server = Server::start().await;
    let broker = server.runtime.broker();
    let mut peer = server.peer().await;
    peer.ask(r#"{"message_types":["*","P*","Price","later.*","later.T*"],"request_id":"s"}"#)
        .await;
    peer.ask(r#"{"message_types":["Pr*"],"request_id":"s"}"#).await;
    broker.expose::<Tick>();
    broker.publish(price(1));
    broker.publish(Tick(0));
    assert_eq!(peer.receive().await["message_type"], "Price");
    assert_eq!(peer.receive().await["message_type"], "later.Tick");
    assert_eq!(broker.subscribers::<Price>(), 1);
    peer.works().await;
}

#[tokio::test]
async fn later_events_come_in_the_codec_in_which_their_pattern_was_asked_for_last() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.ask(r#"{"message_types":["later.*"],"request_id":"s"}"#).await;
    peer.send_packed(&json!({"message_types": ["later.*"], "request_id": "p"}))
        .await;
    assert_eq!(peer.receive_packed().await["payload"], json!({"subscribed": {}}));
    server.runtime.broker().expose::<Tick>();
    server.runtime.broker().publish(Tick(7));
    assert_eq!(peer.receive_packed().await["payload"], 7);
}

#[tokio::test]
async fn what_is_no_pattern_is_refused_and_nothing_is_subscribed_to() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    for wrong in ["", "*.Price", "Pri**"] {
        let subscribe = json!({"message_types": ["Price", "T*", wrong], "request_id": "s"});
        let refused = peer.ask(&subscribe.to_string()).await;
        assert_failure(&refused, "ProtocolError", "no", false);
    }
    assert_eq!(server.runtime.broker().subscribers::<Price>(), 0);
    assert_eq!(server.runtime.broker().subscribers::<Trade>(), 0);
}

#[tokio::test]
async fn a_connection_may_have_so_many_patterns_and_no_more() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let pattern = |n| format!("later.{n}.*");
    let all: Vec<_> = (0..64).map(pattern).collect();
    let subscribe = json!({"message_types": all, "request_id": "s"}).to_string();
    for _ in 0..2 {
        // The same ones again are no more.
        assert_eq!(peer.ask(&subscribe).await["success"], true);
    }
    let one_more = json!({"message_types": [pattern(64)], "request_id": "s"});
    let refused = peer.ask(&one_more.to_string()).await;
    assert_failure(&refused, "LimitExceeded", "no", true);
    assert_eq!(
        peer.ask(r#"{"message_types":["Price"],"request_id":"s"}"#).await["success"],
        true
    );
}

#[tokio::test]
async fn a_connection_that_is_lost_is_no_subscriber_any_more() {
    let server = Server::start().await;
    let broker = server.runtime.broker();
    let mut peer = server.peer().await;
    peer.ask(r#"{"message_types":["Price","later.*"],"request_id":"s"}"#)
        .await;
    assert_eq!(broker.subscribers::<Price>(), 1);
    drop(peer);
    within(async {
        while broker.subscribers::<Price>() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    broker.expose::<Tick>();
    assert_eq!(broker.subscribers::<Tick>(), 0);
}

/// What a test does while an event is encoded.
type OnEncode = Arc<dyn Fn() -> Result<(), &'static str> + Send + Sync>;

#[contract_type]
struct Scripted {
    n: u32,
    script: Script,
}

struct Script(OnEncode);

impl Serialize for Script {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.0)().map_err(S::Error::custom)?;
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for Script {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer).map(|()| Script(Arc::new(|| Ok(()))))
    }
}

impl Describe for Script {
    const NAME: &'static str = <() as Describe>::NAME;

    fn describe(types: &mut Types) -> TypeRef {
        <()>::describe(types)
    }
}

fn scripted(n: u32, script: impl Fn() -> Result<(), &'static str> + Send + Sync + 'static) -> Scripted {
    let script = Script(Arc::new(script));
    Scripted { n, script }
}

async fn subscribed_to_scripted(server: &Server) -> crate::peer::Peer {
    server.runtime.broker().expose::<Scripted>();
    let mut peer = server.peer().await;
    let acknowledged = peer.ask(r#"{"message_types":["Scripted"],"request_id":"s"}"#).await;
    assert_eq!(acknowledged["success"], true);
    peer
}

#[tokio::test]
async fn an_event_may_use_the_broker_while_it_is_encoded() {
    let server = Server::start().await;
    let broker: Broker = server.runtime.broker().clone();
    let mut peer = subscribed_to_scripted(&server).await;
    let inner = broker.clone();
    broker.publish(scripted(1, move || {
        drop(inner.subscribe::<Scripted>());
        inner.expose::<Tick>();
        inner.publish(scripted(0, || Ok(())));
        Ok(())
    }));
    for n in 0..2 {
        let push = peer.receive().await;
        assert_eq!((&push["payload"]["n"], &push["seq"]), (&json!(n), &json!(n)));
    }
}

#[tokio::test]
async fn an_event_that_takes_long_to_encode_holds_up_no_other_of_its_type() {
    let server = Server::start().await;
    let broker = server.runtime.broker().clone();
    let mut peer = subscribed_to_scripted(&server).await;
    let mut local = broker.subscribe::<Scripted>();
    let (entered, is_entered) = mpsc::channel();
    let (release, is_released) = mpsc::channel::<()>();
    let is_released = std::sync::Mutex::new(is_released);
    let slow = scripted(1, move || {
        entered.send(()).unwrap();
        // Also when the test has failed and the other end is gone.
        let _ = is_released.lock().unwrap().recv();
        Ok(())
    });
    let publisher = broker.clone();
    let slow = thread::spawn(move || publisher.publish(slow));
    is_entered.recv().unwrap();
    let publisher = broker.clone();
    let quick = tokio::task::spawn_blocking(move || publisher.publish(scripted(0, || Ok(()))));
    within(quick).await.unwrap();
    assert_eq!(peer.receive().await["payload"]["n"], 0);
    release.send(()).unwrap();
    let push = peer.receive().await;
    assert_eq!((&push["payload"]["n"], &push["seq"]), (&json!(1), &json!(1)));
    slow.join().unwrap();
    for n in 0..2 {
        let Some(Received::Event(event)) = local.next().await else {
            panic!("an event")
        };
        assert_eq!(event.n, n, "the order is that of those outside");
    }
}

#[tokio::test]
async fn an_event_is_encoded_once_for_each_codec_that_somebody_wants() {
    let server = Server::start().await;
    let broker = server.runtime.broker();
    let times = Arc::new(AtomicUsize::new(0));
    let publish = |n| {
        let counted = Arc::clone(&times);
        broker.publish(scripted(n, move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }));
        times.swap(0, Ordering::SeqCst)
    };
    let _local = broker.subscribe::<Scripted>();
    assert_eq!(publish(0), 0);
    let _peers = [
        subscribed_to_scripted(&server).await,
        subscribed_to_scripted(&server).await,
    ];
    assert_eq!(publish(1), 1);
    let mut packed = server.peer().await;
    packed
        .send_packed(&json!({"message_types": ["Scripted"], "request_id": "p"}))
        .await;
    packed.receive_packed().await;
    assert_eq!(publish(2), 2);
    assert_eq!(packed.receive_packed().await["payload"]["n"], 2);
}

#[tokio::test]
async fn nothing_is_encoded_for_a_peer_that_is_stuck() {
    let server = Server::setup()
        .listener(|options| options.high_water(4096))
        .start()
        .await;
    let mut peer = subscribed_to_scripted(&server).await;
    let times = Arc::new(AtomicUsize::new(0));
    // Nothing is awaited meanwhile, so the connection's task writes nothing.
    for n in 0..1000 {
        let counted = Arc::clone(&times);
        server.runtime.broker().publish(scripted(n, move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }));
    }
    let encoded = times.load(Ordering::SeqCst);
    assert!((2..100).contains(&encoded), "{encoded}");
    for n in 0..encoded - 1 {
        assert_eq!(peer.receive().await["payload"]["n"], n);
    }
    server.runtime.broker().publish(scripted(1000, || Ok(())));
    let push = peer.receive().await;
    assert_eq!((&push["seq"], &push["missed"]), (&json!(1000), &json!(1001 - encoded)));
}

#[tokio::test]
async fn an_event_that_panics_or_fails_while_it_is_encoded_is_missed() {
    let server = Server::start().await;
    let broker = server.runtime.broker();
    let mut peer = subscribed_to_scripted(&server).await;
    broker.publish(scripted(0, || panic!("encoded")));
    broker.publish(scripted(1, || Err("unfit")));
    broker.publish(scripted(2, || Ok(())));
    let push = peer.receive().await;
    assert_eq!((&push["payload"]["n"], &push["missed"]), (&json!(2), &json!(2)));
}
