//! A handler is suspended and goes on on any thread.

use std::rc::Rc;

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Counter {
    async fn count(&self) -> u64;
}

struct Count;

impl Counter for Count {
    async fn count(&self) -> u64 {
        let count = Rc::new(1);
        tokio::task::yield_now().await;
        *count
    }
}

fn main() {}
