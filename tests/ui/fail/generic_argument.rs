//! The argument of a generic contract type is none.

use callsheet::{actor_contract, contract_type};

pub struct User;

#[contract_type]
pub struct Page<T> {
    pub items: Vec<T>,
}

#[actor_contract(namespace = "demo")]
pub trait Users {
    async fn all(&self) -> Page<User>;
}

fn main() {}
