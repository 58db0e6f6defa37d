//! CS0016: the context of a call has one type, which only rustc can see.

use callsheet::actor_contract;

pub struct Context;

#[actor_contract(namespace = "demo")]
pub trait Greeter {
    async fn greet(&self, #[context] cx: &Context, name: String) -> String;
    fn wave(&mut self, #[context] cx: &Context);
}

fn main() {}
