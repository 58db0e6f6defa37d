//! What attributes say of the turns of a method: `#[parallel]` and `#[cancel_safe]`.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use callsheet::{CallContext, Code, Deferred, Delivered, Runtime, Streaming, actor_contract};
use futures_util::{Stream, StreamExt};
use tokio::{sync::Notify, time::timeout};

const SOON: Duration = Duration::from_secs(5);

#[actor_contract(namespace = "methods")]
pub trait Mill {
    /// Holds its core until another call does so on another core, and says whether one did.
    #[parallel]
    fn grind(&self) -> bool;
    #[parallel]
    async fn grind_async(&self) -> bool;
    #[parallel]
    #[tell]
    fn grind_for_nobody(&self);
    #[parallel]
    fn sacks(&self, of: u32) -> Streaming<u32>;
    #[parallel]
    fn bags(&self, of: u32) -> impl Stream<Item = u32> + 'static;
    #[parallel]
    async fn later(&self) -> Deferred<u32>;
    #[parallel]
    fn miller(&self, #[context] cx: &CallContext) -> (String, bool);
    /// Waits for the signal to go on, and counts then.
    #[parallel]
    async fn wait(&self);
    #[parallel]
    fn count(&self);
    #[parallel]
    fn boom(&self);
    fn counted(&self) -> u32;

    /// Waits for the signal to go on, and counts then.
    #[cancel_safe]
    async fn repair(&mut self) -> u32;
    #[cancel_safe]
    async fn oil(&mut self);
    #[cancel_safe]
    async fn repair_later(&mut self, early: bool) -> Deferred<u32>;
    /// The same, and is not to be stopped.
    async fn rebuild(&mut self) -> u32;
    #[cancel_safe]
    async fn collapse(&mut self);
}

#[derive(Clone, Default)]
struct Stones {
    meeting: Arc<Meeting>,
    counted: Arc<AtomicU32>,
    /// A handler got as far as its await.
    begun: Arc<Notify>,
    go_on: Arc<Notify>,
    ended: Arc<Notify>,
}

/// Where two threads wait for each other; one that is left alone does not hang.
#[derive(Default)]
struct Meeting {
    came: Mutex<u32>,
    changed: Condvar,
}

impl Meeting {
    fn come(&self) {
        *self.came.lock().expect("nobody panics here") += 1;
        self.changed.notify_all();
    }

    /// Whether both came.
    fn meet(&self) -> bool {
        self.come();
        let came = self.came.lock().expect("nobody panics here");
        let waited = self.changed.wait_timeout_while(came, SOON, |came| *came < 2);
        !waited.expect("nobody panics here").1.timed_out()
    }
}

/// Says that a handler has ended, in whichever way.
struct Ends(Arc<Notify>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl Stones {
    async fn work(&self) -> u32 {
        let _ends = Ends(Arc::clone(&self.ended));
        self.begun.notify_one();
        self.go_on.notified().await;
        self.counted.fetch_add(1, Ordering::SeqCst) + 1
    }
}

impl Mill for Stones {
    fn grind(&self) -> bool {
        self.begun.notify_one();
        self.meeting.meet()
    }
    async fn grind_async(&self) -> bool {
        self.begun.notify_one();
        self.meeting.meet()
    }
    fn grind_for_nobody(&self) {
        if self.meeting.meet() {
            self.ended.notify_one();
        }
    }
    fn sacks(&self, of: u32) -> Streaming<u32> {
        Streaming::iter(0..of)
    }
    fn bags(&self, of: u32) -> impl Stream<Item = u32> + 'static {
        futures_util::stream::iter(0..of)
    }
    async fn later(&self) -> Deferred<u32> {
        Deferred::new(async { 7 })
    }
    fn miller(&self, cx: &CallContext) -> (String, bool) {
        let current = CallContext::current().map(|current| current.actor().clone());
        (
            cx.actor().to_string(),
            current.as_ref() == Some(cx.actor()) && cx.time_left().is_some(),
        )
    }
    async fn wait(&self) {
        self.work().await;
    }
    fn count(&self) {
        self.counted.fetch_add(1, Ordering::SeqCst);
    }
    fn boom(&self) {
        panic!("as it should")
    }
    fn counted(&self) -> u32 {
        self.counted.load(Ordering::SeqCst)
    }
    async fn repair(&mut self) -> u32 {
        self.work().await
    }
    async fn oil(&mut self) {
        self.work().await;
    }
    async fn repair_later(&mut self, early: bool) -> Deferred<u32> {
        if !early {
            self.work().await;
        }
        Deferred::new(async { 8 })
    }
    async fn rebuild(&mut self) -> u32 {
        self.work().await
    }
    async fn collapse(&mut self) {
        tokio::task::yield_now().await;
        panic!("as it should")
    }
}

async fn mill() -> (Runtime, Stones) {
    let runtime = Runtime::launch().expect("inside tokio");
    let stones = Stones::default();
    let given = stones.clone();
    let started = runtime.actor("mill", move || given.clone()).serves(Mill).start();
    started.await.expect("the name is free");
    (runtime, stones)
}

async fn soon(signal: &Notify) {
    timeout(SOON, signal.notified()).await.expect("the handler says so");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_calls_compute_at_one_time() {
    let (_runtime, _) = mill().await;
    let mill = Mill.at("mill");
    assert_eq!(tokio::join!(mill.grind(), mill.grind_async()), (Ok(true), Ok(true)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parallel_tell_computes_beside_other_calls() {
    let (_runtime, stones) = mill().await;
    let mill = Mill.at("mill");
    mill.grind_for_nobody().await.expect("room");
    assert_eq!(mill.grind().await, Ok(true));
    soon(&stones.ended).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shared_call_does_not_wait_for_a_parallel_one() {
    let (_runtime, stones) = mill().await;
    let mill = Mill.at("mill");
    let grinds = mill.grind().into_future();
    soon(&stones.begun).await;
    for _ in 0..100 {
        let fast = timeout(SOON, mill.counted().into_future());
        assert_eq!(fast.await, Ok(Ok(0)));
    }
    // The call still holds its core, and ends now.
    stones.meeting.come();
    assert_eq!(grinds.await, Ok(true));
}

#[tokio::test]
async fn a_parallel_call_may_be_of_any_kind() {
    let (_runtime, _) = mill().await;
    let mill = Mill.at("mill");
    assert_eq!(mill.sacks(3).collect::<Vec<_>>().await, [Ok(0), Ok(1), Ok(2)]);
    assert_eq!(mill.bags(2).collect::<Vec<_>>().await, [Ok(0), Ok(1)]);
    assert_eq!(mill.later().await, Ok(7));
    assert_eq!(
        mill.miller().await,
        Ok(("mill".to_owned(), true)),
        "it knows whose it is"
    );
}

#[tokio::test]
async fn nothing_of_a_parallel_call_runs_in_the_turn() {
    let (_runtime, _) = mill().await;
    let mill = Mill.at("mill");
    let counts = mill.count().into_future();
    // The test, the actor and the call take turns on one thread, and both messages are there when the actor has its own.
    assert_eq!(mill.counted().await, Ok(0));
    assert_eq!(counts.await, Ok(()));
    assert_eq!(mill.counted().await, Ok(1));
}

#[tokio::test]
async fn an_exclusive_call_waits_for_a_parallel_one() {
    let (_runtime, stones) = mill().await;
    let mill = Mill.at("mill");
    let waits = mill.wait().into_future();
    let repairs = mill.repair().into_future();
    soon(&stones.begun).await;
    stones.go_on.notify_one();
    assert_eq!(waits.await, Ok(()));
    soon(&stones.begun).await;
    stones.go_on.notify_one();
    assert_eq!(repairs.await, Ok(2));
}

#[tokio::test]
async fn a_parallel_call_stops_when_nobody_waits_for_it() {
    let (_runtime, stones) = mill().await;
    let mill = Mill.at("mill");
    let waits = mill.wait().into_future();
    soon(&stones.begun).await;
    drop(waits);
    soon(&stones.ended).await;
    assert_eq!(mill.counted().await, Ok(0));
}

#[tokio::test]
async fn a_parallel_call_that_nobody_waits_for_does_not_begin() {
    let (_runtime, _) = mill().await;
    let mill = Mill.at("mill");
    drop(mill.count().into_future());
    // An exclusive call has the state alone, so the one before it has ended, if there was one.
    assert!(mill.repair_later(true).await.is_ok());
    assert_eq!(mill.counted().await, Ok(0));
}

#[tokio::test]
async fn a_parallel_call_that_panics_fails_and_the_state_is_made_anew() {
    let (_runtime, _) = mill().await;
    let mill = Mill.at("mill");
    let failure = mill.boom().await.expect_err("it panicked");
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::ActorFailed, Delivered::Yes)
    );
    assert_eq!(mill.counted().await, Ok(0), "the actor lives");
}

#[tokio::test]
async fn a_cancel_safe_handler_stops_at_its_await_when_its_caller_goes() {
    let (_runtime, stones) = mill().await;
    let mill = Mill.at("mill");
    let repairs = mill.repair().into_future();
    soon(&stones.begun).await;
    drop(repairs);
    // Nothing lets it go on.
    soon(&stones.ended).await;
    assert_eq!(mill.counted().await, Ok(0));

    let repairs = mill.repair_later(false).into_future();
    soon(&stones.begun).await;
    drop(repairs);
    soon(&stones.ended).await;
    assert_eq!(mill.counted().await, Ok(0));
}

#[tokio::test(start_paused = true)]
async fn a_cancel_safe_handler_stops_at_its_deadline() {
    let (_runtime, stones) = mill().await;
    let mill = Mill.at("mill");
    let failure = mill.repair().timeout(Duration::from_secs(1)).await;
    let failure = failure.expect_err("nothing lets it go on");
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::Timeout, Delivered::Unknown)
    );
    soon(&stones.ended).await;
    assert_eq!(mill.counted().await, Ok(0));
}

#[tokio::test]
async fn a_handler_that_is_not_cancel_safe_runs_to_its_end() {
    let (_runtime, stones) = mill().await;
    let mill = Mill.at("mill");
    let rebuilds = mill.rebuild().into_future();
    soon(&stones.begun).await;
    drop(rebuilds);
    let counted = mill.counted().into_future();
    stones.go_on.notify_one();
    assert_eq!(counted.await, Ok(1));
}

#[tokio::test]
async fn a_cancel_safe_handler_replies_and_fails_as_others_do() {
    let (_runtime, stones) = mill().await;
    let mill = Mill.at("mill");
    stones.go_on.notify_one();
    assert_eq!(mill.repair().await, Ok(1));
    assert_eq!(mill.repair_later(true).await, Ok(8));
    let failure = mill.collapse().await.expect_err("it panicked");
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::ActorFailed, Delivered::Yes)
    );
    assert_eq!(mill.counted().await, Ok(1), "the actor lives");
}

#[tokio::test]
async fn a_cancel_safe_call_whose_caller_wants_no_reply_runs_to_its_end() {
    let (_runtime, stones) = mill().await;
    let mill = Mill.at("mill");
    mill.send(|m| m.oil()).await.expect("room");
    soon(&stones.begun).await;
    stones.go_on.notify_one();
    assert_eq!(mill.counted().await, Ok(1));
}
