//! Calls that are allowed, and those that are not.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use callsheet::{Access, Action, DeadLetter, Denied, ListenerOptions, Loss, Received};
use serde_json::{Value, json};

use crate::{
    house::{House, Log, ask, control, in_step},
    peer::{assert_failure, within},
};

/// Whoever opens the vault is refused, and the rest is not.
fn no_opening(access: &Access<'_>) -> Result<(), Denied> {
    match access.what {
        Action::Call {
            message_type: "door.Vault.Open",
            ..
        } => Err(Denied::new(format!("user {} has no key", access.peer.uid))),
        _ => Ok(()),
    }
}

#[tokio::test]
async fn a_call_that_is_not_allowed_is_refused_by_whatever_name_and_the_others_are_answered() {
    let house = House::new(|options| options.authorize(no_opening)).await;
    let mut peer = house.peer();
    for target in ["vault", "safe"] {
        for message in ["Open", "door.Vault.Open", "Ajar", "door.Vault.Ajar"] {
            let refused = ask(&mut peer, target, message, json!({"key": {"number": 1}})).await;
            assert_failure(&refused, "PermissionDenied", "no", false);
            let uid = rustix::process::geteuid().as_raw();
            let text = format!("PermissionDenied: `door.Vault.Open` of `vault`: user {uid} has no key");
            assert_eq!(refused["error"], text);
        }
        assert_eq!(ask(&mut peer, target, "Look", Value::Null).await["payload"], 7);
    }
}

#[tokio::test]
async fn the_hook_is_told_what_is_wanted_by_its_own_names_and_of_nothing_that_is_not_there() {
    let asked = Log::default();
    let log = asked.clone();
    let options = move |options: ListenerOptions| {
        options.authorize(move |access| {
            log.say(format!("{:?}", access.what));
            Ok(())
        })
    };
    let house = House::new(options).await;
    let mut peer = house.peer();
    ask(&mut peer, "safe", "Ajar", json!({"key": {"number": 1}})).await;
    ask(&mut peer, "vault", "Look", Value::Null).await;
    let call = |message_type, is_exclusive| {
        let target = "vault";
        let call = Action::Call {
            target,
            message_type,
            is_exclusive,
        };
        format!("{call:?}")
    };
    assert_eq!(
        asked.take(),
        [call("door.Vault.Open", true), call("door.Vault.Look", false)]
    );
    let unknown = ask(&mut peer, "nobody", "Look", Value::Null).await;
    assert_failure(&unknown, "ActorNotFound", "no", true);
    let unknown = ask(&mut peer, "vault", "Unheard", Value::Null).await;
    assert_failure(&unknown, "UnknownMessageType", "no", false);
    for name in ["ping", "unsubscribe"] {
        control(&mut peer, name).await;
    }
    assert_eq!(asked.take(), Vec::<String>::new());
}

#[tokio::test]
async fn the_arguments_of_a_call_that_is_not_allowed_are_not_looked_at() {
    let house = House::new(|options| options.authorize(no_opening)).await;
    let mut peer = house.peer();
    for payload in [json!({"key": 7}), json!([]), Value::Null] {
        let refused = ask(&mut peer, "vault", "Open", payload).await;
        assert_failure(&refused, "PermissionDenied", "no", false);
    }
    // Nor are the flags, which an allowed call is refused for.
    let wrong =
        r#"{"target":"vault","message_type":"Open","request_id":"r","expects_stream":true,"expects_reply":true}"#;
    assert_failure(&peer.ask(wrong).await, "PermissionDenied", "no", false);
    in_step(&mut peer).await;
}

#[tokio::test]
async fn the_hook_is_asked_for_every_call_and_may_change_its_mind() {
    let allowed = Arc::new(AtomicBool::new(true));
    let now = Arc::clone(&allowed);
    let options = move |options: ListenerOptions| {
        options.authorize(move |_| match now.load(Ordering::Relaxed) {
            true => Ok(()),
            false => Err(Denied::default()),
        })
    };
    let house = House::new(options).await;
    let mut peer = house.peer();
    for is_allowed in [true, false, false, true] {
        allowed.store(is_allowed, Ordering::Relaxed);
        let answer = ask(&mut peer, "vault", "Look", Value::Null).await;
        assert_eq!(answer["success"], is_allowed, "{answer}");
    }
}

#[tokio::test]
async fn streams_are_refused_by_a_final_frame_and_calls_without_ids_in_their_order() {
    let house = House::new(|options| options.authorize(|_| Err(Denied::default()))).await;
    let mut peer = house.peer();
    let stream =
        r#"{"target":"vault","message_type":"Count","payload":{"to":3},"request_id":"s","expects_stream":true}"#;
    let refused = peer.ask(stream).await;
    assert_failure(&refused, "PermissionDenied", "no", false);
    assert_eq!(
        (&refused["stream_id"], &refused["is_final"]),
        (&json!("s"), &json!(true))
    );
    for message in ["Look", "Unheard"] {
        let call = json!({"target": "vault", "message_type": message, "expects_reply": true});
        peer.send(&call.to_string()).await;
    }
    assert_failure(&peer.receive().await, "PermissionDenied", "no", false);
    assert_failure(&peer.receive().await, "UnknownMessageType", "no", false);
}

#[tokio::test]
async fn what_nobody_waits_for_and_is_not_allowed_is_a_dead_letter() {
    let options = |options: ListenerOptions| {
        options.authorize(|access| match access.what {
            Action::Call {
                message_type: "door.Vault.Knock",
                ..
            } => Err(Denied::default()),
            _ => Ok(()),
        })
    };
    let house = House::new(options).await;
    let mut letters = house.runtime.broker().subscribe::<DeadLetter>();
    let mut peer = house.peer();
    peer.send(r#"{"target":"vault","message_type":"Knock","payload":{"times":1}}"#)
        .await;
    let Some(Received::Event(letter)) = within(letters.next()).await else {
        panic!("a dead letter follows");
    };
    let expected = ("vault", "Knock", Loss::Refused);
    assert_eq!((&*letter.actor, &*letter.message, letter.loss), expected);
    assert_eq!(house.runtime.dead_letters().refused, 1);
    // With an id it is told, however little was asked for.
    let refused = peer
        .ask(r#"{"target":"vault","message_type":"Knock","payload":{"times":1},"request_id":"k"}"#)
        .await;
    assert_failure(&refused, "PermissionDenied", "no", false);
    assert_eq!(house.runtime.dead_letters().refused, 1);
    assert_eq!(ask(&mut peer, "vault", "Knocks", Value::Null).await["payload"], 0);
}

#[tokio::test]
async fn a_hook_that_panics_refuses_what_it_was_asked_and_the_connection_goes_on() {
    let calls = AtomicU32::new(0);
    let options = move |options: ListenerOptions| {
        options.authorize(move |_| match calls.fetch_add(1, Ordering::Relaxed) {
            0 => panic!("as it should"),
            _ => Ok(()),
        })
    };
    let house = House::new(options).await;
    let mut peer = house.peer();
    let refused = ask(&mut peer, "vault", "Look", Value::Null).await;
    assert_failure(&refused, "PermissionDenied", "no", false);
    assert!(!refused["error"].as_str().unwrap().contains("should"), "{refused}");
    assert_eq!(ask(&mut peer, "vault", "Look", Value::Null).await["payload"], 7);
}
