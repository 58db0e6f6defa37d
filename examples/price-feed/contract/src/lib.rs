//! Events that others subscribe to: the contract of a price feed.

use callsheet::{actor_contract, contract_type};

/// What one piece costs from now on.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct PriceUpdate {
    /// The symbol that it is traded under.
    pub symbol: String,
    /// The price of one piece.
    pub price: f64,
}

/// Some pieces changed hands.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct TradeExecuted {
    /// The symbol that it is traded under.
    pub symbol: String,
    /// What was paid for one piece.
    pub price: f64,
    /// How many pieces.
    pub quantity: u32,
}

/// Publishes prices and trades. It has no methods: subscribe to its events.
#[actor_contract(namespace = "demo", events(PriceUpdate, TradeExecuted))]
pub trait PriceFeed {}
