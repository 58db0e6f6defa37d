//! From a message to the method of a fake that it calls, if there is an answer.

use std::marker::PhantomData;

use callsheet_wire::Failure;

use super::Fake;
use crate::{
    actor::{ContractSet, Dispatch, Mode, QueueSender, SharedTurn},
    broker::Broker,
    contract::Letter,
    router::Routes,
};

/// The contracts of `C`, served by a fake.
pub struct FakeContracts<C>(PhantomData<fn() -> C>);

impl<S: Fake, C: ContractSet<S>> ContractSet<S> for FakeContracts<C> {
    type Dispatch = DispatchAnswered<C::Dispatch>;

    fn add_routes<Q: Send + 'static>(
        routes: &mut Routes,
        queue: &QueueSender<Q>,
        inject: impl Fn(<C::Dispatch as Dispatch<S>>::Message) -> Q + Clone + Send + Sync + 'static,
    ) {
        C::add_routes(routes, queue, inject);
    }

    fn expose_events(broker: &Broker) {
        C::expose_events(broker);
    }
}

/// Runs the messages that the fake has an answer for, as `D` does. Others end with a failure in their turn, and the fake
/// goes on: a panic would take it down, and with it the calls that run beside.
pub struct DispatchAnswered<D>(D);

impl<S: Fake, D: Dispatch<S>> Dispatch<S> for DispatchAnswered<D> {
    type Message = D::Message;

    fn new() -> Self {
        DispatchAnswered(D::new())
    }

    fn mode(message: &D::Message) -> Mode {
        D::mode(message)
    }

    fn shared(&mut self, turn: &mut SharedTurn<'_, S>, message: D::Message) {
        match turn.state().told().refusal(D::letter(&message)) {
            None => self.0.shared(turn, message),
            Some(failure) => {
                turn.skip();
                D::refuse(message, failure);
            }
        }
    }

    fn alone(state: &mut S, message: D::Message) -> bool {
        match state.told().refusal(D::letter(&message)) {
            None => D::alone(state, message),
            Some(failure) => {
                D::refuse(message, failure);
                false
            }
        }
    }

    async fn alone_async(state: &mut S, message: D::Message) -> bool {
        match state.told().refusal(D::letter(&message)) {
            None => D::alone_async(state, message).await,
            Some(failure) => {
                D::refuse(message, failure);
                false
            }
        }
    }

    fn letter(message: &D::Message) -> Letter {
        D::letter(message)
    }

    fn refuse(message: D::Message, failure: Failure) {
        D::refuse(message, failure);
    }
}
