//! Layers round calls, on the side of those who make them and on the side of the actors.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use callsheet::{
    CallContext, CallError, CallInfo, Code, Failure, Layer, Mailbox, Next, Passed, Runtime, Streaming, actor_contract,
    contract_type,
};
use futures_util::StreamExt;
use tokio::time::Instant;

#[contract_type]
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    No,
}

#[actor_contract(namespace = "layers")]
pub trait Clerk {
    /// What the caller sent along.
    fn note(&self, #[context] cx: &CallContext, key: String) -> Option<String>;
    fn refuse(&self) -> Result<u32, Refusal>;
    fn count(&self, to: u32) -> Streaming<u32>;
    async fn hang(&mut self);
    #[tell]
    fn file(&mut self, paper: String);
    fn filed(&self) -> Vec<String>;
}

#[derive(Default)]
struct Desk(Vec<String>);

impl Clerk for Desk {
    fn note(&self, cx: &CallContext, key: String) -> Option<String> {
        cx.meta(&key).map(str::to_owned)
    }
    fn refuse(&self) -> Result<u32, Refusal> {
        Err(Refusal::No)
    }
    fn count(&self, to: u32) -> Streaming<u32> {
        Streaming::iter(0..to)
    }
    async fn hang(&mut self) {
        std::future::pending().await
    }
    fn file(&mut self, paper: String) {
        self.0.push(paper);
    }
    fn filed(&self) -> Vec<String> {
        self.0.clone()
    }
}

type Log = Arc<Mutex<Vec<String>>>;

/// Writes down what passes it.
struct Watch(&'static str, Log);

impl Layer for Watch {
    async fn call(&self, call: CallInfo, next: Next<'_>) -> Result<Passed, Failure> {
        let Watch(name, log) = self;
        let say = |what: String| log.lock().expect("nobody panics here").push(what);
        say(format!("{name}: {} {}.{}", call.actor, call.contract, call.method));
        let passed = next.run(call).await;
        say(match &passed {
            Ok(passed) => format!("{name}: {passed:?}"),
            Err(failure) => format!("{name}: {:?}", failure.code()),
        });
        passed
    }
}

/// Sends its name along.
struct Stamp(&'static str);

impl Layer for Stamp {
    async fn call(&self, mut call: CallInfo, next: Next<'_>) -> Result<Passed, Failure> {
        let before = call.meta.get("stamps").cloned().unwrap_or_default();
        call.meta.insert("stamps".to_owned(), before + self.0);
        next.run(call).await
    }
}

/// Lets through what brings the word.
struct Guard;

impl Layer for Guard {
    async fn call(&self, call: CallInfo, next: Next<'_>) -> Result<Passed, Failure> {
        if call.meta.get("word").map(String::as_str) == Some("sesame") {
            return next.run(call).await;
        }
        Err(Failure::new(Code::PermissionDenied, "say the word"))
    }
}

/// Never lets anything through, and never says so.
struct Dither;

impl Layer for Dither {
    async fn call(&self, _: CallInfo, _: Next<'_>) -> Result<Passed, Failure> {
        std::future::pending().await
    }
}

async fn start(runtime: &Runtime, layer: impl Layer) -> Mailbox<dyn Clerk> {
    let desk = runtime.actor("desk", Desk::default).serves(Clerk).serving(layer);
    desk.expose().start().await.expect("the name is free").mailbox(Clerk)
}

fn taken(log: &Log) -> Vec<String> {
    std::mem::take(&mut *log.lock().expect("nobody panics here"))
}

#[tokio::test]
async fn a_call_passes_its_callers_layers_then_the_runtimes_then_the_actors() {
    let options = Runtime::configure()
        .calling(Stamp("a"))
        .calling(Stamp("b"))
        .serving(Stamp("c"));
    let runtime = options.launch().expect("inside tokio");
    let desk = start(&runtime, Stamp("d")).await;
    assert_eq!(desk.note("stamps".to_owned()).await, Ok(Some("abcd".to_owned())));
}

#[tokio::test]
async fn a_layer_sees_what_each_kind_of_call_comes_to() {
    let runtime = Runtime::launch().expect("inside tokio");
    let log = Log::default();
    let desk = start(&runtime, Watch("watch", Arc::clone(&log))).await;

    assert_eq!(desk.note("nothing".to_owned()).await, Ok(None));
    assert_eq!(taken(&log), ["watch: desk layers.Clerk.Note", "watch: Replied"]);
    assert_eq!(desk.refuse().await, Err(CallError::Contract(Refusal::No)));
    assert_eq!(taken(&log), ["watch: desk layers.Clerk.Refuse", "watch: Declared"]);
    let counted: Vec<_> = desk.count(3).collect().await;
    assert_eq!(counted, [Ok(0), Ok(1), Ok(2)]);
    assert_eq!(taken(&log), ["watch: desk layers.Clerk.Count", "watch: Opened"]);
    assert_eq!(desk.file("a".to_owned()).await, Ok(()));
    assert_eq!(taken(&log), ["watch: desk layers.Clerk.File", "watch: Enqueued"]);
    assert_eq!(desk.filed().await, Ok(vec!["a".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn a_layer_hears_of_failures_and_of_lateness() {
    let runtime = Runtime::launch().expect("inside tokio");
    let log = Log::default();
    let desk = start(&runtime, Watch("watch", Arc::clone(&log))).await;
    let late = desk.hang().timeout(Duration::from_secs(1)).await;
    assert_eq!(late.expect_err("late").code(), Code::Timeout);
    assert_eq!(taken(&log), ["watch: desk layers.Clerk.Hang", "watch: Timeout"]);
}

#[tokio::test]
async fn a_layer_refuses_what_it_does_not_pass_on() {
    let runtime = Runtime::launch().expect("inside tokio");
    let desk = start(&runtime, Guard).await;
    let refused = desk.note("word".to_owned()).await.expect_err("no word");
    assert_eq!(refused.code(), Code::PermissionDenied);
    assert_eq!(
        desk.file("a".to_owned()).await.expect_err("no word").code(),
        Code::PermissionDenied
    );
    let opened: Vec<_> = desk.count(3).collect().await;
    assert!(matches!(&opened[..], [Err(failure)] if failure.code() == Code::PermissionDenied));

    assert_eq!(
        desk.note("word".to_owned()).meta("word", "sesame").await,
        Ok(Some("sesame".to_owned()))
    );
    assert_eq!(desk.file("b".to_owned()).meta("word", "sesame").await, Ok(()));
    let opened: Vec<_> = desk.count(1).meta("word", "sesame").collect().await;
    assert_eq!(opened, [Ok(0)]);
    assert_eq!(desk.filed().meta("word", "sesame").await, Ok(vec!["b".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn a_layer_has_no_more_time_than_the_call() {
    let runtime = Runtime::launch().expect("inside tokio");
    let desk = start(&runtime, Dither).await;
    let started = Instant::now();
    let late = desk.note("a".to_owned()).timeout(Duration::from_secs(2)).await;
    assert_eq!(late.expect_err("late").code(), Code::Timeout);
    assert!(started.elapsed() < Duration::from_secs(3));
}

/// Passes everything on, and then takes for ever.
struct Audit;

impl Layer for Audit {
    async fn call(&self, call: CallInfo, next: Next<'_>) -> Result<Passed, Failure> {
        let passed = next.run(call).await;
        if passed.is_ok() {
            std::future::pending::<()>().await;
        }
        passed
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_is_there_is_had_by_the_deadline_though_a_layer_takes_for_ever() {
    let runtime = Runtime::launch().expect("inside tokio");
    let desk = start(&runtime, Audit).await;
    let started = Instant::now();
    let reply = desk.note("a".to_owned()).timeout(Duration::from_secs(2)).await;
    assert_eq!(reply, Ok(None));
    assert!(started.elapsed() < Duration::from_secs(3));
}

/// Lets the call go on under a waker of its own.
struct Crowded;

impl Layer for Crowded {
    async fn call(&self, call: CallInfo, next: Next<'_>) -> Result<Passed, Failure> {
        let mut crowd: futures_util::stream::FuturesUnordered<_> = std::iter::once(next.run(call)).collect();
        crowd.next().await.expect("there is one")
    }
}

#[tokio::test(start_paused = true)]
async fn a_layer_may_poll_the_rest_of_the_way_under_another_waker() {
    let runtime = Runtime::launch().expect("inside tokio");
    let desk = start(&runtime, Crowded).await;
    let started = Instant::now();
    assert_eq!(desk.note("a".to_owned()).await, Ok(None));
    assert!(started.elapsed() < Duration::from_secs(1), "it is woken by the reply");
}
