//! What handlers find of the service: its actors, its broker, its runtime.

use std::any::type_name;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};

use crate::{
    actor::short_name,
    broker::Broker,
    contract::Contract,
    extensions::{ActorExtension, RunningExtensions},
    id::ActorId,
    mailbox::{ActorRef, Addressed, Mailbox},
    runtime::Runtime,
};

/// The state of the service's router. It is cheap to clone.
#[derive(Clone, Debug)]
pub struct AppState {
    runtime: Runtime,
    extensions: RunningExtensions,
}

impl AppState {
    pub(super) fn new(runtime: Runtime, extensions: RunningExtensions) -> Self {
        AppState { runtime, extensions }
    }

    /// The extension of the type `A`, if the service has it.
    pub fn actor<A: ActorExtension>(&self) -> Option<ActorRef<A>> {
        self.extensions.actor()
    }

    /// The mailbox of any actor, by its id: that of an extension, or of one that was started in the service's runtime. It never
    /// fails: what cannot be resolved is the error of the first call.
    pub fn mailbox<T: Contract + ?Sized>(&self, id: impl Into<ActorId>) -> Mailbox<T> {
        self.runtime.to(id)
    }

    /// Where events are published, and all extensions hear them.
    pub fn broker(&self) -> &Broker {
        self.runtime.broker()
    }

    /// The runtime that the actors run in.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// All extensions.
    pub fn extensions(&self) -> &RunningExtensions {
        &self.extensions
    }
}

/// An argument of a handler: the extension of the type `A`. Without it in the service, the request is answered 503, by
/// [`NotRegistered`].
///
/// It works for every router whose state an [`AppState`] can be had of, by axum's `FromRef`.
#[derive(Clone, Debug)]
pub struct Actor<A>(pub ActorRef<A>);

/// An argument of a handler: the mailbox of the extension of the type `A`, for the contract that it is
/// [addressed](Addressed) by. Without it in the service, the request is answered 503, by [`NotRegistered`].
#[derive(Clone, Debug)]
pub struct MailboxOf<A: Addressed>(pub Mailbox<A::Contract>);

/// The service has no extension of a type that a handler wants. It is answered with status 503 and a text that names the type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this service has no actor `{name}`; its builder has to say `.with_actor::<{name}>()`")]
pub struct NotRegistered {
    name: &'static str,
}

impl NotRegistered {
    fn of<A>() -> Self {
        tracing::error!(
            actor = type_name::<A>(),
            "a handler wants an extension that the service does not have"
        );
        NotRegistered {
            name: short_name::<A>(),
        }
    }
}

impl IntoResponse for NotRegistered {
    fn into_response(self) -> Response {
        (StatusCode::SERVICE_UNAVAILABLE, self.to_string()).into_response()
    }
}

impl<S, A> FromRequestParts<S> for Actor<A>
where
    S: Send + Sync,
    AppState: FromRef<S>,
    A: ActorExtension,
{
    type Rejection = NotRegistered;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, NotRegistered> {
        let actor = AppState::from_ref(state).actor::<A>();
        actor.map(Actor).ok_or_else(NotRegistered::of::<A>)
    }
}

impl<S, A> FromRequestParts<S> for MailboxOf<A>
where
    S: Send + Sync,
    AppState: FromRef<S>,
    A: ActorExtension + Addressed,
{
    type Rejection = NotRegistered;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, NotRegistered> {
        let mailbox = AppState::from_ref(state).extensions.mailbox::<A>();
        mailbox.map(MailboxOf).ok_or_else(NotRegistered::of::<A>)
    }
}
