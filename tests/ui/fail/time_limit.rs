//! CS0020: how long a call may take.

use callsheet::actor_contract;

#[actor_contract(namespace = "demo", timeout = "2 seconds")]
pub trait Slow {
    #[method(timeout = "0s")]
    async fn never(&self);
    #[method(timeout = "601s")]
    async fn too_long(&self);
    #[method(timeout = "99999999999999999999999min")]
    async fn far_too_long(&self);
    #[method(timeout = "1.5s")]
    async fn not_whole(&self);
    #[method(timeout = "-1s")]
    async fn negative(&self);
    #[method(timeout = "s")]
    async fn no_number(&self);
    #[method(timeout = "10")]
    async fn no_unit(&self);
    #[method(timeout = "1h")]
    async fn another_unit(&self);
    #[method(timeout = "2s ")]
    async fn space(&self);
    #[method(timeout = "")]
    #[tell]
    async fn nothing(&self);
    #[method(timeout = "10min")]
    async fn the_longest(&self);
}

fn main() {}
