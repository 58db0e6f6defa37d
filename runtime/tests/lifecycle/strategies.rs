//! Which siblings go along when a child fails.

use std::time::Duration;

use callsheet::{ActorHandle, Backoff, Happening, RestartPolicy, Runtime, Strategy, Supervision};

use crate::probe::{Hook, LONG, Stage, Worker, settle};

/// A parent with the children a, b and c.
async fn family(stage: &Stage, strategy: Strategy) -> ActorHandle {
    let parent = stage
        .probe("p")
        .supervision(Supervision::by(strategy))
        .child(stage.probe("a").serves(Worker))
        .child(stage.probe("b").serves(Worker))
        .child(stage.probe("c").serves(Worker));
    let parent = parent.serves(Worker).start().await.unwrap();
    stage.log.take();
    parent
}

/// Has the child panic.
async fn panic(runtime: &Runtime, id: &str) {
    runtime.to::<dyn Worker>(id).panic().await.expect_err("it panics");
}

/// What the hooks said, when `last` is up with its second state.
async fn hooks(stage: &mut Stage, last: &str) -> Vec<String> {
    stage.events.up(last, 2).await;
    settle().await;
    stage.log.take()
}

#[tokio::test(start_paused = true)]
async fn one_for_one_starts_the_failed_child_alone() {
    let mut stage = Stage::new();
    family(&stage, Strategy::OneForOne).await;
    panic(&stage.runtime, "p/b").await;
    assert_eq!(hooks(&mut stage, "p/b").await, ["b before_start", "b after_start"]);
}

#[tokio::test(start_paused = true)]
async fn one_for_all_stops_all_in_reverse_order_and_starts_them_in_order() {
    let mut stage = Stage::new();
    family(&stage, Strategy::OneForAll).await;
    panic(&stage.runtime, "p/b").await;
    let said = [
        "c before_stop",
        "c after_stop",
        "a before_stop",
        "a after_stop",
        "a before_start",
        "a after_start",
        "b before_start",
        "b after_start",
        "c before_start",
        "c after_start",
    ];
    assert_eq!(hooks(&mut stage, "p/c").await, said);
}

#[tokio::test(start_paused = true)]
async fn rest_for_one_takes_those_along_that_were_started_after_it() {
    let mut stage = Stage::new();
    family(&stage, Strategy::RestForOne).await;
    panic(&stage.runtime, "p/b").await;
    let said = [
        "c before_stop",
        "c after_stop",
        "b before_start",
        "b after_start",
        "c before_start",
        "c after_start",
    ];
    assert_eq!(hooks(&mut stage, "p/c").await, said);
    let generation = stage.runtime.to::<dyn Worker>("p/a").state().await;
    assert_eq!(generation, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn those_that_go_along_are_halted_and_wait_for_the_failed_ones_backoff() {
    let mut stage = Stage::with(|options| options.backoff(Backoff::new(LONG, LONG)));
    family(&stage, Strategy::OneForAll).await;
    panic(&stage.runtime, "p/b").await;
    let events = stage.events.up("p/c", 2).await;
    let after = events.iter().position(|line| line.starts_with("p/b 1 failed")).unwrap();
    let expected = [
        "p/b 1 failed: a handler panicked",
        "p/b 1 restarting",
        "p/c 1 halted",
        "p/a 1 halted",
        "p/a 2 started",
        "p/b 2 started",
        "p/c 2 started",
    ];
    assert_eq!(events[after..], expected);
}

#[tokio::test(start_paused = true)]
async fn a_restart_of_a_group_is_charged_once() {
    for strategy in [Strategy::OneForAll, Strategy::RestForOne] {
        let mut stage = Stage::new();
        let parent = stage
            .probe("p")
            .supervision(Supervision::by(strategy).restarts(2, LONG))
            .child(stage.probe("a").serves(Worker))
            .child(stage.probe("b").serves(Worker))
            .child(stage.probe("c").serves(Worker));
        let parent = parent.serves(Worker).start().await.unwrap();
        for generation in 2..4 {
            panic(&stage.runtime, "p/a").await;
            stage.events.up("p/c", generation).await;
        }
        assert_eq!(parent.generation(), Some(1), "two are borne");
        panic(&stage.runtime, "p/a").await;
        stage.events.up("p", 2).await;
    }
}

#[tokio::test(start_paused = true)]
async fn temporary_siblings_of_a_group_are_stopped_and_stay_so() {
    let mut stage = Stage::new();
    let parent = stage
        .probe("p")
        .supervision(Supervision::one_for_all())
        .child(stage.probe("a").restart_policy(RestartPolicy::Temporary).serves(Worker))
        .child(stage.probe("b").serves(Worker));
    parent.start().await.unwrap();
    panic(&stage.runtime, "p/b").await;
    let events = stage.events.up("p/b", 2).await;
    assert!(events.contains(&"p/a 1 stopped".to_owned()), "{events:?}");
    settle().await;
    stage
        .runtime
        .to::<dyn Worker>("p/a")
        .state()
        .await
        .expect_err("it has stopped");
}

#[tokio::test(start_paused = true)]
async fn a_temporary_child_that_fails_takes_nobody_along() {
    let mut stage = Stage::new();
    let parent = stage
        .probe("p")
        .supervision(Supervision::one_for_all().restarts(0, LONG))
        .child(stage.probe("a").restart_policy(RestartPolicy::Temporary).serves(Worker))
        .child(stage.probe("b").serves(Worker));
    let parent = parent.start().await.unwrap();
    panic(&stage.runtime, "p/a").await;
    stage
        .events
        .until("p/a", |happening| *happening == Happening::Stopped)
        .await;
    settle().await;
    assert_eq!(stage.runtime.to::<dyn Worker>("p/b").state().await, Ok(1));
    assert_eq!(parent.generation(), Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_child_that_fails_while_its_group_starts_is_charged_again_and_the_group_goes_on() {
    for (restarts, borne) in [(3, true), (2, false)] {
        let mut stage = Stage::new();
        let slow = stage.probe_that("b", |occasion| async move {
            match (occasion.state, occasion.hook) {
                (2 | 3, Hook::BeforeStart) => Err("no disk".into()),
                _ => Ok(()),
            }
        });
        let parent = stage
            .probe("p")
            .supervision(Supervision::one_for_all().restarts(restarts, LONG))
            .child(stage.probe("a").serves(Worker))
            .child(slow.serves(Worker))
            .child(stage.probe("c").serves(Worker));
        let parent = parent.start().await.unwrap();
        panic(&stage.runtime, "p/a").await;
        if borne {
            stage.events.up("p/c", 2).await;
            settle().await;
            assert_eq!(parent.generation(), Some(1));
            let states = ["p/a", "p/b", "p/c"].map(|id| stage.runtime.to::<dyn Worker>(id));
            let mut numbers = Vec::new();
            for child in states {
                numbers.push(child.state().await.unwrap());
            }
            assert_eq!(numbers, [4, 4, 2], "c waits until b is up");
        } else {
            stage.events.up("p", 2).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_child_whose_work_is_done_as_soon_as_its_group_starts_keeps_nobody_down() {
    for strategy in [Strategy::OneForAll, Strategy::RestForOne] {
        let mut stage = Stage::new();
        let brief = stage.probe_that("b", |occasion| async move {
            if (occasion.state, occasion.hook) == (2, Hook::AfterStart) {
                occasion.cx.finish();
            }
            Ok(())
        });
        let parent = stage
            .probe("p")
            .supervision(Supervision::by(strategy))
            .child(stage.probe("a").serves(Worker))
            .child(brief.restart_policy(RestartPolicy::Transient).serves(Worker))
            .child(stage.probe("c").serves(Worker))
            .child(stage.probe("d").serves(Worker));
        parent.start().await.unwrap();
        panic(&stage.runtime, "p/a").await;
        stage.events.up("p/d", 2).await;
        settle().await;
        assert_eq!(stage.runtime.to::<dyn Worker>("p/c").state().await, Ok(2));
        stage
            .runtime
            .to::<dyn Worker>("p/b")
            .state()
            .await
            .expect_err("its work is done");
    }
}

#[tokio::test(start_paused = true)]
async fn a_child_whose_work_was_done_before_its_group_was_down_is_not_started_again() {
    let mut stage = Stage::new();
    let slow = stage.probe_that("c", |occasion| async move {
        if occasion.hook == Hook::BeforeStop {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
        Ok(())
    });
    let parent = stage
        .probe("p")
        .supervision(Supervision::one_for_all())
        .child(stage.probe("a").restart_policy(RestartPolicy::Transient).serves(Worker))
        .child(stage.probe("b").serves(Worker))
        .child(slow.serves(Worker));
    parent.start().await.unwrap();
    panic(&stage.runtime, "p/b").await;
    settle().await;
    // c takes its time, and a is still up.
    stage.runtime.to::<dyn Worker>("p/a").finish().await.unwrap();
    stage.events.up("p/c", 2).await;
    settle().await;
    let failure = stage.runtime.to::<dyn Worker>("p/a").state().await;
    failure.expect_err("its work is done");
}

#[tokio::test(start_paused = true)]
async fn a_stop_that_does_not_go_smoothly_is_no_failure_for_the_siblings() {
    let stage = Stage::new();
    let parent = stage
        .probe("p")
        .supervision(Supervision::one_for_all().restarts(0, LONG))
        .child(stage.probe("a").serves(Worker));
    let parent = parent.start().await.unwrap();
    for is_shared in [false, true] {
        let child = stage.probe("b").stop_limit(Duration::from_secs(1)).serves(Worker);
        let child = parent.supervise(child).await.unwrap();
        let mailbox = child.mailbox(Worker);
        let (hangs, panics) = if is_shared {
            (None, Some(mailbox.panic_after(500).into_future()))
        } else {
            (Some(mailbox.linger_alone("b".to_owned(), false).into_future()), None)
        };
        settle().await;
        child.stop().await;
        settle().await;
        assert_eq!(parent.generation(), Some(1));
        assert_eq!(stage.runtime.to::<dyn Worker>("p/a").state().await, Ok(1));
        drop((hangs, panics));
    }
}
