//! An actor's state is shared by its readers, so it is `Sync`.

use std::cell::Cell;

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Counter {
    async fn count(&self) -> u64;
}

struct Count(Cell<u64>);

impl Counter for Count {
    async fn count(&self) -> u64 {
        self.0.replace(self.0.get() + 1)
    }
}

fn main() {}
