//! CS0019: what may be stopped is an exclusive call that somebody waits for.

use callsheet::{Streaming, actor_contract};

#[actor_contract(namespace = "demo")]
pub trait Mill {
    #[cancel_safe]
    async fn repair(&mut self) -> u32;
    #[cancel_safe]
    async fn grind(&self, sacks: u32) -> u32;
    #[parallel]
    #[cancel_safe]
    async fn sift(&self) -> u32;
    #[cancel_safe]
    fn close(&mut self);
    #[cancel_safe]
    fn sacks(&self) -> Streaming<u32>;
    #[tell]
    #[cancel_safe]
    async fn oil(&mut self);
}

fn main() {}
