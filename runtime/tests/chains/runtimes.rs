//! Chains across the runtimes of a process.

use callsheet::Runtime;

use crate::station::{arrived, deadlock, line};

#[tokio::test(start_paused = true)]
async fn a_chain_goes_on_in_another_runtime() {
    let line = line("").await;
    let (one, other) = (
        Runtime::launch().expect("inside tokio"),
        Runtime::launch().expect("inside tokio"),
    );
    line.add_elsewhere(&one, "a").await;
    line.add_elsewhere(&other, "b").await;
    assert_eq!(line.go("a! b. a").await, deadlock(["a (exclusive)", "b (shared)"]));
    assert_eq!(line.go("a. b. a!").await, deadlock(["a (shared)", "b (shared)"]));
    assert_eq!(
        line.go("a. b! a. b").await,
        deadlock(["a (shared)", "b (exclusive)", "a (shared)"])
    );
    assert_eq!(line.go("a. b. a. b").await, arrived());
    assert_eq!(line.go("a! b!+. b!").await, arrived());
    line.took_no_time();
}

#[tokio::test(start_paused = true)]
async fn actors_of_one_name_in_two_runtimes_are_two_actors() {
    let line = line("a").await;
    let other = Runtime::launch().expect("inside tokio");
    let _here = line.runtime.enter();
    // It is called by its other name here, and is `a` there.
    line.add_elsewhere_as(&other, "a", "x").await;
    assert_eq!(line.go("x! b").await.code, "ActorNotFound", "there is no `b` there");
    line.add_elsewhere(&other, "b").await;
    assert_eq!(line.go("x! b x").await, deadlock(["a (exclusive)", "b (shared)"]));
    // `a` is that of the runtime which the handler runs in.
    assert_eq!(line.go("a! x!").await, arrived(), "they only share a name");
    line.took_no_time();
}
