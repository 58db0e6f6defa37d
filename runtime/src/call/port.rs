//! Replies that leave the process: what a connection gives to a call, and what a reply gives to a connection.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Arc,
    task::{Context, Poll},
};

use callsheet_schema::{ContractType, DeclaredError, Returned};
use callsheet_wire::{Dialect, Encode, EncodeError, Failure};
use futures_core::Stream;
use serde::{Serialize, Serializer};

use crate::Streaming;

/// What a call from the wire wants for a reply.
#[derive(Debug)]
pub enum WireReply {
    /// The reply goes to a connection.
    Port(Port),
    /// The caller asked for none: the call runs and its reply is dropped.
    Discard,
}

/// The place of one call in the in-flight table of a connection.
pub struct Port {
    outlet: Arc<dyn Outlet>,
    ticket: u64,
}

/// A connection, as the replies to its calls see it.
///
/// A ticket is given by the outlet for one call and is never used twice. Whatever is said of a ticket that has ended is
/// ignored.
pub(crate) trait Outlet: Send + Sync {
    /// Marks the call as running; `false` if nobody waits for it any more.
    fn begin(&self, ticket: u64) -> bool;
    /// Ready when nobody waits for the reply any more.
    fn poll_abandoned(&self, ticket: u64, cx: &mut Context<'_>) -> Poll<()>;
    /// Ends the call with a reply.
    fn reply(&self, ticket: u64, body: Body<'_>);
    /// Ends the call with a stream of replies.
    fn stream(&self, ticket: u64, stream: Box<dyn EncodedStream>);
    /// Ends the call with a failure.
    fn fail(&self, ticket: u64, failure: Failure);
}

impl Port {
    pub(crate) fn new(outlet: Arc<dyn Outlet>, ticket: u64) -> Self {
        Port { outlet, ticket }
    }

    pub(super) fn begin(&self) -> bool {
        self.outlet.begin(self.ticket)
    }

    pub(super) fn poll_abandoned(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.outlet.poll_abandoned(self.ticket, cx)
    }

    pub(super) fn fail(self, failure: Failure) {
        self.outlet.fail(self.ticket, failure);
    }

    pub(super) fn outcome<T: Serialize, E: DeclaredError>(self, outcome: Result<T, E>) {
        match outcome {
            Ok(value) => self.outlet.reply(self.ticket, Body::Value(&value)),
            Err(error) => self.outlet.reply(
                self.ticket,
                Body::Declared {
                    error: &Declared(&error),
                    text: &|| error.text(),
                },
            ),
        }
    }

    pub(super) fn stream<T: Returned<Ok: ContractType>>(self, stream: Streaming<T>) {
        let stream = Lookahead {
            stream,
            next: None,
            panicked: None,
        };
        self.outlet.stream(self.ticket, Box::new(stream));
    }
}

impl std::fmt::Debug for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Port({})", self.ticket)
    }
}

/// The frame that a reply goes into.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form<'a> {
    /// A response.
    Response {
        /// The caller's id, if it gave one.
        request_id: Option<&'a str>,
    },
    /// A frame of a stream.
    Item {
        /// The stream's id.
        stream_id: &'a str,
        /// The item's number, from 0.
        sequence: u64,
        /// Nothing comes after it.
        is_final: bool,
    },
}

/// A reply that can be written into one whole frame.
#[derive(Clone, Copy)]
pub(crate) enum Body<'a> {
    Value(&'a dyn Encode),
    Declared {
        error: &'a dyn Encode,
        text: &'a dyn Fn() -> String,
    },
}

impl Body<'_> {
    /// Appends the frame to `out`.
    ///
    /// # Errors
    ///
    /// If the value cannot be written in its codec; `out` is then as it was.
    pub(crate) fn write(self, out: &mut Vec<u8>, dialect: Dialect, form: Form<'_>) -> Result<(), EncodeError> {
        match (self, form) {
            (Body::Value(value), Form::Response { request_id }) => dialect.response(out, request_id, value),
            (
                Body::Value(value),
                Form::Item {
                    stream_id,
                    sequence,
                    is_final,
                },
            ) => dialect.stream_item(out, stream_id, sequence, is_final, value),
            (Body::Declared { error, text }, Form::Response { request_id }) => {
                dialect.contract_error(out, request_id, &text(), error)
            }
            (
                Body::Declared { error, text },
                Form::Item {
                    stream_id, sequence, ..
                },
            ) => dialect.stream_contract_error(out, stream_id, sequence, &text(), error),
        }
    }
}

/// A declared error, which says for itself how it is written.
struct Declared<'a, E>(&'a E);

impl<E: DeclaredError> Serialize for Declared<'_, E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_declared(serializer)
    }
}

/// What one poll of a stream of replies came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// An item was written; more may come.
    Item,
    /// The final frame was written.
    End,
    /// The final frame was written, and it was the declared error.
    Declared,
}

/// A stream of replies that can write its items into frames.
pub(crate) trait EncodedStream: Send {
    /// Ready when one frame was appended to `out`, with the number `sequence`.
    ///
    /// # Errors
    ///
    /// If the item cannot be written in its codec; `out` is then as it was, and the stream is of no more use.
    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        out: &mut Vec<u8>,
        dialect: Dialect,
        stream_id: &str,
        sequence: u64,
    ) -> Poll<Result<Step, EncodeError>>;
}

/// A stream of which one item may already be known.
///
/// An item is marked final when one more immediate poll shows that nothing follows, and it is never held back for that.
struct Lookahead<T> {
    stream: Streaming<T>,
    next: Option<T>,
    /// What the stream panicked with while it was looked ahead. The item before it still goes out.
    panicked: Option<Box<dyn Any + Send>>,
}

impl<T: Returned<Ok: ContractType>> EncodedStream for Lookahead<T> {
    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        out: &mut Vec<u8>,
        dialect: Dialect,
        stream_id: &str,
        sequence: u64,
    ) -> Poll<Result<Step, EncodeError>> {
        if let Some(panic) = self.panicked.take() {
            resume_unwind(panic);
        }
        let stream = &mut self.stream;
        let mut poll = |cx: &mut Context<'_>| std::pin::Pin::new(&mut *stream).poll_next(cx);
        let item = match self.next.take() {
            Some(item) => item,
            None => match poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(item)) => item,
                Poll::Ready(None) => {
                    dialect.stream_end(out, stream_id, sequence);
                    return Poll::Ready(Ok(Step::End));
                }
            },
        };
        let form = |is_final| Form::Item {
            stream_id,
            sequence,
            is_final,
        };
        let item = match item.split() {
            Ok(item) => item,
            Err(error) => {
                let written = Body::Declared {
                    error: &Declared(&error),
                    text: &|| error.text(),
                }
                .write(out, dialect, form(true));
                return Poll::Ready(written.map(|()| Step::Declared));
            }
        };
        let ended = match catch_unwind(AssertUnwindSafe(|| poll(cx))) {
            Ok(Poll::Ready(None)) => true,
            Ok(Poll::Ready(Some(next))) => {
                self.next = Some(next);
                false
            }
            Ok(Poll::Pending) => false,
            Err(panic) => {
                self.panicked = Some(panic);
                false
            }
        };
        let written = Body::Value(&item).write(out, dialect, form(ended));
        Poll::Ready(written.map(|()| if ended { Step::End } else { Step::Item }))
    }
}
