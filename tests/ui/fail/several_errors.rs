//! CS0017: a method declares one error.

use callsheet::{Deferred, Streaming, actor_contract, contract_type};

#[contract_type]
pub enum OpenError {
    NoSuchFeed,
}

#[contract_type]
pub enum ReadError {
    Broken,
}

#[actor_contract(namespace = "demo")]
pub trait Feed {
    async fn open(&self, name: String) -> Result<Streaming<Result<u32, ReadError>>, OpenError>;
    fn first(&self, name: String) -> Result<Deferred<Result<u32, ReadError>>, OpenError>;
}

async fn call() {
    let _ = Feed.at("feed").open("prices".to_owned());
    let _ = Feed.at("feed").first("prices".to_owned()).await;
}

fn main() {
    let _ = call;
}
