//! The address of an actor by its state's type, for plain messages.

use std::{
    any::{Any, TypeId},
    fmt,
    marker::PhantomData,
    sync::Arc,
};

use super::{Address, Location};
use crate::{
    actor::{Access, Handles, PlainCall, short_name},
    ambient,
    by_type::ByType,
    call::{Ask, Tell},
    contract::ContractMessage,
    id::ActorId,
    runtime::WeakRuntime,
};

/// The address of an actor whose state is an `A`, for the plain messages that it takes by [`On`](crate::On) and
/// [`OnShared`](crate::OnShared).
///
/// It is cheap to clone, caches a sender to the actor's queue, and never keeps the actor alive. Making one never fails: an id
/// that leads nowhere, or to an actor of another type, is the error of the first call.
///
/// Calls are deadlined, chained and counted as those of a contract are. They cost the same but for one: the way to a message
/// type is looked up among those that this address, or one it was cloned from, has sent before.
pub struct ActorRef<A> {
    location: Location,
    addresses: Arc<ByType<dyn Any + Send + Sync>>,
    state: PhantomData<fn() -> A>,
}

impl<A: Send + Sync + 'static> ActorRef<A> {
    /// The actor `id` in the ambient runtime, as [`To`](crate::To) finds it.
    pub fn at(id: impl Into<ActorId>) -> Self {
        let runtime = ambient::find().map(|runtime| runtime.downgrade());
        Self::new(Location {
            id: id.into(),
            runtime,
            route: None,
        })
    }

    pub(crate) fn of(runtime: WeakRuntime, id: ActorId) -> Self {
        let runtime = Ok(runtime);
        Self::new(Location {
            id,
            runtime,
            route: None,
        })
    }

    pub(crate) fn new(location: Location) -> Self {
        ActorRef {
            location,
            addresses: Arc::new(ByType::new()),
            state: PhantomData,
        }
    }

    /// The actor's id.
    pub fn id(&self) -> &ActorId {
        &self.location.id
    }

    /// Sends a message and waits for no reply; one that the handler gives is dropped.
    ///
    /// It is sent when it is awaited, or given to `.send()`. It waits while the queue is full, until the deadline, and then
    /// fails with [`Code::Timeout`](crate::Code::Timeout).
    pub fn send<M, K>(&self, message: M) -> Tell<'_, PlainCall<A, M, K>>
    where
        A: Handles<M, K>,
        M: Send + 'static,
        K: Access,
    {
        Tell::new(self.address(), PlainCall(message, PhantomData))
    }

    /// Sends a message and waits for the reply: when it is awaited, it gives `Result<Reply, Failure>`.
    ///
    /// It fails as a call of a contract does, and with
    /// [`Code::UnknownMessageType`](crate::Code::UnknownMessageType) if the actor's builder did not say that it takes such
    /// messages, or its state is no `A`.
    pub fn ask<M, K>(&self, message: M) -> Ask<'_, PlainCall<A, M, K>>
    where
        A: Handles<M, K>,
        M: Send + 'static,
        K: Access,
    {
        Ask::new(self.address(), PlainCall(message, PhantomData))
    }

    pub(crate) fn location(&self) -> &Location {
        &self.location
    }

    fn address<M: ContractMessage>(&self) -> &Address<M> {
        let address = self
            .addresses
            .get(TypeId::of::<M>(), || Box::new(Address::<M>::new(&self.location)));
        address.downcast_ref().expect("addresses are kept by their type")
    }
}

impl<A> Clone for ActorRef<A> {
    fn clone(&self) -> Self {
        ActorRef {
            location: self.location.clone(),
            addresses: Arc::clone(&self.addresses),
            state: PhantomData,
        }
    }
}

impl<A> fmt::Debug for ActorRef<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ActorRef({} at `{}`)", short_name::<A>(), self.location.id)
    }
}
