//! Actors that hear events: in their own queue, in order with their calls.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use callsheet::{
    Actor, ActorBuilder, Broker, CallContext, DeadLetter, HookError, OnEvent, Received, Runtime, actor_contract,
    contract_type,
};
use futures_util::FutureExt;
use parking_lot::Mutex;
use tokio::sync::Semaphore;

/// What an actor is told.
#[contract_type(name = "hearing.News")]
#[derive(Debug)]
pub struct News(u32);

#[actor_contract(namespace = "hearing")]
pub trait Reader {
    /// What was heard and asked so far, in order.
    fn diary(&self) -> Vec<String>;
    /// Notes it down.
    async fn note(&mut self, text: String);
    /// Runs until the world gives it leave.
    async fn wait(&mut self);
    /// Panics.
    async fn fail(&mut self);
}

/// What the test and all states of an actor share.
struct World {
    /// A permit for each handler that waits.
    arrived: Semaphore,
    leave: Semaphore,
    states: AtomicU32,
    seen_at: Mutex<Vec<usize>>,
    at_stop: Mutex<Option<usize>>,
}

impl World {
    /// Until a handler waits.
    async fn arrived(&self) {
        self.arrived.acquire().await.expect("it is never closed").forget();
    }

    fn new() -> Arc<Self> {
        Arc::new(World {
            arrived: Semaphore::new(0),
            leave: Semaphore::new(0),
            states: AtomicU32::new(0),
            seen_at: Mutex::default(),
            at_stop: Mutex::default(),
        })
    }
}

struct Diary {
    lines: Vec<String>,
    world: Arc<World>,
    broker: Broker,
    /// What `before_start` publishes, and with what it ends.
    opening: Option<Result<u32, &'static str>>,
}

impl Reader for Diary {
    fn diary(&self) -> Vec<String> {
        self.lines.clone()
    }

    async fn note(&mut self, text: String) {
        self.lines.push(text);
    }

    async fn wait(&mut self) {
        self.world.arrived.add_permits(1);
        self.world.leave.acquire().await.expect("it is never closed").forget();
    }

    async fn fail(&mut self) {
        self.wait().await;
        panic!("as it was told to");
    }
}

impl OnEvent<News> for Diary {
    async fn on_event(&mut self, event: &News) {
        let Some(cx) = CallContext::current() else {
            return self.lines.push("no context".to_owned());
        };
        self.world.seen_at.lock().push(std::ptr::from_ref(event).addr());
        match event.0 {
            100 => self.wait().await,
            101 => panic!("that is too much"),
            _ => {}
        }
        self.lines.push(format!("{} hears {}", cx.actor(), event.0));
    }

    async fn on_missed(&mut self, missed: u64) {
        self.lines.push(format!("missed {missed}"));
    }
}

impl Actor for Diary {
    async fn before_start(&mut self, _: &CallContext) -> Result<(), HookError> {
        match self.opening {
            None => {}
            Some(Ok(news)) => self.broker.publish(News(news)),
            Some(Err(error)) => return Err(error.into()),
        }
        self.lines.push("opened".to_owned());
        Ok(())
    }

    async fn before_stop(&mut self, _: &CallContext) {
        *self.world.at_stop.lock() = Some(self.broker.subscribers::<News>());
    }
}

fn reader(
    runtime: &Runtime,
    world: &Arc<World>,
    id: &str,
    opening: Option<Result<u32, &'static str>>,
) -> ActorBuilder<Diary> {
    let (world, broker) = (Arc::clone(world), runtime.broker().clone());
    runtime.actor(id, move || {
        world.states.fetch_add(1, Ordering::Relaxed);
        Diary {
            lines: Vec::new(),
            world: Arc::clone(&world),
            broker: broker.clone(),
            opening,
        }
    })
}

fn runtime() -> (Runtime, Arc<World>) {
    (Runtime::launch().expect("inside tokio"), World::new())
}

/// Polls a call once, so that it is in the queue.
fn queued<F: Future>(mut call: std::pin::Pin<&mut F>) {
    assert!(call.as_mut().now_or_never().is_none());
}

const LONG: Duration = Duration::from_secs(5);

#[tokio::test(start_paused = true)]
async fn events_and_calls_are_handled_in_the_order_in_which_they_came() {
    let (runtime, world) = runtime();
    let builder = reader(&runtime, &world, "desk", None).serves(Reader);
    let desk = builder.on_event::<News>().start().await.expect("started");
    let mailbox = desk.mailbox(Reader);
    let mut wait = Box::pin(mailbox.wait().into_future());
    queued(wait.as_mut());
    runtime.broker().publish(News(1));
    let mut note = Box::pin(mailbox.note("asked".to_owned()).into_future());
    queued(note.as_mut());
    runtime.broker().publish(News(2));
    world.leave.add_permits(1);
    let expected = ["desk hears 1", "asked", "desk hears 2"];
    assert_eq!(mailbox.diary().await.expect("it lives"), expected);
    assert_eq!(desk.books().handled, 5, "events are counted as calls are");
}

#[tokio::test(start_paused = true)]
async fn all_who_hear_an_event_share_one_value() {
    let (runtime, world) = runtime();
    for id in ["left", "right"] {
        let builder = reader(&runtime, &world, id, None).serves(Reader);
        builder.on_event::<News>().start().await.expect("started");
    }
    let mut events = runtime.broker().subscribe::<News>();
    runtime.broker().publish(News(1));
    runtime.broker().publish(News(100));
    let Some(Received::Event(event)) = events.next().await else {
        panic!("it was published");
    };
    for id in ["left", "right"] {
        world.leave.add_permits(1);
        let lines = Reader.at(id).diary().await.expect("it lives");
        assert_eq!(lines, [format!("{id} hears 1"), format!("{id} hears 100")]);
    }
    let at = Arc::as_ptr(&event).addr();
    let seen = world.seen_at.lock().iter().filter(|seen| **seen == at).count();
    assert_eq!(seen, 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_published_while_an_actor_starts_waits_until_it_has_started() {
    let (runtime, world) = runtime();
    let builder = reader(&runtime, &world, "desk", Some(Ok(7))).hooks().serves(Reader);
    let desk = builder.on_event::<News>().start().await.expect("started");
    let lines = desk.mailbox(Reader).diary().await.expect("it lives");
    assert_eq!(lines, ["opened", "desk hears 7"]);
}

#[tokio::test(start_paused = true)]
async fn an_actor_whose_queue_was_full_is_told_how_many_events_it_missed_before_the_next() {
    let (runtime, world) = runtime();
    let builder = reader(&runtime, &world, "desk", None).serves(Reader).capacity(2);
    let desk = builder.on_event::<News>().start().await.expect("started");
    let mailbox = desk.mailbox(Reader);
    runtime.broker().publish(News(100));
    world.arrived().await;
    (1..=5).for_each(|news| runtime.broker().publish(News(news)));
    world.leave.add_permits(1);
    runtime.broker().flush(LONG).await.expect("it hears on");
    runtime.broker().publish(News(6));
    let lines = mailbox.diary().await.expect("it lives");
    let expected = [
        "desk hears 100",
        "desk hears 1",
        "desk hears 2",
        "missed 3",
        "desk hears 6",
    ];
    assert_eq!(lines, expected);
}

#[tokio::test(start_paused = true)]
async fn an_actor_that_was_told_to_stop_has_left_no_trace_when_its_stop_hook_runs() {
    let (runtime, world) = runtime();
    let builder = reader(&runtime, &world, "desk", None).hooks();
    let desk = builder.on_event::<News>().start().await.expect("started");
    assert_eq!(runtime.broker().subscribers::<News>(), 1);
    desk.stop().await;
    assert_eq!(*world.at_stop.lock(), Some(0));
    assert_eq!(runtime.broker().subscribers::<News>(), 0);
    // Nothing of it is waited for.
    runtime.broker().publish(News(1));
    assert_eq!(runtime.broker().flush(Duration::ZERO).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn an_actor_that_could_not_be_started_has_left_no_trace() {
    let (runtime, world) = runtime();
    let builder = reader(&runtime, &world, "desk", Some(Err("no light"))).hooks();
    builder.on_event::<News>().start().await.expect_err("its hook fails");
    assert_eq!(runtime.broker().subscribers::<News>(), 0);
    let first = reader(&runtime, &world, "desk", None).start().await.expect("started");
    let second = reader(&runtime, &world, "desk", None).on_event::<News>();
    second.start().await.expect_err("the name is taken");
    assert_eq!(runtime.broker().subscribers::<News>(), 0);
    first.stop().await;
}

#[tokio::test(start_paused = true)]
async fn events_that_wait_when_an_actor_fails_are_heard_by_its_next_state() {
    let (runtime, world) = runtime();
    let builder = reader(&runtime, &world, "desk", None).serves(Reader);
    let desk = builder.on_event::<News>().start().await.expect("started");
    let mailbox = desk.mailbox(Reader);
    let mut fail = Box::pin(mailbox.fail().into_future());
    queued(fail.as_mut());
    runtime.broker().publish(News(1));
    runtime.broker().publish(News(101));
    runtime.broker().publish(News(2));
    world.leave.add_permits(1);
    fail.await.expect_err("it panics");
    let lines = mailbox.diary().await.expect("it lives");
    assert_eq!(
        lines,
        ["desk hears 2"],
        "the first state panicked in the call, the second in the event"
    );
    assert_eq!(world.states.load(Ordering::Relaxed), 3);
    assert_eq!(runtime.broker().subscribers::<News>(), 1);
    let books = desk.books();
    assert_eq!((books.accepted, books.handled, books.failed), (5, 3, 2));
}

#[tokio::test(start_paused = true)]
async fn events_that_wait_at_a_stop_are_in_the_books_but_nobody_is_told() {
    let (runtime, world) = runtime();
    let builder = reader(&runtime, &world, "desk", None).serves(Reader);
    let desk = builder.on_event::<News>().start().await.expect("started");
    let mut letters = runtime.broker().subscribe::<DeadLetter>();
    let mailbox = desk.mailbox(Reader);
    let mut wait = Box::pin(mailbox.wait().into_future());
    queued(wait.as_mut());
    world.arrived().await;
    runtime.broker().publish(News(1));
    runtime.broker().publish(News(2));
    desk.request_stop();
    world.leave.add_permits(1);
    desk.stopped().await;
    wait.await.expect("it ran when the stop came");
    let books = desk.books();
    assert_eq!(
        (books.accepted, books.handled, books.dead_lettered, books.waiting),
        (3, 1, 2, 0)
    );
    assert_eq!(runtime.dead_letters(), Default::default());
    assert!(letters.next().now_or_never().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_flush_waits_until_the_handlers_have_ended() {
    let (runtime, world) = runtime();
    let builder = reader(&runtime, &world, "desk", None);
    let desk = builder.on_event::<News>().start().await.expect("started");
    runtime.broker().publish(News(100));
    let error = runtime.broker().flush(LONG).await.expect_err("it still runs");
    assert_eq!(error.lagging, 1);
    assert_eq!(world.seen_at.lock().len(), 1, "it runs, though it has not ended");
    world.leave.add_permits(1);
    runtime.broker().flush(LONG).await.expect("it ends");
    assert_eq!(desk.books().waiting, 0);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_named_twice_is_heard_once() {
    let (runtime, world) = runtime();
    let builder = reader(&runtime, &world, "desk", None).on_event::<News>().serves(Reader);
    let desk = builder.on_event::<News>().start().await.expect("started");
    runtime.broker().publish(News(1));
    let lines = desk.mailbox(Reader).diary().await.expect("it lives");
    assert_eq!(lines, ["desk hears 1"]);
}
