//! CS0009: a tell has no reply.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Agent {
    #[tell]
    fn notify(&mut self, subject: String) -> bool;
}

fn main() {}
