//! The ids of calls, and how they are found in a table.

use std::hash::Hasher;

/// The id of a call: a counter, never used twice, whatever socket the call goes over.
pub(crate) type CallId = u64;

/// Spreads a counter over the table with one multiplication: its keys are our own, so nobody can choose colliding ones.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CounterHasher(u64);

impl Hasher for CounterHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte) ^ self.0);
        }
    }

    fn write_u64(&mut self, counter: u64) {
        self.0 = counter.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
