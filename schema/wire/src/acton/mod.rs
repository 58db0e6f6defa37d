//! The wire of acton-reactive, for its own clients.
//!
//! Its frames have a header, which tells what the frame is, and its envelopes have other names than Callsheet's own; payloads
//! are the same, so that a method cannot tell who calls it.
//!
//! ```text
//!  0               4         5         6         7                7 + length
//!  +---------------+---------+---------+---------+----------------+
//!  | length, u32   | version | kind    | format  | payload        |
//!  | big-endian    | 1 or 2  |         | 1 or 2  |                |
//!  +---------------+---------+---------+---------+----------------+
//! ```
//!
//! The length counts the payload alone. Version 1 has no format byte and is in JSON; in version 2 the format is 1 for JSON
//! and 2 for MessagePack. An answer has the version and the format of its question.
//!
//! A connection speaks it if its fifth byte is one of the versions ([`speaks`]): no payload of Callsheet's own begins so.
//! [`next`] finds frames, [`read`] reads their envelopes, and [`write`](mod@write) answers.

mod code;
mod fields;
mod header;
mod incoming;
pub mod write;

pub use header::{Form, Kind, Next, VERSION_BYTE, next, speaks};
pub use incoming::{Discover, Incoming, Selection, Unreadable, read};
