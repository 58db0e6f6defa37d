//! Calls from outside, on their way through the layers of their actor.

use std::sync::{Arc, Mutex};

use callsheet::{
    CallContext, CallInfo, Code, Failure, Layer, Listener, Next, Passed, Received, Runtime, Streaming, actor_contract,
};
use serde_json::{Value, json};

use crate::peer::{Peer, assert_failure, within};

#[actor_contract(namespace = "layered")]
pub trait Porter {
    #[method(timeout = "50ms")]
    async fn hang(&self);
    fn meta(&self, #[context] cx: &CallContext, key: String) -> Option<String>;
    fn count(&self, to: u32) -> Streaming<u32>;
    #[tell]
    fn carry(&mut self, load: String);
    fn carried(&self) -> Vec<String>;
}

#[derive(Default)]
struct Gate(Vec<String>);

impl Porter for Gate {
    async fn hang(&self) {
        std::future::pending().await
    }
    fn meta(&self, cx: &CallContext, key: String) -> Option<String> {
        cx.meta(&key).map(str::to_owned)
    }
    fn count(&self, to: u32) -> Streaming<u32> {
        Streaming::iter(0..to)
    }
    fn carry(&mut self, load: String) {
        self.0.push(load);
    }
    fn carried(&self) -> Vec<String> {
        self.0.clone()
    }
}

type Log = Arc<Mutex<Vec<String>>>;

/// Lets pass what brings the word, and writes down what became of it.
struct Guard(Log);

impl Layer for Guard {
    async fn call(&self, mut call: CallInfo, next: Next<'_>) -> Result<Passed, Failure> {
        let method = call.method;
        match call.meta.remove("word").as_deref() {
            Some("sesame") => {}
            Some("panic") => panic!("as it should"),
            Some("pretend") => return Ok(Passed::Replied),
            Some("wait") => std::future::pending().await,
            _ => return Err(Failure::new(Code::PermissionDenied, "say the word")),
        }
        call.meta.insert("seen".to_owned(), "yes".to_owned());
        let passed = next.run(call).await;
        let said = match &passed {
            Ok(passed) => format!("{method} {passed:?}"),
            Err(failure) => format!("{method} {:?}", failure.code()),
        };
        self.0.lock().unwrap().push(said);
        passed
    }
}

async fn serve(layered: bool) -> (Runtime, tempfile::TempDir, Listener, Peer, Log) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls.sock");
    let runtime = Runtime::launch().unwrap();
    let log = Log::default();
    let mut gate = runtime.actor("gate", Gate::default).serves(Porter).expose();
    if layered {
        gate = gate.serving(Guard(Arc::clone(&log)));
    }
    gate.start().await.unwrap();
    let listener = runtime.listen(&path).await.unwrap();
    let peer = Peer::connect(&path).await;
    (runtime, folder, listener, peer, log)
}

fn request(method: &str, payload: Value, word: &str) -> String {
    let flag = if method == "Count" {
        "expects_stream"
    } else {
        "expects_reply"
    };
    json!({
        "target": "gate", "message_type": method, "request_id": "1", flag: true, "meta": {"word": word}, "payload": payload,
    })
    .to_string()
}

#[tokio::test]
async fn what_a_layer_lets_pass_is_answered_as_without_it() {
    let (_runtime, _folder, _listener, mut peer, log) = serve(true).await;
    let answer = peer.ask(&request("Meta", json!({"key": "seen"}), "sesame")).await;
    assert_eq!(answer["payload"], "yes");
    let answer = peer.ask(&request("Meta", json!({"key": "word"}), "sesame")).await;
    assert_eq!(answer["payload"], Value::Null, "the layer took it away");
    let carried = peer.ask(&request("Carry", json!({"load": "a"}), "sesame")).await;
    assert_eq!((&carried["success"], &carried["payload"]), (&json!(true), &Value::Null));
    let carried = peer.ask(&request("Carried", json!({}), "sesame")).await;
    assert_eq!(carried["payload"], json!(["a"]));
    let first = peer.ask(&request("Count", json!({"to": 1}), "sesame")).await;
    assert_eq!((&first["payload"], &first["is_final"]), (&json!(0), &json!(true)));
    let said = log.lock().unwrap().clone();
    assert_eq!(
        said,
        [
            "Meta Replied",
            "Meta Replied",
            "Carry Enqueued",
            "Carried Replied",
            "Count Opened"
        ]
    );
}

#[tokio::test]
async fn what_a_layer_refuses_gets_its_failure() {
    let (_runtime, _folder, _listener, mut peer, _) = serve(true).await;
    for (method, payload) in [
        ("Meta", json!({"key": "a"})),
        ("Carry", json!({"load": "a"})),
        ("Count", json!({"to": 1})),
    ] {
        let answer = peer.ask(&request(method, payload, "please")).await;
        assert_failure(&answer, "PermissionDenied", "no", false);
    }
    let carried = peer.ask(&request("Carried", json!({}), "sesame")).await;
    assert_eq!(carried["payload"], json!([]));
}

#[tokio::test]
async fn a_layer_hears_of_what_fails_beyond_it_and_may_panic() {
    let (_runtime, _folder, _listener, mut peer, log) = serve(true).await;
    let unfit = peer.ask(&request("Meta", json!({"key": 5}), "sesame")).await;
    assert_failure(&unfit, "SerializationError", "no", false);
    assert_eq!(*log.lock().unwrap(), ["Meta SerializationError"]);
    let broken = peer.ask(&request("Carried", json!({}), "panic")).await;
    assert_failure(&broken, "Internal", "unknown", false);
    let carried = peer.ask(&request("Carried", json!({}), "sesame")).await;
    assert_eq!(carried["payload"], json!([]), "the connection goes on");
}

#[tokio::test]
async fn what_nobody_waits_for_and_a_layer_refuses_is_a_dead_letter() {
    let (runtime, _folder, _listener, mut peer, _) = serve(true).await;
    let mut letters = runtime.broker().subscribe::<callsheet::DeadLetter>();
    peer.send(r#"{"target":"gate","message_type":"Carry","payload":{"load":"a"}}"#)
        .await;
    let Some(Received::Event(letter)) = within(letters.next()).await else {
        panic!("a letter is published");
    };
    assert_eq!(
        (letter.actor.as_str(), letter.message.as_str()),
        ("gate", "layered.Porter.Carry")
    );
    assert_eq!(
        (letter.loss, runtime.dead_letters().refused),
        (callsheet::Loss::Refused, 1)
    );
}

#[tokio::test]
async fn what_a_peer_sends_along_reaches_the_handler_and_is_bounded() {
    let (_runtime, _folder, _listener, mut peer, _) = serve(false).await;
    let answer = peer.ask(&request("Meta", json!({"key": "word"}), "sesame")).await;
    assert_eq!(answer["payload"], "sesame");
    let many: serde_json::Map<_, _> = (0..65).map(|n| (n.to_string(), json!("x"))).collect();
    for meta in [
        json!({"a": 1}),
        json!(["a"]),
        json!({"a": "x".repeat(17_000)}),
        Value::Object(many),
    ] {
        let request = json!({"target": "gate", "message_type": "Carried", "expects_reply": true, "meta": meta});
        let answer = peer.ask(&request.to_string()).await;
        assert_failure(&answer, "ProtocolError", "no", false);
        assert_eq!(answer["error_details"]["path"], "meta");
    }
}

#[tokio::test]
async fn a_methods_own_limit_holds_for_callers_from_outside_that_say_none() {
    for layered in [false, true] {
        let (_runtime, _folder, _listener, mut peer, _) = serve(layered).await;
        let late = peer.ask(&request("Hang", json!({}), "sesame")).await;
        assert_failure(&late, "Timeout", "unknown", false);
    }
}

#[tokio::test]
async fn a_message_from_outside_for_nobody_is_a_dead_letter() {
    let (runtime, _folder, _listener, mut peer, _) = serve(false).await;
    let mut letters = runtime.broker().subscribe::<callsheet::DeadLetter>();
    peer.send(r#"{"target":"nobody","message_type":"Carry","payload":{"load":"a"}}"#)
        .await;
    let Some(Received::Event(letter)) = within(letters.next()).await else {
        panic!("a letter is published");
    };
    assert_eq!((letter.actor.as_str(), letter.message.as_str()), ("nobody", "Carry"));
    assert_eq!(runtime.dead_letters().actor_not_found, 1);
}

#[tokio::test]
async fn a_layer_that_says_what_is_not_true_leaves_no_caller_without_an_answer() {
    let (_runtime, _folder, _listener, mut peer, _) = serve(true).await;
    let pretended = peer.ask(&request("Carried", json!({}), "pretend")).await;
    assert_failure(&pretended, "Internal", "no", false);
    let opened = peer.ask(&request("Count", json!({"to": 1}), "pretend")).await;
    assert_failure(&opened, "Internal", "no", false);
}

#[tokio::test]
async fn calls_that_wait_in_layers_are_bounded_and_let_go_when_they_are_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls.sock");
    let runtime = Runtime::launch().unwrap();
    let gate = runtime.actor("gate", Gate::default).serves(Porter).expose();
    gate.serving(Guard(Log::default())).start().await.unwrap();
    let options = callsheet::ListenerOptions::at(&path).max_in_flight(2);
    let _listener = runtime.listen(options).await.unwrap();
    let mut peer = Peer::connect(&path).await;
    // More than may wait: each is let go when it is cancelled.
    for _ in 0..5 {
        peer.send(&request("Carried", json!({}), "wait")).await;
        let cancelled = peer.ask(r#"{"control":"cancel","request_id":"1"}"#).await;
        assert_failure(&cancelled, "Cancelled", "no", true);
    }
    let tell = json!({"target": "gate", "message_type": "Carry", "payload": {"load": "a"}, "meta": {"word": "wait"}});
    for _ in 0..2 {
        peer.send(&tell.to_string()).await;
    }
    let refused = peer.ask(&request("Carried", json!({}), "sesame")).await;
    assert_failure(&refused, "LimitExceeded", "no", true);
}

#[tokio::test]
async fn what_passes_layers_is_counted_like_what_passes_none() {
    let (_runtime, _folder, listener, mut peer, _) = serve(true).await;
    for word in ["sesame", "please", "panic", "pretend"] {
        peer.ask(&request("Carried", json!({}), word)).await;
    }
    for word in ["sesame", "please"] {
        peer.ask(&request("Carry", json!({"load": "a"}), word)).await;
        let unawaited = json!({
            "target": "gate", "message_type": "Carry", "payload": {"load": "b"}, "meta": {"word": word},
        });
        peer.send(&unawaited.to_string()).await;
    }
    peer.send(&request("Carried", json!({}), "wait")).await;
    peer.ask(r#"{"control":"ping","request_id":"p"}"#).await;
    let method = |name: &str| {
        listener
            .detailed_stats()
            .method(&format!("layered.Porter.{name}"))
            .cloned()
    };
    // What nobody waits for is counted once it is through.
    crate::still::until(|| method("Carry").is_some_and(|carry| carry.started == 4)).await;
    let (carry, carried) = (method("Carry").unwrap(), method("Carried").unwrap());
    assert_eq!((carry.succeeded, carry.in_flight), (2, 0));
    assert_eq!(carry.failed, [("PermissionDenied".to_owned(), 2)].into());
    assert_eq!((carried.started, carried.succeeded, carried.in_flight), (5, 1, 1));
    let failed = [("Internal".to_owned(), 2), ("PermissionDenied".to_owned(), 1)];
    assert_eq!(carried.failed, failed.into());
    let stats = listener.detailed_stats();
    assert_eq!((stats.errors, stats.refused.len()), (5, 0));
}
