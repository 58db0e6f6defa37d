//! Replies that go to another actor, at the caller's wish, and not back to the caller.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use callsheet_schema::{Kind, TypeRef, Types, descriptor::RequestDescriptor, names};
use callsheet_wire::{Code, Codec, Delivered, Failure, Payload};

use super::{calls::enqueue, inbound::check_name, link::Link};
use crate::{
    call::{Body, CallHeader, EncodedStream, Outlet, WireReply},
    contained::{self, Panicked},
    id::ActorId,
    registry::Method,
    router::{Exposed, Router},
    transport::crossing,
};

/// The ticket of a call whose caller is told nothing.
pub(super) const UNTOLD: u64 = u64::MAX;

/// Takes the reply to one call to another actor, and tells the caller, if it waits, that it is there.
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
        let TypeRef::Named(reply) = method.reply() else {
            let text = format!("`reply_to`: the reply to `{}` is of no named type", method.name());
            return Err(Failure::new(Code::UnknownMessageType, text));
        };
        let exposed = router.exposed(reply_to);
        let Exposed { id, routes } = exposed.ok_or_else(|| Failure::actor_not_found(reply_to))?;
        let taken = routes.registry.find(reply_to, names::short(&reply))?;
        if !takes(taken, &reply) {
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
    fn deliver(&self, body: Body<'_>) -> Result<(), Failure> {
        let Body::Value(reply) = body else { return Ok(()) };
        let mut bytes = Vec::new();
        let encode = || contained::outcome(|| reply.encode(self.codec, &mut bytes));
        match crossing(&self.link.crossing, encode) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(Failure::from(error)),
            Err(Panicked) => {
                let text = "the reply panicked while it was written";
                return Err(Failure::new(Code::SerializationError, text));
            }
        }
        enqueue(
            &self.link.crossing,
            &self.method,
            &self.actor,
            CallHeader::NONE,
            Payload::new(self.codec, &bytes),
            WireReply::Discard,
        )
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
        match (self.deliver(body), body) {
            (Err(failure), _) => self.fail(ticket, failure.with_delivered(Delivered::Yes)),
            // A declared error is the caller's to hear.
            (Ok(()), Body::Declared { .. }) if ticket != UNTOLD => self.link.reply(ticket, body),
            (Ok(()), Body::Declared { text, .. }) => {
                self.fail(ticket, Failure::new(Code::ContractError, text()));
            }
            (Ok(()), Body::Value(_)) if ticket != UNTOLD => self.link.reply(ticket, Body::Value(&())),
            (Ok(()), Body::Value(_)) => {}
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
        self.link.counters.error();
        if let Ok(runtime) = self.link.runtime.upgrade() {
            runtime.lose_from_outside(self.actor.to_string(), self.method.name().to_owned(), &failure);
        }
    }
}
