//! What a peer that was let in may do.

use std::sync::Arc;

use callsheet_wire::{Code, Failure};

use super::{
    audit::{Audit, Refusal},
    door::{Denied, judged},
    terms::Terms,
};
use crate::{broker::EventFilter, call::Origin, id::ActorId, peer::Peer, registry::Method};

pub(super) type Authorize = Arc<dyn Fn(&Access<'_>) -> Result<(), Denied> + Send + Sync>;

/// What a hook is asked: whether this peer may do this. See [`ListenerOptions::authorize`](crate::ListenerOptions::authorize).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Access<'a> {
    /// Who wants to.
    pub peer: &'a Peer,
    /// What.
    pub what: Action<'a>,
}

impl<'a> Access<'a> {
    /// One that is made by hand, for tests of hooks.
    pub fn new(peer: &'a Peer, what: Action<'a>) -> Self {
        Access { peer, what }
    }
}

/// What a peer wants to do. Pinging, cancelling, giving credit and unsubscribing are never asked about.
///
/// A hook that lists what is allowed, and refuses the rest, also refuses what later versions add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action<'a> {
    /// To call a method of an exposed actor.
    Call {
        /// The actor's own id, by whichever of its names it was called.
        target: &'a str,
        /// The full name of the message type, as in `demo.Calculator.Add`, by whichever of its names it was called.
        message_type: &'a str,
        /// The method takes the state alone, `&mut self`: whatever is not exclusive only reads the state, unless the actor
        /// changes what it shares.
        is_exclusive: bool,
    },
    /// To be sent an event that an exposed actor's contract publishes.
    Subscribe {
        /// The event's name.
        event: &'a str,
    },
    /// To be told what is there: actors, contracts and events, of which it is told what it may use.
    Discover,
    /// To be given the document of what is served, of which it is given what it may use.
    Schema,
    /// To be told what the listener has counted, of which it is told the calls and events that it may use. What was counted
    /// of all together, the refusals among them, it is told in any case.
    Stats,
}

/// The peer of a connection, and what it may do.
pub(super) struct Visitor {
    peer: Peer,
    origin: Origin,
    authorize: Option<Authorize>,
    audit: Arc<Audit>,
}

impl Visitor {
    pub(super) fn new(peer: Peer, terms: &Terms) -> Arc<Self> {
        Arc::new(Visitor {
            peer,
            origin: Origin::new(peer),
            authorize: terms.door.authorize(),
            audit: Arc::clone(&terms.audit),
        })
    }

    /// What its calls carry along.
    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether it may do all, because nobody is asked.
    pub(super) fn is_free(&self) -> bool {
        self.authorize.is_none()
    }

    /// That it may call a method.
    ///
    /// # Errors
    ///
    /// `PermissionDenied`, if it may not; that is audited.
    #[inline]
    pub(super) fn check_call(&self, actor: &ActorId, method: &Method) -> Result<(), Failure> {
        match &self.authorize {
            None => Ok(()),
            Some(_) => self.check(call_of(actor, method)),
        }
    }

    /// As [`check_call`](Self::check_call), of anything.
    pub(super) fn check(&self, what: Action<'_>) -> Result<(), Failure> {
        self.judge(what).map_err(|denied| {
            let failure = Failure::new(Code::PermissionDenied, format!("{}: {denied}", named(what)));
            self.audit.note(self.peer, Refusal::NotAuthorized, failure.text());
            failure
        })
    }

    /// Whether it may call a method, where that is not what it asked for.
    pub(super) fn may_call(&self, actor: &ActorId, method: &Method) -> bool {
        self.judge(call_of(actor, method)).is_ok()
    }

    /// Whether it may have an event, where it did not ask for this one.
    pub(super) fn may_subscribe(&self, event: &str) -> bool {
        self.judge(Action::Subscribe { event }).is_ok()
    }

    /// What sorts out the events of its subscriptions, if anything does.
    pub(super) fn filter(self: &Arc<Self>) -> Option<Arc<dyn EventFilter>> {
        (!self.is_free()).then(|| Arc::clone(self) as Arc<dyn EventFilter>)
    }

    /// Takes note of a frame that was refused, whether or not its sender can be told.
    pub(super) fn refused(&self, failure: &Failure) {
        if let Some(reason) = Refusal::of(failure.code()) {
            self.audit.note(self.peer, reason, failure.text());
        }
    }

    fn judge(&self, what: Action<'_>) -> Result<(), Denied> {
        let Some(authorize) = &self.authorize else {
            return Ok(());
        };
        judged("authorize", || authorize(&Access::new(&self.peer, what)))
    }
}

impl EventFilter for Visitor {
    fn allows(&self, event: &str) -> bool {
        self.may_subscribe(event)
    }

    fn admit(&self, event: &str) -> Result<(), Failure> {
        self.check(Action::Subscribe { event })
    }
}

fn call_of<'a>(actor: &'a ActorId, method: &'a Method) -> Action<'a> {
    Action::Call {
        target: actor.as_str(),
        message_type: method.name(),
        is_exclusive: method.is_exclusive(),
    }
}

fn named(what: Action<'_>) -> String {
    match what {
        Action::Call {
            target, message_type, ..
        } => format!("`{message_type}` of `{target}`"),
        Action::Subscribe { event } => format!("events `{event}`"),
        Action::Discover => "discover".to_owned(),
        Action::Schema => "schema".to_owned(),
        Action::Stats => "stats".to_owned(),
    }
}
