//! Envelopes: the routing facts of a frame around its payload.
//!
//! Reading goes in two steps. The codec's reader ([`json`], [`messagepack`]) sorts the keys of the map into [`fields`],
//! leaving payloads undecoded; [`incoming`] decides from the keys what the frame is, and each kind takes the fields it
//! knows. Writing goes through [`head`], which puts the discriminator first and the payload last.

mod chain;
mod control;
mod discovery;
pub(crate) mod fields;
pub(crate) mod head;
mod hello;
mod incoming;
pub(crate) mod json;
#[cfg(feature = "msgpack")]
pub(crate) mod messagepack;
mod push;
mod request;
mod response;
mod stats;
mod stream;
mod subscribe;

pub(crate) use head::write_map;

pub use chain::Hop;
pub use control::Control;
pub use discovery::{Discovery, ExposedActor, ServedContract};
pub use fields::MAX_ID;
pub use hello::{Allowed, Goodbye, Hello, Judgement, PROTOCOL, Welcome};
pub use incoming::{Incoming, Unreadable, read};
pub use push::Push;
pub use request::Request;
pub use response::{Refusal, Response};
pub use stats::{ContractStats, DetailedStats, EventStats, Latency, MethodStats, count_of};
pub use stream::StreamFrame;
pub use subscribe::Subscribe;

/// Writers. Each appends whole frames, prefix and all, to a buffer, and leaves the buffer as it was if it fails.
pub mod write {
    pub use super::control::{cancel, control, credit, unsubscribe};
    pub use super::hello::{goodbye, hello, schema};
    pub use super::push::{PushHead, push};
    pub use super::request::{RequestHead, request};
    pub use super::response::{contract_error, refusal, response};
    pub use super::stream::{stream_contract_error, stream_end, stream_item, stream_refusal};
    pub use super::subscribe::subscribe;
}
