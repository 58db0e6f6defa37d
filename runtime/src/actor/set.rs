//! What an actor takes, as types: what its queue carries and how it is dispatched.

use std::{marker::PhantomData, sync::Arc};

use super::{
    dispatch::{Dispatch, Mode, SharedTurn},
    events::Subscriptions,
    queue::{Injecting, QueueSender},
};
use crate::{
    broker::Broker,
    contract::{ContractMessage, Letter},
    router::Routes,
};
use callsheet_wire::Failure;

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

    /// Subscribes the actor to the events that it hears, which then wait in its queue; `inject` as for the ways into it.
    ///
    /// # Panics
    ///
    /// If another type was published or declared under an event's name.
    #[doc(hidden)]
    fn subscribe<Q: Send + 'static>(
        subscriptions: &mut Subscriptions,
        broker: &Broker,
        queue: &QueueSender<Q>,
        inject: impl Fn(<Self::Dispatch as Dispatch<S>>::Message) -> Q + Clone + Send + Sync + 'static,
    ) {
        let _ = (subscriptions, broker, queue, inject);
    }

    /// Lets callers outside the process subscribe to the contracts' events.
    #[doc(hidden)]
    fn expose_events(broker: &Broker);
}

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
                queue: queue.clone(),
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

    fn subscribe<Q: Send + 'static>(
        subscriptions: &mut Subscriptions,
        broker: &Broker,
        queue: &QueueSender<Q>,
        inject: impl Fn(<Self::Dispatch as Dispatch<S>>::Message) -> Q + Clone + Send + Sync + 'static,
    ) {
        let inject_this = inject.clone();
        A::subscribe(subscriptions, broker, queue, move |message| {
            inject_this(Either::This(message))
        });
        B::subscribe(subscriptions, broker, queue, move |message| {
            inject(Either::Other(message))
        });
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

    fn alone(_: &mut S, message: Never) -> bool {
        match message {}
    }

    async fn alone_async(_: &mut S, message: Never) -> bool {
        match message {}
    }

    fn letter(message: &Never) -> Letter {
        match *message {}
    }

    fn refuse(message: Never, _: Failure) {
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

    fn alone(state: &mut S, message: Self::Message) -> bool {
        match message {
            Either::This(message) => A::alone(state, message),
            Either::Other(message) => B::alone(state, message),
        }
    }

    async fn alone_async(state: &mut S, message: Self::Message) -> bool {
        match message {
            Either::This(message) => A::alone_async(state, message).await,
            Either::Other(message) => B::alone_async(state, message).await,
        }
    }

    fn letter(message: &Self::Message) -> Letter {
        match message {
            Either::This(message) => A::letter(message),
            Either::Other(message) => B::letter(message),
        }
    }

    fn is_event(message: &Self::Message) -> bool {
        match message {
            Either::This(message) => A::is_event(message),
            Either::Other(message) => B::is_event(message),
        }
    }

    fn refuse(message: Self::Message, failure: Failure) {
        match message {
            Either::This(message) => A::refuse(message, failure),
            Either::Other(message) => B::refuse(message, failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use callsheet_macros::actor_contract;
    use callsheet_wire::{Code, Codec, Payload};

    use super::*;
    use crate::{
        call::{Port, WireReply},
        contract::{MessageOf, Serves, tests::Kept},
    };

    #[actor_contract(namespace = "set")]
    pub(super) trait Here {
        fn open(&self);
    }

    #[actor_contract(namespace = "set")]
    pub(super) trait There {
        fn open(&self);
    }

    struct Door;

    impl Here for Door {
        fn open(&self) {}
    }

    impl There for Door {
        fn open(&self) {}
    }

    type Both = Cons<<dyn Here as Serves<Door>>::Contracts, <dyn There as Serves<Door>>::Contracts>;
    type DispatchBoth = <Both as ContractSet<Door>>::Dispatch;

    fn message<M: ContractMessage>(reply: WireReply) -> M {
        let decoded = (M::METHODS[0].decode)(Payload::absent(Codec::Json), reply);
        decoded.expect("it has no arguments")
    }

    #[test]
    fn a_message_of_the_sum_is_named_and_refused_as_its_contract_does_it() {
        let outlet = Arc::new(Kept::default());
        let port = || WireReply::Port(Port::new(outlet.clone(), 1));
        let this = Either::This(message::<MessageOf<dyn Here>>(port()));
        let other = Either::Other(message::<MessageOf<dyn There>>(port()));
        let failures = [Code::TargetBusy, Code::ActorStopped].map(|code| Failure::new(code, "not now"));
        for (message, contract, failure) in [(this, "set.Here", &failures[0]), (other, "set.There", &failures[1])] {
            let expected = Letter {
                contract,
                method: "Open",
                awaited: true,
            };
            assert_eq!(<DispatchBoth as Dispatch<Door>>::letter(&message), expected);
            <DispatchBoth as Dispatch<Door>>::refuse(message, failure.clone());
        }
        assert_eq!(*outlet.0.lock(), failures);
    }
}
