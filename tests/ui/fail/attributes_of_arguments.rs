//! CS0012: what stands on arguments, and what on methods.

use callsheet::{CallContext, actor_contract, contract_type};

#[contract_type]
pub struct Tick {
    pub value: u32,
}

#[actor_contract(namespace = "demo")]
pub trait Countdown {
    #[context]
    async fn on_method(&self) -> u32;
    async fn with_options(&self, #[context(mine)] cx: &CallContext) -> u32;
    async fn both(&self, #[message] #[context] tick: &CallContext) -> u32;
    async fn some_builds(&self, #[cfg(unix)] tick: Tick, last: u32) -> u32;
    #[method(alias)]
    async fn no_alias(&self) -> u32;
    #[method(alias = "old-name")]
    async fn no_name(&self) -> u32;
}

fn main() {}
