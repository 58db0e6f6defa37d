//! What the macro makes of a contract: the traits that tie a trait object's type to its messages and its proxy.

use std::{marker::PhantomData, thread::LocalKey};

use callsheet_schema::{
    Types,
    descriptor::{ContractDescriptor, MethodDescriptor},
    names,
};
use callsheet_wire::{DecodeError, Payload};

use crate::{
    actor::{ActorId, ContractSet},
    broker::Broker,
    call::{Outcome, Reply, Returns, UnusedSlots, WireReply},
    mailbox::{Address, Location, Mailbox},
};

/// A contract, as the type `dyn Trait` of the trait that declares it. Implemented by `#[actor_contract]`.
///
/// It holds for `dyn Trait + 'a` of every lifetime: the compiler forgets lifetimes when it asks whether a future may be
/// sent, and must still find the contract.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a contract",
    note = "mark the trait with `#[actor_contract]` and write `dyn Trait`"
)]
pub trait Contract {
    /// What an actor's queue carries: one variant for each method.
    type Message: ContractMessage;
    /// The calls of the contract on an actor, and after them those of the contracts it builds on; what a mailbox
    /// dereferences to.
    type Proxy: Proxy<Message = Self::Message>;
    /// The same, with the calls of `Next` after them.
    #[doc(hidden)]
    type Calls<Next: Link>: Link;
    #[doc(hidden)]
    const IS: () = ();
}

/// What the queue of an actor that serves the contract `C` carries.
pub(crate) type MessageOf<C> = <C as Contract>::Message;

/// The unused slots of the methods of the contract `C`.
type UnusedOf<C> = <MessageOf<C> as ContractMessage>::Unused;

/// A contract that builds on the contract `T`: its trait has that of `T` as a supertrait. Implemented by
/// `#[actor_contract]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not build on such a contract",
    label = "the contract that is asked for is no supertrait of it",
    note = "what a supertrait builds on is reached in two steps"
)]
pub trait Extends<T: Contract + ?Sized>: Contract {}

/// The messages of a contract, as one type.
pub trait ContractMessage: Sized + Send + 'static {
    /// The contract, without its methods.
    const DESCRIPTOR: ContractDescriptor;

    /// The methods that exist in this build, in the order of declaration.
    const METHODS: &'static [WireMethod<Self>];

    /// The slots of the contract's methods that wait on one thread to be used again.
    type Unused: 'static;

    /// Those of this thread.
    fn unused() -> &'static LocalKey<Self::Unused>;

    /// Lets callers outside the process subscribe to the contract's events.
    fn expose_events(broker: &Broker);

    /// The contract, described.
    fn describe(types: &mut Types) -> callsheet_schema::Contract {
        let methods = Self::METHODS.iter().map(|method| &method.descriptor);
        Self::DESCRIPTOR.describe(methods, types)
    }
}

/// A method that callers on the wire reach, of the contract whose messages are `M`.
#[derive(Debug)]
pub struct WireMethod<M> {
    /// What they see of it.
    pub descriptor: MethodDescriptor,
    /// Builds the message from its undecoded payload; an error says where that does not fit.
    pub decode: fn(Payload<'_>, WireReply) -> Result<M, DecodeError>,
}

/// The calls of a contract on an actor.
pub trait Proxy: Link {
    /// The contract's messages.
    type Message: ContractMessage;
    /// Where its calls go.
    fn address(&self) -> &Address<Self::Message>;
}

/// A link of the chain that a mailbox dereferences to: the calls of its contract, then those of the contracts that it
/// builds on, depth first and in the order of declaration, then [`End`].
pub trait Link: Clone + Send + Sync + 'static {
    /// The chain from here on, for the actor at `location`.
    fn at(location: &Location) -> Self;
}

/// The end of a chain.
#[derive(Clone, Copy, Debug)]
pub struct End;

impl Link for End {
    fn at(_: &Location) -> Self {
        End
    }
}

/// The arguments of a method that replies, as the message that carries them.
pub trait Message: Sized + Send + 'static {
    /// The contract the method belongs to.
    ///
    /// Not the type of its messages, of which the compiler would then show for each method anew that all can be sent.
    type Contract: Contract + ?Sized;
    /// What the method returns.
    type Returns: Returns;

    /// Those of the contract's unused slots in which replies to this message wait for their callers.
    fn unused(of: &UnusedOf<Self::Contract>) -> &UnusedSlots<Outcome<Self::Returns>>;

    /// The message with the place its reply goes to, as the actor's queue carries it.
    fn into_queued(self, reply: Reply<Self::Returns>) -> MessageOf<Self::Contract>;
}

/// The arguments of a method without a reply, as the message that carries them.
pub trait TellMessage: Sized + Send + 'static {
    /// The contract the method belongs to.
    ///
    /// Not the type of its messages, of which the compiler would then show for each method anew that all can be sent.
    type Contract: Contract + ?Sized;

    /// The message as the actor's queue carries it.
    fn into_queued(self) -> MessageOf<Self::Contract>;
}

/// Ties a contract to a type that implements it. Implemented by `#[actor_contract]` for every implementor.
#[diagnostic::on_unimplemented(
    message = "`{S}` does not implement the contract `{Self}`",
    label = "the actor's state must implement the contract's trait"
)]
pub trait Serves<S>: Contract {
    /// The contract and those it builds on, each with what runs its messages on a state.
    type Contracts: ContractSet<S>;
}

/// A contract as a value: the constant of the trait's name that `#[actor_contract]` puts beside the trait.
///
/// It names the contract where a value is needed, as in `.serves(Calculator)`, and is where a typed mailbox is asked for.
pub struct ContractRef<T: Contract + ?Sized>(PhantomData<fn() -> Box<T>>);

impl<T: Contract + ?Sized> ContractRef<T> {
    #[doc(hidden)]
    pub const fn new() -> Self {
        ContractRef(PhantomData)
    }

    /// The mailbox of the actor `id` in the ambient runtime; the same as [`To`](crate::To).
    ///
    /// It never fails: what cannot be resolved is the error of the first call.
    pub fn at(self, id: impl Into<ActorId>) -> Mailbox<T> {
        Mailbox::ambient(id.into())
    }
}

impl<T: Contract + ?Sized> Clone for ContractRef<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Contract + ?Sized> Copy for ContractRef<T> {}

impl<T: Contract + ?Sized> std::fmt::Debug for ContractRef<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ContractRef({})", T::Message::DESCRIPTOR.name)
    }
}

/// Whether no two of a contract's messages have one short name; they may be full names.
///
/// Names that come from types are not known to the macro, nor is which methods a `cfg` leaves.
pub const fn are_distinct(messages: &[&str]) -> bool {
    let mut at = 0;
    while at < messages.len() {
        let mut earlier = 0;
        while earlier < at {
            if is_same_short(messages[earlier], messages[at]) {
                return false;
            }
            earlier += 1;
        }
        at += 1;
    }
    true
}

const fn is_same_short(one: &str, other: &str) -> bool {
    let (one, other) = (names::short(one).as_bytes(), names::short(other).as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}
