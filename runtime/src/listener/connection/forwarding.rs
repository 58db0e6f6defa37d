//! Replies that go to another actor, at the caller's wish, and not back to the caller.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use callsheet_schema::{Kind, TypeRef, Types, descriptor::RequestDescriptor, names};
use callsheet_wire::{Code, Codec, Delivered, Encode, Failure, Payload};

use super::{calls::enqueue, heads::reach, inbound::check_name, layered::Passage, link::Link};
use crate::{
    call::{Body, CallHeader, EncodedStream, Outlet, WireReply},
    clock::Deadline,
    contained::{self, Panicked},
    id::ActorId,
    registry::Method,
    router::{Exposed, Router},
    transport::crossing,
};

/// The ticket of a call whose caller is told nothing.
pub(super) const UNTOLD: u64 = u64::MAX;

/// Takes the reply to one call to another actor, and tells the caller, if it waits, that it is there.
#[derive(Clone)]
struct Forwarding {
    link: Arc<Link>,
    /// The method that takes the reply, and its actor.
    method: Method,
    actor: ActorId,
    codec: Codec,
}

impl Link {
    /// What the reply to a call of `method` goes to, if the caller names an actor for it.
    ///
    /// # Errors
    ///
    /// If there is no one reply, no such actor is exposed, or it has no method whose message is the reply's type.
    pub(super) fn forwarding(
        self: &Arc<Self>,
        router: &Router,
        reply_to: &str,
        method: &Method,
        codec: Codec,
    ) -> Result<Arc<dyn Outlet>, Failure> {
        check_name("reply_to", reply_to)?;
        if method.kind() != Kind::Ask {
            let text = "`reply_to`: the method has no one reply that could go to another actor";
            return Err(Failure::new(Code::ProtocolError, text));
        }
        // Descriptions may be the user's own code.
        let described = |_: Panicked| Failure::new(Code::Internal, "the description of a type panicked");
        let TypeRef::Named(reply) = contained::outcome(|| method.reply()).map_err(described)? else {
            let text = format!("`reply_to`: the reply to `{}` is of no named type", method.name());
            return Err(Failure::new(Code::UnknownMessageType, text));
        };
        let Exposed { id, routes } = reach(self, router, reply_to)?;
        let taken = routes.registry.find(reply_to, names::short(&reply))?;
        if !contained::outcome(|| takes(taken, &reply)).map_err(described)? {
            let text = format!("`reply_to`: `{reply_to}` has no method that takes a `{reply}` as its message");
            return Err(Failure::new(Code::UnknownMessageType, text));
        }
        self.visitor.check_call(&id, taken)?;
        Ok(Arc::new(Forwarding {
            link: Arc::clone(self),
            method: taken.clone(),
            actor: id,
            codec,
        }))
    }
}

/// Whether the method's whole payload is a value of the named type.
fn takes(method: &Method, name: &str) -> bool {
    match method.request() {
        Some(RequestDescriptor::Message { describe, .. }) => {
            matches!(describe(&mut Types::default()), TypeRef::Named(taken) if taken == name)
        }
        _ => false,
    }
}

impl Forwarding {
    /// The reply, as the actor that it goes to is to read it.
    fn written(&self, reply: &dyn Encode) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        let encode = || contained::outcome(|| reply.encode(self.codec, &mut bytes));
        match crossing(&self.link.crossing, encode) {
            Ok(Ok(())) => Ok(bytes),
            Ok(Err(error)) => Err(Failure::from(error)),
            Err(Panicked) => {
                let text = "the reply panicked while it was written";
                Err(Failure::new(Code::SerializationError, text))
            }
        }
    }

    /// Puts the reply into the queue of its actor, through what goes round the calls of that.
    fn deliver(&self, ticket: u64, reply: &dyn Encode) -> Result<(), Failure> {
        let bytes = self.written(reply)?;
        let origin = self.link.visitor.origin();
        if self.method.layers().is_empty() {
            enqueue(
                &self.link.crossing,
                &self.method,
                &self.actor,
                CallHeader::from_outside(Deadline::NONE, origin, None, None),
                Payload::new(self.codec, &bytes),
                WireReply::Discard,
            )?;
            self.told(ticket);
            return Ok(());
        }
        let runtime = self.link.runtime.upgrade()?;
        let place = self.link.place(bytes.len(), &self.link.limits.load())?;
        let (actor, method) = (self.actor.clone(), self.method.clone());
        let passage = Passage::onward(actor, method, origin.clone(), self.codec, bytes, place);
        let forwarding = self.clone();
        runtime.spawn_outside(async move {
            match passage.deliver(WireReply::Discard).await {
                Ok(()) => forwarding.told(ticket),
                Err(failure) => forwarding.lost(ticket, failure),
            }
        });
        Ok(())
    }

    /// The reply is where it was to go.
    fn told(&self, ticket: u64) {
        if ticket != UNTOLD {
            self.link.reply(ticket, Body::Value(&()));
        }
    }

    /// The reply is lost, though the call has run.
    fn lost(&self, ticket: u64, failure: Failure) {
        self.fail(ticket, failure.with_delivered(Delivered::Yes));
    }
}

impl Outlet for Forwarding {
    fn begin(&self, ticket: u64) -> bool {
        ticket == UNTOLD || self.link.begin(ticket)
    }

    fn poll_abandoned(&self, ticket: u64, cx: &mut Context<'_>) -> Poll<()> {
        match ticket {
            UNTOLD => Poll::Pending,
            ticket => self.link.poll_abandoned(ticket, cx),
        }
    }

    fn reply(&self, ticket: u64, body: Body<'_>) {
        match body {
            Body::Value(reply) => {
                if let Err(failure) = self.deliver(ticket, reply) {
                    self.lost(ticket, failure);
                }
            }
            // A declared error is the caller's to hear.
            Body::Declared { .. } if ticket != UNTOLD => self.link.reply(ticket, body),
            Body::Declared { text, .. } => self.fail(ticket, Failure::new(Code::ContractError, text())),
        }
    }

    fn stream(&self, ticket: u64, _: Box<dyn EncodedStream>) {
        let text = "`reply_to`: the method answered with a stream";
        self.fail(ticket, Failure::new(Code::ProtocolError, text));
    }

    fn fail(&self, ticket: u64, failure: Failure) {
        if ticket != UNTOLD {
            return self.link.fail(ticket, failure);
        }
        self.link.counters.refused(&failure);
        if let Ok(runtime) = self.link.runtime.upgrade() {
            runtime.lose_from_outside(self.actor.to_string(), self.method.name().to_owned(), &failure);
        }
    }
}
