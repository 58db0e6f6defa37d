//! A type that nothing describes, within one that would be, and as the whole payload.

use callsheet::actor_contract;

pub struct Point {
    pub x: i64,
}

#[actor_contract(namespace = "demo")]
pub trait Plotter {
    async fn draw(&mut self, points: Vec<Point>);
    async fn mark(&self, #[message] point: Point);
    #[tell]
    fn erase(&mut self, point: Option<Point>);
}

fn main() {}
