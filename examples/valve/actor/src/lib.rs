//! What some may do and others may only look at: the actor of a valve, and the rules of its door.

mod rules;

use callsheet::Broker;
use valve_contract::{Valve, ValveError, ValveMoved};

pub use rules::Operators;

/// A valve that only remembers how far it is open: closed at first.
#[derive(Clone, Debug)]
pub struct PaperValve {
    percent: u8,
    broker: Broker,
}

impl PaperValve {
    /// A valve that tells on `broker` when it is moved.
    pub fn new(broker: Broker) -> Self {
        PaperValve { percent: 0, broker }
    }
}

impl Valve for PaperValve {
    async fn opening(&self) -> u8 {
        self.percent
    }

    async fn move_to(&mut self, percent: u8) -> Result<u8, ValveError> {
        if percent > 100 {
            return Err(ValveError::OutOfRange { percent });
        }
        let before = std::mem::replace(&mut self.percent, percent);
        self.broker.publish(ValveMoved { percent });
        Ok(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_plain_value_is_moved_within_its_range() {
        let mut valve = PaperValve::new(Broker::default());
        assert_eq!(valve.move_to(30).await, Ok(0));
        assert_eq!(valve.move_to(101).await, Err(ValveError::OutOfRange { percent: 101 }));
        assert_eq!((valve.move_to(100).await, valve.opening().await), (Ok(30), 100));
    }
}
