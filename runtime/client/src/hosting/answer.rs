//! What a call is answered with.

use callsheet_wire::{Code, Codec, Delivered, EncodeError, Failure, frame, write};
use serde::Serialize;
use tracing::error;

use super::HostError;

/// What ends a call: its last frame, if it is answered at all.
#[derive(Debug, Default)]
pub struct Answered(pub(super) Vec<u8>);

/// How a call is answered: under which id, and in which form.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub(super) codec: Codec,
    /// `None` if nobody waits for an answer.
    pub(super) id: Option<String>,
    pub(super) is_stream: bool,
    /// What was called, for people.
    pub(super) message_type: String,
}

impl Form {
    /// The frame of a reply.
    pub(super) fn reply<T: Serialize, E: Serialize>(&self, reply: Result<T, HostError<E>>, limit: usize) -> Answered {
        let reply = match reply {
            Ok(reply) => reply,
            Err(error) => return self.error(error, 0, limit),
        };
        let Some(id) = &self.id else {
            return Answered::default();
        };
        self.encoded(0, limit, |out| write::response(out, self.codec, Some(id), &reply))
    }

    /// The last frame of a call that ended with an error.
    pub(super) fn error<E: Serialize>(&self, error: HostError<E>, sequence: u64, limit: usize) -> Answered {
        const TEXT: &str = "the call ended with the error that its contract declares";
        match error {
            HostError::Failure(failure) => self.refusal(sequence, &failure),
            HostError::Failed(error) => {
                error!(method = self.message_type, %error, "a handler failed");
                self.refusal(sequence, &failed())
            }
            HostError::Contract(details) => {
                let Some(id) = &self.id else {
                    return Answered::default();
                };
                self.encoded(sequence, limit, |out| {
                    if self.is_stream {
                        write::stream_contract_error(out, self.codec, id, sequence, TEXT, &details)
                    } else {
                        write::contract_error(out, self.codec, Some(id), TEXT, &details)
                    }
                })
            }
        }
    }

    /// The last frame of a call that failed.
    pub(super) fn refusal(&self, sequence: u64, failure: &Failure) -> Answered {
        let mut out = Vec::new();
        if let Some(id) = &self.id {
            if self.is_stream {
                write::stream_refusal(&mut out, self.codec, id, sequence, failure);
            } else {
                write::refusal(&mut out, self.codec, Some(id), failure);
            }
        }
        Answered(out)
    }

    /// The frames that `write` makes, or a refusal if it cannot or the frame is too long.
    fn encoded(
        &self,
        sequence: u64,
        limit: usize,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>,
    ) -> Answered {
        match encoded(limit, write) {
            Ok(frames) => Answered(frames),
            Err(failure) => {
                error!(method = self.message_type, %failure, "what a handler answered cannot be sent");
                self.refusal(sequence, &failure)
            }
        }
    }
}

/// What `write` makes, whose payload has at most `limit` bytes.
pub(super) fn encoded(
    limit: usize,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>,
) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    write(&mut out).map_err(|error| {
        Failure::new(
            Code::SerializationError,
            format!("the reply cannot be encoded: {error}"),
        )
        .with_delivered(Delivered::Yes)
        .with_path(error.path())
    })?;
    if out.len().saturating_sub(frame::PREFIX) > limit {
        let text = format!("the reply is longer than the {limit} bytes that a frame may have");
        return Err(Failure::new(Code::SerializationError, text).with_delivered(Delivered::Yes));
    }
    Ok(out)
}

/// A handler failed in a way that its contract does not speak of.
pub(super) fn failed() -> Failure {
    Failure::new(Code::ActorFailed, "the handler failed")
}
