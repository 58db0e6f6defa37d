//! Callers that go away.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use callsheet::{Mailbox, Runtime, Streaming, actor_contract};
use futures_util::{FutureExt, StreamExt, stream};
use tokio::{sync::Notify, time::timeout};

const SOON: Duration = Duration::from_secs(5);

#[actor_contract(namespace = "cancellation")]
pub trait Kitchen {
    async fn shared(&self, name: String);
    #[parallel]
    async fn parallel(&self, name: String);
    async fn exclusive(&mut self, name: String);
    #[cancel_safe]
    async fn cancel_safe(&mut self, name: String);
    fn quick(&self, name: String);
    /// Asks the other kitchen for `shared`, in a shared or in an exclusive turn.
    async fn orders(&self, name: String);
    async fn orders_alone(&mut self, name: String);
    async fn opens(&self, name: String) -> Streaming<u32>;
    fn serves(&self, name: String) -> Streaming<u32>;
}

/// What handlers do, in order: `+` they begin, `-` they go on after their await, `.` they are dropped.
#[derive(Clone, Default)]
struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    one: Arc<Notify>,
    go_on: Arc<Notify>,
}

struct Guard(Log, String);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.say('.', &self.1);
    }
}

impl Log {
    fn say(&self, what: char, name: &str) {
        self.lines
            .lock()
            .expect("nobody panics here")
            .push(format!("{what}{name}"));
        self.one.notify_one();
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().expect("nobody panics here").clone()
    }

    async fn says(&self, line: &str) {
        while !self.lines().iter().any(|said| said == line) {
            timeout(SOON, self.one.notified()).await.expect("it is said");
        }
    }

    async fn work(self, name: String) {
        let _guard = Guard(self.clone(), name.clone());
        self.say('+', &name);
        self.go_on.notified().await;
        self.say('-', &name);
    }
}

#[derive(Clone)]
struct Cook {
    log: Log,
    other: Mailbox<dyn Kitchen>,
}

impl Kitchen for Cook {
    async fn shared(&self, name: String) {
        self.log.clone().work(name).await;
    }
    async fn parallel(&self, name: String) {
        self.log.clone().work(name).await;
    }
    async fn exclusive(&mut self, name: String) {
        self.log.clone().work(name).await;
    }
    async fn cancel_safe(&mut self, name: String) {
        self.log.clone().work(name).await;
    }
    fn quick(&self, name: String) {
        self.log.say('+', &name);
    }
    async fn orders(&self, name: String) {
        let _ = self.other.shared(name).await;
    }
    async fn orders_alone(&mut self, name: String) {
        let _ = self.other.shared(name).await;
    }
    async fn opens(&self, name: String) -> Streaming<u32> {
        self.log.clone().work(name).await;
        Streaming::iter([1])
    }
    fn serves(&self, name: String) -> Streaming<u32> {
        let second = self.log.clone().work(name).map(|()| 2);
        Streaming::new(stream::iter([1]).chain(stream::once(second)))
    }
}

async fn kitchen(capacity: usize) -> (Runtime, Log, Mailbox<dyn Kitchen>) {
    let runtime = Runtime::launch().expect("inside tokio");
    let log = Log::default();
    for (id, other) in [("kitchen", "other"), ("other", "kitchen")] {
        let cook = Cook {
            log: log.clone(),
            other: runtime.to(other),
        };
        let cook = runtime
            .actor(id, move || cook.clone())
            .serves(Kitchen)
            .capacity(capacity);
        drop(cook.start().await.expect("the name is free"));
    }
    let kitchen = runtime.to("kitchen");
    (runtime, log, kitchen)
}

fn name(of: &str) -> String {
    of.to_owned()
}

#[tokio::test]
async fn a_shared_handler_stops_at_its_next_await_when_its_call_is_dropped() {
    let (_runtime, log, kitchen) = kitchen(8).await;
    let call = kitchen.shared(name("a")).into_future();
    log.says("+a").await;
    drop(call);
    log.says(".a").await;
    assert_eq!(log.lines(), ["+a", ".a"], "it never went on");

    let call = kitchen.parallel(name("b")).into_future();
    log.says("+b").await;
    drop(call);
    log.says(".b").await;
    assert_eq!(log.lines()[2..], ["+b", ".b"]);
}

#[tokio::test]
async fn an_exclusive_handler_runs_to_its_end_unless_it_is_cancel_safe() {
    let (_runtime, log, kitchen) = kitchen(8).await;
    let call = kitchen.exclusive(name("a")).into_future();
    log.says("+a").await;
    drop(call);
    let next = kitchen.quick(name("b")).into_future();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(log.lines(), ["+a"], "it has the state, and waits");
    log.go_on.notify_one();
    next.await.expect("it is its turn");
    assert_eq!(log.lines(), ["+a", "-a", ".a", "+b"]);

    let call = kitchen.cancel_safe(name("c")).into_future();
    log.says("+c").await;
    drop(call);
    log.says(".c").await;
    assert_eq!(log.lines()[4..], ["+c", ".c"]);
    kitchen.quick(name("d")).await.expect("the state is free");
}

#[tokio::test]
async fn a_call_that_is_cancelled_in_the_queue_is_never_run() {
    let (_runtime, log, kitchen) = kitchen(8).await;
    let holds = kitchen.exclusive(name("holds")).into_future();
    log.says("+holds").await;
    drop(kitchen.shared(name("a")).into_future());
    drop(kitchen.parallel(name("b")).into_future());
    drop(kitchen.exclusive(name("c")).into_future());
    drop(kitchen.cancel_safe(name("d")).into_future());
    drop(kitchen.quick(name("e")).into_future());
    let last = kitchen.quick(name("last")).into_future();
    log.go_on.notify_one();
    assert_eq!((holds.await, last.await), (Ok(()), Ok(())));
    assert_eq!(log.lines(), ["+holds", "-holds", ".holds", "+last"]);
}

#[tokio::test]
async fn a_call_that_is_cancelled_while_it_waits_for_room_is_never_sent() {
    let (_runtime, log, kitchen) = kitchen(1).await;
    let holds = kitchen.exclusive(name("holds")).into_future();
    log.says("+holds").await;
    let fills = kitchen.quick(name("fills")).into_future();
    let mut waits = kitchen.quick(name("waits")).into_future();
    assert!((&mut waits).now_or_never().is_none());
    let mut behind = kitchen.quick(name("behind")).into_future();
    assert!((&mut behind).now_or_never().is_none());
    drop(waits);
    log.go_on.notify_one();
    assert_eq!((holds.await, fills.await, behind.await), (Ok(()), Ok(()), Ok(())));
    assert_eq!(log.lines(), ["+holds", "-holds", ".holds", "+fills", "+behind"]);
}

#[tokio::test]
async fn what_a_shared_handler_awaits_is_cancelled_with_it() {
    let (_runtime, log, kitchen) = kitchen(8).await;
    let call = kitchen.orders(name("a")).into_future();
    log.says("+a").await;
    drop(call);
    log.says(".a").await;
    assert_eq!(log.lines(), ["+a", ".a"]);
}

#[tokio::test]
async fn what_an_exclusive_handler_awaits_goes_on() {
    let (_runtime, log, kitchen) = kitchen(8).await;
    let call = kitchen.orders_alone(name("a")).into_future();
    log.says("+a").await;
    drop(call);
    let next = kitchen.quick(name("b")).into_future();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    log.go_on.notify_one();
    next.await.expect("it is its turn");
    assert_eq!(log.lines(), ["+a", "-a", ".a", "+b"]);
}

#[tokio::test]
async fn a_stream_that_is_dropped_is_not_opened_or_read_any_further() {
    let (_runtime, log, kitchen) = kitchen(8).await;
    let mut opens = kitchen.opens(name("a"));
    assert!(opens.next().now_or_never().is_none());
    log.says("+a").await;
    drop(opens);
    log.says(".a").await;
    assert_eq!(log.lines(), ["+a", ".a"]);

    let mut serves = kitchen.serves(name("b"));
    assert_eq!(serves.next().await, Some(Ok(1)));
    assert!(serves.next().now_or_never().is_none());
    log.says("+b").await;
    drop(serves);
    assert_eq!(log.lines()[2..], ["+b", ".b"]);
}
