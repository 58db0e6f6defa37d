//! Replies that go to another actor.

use callsheet::{CallInfo, Failure, Layer, Next, Passed, actor_contract, contract_type};
use serde_json::{Value, json};

use crate::{
    peer::{Peer, assert_failure, within},
    probe::Server,
};

#[contract_type(name = "test.Total")]
#[derive(Clone)]
pub struct Total {
    pub sum: i32,
}

#[contract_type(name = "test.Broke")]
#[derive(Clone)]
pub struct Broke {}

#[actor_contract(namespace = "test")]
pub trait Sums {
    fn total(&self, a: i32, b: i32) -> Total;
    fn plain(&self, a: i32) -> i32;
    async fn spend(&self) -> Result<Total, Broke>;
    fn explode(&self) -> Total;
}

#[actor_contract(namespace = "test")]
pub trait Ledger {
    #[tell]
    fn book(&mut self, #[message] total: Total);
    fn booked(&self) -> Vec<i32>;
}

#[derive(Default)]
struct Books(Vec<i32>);

impl Sums for Books {
    fn total(&self, a: i32, b: i32) -> Total {
        Total { sum: a + b }
    }
    fn plain(&self, a: i32) -> i32 {
        a
    }
    async fn spend(&self) -> Result<Total, Broke> {
        Err(Broke {})
    }
    fn explode(&self) -> Total {
        panic!("as it should")
    }
}

impl Ledger for Books {
    fn book(&mut self, total: Total) {
        self.0.push(total.sum);
    }
    fn booked(&self) -> Vec<i32> {
        self.0.clone()
    }
}

struct Through;

impl Layer for Through {
    async fn call(&self, call: CallInfo, next: Next<'_>) -> Result<Passed, Failure> {
        next.run(call).await
    }
}

async fn server() -> (Server, Peer) {
    let server = Server::start().await;
    server
        .runtime
        .actor("sums", Books::default)
        .serves(Sums)
        .expose()
        .start()
        .await
        .unwrap();
    let layered = server
        .runtime
        .actor("layered", Books::default)
        .serves(Sums)
        .serving(Through);
    layered.expose().start().await.unwrap();
    server
        .runtime
        .actor("ledger", Books::default)
        .serves(Ledger)
        .expose()
        .start()
        .await
        .unwrap();
    server
        .runtime
        .actor("private", Books::default)
        .serves(Ledger)
        .start()
        .await
        .unwrap();
    let peer = server.peer().await;
    (server, peer)
}

fn request(target: &str, message: &str, payload: &Value, reply_to: &str) -> Value {
    json!({
        "target": target, "message_type": message, "payload": payload, "reply_to": reply_to, "request_id": "r",
    })
}

async fn booked(server: &Server) -> Vec<i32> {
    within(async { server.runtime.to::<dyn Ledger>("ledger").booked().await })
        .await
        .unwrap()
}

#[tokio::test]
async fn a_reply_is_delivered_to_the_named_actor_and_its_caller_is_told_so() {
    let (server, mut peer) = server().await;
    for target in ["sums", "layered"] {
        let mut ask = request(target, "Total", &json!({"a": 1, "b": 2}), "ledger");
        ask["expects_reply"] = json!(true);
        let told = peer.ask(&ask.to_string()).await;
        assert_eq!(
            told,
            json!({"success": true, "request_id": "r", "error": null, "payload": null}),
            "{target}"
        );
    }
    assert_eq!(booked(&server).await, [3, 3]);
}

#[tokio::test]
async fn without_a_flag_nobody_is_told() {
    let (server, mut peer) = server().await;
    for (n, target) in ["sums", "layered"].into_iter().enumerate() {
        let tell = request(target, "Total", &json!({"a": 5, "b": n}), "ledger");
        peer.send(&tell.to_string()).await;
    }
    within(async {
        while booked(&server).await.len() < 2 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    peer.works().await;
}

#[tokio::test]
async fn failures_are_the_callers_to_hear() {
    let (server, mut peer) = server().await;
    let mut spend = request("sums", "Spend", &json!({}), "ledger");
    spend["expects_reply"] = json!(true);
    assert_eq!(peer.ask(&spend.to_string()).await["error_code"], "ContractError");
    let mut explode = request("sums", "Explode", &json!({}), "ledger");
    explode["expects_reply"] = json!(true);
    assert_failure(&peer.ask(&explode.to_string()).await, "ActorFailed", "yes", false);
    assert_eq!(booked(&server).await, [0; 0]);
}

#[tokio::test]
async fn only_an_exposed_actor_that_takes_the_type_gets_a_reply() {
    let (server, mut peer) = server().await;
    let two = json!({"a": 1, "b": 2});
    for (message, payload, reply_to, code, retryable) in [
        ("Total", &two, "nobody", "ActorNotFound", true),
        ("Total", &two, "private", "ActorNotFound", true),
        ("Total", &two, "probe", "UnknownMessageType", false),
        ("Plain", &json!({"a": 1}), "ledger", "UnknownMessageType", false),
    ] {
        let mut ask = request("sums", message, payload, reply_to);
        ask["expects_reply"] = json!(true);
        assert_failure(&peer.ask(&ask.to_string()).await, code, "no", retryable);
    }
    let mut stream = request("sums", "Total", &two, "ledger");
    stream["expects_stream"] = json!(true);
    let refused = peer.ask(&stream.to_string()).await;
    assert_eq!(refused["error_code"], "ProtocolError", "{refused}");
    let mut count = request("probe", "Count", &json!({"to": 1}), "ledger");
    count["expects_stream"] = json!(true);
    assert_eq!(peer.ask(&count.to_string()).await["error_code"], "ProtocolError");
    assert_eq!(booked(&server).await, [0; 0]);
}
