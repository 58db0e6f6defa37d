//! How two sides of a connection introduce themselves, and how the server takes its leave.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::head::Head;
use crate::{Codec, Encode, EncodeError, frame};

/// The version of the protocol that this crate speaks.
pub const PROTOCOL: u32 = 1;

/// What a client says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The lowest and the highest version of the protocol that it speaks.
    pub protocol: [u32; 2],
    /// The contracts that it was made for, with the hash of each.
    #[serde(default)]
    pub contracts: BTreeMap<String, String>,
    /// What it is, for people: `callsheet-python 0.1.0`.
    #[serde(default)]
    pub client: Option<String>,
}

/// What the server answers to a [`Hello`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The version of the protocol that holds on this connection.
    pub protocol: u32,
    /// What it is, for people: `callsheet 0.1.0`.
    pub server: String,
    /// Which life of the server this is: another one numbers its events anew.
    pub epoch: String,
    /// Those of the client's contracts that no exposed actor serves.
    #[serde(default)]
    pub unknown: Vec<String>,
    /// Those whose hashes are others here. The server takes the client's document to judge them, method by method.
    #[serde(default)]
    pub differing: Vec<String>,
    /// What the server allows on this connection.
    pub limits: Allowed,
}

/// What a server allows on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    /// The most bytes that a frame's payload may have.
    pub frame: u64,
    /// How many calls may be in flight.
    pub in_flight: u64,
    /// After how many milliseconds without calls and subscriptions it closes the connection, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_ms: Option<u64>,
}

/// What the server judges of a client's document: whether its calls fit, and the events that it reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// The full names of the message types that will be refused on this connection, and why.
    pub refused: BTreeMap<String, String>,
    /// The names of the events that will not be pushed on this connection, and why.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub withheld: BTreeMap<String, String>,
}

/// That the server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goodbye {
    /// How many milliseconds the calls in flight have to be answered.
    pub drain_ms: u64,
}

/// Appends a hello.
///
/// # Errors
///
/// If the frame is longer than its prefix can count.
pub fn hello(out: &mut Vec<u8>, codec: Codec, request_id: &str, hello: &Hello) -> Result<(), EncodeError> {
    let fields = 4 + usize::from(hello.client.is_some());
    frame::write(out, |out| {
        let mut map = Head::open(out, codec, fields);
        map.text("control", "hello")
            .text("request_id", request_id)
            .value("protocol", &hello.protocol)?
            .value("contracts", &hello.contracts)?
            .optional_text("client", hello.client.as_deref())
            .close();
        Ok(())
    })
}

/// Appends the client's document for the server to judge, and whether the client keeps variants that its document does not
/// have (`open_enums`).
///
/// # Errors
///
/// Those of [`encode`](crate::encode()).
pub fn schema(
    out: &mut Vec<u8>,
    codec: Codec,
    request_id: &str,
    document: &dyn Encode,
    open_enums: bool,
) -> Result<(), EncodeError> {
    frame::write(out, |out| {
        let mut map = Head::open(out, codec, 3 + usize::from(open_enums));
        map.text("control", "schema")
            .text("request_id", request_id)
            .value("document", document)?;
        if open_enums {
            map.value("open_enums", &true)?;
        }
        map.close();
        Ok(())
    })
}

/// Appends a goodbye.
pub fn goodbye(out: &mut Vec<u8>, codec: Codec, goodbye: Goodbye) {
    super::head::infallible(out, |out| {
        Head::open(out, codec, 2)
            .text("control", "goodbye")
            .number("drain_ms", goodbye.drain_ms)
            .close();
    });
}
