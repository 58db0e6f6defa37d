//! Messages that no contract declares: plain values, for actors of this process.
//!
//! A plain message is a contract of one method for everyone behind it: the queue, the dispatch, the slots of replies, chains,
//! deadlines and books know no difference. What it lacks is a place on the wire.

use std::{
    any::{Any, TypeId, type_name},
    future::Future,
    marker::PhantomData,
    thread::LocalKey,
};

use callsheet_schema::descriptor::ContractDescriptor;
use callsheet_wire::{Code, Failure};

use super::dispatch::{Dispatch, Mode, SharedMethod, SharedTurn};
use crate::{
    broker::Broker,
    by_type::ByType,
    call::{Outcome, Outgoing, Plainly, Reply, UnusedSlots, WireReply},
    contract::{self, Contract, ContractMessage, Letter, Link, Message, Proxy, TellMessage, WireMethod},
    id::ActorId,
    mailbox::{Address, Location},
};

/// What an actor does with the plain messages of a type, with its state alone: one at a time, in the order in which they
/// came. It takes them if its builder says [`on`](super::ActorBuilder::on).
///
/// A plain message is any value that can be sent to another thread. It belongs to no contract, so no caller outside the
/// process reaches it, and it needs no `#[contract_type]`. It is sent through an [`ActorRef`](crate::ActorRef).
///
/// ```
/// use std::collections::HashMap;
/// use callsheet::{On, OnShared, Runtime};
///
/// #[derive(Default)]
/// struct Cache(HashMap<String, String>);
///
/// struct Set(String, String);
/// struct Get(String);
///
/// impl On<Set> for Cache {
///     type Reply = ();
///
///     async fn on(&mut self, Set(key, value): Set) {
///         self.0.insert(key, value);
///     }
/// }
///
/// impl OnShared<Get> for Cache {
///     type Reply = Option<String>;
///
///     async fn on_shared(&self, Get(key): Get) -> Option<String> {
///         self.0.get(&key).cloned()
///     }
/// }
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let runtime = Runtime::launch()?;
/// runtime.actor("cache", Cache::default).on::<Set>().on_shared::<Get>().start().await?;
/// let cache = runtime.actor_ref::<Cache>("cache");
/// cache.send(Set("name".into(), "Ada".into())).await?;
/// assert_eq!(cache.ask(Get("name".into())).await?.as_deref(), Some("Ada"));
/// # runtime.shutdown().await;
/// # Ok(()) }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does nothing with the message `{M}`",
    label = "the actor's state must implement `On` of it"
)]
pub trait On<M>: Send + Sync + 'static {
    /// What the message is answered with; `()` if there is nothing to say.
    type Reply: Send + 'static;

    /// A message came. A panic is a failure of the actor, and of the call.
    fn on(&mut self, message: M) -> impl Future<Output = Self::Reply> + Send;
}

/// What an actor does with the plain messages of a type, beside others that share its state, as `async fn(&self)` of a
/// contract. It takes them if its builder says [`on_shared`](super::ActorBuilder::on_shared).
///
/// [`On`] has an example. A type that implements both for one message is asked with the access named:
/// `actor.ask::<_, callsheet::Shared>(message)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does nothing with the message `{M}`",
    label = "the actor's state must implement `OnShared` of it"
)]
pub trait OnShared<M>: Send + Sync + 'static {
    /// What the message is answered with; `()` if there is nothing to say.
    type Reply: Send + 'static;

    /// A message came. It is dropped where it awaits when nobody waits for the reply any more. A panic is a failure of the
    /// actor, and of all calls that share the state.
    fn on_shared(&self, message: M) -> impl Future<Output = Self::Reply> + Send;
}

/// The access of [`On`]: the state alone.
#[derive(Clone, Copy, Debug)]
pub struct Exclusively;

/// The access of [`OnShared`]: the state beside others.
#[derive(Clone, Copy, Debug)]
pub struct Shared;

/// How a message has the state.
pub trait Access: sealed::Access {
    #[doc(hidden)]
    const EXCLUSIVE: bool;
    /// What the builder has to say.
    #[doc(hidden)]
    const SAID: &'static str;
}

impl Access for Exclusively {
    const EXCLUSIVE: bool = true;
    const SAID: &'static str = "on";
}

impl Access for Shared {
    const EXCLUSIVE: bool = false;
    const SAID: &'static str = "on_shared";
}

mod sealed {
    pub trait Access: Send + Sync + 'static {}
    impl Access for super::Exclusively {}
    impl Access for super::Shared {}
}

/// A type that handles the message `M`, by [`On`] or by [`OnShared`]. The access `K` is found by the compiler.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does nothing with the message `{M}`",
    label = "the actor's state implements neither `On` nor `OnShared` of it"
)]
pub trait Handles<M, K: Access>: Send + Sync + 'static {
    /// What the message is answered with.
    type Reply: Send + 'static;
}

impl<S: On<M>, M> Handles<M, Exclusively> for S {
    type Reply = S::Reply;
}

impl<S: OnShared<M>, M> Handles<M, Shared> for S {
    type Reply = S::Reply;
}

/// The contract of one plain message.
pub struct Plain<S, M, K>(PhantomData<fn(S, M, K)>);

/// A plain message, as a call.
pub struct PlainCall<S, M, K>(pub(crate) M, pub(crate) PhantomData<fn() -> (S, K)>);

/// A plain message in the queue of an actor whose state is `S`.
pub struct Posted<S: Handles<M, K>, M, K: Access> {
    message: M,
    reply: Reply<Plainly<S::Reply>>,
}

/// Where plain messages of one type go.
pub struct PlainProxy<S: Handles<M, K>, M: Send + 'static, K: Access>(Address<Posted<S, M, K>>);

thread_local! {
    /// By the type of the reply.
    static UNUSED: ByType<dyn Any> = const { ByType::new() };
}

/// The last segment of a type's path, without its parameters; all that there is of a type without a path, as tuples are.
pub(crate) fn short_name<T: ?Sized>() -> &'static str {
    let full = type_name::<T>();
    let path = full.split('<').next().unwrap_or(full);
    let last = path.rsplit("::").next().unwrap_or(path);
    let is_name = !last.is_empty() && last.chars().all(|c| c.is_alphanumeric() || c == '_');
    if is_name { last } else { full }
}

impl<S: Handles<M, K>, M: Send + 'static, K: Access> Contract for Plain<S, M, K> {
    type Message = Posted<S, M, K>;
    type Proxy = PlainProxy<S, M, K>;
    type Calls<Next: Link> = Next;
}

impl<S: Handles<M, K>, M: Send + 'static, K: Access> Proxy for PlainProxy<S, M, K> {
    type Message = Posted<S, M, K>;

    fn address(&self) -> &Address<Posted<S, M, K>> {
        &self.0
    }
}

impl<S: Handles<M, K>, M: Send + 'static, K: Access> Link for PlainProxy<S, M, K> {
    fn at(location: &Location) -> Self {
        PlainProxy(Address::new(location))
    }

    fn outside(location: &Location) -> Self {
        // No plain message leaves the process: its first call says that there is no such actor.
        Self::at(location)
    }
}

impl<S: Handles<M, K>, M: Send + 'static, K: Access> Clone for PlainProxy<S, M, K> {
    fn clone(&self) -> Self {
        PlainProxy(self.0.clone())
    }
}

impl<S: Handles<M, K>, M: Send + 'static, K: Access> ContractMessage for Posted<S, M, K> {
    // No name can be made of types in a constant; `letter` and `unserved` have the true one.
    const DESCRIPTOR: ContractDescriptor = ContractDescriptor {
        name: "a plain message",
        path: "",
        docs: "",
        deprecated: None,
        extends: &[],
        events: &[],
    };
    const METHODS: &'static [WireMethod<Self>] = &[];

    type Unused = ByType<dyn Any>;

    fn unused() -> &'static LocalKey<Self::Unused> {
        &UNUSED
    }

    fn expose_events(_: &Broker) {}

    fn letter(&self) -> Letter {
        Letter {
            contract: short_name::<S>(),
            method: short_name::<M>(),
            awaited: self.reply.is_awaited(),
        }
    }

    fn refuse(self, failure: Failure) {
        self.reply.fail(failure);
    }

    fn into_outgoing(self) -> Option<Outgoing> {
        None
    }

    fn unserved(id: &ActorId) -> Failure {
        let (state, message) = (short_name::<S>(), short_name::<M>());
        let text = format!(
            "actor `{id}` does not take the message `{message}` as a `{state}`; it does if it is one, and its builder says \
             `.{}::<{message}>()`",
            K::SAID
        );
        Failure::new(Code::UnknownMessageType, text)
    }
}

impl<S: Handles<M, K>, M: Send + 'static, K: Access> Message for PlainCall<S, M, K> {
    type Contract = Plain<S, M, K>;
    type Returns = Plainly<S::Reply>;
    const EXCLUSIVE: bool = K::EXCLUSIVE;

    fn unused(of: &ByType<dyn Any>) -> &UnusedSlots<Outcome<Plainly<S::Reply>>> {
        let slots = of.get(TypeId::of::<S::Reply>(), || {
            Box::new(UnusedSlots::<Outcome<Plainly<S::Reply>>>::new())
        });
        slots.downcast_ref().expect("slots are kept by their type")
    }

    fn into_queued(self, reply: Reply<Plainly<S::Reply>>) -> Posted<S, M, K> {
        Posted { message: self.0, reply }
    }
}

impl<S: Handles<M, K>, M: Send + 'static, K: Access> TellMessage for PlainCall<S, M, K> {
    type Contract = Plain<S, M, K>;
    const EXCLUSIVE: bool = K::EXCLUSIVE;

    fn into_queued(self) -> Posted<S, M, K> {
        Posted {
            message: self.0,
            reply: Reply::to_wire(WireReply::Discard),
        }
    }
}

/// Runs the messages of one type with the state alone.
pub struct DispatchOn<S, M>(PhantomData<fn(S, M)>);

/// Runs the messages of one type beside others.
pub struct DispatchOnShared<S: OnShared<M>, M>(SharedMethod<S, M, Plainly<S::Reply>>);

impl<S: On<M>, M: Send + 'static> Dispatch<S> for DispatchOn<S, M> {
    type Message = Posted<S, M, Exclusively>;

    fn new() -> Self {
        DispatchOn(PhantomData)
    }

    fn mode(_: &Self::Message) -> Mode {
        Mode::AloneAsync
    }

    fn shared(&mut self, _: &mut SharedTurn<'_, S>, _: Self::Message) {}

    fn alone(_: &mut S, _: Self::Message) -> bool {
        false
    }

    async fn alone_async(state: &mut S, message: Self::Message) -> bool {
        let Posted { message, mut reply } = message;
        let begun = reply.begin();
        if begun {
            let value = state.on(message).await;
            reply.complete(Plainly(value));
        }
        begun
    }

    fn letter(message: &Self::Message) -> Letter {
        message.letter()
    }

    fn refuse(message: Self::Message, failure: Failure) {
        contract::refuse(message, failure);
    }
}

impl<S: OnShared<M>, M: Send + 'static> Dispatch<S> for DispatchOnShared<S, M> {
    type Message = Posted<S, M, Shared>;

    fn new() -> Self {
        DispatchOnShared(SharedMethod::new(|state: std::sync::Arc<S>, message: M| async move {
            let value = state.on_shared(message).await;
            (Plainly(value), state)
        }))
    }

    fn mode(_: &Self::Message) -> Mode {
        Mode::Shared
    }

    fn shared(&mut self, turn: &mut SharedTurn<'_, S>, message: Self::Message) {
        let Posted { message, reply } = message;
        self.0.run(turn, message, reply);
    }

    fn alone(_: &mut S, _: Self::Message) -> bool {
        false
    }

    async fn alone_async(_: &mut S, _: Self::Message) -> bool {
        false
    }

    fn letter(message: &Self::Message) -> Letter {
        message.letter()
    }

    fn refuse(message: Self::Message, failure: Failure) {
        contract::refuse(message, failure);
    }
}

#[cfg(test)]
mod tests {
    use super::short_name;

    #[test]
    fn a_type_is_named_without_its_modules_and_parameters() {
        assert_eq!(short_name::<Vec<Option<u32>>>(), "Vec");
        assert_eq!(short_name::<super::Shared>(), "Shared");
        assert_eq!(short_name::<u32>(), "u32");
        assert_eq!(short_name::<(u32, String)>(), "(u32, alloc::string::String)");
    }
}
