//! A type that nothing describes, as a reply.

use callsheet::actor_contract;

pub struct Point {
    pub x: i64,
}

#[actor_contract(namespace = "demo")]
pub trait Plotter {
    async fn position(&self) -> Point;
}

fn main() {}
