//! What an actor does when it starts and when it stops, and in which order.

use std::time::Duration;

use callsheet::{CallContext, Code, DeadLetter, Delivered, Loss, StartError, Supervision};
use tokio::sync::{mpsc, oneshot};

use crate::probe::{Hook, LONG, Stage, Worker, letters, settle};

#[tokio::test(start_paused = true)]
async fn hooks_run_in_order_with_the_children_and_the_messages_in_between() {
    let stage = Stage::new();
    let parent = stage
        .probe("p")
        .child(stage.probe("a").serves(Worker))
        .child(stage.probe("b").serves(Worker))
        .serves(Worker);
    let parent = parent.start().await.unwrap();
    parent.mailbox(Worker).say("handled".to_owned()).await.unwrap();
    parent.stop().await;
    let said = [
        "p before_start",
        "a before_start",
        "a after_start",
        "b before_start",
        "b after_start",
        "p after_start",
        "p handled",
        "p before_stop",
        "b before_stop",
        "b after_stop",
        "a before_stop",
        "a after_stop",
        "p after_stop",
    ];
    assert_eq!(stage.log.take(), said);
}

#[tokio::test(start_paused = true)]
async fn messages_that_are_sent_before_the_start_is_over_wait_and_are_handled_after_it() {
    let stage = Stage::new();
    let (reached, mut in_hook) = mpsc::unbounded_channel();
    let builder = stage.probe_that("a", move |occasion| {
        let reached = reached.clone();
        async move {
            if occasion.hook == Hook::BeforeStart {
                let (go_on, told) = oneshot::channel::<()>();
                reached.send(go_on)?;
                told.await?;
            }
            Ok(())
        }
    });
    let start = tokio::spawn(builder.serves(Worker).start());
    let go_on = in_hook.recv().await.unwrap();
    let mailbox = stage.runtime.to::<dyn Worker>("a");
    let asked = mailbox.say("first".to_owned()).into_future();
    mailbox.note("second".to_owned()).await.unwrap();
    settle().await;
    assert_eq!(stage.log.take(), ["a before_start"], "they wait");
    go_on.send(()).unwrap();
    let handle = start.await.unwrap().unwrap();
    assert_eq!(asked.await, Ok(1));
    handle.stop().await;
    let said = ["a after_start", "a first", "a second", "a before_stop", "a after_stop"];
    assert_eq!(stage.log.take(), said);
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_in_before_stop_is_a_dead_letter_and_in_after_stop_it_is_refused() {
    let stage = Stage::new();
    let mut lost = stage.runtime.broker().subscribe::<DeadLetter>();
    let (tried, mut sent) = mpsc::unbounded_channel();
    let builder = stage.probe_that("a", move |occasion| {
        let tried = tried.clone();
        async move {
            if matches!(occasion.hook, Hook::BeforeStop | Hook::AfterStop) {
                let own = occasion.cx.mailbox(Worker);
                tried.send((occasion.hook, own.note("late".to_owned()).await))?;
            }
            Ok(())
        }
    });
    let handle = builder.serves(Worker).start().await.unwrap();
    handle.stop().await;
    assert_eq!(sent.recv().await, Some((Hook::BeforeStop, Ok(()))));
    let (hook, refused) = sent.recv().await.unwrap();
    let failure = refused.expect_err("the queue is closed");
    assert_eq!(
        (hook, failure.code(), failure.delivered()),
        (Hook::AfterStop, Code::ActorStopped, Delivered::No)
    );
    let letter = letters(&mut lost, 1).await.pop_front().unwrap();
    assert_eq!(
        (letter.actor.as_str(), letter.message.as_str(), letter.loss),
        ("a", "lifecycle.Worker.Note", Loss::ActorStopped)
    );
    assert_eq!(stage.runtime.dead_letters().actor_stopped, 1);
    assert_eq!(handle.books().dead_lettered, 1);
}

fn failing(
    hook: Hook,
    panics: bool,
) -> impl Fn(crate::probe::Occasion) -> std::future::Ready<Result<(), callsheet::HookError>> {
    move |occasion| {
        let is_due = occasion.hook == hook;
        assert!(!(is_due && panics), "as it should");
        std::future::ready(if is_due { Err("no disk".into()) } else { Ok(()) })
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_hook_that_fails_is_the_error_of_the_first_start_and_the_name_is_free() {
    let mut stage = Stage::new();
    for (hook, name) in [(Hook::BeforeStart, "before_start"), (Hook::AfterStart, "after_start")] {
        let start = stage
            .probe_that("a", failing(hook, false))
            .expose_as("front")
            .serves(Worker);
        let error = start.start().await.expect_err("the hook fails");
        assert_eq!(error, StartError::HookFailed("a".into(), name, "no disk".to_owned()));
        assert_eq!(error.to_string(), format!("`{name}` of actor `a` failed: no disk"));
        let start = stage
            .probe_that("a", failing(hook, true))
            .expose_as("front")
            .serves(Worker);
        let error = start.start().await.expect_err("the hook panics");
        assert_eq!(error.to_string(), format!("`{name}` of actor `a` panicked"));
        let failed = format!("a 1 failed: `{name}` failed: no disk");
        assert_eq!(stage.events.until("a", |_| true).await, [failed]);
        let failed = format!("a 1 failed: `{name}` panicked");
        assert_eq!(stage.events.until("a", |_| true).await, [failed]);
    }
    let (again, _) = stage.start("a").await;
    assert_eq!(again.generation(), Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_factory_that_panics_is_the_error_of_the_first_start_and_the_name_is_free() {
    let stage = Stage::new();
    let factory = || -> () { panic!("as it should") };
    let error = stage.runtime.actor("a", factory).start().await.expect_err("no state");
    assert_eq!(error.to_string(), "the factory of actor `a` panicked");
    stage.start("a").await;
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_an_actor_whose_first_start_fails_is_told_so() {
    let stage = Stage::new();
    let builder = stage.probe_that("a", |occasion| async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Err(format!("{:?}", occasion.hook).into())
    });
    let start = tokio::spawn(builder.serves(Worker).start());
    settle().await;
    let mailbox = stage.runtime.to::<dyn Worker>("a");
    let asked = mailbox.state().into_future();
    mailbox.note("lost".to_owned()).await.unwrap();
    assert!(start.await.unwrap().is_err());
    let failure = asked.await.expect_err("it never ran");
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::ActorStopped, Delivered::No)
    );
    assert_eq!(stage.runtime.dead_letters().actor_stopped, 1);
}

#[tokio::test(start_paused = true)]
async fn children_that_started_before_a_sibling_or_their_parent_could_not_are_stopped() {
    let stage = Stage::new();
    let parent = stage
        .probe("p")
        .child(stage.probe("a"))
        .child(stage.probe_that("b", failing(Hook::BeforeStart, false)))
        .child(stage.probe("c"));
    let error = parent.start().await.expect_err("a child fails");
    assert_eq!(error.to_string(), "`before_start` of actor `p/b` failed: no disk");
    let said = [
        "p before_start",
        "a before_start",
        "a after_start",
        "b before_start",
        "a before_stop",
        "a after_stop",
    ];
    assert_eq!(stage.log.take(), said, "c is never started");
    let parent = stage
        .probe_that("p", failing(Hook::AfterStart, false))
        .child(stage.probe("a"));
    parent.start().await.expect_err("the parent fails");
    assert_eq!(
        stage.log.take()[3..],
        ["p after_start", "a before_stop", "a after_stop"]
    );
    stage.start("p").await;
    stage.start("p/a").await;
}

#[tokio::test(start_paused = true)]
async fn a_hook_or_factory_that_fails_later_is_a_failure_like_any_other() {
    let mut stage = Stage::with(|options| options.restarts(3, LONG).backoff(callsheet::Backoff::none()));
    let builder = stage.probe_that("a", |occasion| async move {
        match (occasion.state, occasion.hook) {
            (2, Hook::BeforeStart) => Err("no disk".into()),
            (3, Hook::AfterStart) => panic!("as it should"),
            _ => Ok(()),
        }
    });
    let handle = builder.serves(Worker).start().await.unwrap();
    let mailbox = handle.mailbox(Worker);
    mailbox.fail("first".to_owned()).await.unwrap();
    let failures = [
        "a 1 started",
        "a 1 failed: first",
        "a 1 restarting",
        "a 2 failed: `before_start` failed: no disk",
        "a 2 restarting",
        "a 3 failed: `after_start` panicked",
        "a 3 restarting",
        "a 4 started",
    ];
    assert_eq!(stage.events.up("a", 4).await, failures);
    mailbox.fail("fourth".to_owned()).await.unwrap();
    let end = ["a 4 failed: fourth", "a 4 givenup", "a 4 stopped"];
    assert_eq!(
        stage
            .events
            .until("a", |happening| *happening == callsheet::Happening::Stopped)
            .await,
        end
    );
}

#[tokio::test(start_paused = true)]
async fn an_actor_that_says_in_a_start_hook_that_it_failed_and_goes_on_is_not_left_hanging() {
    let stage = Stage::new();
    let builder = stage.probe_that("a", |occasion| async move {
        occasion.cx.fail("no disk");
        std::future::pending().await
    });
    let start = builder.stop_limit(Duration::from_secs(1)).serves(Worker).start();
    let started = tokio::time::timeout(LONG, start).await.expect("it ends");
    let error = started.expect_err("it failed");
    assert!(error.to_string().contains("no disk"), "{error}");
    stage.start("a").await;
}

#[tokio::test(start_paused = true)]
async fn a_later_start_that_is_cut_short_by_its_own_failure_is_tried_again() {
    let mut stage = Stage::new();
    let builder = stage.probe_that("a", |occasion| async move {
        match (occasion.state, occasion.hook) {
            (2, Hook::AfterStart) => {
                occasion.cx.fail("no disk");
                std::future::pending().await
            }
            (3, Hook::AfterStart) => {
                occasion.cx.finish();
                std::future::pending().await
            }
            _ => Ok(()),
        }
    });
    let handle = builder
        .stop_limit(Duration::from_secs(1))
        .serves(Worker)
        .start()
        .await
        .unwrap();
    handle.mailbox(Worker).panic().await.expect_err("it panics");
    let events = stage.events.up("a", 4).await;
    assert!(events.contains(&"a 2 failed: no disk".to_owned()), "{events:?}");
    assert!(events.contains(&"a 3 finished".to_owned()), "{events:?}");
}

#[tokio::test(start_paused = true)]
async fn a_child_that_a_start_hook_starts_is_up_before_the_hook_goes_on_in_every_state() {
    let mut stage = Stage::new();
    let (runtime, log) = (stage.runtime.clone(), stage.log.clone());
    let parent = stage.probe_that("p", move |occasion| {
        let (runtime, log) = (runtime.clone(), log.clone());
        async move {
            if occasion.hook == Hook::BeforeStart {
                let slow = runtime.actor("slow", || SlowToStart).hooks();
                let slow = occasion.cx.supervise(slow).await?;
                log.say(format!("{} is up: {:?}", slow.id(), slow.generation()));
            }
            Ok(())
        }
    });
    let parent = parent
        .supervision(Supervision::one_for_all())
        .serves(Worker)
        .start()
        .await
        .unwrap();
    for state in 2..4 {
        parent.mailbox(Worker).panic().await.expect_err("it panics");
        stage.events.up("p", state).await;
    }
    let up = stage.log.take().into_iter().filter(|line| line.contains("is up"));
    assert_eq!(up.collect::<Vec<_>>(), ["p/slow is up: Some(1)"; 3]);
}

/// Takes longer to start than a stop waits.
struct SlowToStart;

impl callsheet::Actor for SlowToStart {
    async fn before_start(&mut self, _: &CallContext) -> Result<(), callsheet::HookError> {
        tokio::time::sleep(Duration::from_secs(20)).await;
        Ok(())
    }
}
