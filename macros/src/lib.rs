//! The attribute macros of Callsheet. Use them through the `callsheet` crate.
//!
//! Each goes the same way: attributes and items are parsed into an own tree that keeps the spans, what is wrong is
//! collected with a numbered code, and what is right is expanded. On a fault the item itself is still emitted, so that no
//! error follows from the first.

mod contract;
mod described;
mod docs;
mod fault;
mod itself;

use proc_macro::TokenStream;

/// Declares a contract as a trait.
///
/// `namespace = "…"` is required; the contract's stable name is `namespace.Trait`. `events(A, B)` lists what it publishes.
/// `timeout = "…"` says how long callers of its methods wait if they say nothing: a whole number followed by `ms`, `s` or
/// `min`, at most `10min`.
///
/// `fake` also makes `FakeTrait`, a type that implements the trait and answers as a test tells it.
///
/// Its supertraits are contracts that it builds on: an actor that serves it serves them, and a mailbox of it has their calls.
///
/// On a method:
///
/// - `#[tell]` says that no reply exists.
/// - `#[method(name = "…")]` gives its message another name, `#[method(alias = "…")]` keeps an old one, and
///   `#[method(timeout = "…")]` gives its calls a time limit of their own; that of a tell is for the wait for room.
/// - `#[parallel]`, with `&self`, starts its calls in tasks of their own, for work that computes before it awaits.
/// - `#[cancel_safe]`, on an `async fn` with `&mut self`, lets a call that nobody waits for any more stop at its next await.
///   Without it an exclusive call runs to its end.
/// - `#[idempotent]` says that a call does no harm if it is made twice: a generated client makes one again if it lost the
///   connection before the reply came.
///
/// On the only argument of a method, `#[message]` makes that argument the whole payload. An argument
/// `#[context] cx: &CallContext` is no part of it.
///
/// ```
/// # mod contracts {
/// use callsheet::{actor_contract, contract_type, Streaming};
///
/// #[contract_type]
/// pub struct Tick {
///     pub value: u32,
/// }
///
/// #[actor_contract(namespace = "demo")]
/// pub trait Countdown {
///     /// Counts down to one.
///     fn countdown(&self, from: u32) -> Streaming<Tick>;
///     /// Computes for long, beside other calls.
///     #[method(timeout = "2min")]
///     #[parallel]
///     fn rehearse(&self, times: u64) -> f64;
///     /// Waits for the pad, and may give up.
///     #[cancel_safe]
///     async fn reserve(&mut self, pad: String) -> bool;
/// }
/// # }
/// ```
///
/// # Fakes
///
/// With `fake`, a type of the trait's visibility stands beside the trait, here for a contract `Calculator` with the method
/// `async fn add(&self, a: i64, b: i64) -> i64`. All its clones are one fake.
///
/// | function | meaning |
/// | -- | -- |
/// | `FakeCalculator::new()` | a fake that was told nothing yet |
/// | `.on_add(\|a, b\| a + b)` | what `add` answers from now on; for each method, with its arguments, `#[context]` among them |
/// | `.async_on_add(\|a, b\| async move { a + b })` | the same with a future; for each `async fn` |
/// | `.calls()` | the names of the methods that were called so far, in order |
/// | `.wait_for_calls(2).await` | the same, once there were so many in all |
/// | `.start(&runtime, "calculator").await` | the fake as an actor, which is exposed |
/// | `.actor(&runtime, "calculator")` | the same, as an `ActorBuilder` to say more to |
/// | `FakeHealth::of(&fake)` | the same fake, to be told what it answers as a contract that its trait names as a supertrait |
///
/// A call of a method that was told nothing fails with `ActorFailed` and a text that says so, and the fake goes on; of a
/// plain value, the method panics. A tell needs no answer. Contracts that it builds on need `fake` too. The trait is then
/// implemented for all fakes at once: a blanket implementation of the user's cannot stand beside, nor one for a type of
/// another crate.
///
/// ```
/// use callsheet::actor_contract;
///
/// #[actor_contract(namespace = "demo", fake)]
/// pub trait Calculator {
///     fn add(&self, a: i64, b: i64) -> i64;
/// }
///
/// let fake = FakeCalculator::new();
/// fake.on_add(|a, b| a + b);
/// assert_eq!(fake.add(5, 3), 8);
/// assert_eq!(fake.calls(), ["add"]);
/// ```
#[proc_macro_attribute]
pub fn actor_contract(attributes: TokenStream, item: TokenStream) -> TokenStream {
    contract::expand(attributes.into(), item.into()).into()
}

/// Makes a struct or an enum one that contracts may speak of: derives serde's traits and the type's description.
///
/// serde's own attributes are honoured to the letter; no dependency on serde is needed. `name = "…"` gives the type
/// another name on the wire than its own.
///
/// ```
/// # mod contracts {
/// use callsheet::contract_type;
///
/// #[contract_type]
/// #[derive(Debug, Clone)]
/// #[serde(rename_all = "camelCase")]
/// pub struct LineItem {
///     pub unit_price: f64,
///     pub note: Option<String>,
/// }
/// # }
/// ```
///
/// A field that functions of the user's read and write is stated to look like another type, with
/// `#[contract(as = "Type")]`, or `accepts = "Type"` and `produces = "Type"` where the directions differ:
///
/// ```
/// # mod contracts {
/// use callsheet::contract_type;
///
/// /// Whole seconds.
/// mod seconds {
///     # use std::time::Duration;
///     # use serde::{Deserialize, Deserializer, Serializer};
///     pub fn serialize<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
///         serializer.serialize_u64(time.as_secs())
///     }
///
///     pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
///         u64::deserialize(deserializer).map(Duration::from_secs)
///     }
/// }
///
/// #[contract_type]
/// pub struct Job {
///     #[serde(with = "seconds")]
///     #[contract(as = "u64")]
///     pub timeout: std::time::Duration,
/// }
/// # }
/// ```
///
/// # Assumptions
///
/// That a stated type is what the functions read and write; nothing checks it.
#[proc_macro_attribute]
pub fn contract_type(attributes: TokenStream, item: TokenStream) -> TokenStream {
    described::attribute(attributes.into(), item.into()).into()
}

/// Describes a struct or an enum for contracts, where serde's traits are derived beside it.
///
/// It reads serde's attributes as [`macro@contract_type`] does; `#[contract(name = "…")]` gives the type another name on
/// the wire.
///
/// ```
/// # mod contracts {
/// use callsheet::ContractType;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, ContractType)]
/// #[contract(name = "shop.Order")]
/// pub struct Order {
///     pub id: u64,
/// }
/// # }
/// ```
#[proc_macro_derive(ContractType, attributes(contract))]
pub fn contract_type_derive(item: TokenStream) -> TokenStream {
    described::derive(item.into()).into()
}
