//! CS0022: what may be repeated has one reply.

use callsheet::{Streaming, actor_contract};
use futures_util::Stream;

#[actor_contract(namespace = "demo")]
pub trait Gate {
    #[tell]
    #[idempotent]
    fn ring(&self);
    #[idempotent]
    fn steps(&self) -> impl Stream<Item = u32> + 'static;
    #[idempotent]
    fn barks(&self) -> Streaming<u32>;
    #[idempotent]
    async fn knocks(&self) -> Result<Streaming<u32>, String>;
    #[idempotent]
    #[idempotent]
    async fn close(&mut self, #[idempotent] quietly: bool);
    #[idempotent(always)]
    async fn open(&mut self);
}

fn main() {}
