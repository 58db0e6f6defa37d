//! CS0012: how the attributes of a method that say how its calls run are written, and where they stand.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo", timeout = 2)]
pub trait NotAString {
    async fn last(&self) -> i64;
}

#[actor_contract(namespace = "demo", timeout = "2s", timeout = "3s")]
pub trait TwiceTheSame {
    #[method(timeout = "2s", timeout = "3s")]
    async fn last(&self) -> i64;
}

#[actor_contract(namespace = "demo")]
pub trait Mill {
    #[parallel(2)]
    async fn grind(&self) -> u32;
    #[parallel]
    #[parallel]
    async fn sift(&self) -> u32;
    #[cancel_safe = "yes"]
    async fn repair(&mut self);
    #[cancel_safe]
    #[cancel_safe]
    async fn rebuild(&mut self);
    async fn fill(&self, #[parallel] sacks: u32);
    async fn empty(&mut self, #[cancel_safe] sacks: u32);
}

fn main() {}
