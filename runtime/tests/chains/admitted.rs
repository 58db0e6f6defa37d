//! Shared calls back to a shared turn: they are let past whatever waits.

use crate::station::{End, First, arrived, line, way};

#[tokio::test(start_paused = true)]
async fn a_shared_call_back_to_a_shared_turn_completes() {
    let line = line("a b c").await;
    for text in ["a b a", "a. b. a.", "a b! a", "a b c a b c a", "a b+ a", "a b* a"] {
        assert_eq!(line.go(text).await, arrived(), "{text}");
    }
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn it_is_let_past_a_writer_that_waits_for_the_turn() {
    let line = line("a b").await;
    let going = line.set_off_to_the_gate("a b: a.").await;
    let writer = line.station("a").exclusive(First::Nothing, way("")).into_future();
    let reader = line.station("a").shared(First::Nothing, way("")).into_future();
    line.gates.open.notify_one();
    assert_eq!(going.await.expect("it does not panic"), arrived());
    assert_eq!((writer.await, reader.await), (Ok(arrived()), Ok(arrived())));
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn it_is_let_past_the_limit_of_shared_calls() {
    let line = line("b").await;
    drop(line.add("a", Some(1), None).await);
    assert_eq!(line.go("a b a. b. a.").await, arrived());
    // The limit holds for the others meanwhile.
    let going = line.set_off_to_the_gate("a b: a.").await;
    let other = line.station("a").shared(First::Nothing, way("")).into_future();
    line.settle().await;
    assert_eq!(line.ends_of("a").len(), 3, "the other one waits");
    line.gates.open.notify_one();
    assert_eq!(going.await.expect("it does not panic"), arrived());
    assert_eq!(other.await, Ok(arrived()));
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn it_is_let_past_a_full_mailbox() {
    let line = line("b").await;
    drop(line.add("a", None, Some(1)).await);
    let going = line.set_off_to_the_gate("a b: a").await;
    let full = line.fill("a").await;
    line.gates.open.notify_one();
    assert_eq!(going.await.expect("it does not panic"), arrived());
    full.runs().await;
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn a_tell_is_not_let_past_a_full_mailbox_and_fails_at_once() {
    let line = line("b").await;
    drop(line.add("a", None, Some(1)).await);
    let going = line.set_off_to_the_gate("a b: a~").await;
    let full = line.fill("a").await;
    line.gates.open.notify_one();
    let end = going.await.expect("it does not panic");
    assert_eq!((end.code.as_str(), end.delivered.as_str()), ("TargetBusy", "No"));
    full.runs().await;
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_let_past_the_queue_are_each_heard() {
    let line = line("a b").await;
    // The second call goes through the queue, and wakes the actor together with the first.
    assert_eq!(line.go("a b= a").await, arrived());
    assert_eq!(line.go("a. b= a.").await, arrived());
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn a_call_back_completes_while_the_actor_stops() {
    let line = line("b").await;
    let a = line.add("a", None, None).await;
    let going = line.set_off_to_the_gate("a b: a. b. a").await;
    let stopped = tokio::spawn(async move { a.stop().await });
    line.settle().await;
    line.gates.open.notify_one();
    assert_eq!(
        going.await.expect("it does not panic"),
        arrived(),
        "what runs is finished"
    );
    stopped.await.expect("it does not panic");
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_ran_before_a_failure_is_not_waited_for_by_the_next_state() {
    let line = line("a b").await;
    let going = line.set_off_to_the_gate("a b!: a!").await;
    line.station("a").fail().await.expect_err("the state is discarded");
    let end: End = going.await.expect("it does not panic");
    assert_eq!((end.code.as_str(), end.delivered.as_str()), ("ActorFailed", "Yes"));
    line.gates.open.notify_one();
    assert_eq!(line.ended("b", 1).await, [arrived()], "nobody waits for it any more");
}
