//! Replies that go to another actor.

use callsheet::{
    Access, Action, CallContext, CallInfo, Code, DeadLetter, Denied, Failure, Layer, ListenerOptions, Next, Passed,
    Received, actor_contract, contract_type,
};
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
    fn book(&mut self, #[message] total: Total, #[context] cx: &CallContext);
    fn booked(&self) -> Vec<i32>;
    /// Of which users' calls it got them.
    fn bookers(&self) -> Vec<Option<u32>>;
}

#[derive(Default)]
struct Books(Vec<i32>, Vec<Option<u32>>);

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
    fn book(&mut self, total: Total, cx: &CallContext) {
        self.0.push(total.sum);
        self.1.push(cx.peer().map(|peer| peer.uid));
    }
    fn booked(&self) -> Vec<i32> {
        self.0.clone()
    }
    fn bookers(&self) -> Vec<Option<u32>> {
        self.1.clone()
    }
}

struct Through;

impl Layer for Through {
    async fn call(&self, call: CallInfo, next: Next<'_>) -> Result<Passed, Failure> {
        next.run(call).await
    }
}

/// Refuses what has no word for it with it.
struct Guard;

impl Layer for Guard {
    async fn call(&self, call: CallInfo, next: Next<'_>) -> Result<Passed, Failure> {
        match call.meta.contains_key("word") {
            true => next.run(call).await,
            false => Err(Failure::new(Code::PermissionDenied, "say the word")),
        }
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
    for (id, layers) in [("watched", 1), ("guarded", 2)] {
        let mut ledger = server.runtime.actor(id, Books::default).serves(Ledger).serving(Through);
        if layers > 1 {
            ledger = ledger.serving(Guard);
        }
        ledger.expose().start().await.unwrap();
    }
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

#[tokio::test]
async fn a_reply_passes_what_goes_round_the_calls_of_the_actor_that_gets_it() {
    let (server, mut peer) = server().await;
    let told = json!({"success": true, "request_id": "r", "error": null, "payload": null});
    for target in ["sums", "layered"] {
        let mut ask = request(target, "Total", &json!({"a": 1, "b": 2}), "watched");
        ask["expects_reply"] = json!(true);
        assert_eq!(peer.ask(&ask.to_string()).await, told, "{target}");
        // It is a call of its own: what was sent along with the first is not sent along with this.
        ask["reply_to"] = json!("guarded");
        ask["meta"] = json!({"word": "sesame"});
        assert_failure(&peer.ask(&ask.to_string()).await, "PermissionDenied", "yes", false);
    }
    let watched = within(async { server.runtime.to::<dyn Ledger>("watched").booked().await });
    assert_eq!(watched.await.unwrap(), [3, 3]);
    let guarded = server.runtime.to::<dyn Ledger>("guarded");
    let guarded = within(async { guarded.booked().meta("word", "sesame").await });
    assert_eq!(guarded.await.unwrap(), [0; 0]);
}

#[tokio::test]
async fn whoever_gets_a_reply_knows_whose_call_it_was() {
    let (server, mut peer) = server().await;
    for ledger in ["ledger", "watched"] {
        let mut ask = request("sums", "Total", &json!({"a": 1, "b": 2}), ledger);
        ask["expects_reply"] = json!(true);
        assert_eq!(peer.ask(&ask.to_string()).await["success"], true);
        let bookers = within(async { server.runtime.to::<dyn Ledger>(ledger).bookers().await });
        let own = rustix::process::geteuid().as_raw();
        assert_eq!(bookers.await.unwrap(), [Some(own)], "it came from outside");
    }
}

#[tokio::test]
async fn a_caller_that_may_not_call_an_actor_has_no_reply_go_there() {
    fn no_booking(access: &Access<'_>) -> Result<(), Denied> {
        match access.what {
            Action::Call {
                message_type: "test.Ledger.Total",
                ..
            } => Err(Denied::new("it books nothing")),
            _ => Ok(()),
        }
    }
    let (server, _) = server().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let options = ListenerOptions::at(&path).authorize(no_booking);
    let _listener = server.runtime.listen(options).await.unwrap();
    let mut peer = Peer::connect(&path).await;
    let mut ask = request("sums", "Total", &json!({"a": 1, "b": 2}), "ledger");
    ask["expects_reply"] = json!(true);
    assert_failure(&peer.ask(&ask.to_string()).await, "PermissionDenied", "no", false);
    ask["reply_to"] = Value::Null;
    assert_eq!(peer.ask(&ask.to_string()).await["payload"]["sum"], 3);
    assert_eq!(booked(&server).await, [0; 0]);
}

#[tokio::test]
async fn a_reply_that_a_layer_refuses_is_a_dead_letter_if_nobody_waits() {
    let (server, mut peer) = server().await;
    let mut letters = server.runtime.broker().subscribe::<DeadLetter>();
    peer.send(&request("sums", "Total", &json!({"a": 1, "b": 2}), "guarded").to_string())
        .await;
    let Some(Received::Event(letter)) = within(letters.next()).await else {
        panic!("a letter is published");
    };
    assert_eq!((&*letter.actor, &*letter.message), ("guarded", "test.Ledger.Total"));
}
