//! The kinds of call, told apart by what a method returns.

use std::convert::Infallible;

use callsheet_schema::{Answer, ContractType, DeclaredError, Describe, Kind, OneError, Returned, TypeRef, Types};
use callsheet_wire::{Code, DecodeError, Failure, Payload};

use super::{
    arriving::{Arriving, read_declared},
    ask::Ask,
    deferring,
    port::Port,
    reply::Reply,
    streamed::StreamCall,
};
use crate::{
    Deferred, Streaming,
    contract::{Message, MessageOf},
    mailbox::Address,
};

/// What a method returns: a contract type, [`Streaming`] or [`Deferred`], or `Result` of one of them and a declared error.
///
/// The kind of a call is read from this trait and never from the tokens of the return type, so that aliases work.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned by a contract's method",
    label = "neither a contract type, a `Result` of two, nor `Streaming` or `Deferred` of one",
    note = "mark the type, or those within it, with `#[contract_type]`"
)]
pub trait Returns: Sized + Send + 'static {
    /// How many replies a call has.
    const KIND: Kind;
    /// What a caller waits for.
    type Value: Send + 'static;
    /// The declared error that a caller may get in its stead.
    type Error: DeclaredError;
    /// What calling the proxy's method gives.
    type Call<'a, M: Message<Returns = Self>>: Send;

    /// A call of `message` on the actor behind `address`, not started.
    fn call<M: Message<Returns = Self>>(address: &Address<MessageOf<M::Contract>>, message: M) -> Self::Call<'_, M>;

    /// Gives what was returned to whoever waits for it, at once or when it is there.
    fn settle(self, reply: Reply<Self>);

    /// Sends what a caller outside the process waits for.
    fn write(outcome: Outcome<Self>, port: Port);

    /// Reads the reply of an actor outside the process.
    ///
    /// # Errors
    ///
    /// If it does not fit, or the method answers with a stream.
    fn read(reply: Payload<'_>) -> Result<Self::Value, DecodeError>;

    /// Reads the declared error of an actor outside the process.
    ///
    /// # Errors
    ///
    /// If it does not fit, or the method declares none.
    fn read_error(error: Payload<'_>) -> Result<Self::Error, DecodeError> {
        read_declared(error)
    }

    /// The stream whose items come from outside the process; `None` if the method answers with one reply.
    fn open(items: Arriving) -> Option<Self::Value>;

    /// The reply or item, and the declared error, described.
    fn describe(types: &mut Types) -> (TypeRef, Option<TypeRef>);
}

/// What a caller of a method waits for.
pub type Outcome<R> = Result<<R as Returns>::Value, <R as Returns>::Error>;

impl<R> Returns for R
where
    R: Returned,
    R::Ok: Answers,
    R::Err: OneError<<R::Ok as Answers>::Later>,
{
    const KIND: Kind = R::Ok::KIND;
    type Value = <R::Ok as Answers>::Value;
    type Error = <R::Err as OneError<<R::Ok as Answers>::Later>>::One;
    type Call<'a, M: Message<Returns = Self>> = <R::Ok as Answers>::Call<'a, M>;

    #[inline]
    fn call<M: Message<Returns = Self>>(address: &Address<MessageOf<M::Contract>>, message: M) -> Self::Call<'_, M> {
        R::Ok::call(address, message)
    }

    #[inline]
    fn settle(self, reply: Reply<Self>) {
        match self.split() {
            Ok(answer) => answer.settle(reply, R::Err::later),
            Err(error) => reply.deliver(Err(error.now())),
        }
    }

    fn write(outcome: Outcome<Self>, port: Port) {
        R::Ok::write(outcome, port);
    }

    fn read(reply: Payload<'_>) -> Result<Self::Value, DecodeError> {
        R::Ok::read(reply)
    }

    fn open(items: Arriving) -> Option<Self::Value> {
        R::Ok::open(items)
    }

    fn describe(types: &mut Types) -> (TypeRef, Option<TypeRef>) {
        (R::Ok::describe_value(types), Self::Error::describe_declared(types))
    }
}

/// The reply to a plain message: any value at all, since it stays in this process.
pub struct Plainly<T>(pub(crate) T);

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> Returns for Plainly<T> {
    const KIND: Kind = Kind::Ask;
    type Value = T;
    type Error = Infallible;
    type Call<'a, M: Message<Returns = Self>> = Ask<'a, M>;

    fn call<M: Message<Returns = Self>>(address: &Address<MessageOf<M::Contract>>, message: M) -> Ask<'_, M> {
        Ask::new(address, message)
    }

    fn settle(self, reply: Reply<Self>) {
        reply.deliver(Ok(self.0));
    }

    fn write(_: Outcome<Self>, port: Port) {
        // No plain message is registered for callers outside, so none asks for a reply there.
        port.fail(Failure::new(Code::Internal, "a plain message has no reply on the wire"));
    }

    fn read(_: Payload<'_>) -> Result<T, DecodeError> {
        // For the same reason none is sent there.
        Err(DecodeError::unread())
    }

    fn open(_: Arriving) -> Option<T> {
        None
    }

    fn describe(types: &mut Types) -> (TypeRef, Option<TypeRef>) {
        // For the same reason no document describes it.
        (<() as Describe>::describe(types), None)
    }
}

/// What [`Returns`] says of an answer alone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned by a contract's method",
    label = "neither a contract type, a `Result` of two, nor `Streaming` or `Deferred` of one",
    note = "mark the type, or those within it, with `#[contract_type]`"
)]
pub trait Answers: Answer + Sized {
    const KIND: Kind;
    /// What a caller waits for.
    type Value: Send + 'static;
    /// The declared error of what follows later.
    type Later: DeclaredError;
    type Call<'a, M: Message>: Send;

    fn call<M: Message>(address: &Address<MessageOf<M::Contract>>, message: M) -> Self::Call<'_, M>;

    fn settle<R: Returns<Value = Self::Value>>(self, reply: Reply<R>, later: fn(Self::Later) -> R::Error);

    fn write<E: DeclaredError>(outcome: Result<Self::Value, E>, port: Port);

    fn read(reply: Payload<'_>) -> Result<Self::Value, DecodeError>;

    fn open(items: Arriving) -> Option<Self::Value>;

    fn describe_value(types: &mut Types) -> TypeRef;
}

impl<T: ContractType> Answers for T {
    const KIND: Kind = Kind::Ask;
    type Value = T;
    type Later = Infallible;
    type Call<'a, M: Message> = Ask<'a, M>;

    #[inline]
    fn call<M: Message>(address: &Address<MessageOf<M::Contract>>, message: M) -> Ask<'_, M> {
        Ask::new(address, message)
    }

    #[inline]
    fn settle<R: Returns<Value = T>>(self, reply: Reply<R>, _: fn(Infallible) -> R::Error) {
        reply.deliver(Ok(self));
    }

    fn write<E: DeclaredError>(outcome: Result<T, E>, port: Port) {
        port.outcome(outcome);
    }

    fn read(reply: Payload<'_>) -> Result<T, DecodeError> {
        reply.decode()
    }

    fn open(_: Arriving) -> Option<T> {
        None
    }

    fn describe_value(types: &mut Types) -> TypeRef {
        T::describe(types)
    }
}

impl<T: Returned<Ok: ContractType>> Answer for Streaming<T> {}

#[diagnostic::do_not_recommend]
impl<T: Returned<Ok: ContractType>> Answers for Streaming<T> {
    const KIND: Kind = Kind::Stream;
    type Value = Self;
    type Later = T::Err;
    type Call<'a, M: Message> = StreamCall<M, T>;

    fn call<M: Message>(address: &Address<MessageOf<M::Contract>>, message: M) -> StreamCall<M, T> {
        StreamCall::new(address.clone(), message)
    }

    fn settle<R: Returns<Value = Self>>(self, reply: Reply<R>, _: fn(T::Err) -> R::Error) {
        // Each item says for itself whether it is an error.
        reply.deliver(Ok(self));
    }

    fn write<E: DeclaredError>(outcome: Result<Self, E>, port: Port) {
        match outcome {
            Ok(stream) => port.stream(stream),
            Err(error) => port.outcome::<(), E>(Err(error)),
        }
    }

    fn read(_: Payload<'_>) -> Result<Self, DecodeError> {
        Err(DecodeError::unread())
    }

    fn open(items: Arriving) -> Option<Self> {
        Some(Streaming::arriving(items))
    }

    fn describe_value(types: &mut Types) -> TypeRef {
        <T::Ok as Describe>::describe(types)
    }
}

impl<T: Returned<Ok: ContractType>> Answer for Deferred<T> {}

#[diagnostic::do_not_recommend]
impl<T: Returned<Ok: ContractType>> Answers for Deferred<T> {
    const KIND: Kind = Kind::Ask;
    type Value = T::Ok;
    type Later = T::Err;
    type Call<'a, M: Message> = Ask<'a, M>;

    fn call<M: Message>(address: &Address<MessageOf<M::Contract>>, message: M) -> Ask<'_, M> {
        Ask::new(address, message)
    }

    fn settle<R: Returns<Value = T::Ok>>(self, reply: Reply<R>, later: fn(T::Err) -> R::Error) {
        deferring::follow(self, reply, move |value| value.split().map_err(later));
    }

    fn write<E: DeclaredError>(outcome: Result<T::Ok, E>, port: Port) {
        port.outcome(outcome);
    }

    fn read(reply: Payload<'_>) -> Result<T::Ok, DecodeError> {
        reply.decode()
    }

    fn open(_: Arriving) -> Option<T::Ok> {
        None
    }

    fn describe_value(types: &mut Types) -> TypeRef {
        <T::Ok as Describe>::describe(types)
    }
}
