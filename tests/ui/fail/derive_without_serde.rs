//! `#[derive(ContractType)]` describes alone.

use callsheet::{ContractType, actor_contract};

#[derive(ContractType)]
pub struct Order {
    pub id: u64,
}

#[actor_contract(namespace = "demo")]
pub trait Orders {
    async fn first(&self) -> Order;
}

fn main() {}
