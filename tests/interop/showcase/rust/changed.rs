//! The client of the showcase at a server whose contracts have changed since it was generated.

use std::{path::PathBuf, thread, time::Duration};

use callsheet::{Listener, Runtime, actor_contract, contract_type};
use futures_util::StreamExt;
use showcase_client::{Client, Code, Codec, Delivered, Failure, blocking};
use tempfile::TempDir;
use tokio::{sync::oneshot, time::timeout};

use super::{CODECS, options};
use crate::service::Service;

/// As the client knows it, but for its type.
#[contract_type]
pub(crate) struct ValueResponse {
    /// A number now.
    pub value: u32,
}

/// The first method is as it was.
#[actor_contract(namespace = "demo")]
pub(crate) trait KvStore {
    /// Unchanged.
    async fn set_value(&mut self, key: String, value: String);
    /// Changed in its reply.
    async fn get_value(&self, key: String) -> ValueResponse;
}

/// As the client knows it, but for the symbol.
#[contract_type]
#[derive(Clone)]
pub(crate) struct PriceUpdate {
    /// A number now.
    pub symbol: u32,
    /// Unchanged.
    pub price: f64,
}

/// As the client knows it.
#[contract_type]
#[derive(Clone)]
pub(crate) struct TradeExecuted {
    /// Unchanged.
    pub symbol: String,
    /// Unchanged.
    pub price: f64,
    /// Unchanged.
    pub quantity: u32,
}

/// One of its events is as it was.
#[actor_contract(namespace = "demo", events(PriceUpdate, TradeExecuted))]
pub(crate) trait PriceFeed {}

#[derive(Default)]
struct Later(u32);

impl KvStore for Later {
    async fn set_value(&mut self, _: String, value: String) {
        self.0 = u32::try_from(value.len()).unwrap_or(u32::MAX);
    }
    async fn get_value(&self, _: String) -> ValueResponse {
        ValueResponse { value: self.0 }
    }
}

impl PriceFeed for Later {}

struct Changed {
    folder: TempDir,
    runtime: Runtime,
    _listener: Listener,
}

impl Changed {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the socket");
        let runtime = Runtime::launch().expect("inside tokio");
        let store = runtime.actor("kv_store", Later::default).serves(KvStore).expose();
        store.start().await.expect("it is the first");
        let feed = runtime.actor("price_feed", Later::default).serves(PriceFeed).expose();
        feed.start().await.expect("it is the first");
        let listener = runtime.listen(folder.path().join("test.sock")).await;
        Changed {
            _listener: listener.expect("the folder is new"),
            runtime,
            folder,
        }
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("test.sock")
    }
}

/// The failure of a call of the changed method, once the server has judged the client's document: a call that was on its way
/// before that is sent all the same.
async fn judged(client: &Client) -> Failure {
    let judged = async {
        loop {
            match client.kv_store().get_value("a").await {
                Err(failure) if failure.code() == Code::SchemaMismatch => break failure,
                _ => {}
            }
        }
    };
    timeout(Duration::from_secs(10), judged).await.expect("it is judged")
}

#[tokio::test]
async fn only_what_changed_is_refused_and_the_rule_and_the_difference_are_told() {
    let server = Changed::start().await;
    for codec in CODECS {
        let client = Client::connect_with(server.socket(), options(codec))
            .await
            .expect("it listens");
        let failure = judged(&client).await;
        assert_eq!(failure.delivered(), Delivered::No);
        assert_eq!(
            failure.text(),
            "B030 demo.KvStore.GetValue: reply, type `ValueResponse`, field `value`: values are of another kind: \
             string at the caller, u32 at the server (produced)"
        );
        client.kv_store().set_value("a", "text").await.expect("it is as it was");

        let refused = client.price_feed().subscribe_price_update().await;
        let failure = refused.expect_err("it would be misread");
        assert_eq!(failure.code(), Code::SchemaMismatch);
        assert!(
            failure.text().starts_with("B030 demo.PriceFeed, event `PriceUpdate`: "),
            "{failure}"
        );
        let trades = client.price_feed().subscribe_trade_executed().await;
        let mut trades = trades.expect("it is as it was");
        server.runtime.broker().publish(PriceUpdate { symbol: 1, price: 1.0 });
        server.runtime.broker().publish(TradeExecuted {
            symbol: "ACME".to_owned(),
            price: 1.0,
            quantity: 2,
        });
        let notice = trades.next().await.expect("it goes on").expect("no failure");
        assert_eq!(notice.event().expect("no gap").quantity, 2);

        let welcome = client.connection().server().expect("it has introduced itself");
        assert_eq!(welcome.differing, ["demo.KvStore", "demo.PriceFeed"]);
        assert!(welcome.unknown.contains(&"demo.Calculator".to_owned()), "{welcome:?}");
    }
}

#[tokio::test]
async fn a_client_that_does_not_introduce_itself_finds_out_by_itself() {
    let server = Changed::start().await;
    let options = options(Codec::Json).introduce(false);
    let client = Client::connect_with(server.socket(), options)
        .await
        .expect("it listens");
    let failure = client.kv_store().get_value("a").await.expect_err("a number is no text");
    assert_eq!(failure.code(), Code::SerializationError);
    assert_eq!(client.connection().server(), None);
}

#[tokio::test]
async fn a_blocking_client_is_refused_the_same() {
    let server = Changed::start().await;
    let socket = server.socket();
    let calls = move || {
        let client = blocking::Client::connect_with(socket, options(Codec::Json)).expect("it listens");
        let judged = (0..10_000).find_map(|_| match client.kv_store().get_value("a") {
            Err(failure) if failure.code() == Code::SchemaMismatch => Some(failure),
            _ => None,
        });
        client.kv_store().set_value("a", "text").expect("it is as it was");
        judged.map(|failure| failure.text().to_owned())
    };
    // In a thread that knows nothing of async.
    let (done, text) = oneshot::channel();
    thread::spawn(move || done.send(calls()));
    let text = text.await.expect("no panic").expect("it is judged");
    assert!(text.starts_with("B030 demo.KvStore.GetValue: "), "{text}");
}

#[tokio::test]
async fn the_server_that_it_was_made_for_finds_nothing_that_differs() {
    let service = Service::showcase();
    let client = Client::connect_with(service.socket(), options(Codec::Json))
        .await
        .expect("it listens");
    client.health().health_check().await.expect("it replies");
    let welcome = client.connection().server().expect("its answer came before the reply");
    assert!(welcome.differing.is_empty(), "{welcome:?}");
    // It is the clients that serve this one.
    assert_eq!(welcome.unknown, ["demo.Source"]);
}
