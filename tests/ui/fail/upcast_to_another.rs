//! A mailbox becomes one of a contract that its own builds on.

use callsheet::{Mailbox, actor_contract};

#[actor_contract(namespace = "demo")]
pub trait Health {
    fn check(&self) -> bool;
}

#[actor_contract(namespace = "demo")]
pub trait Orders {
    async fn place(&mut self, item: String) -> u64;
}

fn main() {
    let _: Mailbox<dyn Health> = Mailbox::upcast(&Orders.at("orders"));
}
