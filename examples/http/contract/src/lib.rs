//! HTTP served from actors: the contract of a price list, and the event of an order.

use callsheet::{actor_contract, contract_type};

/// Somebody has bought something.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderCompleted {
    /// What was bought.
    pub item: String,
    /// What it cost, in cents.
    pub cents: u64,
}

/// Why there is no price.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PriceError {
    /// The shop does not have it.
    NotForSale(String),
}

/// Knows what things cost.
#[actor_contract(namespace = "demo", events(OrderCompleted))]
pub trait Prices {
    /// What one piece costs, in cents.
    fn price(&self, item: String) -> Result<u64, PriceError>;
}
