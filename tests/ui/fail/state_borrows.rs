//! An actor lives as long as it is needed, so its state borrows nothing.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Greeter {
    async fn greet(&self) -> String;
}

struct Greeting<'a>(&'a str);

impl<'a> Greeter for Greeting<'a> {
    async fn greet(&self) -> String {
        self.0.to_owned()
    }
}

fn main() {}
