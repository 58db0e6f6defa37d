//! CS0007: the context of a call is marked as what it is.

use callsheet::{CallContext, actor_contract};

#[actor_contract(namespace = "demo")]
pub trait Greeter {
    async fn greet(&self, cx: &CallContext, name: String) -> String;
}

fn main() {}
