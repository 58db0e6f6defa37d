//! How often a peer may ask.

use serde_json::{Value, json};

use crate::{
    peer::{Peer, assert_failure},
    probe::Server,
    still::Still,
};

const ASK: &str =
    r#"{"target":"probe","message_type":"Add","payload":{"a":1,"b":1},"request_id":"a","expects_reply":true}"#;

/// How many of ten requests are answered, and what the others are told.
async fn burst(peer: &mut Peer) -> (usize, Option<Value>) {
    let (mut answered, mut refused) = (0, None);
    for _ in 0..10 {
        let answer = peer.ask(ASK).await;
        match answer["success"].as_bool() {
            Some(true) => answered += 1,
            _ => refused = Some(answer),
        }
    }
    (answered, refused)
}

#[tokio::test(start_paused = true)]
async fn requests_that_come_too_often_are_told_when_to_come_again() {
    let still = Still::new();
    let server = Server::setup()
        .listener(|options| options.rate(2).burst(3))
        .start()
        .await;
    let mut peer = server.peer().await;
    let (answered, refused) = burst(&mut peer).await;
    assert_eq!(answered, 3);
    let refused = refused.expect("seven were too many");
    assert_failure(&refused, "RateLimited", "no", true);
    assert_eq!(refused["error_details"]["retry_after_ms"], 500);
    assert!(
        refused["error"].as_str().unwrap().contains("2 requests in a second"),
        "{refused}"
    );
    let stats = server.listener.stats();
    assert_eq!((stats.limited, stats.errors), (7, 7));
    still.advance(0.5).await;
    assert_eq!(burst(&mut peer).await.0, 1);
    // Another connection has a rate of its own.
    assert_eq!(burst(&mut server.peer().await).await.0, 3);
}

#[tokio::test(start_paused = true)]
async fn without_a_rate_nothing_is_refused() {
    let (_still, server) = (Still::new(), Server::start().await);
    let mut peer = server.peer().await;
    for _ in 0..200 {
        assert_eq!(burst(&mut peer).await.0, 10);
    }
}

#[tokio::test(start_paused = true)]
async fn a_tell_that_comes_too_often_is_a_dead_letter() {
    let _still = Still::new();
    let server = Server::setup().listener(|options| options.rate(2)).start().await;
    let mut peer = server.peer().await;
    for _ in 0..5 {
        peer.send(r#"{"target":"probe","message_type":"Note","payload":{"text":"n"}}"#)
            .await;
    }
    peer.send(r#"{"control":"cancel","request_id":"nothing"}"#).await;
    assert_failure(&peer.ask(ASK).await, "RateLimited", "no", true);
    assert_eq!(server.runtime.dead_letters().refused, 3);
    assert_eq!(server.listener.stats().limited, 4);
}

#[tokio::test(start_paused = true)]
async fn subscriptions_and_controls_count_but_what_leaves_less_to_do_does_not() {
    let _still = Still::new();
    let server = Server::setup().listener(|options| options.rate(3)).start().await;
    let mut peer = server.peer().await;
    for _ in 0..10 {
        peer.send(r#"{"control":"cancel","request_id":"nothing"}"#).await;
        peer.send(r#"{"control":"credit","stream_id":"nothing","items":1}"#)
            .await;
    }
    let subscribe = r#"{"message_types":["Price"],"request_id":"s"}"#;
    let schema = r#"{"control":"schema","request_id":"c"}"#;
    for frame in [subscribe, schema, r#"{"control":"ping","request_id":"p"}"#] {
        assert_eq!(peer.ask(frame).await["success"], true, "{frame}");
    }
    for frame in [subscribe, schema, ASK] {
        assert_failure(&peer.ask(frame).await, "RateLimited", "no", true);
    }
    let unsubscribe = peer.ask(r#"{"control":"unsubscribe","request_id":"u"}"#).await;
    assert_eq!(unsubscribe["success"], true);
}

#[tokio::test(start_paused = true)]
async fn all_connections_of_a_user_share_one_rate() {
    let still = Still::new();
    let options = Server::setup().listener(|options| options.rate(5).user_rate(8).user_burst(6));
    let server = options.start().await;
    let (mut first, mut second) = (server.peer().await, server.peer().await);
    assert_eq!(burst(&mut first).await.0, 5);
    let (answered, refused) = burst(&mut second).await;
    assert_eq!(answered, 1);
    let refused = refused.expect("there were more");
    assert!(refused["error"].as_str().unwrap().contains("of one user"), "{refused}");
    assert_eq!(refused["error_details"]["retry_after_ms"], 125);
    // Nothing was taken from the connection itself for what the user may not.
    still.advance(0.5).await;
    assert_eq!(burst(&mut second).await.0, 4);
    // To connect anew is no way round it.
    drop((first, second));
    assert_eq!(burst(&mut server.peer().await).await.0, 0);
}

#[tokio::test(start_paused = true)]
async fn another_rate_holds_at_once() {
    let (_still, server) = (Still::new(), Server::start().await);
    let mut peer = server.peer().await;
    assert_eq!(burst(&mut peer).await.0, 10);
    let mut limits = server.listener.limits();
    limits.rate = Some(4);
    server.listener.set_limits(limits.clone());
    assert_eq!(burst(&mut peer).await.0, 4);
    limits.rate = None;
    server.listener.set_limits(limits);
    assert_eq!(burst(&mut peer).await.0, 10);
    assert_eq!(
        peer.ask(&json!({"control": "ping", "request_id": "p"}).to_string())
            .await["success"],
        true
    );
}
