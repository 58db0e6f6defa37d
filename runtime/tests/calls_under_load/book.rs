//! The books of one connection: what became of each call.

use std::fmt;

use callsheet_wire::{Code, Delivered};

use crate::plan::{Call, Kind, Plan};

/// What is wrong, and with which call.
pub type Fault = String;

/// How a call ended, as its caller sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// With a reply, a receipt, or a stream's end.
    Answered,
    /// With the contract's error.
    Declared,
    /// With any other failure.
    Failed(Code, Delivered),
    /// The caller closed the connection after it was sent.
    Closed,
    /// The caller closed the connection before all of it was sent.
    Unsent,
    /// The caller did not wait for it any longer.
    Dropped,
}

impl Outcome {
    /// How often the handler of a call that ended so has run, at least and at most.
    pub fn runs(self) -> (u8, u8) {
        match self {
            Outcome::Answered | Outcome::Declared | Outcome::Failed(_, Delivered::Yes) => (1, 1),
            Outcome::Unsent | Outcome::Failed(_, Delivered::No) => (0, 0),
            Outcome::Closed | Outcome::Dropped | Outcome::Failed(_, Delivered::Unknown) => (0, 1),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Answered => f.write_str("answered"),
            Outcome::Declared => f.write_str("ContractError"),
            Outcome::Failed(code, delivered) => write!(f, "{}, delivered: {delivered}", code.as_str()),
            Outcome::Closed => f.write_str("connection closed by the caller"),
            Outcome::Unsent => f.write_str("connection closed by the caller before it was sent"),
            Outcome::Dropped => f.write_str("given up by the caller"),
        }
    }
}

/// What became of a connection's calls.
#[derive(Debug)]
pub struct Book {
    pub connection: u32,
    /// Whether the Rust client made the calls.
    pub by_client: bool,
    outcomes: Vec<Option<(Kind, Outcome)>>,
}

impl Book {
    pub fn new(plan: &Plan, by_client: bool) -> Self {
        Book {
            connection: plan.connection,
            by_client,
            outcomes: vec![None; plan.calls as usize],
        }
    }

    /// The call has ended.
    ///
    /// # Errors
    ///
    /// If it had ended before, or must not end so.
    pub fn end(&mut self, call: &Call, outcome: Outcome) -> Result<(), Fault> {
        let place = &mut self.outcomes[at(call.number)];
        if let Some((_, first)) = place {
            return Err(format!("two outcomes, {first} and then {outcome}, of {call}"));
        }
        if !call.may_end(outcome) {
            return Err(format!("{outcome} cannot be the outcome of {call}"));
        }
        *place = Some((call.kind, outcome));
        Ok(())
    }

    /// Every call with its outcome.
    pub fn entries(&self) -> impl Iterator<Item = (u32, Option<(Kind, Outcome)>)> {
        (0..).zip(self.outcomes.iter().copied())
    }
}

/// The place of a call with this number among those of its connection.
fn at(number: u64) -> usize {
    // The upper half is the connection's.
    number as u32 as usize
}

/// That `found`, which a reply or an item has, is the number of the call that it came for.
///
/// # Errors
///
/// If it is another call's.
pub fn check_number(call: &Call, found: u64) -> Result<(), Fault> {
    if found == call.number {
        return Ok(());
    }
    let (connection, place) = (found >> 32, found as u32);
    Err(format!(
        "swapped: what is for call {place} of connection {connection} came as the answer of {call}"
    ))
}
