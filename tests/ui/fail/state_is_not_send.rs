//! An actor's state moves between threads, so it is `Send`.

use std::{rc::Rc, sync::Mutex};

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Counter {
    async fn count(&mut self) -> u64;
}

struct Count(Mutex<Rc<u64>>);

impl Counter for Count {
    async fn count(&mut self) -> u64 {
        0
    }
}

fn main() {}
