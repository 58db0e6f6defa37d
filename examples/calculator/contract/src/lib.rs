//! Request and response: the contract of a calculator.

use callsheet::{actor_contract, contract_type};

/// What an addition comes to.
#[contract_type]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddResult {
    /// The sum of both numbers.
    pub sum: i32,
}

/// Why there is no result.
#[contract_type]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MathError {
    /// The result does not fit into 32 bits.
    #[error("the result does not fit into 32 bits")]
    Overflow,
}

/// Calculates.
// The fake is for the tests of those who call it.
#[actor_contract(namespace = "demo", fake)]
pub trait Calculator {
    /// Adds two numbers.
    #[method(name = "AddRequest")]
    async fn add(&self, a: i32, b: i32) -> Result<AddResult, MathError>;
}
