//! What a peer is told of what is served.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use callsheet::{Access, Action, Denied, ListenerOptions};
use callsheet_schema::Document;
use serde_json::{Value, json};

use crate::{
    house::{Alarm, House, Opened, ask, control},
    peer::{Peer, assert_failure},
};

/// A peer may look, and hear of alarms.
fn onlookers(access: &Access<'_>) -> Result<(), Denied> {
    match access.what {
        Action::Call {
            message_type: "door.Vault.Look" | "door.Vault.Count",
            ..
        }
        | Action::Subscribe { event: "door.Alarm" }
        | Action::Discover
        | Action::Schema
        | Action::Stats => Ok(()),
        _ => Err(Denied::default()),
    }
}

async fn onlookers_house() -> House {
    House::new(|options| options.authorize(onlookers)).await
}

async fn document(peer: &mut Peer) -> Document {
    let answer = control(peer, "schema").await;
    Document::from_json(&answer["payload"].to_string()).unwrap()
}

#[tokio::test]
async fn discover_shows_what_the_peer_may_use_and_nothing_else() {
    let house = onlookers_house().await;
    let found = control(&mut house.peer(), "discover").await["payload"].take();
    let actors = json!([
        {"name": "safe", "contracts": ["door.Vault"]},
        {"name": "vault", "contracts": ["door.Vault"]},
    ]);
    assert_eq!(found["actors"], actors);
    assert_eq!(found["events"], json!(["door.Alarm"]));
    assert_eq!(found["contracts"].as_array().unwrap().len(), 1);
    assert_eq!(
        found["contracts"][0]["message_types"],
        json!(["door.Vault.Look", "door.Vault.Count"])
    );
    let document = document(&mut house.peer()).await;
    assert_eq!(found["contracts"][0]["hash"], document.hashes["door.Vault"].contract);
}

#[tokio::test]
async fn the_schema_speaks_of_what_the_peer_may_use_and_holds_together() {
    let house = onlookers_house().await;
    let document = document(&mut house.peer()).await;
    let [contract] = &document.contracts[..] else {
        panic!("one contract is left: {:?}", document.contracts);
    };
    let methods: Vec<_> = contract.methods.iter().map(|method| &*method.name).collect();
    assert_eq!((&*contract.name, methods), ("door.Vault", vec!["look", "count"]));
    let types: Vec<_> = document.types.keys().collect();
    assert_eq!(
        types,
        ["door.Alarm"],
        "the key's type is nothing that onlookers have a use for"
    );
}

#[tokio::test]
async fn whoever_may_use_nothing_is_shown_nothing() {
    let options = |options: ListenerOptions| {
        options.authorize(|access| match access.what {
            Action::Discover | Action::Schema => Ok(()),
            _ => Err(Denied::default()),
        })
    };
    let house = House::new(options).await;
    let mut peer = house.peer();
    let nothing = json!({"actors": [], "contracts": [], "events": []});
    assert_eq!(control(&mut peer, "discover").await["payload"], nothing);
    let document = document(&mut peer).await;
    assert!(document.contracts.is_empty() && document.types.is_empty() && document.hashes.is_empty());
}

#[tokio::test]
async fn discover_schema_and_stats_can_be_refused_altogether() {
    let options = |options: ListenerOptions| {
        options.authorize(|access| match access.what {
            Action::Call { .. } | Action::Subscribe { .. } => Ok(()),
            _ => Err(Denied::new("no looking around")),
        })
    };
    let house = House::new(options).await;
    let mut peer = house.peer();
    for name in ["discover", "schema", "stats"] {
        let refused = control(&mut peer, name).await;
        assert_failure(&refused, "PermissionDenied", "no", false);
        let text = format!("PermissionDenied: {name}: no looking around");
        assert_eq!(refused["error"], text);
    }
    assert_eq!(control(&mut peer, "ping").await["success"], true);
}

async fn hello(peer: &mut Peer, contracts: &Value) -> Value {
    let hello = json!({"control": "hello", "request_id": "h", "protocol": [1, 1], "contracts": contracts});
    let mut answer = peer.ask(&hello.to_string()).await;
    assert_eq!(answer["success"], true, "{answer}");
    answer["payload"].take()
}

#[tokio::test]
async fn hello_knows_no_contract_that_the_peer_may_not_use_and_fits_clients_made_of_all_or_of_less() {
    let house = onlookers_house().await;
    let all = House::new(|options| options).await;
    let mut peer = house.peer();
    let full = document(&mut all.peer()).await.hashes;
    let less = document(&mut peer).await.hashes;
    assert_ne!(full["door.Vault"].contract, less["door.Vault"].contract);
    for hash in [&full["door.Vault"].contract, &less["door.Vault"].contract] {
        let welcome = hello(
            &mut peer,
            &json!({"door.Vault": hash, "door.Lamp": full["door.Lamp"].contract}),
        )
        .await;
        assert_eq!(
            (&welcome["unknown"], &welcome["differing"]),
            (&json!(["door.Lamp"]), &json!([]))
        );
    }
    let welcome = hello(&mut peer, &json!({"door.Vault": "0"})).await;
    assert_eq!(welcome["differing"], json!(["door.Vault"]));
}

#[tokio::test]
async fn a_clients_document_is_judged_and_told_only_of_what_the_peer_may_use() {
    let house = onlookers_house().await;
    let all = House::new(|options| options).await;
    let mut document = document(&mut all.peer()).await;
    // A client of another time, which expects other replies of all.
    for method in document.contracts.iter_mut().flat_map(|contract| &mut contract.methods) {
        method.reply = callsheet_schema::TypeRef::String;
    }
    document.hashes.clear();
    let mut peer = house.peer();
    let mut judge = json!({"control": "schema", "request_id": "j"});
    judge["document"] = serde_json::from_str(&document.to_json()).unwrap();
    let judged = peer.ask(&judge.to_string()).await;
    let refused: Vec<_> = judged["payload"]["refused"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(refused, ["door.Vault.Count", "door.Vault.Look"]);
}

#[tokio::test]
async fn stats_tell_of_the_calls_and_events_that_the_peer_may_use_and_of_all_refusals() {
    // A peer may do all, until it is an onlooker.
    let onlooks = Arc::new(AtomicBool::new(false));
    let hook = Arc::clone(&onlooks);
    let options = move |options: ListenerOptions| {
        options.authorize(move |access| match hook.load(Ordering::Relaxed) {
            true => onlookers(access),
            false => Ok(()),
        })
    };
    let house = House::new(options).await;
    let mut peer = house.peer();
    peer.ask(r#"{"message_types":["door.*"],"request_id":"s"}"#).await;
    house.runtime.broker().publish(Alarm(1));
    house.runtime.broker().publish(Opened { by: 1 });
    for _ in 0..2 {
        peer.receive().await;
    }
    ask(&mut peer, "vault", "Look", json!({})).await;
    let open = json!({"key": {"number": 1}});
    ask(&mut peer, "vault", "Open", open.clone()).await;
    ask(&mut peer, "vault", "Toggle", json!({})).await;
    let one = json!({"pushed": 1, "dropped": 0});
    let told = control(&mut peer, "stats").await["payload"].take();
    let methods = |told: &Value, contract: &str| -> Vec<String> {
        let methods = told["contracts"][contract]["methods"].as_object();
        methods
            .map(|methods| methods.keys().cloned().collect())
            .unwrap_or_default()
    };
    assert_eq!(methods(&told, "door.Vault"), ["door.Vault.Look", "door.Vault.Open"]);
    assert_eq!(methods(&told, "door.Lamp"), ["door.Lamp.Toggle"]);
    assert_eq!(told["events"], json!({"door.Alarm": one, "door.Opened": one}));

    onlooks.store(true, Ordering::Relaxed);
    ask(&mut peer, "vault", "Open", open).await;
    let told = control(&mut peer, "stats").await["payload"].take();
    assert_eq!(methods(&told, "door.Vault"), ["door.Vault.Look"]);
    assert_eq!(
        told["contracts"].as_object().map(serde_json::Map::len),
        Some(1),
        "{told}"
    );
    assert_eq!(told["events"], json!({"door.Alarm": one}));
    assert_eq!(told["refused"], json!({"PermissionDenied": 1}));
}
