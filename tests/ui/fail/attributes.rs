//! CS0012: what an attribute says, and where it stands.

use callsheet::{actor_contract, contract_type};

#[actor_contract(namespace = "demo", version = 2)]
pub trait UnknownOption {
    async fn last(&self) -> i64;
}

#[actor_contract(namespace = demo)]
pub trait NotAString {
    async fn last(&self) -> i64;
}

#[actor_contract("demo")]
pub trait NotAnOption {
    async fn last(&self) -> i64;
}

#[actor_contract(namespace = "demo", namespace = "shop")]
pub trait TwiceTheSame {
    async fn last(&self) -> i64;
}

#[actor_contract(namespace = "demo")]
pub trait OnMethods {
    #[tell(later)]
    async fn notify(&mut self, text: String);
    #[tell]
    #[tell]
    async fn notify_twice(&mut self, text: String);
    #[method(title = "Last")]
    async fn last(&self) -> i64;
    #[message]
    async fn put(&mut self, value: i64);
}

#[actor_contract(namespace = "demo")]
pub trait OnArguments {
    async fn notify(&mut self, #[tell] text: String);
    async fn put(&mut self, #[message(whole)] value: i64);
}

#[contract_type(rename = "demo.Tick")]
pub struct Tick {
    pub value: u32,
}

fn main() {}
