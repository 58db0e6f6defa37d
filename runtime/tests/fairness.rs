//! Who runs beside whom, and who waits for whom.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use callsheet::{Mailbox, Runtime, actor_contract};
use tokio::{sync::Semaphore, task::JoinSet, time::timeout};

const SOON: Duration = Duration::from_secs(5);

#[actor_contract(namespace = "fairness")]
pub trait Library {
    /// Is suspended once.
    async fn read(&self, name: u32);
    /// Is suspended until the test lets one more go on.
    async fn study(&self, name: u32);
    #[parallel]
    async fn study_apart(&self, name: u32);
    /// Is ready at once.
    async fn glance(&self, name: u32);
    fn look(&self, name: u32);
    async fn write(&mut self, name: u32);
    fn stamp(&mut self, name: u32);
    /// Holds its core until another call does so on another core, and says whether one did.
    async fn meets(&self) -> bool;
    #[parallel]
    fn meets_apart(&self) -> bool;
}

#[derive(Clone)]
struct Hall {
    /// Each call, when it has run.
    ended: Arc<Mutex<Vec<u32>>>,
    begun: Arc<AtomicU32>,
    inside: Arc<AtomicU32>,
    most_inside: Arc<AtomicU32>,
    go_on: Arc<Semaphore>,
    met: Arc<(Mutex<u32>, Condvar)>,
}

impl Hall {
    fn new() -> Self {
        Hall {
            ended: Arc::default(),
            begun: Arc::default(),
            inside: Arc::default(),
            most_inside: Arc::default(),
            go_on: Arc::new(Semaphore::new(0)),
            met: Arc::default(),
        }
    }

    fn end(&self, name: u32) {
        self.ended.lock().expect("nobody panics here").push(name);
    }

    fn ended(&self) -> Vec<u32> {
        self.ended.lock().expect("nobody panics here").clone()
    }

    fn begun(&self) -> u32 {
        self.begun.load(Ordering::SeqCst)
    }

    async fn inside(&self, name: u32) {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_inside.fetch_max(inside, Ordering::SeqCst);
        self.go_on.acquire().await.expect("it is never closed").forget();
        self.inside.fetch_sub(1, Ordering::SeqCst);
        self.end(name);
    }

    fn meet(&self) -> bool {
        let (came, changed) = &*self.met;
        *came.lock().expect("nobody panics here") += 1;
        changed.notify_all();
        let came = came.lock().expect("nobody panics here");
        let waited = changed.wait_timeout_while(came, SOON, |came| *came < 2);
        !waited.expect("nobody panics here").1.timed_out()
    }
}

impl Library for Hall {
    async fn read(&self, name: u32) {
        self.begun.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        self.end(name);
    }
    async fn study(&self, name: u32) {
        self.inside(name).await;
    }
    async fn study_apart(&self, name: u32) {
        self.inside(name).await;
    }
    async fn glance(&self, name: u32) {
        self.end(name);
    }
    fn look(&self, name: u32) {
        self.end(name);
    }
    async fn write(&mut self, name: u32) {
        assert_eq!(self.inside.load(Ordering::SeqCst), 0, "it has the state alone");
        tokio::task::yield_now().await;
        self.end(name);
    }
    fn stamp(&mut self, name: u32) {
        assert_eq!(self.inside.load(Ordering::SeqCst), 0, "it has the state alone");
        self.end(name);
    }
    async fn meets(&self) -> bool {
        tokio::task::yield_now().await;
        self.meet()
    }
    fn meets_apart(&self) -> bool {
        self.meet()
    }
}

async fn library(shared_limit: usize) -> (Runtime, Hall, Mailbox<dyn Library>) {
    let runtime = Runtime::launch().expect("inside tokio");
    let hall = Hall::new();
    let given = hall.clone();
    let library = runtime.actor("library", move || given.clone()).serves(Library);
    let library = library.shared_limit(shared_limit).start().await;
    drop(library.expect("the name is free"));
    let mailbox = runtime.to("library");
    (runtime, hall, mailbox)
}

/// Lets everything run that can: there is one thread, and tasks take turns.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn suspended_calls_go_on_on_any_core() {
    let (_runtime, _, library) = library(usize::MAX).await;
    let (one, other) = (library.meets().into_future(), library.meets().into_future());
    assert_eq!((one.await, other.await), (Ok(true), Ok(true)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspended_call_and_a_parallel_one_run_on_two_cores() {
    let (_runtime, _, library) = library(usize::MAX).await;
    let (one, other) = (library.meets().into_future(), library.meets_apart().into_future());
    assert_eq!((one.await, other.await), (Ok(true), Ok(true)));
}

#[tokio::test]
async fn an_exclusive_call_waits_for_the_readers_before_it_and_later_readers_wait_behind_it() {
    let (_runtime, hall, library) = library(usize::MAX).await;
    let before = [library.study(1).into_future(), library.study(2).into_future()];
    let before_apart = library.study_apart(3).into_future();
    let writer = library.write(4).into_future();
    let after = library.study(5).into_future();
    let (fast, plain) = (library.glance(6).into_future(), library.look(7).into_future());
    let stamp = library.stamp(8).into_future();
    settle().await;
    assert_eq!((hall.begun(), hall.ended().len()), (3, 0));
    hall.go_on.add_permits(2);
    settle().await;
    assert_eq!(
        (hall.begun(), hall.ended().len()),
        (3, 2),
        "one of them still keeps the writer"
    );
    hall.go_on.add_permits(1);
    writer.await.expect("it is its turn");
    fast.await.expect("nothing is before it");
    plain.await.expect("nothing is before it");
    assert_eq!(hall.ended()[3..], [4, 6, 7], "the reader before them is suspended");
    hall.go_on.add_permits(1);
    stamp.await.expect("it is its turn");
    assert_eq!(hall.ended()[3..], [4, 6, 7, 5, 8]);
    after.await.expect("it ran");
    before_apart.await.expect("it ran");
    for reader in before {
        reader.await.expect("it ran");
    }
}

#[tokio::test]
async fn exclusive_calls_run_in_the_order_they_came() {
    let (_runtime, hall, library) = library(usize::MAX).await;
    let reader = library.study(0).into_future();
    let writers: Vec<_> = (1..50).map(|name| library.write(name).into_future()).collect();
    let stamps: Vec<_> = (50..100).map(|name| library.stamp(name).into_future()).collect();
    hall.go_on.add_permits(1);
    reader.await.expect("it ran");
    for writer in writers {
        writer.await.expect("it ran");
    }
    for stamp in stamps {
        stamp.await.expect("it ran");
    }
    assert_eq!(hall.ended(), (0..100).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_call_that_is_ready_at_once_does_not_wait_for_one_that_is_suspended() {
    let (_runtime, hall, library) = library(usize::MAX).await;
    let studies = (library.study(1).into_future(), library.study_apart(2).into_future());
    settle().await;
    for name in 3..6 {
        library.glance(name).await.expect("nothing is before it");
        library.look(name).await.expect("nothing is before it");
        library.read(name).await.expect("nothing is before it");
    }
    assert_eq!(hall.ended(), [3, 3, 3, 4, 4, 4, 5, 5, 5]);
    drop(studies);
}

/// So many callers call without a pause.
const CROWD: u32 = 8;

#[tokio::test]
async fn a_writer_gets_in_among_readers_that_never_pause() {
    let (_runtime, hall, library) = library(usize::MAX).await;
    let mut crowd = JoinSet::new();
    for name in 0..CROWD {
        let library = library.clone();
        crowd.spawn(async move {
            loop {
                library.read(name).await.expect("it lives");
            }
        });
    }
    for round in 0..20 {
        settle().await;
        let before = hall.ended().len();
        let writer = library.write(CROWD).into_future();
        writer.await.expect("it is its turn");
        let ended = hall.ended();
        let at = ended[before..].iter().position(|name| *name == CROWD).expect("it ran");
        assert!(
            at <= CROWD as usize,
            "{round}: {at} calls were before it, more than there were callers"
        );
    }
    crowd.shutdown().await;
}

#[tokio::test]
async fn a_reader_gets_in_among_writers_that_never_pause() {
    let (_runtime, hall, library) = library(usize::MAX).await;
    let mut crowd = JoinSet::new();
    for name in 0..CROWD {
        let library = library.clone();
        crowd.spawn(async move {
            loop {
                library.write(name).await.expect("it lives");
            }
        });
    }
    for round in 0..20 {
        settle().await;
        let before = hall.ended().len();
        let reader = library.read(CROWD).into_future();
        reader.await.expect("it is its turn");
        let ended = hall.ended();
        let at = ended[before..].iter().position(|name| *name == CROWD).expect("it ran");
        assert!(
            at <= CROWD as usize,
            "{round}: {at} calls were before it, more than there were callers"
        );
    }
    crowd.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_and_writers_without_a_pause_all_get_in_on_many_cores() {
    let (_runtime, _, library) = library(2).await;
    let mut crowd = JoinSet::new();
    for name in 0..CROWD {
        let library = library.clone();
        crowd.spawn(async move {
            for _ in 0..200 {
                match name % 4 {
                    0 => library.read(name).await,
                    1 => library.write(name).await,
                    2 => library.glance(name).await,
                    _ => library.stamp(name).await,
                }
                .expect("it lives");
            }
        });
    }
    let all = timeout(12 * SOON, async { while crowd.join_next().await.is_some() {} });
    all.await.expect("each gets its turns");
}

#[tokio::test]
async fn no_more_shared_calls_are_suspended_than_the_limit_says() {
    let (_runtime, hall, library) = library(3).await;
    let calls: Vec<_> = (0..10)
        .map(|name| {
            let library = library.clone();
            tokio::spawn(async move {
                if name % 2 == 0 {
                    library.study(name).await
                } else {
                    library.study_apart(name).await
                }
            })
        })
        .collect();
    for left in 0..10 {
        settle().await;
        assert_eq!(hall.begun(), (3 + left).min(10), "one comes for each that leaves");
        hall.go_on.add_permits(1);
    }
    for call in calls {
        assert_eq!(call.await.expect("it does not panic"), Ok(()));
    }
    assert_eq!(hall.most_inside.load(Ordering::SeqCst), 3);
}
