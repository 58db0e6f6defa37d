//! A trait that is no contract, as a supertrait.

use callsheet::actor_contract;

pub trait Plain {
    fn plain(&self) -> bool;
}

#[actor_contract(namespace = "demo")]
pub trait Orders: Plain {
    async fn place(&mut self, item: String) -> u64;
}

#[actor_contract(namespace = "demo")]
pub trait Shown: std::fmt::Display {
    async fn place(&mut self, item: String) -> u64;
}

async fn call() {
    let _ = Orders.at("orders").place("tea".to_owned()).await;
}

fn main() {
    let _ = call;
}
