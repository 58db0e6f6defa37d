//! Calls within one process: every kind, in every form.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::time::Duration;

use callsheet::{CallError, Code, Delivered, Describe, Runtime, Streaming, To, actor_contract, contract_type};
use futures_util::{StreamExt, stream};

#[contract_type]
#[derive(Debug, Clone, PartialEq)]
pub struct Add {
    pub value: i64,
}

#[contract_type]
#[derive(Debug, Clone, PartialEq)]
pub enum MathError {
    DivisionByZero,
    Overflow { a: i64, b: i64 },
}

type Fallible<T> = Result<T, MathError>;
type Ticks = Streaming<u32>;

/// Nothing that the macro makes may collide with these.
pub mod calculator {
    pub struct Calculator;
}

#[actor_contract(namespace = "demo")]
pub trait Calculator {
    /// Adds two numbers.
    async fn add(&self, a: i64, b: i64) -> i64;
    fn last(&self) -> Option<i64>;
    async fn store(&mut self, value: i64);
    async fn divide(&self, a: i64, b: i64) -> Fallible<i64>;
    fn countdown(&self, from: u32) -> Ticks;
    fn evens(&self, below: u32) -> impl Stream<Item = u32> + 'static;
    fn failing(&self, after: u32) -> Streaming<Result<u32, MathError>>;
    #[tell]
    fn notify(&mut self, r#type: String, self_: Option<String>);
    #[method(name = "Whole")]
    async fn whole(&self, #[message] request: Add) -> Add;
    async fn twice(&self, mut n: i64) -> i64 {
        n *= 2;
        self.add(n, 0).await
    }
    fn boom(&self) -> i64;
    async fn slow_boom(&self);
    async fn sleep(&self, ms: u64) -> u64;
    async fn exclusive_boom(&mut self);
}

use futures_util::Stream;

#[derive(Default)]
struct Machine {
    last: Option<i64>,
    notes: Vec<String>,
}

impl Calculator for Machine {
    async fn add(&self, a: i64, b: i64) -> i64 {
        a + b
    }
    fn last(&self) -> Option<i64> {
        self.last
    }
    async fn store(&mut self, value: i64) {
        tokio::task::yield_now().await;
        self.last = Some(value);
    }
    async fn divide(&self, a: i64, b: i64) -> Result<i64, MathError> {
        if b == 0 {
            return Err(MathError::DivisionByZero);
        }
        a.checked_div(b).ok_or(MathError::Overflow { a, b })
    }
    fn countdown(&self, from: u32) -> Streaming<u32> {
        Streaming::iter((1..=from).rev())
    }
    fn evens(&self, below: u32) -> impl Stream<Item = u32> + 'static {
        stream::iter((0..below).step_by(2))
    }
    fn failing(&self, after: u32) -> Streaming<Result<u32, MathError>> {
        Streaming::iter((0..after).map(Ok).chain([Err(MathError::DivisionByZero), Ok(99)]))
    }
    fn notify(&mut self, r#type: String, self_: Option<String>) {
        self.notes.push(format!("{type}{self_:?}", type = r#type));
        self.last = Some(self.notes.len() as i64);
    }
    async fn whole(&self, request: Add) -> Add {
        Add {
            value: request.value + 1,
        }
    }
    fn boom(&self) -> i64 {
        panic!("boom")
    }
    async fn slow_boom(&self) {
        tokio::task::yield_now().await;
        panic!("slow boom")
    }
    async fn sleep(&self, ms: u64) -> u64 {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        ms
    }
    async fn exclusive_boom(&mut self) {
        self.last = None;
        tokio::task::yield_now().await;
        panic!("exclusive boom")
    }
}

async fn machine() -> Runtime {
    let runtime = Runtime::launch().expect("inside tokio");
    runtime
        .actor("calculator", Machine::default)
        .serves(Calculator)
        .start()
        .await
        .expect("the name is free");
    runtime
}

#[tokio::test]
async fn asks_in_both_forms() {
    let _runtime = machine().await;
    assert_eq!(Calculator.at("calculator").add(5, 3).await, Ok(8));
    let sum = To::<dyn Calculator>("calculator")
        .send_and_receive(|c| c.add(5, 3))
        .await;
    assert_eq!(sum, Ok(8));
    let calculator = Calculator.at("calculator");
    assert_eq!(calculator.last().await, Ok(None));
    calculator.store(4).await.expect("stored");
    assert_eq!(calculator.last().await, Ok(Some(4)));
    assert_eq!(calculator.whole(Add { value: 1 }).await, Ok(Add { value: 2 }));
    assert_eq!(calculator.twice(4).await, Ok(8));
}

#[tokio::test]
async fn a_declared_error_is_data() {
    let _runtime = machine().await;
    let calculator = Calculator.at("calculator");
    assert_eq!(calculator.divide(6, 3).await, Ok(2));
    assert_eq!(
        calculator.divide(6, 0).await,
        Err(CallError::Contract(MathError::DivisionByZero))
    );
    assert_eq!(MathError::Overflow { a: 1, b: 2 }.summary(), "MathError::Overflow");
}

#[tokio::test]
async fn tells_and_unit_asks_are_sent_in_order() {
    let _runtime = machine().await;
    let calculator = Calculator.at("calculator");
    for _ in 0..100 {
        calculator.send(|c| c.notify("kind".into(), None)).await.expect("room");
    }
    calculator.notify("kind".into(), Some("x".into())).await.expect("room");
    assert_eq!(calculator.last().await, Ok(Some(101)));
    calculator.send(|c| c.store(7)).await.expect("room");
    assert_eq!(calculator.last().await, Ok(Some(7)));
}

#[tokio::test]
async fn streams_of_every_form() {
    let _runtime = machine().await;
    let calculator = Calculator.at("calculator");
    let ticks: Vec<_> = calculator.stream(|c| c.countdown(3)).collect().await;
    assert_eq!(ticks, [Ok(3), Ok(2), Ok(1)]);
    let evens: Vec<_> = calculator.evens(5).map(Result::unwrap).collect().await;
    assert_eq!(evens, [0, 2, 4]);
    let failing: Vec<_> = calculator.failing(1).collect().await;
    assert_eq!(failing, [Ok(0), Err(CallError::Contract(MathError::DivisionByZero))]);
}

#[tokio::test]
async fn what_cannot_be_resolved_fails_the_first_call() {
    let failure = Calculator.at("calculator").add(1, 2).await.expect_err("no runtime");
    assert_eq!(failure.code(), Code::ActorNotFound);
    let runtime = machine().await;
    let failure = runtime
        .to::<dyn Calculator>("nobody")
        .add(1, 2)
        .await
        .expect_err("no such actor");
    assert_eq!(failure.code(), Code::ActorNotFound);
    assert_eq!(failure.delivered(), Delivered::No);
    let _second = Runtime::launch().expect("inside tokio");
    let failure = Calculator.at("calculator").add(1, 2).await.expect_err("two runtimes");
    assert!(failure.text().contains("several runtimes"), "{failure}");
    let _guard = runtime.enter();
    assert_eq!(Calculator.at("calculator").add(1, 2).await, Ok(3));
}

#[tokio::test]
async fn a_panic_fails_its_call_and_is_survived() {
    let _runtime = machine().await;
    let calculator = Calculator.at("calculator");
    calculator.store(5).await.expect("stored");
    let failure = calculator.boom().await.expect_err("panicked");
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::ActorFailed, Delivered::Yes)
    );
    assert_eq!(calculator.last().await, Ok(None), "the state was made anew");

    let failure = calculator.slow_boom().await.expect_err("panicked in its task");
    assert_eq!(failure.code(), Code::ActorFailed);
    assert_eq!(calculator.add(1, 1).await, Ok(2));

    let failure = calculator.exclusive_boom().await.expect_err("panicked");
    assert_eq!(failure.code(), Code::ActorFailed);
    assert_eq!(calculator.add(1, 1).await, Ok(2));
}

#[tokio::test]
async fn messages_that_wait_survive_a_panic() {
    let _runtime = machine().await;
    let calculator = Calculator.at("calculator");
    let calls = (0..10).map(|n| {
        let calculator = calculator.clone();
        async move {
            match n {
                3 => calculator.exclusive_boom().await.map(|()| -1),
                _ => calculator.add(n, 0).await,
            }
        }
    });
    let outcomes = futures_util::future::join_all(calls).await;
    for (n, outcome) in outcomes.into_iter().enumerate() {
        match n {
            3 => assert_eq!(outcome.expect_err("panicked").code(), Code::ActorFailed),
            _ => assert_eq!(outcome, Ok(n as i64)),
        }
    }
}

#[tokio::test]
async fn readers_of_a_discarded_state_fail_at_once() {
    let _runtime = machine().await;
    let calculator = Calculator.at("calculator");
    let (reader, boom) = tokio::join!(
        calculator.sleep(600_000).timeout(Duration::from_secs(60)).into_future(),
        calculator.boom().into_future(),
    );
    assert_eq!(boom.expect_err("panicked").code(), Code::ActorFailed);
    assert_eq!(reader.expect_err("its state is gone").code(), Code::ActorFailed);
}

#[tokio::test(start_paused = true)]
async fn deadlines_are_kept_by_the_runtime() {
    let _runtime = machine().await;
    let calculator = Calculator.at("calculator");
    let started = tokio::time::Instant::now();
    let failure = calculator.sleep(60_000).await.expect_err("the default is 30 s");
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::Timeout, Delivered::Unknown)
    );
    let waited = started.elapsed();
    assert!(
        waited >= Duration::from_secs(30) && waited < Duration::from_millis(30_100),
        "{waited:?}"
    );

    let started = tokio::time::Instant::now();
    calculator
        .sleep(60_000)
        .timeout(Duration::from_millis(50))
        .await
        .expect_err("50 ms");
    assert!(started.elapsed() < Duration::from_millis(100));
    assert_eq!(calculator.sleep(20).timeout(Duration::from_secs(1)).await, Ok(20));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_never_run_says_so() {
    let _runtime = machine().await;
    let calculator = Calculator.at("calculator");
    // The exclusive call waits for the reader, and the call behind it for both.
    let (reader, writer, late) = tokio::join!(
        calculator.sleep(1_000).into_future(),
        calculator.store(1).into_future(),
        calculator.add(1, 1).timeout(Duration::from_millis(100)).into_future(),
    );
    assert_eq!(reader, Ok(1_000));
    assert_eq!(writer, Ok(()));
    let failure = late.expect_err("behind the exclusive call");
    assert_eq!((failure.code(), failure.delivered()), (Code::Timeout, Delivered::No));
}

#[tokio::test(start_paused = true)]
async fn an_exclusive_call_waits_for_readers_and_readers_behind_it_wait() {
    let _runtime = machine().await;
    let calculator = Calculator.at("calculator");
    let started = tokio::time::Instant::now();
    let (_, _, last) = tokio::join!(
        calculator.sleep(1_000).into_future(),
        calculator.store(9).into_future(),
        calculator.last().into_future(),
    );
    assert_eq!(last, Ok(Some(9)));
    assert!(started.elapsed() >= Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn suspended_readers_run_beside_each_other() {
    let _runtime = machine().await;
    let calculator = Calculator.at("calculator");
    let started = tokio::time::Instant::now();
    let calls = (0..50).map(|_| calculator.sleep(1_000).into_future());
    for outcome in futures_util::future::join_all(calls).await {
        assert_eq!(outcome, Ok(1_000));
    }
    assert!(started.elapsed() < Duration::from_millis(1_100));
}

#[tokio::test]
async fn a_stopped_actor_says_so_and_its_name_is_free_again() {
    let runtime = machine().await;
    let calculator = Calculator.at("calculator");
    assert_eq!(calculator.add(1, 1).await, Ok(2));
    runtime.shutdown().await;
    let failure = calculator.add(1, 1).await.expect_err("stopped");
    assert!(
        matches!(failure.code(), Code::ActorStopped | Code::ActorNotFound),
        "{failure}"
    );

    let runtime = Runtime::launch().expect("inside tokio");
    let first = runtime
        .actor("x", Machine::default)
        .serves(Calculator)
        .start()
        .await
        .expect("free");
    let mailbox = first.mailbox(Calculator);
    assert_eq!(mailbox.add(1, 1).await, Ok(2));
    let taken = runtime.actor("x", Machine::default).serves(Calculator).start().await;
    assert!(matches!(taken, Err(callsheet::StartError::NameTaken(_))));
    first.stop().await;
    assert!(first.has_stopped());
    runtime
        .actor("x", Machine::default)
        .serves(Calculator)
        .start()
        .await
        .expect("free again");
    assert_eq!(mailbox.add(2, 2).await, Ok(4), "the mailbox finds the new actor");
}

#[tokio::test]
async fn a_full_queue_makes_callers_wait_and_loses_nothing() {
    let runtime = Runtime::launch().expect("inside tokio");
    runtime
        .actor("small", Machine::default)
        .serves(Calculator)
        .capacity(1)
        .start()
        .await
        .expect("free");
    let small = runtime.to::<dyn Calculator>("small");
    let calls = (0..200).map(|n| small.add(n, 1).into_future());
    for (n, outcome) in futures_util::future::join_all(calls).await.into_iter().enumerate() {
        assert_eq!(outcome, Ok(n as i64 + 1));
    }
    let tells = (0..200).map(|_| small.send(|c| c.notify("x".into(), None)));
    futures_util::future::join_all(tells)
        .await
        .into_iter()
        .for_each(|sent| sent.expect("room in time"));
    assert_eq!(small.last().await, Ok(Some(200)));
}

#[tokio::test]
async fn names_that_are_none_are_refused() {
    let runtime = Runtime::launch().expect("inside tokio");
    for name in ["", "a\nb", "a//b", &"x".repeat(256)] {
        let refused = runtime.actor(name, Machine::default).serves(Calculator).start().await;
        assert!(
            matches!(refused, Err(callsheet::StartError::InvalidName(..))),
            "{name:?}"
        );
    }
    runtime
        .actor("orders/worker_2", Machine::default)
        .serves(Calculator)
        .start()
        .await
        .expect("levels are fine");
}
