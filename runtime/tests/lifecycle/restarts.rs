//! Who is started again, how often, and after how long.

use std::time::Duration;

use callsheet::{ActorHandle, Backoff, Code, Delivered, Happening, RestartPolicy, actor_contract};
use futures_util::FutureExt;
use tokio::time::{Instant, advance};

use crate::probe::{Hook, LONG, Log, Stage, Worker, settle};

/// How an actor can end by itself.
#[derive(Clone, Copy, Debug)]
enum Way {
    Panics,
    Fails,
    Finishes,
    FailsToStart,
}

/// Whether an actor with this policy is started again after it ended this way.
async fn restarts(policy: RestartPolicy, way: Way) -> bool {
    let mut stage = Stage::new();
    let builder = stage.probe_that("a", move |occasion| async move {
        match (way, occasion.state, occasion.hook) {
            (Way::FailsToStart, 2, Hook::AfterStart) => Err("no disk".into()),
            _ => Ok(()),
        }
    });
    let handle = builder.restart_policy(policy).serves(Worker).start().await.unwrap();
    let mailbox = handle.mailbox(Worker);
    match way {
        Way::Panics => _ = mailbox.panic().await,
        Way::Fails | Way::FailsToStart => mailbox.fail("as it should".to_owned()).await.unwrap(),
        Way::Finishes => mailbox.finish().await.unwrap(),
    }
    let last = if matches!(way, Way::FailsToStart) { 3 } else { 2 };
    let is_last = |happening: &Happening| matches!(happening, Happening::Started | Happening::Stopped);
    let mut seen = stage.events.up("a", 1).await;
    while !handle.has_stopped() && handle.generation() < Some(last) {
        seen.extend(stage.events.until("a", is_last).await);
    }
    assert_eq!(handle.generation(), (!handle.has_stopped()).then_some(last), "{seen:?}");
    !handle.has_stopped()
}

#[tokio::test(start_paused = true)]
async fn a_permanent_actor_is_started_again_after_every_end_but_a_stop() {
    for way in [Way::Panics, Way::Fails, Way::Finishes, Way::FailsToStart] {
        assert!(restarts(RestartPolicy::Permanent, way).await, "{way:?}");
    }
    let stage = Stage::new();
    let (handle, _) = stage.start("a").await;
    handle.stop().await;
    settle().await;
    assert!(handle.has_stopped());
}

#[tokio::test(start_paused = true)]
async fn a_transient_actor_is_started_again_after_a_failure_alone() {
    for way in [Way::Panics, Way::Fails, Way::FailsToStart] {
        assert!(restarts(RestartPolicy::Transient, way).await, "{way:?}");
    }
    assert!(!restarts(RestartPolicy::Transient, Way::Finishes).await);
}

#[tokio::test(start_paused = true)]
async fn a_temporary_actor_is_never_started_again() {
    for way in [Way::Panics, Way::Fails, Way::Finishes] {
        assert!(!restarts(RestartPolicy::Temporary, way).await, "{way:?}");
    }
}

/// Fails the actor, and waits until it is up again or has stopped.
async fn fail(stage: &mut Stage, handle: &ActorHandle) -> bool {
    let before = handle.generation().expect("it lives");
    handle.mailbox(Worker).panic().await.expect_err("it panics");
    loop {
        let event = stage.events.next().await;
        if event.actor != handle.id().as_str() {
            continue;
        }
        match event.happening {
            Happening::Started if event.generation > before => return true,
            Happening::Stopped => return false,
            _ => {}
        }
    }
}

#[tokio::test(start_paused = true)]
async fn as_many_restarts_as_the_window_holds_are_borne_and_one_more_stops_the_actor() {
    let mut stage = Stage::with(|options| options.restarts(3, Duration::from_secs(10)).backoff(Backoff::none()));
    let (handle, _) = stage.start("a").await;
    for generation in 2..5 {
        handle.mailbox(Worker).panic().await.expect_err("it panics");
        stage.events.up("a", generation).await;
    }
    handle.mailbox(Worker).panic().await.expect_err("it panics");
    let last = stage
        .events
        .until("a", |happening| *happening == Happening::Stopped)
        .await;
    assert_eq!(last, ["a 4 failed: a handler panicked", "a 4 givenup", "a 4 stopped"]);
    handle.stopped().await;
    let failure = handle.mailbox(Worker).state().await.expect_err("it has stopped");
    assert_eq!(failure.code(), Code::ActorNotFound);
    stage.start("a").await;
}

#[tokio::test(start_paused = true)]
async fn the_window_slides() {
    let mut stage = Stage::with(|options| options.restarts(2, Duration::from_secs(10)).backoff(Backoff::none()));
    let (handle, _) = stage.start("a").await;
    assert!(fail(&mut stage, &handle).await, "the first");
    advance(Duration::from_secs(6)).await;
    assert!(fail(&mut stage, &handle).await, "the second");
    advance(Duration::from_secs(5)).await;
    assert!(fail(&mut stage, &handle).await, "the first is out of the window");
    advance(Duration::from_secs(4)).await;
    assert!(!fail(&mut stage, &handle).await, "the second is not");
}

#[tokio::test(start_paused = true)]
async fn siblings_at_the_top_are_counted_apart() {
    let mut stage = Stage::with(|options| options.restarts(1, LONG).backoff(Backoff::none()));
    let (a, _) = stage.start("a").await;
    let (b, _) = stage.start("b").await;
    assert!(fail(&mut stage, &a).await && fail(&mut stage, &b).await);
    assert!(!fail(&mut stage, &a).await);
    assert_eq!(b.generation(), Some(2));
}

/// How long it takes from a failure to the next state.
async fn waited(stage: &mut Stage, handle: &ActorHandle) -> Duration {
    let failed = Instant::now();
    assert!(fail(stage, handle).await);
    failed.elapsed()
}

#[tokio::test(start_paused = true)]
async fn the_wait_doubles_to_its_cap_with_chance_and_begins_anew_after_a_healthy_time() {
    let ms = Duration::from_millis;
    let backoff = Backoff::new(ms(1_000), ms(5_000)).healthy_after(ms(60_000));
    let mut stage = Stage::with(|options| options.restarts(u32::MAX, LONG).backoff(backoff));
    let (handle, _) = stage.start("a").await;
    for longest in [1_000, 2_000, 4_000, 5_000, 5_000] {
        let waited = waited(&mut stage, &handle).await;
        // Timers tick in milliseconds.
        assert!(
            ms(longest / 2) <= waited && waited <= ms(longest + 2),
            "{waited:?} of {longest}"
        );
    }
    advance(ms(59_000)).await;
    assert!(waited(&mut stage, &handle).await >= ms(2_500), "not long enough");
    advance(ms(60_000)).await;
    assert!(waited(&mut stage, &handle).await <= ms(1_002), "it ran well");
    assert!(waited(&mut stage, &handle).await >= ms(1_000), "and doubles again");
}

#[tokio::test(start_paused = true)]
async fn the_event_says_how_long_is_waited() {
    let mut stage = Stage::with(|options| options.backoff(Backoff::new(Duration::from_secs(4), LONG)));
    let (handle, mailbox) = stage.start("a").await;
    mailbox.panic().await.expect_err("it panics");
    let failed = Instant::now();
    let delay = loop {
        if let Happening::Restarting { delay_ms } = stage.events.next().await.happening {
            break Duration::from_millis(delay_ms);
        }
    };
    stage.events.up("a", 2).await;
    let waited = failed.elapsed();
    assert!(
        delay <= waited && waited <= delay + Duration::from_millis(2),
        "{delay:?}, {waited:?}"
    );
    assert_eq!(handle.generation(), Some(2));
}

#[tokio::test(start_paused = true)]
async fn a_wait_without_end_harms_nobody() {
    let stage = Stage::with(|options| {
        let options = options.backoff(Backoff::new(Duration::MAX, Duration::MAX));
        options.shutdown_limit(Duration::MAX).stop_limit(Duration::MAX)
    });
    let (_, down) = stage.start("down").await;
    down.panic().await.expect_err("it panics");
    let (other, mailbox) = stage.start("other").await;
    mailbox.panic().await.expect_err("it panics");
    settle().await;
    other.stop().await;
    stage.start("third").await;
    stage.runtime.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_during_the_wait_is_obeyed_at_once() {
    let stage = Stage::with(|options| options.backoff(Backoff::new(LONG, LONG)));
    let (handle, mailbox) = stage.start("a").await;
    mailbox.panic().await.expect_err("it panics");
    settle().await;
    let stopped = Instant::now();
    handle.stop().await;
    assert_eq!(stopped.elapsed(), Duration::ZERO);
    stage.start("a").await;
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_told_to_its_caller_at_once_and_its_message_is_not_run_again() {
    let mut stage = Stage::with(|options| options.backoff(Backoff::new(LONG, LONG)));
    let (handle, mailbox) = stage.start("a").await;
    let started = Instant::now();
    let failure = mailbox.panic_alone().await.expect_err("it panics");
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::ActorFailed, Delivered::Yes)
    );
    assert_eq!(failure.text(), "the actor failed while it handled the call");
    assert_eq!(started.elapsed(), Duration::ZERO);
    mailbox.note_and_panic("once".to_owned()).await.unwrap();
    stage.events.up("a", 2).await;
    stage.events.up("a", 3).await;
    assert_eq!(handle.books().failed, 2);
    let said = stage.log.take();
    assert_eq!(said.iter().filter(|line| *line == "a once").count(), 1, "{said:?}");
}

#[tokio::test(start_paused = true)]
async fn other_calls_that_shared_the_state_are_told_that_another_one_failed() {
    let mut stage = Stage::with(|options| options.backoff(Backoff::new(LONG, LONG)));
    let (_, mailbox) = stage.start("a").await;
    let shared = [
        mailbox.share(60_000).into_future().boxed(),
        mailbox.beside(60_000).into_future().boxed(),
    ];
    settle().await;
    let failed = Instant::now();
    mailbox.panic().await.expect_err("it panics");
    for other in shared {
        let failure = other.await.expect_err("the state is gone");
        assert_eq!(
            (failure.code(), failure.delivered()),
            (Code::ActorFailed, Delivered::Yes)
        );
        assert!(failure.text().contains("another call of the actor failed"), "{failure}");
        assert_eq!(failed.elapsed(), Duration::ZERO);
    }
    stage.events.up("a", 2).await;
    let panicking = mailbox.panic_after(1_000).into_future();
    let shared = mailbox.share(60_000).into_future();
    let failure = panicking.await.expect_err("it panics");
    assert!(failure.text().contains("while it handled"), "{failure}");
    let failure = shared.await.expect_err("the state is gone");
    assert!(failure.text().contains("another call"), "{failure}");
}

#[tokio::test(start_paused = true)]
async fn what_waits_survives_a_restart_in_order() {
    let stage = Stage::new();
    let (handle, mailbox) = stage.start("a").await;
    stage.log.take();
    let failing = mailbox.panic_alone_after(1_000).into_future();
    let mut asked = Vec::new();
    // More than are received at once.
    for number in 0..150 {
        if number % 2 == 0 {
            asked.push(mailbox.say(format!("{number}")).into_future());
        } else {
            mailbox.note(format!("{number}")).await.unwrap();
        }
    }
    failing.await.expect_err("it panics");
    for ask in asked {
        assert_eq!(ask.await, Ok(2), "the next state answers");
    }
    mailbox.say("last".to_owned()).await.unwrap();
    let said = stage.log.take();
    let handled: Vec<_> = said.iter().filter(|line| !line.contains("start")).collect();
    let expected: Vec<_> = (0..150)
        .map(|number| format!("a {number}"))
        .chain(["a last".to_owned()])
        .collect();
    assert_eq!(handled, expected.iter().collect::<Vec<_>>());
    assert_eq!(handle.generation(), Some(2));
}

#[tokio::test(start_paused = true)]
async fn mailboxes_and_names_stay_valid_over_restarts_and_generations_count() {
    let mut stage = Stage::new();
    let handle = stage
        .probe("a")
        .expose_as("front")
        .serves(Worker)
        .start()
        .await
        .unwrap();
    let mailbox = handle.mailbox(Worker);
    for generation in 1..20 {
        assert_eq!(handle.generation(), Some(generation));
        assert_eq!(mailbox.state().await, Ok(generation));
        mailbox.panic().await.expect_err("it panics");
        stage.events.up("a", generation + 1).await;
        let taken = stage.probe("b").expose_as("front").start().await;
        assert!(taken.is_err(), "the exposed name is still its own");
    }
    handle.stop().await;
    assert_eq!(handle.generation(), None);
    stage.probe("b").expose_as("front").start().await.expect("it is free");
}

#[tokio::test(start_paused = true)]
async fn the_old_state_is_gone_before_the_next_is_made() {
    let mut stage = Stage::new();
    let (_, mailbox) = stage.start("a").await;
    let lingering = mailbox.linger("old".to_owned(), false).into_future();
    settle().await;
    stage.log.take();
    mailbox.panic().await.expect_err("it panics");
    stage.events.up("a", 2).await;
    assert_eq!(stage.log.take(), ["old dropped", "a before_start", "a after_start"]);
    lingering.await.expect_err("its state is gone");
}

#[actor_contract(namespace = "lifecycle")]
pub trait Holder {
    async fn hold_on(&self);
    fn panic(&self);
}

/// A state whose calls let go of it slowly.
struct Sticky(Log);

struct Grip(Log);

impl Drop for Grip {
    fn drop(&mut self) {
        // The next state has all this time to be made too early.
        std::thread::sleep(Duration::from_millis(50));
        self.0.say("let go");
    }
}

impl Holder for Sticky {
    async fn hold_on(&self) {
        let _grip = Grip(self.0.clone());
        std::future::pending().await
    }
    fn panic(&self) {
        panic!("as it should");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_state_waits_for_calls_that_let_go_of_the_old_one_slowly() {
    let mut stage = Stage::new();
    let log = stage.log.clone();
    let make = move || {
        log.say("made");
        Sticky(log.clone())
    };
    let handle = stage.runtime.actor("a", make).serves(Holder).start().await.unwrap();
    let mailbox = handle.mailbox(Holder);
    let held = mailbox.hold_on().into_future();
    mailbox.panic().await.expect_err("it panics");
    held.await.expect_err("its state is gone");
    stage.events.up("a", 2).await;
    assert_eq!(stage.log.take(), ["made", "let go", "made"]);
    let held = mailbox.hold_on().into_future();
    mailbox.panic().await.expect_err("it panics");
    handle.stop().await;
    assert_eq!(handle.books().waiting, 0);
    held.await.expect_err("its state is gone");
}
