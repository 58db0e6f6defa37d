//! `.send_and_receive` is for methods that reply once.

use callsheet::{Streaming, actor_contract};

#[actor_contract(namespace = "demo")]
pub trait Agent {
    #[tell]
    fn notify(&mut self, subject: String);
    fn watch(&self) -> Streaming<String>;
}

async fn call() {
    let agent = Agent.at("agent");
    let _ = agent.send_and_receive(|a| a.notify("hello".into())).await;
    let _ = agent.send_and_receive(|a| a.watch()).await;
}

fn main() {
    let _ = call;
}
