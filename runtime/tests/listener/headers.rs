//! What a request says beside its arguments: how long its caller waits, and what it sends along.

use callsheet::{CallContext, Listener, ListenerOptions, Runtime, Streaming, actor_contract};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::peer::{Peer, assert_failure};

#[actor_contract(namespace = "headers", timeout = "20s")]
pub trait Heard {
    /// How many milliseconds are left.
    fn of_contract(&self, #[context] cx: &CallContext) -> Option<u64>;
    #[method(timeout = "5s")]
    async fn of_method(&self, #[context] cx: &CallContext) -> Option<u64>;
    #[method(timeout = "5s")]
    fn in_stream(&self, #[context] cx: &CallContext) -> Streaming<Option<u64>>;
    #[method(timeout = "10ms")]
    async fn never(&self);
    fn meta(&self, #[context] cx: &CallContext, keys: Vec<String>) -> Vec<Option<String>>;
    async fn meta_alone(&mut self, #[context] cx: &CallContext, keys: Vec<String>) -> Vec<Option<String>>;
    #[tell]
    fn note(&mut self, #[context] cx: &CallContext, key: String);
    fn noted(&self) -> Vec<Option<String>>;
}

#[actor_contract(namespace = "headers")]
pub trait Unlimited {
    fn of_runtime(&self, #[context] cx: &CallContext) -> Option<u64>;
}

#[derive(Default)]
struct Ear {
    noted: Vec<Option<String>>,
}

fn left(cx: &CallContext) -> Option<u64> {
    cx.time_left().and_then(|left| u64::try_from(left.as_millis()).ok())
}

fn met(cx: &CallContext, keys: &[String]) -> Vec<Option<String>> {
    keys.iter().map(|key| cx.meta(key).map(str::to_owned)).collect()
}

impl Heard for Ear {
    fn of_contract(&self, cx: &CallContext) -> Option<u64> {
        left(cx)
    }
    async fn of_method(&self, cx: &CallContext) -> Option<u64> {
        left(cx)
    }
    fn in_stream(&self, cx: &CallContext) -> Streaming<Option<u64>> {
        Streaming::iter([left(cx)])
    }
    async fn never(&self) {
        std::future::pending().await
    }
    fn meta(&self, cx: &CallContext, keys: Vec<String>) -> Vec<Option<String>> {
        met(cx, &keys)
    }
    async fn meta_alone(&mut self, cx: &CallContext, keys: Vec<String>) -> Vec<Option<String>> {
        tokio::task::yield_now().await;
        met(cx, &keys)
    }
    fn note(&mut self, cx: &CallContext, key: String) {
        self.noted.push(cx.meta(&key).map(str::to_owned));
    }
    fn noted(&self) -> Vec<Option<String>> {
        self.noted.clone()
    }
}

impl Unlimited for Ear {
    fn of_runtime(&self, cx: &CallContext) -> Option<u64> {
        left(cx)
    }
}

/// What must live as long as the peer calls.
struct Served {
    _runtime: Runtime,
    _listener: Listener,
    _folder: TempDir,
}

async fn peer() -> (Served, Peer) {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::launch().unwrap();
    let ear = runtime.actor("ear", Ear::default).serves(Heard).serves(Unlimited);
    ear.expose().start().await.unwrap();
    let options = ListenerOptions::at(folder.path().join("s"));
    let listener = runtime.listen(options).await.unwrap();
    let peer = Peer::connect(listener.path()).await;
    let served = Served {
        _runtime: runtime,
        _listener: listener,
        _folder: folder,
    };
    (served, peer)
}

fn request(message_type: &str, more: &str) -> String {
    format!(r#"{{"target":"ear","message_type":"{message_type}"{more}}}"#)
}

#[tokio::test]
async fn a_request_without_a_timeout_has_that_of_its_method() {
    let (_served, mut peer) = peer().await;
    for (message_type, flag, most) in [
        ("OfRuntime", "expects_reply", 30_000),
        ("OfContract", "expects_reply", 20_000),
        ("OfMethod", "expects_reply", 5_000),
        ("InStream", "expects_stream", 5_000),
    ] {
        for (timeout, most) in [
            ("", most),
            (r#","timeout_ms":null"#, most),
            (r#","timeout_ms":60000"#, 60_000),
            (r#","timeout_ms":2000"#, 2_000),
        ] {
            let answer = peer
                .ask(&request(message_type, &format!(r#","{flag}":true{timeout}"#)))
                .await;
            let left = answer["payload"].as_u64().unwrap();
            // A slow machine may take its time, but not half of it.
            assert!(
                (most / 2..most + 50).contains(&left),
                "{message_type}{timeout}: {answer}"
            );
        }
    }
    let late = peer.ask(&request("Never", r#","expects_reply":true"#)).await;
    assert_failure(&late, "Timeout", "unknown", false);
}

#[tokio::test]
async fn what_a_caller_sends_along_reaches_the_handler() {
    let (_served, mut peer) = peer().await;
    for message_type in ["Meta", "MetaAlone"] {
        let more = r#","payload":{"keys":["tenant","é","none"]},"expects_reply":true"#;
        let with = format!(r#","meta":{{"tenant":"north","\u00e9":"\n"}}{more}"#);
        assert_eq!(
            peer.ask(&request(message_type, &with)).await["payload"],
            json!(["north", "\n", null])
        );
        for empty in ["", r#","meta":null"#, r#","meta":{}"#] {
            let without = peer.ask(&request(message_type, &format!("{empty}{more}"))).await;
            assert_eq!(
                without["payload"],
                json!([null, null, null]),
                "nothing is left of the call before"
            );
        }
        let packed = json!({
            "target": "ear", "message_type": message_type, "meta": {"tenant": "south"},
            "payload": {"keys": ["tenant"]}, "expects_reply": true,
        });
        peer.send_packed(&packed).await;
        assert_eq!(peer.receive_packed().await["payload"], json!(["south"]));
    }
    peer.send(&request("Note", r#","payload":{"key":"k"},"meta":{"k":"told"}"#))
        .await;
    let noted = peer.ask(&request("Noted", r#","expects_reply":true"#)).await;
    assert_eq!(noted["payload"], json!(["told"]));
}

#[tokio::test]
async fn what_is_no_small_map_of_strings_is_refused_and_not_run() {
    let (_served, mut peer) = peer().await;
    let many: Vec<_> = (0..65).map(|key| format!(r#""{key}":"""#)).collect();
    let many = format!("{{{}}}", many.join(","));
    let large = format!(r#"{{"k":"{}"}}"#, "x".repeat(16 * 1024));
    for meta in [
        "[]",
        r#""text""#,
        "7",
        r#"{"k":1}"#,
        r#"{"k":null}"#,
        r#"{"k":"1","k":"2"}"#,
        &many,
        &large,
    ] {
        for (message_type, payload) in [("Meta", r#"{"keys":["k"]}"#), ("Note", r#"{"key":"k"}"#)] {
            let more = format!(r#","request_id":"m","expects_reply":true,"payload":{payload},"meta":{meta}"#);
            let answer = peer.ask(&request(message_type, &more)).await;
            assert_failure(&answer, "ProtocolError", "no", false);
            assert_eq!(answer["error_details"]["path"], "meta", "{answer}");
            assert_eq!(answer["request_id"], "m");
        }
        // Nobody is told, and nothing is run.
        peer.send(&request("Note", &format!(r#","payload":{{"key":"k"}},"meta":{meta}"#)))
            .await;
    }
    let noted = peer.ask(&request("Noted", r#","expects_reply":true"#)).await;
    assert_eq!(noted["payload"], Value::Array(Vec::new()));
}
