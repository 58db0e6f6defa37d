//! What becomes of a parent whose children fail too often, and of its other children.

use std::{sync::Mutex, time::Duration};

use callsheet::{ActorHandle, Backoff, Happening, RestartPolicy, Supervision};
use tokio::{sync::mpsc, time::timeout};

use crate::probe::{Hook, LONG, Stage, Worker, settle};

/// A parent with the children a, b and c, which bears one failure of them.
async fn family(stage: &Stage) -> ActorHandle {
    let parent = stage
        .probe("p")
        .supervision(Supervision::one_for_one().restarts(1, LONG))
        .child(stage.probe("a").serves(Worker))
        .child(stage.probe("b").serves(Worker))
        .child(stage.probe("c").serves(Worker));
    parent.serves(Worker).start().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn children_that_fail_too_often_stop_in_reverse_order_and_come_up_again_with_their_parent() {
    let mut stage = Stage::new();
    family(&stage).await;
    let b = stage.runtime.to::<dyn Worker>("p/b");
    b.panic().await.expect_err("it panics");
    stage.events.up("p/b", 2).await;
    stage.log.take();
    b.panic().await.expect_err("it panics");
    let events = stage.events.up("p", 2).await;
    let expected = [
        "p/b 2 failed: a handler panicked",
        "p/b 2 givenup",
        "p/c 1 halted",
        "p/a 1 halted",
        "p 1 failed: its child `p/b` failed more often than is borne",
        "p 1 restarting",
        "p/a 2 started",
        "p/b 3 started",
        "p/c 2 started",
        "p 2 started",
    ];
    assert_eq!(events, expected);
    let hooks = [
        "c before_stop",
        "c after_stop",
        "a before_stop",
        "a after_stop",
        "p before_start",
        "a before_start",
        "a after_start",
        "b before_start",
        "b after_start",
        "c before_start",
        "c after_start",
        "p after_start",
    ];
    assert_eq!(stage.log.take(), hooks);
}

#[tokio::test(start_paused = true)]
async fn the_window_of_the_children_begins_anew_with_their_parent() {
    let mut stage = Stage::new();
    let parent = family(&stage).await;
    let b = stage.runtime.to::<dyn Worker>("p/b");
    for generation in 2..5 {
        b.panic().await.expect_err("it is borne");
        stage
            .events
            .until("p/b", |happening| *happening == Happening::Started)
            .await;
        b.panic().await.expect_err("it is not");
        stage.events.up("p", generation).await;
        assert_eq!(parent.generation(), Some(generation));
    }
}

#[tokio::test(start_paused = true)]
async fn queues_are_kept_while_children_are_down_with_their_parent() {
    let mut stage = Stage::with(|options| options.backoff(Backoff::new(LONG, LONG)).default_timeout(LONG));
    let parent = family(&stage).await;
    parent.mailbox(Worker).panic().await.expect_err("it panics");
    stage
        .events
        .until("p/a", |happening| *happening == Happening::Halted)
        .await;
    settle().await;
    stage.log.take();
    let children = ["p/a", "p/b", "p/c"].map(|id| stage.runtime.to::<dyn Worker>(id));
    for child in &children {
        child.note("kept".to_owned()).await.unwrap();
    }
    stage.events.up("p", 2).await;
    settle().await;
    let said: Vec<_> = stage
        .log
        .take()
        .into_iter()
        .filter(|line| line.ends_with("kept"))
        .collect();
    assert_eq!(said.len(), 3, "{said:?}");
}

#[tokio::test(start_paused = true)]
async fn two_children_that_fail_too_often_at_once_are_one_failure_of_their_parent() {
    let mut stage = Stage::new();
    let parent = stage
        .probe("p")
        .supervision(Supervision::one_for_one().restarts(0, LONG))
        .child(stage.probe("a").serves(Worker))
        .child(stage.probe("b").serves(Worker));
    let parent = parent.start().await.unwrap();
    let calls = ["p/a", "p/b"].map(|id| stage.runtime.to::<dyn Worker>(id).panic().into_future());
    for call in calls {
        call.await.expect_err("it panics");
    }
    let events = stage.events.up("p", 2).await;
    assert_eq!(
        events.iter().filter(|line| line.ends_with("givenup")).count(),
        1,
        "{events:?}"
    );
    settle().await;
    assert_eq!(parent.generation(), Some(2));
    for id in ["p/a", "p/b"] {
        assert_eq!(stage.runtime.to::<dyn Worker>(id).state().await, Ok(2));
    }
}

#[tokio::test(start_paused = true)]
async fn escalation_climbs_until_somebody_bears_it_or_the_top_gives_up() {
    let mut stage = Stage::with(|options| options.restarts(0, LONG));
    let bears_none = || Supervision::one_for_one().restarts(0, LONG);
    let middle = stage
        .probe("m")
        .supervision(bears_none())
        .child(stage.probe("c").serves(Worker));
    let top = stage.probe("t").supervision(bears_none()).child(middle);
    let top = top.start().await.unwrap();
    stage
        .runtime
        .to::<dyn Worker>("t/m/c")
        .panic()
        .await
        .expect_err("it panics");
    let events = stage
        .events
        .until("t", |happening| *happening == Happening::Stopped)
        .await;
    let causes: Vec<_> = events.iter().filter(|line| line.contains("failed:")).collect();
    let expected = [
        "t/m/c 1 failed: a handler panicked",
        "t/m 1 failed: its child `t/m/c` failed more often than is borne",
        "t 1 failed: its child `t/m` failed more often than is borne",
    ];
    assert_eq!(causes, expected.iter().collect::<Vec<_>>());
    let ends: Vec<_> = events.iter().filter(|line| line.ends_with("stopped")).collect();
    assert_eq!(
        ends,
        ["t/m/c 1 stopped", "t/m 1 stopped", "t 1 stopped"]
            .iter()
            .collect::<Vec<_>>()
    );
    top.stopped().await;
}

#[tokio::test(start_paused = true)]
async fn a_parent_whose_children_fail_too_often_before_it_is_up_is_not_left_hanging() {
    let stage = Stage::new();
    let failing = stage.probe_that("a", |occasion| async move {
        if occasion.hook == Hook::AfterStart {
            occasion.cx.fail("no disk");
        }
        Ok(())
    });
    let slow = stage.probe_that("b", |_| async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        Ok(())
    });
    let parent = stage
        .probe("p")
        .supervision(Supervision::one_for_one().restarts(1, LONG))
        .child(failing)
        .child(slow);
    let started = timeout(LONG, parent.start()).await.expect("it ends");
    let error = started.expect_err("its child fails");
    assert!(error.to_string().contains("its child `p/a` failed"), "{error}");
    stage.start("p").await;
    stage.start("p/b").await;
}

#[tokio::test(start_paused = true)]
async fn children_that_the_lost_state_started_are_stopped_and_others_come_up_again() {
    let mut stage = Stage::new();
    let (started, mut children) = mpsc::unbounded_channel();
    let of_state = Mutex::new(Some(stage.probe("of_state")));
    let parent = stage.probe_that("p", move |occasion| {
        let child = match occasion.hook {
            Hook::AfterStart => of_state.lock().unwrap().take(),
            _ => None,
        };
        let started = started.clone();
        async move {
            if let Some(child) = child {
                started.send(occasion.cx.supervise(child).await?)?;
            }
            Ok(())
        }
    });
    let parent = parent
        .child(stage.probe("declared"))
        .serves(Worker)
        .start()
        .await
        .unwrap();
    let kept = parent.supervise(stage.probe("kept")).await.unwrap();
    let of_state = children.recv().await.unwrap();
    assert_eq!(of_state.id().as_str(), "p/of_state");
    parent.mailbox(Worker).panic().await.expect_err("it panics");
    stage.events.up("p", 2).await;
    assert!(of_state.has_stopped());
    assert_eq!(kept.generation(), Some(2));
    let events = stage.events.until("p", |_| true);
    assert!(timeout(LONG, events).await.is_err(), "nothing more happens");
}

#[tokio::test(start_paused = true)]
async fn a_child_that_a_lost_state_asks_for_late_is_none_of_the_next_state() {
    let mut stage = Stage::with(|options| options.backoff(Backoff::new(LONG, LONG)));
    let (contexts, mut kept) = mpsc::unbounded_channel();
    let parent = stage.probe_that("p", move |occasion| {
        let kept = contexts.send(occasion.cx);
        async move { Ok(kept?) }
    });
    let parent = parent
        .child(stage.probe("declared"))
        .serves(Worker)
        .start()
        .await
        .unwrap();
    let old = kept.recv().await.unwrap();
    parent.mailbox(Worker).panic().await.expect_err("it panics");
    stage
        .events
        .until("p/declared", |happening| *happening == Happening::Halted)
        .await;
    settle().await;
    let late = old.supervise(stage.probe("late")).await;
    stage.events.up("p", 2).await;
    settle().await;
    assert!(late.map_or(true, |late| late.has_stopped()), "its state was gone");
}

#[tokio::test(start_paused = true)]
async fn a_child_that_is_added_while_its_parent_is_down_comes_up_with_it() {
    let mut stage = Stage::with(|options| options.backoff(Backoff::new(LONG, LONG)));
    let parent = stage
        .probe("p")
        .child(stage.probe("a"))
        .serves(Worker)
        .start()
        .await
        .unwrap();
    parent.mailbox(Worker).panic().await.expect_err("it panics");
    stage
        .events
        .until("p/a", |happening| *happening == Happening::Halted)
        .await;
    settle().await;
    let late = parent.supervise(stage.probe("late").serves(Worker)).await.unwrap();
    stage.events.up("p", 2).await;
    settle().await;
    assert_eq!(late.mailbox(Worker).state().await, Ok(2), "it was halted in between");
}

#[tokio::test(start_paused = true)]
async fn a_parent_is_down_only_when_its_children_are() {
    let mut stage = Stage::new();
    // Its second start is slow, and is cut short by the failure of its parent's sibling.
    let child = stage.probe_that("c", |occasion| async move {
        if (occasion.state, occasion.hook) == (2, Hook::BeforeStart) {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
        Ok(())
    });
    let top = stage
        .probe("t")
        .supervision(Supervision::one_for_one())
        .child(stage.probe("p").child(child).serves(Worker));
    let top = top.start().await.unwrap();
    stage
        .runtime
        .to::<dyn Worker>("t/p")
        .panic()
        .await
        .expect_err("it panics");
    stage
        .events
        .until("t/p", |happening| matches!(happening, Happening::Restarting { .. }))
        .await;
    settle().await;
    assert_eq!(stage.log.take().last().unwrap(), "c before_start", "it starts again");
    let stopping = tokio::time::Instant::now();
    top.stop().await;
    assert!(stopping.elapsed() <= Duration::from_secs(6), "{:?}", stopping.elapsed());
    let said = stage.log.take();
    assert_eq!(said.last().unwrap(), "t after_stop", "{said:?}");
}

#[tokio::test(start_paused = true)]
async fn a_parent_that_is_halted_while_its_children_start_waits_until_they_are_down() {
    let mut stage = Stage::new();
    let child = stage.probe_that("c", |occasion| async move {
        if (occasion.state, occasion.hook) == (2, Hook::BeforeStart) {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
        Ok(())
    });
    let parent = stage.probe("p").child(child).serves(Worker);
    let top = stage
        .probe("t")
        .supervision(Supervision::one_for_all())
        .child(stage.probe("q").serves(Worker))
        .child(parent);
    top.start().await.unwrap();
    stage
        .runtime
        .to::<dyn Worker>("t/q")
        .panic()
        .await
        .expect_err("it panics");
    // The group is started again: q is up, and p starts c.
    stage.events.up("t/q", 2).await;
    settle().await;
    let q = stage.runtime.to::<dyn Worker>("t/q");
    let down = tokio::time::Instant::now();
    q.panic().await.expect_err("it panics");
    stage.events.up("t/p", 3).await;
    let states = stage.log.take();
    let third = states.iter().rposition(|line| line == "q before_start").unwrap();
    assert!(
        !states[third..]
            .iter()
            .take_while(|line| *line != "p before_start")
            .any(|line| line.starts_with('c')),
        "{states:?}"
    );
    assert!(
        down.elapsed() >= Duration::from_secs(5),
        "the start that was under way took its time"
    );
}

#[tokio::test(start_paused = true)]
async fn a_temporary_child_that_failed_is_not_there_when_its_parent_comes_up_again() {
    let mut stage = Stage::new();
    let temporary = stage.probe("a").restart_policy(RestartPolicy::Temporary);
    let parent = stage
        .probe("p")
        .child(temporary.serves(Worker))
        .serves(Worker)
        .start()
        .await
        .unwrap();
    stage
        .runtime
        .to::<dyn Worker>("p/a")
        .panic()
        .await
        .expect_err("it panics");
    stage
        .events
        .until("p/a", |happening| *happening == Happening::Stopped)
        .await;
    parent.mailbox(Worker).panic().await.expect_err("it panics");
    stage.events.up("p", 2).await;
    stage
        .runtime
        .to::<dyn Worker>("p/a")
        .state()
        .await
        .expect_err("never again");
}
