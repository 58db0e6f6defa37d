//! CS0002: a contract is one thing, not one for each type.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Store<T> {
    async fn last(&self) -> i64;
}

#[actor_contract(namespace = "demo")]
pub trait Shelf
where
    Self: Clone,
{
    async fn last(&self) -> i64;
}

fn main() {}
