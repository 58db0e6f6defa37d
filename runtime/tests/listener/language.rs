//! What the contract language says, as a caller outside the process meets it.

use std::time::Duration;

use callsheet::{CallContext, CallError, Deferred, Streaming, actor_contract, contract_type};
use callsheet_schema::{Document, Kind};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::{
    gates::Gates,
    peer::{Peer, assert_failure, within},
    probe::Server,
};

#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    NoSuchList { name: String },
}

type Opened<T> = Result<Streaming<T>, Refusal>;

#[actor_contract(namespace = "base")]
pub trait Base {
    fn name(&self) -> String;
    fn base(&self) -> String;
}

#[actor_contract(namespace = "test")]
pub trait Language: Base {
    #[method(alias = "Sum", alias = "Plus")]
    async fn add(&self, a: i32, b: i32) -> i32;
    #[method(name = "Fetch")]
    #[method(alias = "Get")]
    fn get(&self) -> i32;
    fn name(&self) -> String;
    async fn open(&self, name: String) -> Opened<u32>;
    fn open_plain(&mut self, name: String) -> Result<Streaming<Result<u32, Refusal>>, Refusal>;
    fn later(&mut self, gate: String) -> Deferred<String>;
    fn refused_later(&self) -> Deferred<Result<u32, Refusal>>;
    fn boom_later(&self) -> Deferred<u32>;
    async fn seen(&self, #[context] cx: &CallContext, times: u32) -> Vec<String>;
}

struct Tongue {
    gates: Gates,
    calls: u32,
}

fn refusal(name: &str) -> Refusal {
    Refusal::NoSuchList { name: name.to_owned() }
}

impl Base for Tongue {
    fn name(&self) -> String {
        "the base's".to_owned()
    }
    fn base(&self) -> String {
        "base".to_owned()
    }
}

impl Language for Tongue {
    async fn add(&self, a: i32, b: i32) -> i32 {
        a + b
    }
    fn get(&self) -> i32 {
        7
    }
    fn name(&self) -> String {
        "its own".to_owned()
    }
    async fn open(&self, name: String) -> Result<Streaming<u32>, Refusal> {
        tokio::task::yield_now().await;
        match &*name {
            "two" => Ok(Streaming::iter([1, 2])),
            "silent" => Ok(Streaming::new(stream::pending())),
            other => Err(refusal(other)),
        }
    }
    fn open_plain(&mut self, name: String) -> Result<Streaming<Result<u32, Refusal>>, Refusal> {
        self.calls += 1;
        match &*name {
            "breaks" => Ok(Streaming::iter([Ok(self.calls), Err(refusal("midway")), Ok(99)])),
            other => Err(refusal(other)),
        }
    }
    fn later(&mut self, gate: String) -> Deferred<String> {
        self.calls += 1;
        let gates = self.gates.clone();
        Deferred::new(async move {
            gates.pass(&gate).await;
            gate
        })
    }
    fn refused_later(&self) -> Deferred<Result<u32, Refusal>> {
        Deferred::new(async { Err(refusal("later")) })
    }
    fn boom_later(&self) -> Deferred<u32> {
        Deferred::new(async { panic!("as it should") })
    }
    async fn seen(&self, cx: &CallContext, times: u32) -> Vec<String> {
        let left = cx.time_left().unwrap_or_default() > Duration::from_secs(40);
        (0..times).map(|_| format!("{} {left}", cx.actor())).collect()
    }
}

/// The server with the actor `tongue`, which is exposed as `speech`.
async fn server() -> (Server, Peer) {
    let server = Server::start().await;
    let gates = server.gates.clone();
    let tongue = server.runtime.actor("tongue", move || Tongue {
        gates: gates.clone(),
        calls: 0,
    });
    tongue.serves(Language).expose_as("speech").start().await.unwrap();
    let peer = server.peer().await;
    (server, peer)
}

fn request(message: &str, payload: &Value, flag: &str) -> String {
    json!({"target": "speech", "message_type": message, "payload": payload, "request_id": "r", flag: true}).to_string()
}

async fn ask(peer: &mut Peer, message: &str, payload: Value) -> Value {
    peer.ask(&request(message, &payload, "expects_reply")).await
}

#[tokio::test]
async fn old_names_of_a_message_are_still_accepted() {
    let (_server, mut peer) = server().await;
    for name in ["Add", "Sum", "Plus", "test.Language.Add", "test.Language.Plus"] {
        let answer = ask(&mut peer, name, json!({"a": 1, "b": 2})).await;
        assert_eq!(answer["payload"], 3, "{name}: {answer}");
    }
    for name in ["Fetch", "Get", "test.Language.Get"] {
        assert_eq!(ask(&mut peer, name, json!(null)).await["payload"], 7);
    }
    let unknown = ask(&mut peer, "base.Base.Plus", json!({"a": 1, "b": 2})).await;
    assert_failure(&unknown, "UnknownMessageType", "no", false);
}

#[tokio::test]
async fn what_a_contract_builds_on_is_called_too() {
    let (_server, mut peer) = server().await;
    assert_eq!(ask(&mut peer, "Base", json!(null)).await["payload"], "base");
    assert_eq!(
        ask(&mut peer, "base.Base.Name", json!(null)).await["payload"],
        "the base's"
    );
    assert_eq!(
        ask(&mut peer, "test.Language.Name", json!(null)).await["payload"],
        "its own"
    );
    let ambiguous = ask(&mut peer, "Name", json!(null)).await;
    assert_failure(&ambiguous, "AmbiguousMessageType", "no", false);
    assert_eq!(
        ambiguous["error_details"]["candidates"],
        json!(["test.Language.Name", "base.Base.Name"])
    );
}

#[tokio::test]
async fn a_stream_that_does_not_open_is_one_final_frame() {
    let (server, mut peer) = server().await;
    let opened = request("Open", &json!({"name": "two"}), "expects_stream");
    assert_eq!(
        peer.ask(&opened).await,
        json!({"stream_id": "r", "sequence": 0, "payload": 1, "is_final": false})
    );
    assert_eq!(
        peer.receive().await,
        json!({"stream_id": "r", "sequence": 1, "payload": 2, "is_final": true})
    );
    for message in ["Open", "OpenPlain"] {
        let refused = peer
            .ask(&request(message, &json!({"name": "x"}), "expects_stream"))
            .await;
        assert_eq!(refused["error_code"], "ContractError", "{refused}");
        assert_eq!(refused["error_details"], json!({"NoSuchList": {"name": "x"}}));
        assert_eq!(
            (&refused["stream_id"], &refused["sequence"], &refused["is_final"]),
            (&json!("r"), &json!(0), &json!(true))
        );
    }
    let broken = request("OpenPlain", &json!({"name": "breaks"}), "expects_stream");
    assert_eq!(peer.ask(&broken).await["payload"], 2);
    let end = peer.receive().await;
    assert_eq!((&end["sequence"], &end["is_final"]), (&json!(1), &json!(true)));
    assert_eq!(end["error_details"], json!({"NoSuchList": {"name": "midway"}}));
    peer.works().await;
    assert_eq!(server.listener.stats().errors, 0, "a declared error is an answer");
}

#[tokio::test]
async fn callers_in_the_process_get_the_same() {
    let (server, _peer) = server().await;
    let language = server.runtime.to::<dyn Language>("tongue");
    let items = |name: &str| within(language.open(name.to_owned()).collect::<Vec<_>>());
    assert_eq!(items("two").await, [Ok(1), Ok(2)]);
    assert_eq!(items("x").await, [Err(CallError::Contract(refusal("x")))]);
    let items = |name: &str| within(language.open_plain(name.to_owned()).collect::<Vec<_>>());
    assert_eq!(items("x").await, [Err(CallError::Contract(refusal("x")))]);
    assert_eq!(
        items("breaks").await,
        [Ok(2), Err(CallError::Contract(refusal("midway")))]
    );
    let mut silent = language.open("silent".to_owned()).timeout(Duration::from_millis(50));
    let late = within(silent.next()).await;
    assert!(matches!(late, Some(Err(CallError::Failure(_)))), "{late:?}");
}

#[tokio::test]
async fn a_deferred_reply_is_answered_when_it_is_there() {
    let (server, mut peer) = server().await;
    peer.send(&request("Later", &json!({"gate": "g"}), "expects_reply"))
        .await;
    server.gates.entered("g").await;
    // The exclusive turn has ended.
    let other = server
        .peer()
        .await
        .ask(&request("Get", &json!(null), "expects_reply"))
        .await;
    assert_eq!(other["payload"], 7);
    server.gates.open("g");
    assert_eq!(
        peer.receive().await,
        json!({"request_id": "r", "success": true, "payload": "g", "error": null})
    );
    let refused = ask(&mut peer, "RefusedLater", json!(null)).await;
    assert_eq!(refused["error_details"], json!({"NoSuchList": {"name": "later"}}));
    assert_failure(
        &ask(&mut peer, "BoomLater", json!(null)).await,
        "ActorFailed",
        "yes",
        false,
    );
}

#[tokio::test]
async fn a_deferred_reply_is_dropped_with_its_call() {
    let (server, mut peer) = server().await;
    peer.send(&request("Later", &json!({"gate": "cancelled"}), "expects_reply"))
        .await;
    server.gates.entered("cancelled").await;
    let cancelled = peer.ask(r#"{"control":"cancel","request_id":"r"}"#).await;
    assert_failure(&cancelled, "Cancelled", "unknown", false);
    server.gates.left("cancelled").await;

    peer.send(&request("Later", &json!({"gate": "gone"}), "expects_reply"))
        .await;
    server.gates.entered("gone").await;
    drop(peer);
    server.gates.left("gone").await;
}

#[tokio::test]
async fn the_context_is_no_part_of_the_message() {
    let (_server, mut peer) = server().await;
    let request = json!({
        "target": "speech", "message_type": "Seen", "payload": {"times": 1},
        "expects_reply": true, "timeout_ms": 60_000,
    });
    assert_eq!(peer.ask(&request.to_string()).await["payload"], json!(["tongue true"]));
    let seen = ask(&mut peer, "Seen", json!({"times": 1})).await;
    assert_eq!(seen["payload"], json!(["tongue false"]), "the default is 30 s");
}

#[test]
fn the_document_says_all_of_it() {
    let document = Document::of_registered().unwrap();
    let contract = |name: &str| {
        document
            .contracts
            .iter()
            .find(|contract| contract.name == name)
            .unwrap()
    };
    let language = contract("test.Language");
    assert_eq!(language.extends, ["base.Base"]);
    assert_eq!(contract("base.Base").methods.len(), 2);
    let method = |name: &str| language.methods.iter().find(|method| method.name == name).unwrap();
    assert_eq!(method("add").aliases, ["test.Language.Sum", "test.Language.Plus"]);
    assert_eq!(method("get").message, "test.Language.Fetch");
    assert_eq!(method("get").aliases, ["test.Language.Get"]);
    let said = |name: &str| {
        let method = method(name);
        let error = method.error.as_ref().map(ToString::to_string);
        (method.kind, method.reply.to_string(), error.unwrap_or_default())
    };
    let error = || "Refusal".to_owned();
    assert_eq!(said("open"), (Kind::Stream, "u32".to_owned(), error()));
    assert_eq!(said("open_plain"), (Kind::Stream, "u32".to_owned(), error()));
    assert_eq!(said("later"), (Kind::Ask, "string".to_owned(), String::new()));
    assert_eq!(said("refused_later"), (Kind::Ask, "u32".to_owned(), error()));
}
