//! Before its start an actor is configured, and cannot be called: it is not there.

use callsheet::{ActorHandle, Runtime, StartError, actor_contract};

#[actor_contract(namespace = "demo")]
pub trait Lamp {
    fn light(&mut self);
}

struct Bulb;

impl Lamp for Bulb {
    fn light(&mut self) {}
}

pub async fn lit(runtime: &Runtime) -> Result<ActorHandle, StartError> {
    let lamp = runtime.actor("lamp", || Bulb).serves(Lamp);
    lamp.mailbox(Lamp);
    lamp.start().await
}

fn main() {}
