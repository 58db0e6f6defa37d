//! CS0003: contracts build on contracts alone.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Health: Send {
    fn check(&self) -> bool;
}

#[actor_contract(namespace = "demo")]
pub trait Orders: Health + Clone + Default + Send {
    async fn place(&mut self, item: String) -> u64;
}

#[actor_contract(namespace = "demo")]
pub trait Store: Into<String> + ?Sized + for<'a> PartialEq<&'a str> {
    async fn put(&mut self, item: String);
}

#[actor_contract(namespace = "demo")]
pub trait Twice: Health + Health {
    async fn put(&mut self, item: String);
}

fn main() {}
