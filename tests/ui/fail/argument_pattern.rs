//! CS0008: an argument's name is its name on the wire.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo")]
pub trait Plotter {
    async fn line(&mut self, (x, y): (i64, i64), _: bool);
}

fn main() {}
