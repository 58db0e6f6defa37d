//! Callsheet's client: one Unix socket that carries any number of calls, streams and subscriptions at once.
//!
//! Generated Rust clients are a thin typed layer over this crate. It can be used by hand as well: a call names its
//! target, its message type and its payload.
//!
//! ```no_run
//! use callsheet_client::{CallOptions, Connection};
//!
//! # #[derive(serde::Serialize)] struct Add { a: i64, b: i64 }
//! # async fn example() -> Result<(), callsheet_client::Failure> {
//! let connection = Connection::connect("/run/user/1000/callsheet/demo.sock").await?;
//! let sum: i64 = connection
//!     .ask("calculator", "demo.Calculator.Add", &Add { a: 5, b: 3 }, CallOptions::default())
//!     .await?;
//! # Ok(()) }
//! ```
//!
//! # The model
//!
//! - A [`Connection`] is cheap to clone. One task owns the socket's read half; a call costs no task, no channel and no
//!   timer, and calls that are made together are written together.
//! - Every call ends exactly once: with its reply, with the error its contract declares, or with a [`Failure`] that
//!   says whether the message was delivered and whether the call may be repeated.
//! - A call's future does nothing until it is polled. Dropped before its end, it cancels the call at the server.
//! - Every ask has a deadline, 30 seconds unless said otherwise. The server is told; if it does not keep it, the client
//!   does, at most 40 ms late and never early.
//! - Nothing a caller neglects delays the others: a [`ReplyStream`] that is not read holds up its handler at the server,
//!   and a [`Subscription`] that is not read loses its oldest events and says how many.
//! - A connection that is lost is made anew. What may have been delivered is not repeated, unless its caller says that
//!   [it may be](CallOptions::idempotent); what was certainly not sent waits, within its deadline; subscriptions go on,
//!   and a [`Gap`] stands where they missed something. [`Connection`] says more.
//!
//! # Assumptions
//!
//! A connection is driven by the tokio runtime it was made in; when that runtime ends, so does the connection. A server
//! that is found at the same path again is taken to be the one that was lost, in whatever version: calls that wait are
//! sent to it as they are.

mod array;
#[cfg(feature = "blocking")]
pub mod blocking;
mod call;
mod connection;
mod deadline;
mod given;
pub mod hosting;
pub mod open;
mod options;
mod questions;
mod reply;
mod stream;
mod subscription;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;

pub use array::Array;
/// What a contract's bytes are in generated clients.
pub use bytes::Bytes;
/// What a server serves, described; what [`Connection::schema`] answers.
pub use callsheet_schema::Document;
pub use callsheet_wire::{
    Allowed, Code, Codec, ContractStats, Delivered, DetailedStats, Discovery, EventStats, ExposedActor, Latency,
    MethodStats, ServedContract, Welcome, count_of,
};
pub use connection::Connection;
pub use given::given;
pub use open::UnknownVariant;
pub use options::{CallOptions, ConnectOptions};
pub use reply::CallFailure;
pub use stream::ReplyStream;
pub use subscription::{Event, Events, Gap, Notice, Push, Subscription};

/// What went wrong on the way of a call.
pub type Failure = callsheet_wire::Failure;

/// Why a call with a declared error failed: with that error, or with a [`Failure`] on the way.
pub type CallError<E> = callsheet_schema::CallError<E, Failure>;
