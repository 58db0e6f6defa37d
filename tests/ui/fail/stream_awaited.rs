//! A stream is polled for its items, not awaited.

use callsheet::{Streaming, actor_contract};

#[actor_contract(namespace = "demo")]
pub trait Countdown {
    fn countdown(&self, from: u32) -> Streaming<u32>;
}

async fn call() {
    let _ = Countdown.at("countdown").countdown(3).await;
}

fn main() {
    let _ = call;
}
