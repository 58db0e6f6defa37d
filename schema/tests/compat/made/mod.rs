//! Types and values made at random, for what no table foresees.

mod changed;
mod named;
mod values;

use proptest::{
    prelude::Rng,
    test_runner::{RngAlgorithm, TestRng},
};

pub(crate) use changed::change;
pub(crate) use named::types;
pub(crate) use values::value;

/// What decides; the same in every run.
pub(crate) struct Dice(TestRng);

impl Dice {
    pub(crate) fn new() -> Self {
        Dice(TestRng::deterministic_rng(RngAlgorithm::ChaCha))
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0.next_u32() as usize % limit.max(1)
    }

    pub(crate) fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// Some of these, each at most once, in their order.
    pub(crate) fn some<T: Clone>(&mut self, from: &[T]) -> Vec<T> {
        from.iter().filter(|_| self.below(2) == 0).cloned().collect()
    }
}
