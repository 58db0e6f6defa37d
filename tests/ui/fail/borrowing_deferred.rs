//! A deferred reply follows the turn, so it does not hold the state.

use callsheet::{Deferred, actor_contract};

#[actor_contract(namespace = "demo")]
pub trait Desk {
    fn count(&self) -> Deferred<usize>;
}

struct Clerk {
    open: Vec<String>,
}

impl Desk for Clerk {
    fn count(&self) -> Deferred<usize> {
        Deferred::new(async { self.open.len() })
    }
}

fn main() {}
