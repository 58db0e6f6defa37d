//! What some may do and others may only look at: the contract of a valve.

use callsheet::{actor_contract, contract_type};

/// The valve was moved.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValveMoved {
    /// How far it is open now, in percent.
    pub percent: u8,
}

/// Why the valve was not moved.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValveError {
    /// It opens from 0 to 100 percent.
    OutOfRange {
        /// What was asked for.
        percent: u8,
    },
}

/// A valve, which everyone may look at and few may move.
#[actor_contract(namespace = "demo", events(ValveMoved))]
pub trait Valve {
    /// How far it is open, in percent.
    async fn opening(&self) -> u8;

    /// Opens or closes it, and says how far it was open before.
    async fn move_to(&mut self, percent: u8) -> Result<u8, ValveError>;
}
