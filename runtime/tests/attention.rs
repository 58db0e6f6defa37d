//! An actor that was let know of something looks up for the next thing too.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::time::Duration;

use callsheet::{Runtime, actor_contract};
use tokio::time::timeout;

#[actor_contract(namespace = "attention")]
pub trait Host {
    async fn invite(&self) -> u32;
    fn greet(&self) -> u32;
    #[tell]
    fn note(&self);
}

#[actor_contract(namespace = "attention")]
pub trait Guest {
    async fn visit(&self) -> u32;
}

struct House;

impl Host for House {
    async fn invite(&self) -> u32 {
        Guest.at("guest").visit().await.expect("the guest comes")
    }
    fn greet(&self) -> u32 {
        7
    }
    fn note(&self) {}
}

struct Visitor;

impl Guest for Visitor {
    async fn visit(&self) -> u32 {
        // In the queue, and past it: both wait when the host looks.
        Host.at("host").note().await.expect("room");
        Host.at("host").greet().await.expect("it is let past")
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_heard_by_an_actor_that_has_just_looked_up_between_two_messages() {
    let runtime = Runtime::launch().expect("inside tokio");
    runtime
        .actor("guest", || Visitor)
        .serves(Guest)
        .start()
        .await
        .expect("free");
    let host = runtime
        .actor("host", || House)
        .serves(Host)
        .start()
        .await
        .expect("free");
    assert_eq!(host.mailbox(Host).invite().await, Ok(7));
    timeout(Duration::from_secs(60), host.stop())
        .await
        .expect("it stops at once");
}
