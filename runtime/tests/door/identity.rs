//! The peer, as handlers and layers see it.

use std::sync::{Arc, Mutex};

use callsheet::{CallContext, CallInfo, Failure, Layer, Next, Passed, Peer, Runtime};
use serde_json::{Value, json};

use crate::house::{House, Mirror, Room, ask};

/// What a handler should see of this very process.
fn own() -> Value {
    let pid = rustix::process::getpid().as_raw_nonzero().get();
    json!([rustix::process::geteuid().as_raw(), pid])
}

#[tokio::test]
async fn every_kind_of_method_knows_the_peer_that_calls_it() {
    let house = House::new(|options| options).await;
    let mut peer = house.peer();
    for message in ["Plain", "Suspended", "Alone", "Later"] {
        let answer = ask(&mut peer, "mirror", message, Value::Null).await;
        assert_eq!(answer["payload"], own(), "{message}: {answer}");
    }
    let stream = r#"{"target":"mirror","message_type":"Stream","request_id":"s","expects_stream":true}"#;
    assert_eq!(peer.ask(stream).await["payload"], own());
    peer.send(r#"{"target":"mirror","message_type":"Note"}"#).await;
    let noted = ask(&mut peer, "mirror", "Noted", Value::Null).await;
    assert_eq!(noted["payload"], json!([own()]));
}

#[tokio::test]
async fn a_call_from_this_process_has_no_peer_also_right_after_one_from_outside() {
    let house = House::new(|options| options).await;
    let mut peer = house.peer();
    let mirror = house.runtime.to::<dyn Mirror>("mirror");
    for _ in 0..3 {
        assert_eq!(ask(&mut peer, "mirror", "Plain", Value::Null).await["payload"], own());
        assert_eq!(mirror.plain().await, Ok(None));
        assert_eq!(ask(&mut peer, "mirror", "Alone", Value::Null).await["payload"], own());
        assert_eq!(mirror.alone().await, Ok(None));
        assert_eq!(mirror.suspended().await, Ok(None));
    }
}

#[tokio::test]
async fn a_call_that_a_handler_makes_has_no_peer() {
    let house = House::new(|options| options).await;
    let answer = ask(&mut house.peer(), "mirror", "Other", Value::Null).await;
    assert_eq!(
        answer["payload"],
        json!([null, own()]),
        "the asked one, and the asking one"
    );
}

#[tokio::test]
async fn what_a_caller_sends_along_takes_nothing_from_who_it_is() {
    let house = House::new(|options| options).await;
    let call = r#"{"target":"mirror","message_type":"Meta","meta":{"k":"v"},"request_id":"r","expects_reply":true}"#;
    let answer = house.peer().ask(call).await;
    assert_eq!(answer["payload"], json!([own(), "v"]));
}

/// Writes down who calls.
struct Watch(Arc<Mutex<Vec<Option<Peer>>>>);

impl Layer for Watch {
    async fn call(&self, call: CallInfo, next: Next<'_>) -> Result<Passed, Failure> {
        self.0.lock().unwrap().push(call.peer().copied());
        next.run(call).await
    }
}

#[tokio::test]
async fn a_layer_knows_the_peer_and_the_handler_behind_it_does_too() {
    let house = House::new(|options| options).await;
    let watched = Arc::default();
    let layered = house.runtime.actor("layered", Room::default).serves(Mirror);
    let layered = layered.serving(Watch(Arc::clone(&watched))).expose();
    let layered = layered.start().await.unwrap().mailbox(Mirror);
    let answer = ask(&mut house.peer(), "layered", "Plain", Value::Null).await;
    assert_eq!(answer["payload"], own());
    assert_eq!(layered.plain().await, Ok(None));
    let watched = watched.lock().unwrap();
    let [Some(peer), None] = watched[..] else {
        panic!("one of outside, one of here: {watched:?}");
    };
    assert_eq!(json!([peer.uid, peer.pid]), own());
    assert_eq!(peer.gid, rustix::process::getegid().as_raw());
}

#[tokio::test]
async fn a_context_made_by_hand_has_the_peer_that_it_is_given() {
    let runtime = Runtime::launch().unwrap();
    let cx = CallContext::new("mirror");
    assert_eq!(cx.peer(), None);
    let cx = cx.with_peer(Peer::new(5, 6).with_pid(7)).in_runtime(&runtime);
    assert_eq!(Room::default().plain(&cx), Some((5, Some(7))));
}
