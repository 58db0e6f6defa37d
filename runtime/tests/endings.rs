//! How calls, actors and runtimes end when something is in the way.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{
    any::Any,
    future::Future,
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Wake},
    thread::{self, Thread},
    time::Duration,
};

use callsheet::{ActorHandle, Code, Delivered, Runtime, StartError, Streaming, actor_contract, contract_type};
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout};

const SOON: Duration = Duration::from_secs(5);

/// Panics when it is dropped, if it is armed.
#[contract_type]
pub struct Bomb {
    pub armed: bool,
}

impl Drop for Bomb {
    fn drop(&mut self) {
        if std::mem::take(&mut self.armed) {
            panic!("the bomb went off");
        }
    }
}

#[actor_contract(namespace = "endings")]
pub trait Stubborn {
    fn ping(&self) -> u32;
    fn take(&self, bomb: Bomb);
    async fn take_async(&self, bomb: Bomb);
    /// Drops what the caller left with the actor, and replies.
    fn give(&self) -> Bomb;
    async fn write(&mut self);
    async fn work(&mut self, ms: u64);
    async fn hang(&mut self);
    #[tell]
    async fn linger(&self);
    fn silence(&self) -> Streaming<u32>;
}

#[derive(Clone, Default)]
struct Mule {
    held: Arc<Mutex<Option<Box<dyn Any + Send>>>>,
}

impl Stubborn for Mule {
    fn ping(&self) -> u32 {
        1
    }
    fn take(&self, _bomb: Bomb) {}
    async fn take_async(&self, _bomb: Bomb) {}
    fn give(&self) -> Bomb {
        drop(self.held.lock().expect("nobody panics here").take());
        Bomb { armed: true }
    }
    async fn write(&mut self) {}
    async fn work(&mut self, ms: u64) {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
    async fn hang(&mut self) {
        std::future::pending().await
    }
    async fn linger(&self) {
        std::future::pending().await
    }
    fn silence(&self) -> Streaming<u32> {
        Streaming::new(stream::pending())
    }
}

async fn start(runtime: &Runtime, id: &str) -> ActorHandle {
    let mule = runtime.actor(id, Mule::default).serves(Stubborn).start();
    mule.await.expect("the name is free")
}

#[tokio::test]
async fn an_argument_that_nobody_wants_any_more_may_panic_when_it_is_dropped() {
    let runtime = Runtime::launch().expect("inside tokio");
    let mule = start(&runtime, "mule").await.mailbox(Stubborn);
    drop(mule.take(Bomb { armed: true }).into_future());
    drop(mule.take_async(Bomb { armed: true }).into_future());
    assert_eq!(mule.ping().await, Ok(1), "the actor lives");
}

#[tokio::test]
async fn a_reply_that_nobody_wants_any_more_may_panic_when_it_is_dropped() {
    let runtime = Runtime::launch().expect("inside tokio");
    let state = Mule::default();
    let held = Arc::clone(&state.held);
    let mule = runtime.actor("mule", move || state.clone()).serves(Stubborn).start();
    let mule = mule.await.expect("the name is free").mailbox(Stubborn);
    let call = mule.give().into_future();
    *held.lock().expect("nobody panics here") = Some(Box::new(call));
    assert_eq!(mule.ping().await, Ok(1), "the actor lives");
    assert!(held.lock().expect("nobody panics here").is_none(), "the call ran");
}

#[tokio::test(start_paused = true)]
async fn a_stop_does_not_wait_for_readers_in_front_of_an_exclusive_call() {
    let runtime = Runtime::launch().expect("inside tokio");
    let handle = start(&runtime, "mule").await;
    let mule = handle.mailbox(Stubborn);
    mule.linger().await.expect("room");
    let write = mule.write().into_future();
    tokio::task::yield_now().await;
    let started = Instant::now();
    let (_, failure) = tokio::join!(handle.stop(), async {
        let failure = write.await.expect_err("stopped");
        assert!(started.elapsed() < SOON, "it is told at once");
        failure
    });
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::ActorStopped, Delivered::No)
    );
    assert!(started.elapsed() < Duration::from_secs(20), "the reader is aborted");
}

#[tokio::test]
async fn what_is_sent_at_once_or_not_at_all_finds_a_full_queue_busy() {
    let runtime = Runtime::launch().expect("inside tokio");
    let mule = runtime
        .actor("mule", Mule::default)
        .serves(Stubborn)
        .capacity(1)
        .start();
    let mule = mule.await.expect("the name is free").mailbox(Stubborn);
    assert_eq!(mule.try_send(|mule| mule.linger()), Ok(()), "there is room for one");
    let busy = mule.try_send(|mule| mule.linger()).expect_err("and for no other");
    assert_eq!((busy.code(), busy.delivered()), (Code::TargetBusy, Delivered::No));
    assert_eq!(mule.ping().await, Ok(1));
    assert_eq!(mule.try_send(|mule| mule.linger()), Ok(()), "there is room again");
    let nobody = runtime.to::<dyn Stubborn>("nobody").try_send(|nobody| nobody.linger());
    assert_eq!(nobody.expect_err("nobody is there").code(), Code::ActorNotFound);
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_though_a_sender_that_has_room_promised_is_never_polled_again() {
    let runtime = Runtime::launch().expect("inside tokio");
    let mule = runtime
        .actor("mule", Mule::default)
        .serves(Stubborn)
        .capacity(1)
        .start();
    let handle = mule.await.expect("the name is free");
    let mule = handle.mailbox(Stubborn);
    let working = mule.work(100).into_future();
    tokio::task::yield_now().await;
    let queued = mule.ping().into_future();
    let mut promised = mule.linger().into_future();
    assert!(futures_util::poll!(&mut promised).is_pending(), "there is no room");
    timeout(SOON, handle.stop()).await.expect("the stop ends");
    assert_eq!(working.await, Ok(()));
    assert_eq!(queued.await.expect_err("stopped").code(), Code::ActorStopped);
    assert_eq!(promised.await.expect_err("stopped").code(), Code::ActorStopped);
    let books = handle.books();
    assert_eq!((books.waiting, books.accepted), (0, 2), "{books:?}");
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_that_was_given_up_can_be_done_again() {
    let runtime = Runtime::launch().expect("inside tokio");
    let first = start(&runtime, "first").await;
    let last = start(&runtime, "last").await;
    let last_mailbox = last.mailbox(Stubborn);
    let busy = last_mailbox.work(1_000).into_future();
    tokio::task::yield_now().await;
    let given_up = timeout(Duration::from_millis(100), runtime.shutdown()).await;
    assert!(given_up.is_err(), "the last actor works");
    let refused = runtime.actor("third", Mule::default).serves(Stubborn).start().await;
    assert!(matches!(refused, Err(StartError::ShutDown(_))));
    tokio::join!(runtime.shutdown(), runtime.shutdown());
    assert!(first.has_stopped() && last.has_stopped());
    assert_eq!(busy.await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_by_its_deadline_though_its_runtime_was_dropped() {
    let runtime = Runtime::launch().expect("inside tokio");
    let mule = start(&runtime, "mule").await.mailbox(Stubborn);
    let call = mule.hang().timeout(Duration::from_secs(1)).into_future();
    tokio::task::yield_now().await;
    drop(runtime);
    let failure = timeout(SOON, call).await.expect("in time").expect_err("late");
    assert_eq!(failure.code(), Code::Timeout);
}

#[tokio::test(start_paused = true)]
async fn every_call_has_its_deadline_however_long_nothing_was_called() {
    let runtime = Runtime::launch().expect("inside tokio");
    let mule = start(&runtime, "mule").await.mailbox(Stubborn);
    for pause in [0, 5, 25, 60_000] {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        let started = Instant::now();
        let call = mule.hang().timeout(Duration::from_secs(1)).into_future();
        let failure = timeout(SOON, call).await.expect("in time").expect_err("late");
        assert_eq!(failure.code(), Code::Timeout);
        assert!(started.elapsed() >= Duration::from_secs(1), "never early");
    }
}

#[tokio::test(start_paused = true)]
async fn one_deadline_covers_the_opening_of_a_stream_and_its_first_item() {
    let runtime = Runtime::launch().expect("inside tokio");
    let mule = start(&runtime, "mule").await.mailbox(Stubborn);
    let busy = mule.work(800).into_future();
    let started = Instant::now();
    let mut silence = mule.silence().timeout(Duration::from_secs(1));
    let failure = silence.next().await.expect("an item").expect_err("late");
    assert_eq!(failure.code(), Code::Timeout);
    assert!(
        started.elapsed() < Duration::from_millis(1_100),
        "{:?}",
        started.elapsed()
    );
    assert!(silence.next().await.is_none());
    assert_eq!(busy.await, Ok(()));
}

/// Waits for `future` on a thread that knows nothing of tokio.
fn wait_outside_tokio<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(thread::current())).into();
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

#[tokio::test]
async fn calls_that_need_a_timer_can_be_made_outside_tokio() {
    let runtime = Runtime::launch().expect("inside tokio");
    let builder = runtime.actor("mule", Mule::default).serves(Stubborn).capacity(1);
    let mule = builder.start().await.expect("the name is free").mailbox(Stubborn);
    let outside = thread::spawn(move || {
        let soon = Duration::from_millis(50);
        let late = wait_outside_tokio(mule.silence().timeout(soon).next());
        let busy = mule.hang().into_future();
        let tells = [(); 3].map(|()| wait_outside_tokio(mule.linger().timeout(soon).into_future()));
        drop(busy);
        (late, tells)
    });
    let (late, tells) = tokio::task::spawn_blocking(|| outside.join())
        .await
        .expect("joined")
        .expect("nothing panics");
    assert_eq!(late.expect("an item").expect_err("late").code(), Code::Timeout);
    let [.., full] = tells;
    assert_eq!(full.expect_err("no room").code(), Code::Timeout);
}

#[tokio::test]
async fn runtimes_that_were_entered_may_be_left_in_any_order() {
    let one = Runtime::launch().expect("inside tokio");
    let two = Runtime::launch().expect("inside tokio");
    start(&two, "mule").await;
    let first = one.enter();
    let second = two.enter();
    drop(first);
    assert_eq!(Stubborn.at("mule").ping().await, Ok(1), "the second is still entered");
    drop(second);
    let failure = Stubborn.at("mule").ping().await.expect_err("none is entered");
    assert!(failure.text().contains("several runtimes"), "{failure}");
}

pub mod other {
    #[callsheet::contract_type(name = "Clash")]
    #[derive(Debug)]
    pub struct Theirs;
}

#[contract_type(name = "Clash")]
#[derive(Debug)]
pub struct Ours;

#[actor_contract(namespace = "endings", events(Ours))]
pub trait Publisher {
    fn idle(&self);
}

impl Publisher for Mule {
    fn idle(&self) {}
}

#[tokio::test]
async fn an_actor_whose_start_panics_leaves_nothing_behind() {
    let runtime = Runtime::launch().expect("inside tokio");
    let _theirs = runtime.broker().subscribe::<other::Theirs>();
    let start = runtime.actor("mule", Mule::default).serves(Publisher).expose().start();
    let panicked = tokio::spawn(start).await;
    assert!(
        panicked.is_err_and(|error| error.is_panic()),
        "two events have one name"
    );
    let again = runtime.actor("mule", Mule::default).serves(Stubborn).start().await;
    assert!(again.is_ok(), "the name is free");
    timeout(SOON, runtime.shutdown()).await.expect("nothing is waited for");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_actor_that_takes_a_name_at_once_is_shut_down_like_any_other() {
    for _ in 0..300 {
        let runtime = Runtime::launch().expect("inside tokio");
        let old = start(&runtime, "mule").await;
        let stop = tokio::spawn(async move { old.stop().await });
        let new = loop {
            match runtime.actor("mule", Mule::default).serves(Stubborn).start().await {
                Ok(handle) => break handle,
                Err(_) => tokio::task::yield_now().await,
            }
        };
        stop.await.expect("it stops");
        runtime.shutdown().await;
        assert!(new.has_stopped());
    }
}
