//! What a call costs the allocator, once everything is warm.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use allocation_counter::{AllocationInfo, measure};
use callsheet::{Mailbox, Runtime, actor_contract};

#[actor_contract(namespace = "allocations")]
pub trait Calculator {
    async fn add(&self, a: i64, b: i64) -> i64;
    fn plain(&self, a: i64) -> i64;
    fn alone(&mut self, a: i64) -> i64;
    async fn alone_async(&mut self, a: i64) -> i64;
    #[tell]
    fn note(&mut self, a: i64);
    /// Is suspended, and so has a task.
    async fn pauses(&self, a: i64) -> i64;
}

struct Sums(i64);

impl Calculator for Sums {
    async fn add(&self, a: i64, b: i64) -> i64 {
        a + b
    }
    fn plain(&self, a: i64) -> i64 {
        a + self.0
    }
    fn alone(&mut self, a: i64) -> i64 {
        self.0 = a;
        a
    }
    async fn alone_async(&mut self, a: i64) -> i64 {
        self.0 = a;
        a
    }
    fn note(&mut self, a: i64) {
        self.0 = a;
    }
    async fn pauses(&self, a: i64) -> i64 {
        tokio::task::yield_now().await;
        a
    }
}

const CALLS: i64 = 1000;

/// What `call`, many times, allocates on the one thread that there is, after as many times before.
fn costs<F: Future<Output = ()>>(call: impl Fn(Mailbox<dyn Calculator>, i64) -> F) -> AllocationInfo {
    // The clock stands still meanwhile, so its sweeper, which makes lists of its own, does not run.
    let tokio = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build();
    let tokio = tokio.expect("it can be built");
    let (runtime, calculator) = tokio.block_on(async {
        let runtime = Runtime::launch().expect("inside tokio");
        let sums = runtime.actor("sums", || Sums(0)).serves(Calculator).start().await;
        drop(sums.expect("the name is free"));
        let calculator = runtime.to::<dyn Calculator>("sums");
        for at in 0..CALLS {
            call(calculator.clone(), at).await;
        }
        (runtime, calculator)
    });
    let cost = measure(|| {
        tokio.block_on(async {
            for at in 0..CALLS {
                call(calculator.clone(), at).await;
            }
        });
    });
    tokio.block_on(runtime.shutdown());
    cost
}

#[test]
fn a_shared_call_that_is_ready_at_once_allocates_nothing() {
    let of_async = costs(|calculator, at| async move {
        assert_eq!(calculator.add(at, 1).await, Ok(at + 1));
    });
    assert_eq!(of_async.count_total, 0, "{of_async:?}");
    let of_plain = costs(|calculator, at| async move {
        assert_eq!(calculator.plain(at).await, Ok(at));
    });
    assert_eq!(of_plain.count_total, 0, "{of_plain:?}");
}

#[test]
fn an_exclusive_call_allocates_nothing() {
    let of_plain = costs(|calculator, at| async move {
        assert_eq!(calculator.alone(at).await, Ok(at));
    });
    assert_eq!(of_plain.count_total, 0, "{of_plain:?}");
    let of_async = costs(|calculator, at| async move {
        assert_eq!(calculator.alone_async(at).await, Ok(at));
    });
    assert_eq!(of_async.count_total, 0, "{of_async:?}");
}

#[test]
fn a_tell_allocates_nothing() {
    let of_tell = costs(|calculator, at| async move {
        calculator.note(at).await.expect("there is room");
        // So that the actor keeps up.
        assert!(calculator.plain(0).await.is_ok());
    });
    assert_eq!(of_tell.count_total, 0, "{of_tell:?}");
}

#[test]
fn a_call_that_is_suspended_allocates() {
    let of_suspended = costs(|calculator, at| async move {
        assert_eq!(calculator.pauses(at).await, Ok(at));
    });
    assert!(
        of_suspended.count_total >= CALLS as u64,
        "else nothing is counted here: {of_suspended:?}"
    );
}
