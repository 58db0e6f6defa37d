//! Calls that leave the process: what a mailbox's message is made into when its actor is behind a connection.
//!
//! Nothing here knows a type: the arguments write themselves, and the reply is read by whoever waits for it. All of it is
//! compiled only for contracts that have a mailbox of this kind somewhere in the program.

use std::task::{Context, Poll};

use callsheet_schema::Kind;
use callsheet_wire::{Code, Codec, DecodeError, Delivered, EncodeError, Failure, Payload};

use super::{arriving::Arriving, reply::Reply, returns::Returns};

/// A message on its way out of the process.
pub struct Outgoing {
    pub(crate) kind: Kind,
    pub(crate) arguments: Box<dyn Arguments>,
    /// Where its reply goes; `None` for a message that has none.
    pub(crate) reply: Option<Box<dyn Awaited>>,
}

/// The arguments of a call, which write themselves.
pub trait Arguments: Send + 'static {
    /// Appends them to `out` as a payload.
    ///
    /// # Errors
    ///
    /// If they cannot be written in this codec.
    fn encode(&self, codec: Codec, out: &mut Vec<u8>) -> Result<(), EncodeError>;
}

/// Whoever waits for the reply to a call that left the process.
pub(crate) trait Awaited: Send {
    /// The call is about to leave, and may run from now on; `false` if nobody waits for it any more and it need not leave.
    fn leaves(&mut self) -> bool;
    /// The call did not leave after all, or was refused where it went to before it ran.
    fn put_back(&mut self);
    /// Ready when nobody waits any more.
    fn poll_abandoned(&self, cx: &mut Context<'_>) -> Poll<()>;
    /// The reply is there.
    fn replied(self: Box<Self>, reply: Payload<'_>);
    /// The error that the contract declares is there.
    fn declared(self: Box<Self>, error: Payload<'_>);
    /// A stream of replies has begun.
    fn opened(self: Box<Self>, items: Arriving);
    fn fail(self: Box<Self>, failure: Failure);
}

impl Outgoing {
    /// A message that has no reply.
    pub fn tell(arguments: impl Arguments) -> Self {
        Outgoing {
            kind: Kind::Tell,
            arguments: Box::new(arguments),
            reply: None,
        }
    }

    /// A message whose reply goes to `reply`.
    pub fn call<R: Returns>(arguments: impl Arguments, reply: Reply<R>) -> Self {
        Outgoing {
            kind: R::KIND,
            arguments: Box::new(arguments),
            reply: Some(Box::new(reply)),
        }
    }
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl<R: Returns> Awaited for Reply<R> {
    fn leaves(&mut self) -> bool {
        self.begin()
    }

    fn put_back(&mut self) {
        Reply::put_back(self);
    }

    fn poll_abandoned(&self, cx: &mut Context<'_>) -> Poll<()> {
        Reply::poll_abandoned(self, cx)
    }

    fn replied(self: Box<Self>, reply: Payload<'_>) {
        match R::read(reply) {
            Ok(value) => self.deliver(Ok(value)),
            Err(error) => Reply::fail(*self, unfit(&error)),
        }
    }

    fn declared(self: Box<Self>, error: Payload<'_>) {
        match R::read_error(error) {
            Ok(error) => self.deliver(Err(error)),
            Err(error) => Reply::fail(*self, unfit(&error)),
        }
    }

    fn opened(self: Box<Self>, items: Arriving) {
        match R::open(items) {
            Some(stream) => self.deliver(Ok(stream)),
            None => {
                let text = "the other side answered with a stream where the contract has one reply";
                let failure = Failure::new(Code::ProtocolError, text);
                Reply::fail(*self, failure.with_delivered(Delivered::Yes));
            }
        }
    }

    fn fail(self: Box<Self>, failure: Failure) {
        Reply::fail(*self, failure);
    }
}

/// The reply arrived, so the call did too, but it is not of the type that the contract says.
pub(super) fn unfit(error: &DecodeError) -> Failure {
    let text = format!("the reply does not fit its type: {error}");
    Failure::new(Code::SerializationError, text)
        .with_delivered(Delivered::Yes)
        .with_path(error.path())
}
