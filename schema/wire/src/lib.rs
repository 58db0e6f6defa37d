//! Callsheet's wire: what stands between two programs, and nothing else.
//!
//! This crate turns bytes into frames, frames into envelopes, and payloads into values, and back. It does no I/O, starts
//! no task and knows no contract: a listener and a client feed it the bytes they have read, and write out the bytes it
//! has appended to their buffer.
//!
//! # A frame
//!
//! ```text
//!  0               4                                4 + length
//!  +---------------+--------------------------------+
//!  | length, u32   | payload: one map               |
//!  | big-endian    | JSON or MessagePack            |
//!  +---------------+--------------------------------+
//! ```
//!
//! The length counts the payload alone. The first byte of the payload tells its codec ([`Codec::detect`]), frame by
//! frame, and an answer uses the codec of its question. The keys of the map tell what the frame is ([`Incoming`]).
//!
//! # Reading and writing
//!
//! ```
//! use callsheet_wire::write::{self, RequestHead};
//! use callsheet_wire::{Argument, Codec, Incoming, frame, read};
//!
//! let mut buffer = Vec::new();
//! let head = RequestHead { expects_reply: true, ..RequestHead::new("calculator", "Add") };
//! write::request(&mut buffer, Codec::Json, &head, &serde_json::json!({ "a": 5, "b": 3 }))?;
//!
//! let frame::Next::Frame { payload, consumed } = frame::next(&buffer, 1 << 20) else { panic!("a whole frame") };
//! assert_eq!(consumed, buffer.len());
//! let Ok((Codec::Json, Incoming::Request(request))) = read(&buffer[payload]) else { panic!("a request in JSON") };
//! assert_eq!(request.message_type, "Add");
//!
//! let (mut a, mut b) = (Argument::<i32>::new(), Argument::<i32>::new());
//! request.payload.arguments(&["a", "b"], &mut [a.place(), b.place()])?;
//! assert_eq!((a.take(), b.take()), (Some(5), Some(3)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Other clients
//!
//! Clients of acton-reactive have frames and envelopes of their own ([`acton`]). Calls are answered in the [`Dialect`] that
//! they are made in.
//!
//! # What is strict
//!
//! Both codecs refuse the same things: arrays in place of named fields, duplicate keys, trailing bytes, invalid UTF-8,
//! and nesting beyond [`MAX_DEPTH`]. Unknown fields are ignored, in envelopes and in payloads, unless a type says
//! otherwise. Where serde itself buffers (untagged and internally tagged enums, flattened fields), an array can still
//! stand for a struct inside the buffered part: nothing in this crate sees what serde does there.
#![forbid(unsafe_code)]
#![cfg_attr(
    not(feature = "msgpack"),
    allow(
        dead_code,
        unused_variables,
        reason = "what only MessagePack needs has no road of its own"
    )
)]

pub mod acton;
mod code;
mod codec;
mod dialect;
mod encode;
mod envelope;
mod exact;
mod failure;
mod fault;
pub mod frame;
mod payload;
mod place;
mod scalar;
#[cfg(feature = "msgpack")]
mod scan;
mod strict;

pub use code::{Code, Delivered, UnknownCode};
pub use codec::Codec;
pub use dialect::Dialect;
pub use encode::{Encode, EncodeError, encode, encode_arguments};
pub use envelope::{
    Allowed, ContractStats, Control, DetailedStats, Discovery, EventStats, ExposedActor, Goodbye, Hello, Hop, Incoming,
    Judgement, Latency, MAX_ID, MethodStats, PROTOCOL, Push, Refusal, Request, Response, ServedContract, StreamFrame,
    Subscribe, Unreadable, Welcome, count_of, read, write,
};
pub use failure::Failure;
pub use payload::{DecodeError, Payload};
pub use place::{MAX_DEPTH, Shortened};
pub use strict::{Argument, ArgumentPlace};
