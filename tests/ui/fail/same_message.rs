//! CS0010: a message has one method.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Store {
    async fn value_1(&mut self, value: i64);
    async fn value1(&mut self, value: String);
    #[method(name = "Value1")]
    async fn replace(&mut self, value: i64);
}

fn main() {}
