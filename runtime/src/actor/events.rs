//! Events that wait in an actor's own queue, and are handled as its exclusive calls are.

use std::{any::TypeId, future::Future, marker::PhantomData, sync::Arc};

use callsheet_wire::Failure;
use tokio::sync::mpsc::error::TrySendError;

use super::{
    dispatch::{Dispatch, Mode, SharedTurn},
    queue::{Injecting, QueueSender},
    set::ContractSet,
};
use crate::{
    broker::{
        Attachment, Broker, Event,
        subscriber::{Delivery, Offer, Offered, Publication, Subscriber},
    },
    call::CallHeader,
    contained,
    contract::Letter,
    router::Routes,
};

/// What an actor does with the events of a type. It hears them if its builder says
/// [`on_event`](super::ActorBuilder::on_event).
///
/// Events wait in the actor's own queue, with its calls and in order with them; all who hear an event share one value. Each
/// is handled with the state alone, as an exclusive call is, and [`CallContext::current`](crate::CallContext::current) is
/// the context of it. A handler that panics is a failure of the actor, which costs that event and no other.
///
/// ```
/// use std::time::Duration;
/// use callsheet::{OnEvent, Runtime, actor_contract, contract_type};
///
/// #[contract_type]
/// pub struct OrderCompleted {
///     pub total: u64,
/// }
///
/// #[actor_contract(namespace = "demo")]
/// pub trait Analytics {
///     fn revenue(&self) -> u64;
/// }
///
/// #[derive(Default)]
/// struct Books(u64);
///
/// impl Analytics for Books {
///     fn revenue(&self) -> u64 {
///         self.0
///     }
/// }
///
/// impl OnEvent<OrderCompleted> for Books {
///     async fn on_event(&mut self, event: &OrderCompleted) {
///         self.0 += event.total;
///     }
/// }
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let runtime = Runtime::launch()?;
/// let books = runtime.actor("books", Books::default);
/// books.serves(Analytics).on_event::<OrderCompleted>().start().await?;
/// runtime.broker().publish(OrderCompleted { total: 12 });
/// // What is asked after an event was published is handled after the event.
/// assert_eq!(Analytics.at("books").revenue().await?, 12);
/// # runtime.shutdown().await;
/// # Ok(()) }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does nothing with the event `{E}`",
    label = "the actor's state must implement `OnEvent` of it"
)]
pub trait OnEvent<E: Event>: Send + Sync + 'static {
    /// An event was published.
    fn on_event(&mut self, event: &E) -> impl Future<Output = ()> + Send;

    /// So many events were lost, because the queue was full when they were published. It is called before the next event
    /// that found room is handled, at the place where they are missing.
    fn on_missed(&mut self, missed: u64) -> impl Future<Output = ()> + Send {
        let _ = missed;
        async {}
    }
}

/// The events of the type `E`, beside the contracts that an actor serves.
pub struct Hears<E>(PhantomData<fn() -> E>);

/// An event in an actor's queue.
#[derive(Debug)]
pub struct Heard<E>(Delivery<E>);

/// Runs the handler of the event `E` on a state `S`.
pub struct DispatchEvent<S, E>(PhantomData<fn(S, E)>);

/// The subscriptions of one actor. They end when it is dropped.
#[derive(Debug, Default)]
pub struct Subscriptions(Vec<(TypeId, Attachment)>);

impl Subscriptions {
    /// Adds the subscription that `attach` makes, unless there is one to events of that type.
    fn add<E: Event>(&mut self, attach: impl FnOnce() -> Attachment) {
        let event = TypeId::of::<E>();
        if !self.0.iter().any(|(known, _)| *known == event) {
            self.0.push((event, attach()));
        }
    }

    /// Ends them: the broker knows nothing of the actor any more.
    pub(super) fn end(&mut self) {
        self.0.clear();
    }
}

impl<S: OnEvent<E>, E: Event> ContractSet<S> for Hears<E> {
    type Dispatch = DispatchEvent<S, E>;

    fn add_routes<Q: Send + 'static>(
        _: &mut Routes,
        _: &QueueSender<Q>,
        _: impl Fn(Heard<E>) -> Q + Clone + Send + Sync + 'static,
    ) {
    }

    fn subscribe<Q: Send + 'static>(
        subscriptions: &mut Subscriptions,
        broker: &Broker,
        queue: &QueueSender<Q>,
        inject: impl Fn(Heard<E>) -> Q + Clone + Send + Sync + 'static,
    ) {
        subscriptions.add::<E>(|| {
            broker.attach::<E>(Arc::new(Injecting {
                queue: queue.clone(),
                inject,
            }))
        });
    }

    fn expose_events(_: &Broker) {}
}

impl<E, Q, F> Subscriber<E> for Injecting<Q, F>
where
    E: Event,
    Q: Send + 'static,
    F: Fn(Heard<E>) -> Q + Send + Sync,
{
    /// The task that is woken here is an actor's, hence one of tokio's: no code of a user's runs.
    fn offer(&self, offered: Offered<'_, E>, _: &mut Publication) -> Offer {
        match self.queue.queue.try_reserve() {
            Ok(permit) => {
                let event = Heard(offered.take());
                self.queue.put(permit, CallHeader::NONE, (self.inject)(event));
                Offer::Taken
            }
            Err(TrySendError::Full(())) => Offer::Refused,
            Err(TrySendError::Closed(())) => Offer::Closed,
        }
    }
}

impl<S: OnEvent<E>, E: Event> Dispatch<S> for DispatchEvent<S, E> {
    type Message = Heard<E>;

    fn new() -> Self {
        DispatchEvent(PhantomData)
    }

    fn mode(_: &Heard<E>) -> Mode {
        Mode::AloneAsync
    }

    fn shared(&mut self, _: &mut SharedTurn<'_, S>, _: Heard<E>) {}

    fn alone(_: &mut S, _: Heard<E>) -> bool {
        false
    }

    async fn alone_async(state: &mut S, message: Heard<E>) -> bool {
        let Delivery {
            event,
            missed_before,
            receipt,
        } = message.0;
        if missed_before > 0 {
            state.on_missed(missed_before).await;
        }
        state.on_event(&event).await;
        // Others may have let it go by now; what its drop does is no fault of this actor's.
        contained::discard(event);
        drop(receipt);
        true
    }

    fn letter(_: &Heard<E>) -> Letter {
        Letter {
            contract: "event",
            method: E::NAME,
            awaited: false,
        }
    }

    fn is_event(_: &Heard<E>) -> bool {
        true
    }

    fn refuse(message: Heard<E>, _: Failure) {
        contained::discard(message);
    }
}
