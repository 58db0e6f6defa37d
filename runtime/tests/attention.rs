//! What an actor hears beside its queue: a stop, a call that was let past, the panic of a call that left its loop.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use callsheet::{ActorHandle, Code, Runtime, actor_contract};
use tokio::{task::yield_now, time::timeout};

#[actor_contract(namespace = "attention")]
pub trait Lodge {
    /// Has a message in the queue and a call past it at once, while the loop sleeps.
    async fn ring_twice(&self);
    async fn answer(&self) -> u64;
    #[tell]
    fn note(&self);
    /// Panics when it has left the loop.
    async fn collapse(&self);
    /// Of which state the actor is.
    fn state(&self) -> u64;
}

struct Porter(u64);

impl Porter {
    fn new() -> Self {
        static STATES: AtomicU64 = AtomicU64::new(0);
        Porter(STATES.fetch_add(1, Ordering::Relaxed))
    }
}

impl Lodge for Porter {
    async fn ring_twice(&self) {
        let lodge = Lodge.at("lodge");
        // The loop goes to sleep.
        for _ in 0..4 {
            yield_now().await;
        }
        lodge.send(|lodge| lodge.note()).await.expect("there is room");
        lodge.answer().await.expect("it is let past");
    }
    async fn answer(&self) -> u64 {
        self.0
    }
    fn note(&self) {}
    async fn collapse(&self) {
        yield_now().await;
        panic!("the porter has had enough");
    }
    fn state(&self) -> u64 {
        self.0
    }
}

async fn lodge() -> (Runtime, ActorHandle) {
    let runtime = Runtime::launch().expect("inside tokio");
    let porter = runtime.actor("lodge", Porter::new).serves(Lodge).start().await;
    (runtime, porter.expect("the name is free"))
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_heard_after_a_message_and_a_call_past_it_came_together() {
    let (_runtime, porter) = lodge().await;
    Lodge.at("lodge").ring_twice().await.expect("handled");
    // It sleeps again.
    for _ in 0..4 {
        yield_now().await;
    }
    timeout(Duration::from_secs(60), porter.stop())
        .await
        .expect("it is awake");
}

#[tokio::test(start_paused = true)]
async fn the_panic_of_the_only_call_that_left_the_loop_ends_the_state() {
    let (_runtime, _porter) = lodge().await;
    let lodge = Lodge.at("lodge");
    let before = lodge.state().await.expect("a reply");
    assert_eq!(
        lodge.collapse().await.expect_err("it panicked").code(),
        Code::ActorFailed
    );
    // Nothing comes that would wake it.
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_ne!(lodge.state().await, Ok(before), "the state was made anew");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_told_of_a_panic_never_meets_the_state_that_had_it() {
    let runtime = Runtime::configure().restarts(u32::MAX, Duration::from_secs(1));
    let runtime = runtime.launch().expect("inside tokio");
    let porter = runtime.actor("lodge", Porter::new).serves(Lodge);
    let none = callsheet::Backoff::new(Duration::ZERO, Duration::ZERO);
    let _porter = porter.backoff(none).start().await.expect("the name is free");
    let lodge = Lodge.at("lodge");
    let mut before = lodge.state().await.expect("a reply");
    for _ in 0..500 {
        lodge.collapse().await.expect_err("it panicked");
        let after = lodge.state().await.expect("a reply");
        assert_ne!(after, before, "the state was made anew");
        before = after;
    }
    runtime.shutdown().await;
}
