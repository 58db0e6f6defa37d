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
///
/// On a method, `#[tell]` says that no reply exists and `#[method(name = "…")]` gives its message another name. On the only
/// argument of a method, `#[message]` makes that argument the whole payload.
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
/// }
/// # }
/// ```
#[proc_macro_attribute]
pub fn actor_contract(attributes: TokenStream, item: TokenStream) -> TokenStream {
    contract::expand(attributes.into(), item.into()).into()
}

/// Makes a struct or an enum one that contracts may speak of: derives serde's traits and the type's description.
///
/// serde's own attributes are honoured; no dependency on serde is needed. `name = "…"` gives the type another name on the
/// wire than its own.
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
#[proc_macro_attribute]
pub fn contract_type(attributes: TokenStream, item: TokenStream) -> TokenStream {
    described::expand(attributes.into(), item.into()).into()
}
