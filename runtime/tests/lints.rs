//! What the macro makes is silent under every lint that the user may have turned on. `cargo clippy` is the judge.
#![deny(
    warnings,
    missing_docs,
    rust_2018_idioms,
    unreachable_pub,
    missing_debug_implementations,
    unused,
    unsafe_code,
    let_underscore_drop,
    clippy::all,
    clippy::pedantic
)]

use callsheet::{CallContext, CallError, Deferred, Mailbox, Runtime, Streaming, actor_contract, contract_type};
use futures_util::StreamExt;

/// Why a list does not open.
#[contract_type]
#[derive(Debug, Clone, PartialEq)]
pub enum NoList {
    /// There is none of this name.
    Unknown,
}

mod health {
    //! A contract of another module, under another name.

    /// Whether it is well.
    #[callsheet::actor_contract(namespace = "demo", fake)]
    pub trait HealthCheck {
        /// Says so.
        fn is_healthy(&self) -> bool {
            true
        }
    }
}

use health::HealthCheck as Health;

/// Builds on two contracts, one of which it names by a path and one under another name.
#[actor_contract(namespace = "demo", fake)]
pub trait Lists: Health + self::Named + Send + ::core::marker::Sync + 'static {
    /// Has had other names.
    #[method(name = "Size", alias = "Length")]
    #[method(alias = "Count")]
    async fn len(&self) -> u64;
    /// May not open.
    async fn open(&self, name: String) -> Result<Streaming<String>, NoList>;
    /// Replies later.
    fn later(&mut self) -> Result<Deferred<String>, NoList>;
    /// Knows who is called.
    async fn whose(&self, prefix: String, #[context] cx: &CallContext) -> String;
    /// Is the same under `cfg`.
    #[cfg(not(windows))]
    #[allow(clippy::unused_self)]
    async fn here(&self, #[allow(unused_variables)] value: i64) -> i64 {
        1
    }
    /// Is not here.
    #[cfg(windows)]
    async fn here(&self, #[context] cx: &CallContext, value: Missing) -> Missing;
    /// Is not for everyone.
    #[doc(hidden)]
    #[must_use]
    fn hidden(&self) -> bool {
        self.is_healthy()
    }
}

/// Has a name.
#[actor_contract(namespace = "demo", fake)]
pub trait Named {
    /// Gives it.
    fn name(&self) -> String;
}

/// Of its two ways to `Health`, each leads to the same.
#[actor_contract(namespace = "demo", fake)]
pub trait Both: Lists + Health {}

struct Shelf;

impl Health for Shelf {}

impl Named for Shelf {
    fn name(&self) -> String {
        "shelf".to_owned()
    }
}

impl Lists for Shelf {
    async fn len(&self) -> u64 {
        3
    }
    async fn open(&self, name: String) -> Result<Streaming<String>, NoList> {
        if name.is_empty() {
            return Err(NoList::Unknown);
        }
        Ok(Streaming::iter([name]))
    }
    fn later(&mut self) -> Result<Deferred<String>, NoList> {
        Ok(Deferred::new(async { "later".to_owned() }))
    }
    async fn whose(&self, prefix: String, cx: &CallContext) -> String {
        format!("{prefix}{}", cx.actor())
    }
}

impl Both for Shelf {}

/// Nobody calls it, and it is private.
#[actor_contract(namespace = "demo", fake)]
trait Nobody: Named {
    async fn twice(&self, mut value: i64) -> i64 {
        value *= 2;
        value
    }
    #[tell]
    fn note(&mut self, text: String) {
        drop(text);
    }
    #[must_use]
    async fn long(&self, self_: String, ctx: u8, request: u32, state: u64, reply: i8, r#type: i16) -> bool;
    #[deprecated = "use `long`"]
    async fn longer(&self, #[context] cx: &CallContext) -> Result<(), String>;
}

#[tokio::test]
async fn it_is_called() {
    let runtime = Runtime::launch().expect("inside tokio");
    let shelf = runtime.actor("shelf", || Shelf).serves(Both).serves(Health);
    drop(shelf.start().await.expect("the name is free"));
    let both = Both.at("shelf");
    let items: Vec<_> = both.open(String::new()).collect().await;
    assert_eq!(items, [Err(CallError::Contract(NoList::Unknown))]);
    let lists: Mailbox<dyn Lists> = Mailbox::upcast(&both);
    assert_eq!(lists.is_healthy().await, Ok(true));
    runtime.shutdown().await;
}
