//! What a peer is told of what is served.

use callsheet::{Access, Action, Denied, ListenerOptions};
use callsheet_schema::Document;
use serde_json::{Value, json};

use crate::{
    house::{House, control},
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
        | Action::Schema => Ok(()),
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
async fn discover_and_schema_can_be_refused_altogether() {
    let options = |options: ListenerOptions| {
        options.authorize(|access| match access.what {
            Action::Call { .. } | Action::Subscribe { .. } => Ok(()),
            _ => Err(Denied::new("no looking around")),
        })
    };
    let house = House::new(options).await;
    let mut peer = house.peer();
    for name in ["discover", "schema"] {
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
