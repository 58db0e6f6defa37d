//! The contracts of an actor, as types: what its queue carries and how it is dispatched.

use std::{marker::PhantomData, sync::Arc};

use tokio::sync::mpsc::Sender;

use super::{
    dispatch::{Dispatch, Mode, SharedTurn},
    queue::{Injecting, Queued},
};
use crate::{broker::Broker, contract::ContractMessage, router::Routes};

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

/// The contract that `D` dispatches.
pub struct Single<D>(PhantomData<fn() -> D>);

/// The contracts of `A` and those of `B`. What both have is served once.
pub struct Cons<A, B>(PhantomData<fn() -> (A, B)>);

/// A message that cannot exist.
#[derive(Clone, Copy, Debug)]
pub enum Never {}

/// A message of some contracts or of others.
#[derive(Debug)]
pub enum Either<A, B> {
    /// Of the former.
    This(A),
    /// Of the latter.
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

impl<S, D> ContractSet<S> for Single<D>
where
    S: Send + Sync + 'static,
    D: Dispatch<S, Message: ContractMessage>,
{
    type Dispatch = D;

    fn add_routes<Q: Send + 'static>(
        routes: &mut Routes,
        queue: &QueueSender<Q>,
        inject: impl Fn(D::Message) -> Q + Clone + Send + Sync + 'static,
    ) {
        routes.add::<D::Message>(|| {
            Arc::new(Injecting {
                queue: queue.0.clone(),
                inject,
            })
        });
    }

    fn expose_events(broker: &Broker) {
        D::Message::expose_events(broker);
    }
}

impl<S, A, B> ContractSet<S> for Cons<A, B>
where
    S: Send + Sync + 'static,
    A: ContractSet<S>,
    B: ContractSet<S>,
{
    type Dispatch = DispatchEither<A::Dispatch, B::Dispatch>;

    fn add_routes<Q: Send + 'static>(
        routes: &mut Routes,
        queue: &QueueSender<Q>,
        inject: impl Fn(<Self::Dispatch as Dispatch<S>>::Message) -> Q + Clone + Send + Sync + 'static,
    ) {
        let inject_this = inject.clone();
        A::add_routes(routes, queue, move |message| inject_this(Either::This(message)));
        B::add_routes(routes, queue, move |message| inject(Either::Other(message)));
    }

    fn expose_events(broker: &Broker) {
        A::expose_events(broker);
        B::expose_events(broker);
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

/// Runs the messages of some contracts and of others.
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
