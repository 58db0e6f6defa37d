//! A peer that hosts an actor and speaks the wire by hand.

use callsheet::{ListenerOptions, Mailbox};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
};

use crate::sides::{Progress, Sides, Work, within};

pub struct Peer(pub UnixStream);

impl Peer {
    pub async fn of(sides: &Sides) -> Self {
        Peer(UnixStream::connect(sides.folder.path().join("s")).await.unwrap())
    }

    pub async fn send(&mut self, frame: &Value) {
        let text = frame.to_string();
        self.0.write_u32(text.len() as u32).await.unwrap();
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    pub async fn receive(&mut self) -> Value {
        within(async {
            let length = self.0.read_u32().await.unwrap();
            let mut text = vec![0; length as usize];
            self.0.read_exact(&mut text).await.unwrap();
            serde_json::from_slice(&text).unwrap()
        })
        .await
    }
}

/// A peer that hosts an actor, and that actor's mailbox on the side that listens.
pub async fn hosting(set: impl FnOnce(ListenerOptions) -> ListenerOptions) -> (Sides, Peer, Mailbox<dyn Progress>) {
    let sides = Sides::with(set).await;
    let mut peer = Peer::of(&sides).await;
    let remember = json!({
        "target": "worker", "message_type": "Remember", "request_id": "r", "expects_reply": true,
        "payload": {"listener": {"contract": "far.Progress", "id": "mine", "route": "client"}},
    });
    peer.send(&remember).await;
    assert_eq!(peer.receive().await["success"], true);
    let hosted = within(sides.serving.to::<dyn Work>("worker").remembered())
        .await
        .unwrap();
    (sides, peer, hosted)
}

/// An item of the stream that was asked for.
pub fn item(asked: &Value, sequence: u32, payload: &Value, is_final: bool) -> Value {
    json!({
        "stream_id": asked["request_id"], "sequence": sequence, "is_final": is_final, "payload": payload,
        "error": null,
    })
}

fn report(listener: &Value) -> Value {
    json!({
        "target": "worker", "message_type": "Report", "request_id": "r", "expects_reply": true,
        "payload": {"steps": 1, "listener": listener},
    })
}

#[tokio::test]
async fn the_server_asks_the_peer_and_takes_its_answer() {
    let sides = Sides::start().await;
    let mut peer = Peer::of(&sides).await;
    let listener = json!({"contract": "far.Progress", "id": "mine", "route": "client"});
    peer.send(&report(&listener)).await;
    let mut asked = peer.receive().await;
    let id = asked["request_id"].take();
    let left = asked
        .as_object_mut()
        .unwrap()
        .remove("timeout_ms")
        .expect("the deadline travels");
    // The clock that keeps it is a coarse one.
    assert!((1..=31_000).contains(&left.as_u64().unwrap()), "{left}");
    asked.as_object_mut().unwrap().remove("request_id");
    asked.as_object_mut().unwrap().remove("chain");
    let expected = json!({
        "target": "mine", "message_type": "far.Progress.Step", "expects_reply": true, "payload": {"step": 1},
    });
    assert_eq!(asked, expected);
    peer.send(&json!({"success": true, "request_id": id, "error": null, "payload": 4}))
        .await;
    assert_eq!(peer.receive().await["payload"], 4);
    // A second answer is nobody's.
    peer.send(&json!({"success": true, "request_id": id, "error": null, "payload": 5}))
        .await;
    peer.send(&report(&listener)).await;
    let asked = peer.receive().await;
    let failure = json!({
        "success": false, "request_id": asked["request_id"], "payload": null, "error": "TargetBusy: not now",
        "error_code": "TargetBusy", "error_details": {"retryable": true, "delivered": "no"},
    });
    peer.send(&failure).await;
    // It is asked again, as an actor here would have been waited for.
    let again = peer.receive().await;
    assert_eq!(again["payload"], asked["payload"]);
    let gone = json!({
        "success": false, "request_id": again["request_id"], "payload": null, "error": "ActorNotFound: gone",
        "error_code": "ActorNotFound", "error_details": {"retryable": true, "delivered": "no"},
    });
    peer.send(&gone).await;
    assert_eq!(peer.receive().await["error_details"], json!({"code": "ActorNotFound"}));
}

#[tokio::test]
async fn a_client_of_acton_reactive_is_asked_nothing() {
    let sides = Sides::start().await;
    let Peer(mut socket) = Peer::of(&sides).await;
    let mut report = report(&json!({"contract": "far.Progress", "id": "mine", "route": "client"}));
    report["correlation_id"] = report["request_id"].take();
    let report = report.to_string();
    socket.write_u32(report.len() as u32).await.unwrap();
    socket.write_all(&[2, 1, 1]).await.unwrap();
    socket.write_all(report.as_bytes()).await.unwrap();
    let mut answer = vec![0; within(socket.read_u32()).await.unwrap() as usize + 3];
    within(socket.read_exact(&mut answer)).await.unwrap();
    assert_eq!(
        answer[..3],
        [2, 3, 1],
        "the answer of the call, and no call of the server's"
    );
    let answer: Value = serde_json::from_slice(&answer[3..]).unwrap();
    assert_eq!(answer["payload"], json!({"code": "ActorNotFound"}));
}

#[tokio::test]
async fn an_answer_to_what_was_never_asked_is_refused() {
    let sides = Sides::start().await;
    let mut peer = Peer::of(&sides).await;
    for id in [json!("1"), json!("x"), Value::Null] {
        peer.send(&json!({"success": true, "request_id": id, "error": null, "payload": 4}))
            .await;
        assert_eq!(peer.receive().await["error_code"], "ProtocolError");
    }
}

#[tokio::test]
async fn what_names_no_actor_is_refused_where_it_stands() {
    let sides = Sides::start().await;
    let mut peer = Peer::of(&sides).await;
    for (listener, text) in [
        (
            json!({"contract": "far.Progress", "id": "x"}),
            "no actor is exposed as `x`",
        ),
        (
            json!({"contract": "far.Progress", "id": "hidden", "route": "server"}),
            "no actor is exposed as `hidden`",
        ),
        (
            json!({"contract": "far.Work", "id": "worker"}),
            "a mailbox of `far.Work`",
        ),
        (
            json!({"contract": "far.Progress", "id": "x", "route": "moon"}),
            "no route `moon`",
        ),
        (
            json!({"contract": "far.Progress", "id": "", "route": "client"}),
            "it is empty",
        ),
        (json!({"contract": "far.Progress", "route": "client"}), "id"),
    ] {
        peer.send(&report(&listener)).await;
        let refused = peer.receive().await;
        assert_eq!(refused["error_code"], "SerializationError", "{refused}");
        assert_eq!(refused["error_details"]["path"], "payload.listener", "{refused}");
        assert!(refused["error"].as_str().unwrap().contains(text), "{refused}");
    }
    // A worker is exposed, but no listener to progress.
    let wrong = json!({"contract": "far.Progress", "id": "worker"});
    peer.send(&report(&wrong)).await;
    assert_eq!(
        peer.receive().await["error_details"],
        json!({"code": "UnknownMessageType"})
    );
}

#[tokio::test]
async fn a_peer_that_goes_fails_those_who_wait_for_it() {
    let sides = Sides::start().await;
    let mut peer = Peer::of(&sides).await;
    let listener = json!({"contract": "far.Progress", "id": "mine", "route": "client"});
    let remember = json!({
        "target": "worker", "message_type": "Remember", "request_id": "r", "expects_reply": true,
        "payload": {"listener": listener},
    });
    peer.send(&remember).await;
    peer.receive().await;
    let told = tokio::spawn({
        let worker = sides.serving.to::<dyn Work>("worker");
        async move { worker.tell_remembered(1).await }
    });
    let asked = peer.receive().await;
    assert_eq!(asked["message_type"], "far.Progress.Step");
    drop(peer);
    let lost = within(told).await.unwrap().unwrap_err();
    assert!(format!("{lost:?}").contains("ConnectionClosed"), "{lost:?}");
}
