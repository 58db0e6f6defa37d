//! Plain messages: values that no contract declares, through references typed by the actor's state.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{future::Future, sync::Arc, time::Duration};

use callsheet::{
    ActorBuilder, ActorRef, Addressed, CallContext, Code, DeadLetter, Delivered, Failure, Loss, On, OnShared, Received,
    Runtime, Shared, To, actor_contract,
};
use futures_util::FutureExt;
use tokio::sync::Semaphore;

/// Its messages and replies are of types that no document could describe.
struct Log {
    lines: Vec<String>,
    gate: Arc<Semaphore>,
    arrived: Arc<Semaphore>,
}

struct Add(&'static str);
struct Lines;
struct Hold;
struct Beside;
struct Panics;
struct Again;
struct Nested;
struct Caller;
struct Both;
struct Unknown;

/// Neither described nor clonable.
#[derive(Debug, PartialEq)]
struct Count(usize);

impl On<Add> for Log {
    type Reply = Count;
    async fn on(&mut self, Add(line): Add) -> Count {
        self.lines.push(line.to_owned());
        Count(self.lines.len())
    }
}

impl OnShared<Lines> for Log {
    type Reply = Vec<String>;
    async fn on_shared(&self, _: Lines) -> Vec<String> {
        self.lines.clone()
    }
}

impl On<Hold> for Log {
    type Reply = ();
    async fn on(&mut self, _: Hold) {
        self.arrived.add_permits(1);
        self.gate.acquire().await.expect("it is never closed").forget();
    }
}

impl OnShared<Beside> for Log {
    type Reply = ();
    async fn on_shared(&self, _: Beside) {
        self.arrived.add_permits(1);
        self.gate.acquire().await.expect("it is never closed").forget();
    }
}

impl On<Panics> for Log {
    type Reply = ();
    async fn on(&mut self, _: Panics) {
        panic!("as it was told to");
    }
}

impl On<Again> for Log {
    type Reply = Result<Count, Failure>;
    async fn on(&mut self, _: Again) -> Result<Count, Failure> {
        let cx = CallContext::current().expect("a handler has a context");
        cx.actor_ref::<Log>().ask(Add("again")).await
    }
}

impl OnShared<Nested> for Log {
    type Reply = Result<Vec<String>, Failure>;
    async fn on_shared(&self, _: Nested) -> Result<Vec<String>, Failure> {
        let cx = CallContext::current().expect("a handler has a context");
        cx.actor_ref::<Log>().ask(Lines).await
    }
}

impl OnShared<Caller> for Log {
    type Reply = Option<String>;
    async fn on_shared(&self, _: Caller) -> Option<String> {
        let cx = CallContext::current()?;
        cx.meta("user").map(str::to_owned)
    }
}

impl On<Both> for Log {
    type Reply = &'static str;
    async fn on(&mut self, _: Both) -> &'static str {
        "alone"
    }
}

impl OnShared<Both> for Log {
    type Reply = &'static str;
    async fn on_shared(&self, _: Both) -> &'static str {
        "beside"
    }
}

impl On<Unknown> for Log {
    type Reply = ();
    async fn on(&mut self, _: Unknown) {}
}

#[actor_contract(namespace = "plain")]
pub trait Journal {
    async fn write(&mut self, line: String) -> u64;
}

impl Journal for Log {
    async fn write(&mut self, line: String) -> u64 {
        self.lines.push(line);
        self.lines.len() as u64
    }
}

impl Addressed for Log {
    type Contract = dyn Journal;
}

struct Setting {
    runtime: Runtime,
    log: ActorRef<Log>,
    gate: Arc<Semaphore>,
    arrived: Arc<Semaphore>,
}

impl Setting {
    async fn arrived(&self, handlers: u32) {
        let arrived = self.arrived.acquire_many(handlers).await;
        arrived.expect("it is never closed").forget();
    }
}

async fn setting() -> Setting {
    let runtime = Runtime::launch().expect("inside tokio");
    let (gate, arrived) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let builder: ActorBuilder<Log> = runtime.actor("log", {
        let (gate, arrived) = (Arc::clone(&gate), Arc::clone(&arrived));
        move || Log {
            lines: Vec::new(),
            gate: Arc::clone(&gate),
            arrived: Arc::clone(&arrived),
        }
    });
    let builder = builder.serves(Journal).on::<Add>().on_shared::<Lines>().on::<Hold>();
    let builder = builder.on_shared::<Beside>().on::<Panics>().on::<Again>();
    let builder = builder.on_shared::<Nested>().on_shared::<Caller>();
    let builder = builder.on::<Both>().on_shared::<Both>().on::<Add>();
    let handle = builder.capacity(2).start().await.expect("started");
    Setting {
        log: handle.actor_ref(),
        runtime,
        gate,
        arrived,
    }
}

fn queued<F: Future>(call: &mut std::pin::Pin<Box<F>>) {
    assert!(call.as_mut().now_or_never().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_plain_message_is_sent_or_asked_and_answered_with_any_value() {
    let setting = setting().await;
    setting.log.send(Add("first")).await.expect("there is room");
    assert_eq!(setting.log.ask(Add("second")).await, Ok(Count(2)));
    let by_id = setting.runtime.actor_ref::<Log>("log");
    assert_eq!(by_id.ask(Lines).await.expect("it lives"), ["first", "second"]);
    let ambient = ActorRef::<Log>::at("log").clone();
    assert_eq!(ambient.ask(Lines).await.expect("it lives").len(), 2);
    assert_eq!(format!("{ambient:?}"), "ActorRef(Log at `log`)");
}

#[tokio::test(start_paused = true)]
async fn plain_messages_and_calls_of_contracts_have_one_order() {
    let setting = setting().await;
    let mailbox = setting.runtime.to::<dyn Journal>("log");
    let mut hold = Box::pin(setting.log.ask(Hold).into_future());
    queued(&mut hold);
    setting.arrived(1).await;
    let mut write = Box::pin(mailbox.write("contract".to_owned()).into_future());
    queued(&mut write);
    let mut add = Box::pin(setting.log.ask(Add("plain")).into_future());
    queued(&mut add);
    setting.gate.add_permits(1);
    assert_eq!((write.await, add.await), (Ok(1), Ok(Count(2))));
}

#[tokio::test(start_paused = true)]
async fn shared_messages_run_beside_each_other_and_exclusive_ones_alone() {
    let setting = setting().await;
    let mut first = Box::pin(setting.log.ask(Beside).into_future());
    let mut second = Box::pin(setting.log.ask(Beside).into_future());
    queued(&mut first);
    queued(&mut second);
    setting.arrived(2).await;
    let mut alone = Box::pin(setting.log.ask(Add("after")).into_future());
    queued(&mut alone);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    queued(&mut alone);
    setting.gate.add_permits(2);
    assert_eq!(alone.await, Ok(Count(1)));
    assert_eq!((first.await, second.await), (Ok(()), Ok(())));
}

#[tokio::test(start_paused = true)]
async fn what_the_builder_did_not_say_is_refused_with_what_it_should_have_said() {
    let setting = setting().await;
    let failure = setting.log.ask(Unknown).await.expect_err("it is not registered");
    assert_eq!(failure.code(), Code::UnknownMessageType);
    assert!(failure.to_string().contains(".on::<Unknown>()"), "{failure}");

    struct Other;
    impl OnShared<Lines> for Other {
        type Reply = ();
        async fn on_shared(&self, _: Lines) {}
    }
    let wrong = setting.runtime.actor_ref::<Other>("log");
    let failure = wrong.send(Lines).await.expect_err("it is another type");
    assert_eq!(failure.code(), Code::UnknownMessageType);
    assert!(failure.to_string().contains("as a `Other`"), "{failure}");
    let nobody = setting.runtime.actor_ref::<Log>("nobody");
    assert_eq!(nobody.ask(Lines).await.map_err(|f| f.code()), Err(Code::ActorNotFound));
}

#[tokio::test(start_paused = true)]
async fn a_message_with_two_handlers_is_told_by_its_access() {
    let setting = setting().await;
    assert_eq!(setting.log.ask::<_, Shared>(Both).await, Ok("beside"));
    assert_eq!(setting.log.ask::<_, callsheet::Exclusively>(Both).await, Ok("alone"));
}

#[tokio::test(start_paused = true)]
async fn a_plain_message_is_part_of_the_chain_of_its_turn() {
    let setting = setting().await;
    let again = setting.log.ask(Again).await.expect("the outer call ends");
    assert_eq!(again.map_err(|failure| failure.code()), Err(Code::Deadlock));
    setting.log.send(Add("line")).await.expect("there is room");
    let nested = setting.log.ask(Nested).await.expect("the outer call ends");
    assert_eq!(nested, Ok(vec!["line".to_owned()]), "a shared one beside a shared one");
    let user = setting.log.ask(Caller).meta("user", "ada").await;
    assert_eq!(user, Ok(Some("ada".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn a_plain_message_has_a_deadline() {
    let setting = setting().await;
    let hold = setting.log.ask(Hold).timeout(Duration::from_secs(1)).await;
    let failure = hold.expect_err("nobody lets it go");
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::Timeout, Delivered::Unknown)
    );
    // The queue of two is full behind it.
    setting.log.send(Add("one")).await.expect("there is room");
    setting.log.send(Add("two")).await.expect("there is room");
    let full = setting.log.send(Add("three")).timeout(Duration::from_secs(1)).await;
    assert_eq!(full.map_err(|f| f.code()), Err(Code::Timeout));
}

#[tokio::test(start_paused = true)]
async fn a_panic_fails_the_call_and_costs_the_state() {
    let setting = setting().await;
    setting.log.send(Add("gone")).await.expect("there is room");
    let failure = setting.log.ask(Panics).await.expect_err("it panics");
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::ActorFailed, Delivered::Yes)
    );
    assert_eq!(setting.log.ask(Lines).await, Ok(Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn what_waits_when_the_actor_stops_is_failed_or_a_dead_letter() {
    let setting = setting().await;
    let mut letters = setting.runtime.broker().subscribe::<DeadLetter>();
    let mut hold = Box::pin(setting.log.ask(Hold).into_future());
    queued(&mut hold);
    setting.arrived(1).await;
    setting.log.send(Add("lost")).await.expect("there is room");
    let mut ask = Box::pin(setting.log.ask(Add("refused")).into_future());
    queued(&mut ask);
    let stop = tokio::spawn({
        let runtime = setting.runtime.clone();
        async move { runtime.shutdown().await }
    });
    tokio::task::yield_now().await;
    setting.gate.add_permits(1);
    stop.await.expect("it stops");
    let failure = ask.await.expect_err("it never ran");
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::ActorStopped, Delivered::No)
    );
    let Some(Received::Event(letter)) = letters.next().await else {
        panic!("there is a dead letter");
    };
    let expected = DeadLetter {
        actor: "log".to_owned(),
        message: "Log.Add".to_owned(),
        loss: Loss::ActorStopped,
    };
    assert_eq!(*letter, expected);
    assert_eq!(setting.runtime.dead_letters().actor_stopped, 1);
}

#[tokio::test(start_paused = true)]
async fn an_actors_type_leads_to_the_mailbox_of_its_contract() {
    let setting = setting().await;
    assert_eq!(To::<Log>("log").write("by type".to_owned()).await, Ok(1));
    let by_contract = To::<dyn Journal>("log");
    assert_eq!(by_contract.write("by contract".to_owned()).await, Ok(2));
    assert_eq!(
        setting.log.ask(Lines).await.expect("it lives"),
        ["by type", "by contract"]
    );
}
