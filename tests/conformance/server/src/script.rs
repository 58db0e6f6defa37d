//! What a case has the server do, as it stands in the case's file.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::codec::Codec;

/// One entry for each connection that the client is to make.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Script {
    /// In the order in which they are made.
    pub connections: Vec<Connection>,
}

/// What is done on one connection.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// What the answer to `hello` says otherwise than usual.
    #[serde(default)]
    pub hello: Map<String, Value>,
    /// The answer to the client's document, if it is asked to judge it.
    #[serde(default)]
    pub schema: Map<String, Value>,
    /// Whether this server knows neither: it refuses them as controls that it does not know.
    #[serde(default)]
    pub knows_no_hello: bool,
    /// One after the other. What is left open at their end stays open until the case is over.
    pub steps: Vec<Step>,
}

/// One thing that the server waits for, or does.
///
/// Text that begins with `$` stands for the id of the frame that was called so.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Waits for a frame; those that come before it are kept for later steps.
    Expect {
        /// A method, such as `Echo`; a control, such as `control:cancel`; `subscribe`; the response to a request of this
        /// server, such as `answer:1`; a frame of such a stream, such as `item:1`; or a refusal in either form, such as `refusal:1`.
        frame: String,
        /// What it is called by later steps.
        #[serde(default, rename = "as")]
        name: Option<String>,
        /// What it must have among its fields.
        #[serde(default)]
        with: Map<String, Value>,
    },
    /// Answers with success.
    Reply {
        /// Which frame.
        to: String,
        /// With what.
        #[serde(default)]
        payload: Value,
        /// In what pieces.
        #[serde(default)]
        sent: Sent,
    },
    /// Answers with a failure.
    Refuse {
        /// Which frame.
        to: String,
        /// With which code.
        code: String,
        /// The `error_details`, if there are any.
        #[serde(default)]
        details: Option<Value>,
        /// As the last frame of a stream, of this number.
        #[serde(default)]
        sequence: Option<u64>,
    },
    /// Sends items of a stream: the numbers from one to another, both included.
    Items {
        /// Of which frame.
        to: String,
        /// The first number, and the sequence of its frame plus one.
        from: u64,
        /// The last number.
        upto: u64,
        /// Whether the last of them is also the stream's last frame.
        #[serde(default)]
        last: bool,
        /// Whether no more are sent than there is credit for, the first frame's included.
        #[serde(default)]
        within_credit: bool,
    },
    /// Confirms a subscription.
    Subscribed {
        /// Which frame.
        to: String,
        /// The number that the next event has.
        next: u64,
    },
    /// Publishes ticks: the numbers from one to another, both included, which are their `seq` too.
    Ticks {
        /// The first.
        from: u64,
        /// The last.
        upto: u64,
        /// What the first of them says about those that were dropped before it.
        #[serde(default)]
        missed: Option<u64>,
    },
    /// Sends a frame as it stands.
    Send {
        /// All of it.
        frame: Value,
        /// In a codec other than the client's.
        #[serde(default)]
        codec: Option<Codec>,
        /// In what pieces.
        #[serde(default)]
        sent: Sent,
    },
    /// Sends a request for an actor of the client.
    Request {
        /// The method of the callback, such as `Say`.
        method: String,
        /// The id.
        id: String,
        /// The arguments.
        #[serde(default)]
        payload: Value,
        /// What the frame has otherwise than usual, which is a request for `cb` that expects a reply; null takes a field out.
        #[serde(default)]
        with: Map<String, Value>,
        /// In what pieces.
        #[serde(default)]
        sent: Sent,
    },
    /// Takes the items of such a stream: these, and no others before the next frame if its end is not expected.
    Collect {
        /// Of which request.
        id: String,
        /// What they are.
        items: Vec<Value>,
        /// What its last frame must have among its fields, if it is waited for.
        #[serde(default)]
        end: Option<Map<String, Value>>,
    },
    /// Sends bytes, as hexadecimal digits.
    Bytes(String),
    /// Answers with a tree.
    Deep {
        /// Which frame.
        to: String,
        /// How many branches are below each other.
        depth: usize,
    },
    /// Takes calls of `Echo` and answers each with its own text.
    Crowd {
        /// How many.
        calls: usize,
        /// In what order they are answered.
        #[serde(default)]
        order: Order,
        /// Each answer is cut at another place: the first before its first byte, the next behind it, and so on.
        #[serde(default)]
        cut: bool,
    },
    /// Sends what the steps send, all at once.
    Together(Vec<Step>),
    /// Closes the side that sends; the other one stays open.
    HalfClose {},
    /// Closes both sides. What follows is done on a closed connection.
    Close {},
    /// Waits until the client has closed its side.
    Gone {},
}

/// In what pieces a frame is sent.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sent {
    /// At once.
    #[default]
    Whole,
    /// Byte by byte, each after a pause.
    Drip,
    /// Only so many bytes of it, its length included.
    First(usize),
    /// Cut behind so many bytes.
    Cut(usize),
}

/// In what order calls are answered.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// As they came.
    #[default]
    Forward,
    /// The last one first.
    Reversed,
    /// Each answer is sent twice.
    Twice,
}
