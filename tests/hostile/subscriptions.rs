//! Subscribers that never read, and subscriptions to what cannot be.

use serde_json::{Value, json};

use crate::{
    case::{alone, case},
    peer::{CODECS, Codec, Peer, encoded, refused},
};

/// The answer to a frame; what is pushed before it is passed over.
fn answered(peer: &mut Peer, frame: &Value) -> Value {
    peer.tell(frame);
    loop {
        let answer = peer.receive();
        if answer.get("notification_type").is_none() {
            return answer;
        }
    }
}

fn subscribe(peer: &mut Peer, names: Value) -> Value {
    let answer = answered(peer, &json!({"message_types": names, "request_id": "s"}));
    assert_eq!(
        (&answer["success"], &answer["request_id"]),
        (&json!(true), &json!("s")),
        "{answer}"
    );
    answer["payload"]["subscribed"].clone()
}

/// The next push of a tick; those of the price feed are passed over.
fn tick(peer: &mut Peer) -> (Codec, Value) {
    loop {
        let (codec, push) = peer.next();
        assert_eq!(push["notification_type"], "subscription", "{push}");
        if push["message_type"] == "Tick" {
            return (codec, push);
        }
    }
}

fn publish(publisher: &mut Peer, count: u32, bytes: u32) {
    publisher.call("Publish", json!({"count": count, "bytes": bytes}));
}

#[test]
fn the_answer_tells_the_next_number_and_the_numbers_go_on() {
    // Alone, so that nobody else publishes.
    alone(&["SUBSCRIBE-2", "PUSH-1", "CODEC-3"], |service| {
        let (mut peer, mut publisher) = (Peer::of(service), Peer::of(service));
        let mut next = subscribe(&mut peer, json!(["Tick"]))["Tick"]
            .as_u64()
            .expect("a number");
        for codec in CODECS.iter().cycle().take(4) {
            // Whoever subscribes again is not subscribed twice, and gets the codec of that.
            let again = encoded(*codec, &json!({"message_types": ["Tick"], "request_id": "again"}));
            assert_eq!(
                peer.answer(*codec, again)["payload"],
                json!({"subscribed": {"Tick": next}})
            );
            publish(&mut publisher, 2, 1);
            for n in 0..2 {
                let (found, push) = peer.next();
                assert_eq!(found, *codec);
                let timestamp = push["timestamp"].as_u64().expect("a number");
                assert!(timestamp > 1_700_000_000_000, "{timestamp} ms");
                let expected = json!({
                    "notification_type": "subscription", "message_type": "Tick", "timestamp": timestamp,
                    "seq": next, "payload": {"n": n, "text": "x"},
                });
                assert_eq!(push, expected);
                next += 1;
            }
        }
    });
}

#[test]
fn whoever_subscribes_twice_gets_each_event_once() {
    alone(&["SUBSCRIBE-3", "SUBSCRIBE-1"], |service| {
        let (mut peer, mut publisher) = (Peer::of(service), Peer::of(service));
        for names in [
            json!(["Tick"]),
            json!(["Tick", "Tick", "Ti*"]),
            json!(["T*"]),
            json!([]),
        ] {
            subscribe(&mut peer, names);
        }
        publish(&mut publisher, 3, 0);
        let numbers: Vec<_> = (0..3).map(|_| tick(&mut peer).1["payload"]["n"].clone()).collect();
        assert_eq!(numbers, [0, 1, 2]);
        answered(&mut peer, &json!({"control": "unsubscribe", "request_id": "u"}));
        peer.works();
    });
}

#[test]
fn all_is_subscribed_to_or_nothing() {
    case(&["SUBSCRIBE-1", "ORDER-4"], |service| {
        let (mut peer, mut publisher) = (Peer::of(service), Peer::of(service));
        for (names, code) in [
            (json!(["Tick", "no such event"]), "UnknownMessageType"),
            (json!(["Tick", ""]), "ProtocolError"),
            (json!(["Tick", "T*k"]), "ProtocolError"),
            (json!(["Tick", "**"]), "ProtocolError"),
            (json!(["Tick", "tick"]), "UnknownMessageType"),
            (json!(["hostile.Tick"]), "UnknownMessageType"),
            (json!(["Tick", "x".repeat(2000)]), "ProtocolError"),
        ] {
            refused(&peer.ask(&json!({"message_types": names, "request_id": "s"})), code);
            peer.tell(&json!({"message_types": names}));
        }
        publish(&mut publisher, 5, 1);
        peer.works();
        assert_eq!(subscribe(&mut peer, json!([])), json!({}));
        assert_eq!(subscribe(&mut peer, json!(["none of these.*"])), json!({}));
        publish(&mut publisher, 5, 1);
        peer.works();
    });
}

#[test]
fn more_patterns_than_are_allowed_are_refused() {
    case(&["LIMIT-3"], |service| {
        let (mut peer, mut publisher) = (Peer::of(service), Peer::of(service));
        let patterns = |range: std::ops::Range<u32>| range.map(|n| format!("pattern {n}.*")).collect::<Vec<_>>();
        let mut many = patterns(0..64);
        many.push("Tick".into());
        many.push("Tic*".into());
        refused(
            &peer.ask(&json!({"message_types": many, "request_id": "s"})),
            "LimitExceeded",
        );
        publish(&mut publisher, 1, 1);
        peer.works();
        subscribe(&mut peer, json!(patterns(0..64)));
        subscribe(&mut peer, json!(patterns(0..64)));
        refused(
            &peer.ask(&json!({"message_types": ["one more*"], "request_id": "s"})),
            "LimitExceeded",
        );
        peer.tell(&json!({"control": "unsubscribe", "message_types": ["pattern 7.*"], "request_id": "u"}));
        assert_eq!(peer.receive()["success"], true);
        subscribe(&mut peer, json!(["one more*"]));
    });
}

#[test]
fn after_the_answer_to_unsubscribe_nothing_comes() {
    case(&["UNSUBSCRIBE-1", "CONTROL-1"], |service| {
        let (mut peer, mut publisher) = (Peer::of(service), Peer::of(service));
        for (names, ended) in [
            (json!(["Tick"]), json!({"message_types": ["Tick"]})),
            (json!(["*"]), json!({})),
            (
                json!(["T*", "P*"]),
                json!({"message_types": ["Tick", "Trade*", "PriceUpdate"]}),
            ),
            (json!(["Tick", "PriceUpdate"]), json!({"message_types": ["*"]})),
        ] {
            subscribe(&mut peer, names);
            publish(&mut publisher, 3, 1);
            let mut control = json!({"control": "unsubscribe", "request_id": "u"});
            control
                .as_object_mut()
                .expect("a map")
                .extend(ended.as_object().expect("a map").clone());
            assert_eq!(answered(&mut peer, &control)["request_id"], "u");
            publish(&mut publisher, 3, 1);
            peer.works();
        }
        for names in [json!([""]), json!(["a*b"])] {
            refused(
                &peer.ask(&json!({"control": "unsubscribe", "message_types": names, "request_id": "u"})),
                "ProtocolError",
            );
        }
        let nothing =
            peer.ask(&json!({"control": "unsubscribe", "message_types": ["never subscribed to"], "request_id": "u"}));
        assert_eq!((&nothing["success"], &nothing["payload"]), (&json!(true), &Value::Null));
    });
}

#[test]
fn a_subscriber_that_never_reads_misses_events_and_delays_nobody() {
    alone(&["PUSH-2", "LIMIT-4"], |service| {
        let (mut stuck, mut reader, mut publisher) = (Peer::of(service), Peer::of(service), Peer::of(service));
        let first = subscribe(&mut stuck, json!(["Tick"]))["Tick"]
            .as_u64()
            .expect("a number");
        assert_eq!(subscribe(&mut reader, json!(["Tick"]))["Tick"], first);
        let before = service.memory();
        let rounds = 120;
        for round in 0..rounds {
            publish(&mut publisher, 10, 20_000);
            for n in 0..10 {
                let (_, push) = tick(&mut reader);
                assert_eq!(
                    (&push["seq"], push.get("missed")),
                    (&json!(first + 10 * round + n), None)
                );
            }
        }
        let used = service.memory().saturating_sub(before);
        assert!(used < 12 << 20, "{used} bytes of 24 MB that were published");
        // It reads on: first what there was before it was full, then an event that tells how many it missed.
        let mut next = first;
        let missed = loop {
            publish(&mut publisher, 1, 1);
            let (_, push) = tick(&mut stuck);
            let missed = push["missed"].as_u64().unwrap_or_default();
            assert_eq!(push["seq"], next + missed, "the numbers show the same gap");
            next += missed + 1;
            if missed > 0 {
                break missed;
            }
        };
        assert!(missed > 10 * rounds / 2, "{missed} were missed");
    });
}

#[test]
fn a_subscriber_that_is_gone_is_forgotten() {
    case(&["CLOSE-2", "SUBSCRIBE-1"], |service| {
        let mut publisher = Peer::of(service);
        for round in 0..100 {
            let mut peer = Peer::of(service);
            let names = json!(["*", "Tick", format!("later {round}.*")]);
            // Some are gone before their subscription is read.
            if round % 2 == 0 {
                subscribe(&mut peer, names);
                publish(&mut publisher, 2, 1000);
                tick(&mut peer);
            } else {
                peer.tell(&json!({"message_types": names}));
            }
        }
        publish(&mut publisher, 10, 1000);
    });
}
