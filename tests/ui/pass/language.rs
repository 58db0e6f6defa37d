//! Every form of the contract language, called.
#![deny(
    warnings,
    missing_docs,
    rust_2018_idioms,
    unreachable_pub,
    missing_debug_implementations,
    unused,
    unsafe_code,
    let_underscore_drop
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
    #[callsheet::actor_contract(namespace = "demo")]
    pub trait HealthCheck {
        /// Says so.
        fn is_healthy(&self) -> bool {
            true
        }
    }
}

use health::HealthCheck as Health;

/// Builds on two contracts, one of which it names by a path and one under another name.
#[actor_contract(namespace = "demo", timeout = "1min")]
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
    #[cfg(all())]
    #[allow(clippy::unused_self)]
    async fn here(&self, #[allow(unused_variables)] value: i64) -> i64 {
        1
    }
    /// Is not here.
    #[cfg(any())]
    async fn here(&self, #[context] cx: &CallContext, value: Missing) -> Missing;
    /// Computes beside others.
    #[parallel]
    #[method(timeout = "2s")]
    fn weighed(&self, #[context] cx: &CallContext) -> u64;
    /// Waits beside others.
    #[parallel]
    #[deprecated = "weigh it yourself"]
    async fn weighed_later(&self, #[allow(unused_mut)] mut items: Vec<u64>) -> Result<u64, NoList> {
        items.push(1);
        Ok(items.into_iter().sum())
    }
    /// Has no reply.
    #[method(timeout = "500ms")]
    #[parallel]
    #[tell]
    async fn dusted(&self);
    /// May be stopped.
    #[cancel_safe]
    async fn moved(&mut self, place: String, #[context] cx: &CallContext) -> Result<String, NoList>;
    /// Does no harm twice.
    #[idempotent]
    #[cancel_safe]
    async fn settled(&mut self, place: String) -> Result<String, NoList>;
    /// Does no harm twice, and is not here.
    #[cfg(any())]
    #[idempotent]
    fn settled(&self, place: Missing) -> Missing;
    /// May be stopped, and is not here.
    #[cfg(any())]
    #[cancel_safe]
    async fn moved(&mut self, place: Missing) -> Missing;
    /// Computes, and is not here.
    #[cfg(any())]
    #[parallel]
    fn weighed(&self, place: Missing) -> Missing;
    /// Is not for everyone.
    #[doc(hidden)]
    #[must_use]
    fn hidden(&self) -> bool {
        self.is_healthy()
    }
}

/// Has a name.
#[actor_contract(namespace = "demo")]
pub trait Named {
    /// Gives it.
    fn name(&self) -> String;
}

/// Of its two ways to `Health`, each leads to the same.
#[actor_contract(namespace = "demo")]
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
    fn weighed(&self, cx: &CallContext) -> u64 {
        cx.actor().to_string().len() as u64
    }
    async fn dusted(&self) {}
    async fn moved(&mut self, place: String, cx: &CallContext) -> Result<String, NoList> {
        Ok(format!("{} to {place}", cx.actor()))
    }
    async fn settled(&mut self, place: String) -> Result<String, NoList> {
        Ok(place)
    }
}

impl Both for Shelf {}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let runtime = Runtime::launch().expect("inside tokio");
    let shelf = runtime.actor("shelf", || Shelf).serves(Both).serves(Health);
    drop(shelf.start().await.expect("the name is free"));

    let both = Both.at("shelf");
    assert_eq!(both.len().await, Ok(3));
    assert_eq!(both.is_healthy().await, Ok(true));
    assert_eq!(both.name().await, Ok("shelf".to_owned()));
    assert_eq!(both.hidden().await, Ok(true));
    assert_eq!(both.here(2).await, Ok(1));
    assert_eq!(both.whose("the ".to_owned()).await, Ok("the shelf".to_owned()));
    assert_eq!(both.later().await, Ok("later".to_owned()));
    assert_eq!(both.weighed().await, Ok(5));
    #[allow(deprecated)]
    let weighed = both.weighed_later(vec![2]).await;
    assert_eq!(weighed, Ok(3));
    assert_eq!(both.dusted().await, Ok(()));
    assert_eq!(
        both.moved("the wall".to_owned()).await,
        Ok("shelf to the wall".to_owned())
    );
    let items: Vec<_> = both.open("a".to_owned()).collect().await;
    assert_eq!(items, [Ok("a".to_owned())]);
    let items: Vec<_> = both.stream(|b| b.open(String::new())).collect().await;
    assert_eq!(items, [Err(CallError::Contract(NoList::Unknown))]);

    let lists: Mailbox<dyn Lists> = Mailbox::upcast(&both);
    let health: Mailbox<dyn Health> = Mailbox::upcast(&lists);
    assert_eq!(health.is_healthy().await, Ok(true));
    runtime.shutdown().await;
}
