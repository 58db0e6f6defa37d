//! The contracts of an actor, as types: what its queue carries and how it is dispatched.

use std::{any::TypeId, marker::PhantomData, sync::Arc};

use tokio::sync::mpsc::Sender;

use super::{
    dispatch::{Dispatch, Mode, SharedTurn},
    queue::{Injecting, Queued, Sink},
};
use crate::{broker::Broker, contract::ContractMessage, registry::Entry, router::Routes};

/// The contracts that an actor with the state `S` serves.
pub trait ContractSet<S>: 'static {
    /// What runs the sum of the contracts' messages.
    type Dispatch: Dispatch<S>;

    /// Adds the ways into the queue, one for each contract; `inject` makes a message of the set one of the queue.
    #[doc(hidden)]
    fn add_routes<Q: Send + 'static>(
        routes: &mut Routes,
        queue: &QueueSender<Q>,
        inject: impl Fn(<Self::Dispatch as Dispatch<S>>::Message) -> Q + Clone + Send + Sync + 'static,
    );

    /// Lets callers outside the process subscribe to the contracts' events.
    #[doc(hidden)]
    fn expose_events(broker: &Broker);
}

/// The sending half of an actor's queue.
pub struct QueueSender<Q>(pub(super) Sender<Queued<Q>>);

/// No contract.
#[derive(Debug)]
pub struct Nil;

/// The contract that `D` dispatches, and those of `Rest`.
pub struct Cons<D, Rest>(PhantomData<fn() -> (D, Rest)>);

/// A message that cannot exist.
#[derive(Clone, Copy, Debug)]
pub enum Never {}

/// A message of one contract or of the others.
#[derive(Debug)]
pub enum Either<A, B> {
    /// The contract's.
    This(A),
    /// The others'.
    Other(B),
}

impl<S: Send + Sync + 'static> ContractSet<S> for Nil {
    type Dispatch = DispatchNothing;

    fn add_routes<Q: Send + 'static>(
        _: &mut Routes,
        _: &QueueSender<Q>,
        _: impl Fn(Never) -> Q + Clone + Send + Sync + 'static,
    ) {
    }

    fn expose_events(_: &Broker) {}
}

impl<S, D, Rest> ContractSet<S> for Cons<D, Rest>
where
    S: Send + Sync + 'static,
    D: Dispatch<S, Message: ContractMessage>,
    Rest: ContractSet<S>,
{
    type Dispatch = DispatchEither<D, Rest::Dispatch>;

    fn add_routes<Q: Send + 'static>(
        routes: &mut Routes,
        queue: &QueueSender<Q>,
        inject: impl Fn(<Self::Dispatch as Dispatch<S>>::Message) -> Q + Clone + Send + Sync + 'static,
    ) {
        let inject_this = inject.clone();
        let sink: Arc<dyn Sink<D::Message>> = Arc::new(Injecting {
            queue: queue.0.clone(),
            inject: move |message| inject_this(Either::This(message)),
        });
        let entry = Arc::new(Entry::new(Arc::clone(&sink)));
        routes.add(TypeId::of::<D::Message>(), Box::new(sink), entry);
        Rest::add_routes(routes, queue, move |message| inject(Either::Other(message)));
    }

    fn expose_events(broker: &Broker) {
        D::Message::expose_events(broker);
        Rest::expose_events(broker);
    }
}

/// Runs the messages of no contract.
pub struct DispatchNothing;

impl<S: Send + Sync + 'static> Dispatch<S> for DispatchNothing {
    type Message = Never;

    fn new() -> Self {
        DispatchNothing
    }

    fn mode(message: &Never) -> Mode {
        match *message {}
    }

    fn shared(&mut self, _: &mut SharedTurn<'_, S>, message: Never) {
        match message {}
    }

    fn alone(_: &mut S, message: Never) {
        match message {}
    }

    async fn alone_async(_: &mut S, message: Never) {
        match message {}
    }
}

/// Runs the messages of one contract and of others.
pub struct DispatchEither<A, B> {
    this: A,
    other: B,
}

impl<S, A, B> Dispatch<S> for DispatchEither<A, B>
where
    S: Send + Sync + 'static,
    A: Dispatch<S>,
    B: Dispatch<S>,
{
    type Message = Either<A::Message, B::Message>;

    fn new() -> Self {
        DispatchEither {
            this: A::new(),
            other: B::new(),
        }
    }

    fn mode(message: &Self::Message) -> Mode {
        match message {
            Either::This(message) => A::mode(message),
            Either::Other(message) => B::mode(message),
        }
    }

    fn shared(&mut self, turn: &mut SharedTurn<'_, S>, message: Self::Message) {
        match message {
            Either::This(message) => self.this.shared(turn, message),
            Either::Other(message) => self.other.shared(turn, message),
        }
    }

    fn alone(state: &mut S, message: Self::Message) {
        match message {
            Either::This(message) => A::alone(state, message),
            Either::Other(message) => B::alone(state, message),
        }
    }

    async fn alone_async(state: &mut S, message: Self::Message) {
        match message {
            Either::This(message) => A::alone_async(state, message).await,
            Either::Other(message) => B::alone_async(state, message).await,
        }
    }
}
