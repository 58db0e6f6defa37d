//! What came back for a call, and what it means to the caller.

use std::fmt;

use bytes::Bytes;
use callsheet_wire::{Code, Codec, DecodeError, Delivered, Failure, Payload, Refusal};
use serde::de::DeserializeOwned;

use crate::{CallError, deadline::Deadline};

/// A payload that outlives the read buffer it arrived in.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    codec: Codec,
    bytes: Option<Bytes>,
    /// How many bytes of memory it keeps.
    kept: usize,
}

/// What a payload is to its reader, with which the paths of faults in it begin: the same in the clients of every language.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    Reply,
    Item,
    Event,
    /// The error that the contract declares.
    Error,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Reply => "reply",
            Part::Item => "item",
            Part::Event => "event",
            Part::Error => "error",
        })
    }
}

/// A payload of no more bytes is copied if it may be kept for long: what it lies in may be much larger.
const COPIED: usize = 4 << 10;

impl Received {
    /// Keeps `payload`, which lies within `frame`, without copying it.
    pub(crate) fn keep(frame: &Bytes, payload: Payload<'_>) -> Self {
        Self {
            codec: payload.codec(),
            bytes: (!payload.is_absent()).then(|| frame.slice_ref(payload.bytes())),
            kept: frame.len(),
        }
    }

    /// Keeps `payload`, which lies within `frame`, for as long as its reader takes, and hardly anything but it.
    pub(crate) fn keep_unread(frame: &Bytes, payload: Payload<'_>) -> Self {
        let bytes = payload.bytes();
        if bytes.len() > COPIED && bytes.len() > frame.len() / 2 {
            return Self::keep(frame, payload);
        }
        Self {
            codec: payload.codec(),
            bytes: (!payload.is_absent()).then(|| Bytes::copy_from_slice(bytes)),
            kept: bytes.len(),
        }
    }

    /// How many bytes of memory it keeps.
    pub(crate) fn kept(&self) -> usize {
        self.kept
    }

    pub(crate) fn payload(&self) -> Payload<'_> {
        match &self.bytes {
            Some(bytes) => Payload::new(self.codec, bytes),
            None => Payload::absent(self.codec),
        }
    }

    pub(crate) fn decode<T: DeserializeOwned>(&self, part: Part) -> Result<T, Failure> {
        self.payload().decode().map_err(|error| undecodable(part, &error))
    }
}

/// What came back for a call.
#[derive(Debug)]
pub(crate) enum Reply {
    /// The reply of an ask or an item of a stream.
    Value(Received),
    /// The error that the contract declares, with its text for people.
    Declared(Received, String),
    Failed(Failure),
    /// The socket was lost before the answer came.
    Lost(Box<Lost>),
}

/// A call that had been sent when its socket was lost.
#[derive(Debug)]
pub(crate) struct Lost {
    pub(crate) failure: Failure,
    /// Of an ask.
    pub(crate) deadline: Option<Deadline>,
}

impl Reply {
    pub(crate) fn keep(frame: &Bytes, outcome: Result<Payload<'_>, Refusal<'_>>) -> Self {
        match outcome {
            Ok(payload) => Self::Value(Received::keep(frame, payload)),
            Err(Refusal::Contract(details, text)) => Self::Declared(Received::keep(frame, details), text.into_owned()),
            Err(Refusal::Failure(failure)) => Self::Failed(failure),
        }
    }

    /// As [`keep`](Self::keep), of an item that may wait for its reader for long.
    pub(crate) fn keep_unread(frame: &Bytes, outcome: Result<Payload<'_>, Refusal<'_>>) -> Self {
        match outcome {
            Ok(payload) => Self::Value(Received::keep_unread(frame, payload)),
            refused => Self::keep(frame, refused),
        }
    }

    /// The bytes of memory that it takes while it waits to be read.
    pub(crate) fn weight(&self) -> usize {
        let payload = match self {
            Self::Value(received) | Self::Declared(received, _) => received.kept(),
            Self::Failed(_) | Self::Lost(_) => 0,
        };
        size_of::<Self>() + payload
    }

    /// The value, which is a reply or an item.
    pub(crate) fn decode<T: DeserializeOwned, F: CallFailure>(self, part: Part) -> Result<T, F> {
        match self {
            Self::Value(received) => received.decode(part).map_err(F::from),
            Self::Declared(details, text) => Err(F::declared(details.payload(), &text)),
            Self::Failed(failure) => Err(F::from(failure)),
            Self::Lost(lost) => Err(F::from(lost.failure)),
        }
    }
}

/// It arrived, so the call did too, but it is not of the type that the caller expects.
fn undecodable(part: Part, error: &DecodeError) -> Failure {
    let path = match error.path().strip_prefix("payload") {
        Some(below) => format!("{part}{below}"),
        None => error.path().to_owned(),
    };
    let text = format!("the {part} does not fit its type: {path}: {}", error.message());
    Failure::new(Code::SerializationError, text)
        .with_delivered(Delivered::Yes)
        .with_path(path)
}

/// What a call can fail with: [`Failure`] where its contract declares no error, else [`CallError`].
///
/// Sealed: these two are all there are.
pub trait CallFailure: From<Failure> + sealed::Sealed + Send + 'static {
    /// The failure of a call that was answered with the error its contract declares.
    #[doc(hidden)]
    fn declared(details: Payload<'_>, text: &str) -> Self;
}

impl CallFailure for Failure {
    /// The caller knows of no declared error: its contract is older than the server's.
    fn declared(_: Payload<'_>, text: &str) -> Self {
        Failure::new(Code::ContractError, text)
    }
}

impl<E: DeserializeOwned + Send + 'static> CallFailure for CallError<E> {
    fn declared(details: Payload<'_>, _: &str) -> Self {
        match details.decode() {
            Ok(error) => CallError::Contract(error),
            Err(error) => CallError::Failure(undecodable(Part::Error, &error)),
        }
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::Failure {}
    impl<E> Sealed for crate::CallError<E> {}
}
