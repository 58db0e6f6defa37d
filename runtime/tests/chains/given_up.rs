//! Calls whose outer caller does not wait any more: what they lead to is not refused.

use crate::station::{arrived, deadlock, gave_up, line, soon, way};

#[tokio::test(start_paused = true)]
async fn when_the_outer_caller_has_given_up_a_call_of_its_actor_completes() {
    let line = line("a b").await;
    let going = line.set_off_to_the_gate("a! <b!: a!").await;
    assert_eq!(going.await.expect("it does not panic"), gave_up());
    line.gates.open.notify_one();
    assert_eq!(line.ended("b", 1).await, [arrived()]);
}

#[tokio::test(start_paused = true)]
async fn it_completes_also_while_the_turn_that_gave_up_goes_on() {
    let line = line("a b c").await;
    // The turn of `a` gives up `b`, and is kept by `c` at the gate.
    let a = line.station("a");
    let going = tokio::spawn(async move { a.one_after_another(vec![way("|b!: a!"), way("c:")]).await });
    soon(&line.gates.reached).await;
    line.gates.leave.notify_one();
    soon(&line.gates.reached).await;
    // Those who wait at the gate leave it in the order they came.
    line.gates.open.notify_one();
    line.settle().await;
    assert_eq!(line.ends_of("b"), [], "it waits for the turn");
    line.gates.open.notify_one();
    let ends = going.await.expect("it does not panic");
    assert_eq!(ends, Ok(vec![gave_up(), arrived()]));
    assert_eq!(line.ended("b", 1).await, [arrived()]);
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn a_branch_of_a_select_that_was_dropped_is_no_link() {
    let line = line("a b").await;
    let going = line.set_off_to_the_gate("a! |b!: a!").await;
    line.gates.leave.notify_one();
    assert_eq!(going.await.expect("it does not panic"), gave_up());
    line.gates.open.notify_one();
    assert_eq!(line.ended("b", 1).await, [arrived()]);
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn a_detached_call_in_a_select_waits_for_the_turn_that_leaves_it() {
    let line = line("a b").await;
    for (text, b_ends) in [("a! |b!: ^a!", 1), ("a! |b!: ^a", 2)] {
        let going = line.set_off_to_the_gate(text).await;
        line.gates.open.notify_one();
        line.settle().await;
        assert_eq!(line.ends_of("b").len(), b_ends - 1, "it waits for `a`");
        line.gates.leave.notify_one();
        assert_eq!(going.await.expect("it does not panic"), gave_up());
        assert_eq!(line.ended("b", b_ends).await[b_ends - 1], arrived());
    }
    // Without it the branch ends with the refusal, though the other one could end the wait.
    assert_eq!(line.go("a! |b! a!").await, deadlock(["a (exclusive)", "b (exclusive)"]));
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn a_detached_call_hides_what_is_before_it() {
    let line = line("a b c").await;
    let going = line.set_off_to_the_gate("a! /b!: c a!").await;
    line.gates.open.notify_one();
    line.settle().await;
    line.gates.leave.notify_one();
    assert_eq!(going.await.expect("it does not panic"), gave_up());
    assert_eq!(line.ended("b", 1).await, [arrived()]);
    assert_eq!(
        line.go("^a! ^b* c b!").await,
        deadlock(["b (shared)", "c (shared)"]),
        "only that"
    );
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn an_ask_whose_handler_has_ended_waits_for_nothing_of_it() {
    let line = line("a b").await;
    assert_eq!(line.station("a").hand_out(way("b: a!")).await, Ok(()));
    soon(&line.gates.reached).await;
    let handed_out = line.gates.handed_out.lock().expect("nobody panics here").take();
    let handed_out = handed_out.expect("the handler put it there");
    line.gates.open.notify_one();
    assert_eq!(handed_out.await, arrived());
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn calls_beside_each_other_do_not_wait_for_each_other() {
    let line = line("a b c").await;
    let ways = vec![way("b c"), way("c b"), way("b! c"), way("b!"), way("c. b.")];
    let ends = line.station("a").at_once(ways).await;
    assert_eq!(ends, Ok(vec![arrived(); 5]));
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn a_link_is_over_when_its_call_has_been_answered() {
    let line = line("a b").await;
    let ways = vec![way("b!"), way("b! a!"), way("b!")];
    let ends = line.station("a").one_after_another(ways).await;
    let refused = deadlock(["a (exclusive)", "b (exclusive)"]);
    assert_eq!(ends, Ok(vec![arrived(), refused, arrived()]));
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn a_detached_send_waits_for_room_that_its_chain_keeps_from_being_made() {
    for (text, b_ends) in [
        ("a! |b!: a>", deadlock(["a (exclusive)", "b (exclusive)"])),
        ("a! |b!: ^a>", arrived()),
    ] {
        let line = line("b").await;
        drop(line.add("a", None, Some(1)).await);
        let going = line.set_off_to_the_gate(text).await;
        let fills = line.station("a").resting().into_future();
        line.gates.open.notify_one();
        line.settle().await;
        line.gates.leave.notify_one();
        going.await.expect("it does not panic");
        assert_eq!(fills.await, Ok(()));
        assert_eq!(line.ended("b", 1).await, [b_ends], "{text}");
        line.took_no_time();
        line.runtime.shutdown().await;
    }
}
