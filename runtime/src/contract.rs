//! What the macro makes of a contract: the traits that tie a trait object's type to its messages and its proxy.

use std::marker::PhantomData;

use callsheet_schema::{Kind, Types};
use callsheet_wire::{Code, Failure, Payload};

use crate::{
    actor::{ActorId, ContractSet},
    broker::Broker,
    call::{Outcome, Reply, Returns, Slots, WireReply},
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
    /// `namespace.Trait`: the contract's stable name.
    const CONTRACT: &'static str;

    /// The methods that exist in this build, as callers on the wire see them, in the order of declaration.
    fn methods() -> Vec<MethodInfo>;

    /// Builds the message of the method that [`MethodInfo`] calls `index` from its undecoded payload.
    ///
    /// # Errors
    ///
    /// `SerializationError` with the path of what does not fit.
    fn decode(index: usize, payload: Payload<'_>, reply: WireReply) -> Result<Self, Failure>;

    /// Lets callers outside the process subscribe to the contract's events.
    fn expose_events(broker: &Broker);

    /// The contract, described.
    fn describe(types: &mut Types) -> callsheet_schema::Contract;
}

/// A method as callers on the wire see it.
#[derive(Clone, Debug)]
pub struct MethodInfo {
    /// What [`ContractMessage::decode`] calls it.
    pub index: usize,
    /// The short name of its message; the full one has the contract's name and a dot before it.
    pub message: &'static str,
    /// Further short names under which the message is still accepted.
    pub aliases: &'static [&'static str],
    /// How many replies a call has.
    pub kind: Kind,
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
    /// The messages of the contract the method belongs to.
    type Queued: ContractMessage;
    /// What the method returns.
    type Returns: Returns;

    /// Where replies to this message wait for their callers.
    fn slots() -> &'static Slots<Outcome<Self::Returns>>;

    /// The message with the place its reply goes to, as the actor's queue carries it.
    fn into_queued(self, reply: Reply<Self::Returns>) -> Self::Queued;
}

/// The arguments of a method without a reply, as the message that carries them.
pub trait TellMessage: Sized + Send + 'static {
    /// The messages of the contract the method belongs to.
    type Queued: ContractMessage;

    /// The message as the actor's queue carries it.
    fn into_queued(self) -> Self::Queued;
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
        write!(f, "ContractRef({})", T::Message::CONTRACT)
    }
}

/// Whether no two of a contract's messages have one short name; `names` may be full ones.
///
/// Names that come from types are not known to the macro, nor is which methods a `cfg` leaves.
pub const fn are_distinct(names: &[&str]) -> bool {
    let mut at = 0;
    while at < names.len() {
        let mut earlier = 0;
        while earlier < at {
            if is_same_short(names[earlier].as_bytes(), names[at].as_bytes()) {
                return false;
            }
            earlier += 1;
        }
        at += 1;
    }
    true
}

const fn is_same_short(one: &[u8], other: &[u8]) -> bool {
    let (one_start, other_start) = (short_start(one), short_start(other));
    if one.len() - one_start != other.len() - other_start {
        return false;
    }
    let mut at = 0;
    while one_start + at < one.len() {
        if one[one_start + at] != other[other_start + at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Where the last segment starts, as [`callsheet_schema::names::short`] finds it.
const fn short_start(name: &[u8]) -> usize {
    let (mut at, mut start) = (0, 0);
    while at < name.len() && name[at] != b'<' {
        if name[at] == b'.' {
            start = at + 1;
        }
        at += 1;
    }
    start
}

/// The failure of a decoder that was asked for a method it does not have.
pub fn no_such_method(contract: &str, index: usize) -> Failure {
    Failure::new(Code::Internal, format!("`{contract}` has no method {index}"))
}
