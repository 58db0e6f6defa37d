//! The kinds of call, told apart by what a method returns.

use callsheet_schema::{DeclaredError, Describe, Kind, Returned, TypeRef, Types};

use super::{ask::Ask, port::Port, streamed::StreamCall};
use crate::{Streaming, contract::Message, mailbox::Address};

/// What a method returns: a reply, `Result` of a reply and a declared error, or [`Streaming`] of either.
///
/// The kind of a call is read from this trait and never from the tokens of the return type, so that aliases work.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned by a contract's method",
    label = "neither a contract type, a `Result` of two, nor `Streaming` of one",
    note = "mark the type, or those within it, with `#[contract_type]`"
)]
pub trait Returns: Sized + Send + 'static {
    /// How many replies a call has.
    const KIND: Kind;
    /// What calling the proxy's method gives.
    type Call<'a, M: Message<Returns = Self>>: Send;

    /// A call of `message` on the actor behind `address`, not started.
    fn call<M: Message<Returns = Self>>(address: &Address<M::Queued>, message: M) -> Self::Call<'_, M>;

    /// Sends what was returned to a caller outside the process.
    fn write_to(self, port: Port);

    /// The reply or item, and the declared error, described.
    fn describe(types: &mut Types) -> (TypeRef, Option<TypeRef>);
}

impl<R: Returned> Returns for R {
    const KIND: Kind = Kind::Ask;
    type Call<'a, M: Message<Returns = Self>> = Ask<'a, M>;

    fn call<M: Message<Returns = Self>>(address: &Address<M::Queued>, message: M) -> Ask<'_, M> {
        Ask::new(address, message)
    }

    fn write_to(self, port: Port) {
        port.outcome(self);
    }

    fn describe(types: &mut Types) -> (TypeRef, Option<TypeRef>) {
        describe_returned::<R>(types)
    }
}

impl<T: Returned> Returns for Streaming<T> {
    const KIND: Kind = Kind::Stream;
    type Call<'a, M: Message<Returns = Self>> = StreamCall<M, T>;

    fn call<M: Message<Returns = Self>>(address: &Address<M::Queued>, message: M) -> StreamCall<M, T> {
        StreamCall::new(address.clone(), message)
    }

    fn write_to(self, port: Port) {
        port.stream(self);
    }

    fn describe(types: &mut Types) -> (TypeRef, Option<TypeRef>) {
        describe_returned::<T>(types)
    }
}

fn describe_returned<R: Returned>(types: &mut Types) -> (TypeRef, Option<TypeRef>) {
    (<R::Ok as Describe>::describe(types), R::Err::describe_declared(types))
}
