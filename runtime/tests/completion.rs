//! The three ways to wait for a call: to await it, to block on it, and to have something follow it.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

use callsheet::{CallContext, CallError, Code, Delivered, Failure, Mailbox, Runtime, actor_contract, contract_type};
use tokio::sync::oneshot;

#[contract_type]
#[derive(Debug, PartialEq, Eq)]
pub enum MathError {
    DividedByZero,
}

#[actor_contract(namespace = "completion")]
pub trait Abacus {
    async fn add(&self, a: i64, b: i64) -> i64;
    fn divide(&self, a: i64, b: i64) -> Result<i64, MathError>;
    async fn hang(&self);
    /// Blocks where it must not, and says what came of it.
    async fn block_on_itself(&self) -> String;
    /// Asks itself, and does not wait for it.
    async fn ask_itself_later(&mut self);
    #[tell]
    fn remember(&mut self, n: i64);
    fn remembered(&self) -> Vec<i64>;
}

#[derive(Default)]
struct Beads {
    remembered: Vec<i64>,
    heard: Arc<Mutex<Option<Sum>>>,
}

/// Where a sum goes that is asked for later.
type Sum = oneshot::Sender<Result<i64, Failure>>;

impl Abacus for Beads {
    async fn add(&self, a: i64, b: i64) -> i64 {
        a + b
    }
    fn divide(&self, a: i64, b: i64) -> Result<i64, MathError> {
        a.checked_div(b).ok_or(MathError::DividedByZero)
    }
    async fn hang(&self) {
        std::future::pending().await
    }
    async fn block_on_itself(&self) -> String {
        let failure = Abacus.at("abacus").add(1, 2).block().expect_err("it would hang");
        failure.to_string()
    }
    async fn ask_itself_later(&mut self) {
        let heard = self
            .heard
            .lock()
            .expect("nobody panics here")
            .take()
            .expect("asked once");
        Abacus.at("abacus").add(20, 3).when_done(move |sum| {
            assert!(CallContext::current().is_none(), "it is in no turn");
            let _ = heard.send(sum);
        });
    }
    fn remember(&mut self, n: i64) {
        self.remembered.push(n);
    }
    fn remembered(&self) -> Vec<i64> {
        self.remembered.clone()
    }
}

async fn start() -> (Runtime, Mailbox<dyn Abacus>) {
    let runtime = Runtime::launch().expect("inside tokio");
    let beads = runtime.actor("abacus", Beads::default).serves(Abacus).start();
    let abacus = beads.await.expect("the name is free").mailbox(Abacus);
    (runtime, abacus)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_of_its_own_may_block() {
    let (runtime, abacus) = start().await;
    let done = thread::spawn(move || {
        assert_eq!(abacus.add(5, 3).block(), Ok(8));
        assert_eq!(abacus.divide(7, 2).block(), Ok(3));
        assert_eq!(
            abacus.divide(7, 0).block(),
            Err(CallError::Contract(MathError::DividedByZero))
        );
        assert_eq!(abacus.remember(4).block(), Ok(()));
        assert_eq!(abacus.remembered().block(), Ok(vec![4]));
        let late = abacus.hang().timeout(Duration::from_millis(50)).block();
        assert_eq!(late.expect_err("late").code(), Code::Timeout);
    });
    tokio::task::spawn_blocking(move || done.join())
        .await
        .expect("it runs")
        .expect("what it asserts holds");
    drop(runtime);
}

#[tokio::test]
async fn a_thread_for_blocking_may_block() {
    let (_runtime, abacus) = start().await;
    let sum = tokio::task::spawn_blocking(move || abacus.add(5, 3).block());
    assert_eq!(sum.await.expect("it runs"), Ok(8));
}

#[tokio::test]
async fn blocking_in_async_code_is_an_error_that_says_so() {
    let (_runtime, abacus) = start().await;
    let here = abacus.remember(1).block().expect_err("a future that tokio blocks on");
    let own = abacus.clone();
    let task = tokio::spawn(async move { own.add(1, 2).block().expect_err("a task") });
    for failure in [here, task.await.expect("no panic")] {
        assert_eq!((failure.code(), failure.delivered()), (Code::Internal, Delivered::No));
        assert!(
            failure.to_string().contains("`block()` was called in async code"),
            "{failure}"
        );
    }
    let handler = abacus.block_on_itself().await.expect("a reply");
    assert!(handler.contains("await the call instead"), "{handler}");
    assert_eq!(abacus.remembered().await, Ok(vec![]), "nothing was sent");
}

#[tokio::test]
async fn asking_whether_to_block_takes_nothing_of_a_tasks_budget() {
    let (_runtime, abacus) = start().await;
    let task = tokio::spawn(async move {
        for _ in 0..1000 {
            abacus.add(1, 2).block().expect_err("a task");
        }
        assert!(tokio::task::coop::has_budget_remaining());
    });
    task.await.expect("it has budget");
}

#[tokio::test]
async fn what_follows_a_call_runs_in_no_turn_and_waits_for_none() {
    let runtime = Runtime::launch().expect("inside tokio");
    let (sender, heard) = oneshot::channel();
    let sender = Arc::new(Mutex::new(Some(sender)));
    let beads = runtime.actor("abacus", move || Beads {
        heard: Arc::clone(&sender),
        ..Beads::default()
    });
    let abacus = beads.serves(Abacus).start().await.expect("the name is free");
    // Awaited, the call would wait for the exclusive turn that makes it.
    assert_eq!(abacus.mailbox(Abacus).ask_itself_later().await, Ok(()));
    assert_eq!(heard.await.expect("it follows"), Ok(23));
}

#[tokio::test]
async fn what_follows_a_call_hears_of_its_failure_too() {
    let (_runtime, abacus) = start().await;
    let (sender, heard) = oneshot::channel();
    let nobody = Abacus.at("nobody");
    nobody.divide(1, 1).when_done(move |failed| _ = sender.send(failed));
    match heard.await.expect("it follows") {
        Err(CallError::Failure(failure)) => assert_eq!(failure.code(), Code::ActorNotFound),
        other => panic!("nobody is there: {other:?}"),
    }
    abacus.add(1, 1).when_done(|_| panic!("as it should"));
    assert_eq!(abacus.add(1, 1).await, Ok(2), "a panic ends there");
}

#[test]
fn what_follows_a_call_that_has_nowhere_to_go_hears_so_at_once() {
    let tokio = tokio::runtime::Runtime::new().expect("threads can be had");
    let (runtime, abacus) = tokio.block_on(start());
    drop(runtime);
    drop(tokio);
    let (sender, heard) = mpsc::channel();
    abacus.add(1, 1).when_done(move |failed| _ = sender.send(failed));
    let failed = heard
        .try_recv()
        .expect("it has followed")
        .expect_err("there is no runtime");
    assert!(
        matches!(failed.code(), Code::ShuttingDown | Code::ActorStopped),
        "{failed}"
    );
}
