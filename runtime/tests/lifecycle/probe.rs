//! The actor that these tests watch, and what they watch it with.

use std::{
    collections::VecDeque,
    future::Future,
    panic,
    sync::{
        Arc, Mutex, Once,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use callsheet::{
    Actor, ActorBuilder, ActorEvent, ActorHandle, Backoff, CallContext, DeadLetter, Deferred, Events, Happening,
    HookError, Mailbox, Received, Runtime, RuntimeOptions, actor_contract, contract_type,
};
use futures_util::future::BoxFuture;
use tokio::time::timeout;

/// Longer than anything that these tests wait for on the paused clock.
pub const LONG: Duration = Duration::from_secs(300);

/// Panics when it is dropped, if it is armed.
#[contract_type]
#[derive(Debug)]
pub struct Bomb {
    pub armed: bool,
}

impl Drop for Bomb {
    fn drop(&mut self) {
        if std::mem::take(&mut self.armed) {
            panic!("as it should");
        }
    }
}

#[actor_contract(namespace = "lifecycle")]
pub trait Worker {
    /// Which of the actor's states this is, from 1.
    fn state(&self) -> u64;
    /// Says `text`, with the state alone.
    async fn say(&mut self, text: String) -> u64;
    #[tell]
    fn note(&mut self, text: String);
    /// Says what it was, and then panics.
    #[tell]
    fn note_and_panic(&mut self, text: String);
    /// Shares the state for so long.
    async fn share(&self, ms: u64) -> u64;
    /// The same in a task of its own from its start.
    #[parallel]
    async fn beside(&self, ms: u64) -> u64;
    /// Has the state alone for so long.
    async fn hold(&mut self, ms: u64) -> u64;
    /// Says `text` when it is dropped before its end, and panics there if it is to.
    async fn linger(&self, text: String, panics: bool);
    async fn linger_alone(&mut self, text: String, panics: bool);
    fn panic(&self);
    fn panic_alone(&mut self);
    async fn panic_after(&self, ms: u64);
    async fn panic_alone_after(&mut self, ms: u64);
    fn fail(&self, #[context] cx: &CallContext, cause: String);
    /// Fails, and goes on for so long with the state alone.
    async fn fail_and_hold(&mut self, #[context] cx: &CallContext, cause: String, ms: u64) -> u64;
    fn finish(&self, #[context] cx: &CallContext);
    fn take(&self, bomb: Bomb);
    fn later(&self, ms: u64) -> Deferred<u64>;
    /// Who answers when `id` is called without a runtime being named.
    async fn ask_about(&self, id: String) -> String;
    fn whose(&self) -> String;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hook {
    BeforeStart,
    AfterStart,
    BeforeStop,
    AfterStop,
}

/// What a hook does beside saying that it ran.
pub struct Occasion {
    pub hook: Hook,
    /// The number of the state.
    pub state: u64,
    pub cx: CallContext,
}

type Plan = Arc<dyn Fn(Occasion) -> BoxFuture<'static, Result<(), HookError>> + Send + Sync>;

/// What was said, in order.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub fn say(&self, line: impl Into<String>) {
        self.0.lock().expect("nobody panics here").push(line.into());
    }

    /// What was said since it was asked last.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("nobody panics here"))
    }
}

/// A state that says what happens to it.
pub struct Probe {
    name: String,
    owner: String,
    number: u64,
    log: Log,
    plan: Plan,
    /// How many hooks ran and messages were said.
    seen: u64,
    _bomb: Option<Bomb>,
}

impl Probe {
    fn log(&mut self, what: &str) {
        self.seen += 1;
        self.log.say(format!("{} {what}", self.name));
    }

    async fn hook(&mut self, hook: Hook, what: &str, cx: &CallContext) -> Result<(), HookError> {
        self.log(what);
        let occasion = Occasion {
            hook,
            state: self.number,
            cx: cx.clone(),
        };
        (self.plan)(occasion).await
    }
}

impl Actor for Probe {
    async fn before_start(&mut self, cx: &CallContext) -> Result<(), HookError> {
        self.hook(Hook::BeforeStart, "before_start", cx).await
    }
    async fn after_start(&mut self, cx: &CallContext) -> Result<(), HookError> {
        self.hook(Hook::AfterStart, "after_start", cx).await
    }
    async fn before_stop(&mut self, cx: &CallContext) {
        self.hook(Hook::BeforeStop, "before_stop", cx)
            .await
            .expect("it cannot fail");
    }
    async fn after_stop(&mut self, cx: &CallContext) {
        self.hook(Hook::AfterStop, "after_stop", cx)
            .await
            .expect("it cannot fail");
    }
}

/// Says so when it is dropped.
struct Dropped {
    log: Log,
    line: String,
    panics: bool,
}

impl Drop for Dropped {
    fn drop(&mut self) {
        self.log.say(format!("{} dropped", self.line));
        assert!(!self.panics, "as it should");
    }
}

async fn sleep(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

impl Worker for Probe {
    fn state(&self) -> u64 {
        self.number
    }
    async fn say(&mut self, text: String) -> u64 {
        self.log(&text);
        self.number
    }
    fn note(&mut self, text: String) {
        self.log(&text);
    }
    fn note_and_panic(&mut self, text: String) {
        self.log(&text);
        panic!("as it should");
    }
    async fn share(&self, ms: u64) -> u64 {
        sleep(ms).await;
        self.number
    }
    async fn beside(&self, ms: u64) -> u64 {
        sleep(ms).await;
        self.number
    }
    async fn hold(&mut self, ms: u64) -> u64 {
        sleep(ms).await;
        self.number
    }
    async fn linger(&self, line: String, panics: bool) {
        let log = self.log.clone();
        let _dropped = Dropped { log, line, panics };
        std::future::pending().await
    }
    async fn linger_alone(&mut self, line: String, panics: bool) {
        let log = self.log.clone();
        let _dropped = Dropped { log, line, panics };
        std::future::pending().await
    }
    fn panic(&self) {
        panic!("as it should");
    }
    fn panic_alone(&mut self) {
        panic!("as it should");
    }
    async fn panic_after(&self, ms: u64) {
        sleep(ms).await;
        panic!("as it should");
    }
    async fn panic_alone_after(&mut self, ms: u64) {
        sleep(ms).await;
        panic!("as it should");
    }
    fn fail(&self, cx: &CallContext, cause: String) {
        cx.fail(cause);
    }
    async fn fail_and_hold(&mut self, cx: &CallContext, cause: String, ms: u64) -> u64 {
        cx.fail(cause);
        sleep(ms).await;
        self.number
    }
    fn finish(&self, cx: &CallContext) {
        cx.finish();
    }
    fn take(&self, _bomb: Bomb) {}
    fn later(&self, ms: u64) -> Deferred<u64> {
        let number = self.number;
        Deferred::new(async move {
            sleep(ms).await;
            number
        })
    }
    async fn ask_about(&self, id: String) -> String {
        tokio::task::yield_now().await;
        Worker.at(id).whose().await.expect("it is there")
    }
    fn whose(&self) -> String {
        self.owner.clone()
    }
}

/// A runtime, and what its probes and its broker say.
pub struct Stage {
    pub runtime: Runtime,
    pub log: Log,
    pub events: Watched,
    owner: String,
}

/// The events of actors, in order.
pub struct Watched(Events<ActorEvent>);

impl Stage {
    /// One whose actors are started again at once, and as often as they fail.
    pub fn new() -> Self {
        Self::with(|options| options.backoff(Backoff::none()).restarts(u32::MAX, LONG))
    }

    pub fn with(configure: impl FnOnce(RuntimeOptions) -> RuntimeOptions) -> Self {
        Self::owned("stage", configure)
    }

    pub fn owned(owner: &str, configure: impl FnOnce(RuntimeOptions) -> RuntimeOptions) -> Self {
        quietly();
        let runtime = configure(Runtime::configure()).launch().expect("inside tokio");
        Stage {
            events: Watched(runtime.broker().subscribe()),
            log: Log::default(),
            owner: owner.to_owned(),
            runtime,
        }
    }

    /// A probe whose hooks do nothing but say so.
    pub fn probe(&self, id: &str) -> ActorBuilder<Probe> {
        self.probe_that(id, |_| std::future::ready(Ok(())))
    }

    /// A probe whose hooks do this beside.
    pub fn probe_that<F>(&self, id: &str, plan: impl Fn(Occasion) -> F + Send + Sync + 'static) -> ActorBuilder<Probe>
    where
        F: Future<Output = Result<(), HookError>> + Send + 'static,
    {
        self.probe_of(id, false, plan)
    }

    /// A probe whose state panics when it is dropped.
    pub fn probe_with_bomb(&self, id: &str) -> ActorBuilder<Probe> {
        self.probe_of(id, true, |_| std::future::ready(Ok(())))
    }

    fn probe_of<F>(
        &self,
        id: &str,
        armed: bool,
        plan: impl Fn(Occasion) -> F + Send + Sync + 'static,
    ) -> ActorBuilder<Probe>
    where
        F: Future<Output = Result<(), HookError>> + Send + 'static,
    {
        let plan: Plan = Arc::new(move |occasion| Box::pin(plan(occasion)));
        let (name, owner, log) = (id.to_owned(), self.owner.clone(), self.log.clone());
        let states = AtomicU64::new(0);
        let make = move || Probe {
            name: name.clone(),
            owner: owner.clone(),
            number: states.fetch_add(1, Ordering::Relaxed) + 1,
            log: log.clone(),
            plan: Arc::clone(&plan),
            seen: 0,
            _bomb: armed.then_some(Bomb { armed }),
        };
        self.runtime.actor(id, make).hooks()
    }

    /// A probe that was started as it is.
    pub async fn start(&self, id: &str) -> (ActorHandle, Mailbox<dyn Worker>) {
        let handle = self.probe(id).serves(Worker).start().await.expect("the name is free");
        let mailbox = handle.mailbox(Worker);
        (handle, mailbox)
    }
}

impl Watched {
    /// The next event of any actor.
    pub async fn next(&mut self) -> ActorEvent {
        match timeout(LONG * 2, self.0.next()).await {
            Ok(Some(Received::Event(event))) => ActorEvent::clone(&event),
            other => panic!("no event: {other:?}"),
        }
    }

    /// Waits for the first event of `actor` that `is` is true of, and gives those that came up to it, as text.
    pub async fn until(&mut self, actor: &str, is: impl Fn(&Happening) -> bool) -> Vec<String> {
        let mut before = Vec::new();
        loop {
            let event = self.next().await;
            let found = event.actor == actor && is(&event.happening);
            before.push(line(&event));
            if found {
                return before;
            }
        }
    }

    /// Waits until `actor` handles messages with its state `generation`.
    pub async fn up(&mut self, actor: &str, generation: u64) -> Vec<String> {
        let mut before = Vec::new();
        loop {
            let event = self.next().await;
            before.push(line(&event));
            if event.actor == actor && (event.generation, &event.happening) == (generation, &Happening::Started) {
                return before;
            }
        }
    }
}

/// What an event says, in short; how long it takes until a restart is left out.
pub fn line(event: &ActorEvent) -> String {
    let ActorEvent {
        actor,
        generation,
        happening,
    } = event;
    let what = match happening {
        Happening::Failed { cause } => format!("failed: {cause}"),
        Happening::Restarting { .. } => "restarting".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    };
    format!("{actor} {generation} {what}")
}

/// Says nothing of panics that are meant, so that those that are not can be seen.
pub fn quietly() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let loudly = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if panic.payload_as_str() != Some("as it should") {
                loudly(panic);
            }
        }));
    });
}

/// Runs what is ready on this thread, and waits for nothing.
pub async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// The letters that were published, in order.
pub async fn letters(events: &mut Events<DeadLetter>, count: usize) -> VecDeque<DeadLetter> {
    let mut letters = VecDeque::new();
    while letters.len() < count {
        match timeout(LONG, events.next()).await {
            Ok(Some(Received::Event(letter))) => letters.push_back(DeadLetter::clone(&letter)),
            other => panic!("no dead letter: {other:?}"),
        }
    }
    letters
}
