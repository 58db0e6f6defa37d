//! A type that nothing describes, as an event.

use callsheet::actor_contract;

pub struct PriceUpdate {
    pub price: f64,
}

#[actor_contract(namespace = "demo", events(PriceUpdate))]
pub trait PriceFeed {}

fn main() {}
