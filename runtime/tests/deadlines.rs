//! How long calls wait, who says so, and what of it is left for the calls that they lead to.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use callsheet::{Actor, CallContext, Code, Deferred, Delivered, Failure, Mailbox, Runtime, Streaming, actor_contract};
use futures_util::{StreamExt, stream};
use tokio::{sync::Notify, time::Instant};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// Deadlines are looked at by a coarse clock: they may be so much late, and never early.
const COARSE: Duration = Duration::from_millis(31);

/// How long the caller still waited when the handler looked.
type Left = Option<Duration>;

#[actor_contract(namespace = "deadlines")]
pub trait Plain {
    fn left(&self, #[context] cx: &CallContext) -> Left;
}

#[actor_contract(namespace = "deadlines", timeout = "10s")]
pub trait Limited {
    fn of_contract(&self, #[context] cx: &CallContext) -> Left;
    #[method(timeout = "5s")]
    async fn of_method(&self, #[context] cx: &CallContext) -> Left;
    #[method(timeout = "10min")]
    async fn of_long_method(&mut self, #[context] cx: &CallContext) -> Left;
    #[method(timeout = "5s")]
    fn in_stream(&self, #[context] cx: &CallContext) -> Streaming<Left>;

    /// Takes half a second, and asks the next actor then. What was left at each.
    async fn along(&self, #[context] cx: &CallContext, hops: u32) -> Vec<Left>;
    async fn never(&self);
    /// Never, unless the gate is opened, and with the state alone.
    async fn hold(&mut self);
    /// Its first item comes at once, the second after an hour.
    fn slow(&self) -> Streaming<u32>;
    fn silent(&self) -> Streaming<u32>;
    async fn unopened(&self) -> Streaming<u32>;
    /// Runs to its end whoever waits, and notes how its own calls end.
    async fn reads_silent(&mut self);
    async fn reads_unopened(&mut self);
    async fn asks_never(&mut self, timeout: Left);
    fn later(&self) -> Deferred<()>;
    #[tell]
    async fn told(&mut self, #[context] cx: &CallContext);
}

type Noted = (Instant, Left, Option<Failure>);

#[derive(Clone, Default)]
struct Notes {
    noted: Arc<Mutex<Vec<Noted>>>,
    one: Arc<Notify>,
    open: Arc<Notify>,
}

#[derive(Clone, Default)]
struct Waiter {
    next: Option<Mailbox<dyn Limited>>,
    notes: Notes,
}

impl Notes {
    fn note(&self, left: Left, failure: Option<Failure>) {
        let noted = (Instant::now(), left, failure);
        self.noted.lock().expect("nobody panics here").push(noted);
        self.one.notify_one();
    }

    async fn next(&self) -> Noted {
        loop {
            let first = {
                let mut noted = self.noted.lock().expect("nobody panics here");
                (!noted.is_empty()).then(|| noted.remove(0))
            };
            match first {
                Some(noted) => return noted,
                None => tokio::time::timeout(2 * HOUR, self.one.notified())
                    .await
                    .expect("it is noted"),
            }
        }
    }
}

impl Waiter {
    fn next(&self) -> &Mailbox<dyn Limited> {
        self.next.as_ref().expect("the test gave it one")
    }
}

fn left() -> Left {
    CallContext::current().and_then(|cx| cx.time_left())
}

impl Plain for Waiter {
    fn left(&self, cx: &CallContext) -> Left {
        cx.time_left()
    }
}

impl Limited for Waiter {
    fn of_contract(&self, cx: &CallContext) -> Left {
        cx.time_left()
    }
    async fn of_method(&self, cx: &CallContext) -> Left {
        cx.time_left()
    }
    async fn of_long_method(&mut self, cx: &CallContext) -> Left {
        cx.time_left()
    }
    fn in_stream(&self, cx: &CallContext) -> Streaming<Left> {
        Streaming::iter([cx.time_left()])
    }
    async fn along(&self, cx: &CallContext, hops: u32) -> Vec<Left> {
        let mut seen = vec![cx.time_left()];
        tokio::time::sleep(SECOND / 2).await;
        if hops > 0 {
            let further = self.next().along(hops - 1).timeout(HOUR).await;
            seen.extend(further.expect("there is time left"));
        }
        seen
    }
    async fn never(&self) {
        std::future::pending().await
    }
    async fn hold(&mut self) {
        self.notes.open.notified().await;
    }
    fn slow(&self) -> Streaming<u32> {
        let second = stream::once(async {
            tokio::time::sleep(HOUR).await;
            2
        });
        Streaming::new(stream::iter([1]).chain(second))
    }
    fn silent(&self) -> Streaming<u32> {
        Streaming::new(stream::pending())
    }
    async fn unopened(&self) -> Streaming<u32> {
        std::future::pending().await
    }
    async fn reads_silent(&mut self) {
        let first = self.next().silent().timeout(HOUR).next().await;
        self.notes.note(left(), first.and_then(Result::err));
    }
    async fn reads_unopened(&mut self) {
        let first = self.next().unopened().timeout(HOUR).next().await;
        self.notes.note(left(), first.and_then(Result::err));
    }
    async fn asks_never(&mut self, timeout: Left) {
        let never = self.next().never();
        let never = match timeout {
            Some(timeout) => never.timeout(timeout),
            None => never,
        };
        let failure = never.await.err();
        self.notes.note(left(), failure);
    }
    fn later(&self) -> Deferred<()> {
        let (notes, next) = (self.notes.clone(), self.next().clone());
        Deferred::new(async move {
            notes.note(left(), None);
            let _ = next.never().timeout(HOUR).await;
            std::future::pending().await
        })
    }
    async fn told(&mut self, cx: &CallContext) {
        self.notes.note(cx.time_left(), None);
        if self.next.is_some() {
            let failure = self.next().never().await.err();
            self.notes.note(cx.time_left(), failure);
        }
    }
}

impl Actor for Waiter {
    async fn before_stop(&mut self, cx: &CallContext) {
        self.notes.note(cx.time_left(), None);
        self.notes.note(left(), None);
        let asked = self.next().of_contract().await;
        self.notes.note(asked.clone().ok().flatten(), asked.err());
    }
}

/// `first` asks `second`, which may be elsewhere, and that one `first`.
async fn waiters(here: &Runtime, there: &Runtime) -> (Mailbox<dyn Limited>, Notes) {
    let notes = Notes::default();
    for (runtime, id, next) in [
        (here, "first", there.to::<dyn Limited>("second")),
        (there, "second", here.to("first")),
    ] {
        let waiter = Waiter {
            next: Some(next),
            notes: notes.clone(),
        };
        let waiter = runtime.actor(id, move || waiter.clone()).serves(Limited).hooks();
        drop(waiter.start().await.expect("the name is free"));
    }
    (here.to("first"), notes)
}

fn launch() -> Runtime {
    Runtime::launch().expect("inside tokio")
}

#[track_caller]
fn assert_about(found: Duration, expected: Duration) {
    assert!(
        (expected..=expected + COARSE).contains(&found),
        "expected about {expected:?}, found {found:?}"
    );
}

#[track_caller]
fn assert_left(left: Result<Left, Failure>, expected: Duration) {
    assert_about(left.expect("it replies").expect("it is awaited"), expected);
}

fn late(delivered: Delivered) -> (Code, Delivered) {
    (Code::Timeout, delivered)
}

fn said(failure: &Failure) -> (Code, Delivered) {
    (failure.code(), failure.delivered())
}

#[tokio::test(start_paused = true)]
async fn each_of_runtime_contract_method_and_call_overrides_the_one_before() {
    let options = Runtime::configure().default_timeout(7 * SECOND);
    for (runtime, default) in [(launch(), 30), (options.launch().expect("inside tokio"), 7)] {
        let waiter = runtime.actor("waiter", Waiter::default).serves(Limited).serves(Plain);
        drop(waiter.start().await.expect("the name is free"));
        let (plain, limited) = (runtime.to::<dyn Plain>("waiter"), runtime.to::<dyn Limited>("waiter"));
        assert_left(plain.left().await, default * SECOND);
        assert_left(limited.of_contract().await, 10 * SECOND);
        assert_left(limited.of_method().await, 5 * SECOND);
        assert_left(limited.in_stream().next().await.expect("an item"), 5 * SECOND);
        for call in [2 * SECOND, 60 * SECOND] {
            assert_left(plain.left().timeout(call).await, call);
            assert_left(limited.of_contract().timeout(call).await, call);
            assert_left(limited.of_method().timeout(call).await, call);
            assert_left(limited.send_and_receive(|l| l.of_method().timeout(call)).await, call);
            let mut stream = limited.in_stream().timeout(call);
            assert_left(stream.next().await.expect("an item"), call);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_call_waits_longer_than_the_runtime_s_longest() {
    let options = Runtime::configure().longest_timeout(3 * SECOND);
    for (runtime, longest) in [(launch(), 600), (options.launch().expect("inside tokio"), 3)] {
        let waiter = runtime.actor("waiter", Waiter::default).serves(Limited).serves(Plain);
        drop(waiter.start().await.expect("the name is free"));
        let limited = runtime.to::<dyn Limited>("waiter");
        assert_left(limited.of_long_method().await, longest * SECOND);
        assert_left(limited.of_contract().timeout(HOUR).await, longest * SECOND);
        assert_left(limited.of_contract().timeout(Duration::MAX).await, longest * SECOND);
        let plain = runtime.to::<dyn Plain>("waiter");
        assert_left(plain.left().await, 30.min(longest) * SECOND);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_at_its_deadline_and_not_before() {
    let runtime = launch();
    let (first, _) = waiters(&runtime, &runtime).await;
    let begun = Instant::now();
    let failure = first.never().timeout(SECOND).await.expect_err("it never ends");
    assert_eq!(said(&failure), late(Delivered::Unknown));
    assert_about(begun.elapsed(), SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_deadline_passes_in_the_queue_is_never_run() {
    let runtime = launch();
    let (first, notes) = waiters(&runtime, &runtime).await;
    let holds = first.hold().timeout(60 * SECOND).into_future();
    let failure = first.asks_never(None).timeout(SECOND).await.expect_err("it waits");
    assert_eq!(said(&failure), late(Delivered::No));
    notes.open.notify_one();
    assert_eq!(holds.await, Ok(()));
    assert_left(first.of_contract().await, 10 * SECOND);
    assert!(notes.noted.lock().expect("nobody panics here").is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_left_travels_over_three_hops_and_other_runtimes() {
    for elsewhere in [false, true] {
        let here = launch();
        let there = if elsewhere { launch() } else { here.clone() };
        let (first, _) = waiters(&here, &there).await;
        let left = first.along(3).timeout(4 * SECOND).await.expect("there is time");
        assert_eq!(left.len(), 4);
        for (hop, left) in (0..).zip(left) {
            let left = left.expect("it is awaited");
            let expected = 4 * SECOND - hop * (SECOND / 2);
            // Each runtime has a coarse clock of its own.
            assert!(
                (expected - COARSE..=expected + 4 * COARSE).contains(&left),
                "{hop}: {left:?}"
            );
        }
        let failure = first
            .along(9)
            .timeout(4 * SECOND)
            .await
            .expect_err("it takes five seconds");
        assert_eq!(said(&failure), late(Delivered::Unknown));
    }
}

#[tokio::test(start_paused = true)]
async fn an_ask_within_a_handler_ends_when_the_outer_call_does() {
    let runtime = launch();
    let (first, notes) = waiters(&runtime, &runtime).await;
    let begun = Instant::now();
    for (own, ends) in [(Some(HOUR), SECOND), (None, SECOND), (Some(SECOND / 2), SECOND / 2)] {
        let outer = first.asks_never(own).timeout(SECOND).into_future();
        let before = begun.elapsed();
        let (at, _, failure) = notes.next().await;
        assert_about(at - begun - before, ends);
        let failure = failure.expect("it never ends");
        assert_eq!(said(&failure), late(Delivered::Unknown));
        drop(outer);
    }
}

#[tokio::test(start_paused = true)]
async fn a_tell_has_no_deadline_and_gives_none_to_its_calls() {
    let runtime = launch();
    let (first, notes) = waiters(&runtime, &runtime).await;
    let holds = first.hold().timeout(60 * SECOND).into_future();
    first.told().timeout(SECOND).await.expect("there is room");
    tokio::time::sleep(30 * SECOND).await;
    notes.open.notify_one();
    assert_eq!(holds.await, Ok(()), "it is run however late");
    let (begun, left, _) = notes.next().await;
    assert_eq!(left, None);
    let (ended, left, failure) = notes.next().await;
    assert_eq!(left, None);
    assert_about(ended - begun, 10 * SECOND);
    assert_eq!(said(&failure.expect("it never ends")), late(Delivered::Unknown));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_of_a_tell_is_for_the_wait_for_room() {
    let runtime = launch();
    let notes = Notes::default();
    let waiter = Waiter {
        next: None,
        notes: notes.clone(),
    };
    let waiter = runtime
        .actor("full", move || waiter.clone())
        .serves(Limited)
        .capacity(1);
    drop(waiter.start().await.expect("the name is free"));
    let full = runtime.to::<dyn Limited>("full");
    let _holds = full.hold().timeout(60 * SECOND).into_future();
    full.told()
        .await
        .expect("there is room for one once the actor has taken the other");
    let begun = Instant::now();
    let failure = full
        .told()
        .timeout(2 * SECOND)
        .await
        .expect_err("there is no more room");
    assert_eq!(said(&failure), late(Delivered::No));
    assert_about(begun.elapsed(), 2 * SECOND);
    let waits = full.told().into_future();
    notes.open.notify_one();
    assert_eq!(waits.await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_of_a_stream_covers_its_first_item_and_no_other() {
    let runtime = launch();
    let (first, _) = waiters(&runtime, &runtime).await;
    let begun = Instant::now();
    let items: Vec<_> = first.slow().timeout(SECOND).collect().await;
    assert_eq!(items, [Ok(1), Ok(2)]);
    assert!(begun.elapsed() >= HOUR);
    let begun = Instant::now();
    let mut silent = first.silent();
    let failure = silent.next().await.expect("an item").expect_err("it never comes");
    assert_eq!(said(&failure), late(Delivered::Unknown));
    assert_about(begun.elapsed(), 10 * SECOND);
    assert_eq!(silent.next().await, None);
    let begun = Instant::now();
    let mut unopened = first.unopened().timeout(2 * SECOND);
    let failure = unopened.next().await.expect("an item").expect_err("it never opens");
    assert_eq!(said(&failure), late(Delivered::Unknown));
    assert_about(begun.elapsed(), 2 * SECOND);
    assert_eq!(unopened.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_a_handler_reads_is_awaited_no_longer_than_the_handler() {
    let runtime = launch();
    let (first, notes) = waiters(&runtime, &runtime).await;
    for unopened in [false, true] {
        let begun = Instant::now();
        // Whether its own caller hears of it in time is a matter of milliseconds.
        let _ = if unopened {
            first.reads_unopened().timeout(SECOND).await
        } else {
            first.reads_silent().timeout(SECOND).await
        };
        let (at, left, failure) = notes.next().await;
        assert_about(at - begun, SECOND);
        assert_eq!(left, Some(Duration::ZERO));
        assert_eq!(said(&failure.expect("it never comes")), late(Delivered::Unknown));
    }
}

#[tokio::test(start_paused = true)]
async fn a_deferred_reply_has_the_deadline_of_its_call() {
    let runtime = launch();
    let (first, notes) = waiters(&runtime, &runtime).await;
    let begun = Instant::now();
    let failure = first.later().timeout(SECOND).await.expect_err("it never follows");
    assert_eq!(said(&failure), late(Delivered::Unknown));
    assert_about(begun.elapsed(), SECOND);
    let (_, left, _) = notes.next().await;
    assert_about(left.expect("it is awaited"), SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_hook_has_no_deadline_whatever_was_called_before() {
    let runtime = launch();
    let (_, notes) = waiters(&runtime, &runtime).await;
    // It is the first to be stopped.
    let second = runtime.to::<dyn Limited>("second");
    assert_left(second.of_contract().timeout(SECOND).await, SECOND);
    tokio::time::sleep(2 * SECOND).await;
    runtime.shutdown().await;
    for what in ["in its context", "of what runs"] {
        let (_, left, _) = notes.next().await;
        assert_eq!(left, None, "{what}");
    }
    let (_, left, failure) = notes.next().await;
    assert_eq!(failure, None);
    assert_about(left.expect("it is awaited"), 10 * SECOND);
}
