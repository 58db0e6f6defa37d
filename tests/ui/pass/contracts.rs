//! Everything that a contract may say, without a warning.
#![deny(
    warnings,
    missing_docs,
    rust_2018_idioms,
    unreachable_pub,
    missing_debug_implementations
)]

/// A contract with all kinds of methods.
pub mod all {
    use callsheet::{Streaming, actor_contract, contract_type};
    use futures_util::Stream;

    /// A declared error.
    #[contract_type]
    #[derive(Debug, Clone, PartialEq)]
    pub enum MathError {
        /// By zero.
        DivisionByZero,
    }

    /// An event.
    #[contract_type]
    #[derive(Debug, Clone)]
    pub struct Overflowed {
        /// How often.
        pub times: u32,
    }

    type Fallible<T> = Result<T, MathError>;
    type Numbers = Streaming<Fallible<i64>>;

    /// A contract.
    #[actor_contract(namespace = "demo.math", events(Overflowed))]
    pub trait Calculator: Send + Sync + 'static {
        /// Adds.
        async fn add(&self, a: i64, b: i64) -> i64 {
            self.sum(vec![a, b])
        }
        /// Adds all.
        fn sum(&self, mut numbers: Vec<i64>) -> i64 {
            numbers.retain(|number| *number != 0);
            numbers.iter().sum()
        }
        /// Divides.
        async fn divide(&self, a: i64, b: i64) -> Fallible<i64>;
        /// Counts.
        fn count(&self) -> Numbers;
        /// Counts, too.
        fn count_on(&self, from: i64) -> impl Stream<Item = i64> + 'static;
        /// Opens, then counts.
        async fn opened(&self) -> Streaming<i64>;
        /// Stores.
        async fn store(&mut self, value: Option<i64>) -> ();
        /// Forgets.
        #[tell]
        fn forget(&mut self);
        /// Forgets later.
        #[tell]
        async fn forget_later(&self, after: std::time::Duration);
        /// Is gone soon.
        #[deprecated = "use `add`"]
        async fn plus(&self, a: i64, b: i64) -> i64;
        /// Is here.
        #[cfg(not(windows))]
        async fn here(&self) -> bool;
        /// Is not here, and neither is its type.
        #[cfg(windows)]
        async fn here(&self) -> Missing;
    }

    /// An implementation.
    #[derive(Debug)]
    pub struct Machine;

    impl Calculator for Machine {
        async fn divide(&self, a: i64, b: i64) -> Result<i64, MathError> {
            a.checked_div(b).ok_or(MathError::DivisionByZero)
        }
        fn count(&self) -> Streaming<Result<i64, MathError>> {
            Streaming::iter([Ok(1)])
        }
        fn count_on(&self, from: i64) -> impl Stream<Item = i64> + 'static {
            futures_util::stream::iter(from..)
        }
        async fn opened(&self) -> Streaming<i64> {
            Streaming::iter([1])
        }
        async fn store(&mut self, _: Option<i64>) {}
        fn forget(&mut self) {}
        async fn forget_later(&self, _: std::time::Duration) {}
        async fn plus(&self, a: i64, b: i64) -> i64 {
            a + b
        }
        async fn here(&self) -> bool {
            true
        }
    }

    /// A contract without methods.
    #[actor_contract(namespace = "demo.math", events(Overflowed))]
    pub trait Alarm {}

    /// A contract that is gone soon.
    #[deprecated]
    #[actor_contract(namespace = "demo.math")]
    pub trait Old {
        /// Gets.
        async fn get(&self) -> i64;
    }

    /// A contract that is not here.
    #[actor_contract(namespace = "demo.math")]
    #[cfg(windows)]
    pub trait NotHere {
        /// Gets.
        async fn get(&self) -> Missing;
    }
}

/// Private contracts may speak of private types.
mod private {
    use callsheet::{Runtime, actor_contract, contract_type};

    #[contract_type]
    #[derive(Default)]
    struct Ticket {
        number: u64,
    }

    #[actor_contract(namespace = "demo")]
    trait Desk {
        async fn next(&mut self, last: Ticket) -> Ticket;
        fn peek(&self) -> Result<Ticket, Ticket>;
    }

    struct Clerk;

    impl Desk for Clerk {
        async fn next(&mut self, last: Ticket) -> Ticket {
            Ticket {
                number: last.number + 1,
            }
        }
        fn peek(&self) -> Result<Ticket, Ticket> {
            Ok(Ticket::default())
        }
    }

    #[expect(unused_must_use, reason = "it is not run")]
    pub(super) async fn serve(runtime: Runtime) {
        runtime.actor("desk", || Clerk).serves(Desk).start().await;
        Desk.at("desk").next(Ticket { number: 1 }).await;
        Desk.at("desk").peek().await;
    }
}

fn main() {
    let _ = private::serve;
}
