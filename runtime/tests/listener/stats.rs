//! What a listener counts, by methods, outcomes, events and codes.

use std::{collections::BTreeMap, time::Duration};

use callsheet::{Code, DetailedStats, MethodStats, count_of};
use serde_json::{Value, json};

use crate::{
    peer::{Peer, assert_failure, frame},
    probe::{Price, Server},
    still::{Still, until},
};

/// What was counted of a method of the probe.
pub fn of(stats: &DetailedStats, message: &str) -> MethodStats {
    stats
        .method(&format!("test.Probe.{message}"))
        .cloned()
        .unwrap_or_default()
}

/// Started, succeeded, ended with the declared error, in flight.
fn counts(stats: &DetailedStats, message: &str) -> [u64; 4] {
    let method = of(stats, message);
    [
        method.started,
        method.succeeded,
        method.contract_errors,
        method.in_flight,
    ]
}

fn codes(counted: &BTreeMap<String, u64>) -> Vec<(&str, u64)> {
    counted.iter().map(|(code, count)| (&**code, *count)).collect()
}

/// A request to the other actor, whose queue is long.
fn on_both(message: &str, payload: Value, is_answered: bool) -> String {
    json!({"target": "both", "message_type": message, "payload": payload, "expects_reply": is_answered}).to_string()
}

/// That each call has one outcome or none yet, and each error is one of a call's or a refusal.
fn assert_balanced(stats: &DetailedStats) {
    let mut errors: u64 = stats.refused.values().sum();
    let methods = stats.contracts.values().flat_map(|contract| &contract.methods);
    for (name, method) in methods {
        let failed: u64 = method.failed.values().sum();
        errors += failed;
        let ended = method.succeeded + method.contract_errors + failed;
        assert_eq!(method.started, ended + method.in_flight, "{name}: {method:?}");
        let timed = method.latency.map_or(0, |latency| latency.count);
        assert!(timed <= ended, "{name}: {method:?}");
    }
    assert_eq!(stats.errors, errors, "{stats:#?}");
}

fn request(message: &str, payload: Value, more: Value) -> String {
    let mut frame = json!({"target": "probe", "message_type": message, "payload": payload});
    frame.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    frame.to_string()
}

fn ask(message: &str, payload: Value) -> String {
    request(message, payload, json!({"expects_reply": true}))
}

fn ask_as(id: &str, message: &str, payload: Value) -> String {
    request(message, payload, json!({"expects_reply": true, "request_id": id}))
}

async fn read_stream(peer: &mut Peer, message: &str, payload: Value) -> Value {
    peer.send(&request(message, payload, json!({"expects_stream": true})))
        .await;
    loop {
        let item = peer.receive().await;
        if item["is_final"] == true {
            return item;
        }
    }
}

#[tokio::test]
async fn every_ending_of_a_call_is_counted_once_by_its_method() {
    let server = Server::setup().capacity(1).start().await;
    let mut peer = server.peer().await;
    for _ in 0..5 {
        peer.ask(&ask("Add", json!({"a": 1, "b": 2}))).await;
    }
    // By the full name too, and on another actor: a method is counted as one.
    let elsewhere = on_both("test.Probe.Add", json!({"a": 1, "b": 2}), true);
    assert_eq!(peer.ask(&elsewhere).await["payload"], 3);
    let unfit = peer.ask(&ask("Add", json!({"a": "one", "b": 2}))).await;
    assert_failure(&unfit, "SerializationError", "no", false);
    for _ in 0..2 {
        let declared = peer.ask(&ask("Divide", json!({"a": 1, "b": 0}))).await;
        assert_eq!(declared["error_code"], "ContractError");
    }
    peer.ask(&ask("Divide", json!({"a": 4, "b": 2}))).await;
    let unfit = peer.ask(&ask("NotANumber", json!({}))).await;
    assert_failure(&unfit, "SerializationError", "yes", false);
    assert_failure(
        &peer.ask(&on_both("Explode", json!({}), true)).await,
        "ActorFailed",
        "yes",
        false,
    );

    read_stream(&mut peer, "Count", json!({"to": 3})).await;
    read_stream(&mut peer, "Failing", json!({"after": 2})).await;
    read_stream(&mut peer, "Breaking", json!({})).await;
    read_stream(&mut peer, "Unfit", json!({})).await;

    // Late while it runs, given up, and lost with its connection.
    let late = request(
        "Wait",
        json!({"gate": "late"}),
        json!({"expects_reply": true, "timeout_ms": 1}),
    );
    assert_failure(&peer.ask(&late).await, "Timeout", "unknown", false);
    peer.send(&ask_as("c", "Wait", json!({"gate": "cancelled"}))).await;
    server.gates.entered("cancelled").await;
    let cancelled = peer.ask(r#"{"control":"cancel","request_id":"c"}"#).await;
    assert_failure(&cancelled, "Cancelled", "unknown", false);
    let mut lost = server.peer().await;
    lost.send(&ask("Wait", json!({"gate": "lost"}))).await;
    server.gates.entered("lost").await;
    drop(lost);
    server.gates.left("lost").await;

    for _ in 0..3 {
        peer.ask(&on_both("Note", json!({"text": "told"}), true)).await;
    }
    peer.send(&on_both("Note", json!({"text": "no answer"}), false)).await;
    let notes = peer.ask(&on_both("Notes", json!({}), true)).await;
    assert_eq!(notes["payload"].as_array().map(Vec::len), Some(4), "{notes}");
    // One runs and one waits: the queue is full.
    peer.send(&ask_as("1", "Hold", json!({"gate": "held"}))).await;
    server.gates.entered("held").await;
    peer.send(&ask_as("2", "Hold", json!({"gate": "held"}))).await;
    assert_failure(
        &peer.ask(&ask("Hold", json!({"gate": "held"}))).await,
        "TargetBusy",
        "no",
        true,
    );
    assert_failure(
        &peer.ask(&ask("Note", json!({"text": "x"}))).await,
        "TargetBusy",
        "no",
        true,
    );
    let unawaited = request("Note", json!({"text": "x"}), json!({"request_id": "n"}));
    assert_failure(&peer.ask(&unawaited).await, "TargetBusy", "no", true);
    peer.send(&request("Note", json!({"text": "nobody is told"}), json!({})))
        .await;
    // The message was handled before the queue has room again.
    peer.ask(r#"{"control":"ping","request_id":"p"}"#).await;
    server.gates.open("held");
    assert_eq!(
        [peer.receive().await, peer.receive().await].map(|answer| answer["payload"] == "held"),
        [true; 2]
    );

    // What never becomes a call.
    assert_failure(
        &peer.ask(&ask("Unheard", json!({}))).await,
        "UnknownMessageType",
        "no",
        false,
    );
    let nobody = r#"{"target":"nobody","message_type":"Add","expects_reply":true}"#;
    for _ in 0..2 {
        assert_failure(&peer.ask(nobody).await, "ActorNotFound", "no", true);
    }
    peer.send(r#"{"target":"nobody","message_type":"Add"}"#).await;
    assert_failure(&peer.ask("{}").await, "ProtocolError", "no", false);
    let wrong_flag = request("Count", json!({"to": 1}), json!({"expects_reply": true}));
    assert_failure(&peer.ask(&wrong_flag).await, "ProtocolError", "no", false);
    assert_failure(
        &peer.ask(r#"{"control":"teleport","request_id":"t"}"#).await,
        "ProtocolError",
        "no",
        false,
    );
    let unheard = r#"{"message_types":["Unheard"],"request_id":"s"}"#;
    assert_failure(&peer.ask(unheard).await, "UnknownMessageType", "no", false);

    until(|| of(&server.listener.detailed_stats(), "Wait").in_flight == 0).await;
    let stats = server.listener.detailed_stats();
    let expected = [
        ("Add", [7, 6, 0, 0], vec![("SerializationError", 1)]),
        ("Divide", [3, 1, 2, 0], vec![]),
        ("NotANumber", [1, 0, 0, 0], vec![("SerializationError", 1)]),
        ("Explode", [1, 0, 0, 0], vec![("ActorFailed", 1)]),
        ("Count", [1, 1, 0, 0], vec![]),
        ("Failing", [1, 0, 1, 0], vec![]),
        ("Breaking", [1, 0, 0, 0], vec![("ActorFailed", 1)]),
        ("Unfit", [1, 0, 0, 0], vec![("SerializationError", 1)]),
        (
            "Wait",
            [3, 0, 0, 0],
            vec![("Cancelled", 1), ("ConnectionClosed", 1), ("Timeout", 1)],
        ),
        ("Note", [7, 4, 0, 0], vec![("TargetBusy", 3)]),
        ("Notes", [1, 1, 0, 0], vec![]),
        ("Hold", [3, 2, 0, 0], vec![("TargetBusy", 1)]),
    ];
    for (message, counted, failed) in &expected {
        assert_eq!(counts(&stats, message), *counted, "{message}");
        assert_eq!(codes(&of(&stats, message).failed), *failed, "{message}");
    }
    assert_eq!(stats.contracts.len(), 1);
    assert_eq!(stats.contracts["test.Probe"].methods.len(), expected.len());
    assert_eq!(
        codes(&stats.refused),
        [("ActorNotFound", 3), ("ProtocolError", 3), ("UnknownMessageType", 2)]
    );
    assert_eq!(count_of(&stats.refused, Code::ActorNotFound), 3);
    assert_balanced(&stats);
}

#[tokio::test]
async fn what_is_refused_before_it_is_a_call_is_no_call_of_the_method() {
    let server = Server::setup()
        .listener(|options| options.max_in_flight(1).max_connections(1))
        .start()
        .await;
    let mut peer = server.peer().await;
    peer.send(&ask_as("w", "Wait", json!({"gate": "g"}))).await;
    server.gates.entered("g").await;
    assert_failure(
        &peer.ask(&ask("Add", json!({"a": 1, "b": 1}))).await,
        "LimitExceeded",
        "no",
        true,
    );
    assert_failure(
        &peer.ask(&ask_as("w", "Nothing", json!({}))).await,
        "ProtocolError",
        "no",
        false,
    );
    let mut second = server.peer().await;
    assert_failure(&second.receive().await, "LimitExceeded", "no", true);
    let stats = server.listener.detailed_stats();
    assert_eq!(counts(&stats, "Wait"), [1, 0, 0, 1]);
    assert_eq!(stats.contracts["test.Probe"].methods.len(), 1, "{stats:#?}");
    assert_eq!(codes(&stats.refused), [("LimitExceeded", 2), ("ProtocolError", 1)]);
    assert_eq!((stats.limited, stats.active_connections), (2, 1));
    assert_balanced(&stats);
}

#[tokio::test]
async fn calls_in_flight_are_counted_while_they_are() {
    let server = Server::start().await;
    let (mut one, mut other) = (server.peer().await, server.peer().await);
    for id in ["a", "b"] {
        one.send(&ask_as(id, "Wait", json!({"gate": "g"}))).await;
    }
    other.send(&ask_as("a", "Wait", json!({"gate": "g"}))).await;
    let lagging = json!({"expects_stream": true, "request_id": "s"});
    other
        .send(&request("Lagging", json!({"gate": "g", "to": 2}), lagging))
        .await;
    assert_eq!(other.receive().await["payload"], 1, "the stream has begun");
    until(|| server.gates.visitors("g") == 4).await;
    let stats = server.listener.detailed_stats();
    assert_eq!(counts(&stats, "Wait"), [3, 0, 0, 3]);
    assert_eq!(counts(&stats, "Lagging"), [1, 0, 0, 1]);
    assert!(of(&stats, "Wait").latency.is_none(), "none has ended");
    assert_balanced(&stats);
    server.gates.open("g");
    for _ in 0..2 {
        one.receive().await;
        other.receive().await;
    }
    // An answer that has come is counted.
    let stats = server.listener.detailed_stats();
    assert_eq!(counts(&stats, "Wait"), [3, 3, 0, 0]);
    assert_eq!(counts(&stats, "Lagging"), [1, 1, 0, 0]);
    assert_balanced(&stats);
}

#[tokio::test(start_paused = true)]
async fn of_64_calls_the_first_is_timed_until_its_answer_is_ready() {
    let (still, server) = (Still::new(), Server::start().await);
    let mut peer = server.peer().await;
    peer.send(&ask("Wait", json!({"gate": "g"}))).await;
    server.gates.entered("g").await;
    still.advance(5.0).await;
    server.gates.open("g");
    peer.receive().await;
    let first = of(&server.listener.detailed_stats(), "Wait")
        .latency
        .expect("it was timed");
    let five = Duration::from_secs(5);
    assert!(
        (five..five + Duration::from_millis(10)).contains(&first.max),
        "{first:?}"
    );
    assert_eq!((first.count, first.min, first.mean), (1, first.max, first.max));
    assert_eq!((first.p50, first.p90, first.p99), (first.max, first.max, first.max));
    // The 65th is the next one. What other methods are called meanwhile makes no difference.
    for n in 2..=65 {
        let told = of(&server.listener.detailed_stats(), "Wait").latency;
        assert_eq!(told, Some(first), "before the call {n}");
        peer.ask(&ask("Wait", json!({"gate": "g"}))).await;
        peer.works().await;
    }
    let both = of(&server.listener.detailed_stats(), "Wait")
        .latency
        .expect("as before");
    assert_eq!((both.count, both.min, both.max), (2, Duration::ZERO, first.max));
    assert_eq!((both.p50, both.p99), (Duration::ZERO, first.max));
    assert_eq!(both.mean, first.max / 2);
    // A call that met a full queue took no time that says anything about calls; a late one took as long as it was given.
    let late = request(
        "Wait",
        json!({"gate": "never"}),
        json!({"expects_reply": true, "timeout_ms": 2000}),
    );
    let mut other = server.peer().await;
    other.send(&late).await;
    server.gates.entered("never").await;
    still.advance(2.1).await;
    assert_failure(&other.receive().await, "Timeout", "unknown", false);
    other.ask(&ask("Long", json!({"bytes": "many"}))).await;
    let stats = server.listener.detailed_stats();
    let third = of(&stats, "Wait").latency.expect("as before");
    assert_eq!(third.count, 3, "the first of its connection");
    assert!((1980..=2200).contains(&third.p50.as_millis()), "{third:?}");
    assert_eq!(
        (counts(&stats, "Long"), of(&stats, "Long").latency),
        ([1, 0, 0, 0], None)
    );
}

#[tokio::test]
async fn what_connections_have_counted_outlasts_them() {
    let server = Server::start().await;
    for n in 1..=10 {
        let mut peer = server.peer().await;
        for _ in 0..7 {
            peer.works().await;
        }
        drop(peer);
        until(|| server.listener.stats().active_connections == 0).await;
        let stats = server.listener.detailed_stats();
        assert_eq!(counts(&stats, "Add"), [7 * n, 7 * n, 0, 0]);
        assert_eq!(of(&stats, "Add").latency.map(|latency| latency.count), Some(n));
        assert_eq!(stats.messages_processed, 7 * n);
        assert_balanced(&stats);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_or_counted_twice_while_connections_come_and_go() {
    const CALLERS: u64 = 8;
    const ROUNDS: u64 = 40;
    let server = Server::start().await;
    let path = server.path();
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let path = path.clone();
            tokio::spawn(async move {
                for round in 0..ROUNDS {
                    let mut peer = Peer::connect(&path).await;
                    peer.works().await;
                    // Some of it is in flight, written, or not even read when the connection is lost.
                    for _ in 0..round % 4 {
                        peer.send(&ask("Wait", json!({"gate": "never"}))).await;
                    }
                    peer.works().await;
                    peer.send(&ask_as("l", "Long", json!({"bytes": 100_000}))).await;
                }
            })
        })
        .collect();
    let mut before = DetailedStats::default();
    while !callers.iter().all(tokio::task::JoinHandle::is_finished) {
        let stats = server.listener.detailed_stats();
        for message in ["Add", "Long", "Wait"] {
            let (earlier, now) = (of(&before, message), of(&stats, message));
            let failed = |method: &MethodStats| method.failed.values().sum::<u64>();
            let ended = now.succeeded + failed(&now);
            assert_eq!(now.started, ended + now.in_flight, "{message}: {now:?}");
            assert!(
                now.started >= earlier.started
                    && now.succeeded >= earlier.succeeded
                    && failed(&now) >= failed(&earlier),
                "{message}: {now:?} after {earlier:?}"
            );
        }
        before = stats;
        tokio::task::yield_now().await;
    }
    for caller in callers {
        caller.await.unwrap();
    }
    until(|| server.listener.stats().active_connections == 0).await;
    let stats = server.listener.detailed_stats();
    assert_eq!(counts(&stats, "Add")[0], 2 * CALLERS * ROUNDS);
    let waits = CALLERS * ROUNDS / 4 * (1 + 2 + 3);
    assert_eq!(counts(&stats, "Wait"), [waits, 0, 0, 0]);
    assert_eq!(codes(&of(&stats, "Wait").failed), [("ConnectionClosed", waits)]);
    assert_eq!(of(&stats, "Add").in_flight + of(&stats, "Long").in_flight, 0);
    assert_balanced(&stats);
}

#[tokio::test]
async fn callers_are_told_the_same_in_both_codecs() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.ask(r#"{"message_types":["Price"],"request_id":"s"}"#).await;
    peer.works().await;
    peer.ask(&ask("Divide", json!({"a": 1, "b": 0}))).await;
    peer.ask(&ask("Unheard", json!({}))).await;
    peer.send(&ask_as("w", "Wait", json!({"gate": "g"}))).await;
    server.gates.entered("g").await;
    server.runtime.broker().publish(Price {
        symbol: "ACME".into(),
        price: 1.0,
    });
    peer.receive().await;
    let control = json!({"control": "stats", "request_id": "t"});
    for n in 0..2 {
        let expected = server.listener.detailed_stats();
        // A frame is counted when it was handled, so none of the two counts itself.
        assert_eq!(expected.messages_processed, 4 + n);
        let answer = if n == 0 {
            peer.ask(&control.to_string()).await
        } else {
            peer.send_packed(&control).await;
            peer.receive_packed().await
        };
        assert_eq!((&answer["success"], &answer["request_id"]), (&json!(true), &json!("t")));
        let told: DetailedStats = serde_json::from_value(answer["payload"].clone()).unwrap();
        assert_eq!(told, expected);
        assert_eq!(counts(&told, "Wait"), [1, 0, 0, 1]);
        assert_balanced(&told);
        let add = &answer["payload"]["contracts"]["test.Probe"]["methods"]["test.Probe.Add"];
        assert!(add["latency"]["max_ns"].as_u64() > Some(0), "{answer}");
        assert_eq!(
            answer["payload"]["events"],
            json!({"Price": {"pushed": 1, "dropped": 0}})
        );
    }
}

#[tokio::test]
async fn what_comes_before_the_question_in_one_write_is_in_the_answer() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let note = request("Note", json!({"text": "a"}), json!({}));
    let mut batch = Vec::new();
    for said in [&note, &note, &note, r#"{"control":"stats","request_id":"t"}"#, &note] {
        batch.extend(frame(said.as_bytes()));
    }
    peer.send_raw(&batch).await;
    let told = peer.receive().await["payload"].take();
    assert_eq!(told["messages_processed"], 3);
    assert_eq!(
        told["contracts"]["test.Probe"]["methods"]["test.Probe.Note"]["succeeded"],
        3
    );
    peer.works().await;
    assert_eq!(counts(&server.listener.detailed_stats(), "Note"), [4, 4, 0, 0]);
}

#[tokio::test]
async fn events_are_counted_for_each_subscriber_whether_it_takes_them_or_not() {
    let server = Server::setup()
        .listener(|options| options.high_water(4096))
        .start()
        .await;
    let broker = server.runtime.broker();
    let price = |n: u32| Price {
        symbol: "ACME".into(),
        price: f64::from(n),
    };
    let (mut one, mut other) = (server.peer().await, server.peer().await);
    for peer in [&mut one, &mut other] {
        peer.ask(r#"{"message_types":["Price"],"request_id":"s"}"#).await;
    }
    broker.publish(price(1));
    for peer in [&mut one, &mut other] {
        assert_eq!(peer.receive().await["seq"], 0);
    }
    let pushed = |stats: DetailedStats| (stats.events["Price"].pushed, stats.events["Price"].dropped);
    assert_eq!(pushed(server.listener.detailed_stats()), (2, 0));
    // JSON has no such number.
    broker.publish(Price {
        price: f64::NAN,
        ..price(0)
    });
    assert_eq!(pushed(server.listener.detailed_stats()), (2, 2));
    drop(other);
    until(|| server.listener.stats().active_connections == 1).await;
    // Nothing is awaited meanwhile, so nothing is written.
    (0..1000).for_each(|n| broker.publish(price(n)));
    let (all, dropped) = pushed(server.listener.detailed_stats());
    assert_eq!(all + dropped, 1004, "what the other was sent is kept");
    assert!((10..900).contains(&(all - 2)) && dropped > 2, "{all} and {dropped}");
    for n in 0..all - 2 {
        assert_eq!(one.receive().await["seq"], n + 2);
    }
}
