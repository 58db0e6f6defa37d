//! The end of a process that was asked to end.

use std::{path::Path, time::Duration};

use callsheet::{ListenerOptions, Runtime, actor_contract};
use serde_json::Value;

use crate::{
    child::{self, Child},
    peer::{Peer, assert_failure},
};

#[actor_contract(namespace = "door")]
pub trait Work {
    /// Says that it has begun, and goes on when this process is told to.
    async fn until_told(&self) -> u32;
    /// Says that it has begun, and never ends.
    async fn for_ever(&self);
    /// The same, with the state alone.
    async fn for_ever_alone(&mut self);
    fn now(&self) -> u32;
}

struct Worker;

impl Work for Worker {
    async fn until_told(&self) -> u32 {
        child::say("begun");
        tokio::task::spawn_blocking(child::hear).await.unwrap();
        1
    }
    async fn for_ever(&self) {
        child::say("begun");
        std::future::pending().await
    }
    async fn for_ever_alone(&mut self) {
        child::say("begun");
        std::future::pending().await
    }
    fn now(&self) -> u32 {
        2
    }
}

/// What a program that serves does, from its beginning to its end.
async fn serve(path: &Path, drain: Duration) {
    let runtime = Runtime::configure()
        .shutdown_limit(Duration::from_secs(1))
        .launch()
        .unwrap();
    let worker = runtime.actor("worker", || Worker).serves(Work);
    worker.expose().start().await.unwrap();
    let ready = |listener: &callsheet::Listener| child::say(&listener.path().display().to_string());
    let options = ListenerOptions::at(path).drain(drain);
    runtime.serve_until_terminated(options, ready).await.unwrap();
    child::say("ended");
}

async fn call(peer: &mut Peer, message: &str, id: &str) {
    let call = format!(r#"{{"target":"worker","message_type":"{message}","request_id":"{id}","expects_reply":true}}"#);
    peer.send(&call).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_in_flight_are_answered_and_new_ones_are_told_that_the_process_ends() {
    if let Some(path) = child::argument() {
        return serve(Path::new(&path), Duration::from_secs(60)).await;
    }
    let test = "termination::calls_in_flight_are_answered_and_new_ones_are_told_that_the_process_ends";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let mut child = Child::run(test, path.to_str().unwrap());
    assert_eq!(child.says(), path.to_str().unwrap());
    let mut peer = Peer::connect(&path).await;
    let hello = r#"{"control":"hello","request_id":"h","protocol":[1,1]}"#;
    assert_eq!(peer.ask(hello).await["success"], true);
    call(&mut peer, "UntilTold", "u").await;
    assert_eq!(child.says(), "begun");
    let mut idle = Peer::connect(&path).await;
    call(&mut idle, "Now", "n").await;
    assert_eq!(idle.receive().await["payload"], 2);
    child.terminate();
    idle.is_closed().await;
    assert_eq!(peer.receive().await["control"], "goodbye");
    call(&mut peer, "Now", "n").await;
    assert_failure(&peer.receive().await, "ShuttingDown", "no", true);
    child.tell("go on");
    assert_eq!(peer.receive().await["payload"], 1);
    peer.is_closed().await;
    assert_eq!(child.says(), "ended");
    assert_eq!(child.end().code(), Some(0));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn handlers_that_do_not_end_are_cut_at_the_limit_and_the_process_ends_well() {
    if let Some(path) = child::argument() {
        return serve(Path::new(&path), Duration::from_millis(100)).await;
    }
    let test = "termination::handlers_that_do_not_end_are_cut_at_the_limit_and_the_process_ends_well";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let mut child = Child::run(test, path.to_str().unwrap());
    assert_eq!(child.says(), path.to_str().unwrap());
    let mut peer = Peer::connect(&path).await;
    for (message, id) in [("ForEver", "a"), ("ForEverAlone", "b")] {
        call(&mut peer, message, id).await;
    }
    assert_eq!(child.says(), "begun");
    // It waits behind the other, and has not begun.
    call(&mut peer, "Now", "c").await;
    child.terminate();
    let mut ended = [peer.receive().await, peer.receive().await, peer.receive().await];
    ended.sort_by_key(|frame| frame["request_id"].to_string());
    let ids: Vec<&Value> = ended.iter().map(|frame| &frame["request_id"]).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_failure(&ended[0], "ShuttingDown", "unknown", false);
    for waiting in &ended[1..] {
        assert_failure(waiting, "ShuttingDown", "no", true);
    }
    peer.is_closed().await;
    assert_eq!(child.says(), "ended");
    assert_eq!(child.end().code(), Some(0));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
