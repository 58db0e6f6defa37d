//! A type that nothing describes, as an argument.

use callsheet::actor_contract;

pub struct Point {
    pub x: i64,
}

#[actor_contract(namespace = "demo")]
pub trait Plotter {
    async fn draw(&mut self, point: Point);
}

fn main() {}
