//! Request and stream, over time: the contract of a countdown.

use callsheet::{Streaming, actor_contract, contract_type};

/// One step of a countdown.
#[contract_type]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountdownTick {
    /// How many steps are left, this one included.
    pub value: u32,
}

/// Counts down.
#[actor_contract(namespace = "demo")]
pub trait Countdown {
    /// Counts from `from` down to 1, with a pause of `delay_ms` milliseconds between the steps. A countdown from 0 has no
    /// step.
    #[method(name = "CountdownRequest")]
    fn countdown(&self, from: u32, delay_ms: u64) -> Streaming<CountdownTick>;
}
