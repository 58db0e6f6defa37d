//! CS0018: what runs in a task of its own shares the state.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Mill {
    #[parallel]
    fn grind(&self, sacks: u32) -> u32;
    #[parallel]
    async fn repair(&mut self);
    #[parallel]
    #[tell]
    fn oil(&mut self);
}

fn main() {}
