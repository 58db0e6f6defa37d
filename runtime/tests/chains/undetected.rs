//! What no chain shows: its deadline ends it, and nobody else is harmed.

use std::time::Duration;

use crate::station::{End, First, arrived, gave_up, line, soon, timeout, way};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_call_from_a_spawned_task_is_not_refused_and_its_deadline_ends_it() {
    let line = line("a c").await;
    let a = line.station("a");
    let call = a.exclusive(First::Nothing, way("&a!")).timeout(SECOND).into_future();
    line.settle().await;
    assert_eq!(line.go("c").await, arrived(), "others go on meanwhile");
    line.took_no_time();
    assert_eq!(
        End::from(call.await.expect_err("it waits for itself")),
        timeout("Unknown")
    );
    // The spawned call knows nothing of that deadline, and waits for its own; then all is well again.
    assert_eq!(line.ended("a", 1).await, [timeout("No")]);
    assert_eq!(line.go("a!").await, arrived());
}

#[tokio::test(start_paused = true)]
async fn a_spawned_call_that_nobody_waits_for_completes_after_the_turn() {
    let line = line("a b").await;
    assert_eq!(line.go("a! %b. a!").await, gave_up());
    assert_eq!(line.ended("b", 1).await, [arrived()]);
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn two_chains_that_cross_are_released_by_their_deadlines() {
    let line = line("a b c").await;
    let (a, b) = (line.station("a"), line.station("b"));
    let first = a.exclusive(First::Waits, way("b!")).timeout(SECOND).into_future();
    let second = b.exclusive(First::Waits, way("a!")).timeout(2 * SECOND).into_future();
    soon(&line.gates.reached).await;
    line.settle().await;
    line.gates.open.notify_waiters();
    line.settle().await;
    assert_eq!(line.go("c").await, arrived(), "others go on meanwhile");
    line.took_no_time();
    assert_eq!(
        End::from(first.await.expect_err("they wait for each other")),
        timeout("Unknown")
    );
    assert_eq!(second.await, Ok(arrived()), "the first one has given way");
    assert_eq!(line.go("a! b!").await, arrived());
    assert_eq!(line.go("b! a!").await, arrived());
}
