//! CS0016: the context of a call is lent, once.

use callsheet::{CallContext, actor_contract};

#[actor_contract(namespace = "demo")]
pub trait Greeter {
    async fn by_value(&self, #[context] cx: CallContext, name: String) -> String;
    async fn mutable(&self, #[context] cx: &mut CallContext) -> String;
    async fn twice(&self, #[context] cx: &CallContext, #[context] again: &CallContext) -> String;
}

fn main() {}
