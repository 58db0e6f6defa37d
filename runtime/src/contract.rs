//! What the macro makes of a contract: the traits that tie a trait object's type to its messages and its proxy.

use std::{marker::PhantomData, thread::LocalKey, time::Duration};

use callsheet_schema::{
    Types,
    descriptor::{ContractDescriptor, MethodDescriptor},
    names,
};
use callsheet_wire::{Code, DecodeError, Failure, Payload};

use crate::{
    actor::ContractSet,
    broker::Broker,
    call::{Outcome, Outgoing, Reply, Returns, UnusedSlots, WireReply},
    contained,
    id::ActorId,
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

    /// Why a call fails that is made of an actor which does not serve the contract.
    fn unserved(id: &ActorId) -> Failure {
        let text = format!("actor `{id}` does not serve the contract `{}`", Self::DESCRIPTOR.name);
        Failure::new(Code::UnknownMessageType, text)
    }

    /// What there is to say of the message where it is not run.
    fn letter(&self) -> Letter;

    /// Ends the call with `failure`. A message that asks for no reply is dropped.
    ///
    /// # Panics
    ///
    /// If dropping an argument does; whoever waits for the call has the failure by then. [`refuse`] does not.
    fn refuse(self, failure: Failure);

    /// The message as it leaves the process, for an actor outside of it; `None` for one that never does.
    fn into_outgoing(self) -> Option<Outgoing>;

    /// The contract, described.
    fn describe(types: &mut Types) -> callsheet_schema::Contract {
        let methods = Self::METHODS.iter().map(|method| &method.descriptor);
        Self::DESCRIPTOR.describe(methods, types)
    }
}

/// What there is to say of a message that is not run, in a log or a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The full name of the contract.
    pub contract: &'static str,
    /// The short name of the message, as the method's descriptor has it.
    pub method: &'static str,
    /// Somebody waits for a reply, who can be told what became of it. It is so also when the caller has gone meanwhile.
    pub awaited: bool,
}

/// Ends the call of `message` with `failure`, and lives through what dropping its arguments may do.
pub fn refuse<M: ContractMessage>(message: M, failure: Failure) {
    if contained::outcome(|| message.refuse(failure)).is_err() {
        tracing::error!("an argument of a call that was refused panicked while it was dropped");
    }
}

/// A method that callers on the wire reach, of the contract whose messages are `M`.
#[derive(Debug)]
pub struct WireMethod<M> {
    /// What they see of it.
    pub descriptor: MethodDescriptor,
    /// Builds the message from its undecoded payload; an error says where that does not fit.
    pub decode: fn(Payload<'_>, WireReply) -> Result<M, DecodeError>,
    /// How long its callers wait if they say nothing, where the contract says it.
    pub timeout: Option<Duration>,
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

    /// The chain from here on, for the actor at `location`, which is outside the process.
    fn outside(location: &Location) -> Self;
}

/// The end of a chain.
#[derive(Clone, Copy, Debug)]
pub struct End;

impl Link for End {
    fn at(_: &Location) -> Self {
        End
    }

    fn outside(_: &Location) -> Self {
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
    /// Whether it has the state alone.
    const EXCLUSIVE: bool;
    /// How long its callers wait if they say nothing, where the contract says it.
    const TIMEOUT: Option<Duration> = None;

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
    /// Whether it has the state alone.
    const EXCLUSIVE: bool;
    /// How long its callers wait for room in the queue if they say nothing, where the contract says it.
    const TIMEOUT: Option<Duration> = None;

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

#[cfg(test)]
pub(crate) mod tests {
    use std::{
        sync::Arc,
        task::{Context, Poll},
    };

    use callsheet_macros::{actor_contract, contract_type};
    use callsheet_wire::Codec;
    use parking_lot::Mutex;

    use super::*;
    use crate::{
        Streaming,
        call::{Ask, Body, EncodedStream, Outlet, Port, StreamCall, Tell},
    };

    /// Panics when it is dropped.
    #[contract_type(name = "letters.Parcel")]
    pub(super) struct Bomb {
        armed: bool,
    }

    impl Drop for Bomb {
        fn drop(&mut self) {
            assert!(!self.armed, "the bomb went off");
        }
    }

    #[actor_contract(namespace = "letters", timeout = "500ms")]
    pub(super) trait Letters {
        #[method(timeout = "2s")]
        fn open(&self, text: String) -> u64;
        #[cfg(any())]
        fn gone(&self);
        #[method(name = "Post", timeout = "10min")]
        #[tell]
        fn hand_over(&mut self);
        async fn put(&mut self, #[message] bomb: Bomb) -> u64;
        fn all(&self) -> Streaming<u64>;
        #[tell]
        fn forget(&self);
    }

    #[actor_contract(namespace = "letters")]
    pub(super) trait Unlimited {
        fn open(&self);
        #[method(timeout = "1min")]
        #[tell]
        fn close(&mut self);
    }

    /// A connection that keeps the failures of its calls.
    #[derive(Default)]
    pub(crate) struct Kept(pub(crate) Mutex<Vec<Failure>>);

    impl Outlet for Kept {
        fn begin(&self, _: u64) -> bool {
            true
        }
        fn poll_abandoned(&self, _: u64, _: &mut Context<'_>) -> Poll<()> {
            Poll::Pending
        }
        fn reply(&self, _: u64, _: Body<'_>) {}
        fn stream(&self, _: u64, _: Box<dyn EncodedStream>) {}
        fn fail(&self, _: u64, failure: Failure) {
            self.0.lock().push(failure);
        }
    }

    /// A message of the contract for each of its methods, with such arguments.
    fn messages(mut reply: impl FnMut() -> WireReply, bomb: &str) -> Vec<MessageOf<dyn Letters>> {
        let payload = |method: &WireMethod<_>| match method.descriptor.name {
            "open" => r#"{"text": "dear"}"#.to_owned(),
            "put" => format!(r#"{{"armed": {bomb}}}"#),
            _ => "{}".to_owned(),
        };
        let decoded = MessageOf::<dyn Letters>::METHODS.iter().map(|method| {
            let payload = payload(method);
            (method.decode)(Payload::new(Codec::Json, payload.as_bytes()), reply())
        });
        decoded.collect::<Result<_, _>>().expect("the payloads fit")
    }

    fn of_ask<M: Message>(_: &Ask<'_, M>) -> (bool, Option<Duration>) {
        (M::EXCLUSIVE, M::TIMEOUT)
    }

    fn of_stream<M: Message, T>(_: &StreamCall<M, T>) -> (bool, Option<Duration>) {
        (M::EXCLUSIVE, M::TIMEOUT)
    }

    fn of_tell<M: TellMessage>(_: &Tell<'_, M>) -> (bool, Option<Duration>) {
        (M::EXCLUSIVE, M::TIMEOUT)
    }

    fn limits<M: ContractMessage>() -> Vec<(&'static str, Option<Duration>)> {
        let limit = |method: &WireMethod<M>| (method.descriptor.message, method.timeout);
        M::METHODS.iter().map(limit).collect()
    }

    const HALF_A_SECOND: Duration = Duration::from_millis(500);
    const TWO_SECONDS: Duration = Duration::from_secs(2);
    const TEN_MINUTES: Duration = Duration::from_secs(600);
    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn messages_know_their_time_limit_and_whether_they_are_exclusive() {
        let letters = Letters.at("desk");
        assert_eq!(of_ask(&letters.open(String::new())), (false, Some(TWO_SECONDS)));
        assert_eq!(of_tell(&letters.hand_over()), (true, Some(TEN_MINUTES)));
        assert_eq!(of_ask(&letters.put(Bomb { armed: false })), (true, Some(HALF_A_SECOND)));
        assert_eq!(of_stream(&letters.all()), (false, Some(HALF_A_SECOND)));
        assert_eq!(of_tell(&letters.forget()), (false, Some(HALF_A_SECOND)));
        let unlimited = Unlimited.at("desk");
        assert_eq!(of_ask(&unlimited.open()), (false, None));
        assert_eq!(of_tell(&unlimited.close()), (true, Some(MINUTE)));
    }

    #[test]
    fn callers_on_the_wire_have_the_same_time_limits() {
        let expected = [
            ("Open", Some(TWO_SECONDS)),
            ("Post", Some(TEN_MINUTES)),
            ("Parcel", Some(HALF_A_SECOND)),
            ("All", Some(HALF_A_SECOND)),
            ("Forget", Some(HALF_A_SECOND)),
        ];
        assert_eq!(limits::<MessageOf<dyn Letters>>(), expected);
        let expected = [("Open", None), ("Close", Some(MINUTE))];
        assert_eq!(limits::<MessageOf<dyn Unlimited>>(), expected);
    }

    #[test]
    fn a_letter_names_the_message_and_says_whether_it_is_awaited() {
        let outlet = Arc::new(Kept::default());
        let port = || WireReply::Port(Port::new(outlet.clone(), 1));
        let letters: Vec<_> = messages(port, "false").iter().map(ContractMessage::letter).collect();
        let expected = [
            ("Open", true),
            ("Post", false),
            ("Parcel", true),
            ("All", true),
            ("Forget", false),
        ]
        .map(|(method, awaited)| Letter {
            contract: "letters.Letters",
            method,
            awaited,
        });
        assert_eq!(letters, expected);
        let unwanted = messages(|| WireReply::Discard, "false");
        assert!(unwanted.iter().all(|message| !message.letter().awaited));
    }

    #[test]
    fn a_refused_call_fails_with_what_it_was_refused_with_whatever_its_arguments_do() {
        let outlet = Arc::new(Kept::default());
        let port = || WireReply::Port(Port::new(outlet.clone(), 1));
        let failure = Failure::new(Code::TargetBusy, "no room");
        for message in messages(port, "true") {
            refuse(message, failure.clone());
        }
        assert_eq!(*outlet.0.lock(), vec![failure; 3], "one for each call that has a reply");
    }
}
