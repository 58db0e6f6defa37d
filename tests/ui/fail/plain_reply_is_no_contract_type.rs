//! A type that nothing describes, as the reply of a method that is not async and has the state alone.

use callsheet::actor_contract;

pub struct Point {
    pub x: i64,
}

#[actor_contract(namespace = "demo")]
pub trait Plotter {
    fn position(&mut self) -> Option<Point>;
}

fn main() {}
