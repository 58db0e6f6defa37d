//! What became of every message, counted.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use callsheet::{ActorHandle, Backoff, Books, Code, Runtime, actor_contract};

use crate::probe::{LONG, Stage, quietly, settle};

fn assert_balanced(books: Books) {
    let settled = books.handled + books.failed + books.dead_lettered;
    assert_eq!(books.accepted, settled + books.waiting, "{books:?}");
}

#[tokio::test(start_paused = true)]
async fn each_message_is_counted_once_as_what_became_of_it() {
    let stage = Stage::new();
    let (handle, mailbox) = stage.start("a").await;
    let counted = || {
        let books = handle.books();
        assert_balanced(books);
        (books.accepted, books.handled, books.failed, books.waiting)
    };
    assert_eq!(counted(), (0, 0, 0, 0));
    mailbox.state().await.unwrap();
    mailbox.say("alone".to_owned()).await.unwrap();
    mailbox.note("told".to_owned()).await.unwrap();
    mailbox.share(10).await.unwrap();
    mailbox.beside(10).await.unwrap();
    assert_eq!(mailbox.later(1_000).await, Ok(1));
    settle().await;
    assert_eq!(counted(), (6, 6, 0, 0));
    mailbox
        .hold(5_000)
        .timeout(Duration::from_secs(1))
        .await
        .expect_err("late");
    assert_eq!(counted(), (7, 6, 0, 1), "it still runs");
    let waiting = mailbox.share(0).timeout(Duration::from_secs(1)).await;
    waiting.expect_err("late in the queue");
    assert_eq!(counted(), (8, 6, 0, 2));
    mailbox.say("behind".to_owned()).await.unwrap();
    settle().await;
    let (_, handled, failed, waiting) = counted();
    assert_eq!((handled + failed, waiting), (9, 0));
    assert!(failed >= 1, "the late one did not run");
    mailbox.panic().await.expect_err("it panics");
    mailbox.state().await.unwrap();
    let (accepted, _, now_failed, waiting) = counted();
    assert_eq!((accepted, now_failed, waiting), (11, failed + 1, 0));
}

#[actor_contract(namespace = "lifecycle")]
pub trait Burning {
    fn shared(&self, panics: bool);
    async fn suspended(&self, panics: bool);
    fn alone(&mut self, panics: bool);
    async fn alone_async(&mut self, panics: bool);
    #[tell]
    fn told(&mut self, panics: bool);
}

struct Fire;

impl Burning for Fire {
    fn shared(&self, panics: bool) {
        assert!(!panics, "as it should");
    }
    async fn suspended(&self, panics: bool) {
        tokio::task::yield_now().await;
        assert!(!panics, "as it should");
    }
    fn alone(&mut self, panics: bool) {
        assert!(!panics, "as it should");
    }
    async fn alone_async(&mut self, panics: bool) {
        tokio::task::yield_now().await;
        assert!(!panics, "as it should");
    }
    fn told(&mut self, panics: bool) {
        assert!(!panics, "as it should");
    }
}

async fn fire(runtime: &Runtime) -> ActorHandle {
    let actor = runtime.actor("fire", || Fire).serves(Burning);
    actor.start().await.expect("the name is free")
}

/// Reads the books on a thread of its own until told to end, and says how often.
fn audit(handle: ActorHandle, over: Arc<AtomicBool>) -> std::thread::JoinHandle<u64> {
    std::thread::spawn(move || {
        let (mut reads, mut last) = (0, Books::default());
        while !over.load(Ordering::Acquire) {
            let books = handle.books();
            assert_balanced(books);
            let never_less = books.accepted >= last.accepted
                && books.handled >= last.handled
                && books.failed >= last.failed
                && books.dead_lettered >= last.dead_lettered;
            assert!(never_less, "{last:?}, then {books:?}");
            // The queue, those who were just taken from it, and those who are about to be put there.
            assert!(books.waiting <= 2_048, "{books:?}");
            (reads, last) = (reads + 1, books);
        }
        reads
    })
}

#[derive(Default)]
struct Outcomes {
    accepted: AtomicU64,
    replied: AtomicU64,
    failed: AtomicU64,
    refused: AtomicU64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_books_balance_at_every_moment_under_load_and_hold_what_the_callers_counted() {
    quietly();
    let options = Runtime::configure().restarts(u32::MAX, LONG).backoff(Backoff::none());
    let runtime = options.launch().expect("inside tokio");
    let handle = fire(&runtime).await;
    let over = Arc::new(AtomicBool::new(false));
    let auditor = audit(handle.clone(), Arc::clone(&over));
    let outcomes = Arc::new(Outcomes::default());
    let callers: Vec<_> = (0..8)
        .map(|caller| tokio::spawn(call(handle.clone(), Arc::clone(&outcomes), caller, 2_500)))
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    handle.stop().await;
    over.store(true, Ordering::Release);
    assert!(auditor.join().unwrap() > 100);
    let books = handle.books();
    assert_balanced(books);
    assert_eq!(books.waiting, 0);
    assert_eq!(books.accepted, outcomes.accepted.load(Ordering::Relaxed));
    assert_eq!(books.dead_lettered, runtime.dead_letters().actor_stopped);
    assert!(handle.has_stopped());
}

/// Makes calls of every kind, some of which panic, each of which must have one outcome.
async fn call(handle: ActorHandle, outcomes: Arc<Outcomes>, caller: u64, calls: u64) {
    let mailbox = handle.mailbox(Burning);
    let count = |of: &AtomicU64| _ = of.fetch_add(1, Ordering::Relaxed);
    for number in 0..calls {
        let panics = (number + caller).is_multiple_of(20);
        let ended = match number % 5 {
            0 => mailbox.shared(panics).await,
            1 => mailbox.suspended(panics).await,
            2 => mailbox.alone(panics).await,
            3 => mailbox.alone_async(panics).await,
            _ => {
                mailbox.told(panics).await.expect("there is room in time");
                count(&outcomes.accepted);
                continue;
            }
        };
        count(&outcomes.accepted);
        match ended {
            Ok(()) => count(&outcomes.replied),
            Err(failure) => {
                assert_eq!(failure.code(), Code::ActorFailed, "{failure}");
                count(&outcomes.failed);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_panics_under_load_give_every_call_one_outcome() {
    const CALLERS: u64 = 8;
    const PANICS: u64 = 100_000 / CALLERS;
    quietly();
    let options = Runtime::configure().restarts(u32::MAX, LONG).backoff(Backoff::none());
    let runtime = options.launch().expect("inside tokio");
    let handle = fire(&runtime).await;
    let outcomes = Arc::new(Outcomes::default());
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let (mailbox, outcomes) = (handle.mailbox(Burning), Arc::clone(&outcomes));
            tokio::spawn(async move {
                for number in 0..PANICS {
                    let failure = match (number + caller) % 4 {
                        0 => mailbox.shared(true).await,
                        1 => mailbox.suspended(true).await,
                        2 => mailbox.alone(true).await,
                        _ => mailbox.alone_async(true).await,
                    };
                    let failure = failure.expect_err("it panics, or goes with another");
                    assert_eq!(failure.code(), Code::ActorFailed, "{failure}");
                    outcomes.failed.fetch_add(1, Ordering::Relaxed);
                    if number.is_multiple_of(50) {
                        match mailbox.suspended(false).await {
                            Ok(()) => outcomes.replied.fetch_add(1, Ordering::Relaxed),
                            Err(_) => outcomes.refused.fetch_add(1, Ordering::Relaxed),
                        };
                    }
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    handle.stop().await;
    let read = |of: &AtomicU64| of.load(Ordering::Relaxed);
    let (replied, refused) = (read(&outcomes.replied), read(&outcomes.refused));
    assert_eq!(read(&outcomes.failed), CALLERS * PANICS);
    assert_eq!(replied + refused, CALLERS * PANICS / 50);
    let books = handle.books();
    assert_eq!((books.handled, books.failed), (replied, CALLERS * PANICS + refused));
    assert_eq!((books.accepted, books.waiting), (books.handled + books.failed, 0));
}

#[tokio::test(start_paused = true)]
async fn the_books_are_kept_over_restarts() {
    let mut stage = Stage::new();
    let (handle, mailbox) = stage.start("a").await;
    for generation in 2..10 {
        mailbox.panic().await.expect_err("it panics");
        stage.events.up("a", generation).await;
        mailbox.state().await.unwrap();
    }
    let books = handle.books();
    assert_eq!((books.accepted, books.handled, books.failed), (16, 8, 8));
}
