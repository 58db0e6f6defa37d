//! CS0010: a message has one method.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Store {
    async fn set_value(&mut self, value: i64);
    async fn set__value(&mut self, value: String);
    #[method(name = "SetValue")]
    async fn replace(&mut self, value: i64);
}

fn main() {}
