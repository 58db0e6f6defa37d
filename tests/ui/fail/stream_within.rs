//! A stream or a deferred reply is the whole of what a method returns, or the `Ok` of it.

use callsheet::{Deferred, Streaming, actor_contract};

#[actor_contract(namespace = "demo")]
pub trait Feed {
    fn optional(&self) -> Option<Streaming<u32>>;
    fn later(&self) -> Deferred<Streaming<u32>>;
    async fn refused(&self) -> Result<u32, Streaming<u32>>;
    async fn nested(&self) -> Result<Result<u32, String>, String>;
}

fn main() {}
