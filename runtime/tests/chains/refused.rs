//! Calls that wait for themselves, and are refused at once.

use crate::station::{First, arrived, deadlock, line, way};

#[tokio::test(start_paused = true)]
async fn a_call_back_to_an_exclusive_turn_is_refused_at_once() {
    let line = line("a b").await;
    let chain = ["a (exclusive)", "b (shared)"];
    for text in ["a! b a", "a! b a!", "a!. b. a", "a! b. a+", "a! b a!+", "a!. b a*"] {
        assert_eq!(line.go(text).await, deadlock(chain), "{text}");
    }
    assert_eq!(line.go("a! b! a").await, deadlock(["a (exclusive)", "b (exclusive)"]));
    line.took_no_time();
    assert_eq!(line.go("a! b").await, arrived(), "both go on");
}

#[tokio::test(start_paused = true)]
async fn an_exclusive_call_back_to_a_shared_turn_is_refused_at_once() {
    let line = line("a b").await;
    for text in ["a b a!", "a. b. a!", "a b a!+"] {
        assert_eq!(line.go(text).await, deadlock(["a (shared)", "b (shared)"]), "{text}");
    }
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn the_refusal_says_what_to_do_and_that_nothing_was_delivered() {
    let line = line("a b").await;
    let end = line.go("a! b! a").await;
    assert_eq!(end.delivered, "No");
    assert_eq!(line.ends_of("a"), [end], "the second call of it never ran");
}

#[tokio::test(start_paused = true)]
async fn longer_circles_are_refused_with_every_turn_outermost_first() {
    let line = line("a b c d e").await;
    let chain = ["a (exclusive)", "b (shared)", "c (exclusive)"];
    assert_eq!(line.go("a! b. c! a").await, deadlock(chain));
    let chain = [
        "a (shared)",
        "b (exclusive)",
        "c (shared)",
        "d (shared)",
        "e (exclusive)",
    ];
    assert_eq!(line.go("a b! c. d e!. a!").await, deadlock(chain));
    assert_eq!(
        line.go("a b! c. d e! b").await,
        deadlock(chain),
        "a circle need not close at its start"
    );
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn an_actor_that_asks_itself_is_refused_unless_both_calls_are_shared() {
    let line = line("a").await;
    assert_eq!(line.go("a! a").await, deadlock(["a (exclusive)"]));
    assert_eq!(line.go("a! a!").await, deadlock(["a (exclusive)"]));
    assert_eq!(line.go("a a!").await, deadlock(["a (shared)"]));
    assert_eq!(line.go("a. a!").await, deadlock(["a (shared)"]));
    assert_eq!(line.go("a a").await, arrived());
    assert_eq!(line.go("a. a. a.").await, arrived());
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn a_deferred_reply_is_a_link_of_the_chain_though_its_turn_is_over() {
    let line = line("a b c").await;
    assert_eq!(line.go("b!+ b!").await, arrived(), "its own turn has ended");
    assert_eq!(line.go("b!+. b!").await, arrived());
    assert_eq!(line.go("a! b!+. b!").await, arrived());
    assert_eq!(line.go("a! b!+. a").await, deadlock(["a (exclusive)"]));
    assert_eq!(
        line.go("a! b+ c! a").await,
        deadlock(["a (exclusive)", "c (exclusive)"])
    );
    assert_eq!(
        line.go("a! b+ b! a").await,
        deadlock(["a (exclusive)", "b (exclusive)"])
    );
    assert_eq!(line.go("a b+. a!").await, deadlock(["a (shared)"]));
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn the_opening_of_a_stream_is_a_link_of_the_chain() {
    let line = line("a b").await;
    for text in ["a! b* a", "a! b*. a", "a! b*. a*"] {
        assert_eq!(line.go(text).await, deadlock(["a (exclusive)", "b (shared)"]), "{text}");
    }
    assert_eq!(line.go("a b* a*").await, arrived());
    assert_eq!(line.go("a* b a!").await, deadlock(["a (shared)", "b (shared)"]));
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn a_tell_starts_a_chain_of_its_own() {
    let line = line("a b").await;
    assert_eq!(line.go("a! b~. a!").await, arrived());
    assert_eq!(
        line.ended("b", 1).await,
        [arrived()],
        "it waited for the turn that told it"
    );
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn a_tell_that_would_wait_for_an_exclusive_turn_of_its_chain_fails_at_once() {
    let line = line("b").await;
    drop(line.add("a", None, Some(1)).await);
    let going = line.set_off_to_the_gate("a! b: a~").await;
    let fills = line.station("a").exclusive(First::Nothing, way("")).into_future();
    line.gates.open.notify_one();
    let end = going.await.expect("it does not panic");
    assert_eq!(end, deadlock(["a (exclusive)", "b (shared)"]));
    assert_eq!(fills.await, Ok(arrived()));
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn an_exclusive_call_back_to_a_full_mailbox_is_refused_at_once() {
    let line = line("b").await;
    drop(line.add("a", None, Some(1)).await);
    let going = line.set_off_to_the_gate("a b: a!").await;
    let full = line.fill("a").await;
    line.gates.open.notify_one();
    let end = going.await.expect("it does not panic");
    assert_eq!(end, deadlock(["a (shared)", "b (shared)"]));
    full.runs().await;
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn a_call_by_an_old_mailbox_is_held_against_the_actor_that_has_the_name_by_now() {
    let line = line("b").await;
    let first = line.add("a", None, None).await;
    let old = line.station("a");
    assert_eq!(old.shared(First::Nothing, way("")).await, Ok(arrived()));
    first.stop().await;
    drop(line.add("a", None, None).await);
    // Only `b` asks by it: the others find the new actor at once.
    line.reach_by("a", old);
    let end = line.station("a").exclusive(First::Nothing, way("b a")).await;
    assert_eq!(end, Ok(deadlock(["a (exclusive)", "b (shared)"])));
    line.took_no_time();
}
