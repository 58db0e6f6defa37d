//! What a method returns, split into its reply and the error that the contract declares.

use std::{convert::Infallible, error::Error, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{ContractType, TypeRef, Types};

/// What a method may return, alone or as the `Ok` of a `Result`: a contract type, or what replies follow from.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned by a contract's method",
    label = "neither a contract type, a `Result` of two, nor `Streaming` or `Deferred` of one",
    note = "mark the type, or those within it, with `#[contract_type]`"
)]
pub trait Answer: Send + 'static {}

impl<T: ContractType> Answer for T {}

/// What a method returns: an answer, or `Result` of an answer and a declared error.
///
/// Return types are told apart by this trait and never by their tokens, so that aliases of `Result` work.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned by a contract's method",
    label = "neither a contract type nor a `Result` of two",
    note = "mark the type, or those within it, with `#[contract_type]`"
)]
pub trait Returned: Sized + Send + 'static {
    /// The answer.
    type Ok: Answer;
    /// The declared error; `Infallible` where there is none.
    type Err: DeclaredError;

    /// The answer, or the declared error.
    ///
    /// # Errors
    ///
    /// The error that the contract declares, where the method returned it.
    fn split(self) -> Result<Self::Ok, Self::Err>;

    /// What the method returned, of what it was [split](Self::split) into.
    fn join(parts: Result<Self::Ok, Self::Err>) -> Self;
}

impl<T: Answer> Returned for T {
    type Ok = T;
    type Err = Infallible;

    #[inline]
    fn split(self) -> Result<T, Infallible> {
        Ok(self)
    }

    fn join(parts: Result<T, Infallible>) -> T {
        match parts {
            Ok(answer) => answer,
            Err(never) => match never {},
        }
    }
}

impl<T: Answer, E: ContractType> Returned for Result<T, E> {
    type Ok = T;
    type Err = E;

    #[inline]
    fn split(self) -> Result<T, E> {
        self
    }

    fn join(parts: Result<T, E>) -> Self {
        parts
    }
}

/// An error that a contract declares; `Infallible` declares none.
pub trait DeclaredError: Sized + Send + 'static {
    /// What a call fails with, if `F` is what goes wrong on its way: `F` itself where nothing is declared, else
    /// [`CallError`].
    type Or<F: Error + Send + 'static>: From<F> + Send + 'static;

    /// The declared error as what the call fails with.
    fn into_call_error<F: Error + Send + 'static>(self) -> Self::Or<F>;

    /// How the error is described; `None` where there is none.
    fn describe_declared(types: &mut Types) -> Option<TypeRef>;

    /// The text that stands beside the error on the wire, for people.
    fn text(&self) -> String;

    /// Writes the error as the details of a `ContractError`.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    fn serialize_declared<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Reads the error from the details of a `ContractError`.
    ///
    /// # Errors
    ///
    /// Those of the deserializer, and always where no error is declared.
    fn deserialize_declared<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

impl DeclaredError for Infallible {
    type Or<F: Error + Send + 'static> = F;

    fn into_call_error<F: Error + Send + 'static>(self) -> F {
        match self {}
    }

    fn describe_declared(_: &mut Types) -> Option<TypeRef> {
        None
    }

    fn text(&self) -> String {
        match *self {}
    }

    fn serialize_declared<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        match *self {}
    }

    fn deserialize_declared<'de, D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(de::Error::custom("the contract declares no error for this call"))
    }
}

impl<E: ContractType> DeclaredError for E {
    type Or<F: Error + Send + 'static> = CallError<E, F>;

    fn into_call_error<F: Error + Send + 'static>(self) -> CallError<E, F> {
        CallError::Contract(self)
    }

    fn describe_declared(types: &mut Types) -> Option<TypeRef> {
        Some(E::describe(types))
    }

    fn text(&self) -> String {
        self.summary()
    }

    fn serialize_declared<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Serialize::serialize(self, serializer)
    }

    fn deserialize_declared<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <E as Deserialize>::deserialize(deserializer)
    }
}

/// The one error of a method that may fail twice: itself now, and what it promised later with `Later`.
///
/// Callers tell errors apart by their type, so both are of one, or one of them cannot happen.
#[diagnostic::on_unimplemented(
    message = "CS0017: a method declares one error, and this one declares `{Self}` and `{Later}`",
    label = "fails with `{Self}` now, and with `{Later}` later",
    note = "use one type for both, an enum of the two say"
)]
pub trait OneError<Later>: DeclaredError {
    /// The error of the method.
    type One: DeclaredError;

    /// An error of the method itself.
    fn now(self) -> Self::One;

    /// An error of what it promised.
    fn later(later: Later) -> Self::One;
}

#[diagnostic::do_not_recommend]
impl OneError<Infallible> for Infallible {
    type One = Infallible;

    fn now(self) -> Infallible {
        self
    }

    fn later(later: Infallible) -> Infallible {
        later
    }
}

#[diagnostic::do_not_recommend]
impl<E: ContractType> OneError<E> for Infallible {
    type One = E;

    fn now(self) -> E {
        match self {}
    }

    fn later(later: E) -> E {
        later
    }
}

#[diagnostic::do_not_recommend]
impl<E: ContractType> OneError<Infallible> for E {
    type One = E;

    fn now(self) -> E {
        self
    }

    fn later(later: Infallible) -> E {
        match later {}
    }
}

#[diagnostic::do_not_recommend]
impl<E: ContractType> OneError<E> for E {
    type One = E;

    fn now(self) -> E {
        self
    }

    fn later(later: E) -> E {
        later
    }
}

/// Why a call of a method with a declared error failed: with that error, or with a failure `F` on the way.
///
/// `?` turns a failure into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError<E, F> {
    /// The error that the contract declares: the method ran and said no.
    Contract(E),
    /// What went wrong on the way.
    Failure(F),
}

impl<E, F> From<F> for CallError<E, F>
where
    F: Error,
{
    fn from(failure: F) -> Self {
        CallError::Failure(failure)
    }
}

impl<E: fmt::Debug, F: fmt::Display> fmt::Display for CallError<E, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Contract(error) => write!(f, "ContractError: {error:?}"),
            CallError::Failure(failure) => failure.fmt(f),
        }
    }
}

impl<E: fmt::Debug, F: Error + 'static> Error for CallError<E, F> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            CallError::Contract(_) => None,
            CallError::Failure(failure) => Some(failure),
        }
    }
}
