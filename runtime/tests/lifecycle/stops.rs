//! How long a stop waits, and what becomes of that which still runs or waits.

use std::time::Duration;

use callsheet::{Backoff, Code, DeadLetter, Delivered, Happening, Loss};
use futures_util::FutureExt;
use tokio::time::{Instant, timeout};

use crate::probe::{Hook, LONG, Stage, Worker, letters, settle};

const LIMIT: Duration = Duration::from_secs(2);

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_the_calls_that_run() {
    for is_shared in [false, true] {
        let stage = Stage::new();
        let handle = stage.probe("a").stop_limit(LIMIT).serves(Worker).start().await.unwrap();
        let mailbox = handle.mailbox(Worker);
        let (shared, alone) = if is_shared {
            (
                Some([
                    mailbox.share(1_500).into_future().boxed(),
                    mailbox.beside(1_000).into_future().boxed(),
                ]),
                None,
            )
        } else {
            (None, Some(mailbox.hold(1_500).into_future()))
        };
        settle().await;
        let stopping = Instant::now();
        handle.stop().await;
        assert!(stopping.elapsed() >= Duration::from_millis(1_500));
        assert!(stopping.elapsed() < LIMIT);
        for call in shared.into_iter().flatten() {
            assert_eq!(call.await, Ok(1));
        }
        if let Some(call) = alone {
            assert_eq!(call.await, Ok(1));
        }
        assert_eq!((handle.books().failed, handle.books().waiting), (0, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_aborts_what_runs_longer_than_its_limit() {
    for is_shared in [false, true] {
        let stage = Stage::new();
        let handle = stage.probe("a").stop_limit(LIMIT).serves(Worker).start().await.unwrap();
        let mailbox = handle.mailbox(Worker);
        let running = async |line: &str| {
            if is_shared {
                mailbox.linger(line.to_owned(), false).await
            } else {
                mailbox.linger_alone(line.to_owned(), false).await
            }
        };
        let stopping = Instant::now();
        let (failure, ()) = tokio::join!(running("a"), async {
            settle().await;
            handle.stop().await;
        });
        let failure = failure.expect_err("it is aborted");
        assert_eq!(
            (failure.code(), failure.delivered()),
            (Code::ActorStopped, Delivered::Yes)
        );
        assert!(failure.text().contains("longer than a stop waits"), "{failure}");
        assert!(
            (LIMIT..LIMIT * 2).contains(&stopping.elapsed()),
            "{:?}",
            stopping.elapsed()
        );
        assert!(stage.log.take().contains(&"a dropped".to_owned()));
        assert_eq!((handle.books().failed, handle.books().waiting), (1, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_hangs_is_aborted_after_the_limit_and_the_world_is_told() {
    for (hook, name) in [(Hook::BeforeStop, "before_stop"), (Hook::AfterStop, "after_stop")] {
        let mut stage = Stage::new();
        let builder = stage.probe_that("a", move |occasion| async move {
            if occasion.hook == hook {
                std::future::pending::<()>().await;
            }
            Ok(())
        });
        let handle = builder.stop_limit(LIMIT).serves(Worker).start().await.unwrap();
        let stopping = Instant::now();
        handle.stop().await;
        assert!(
            (LIMIT..LIMIT * 2).contains(&stopping.elapsed()),
            "{:?}",
            stopping.elapsed()
        );
        let told = format!("a 1 failed: `{name}` took longer than a stop waits, and was aborted");
        let events = stage
            .events
            .until("a", |happening| *happening == Happening::Stopped)
            .await;
        assert_eq!(events, ["a 1 started".to_owned(), told, "a 1 stopped".to_owned()]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_hook_that_hangs_does_not_keep_an_actor_from_stopping() {
    let stage = Stage::new();
    let builder = stage.probe_that("a", |_| std::future::pending());
    let start = tokio::spawn(builder.stop_limit(LIMIT).serves(Worker).start());
    settle().await;
    let stopping = Instant::now();
    stage.runtime.shutdown().await;
    assert!(
        (LIMIT..LIMIT * 2).contains(&stopping.elapsed()),
        "{:?}",
        stopping.elapsed()
    );
    let error = start.await.unwrap().expect_err("it was stopped");
    assert_eq!(error.to_string(), "actor `a` was stopped before it had started");
}

#[tokio::test(start_paused = true)]
async fn asks_that_wait_are_told_and_tells_become_dead_letters() {
    let stage = Stage::new();
    let mut lost = stage.runtime.broker().subscribe::<DeadLetter>();
    let (handle, mailbox) = stage.start("a").await;
    let running = mailbox.hold(1_000).into_future();
    let asked = mailbox.say("asked".to_owned()).into_future();
    for _ in 0..3 {
        mailbox.note("told".to_owned()).await.unwrap();
    }
    mailbox
        .send(|worker| worker.panic())
        .await
        .expect("an ask whose reply nobody wants is a tell");
    settle().await;
    let stopping = Instant::now();
    let (failure, ()) = tokio::join!(
        async {
            let failure = asked.await.expect_err("it never runs");
            assert!(stopping.elapsed() <= Duration::from_secs(1));
            failure
        },
        handle.stop()
    );
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::ActorStopped, Delivered::No)
    );
    assert_eq!(running.await, Ok(1));
    let letters = letters(&mut lost, 4).await;
    let named: Vec<_> = letters
        .iter()
        .map(|letter| (letter.message.as_str(), letter.loss))
        .collect();
    let note = ("lifecycle.Worker.Note", Loss::ActorStopped);
    assert_eq!(
        named,
        [note, note, note, ("lifecycle.Worker.Panic", Loss::ActorStopped)]
    );
    assert_eq!(stage.runtime.dead_letters().actor_stopped, 4);
    let books = handle.books();
    let counted = (
        books.accepted,
        books.handled,
        books.failed,
        books.dead_lettered,
        books.waiting,
    );
    assert_eq!(counted, (6, 1, 1, 4, 0));
    assert!(
        !stage
            .log
            .take()
            .iter()
            .any(|line| line.contains("asked") || line.contains("told"))
    );
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_an_actor_that_is_stopped_while_it_is_down_is_lost_in_the_same_way() {
    let stage = Stage::with(|options| options.backoff(Backoff::new(LONG, LONG)));
    let (handle, mailbox) = stage.start("a").await;
    mailbox.panic().await.expect_err("it panics");
    settle().await;
    let asked = mailbox.state().into_future();
    mailbox.note("told".to_owned()).await.unwrap();
    handle.stop().await;
    let failure = asked.await.expect_err("it never runs");
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::ActorStopped, Delivered::No)
    );
    assert_eq!(stage.runtime.dead_letters().actor_stopped, 1);
    let books = handle.books();
    assert_eq!(
        (books.accepted, books.failed, books.dead_lettered, books.waiting),
        (3, 2, 1, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_an_actor_that_was_given_up_is_lost_in_the_same_way() {
    let stage = Stage::with(|options| options.restarts(0, LONG));
    let (handle, mailbox) = stage.start("a").await;
    let shared = mailbox.share(60_000).into_future();
    settle().await;
    let failing = mailbox.panic().into_future();
    let asked = mailbox.state().into_future();
    mailbox.note("told".to_owned()).await.unwrap();
    handle.stopped().await;
    let books = handle.books();
    let counted = (
        books.accepted,
        books.handled,
        books.failed,
        books.dead_lettered,
        books.waiting,
    );
    assert_eq!(counted, (4, 0, 3, 1, 0), "nothing is left running");
    failing.await.expect_err("it panics");
    assert_eq!(asked.await.expect_err("it never runs").code(), Code::ActorStopped);
    assert_eq!(shared.await.expect_err("its state is gone").code(), Code::ActorFailed);
}

#[tokio::test(start_paused = true)]
async fn a_failure_while_the_actor_stops_is_told_as_one() {
    let mut stage = Stage::new();
    let (handle, mailbox) = stage.start("a").await;
    let panicking = mailbox.panic_after(500).into_future();
    let other = mailbox.share(5_000).into_future();
    settle().await;
    handle.stop().await;
    assert_eq!(panicking.await.expect_err("it panics").code(), Code::ActorFailed);
    let failure = other.await.expect_err("its state is gone");
    assert_eq!(failure.code(), Code::ActorFailed, "{failure}");
    let events = stage
        .events
        .until("a", |happening| *happening == Happening::Stopped)
        .await;
    assert_eq!(events, ["a 1 started", "a 1 failed: a handler panicked", "a 1 stopped"]);
    assert_eq!(handle.books().waiting, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_ends_though_senders_never_rest() {
    let stage = Stage::new();
    let handle = stage.probe("a").capacity(16).serves(Worker).start().await.unwrap();
    let senders = [(); 4].map(|()| {
        let mailbox = handle.mailbox(Worker);
        tokio::spawn(async move { while mailbox.note(String::new()).await.is_ok() {} })
    });
    while handle.books().accepted < 1_000 {
        tokio::task::yield_now().await;
    }
    timeout(Duration::from_secs(20), handle.stop()).await.expect("it ends");
    for sender in senders {
        sender.await.unwrap();
    }
    let books = handle.books();
    assert_eq!(books.waiting, 0);
    assert_eq!(books.dead_lettered, stage.runtime.dead_letters().actor_stopped);
}

#[tokio::test(start_paused = true)]
async fn an_actor_that_serves_nothing_rests_until_it_is_stopped() {
    let stage = Stage::new();
    let handle = stage.probe("a").start().await.unwrap();
    // The paused clock goes on only while nobody has anything to do.
    tokio::time::sleep(LONG).await;
    handle.stop().await;
    assert_eq!(
        stage.log.take(),
        ["a before_start", "a after_start", "a before_stop", "a after_stop"]
    );
}
