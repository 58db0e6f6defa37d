//! What a peer and the server say to each other about the connection itself.

use std::collections::BTreeMap;

use callsheet_schema::Document;
use serde_json::{Value, json};

use crate::{
    peer::{Peer, assert_failure, within},
    probe::{Adder, Price, Probe, Server, State, Trade},
};

async fn control(peer: &mut Peer, fields: &Value) -> Value {
    let mut frame = json!({"request_id": "c"});
    frame
        .as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    let answer = peer.ask(&frame.to_string()).await;
    assert_eq!(answer["request_id"], "c", "{answer}");
    answer
}

/// The payload of the answer to a control that is not refused.
async fn answer(peer: &mut Peer, fields: Value) -> Value {
    let mut answer = control(peer, &fields).await;
    assert_eq!((&answer["success"], &answer["error"]), (&json!(true), &Value::Null));
    answer["payload"].take()
}

async fn document(peer: &mut Peer) -> Value {
    answer(peer, json!({"control": "schema"})).await
}

fn price(n: u32) -> Price {
    Price {
        symbol: "ACME".into(),
        price: f64::from(n),
    }
}

#[tokio::test]
async fn a_ping_is_answered_in_the_codec_of_its_frame() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    assert_eq!(answer(&mut peer, json!({"control": "ping"})).await, Value::Null);
    peer.send_packed(&json!({"control": "ping", "request_id": "m"})).await;
    let expected = json!({"success": true, "request_id": "m", "error": null, "payload": null});
    assert_eq!(peer.receive_packed().await, expected);
}

#[tokio::test]
async fn without_an_id_no_control_is_answered() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    for name in [
        "ping",
        "hello",
        "discover",
        "stats",
        "schema",
        "unsubscribe",
        "cancel",
        "credit",
        "goodbye",
        "of tomorrow",
    ] {
        peer.send(&json!({"control": name}).to_string()).await;
    }
    peer.works().await;
}

#[tokio::test]
async fn an_unknown_control_is_refused_if_it_has_an_id() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let refused = control(&mut peer, &json!({"control": "teleport"})).await;
    assert_failure(&refused, "ProtocolError", "no", false);
    peer.works().await;
}

#[tokio::test]
async fn the_id_of_a_control_is_no_other_calls() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    peer.send(
        r#"{"target":"probe","message_type":"Wait","payload":{"gate":"g"},"request_id":"c","expects_reply":true}"#,
    )
    .await;
    for name in ["ping", "hello", "discover", "schema", "stats", "unsubscribe"] {
        let fields = json!({"control": name, "protocol": [1, 1]});
        assert_failure(&control(&mut peer, &fields).await, "ProtocolError", "no", false);
    }
    server.gates.open("g");
    assert_eq!(peer.receive().await["payload"], "g");
    assert_eq!(answer(&mut peer, json!({"control": "ping"})).await, Value::Null);
}

#[tokio::test]
async fn hello_is_told_what_holds_here() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let hash = document(&mut peer).await["hashes"]["test.Probe"]["contract"].take();
    let hello = json!({
        "control": "hello", "protocol": [1, 3], "client": "by hand",
        "contracts": {"test.Probe": hash, "other.Adder": "0", "other.Unheard": "0"},
    });
    let welcome = answer(&mut peer, hello.clone()).await;
    let expected = json!({
        "protocol": 1, "server": concat!("callsheet ", env!("CARGO_PKG_VERSION")), "epoch": welcome["epoch"],
        "unknown": ["other.Unheard"], "differing": ["other.Adder"],
        "limits": {"frame": 16 << 20, "in_flight": 1024},
    });
    let mut welcome_but_idle = welcome.clone();
    welcome_but_idle["limits"].as_object_mut().unwrap().remove("idle_ms");
    assert_eq!(welcome_but_idle, expected);
    let epoch = welcome["epoch"].as_str().expect("a text");
    assert!(!epoch.is_empty());
    // It is that of the runtime, whose broker numbers the events, and not of the connection.
    let again = answer(&mut server.peer().await, hello.clone()).await;
    assert_eq!(again["epoch"], epoch);
    let other = answer(&mut Server::start().await.peer().await, hello).await;
    assert_ne!(other["epoch"], epoch);
}

#[tokio::test]
async fn versions_that_nobody_speaks_here_are_refused_and_the_connection_goes_on() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    for protocol in [
        json!([2, 9]),
        json!([0, 0]),
        json!([3, 1]),
        json!([1]),
        json!("1"),
        Value::Null,
    ] {
        let hello = json!({"control": "hello", "protocol": protocol});
        let refused = control(&mut peer, &hello).await;
        assert_failure(&refused, "ProtocolError", "no", false);
        assert!(refused["error"].as_str().unwrap().contains("`protocol"), "{refused}");
    }
    peer.works().await;
}

#[tokio::test]
async fn discover_tells_what_is_exposed_and_nothing_else() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let found = answer(&mut peer, json!({"control": "discover"})).await;
    let actors = json!([
        {"name": "both", "contracts": ["other.Adder", "test.Probe"]},
        {"name": "probe", "contracts": ["test.Probe"]},
    ]);
    assert_eq!(found["actors"], actors);
    assert_eq!(found["events"], json!(["Price", "Trade"]));
    let contracts = found["contracts"].as_array().unwrap();
    let names: Vec<_> = contracts.iter().map(|contract| &contract["name"]).collect();
    assert_eq!(names, ["other.Adder", "test.Probe"]);
    assert_eq!(contracts[0]["message_types"], json!(["other.Adder.Add"]));
    assert_eq!(
        contracts[0]["hash"],
        document(&mut peer).await["hashes"]["other.Adder"]["contract"]
    );

    // What is exposed later is found later.
    let later = server.runtime.actor("later", State::default).serves(Adder);
    later.expose_as("adder").start().await.unwrap();
    let found = answer(&mut peer, json!({"control": "discover"})).await;
    assert_eq!(
        found["actors"][0],
        json!({"name": "adder", "contracts": ["other.Adder"]})
    );
}

#[tokio::test]
async fn the_document_is_that_of_the_exposed_contracts_in_either_codec() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let found = document(&mut peer).await;
    let parsed = Document::from_json(&found.to_string()).expect("it is a document");
    let names: Vec<_> = parsed.contracts.iter().map(|contract| &*contract.name).collect();
    assert_eq!(names, ["other.Adder", "test.Probe"]);
    peer.send_packed(&json!({"control": "schema", "request_id": "m"})).await;
    assert_eq!(peer.receive_packed().await["payload"], found);
}

#[tokio::test]
async fn calls_that_do_not_fit_the_clients_document_are_refused_on_its_connection_alone() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let same = document(&mut peer).await;
    let judged = answer(&mut peer, json!({"control": "schema", "document": same})).await;
    assert_eq!(judged, json!({"refused": {}}));
    peer.works().await;

    let mut other = same.clone();
    let contracts = other["contracts"].as_array_mut().unwrap();
    let probe = contracts
        .iter_mut()
        .find(|contract| contract["name"] == "test.Probe")
        .unwrap();
    let methods = probe["methods"].as_array_mut().unwrap();
    let add = methods.iter_mut().find(|method| method["name"] == "add").unwrap();
    assert_eq!(add["reply"], "i32");
    add["reply"] = json!("string");
    other.as_object_mut().unwrap().remove("hashes");
    peer.send_packed(&json!({"control": "schema", "request_id": "c", "document": other}))
        .await;
    let judged = peer.receive_packed().await;
    assert_eq!(judged["error"], Value::Null, "{judged}");
    let refused: BTreeMap<String, String> = serde_json::from_value(judged["payload"]["refused"].clone()).unwrap();
    assert_eq!(refused.keys().collect::<Vec<_>>(), ["test.Probe.Add"]);
    let call = r#"{"target":"both","message_type":"test.Probe.Add","payload":{"a":1,"b":1},"request_id":"a","expects_reply":true}"#;
    let answer = peer.ask(call).await;
    assert_failure(&answer, "SchemaMismatch", "no", false);
    assert_eq!(
        answer["error"],
        format!("SchemaMismatch: {}", refused["test.Probe.Add"])
    );
    let unchanged =
        r#"{"target":"both","message_type":"other.Adder.Add","payload":{"a":1},"request_id":"a","expects_reply":true}"#;
    assert_eq!(peer.ask(unchanged).await["payload"], 1);
    server.peer().await.works().await;
}

/// The document with another type of the field `price` of the event `Price`.
fn with_another_price(document: &Value, of: &str) -> Value {
    let mut other = document.clone();
    let fields = other["types"]["Price"]["shape"]["struct"]["fields"].as_array_mut();
    let fields = fields.expect("it is a struct");
    let price = fields.iter_mut().find(|field| field["name"] == "price");
    price.expect("it has one")["type"] = json!(of);
    other.as_object_mut().expect("a map").remove("hashes");
    other
}

#[tokio::test]
async fn events_that_the_client_would_misread_are_not_pushed_to_it() {
    let server = Server::start().await;
    let broker = server.runtime.broker();
    let (mut peer, mut other) = (server.peer().await, server.peer().await);
    for peer in [&mut peer, &mut other] {
        peer.ask(r#"{"message_types":["Price","Trade","Pr*"],"request_id":"s"}"#)
            .await;
    }
    let document = document(&mut peer).await;
    let schema = json!({"control": "schema", "document": with_another_price(&document, "u8")});
    let judged = answer(&mut peer, schema).await;
    assert_eq!(judged["refused"], json!({}));
    let told = judged["withheld"]["Price"].as_str().expect("it is told");
    let rule = "B031 test.Probe, event `Price`: type `Price`, field `price`: numbers may be out of the reader's range";
    assert!(told.starts_with(rule), "{told}");

    // What it had subscribed to before has ended, by its name and by the pattern, and the rest goes on.
    broker.publish(price(1));
    broker.publish(Trade { quantity: 1 });
    assert_eq!(peer.receive().await["message_type"], "Trade");
    assert_eq!(other.receive().await["message_type"], "Price");
    assert_eq!(other.receive().await["message_type"], "Trade");

    // By its name it is refused with all that is asked for beside it, and what matches a pattern is told.
    let refused = peer
        .ask(r#"{"message_types":["Trade","Price"],"request_id":"s"}"#)
        .await;
    assert_failure(&refused, "SchemaMismatch", "no", false);
    assert_eq!(refused["error"], format!("SchemaMismatch: {told}"));
    let taken = peer.ask(r#"{"message_types":["*"],"request_id":"s"}"#).await;
    assert_eq!(
        taken["payload"],
        json!({"subscribed": {"Trade": 1}, "withheld": {"Price": told}})
    );
    // Another actor that publishes it brings it no more than the first.
    let further = server.runtime.actor("further", State::default).serves(Probe);
    further.expose().start().await.expect("it is started");
    broker.publish(price(2));
    broker.publish(Trade { quantity: 2 });
    assert_eq!(peer.receive().await["message_type"], "Trade");

    // Another document is another judgement.
    let judged = answer(&mut peer, json!({"control": "schema", "document": document})).await;
    assert_eq!(judged, json!({"refused": {}}));
    peer.ask(r#"{"message_types":["Price"],"request_id":"s"}"#).await;
    broker.publish(price(3));
    assert_eq!(peer.receive().await["message_type"], "Price");
    peer.works().await;
}

#[tokio::test]
async fn what_does_not_fit_is_told_in_few_words_however_large_it_is() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let mut other = document(&mut peer).await;
    let contracts = other["contracts"].as_array_mut().unwrap();
    let probe = contracts.iter_mut().find(|contract| contract["name"] == "test.Probe");
    let methods = probe.unwrap()["methods"].as_array_mut().unwrap();
    let add = methods.iter_mut().find(|method| method["name"] == "add").unwrap();
    add["reply"] = json!({"tuple": vec!["u8"; 20_000]});
    other.as_object_mut().unwrap().remove("hashes");
    let judged = answer(&mut peer, json!({"control": "schema", "document": other})).await;
    let text = judged["refused"]["test.Probe.Add"].as_str().unwrap();
    assert!((100..600).contains(&text.chars().count()), "{text}");
    let call = r#"{"target":"both","message_type":"test.Probe.Add","payload":{"a":1,"b":1},"request_id":"a","expects_reply":true}"#;
    let refused = peer.ask(call).await;
    assert_eq!(refused["error"], format!("SchemaMismatch: {text}"));
}

#[tokio::test]
async fn what_is_no_document_is_refused() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    for document in [
        json!({}),
        json!("x"),
        json!({"callsheet": 99, "contracts": [], "types": {}, "encodings": {}}),
    ] {
        let refused = control(&mut peer, &json!({"control": "schema", "document": document})).await;
        assert_failure(&refused, "ProtocolError", "no", false);
        assert!(refused["error"].as_str().unwrap().contains("`document"), "{refused}");
    }
    peer.works().await;
}

#[tokio::test]
async fn after_unsubscribing_nothing_is_pushed() {
    let server = Server::start().await;
    let broker = server.runtime.broker();
    let mut peer = server.peer().await;
    let subscribe = r#"{"message_types":["Price","Trade"],"request_id":"s"}"#;
    peer.ask(subscribe).await;
    broker.publish(price(0));
    assert_eq!(peer.receive().await["seq"], 0);
    let ended = json!({"control": "unsubscribe", "message_types": ["Price"]});
    assert_eq!(answer(&mut peer, ended).await, Value::Null);
    broker.publish(price(1));
    broker.publish(crate::probe::Trade { quantity: 1 });
    assert_eq!(peer.receive().await["message_type"], "Trade");

    // Without names it is all of them.
    peer.ask(subscribe).await;
    answer(&mut peer, json!({"control": "unsubscribe"})).await;
    broker.publish(price(2));
    broker.publish(crate::probe::Trade { quantity: 2 });
    peer.works().await;

    // The numbers went on, so that a new subscription tells what was missed.
    assert_eq!(
        peer.ask(subscribe).await["payload"]["subscribed"],
        json!({"Price": 3, "Trade": 2})
    );
    broker.publish(price(3));
    assert_eq!(peer.receive().await["seq"], 3);
}

#[tokio::test]
async fn a_pattern_is_unsubscribed_from_like_a_name() {
    let server = Server::start().await;
    let broker = server.runtime.broker();
    let mut peer = server.peer().await;
    peer.ask(r#"{"message_types":["Pri*","Trade"],"request_id":"s"}"#).await;
    answer(&mut peer, json!({"control": "unsubscribe", "message_types": ["Pri*"]})).await;
    broker.publish(price(0));
    broker.publish(crate::probe::Trade { quantity: 1 });
    assert_eq!(peer.receive().await["message_type"], "Trade");

    // A name ends what a pattern brought, and a pattern what names did.
    peer.ask(r#"{"message_types":["*"],"request_id":"s"}"#).await;
    answer(&mut peer, json!({"control": "unsubscribe", "message_types": ["Price"]})).await;
    broker.publish(price(1));
    broker.publish(crate::probe::Trade { quantity: 2 });
    assert_eq!(peer.receive().await["message_type"], "Trade");
    answer(&mut peer, json!({"control": "unsubscribe", "message_types": ["T*"]})).await;
    broker.publish(crate::probe::Trade { quantity: 3 });
    peer.works().await;
    let refused = control(&mut peer, &json!({"control": "unsubscribe", "message_types": ["*x"]})).await;
    assert_failure(&refused, "ProtocolError", "no", false);
}

#[tokio::test]
async fn goodbye_is_said_to_those_who_said_hello() {
    let server = Server::start().await;
    let mut silent = server.peer().await;
    silent.works().await;
    let mut polite = server.peer().await;
    answer(&mut polite, json!({"control": "hello", "protocol": [1, 1]})).await;
    let wait =
        r#"{"target":"probe","message_type":"Wait","payload":{"gate":"g"},"request_id":"w","expects_reply":true}"#;
    polite.send(wait).await;
    server.gates.entered("g").await;
    let peers = async {
        assert_eq!(
            polite.receive().await,
            json!({"control": "goodbye", "drain_ms": 10_000})
        );
        silent.is_closed().await;
        // It may still ask whether anybody is there, and what is in flight is answered.
        assert_eq!(answer(&mut polite, json!({"control": "ping"})).await, Value::Null);
        server.gates.open("g");
        assert_eq!(polite.receive().await["payload"], "g");
        polite.is_closed().await;
    };
    within(async { tokio::join!(server.listener.shutdown(), peers) }).await;
}

#[tokio::test]
async fn a_stream_with_credit_sends_no_more_than_that() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let stream = json!({
        "target": "probe", "message_type": "Endless", "payload": {"bytes": 1},
        "request_id": "s", "expects_stream": true, "credit": 2,
    });
    peer.send(&stream.to_string()).await;
    for sequence in 0..2 {
        assert_eq!(peer.receive().await["sequence"], sequence);
    }
    // Nothing but the answer is on its way.
    peer.works().await;
    peer.send(r#"{"control":"credit","stream_id":"s","items":3}"#).await;
    for sequence in 2..5 {
        assert_eq!(peer.receive().await["sequence"], sequence);
    }
    peer.works().await;
    // What is no such stream is ignored.
    peer.send(r#"{"control":"credit","stream_id":"t","items":3}"#).await;
    peer.send(r#"{"control":"cancel","request_id":"s"}"#).await;
    let end = peer.receive().await;
    assert_eq!(
        (&end["is_final"], &end["error_code"]),
        (&json!(true), &json!("Cancelled"))
    );
    peer.works().await;
}

#[tokio::test]
async fn a_stream_without_credit_at_first_waits_for_it() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let stream = json!({
        "target": "probe", "message_type": "Count", "payload": {"to": 3},
        "request_id": "s", "expects_stream": true, "credit": 0,
    });
    peer.send(&stream.to_string()).await;
    peer.works().await;
    peer.send(&json!({"control": "credit", "stream_id": "s", "items": u64::MAX}).to_string())
        .await;
    peer.send(&json!({"control": "credit", "stream_id": "s", "items": u64::MAX}).to_string())
        .await;
    for (sequence, is_final) in [(0, false), (1, false), (2, true)] {
        let item = peer.receive().await;
        assert_eq!(
            (&item["sequence"], &item["is_final"]),
            (&json!(sequence), &json!(is_final))
        );
    }
}

#[tokio::test]
async fn a_stream_that_waits_for_credit_delays_nobody() {
    let server = Server::start().await;
    let mut peer = server.peer().await;
    let stream = json!({
        "target": "probe", "message_type": "Endless", "payload": {"bytes": 100_000},
        "request_id": "s", "expects_stream": true, "credit": 1,
    });
    peer.send(&stream.to_string()).await;
    assert_eq!(peer.receive().await["sequence"], 0);
    for _ in 0..100 {
        within(peer.works()).await;
    }
}
