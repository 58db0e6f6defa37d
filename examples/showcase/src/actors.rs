//! Every actor of the examples, under the name that callers know it by.

use std::time::Duration;

use agent::Person;
use agent_contract::Agent;
use calculator::Adder;
use calculator_contract::Calculator;
use callsheet::{Runtime, StartError};
use countdown::Counter;
use countdown_contract::Countdown;
use health::Pulse;
use health_contract::Health;
use importer::Counting;
use importer_contract::Importer;
use kv_store::MemoryStore;
use kv_store_contract::KvStore;
use list_service::Catalogue;
use list_service_contract::ListService;
use orders::Shop;
use orders_contract::Orders;
use price_feed::Feed;
use price_feed_contract::PriceFeed;

/// Starts and exposes them all. The price feed publishes every `tick`.
pub(crate) async fn start(runtime: &Runtime, tick: Duration) -> Result<(), StartError> {
    let broker = runtime.broker().clone();
    let feed = move || Feed::start(broker.clone(), tick);

    let calculator = runtime.actor("calculator", Adder::default).serves(Calculator);
    let importer = runtime.actor("importer", Counting::default).serves(Importer);
    let list_service = runtime.actor("list_service", Catalogue::default).serves(ListService);
    let countdown = runtime.actor("countdown", Counter::default).serves(Countdown);
    let kv_store = runtime.actor("kv_store", MemoryStore::default).serves(KvStore);
    let orders = runtime.actor("orders", Shop::default).serves(Orders);
    let price_feed = runtime.actor("price_feed", feed).serves(PriceFeed);
    let health = runtime.actor("health", Pulse::default).serves(Health);
    let agent = runtime.actor("agent", Person::default).serves(Agent);

    calculator.expose().start().await?;
    importer.expose().start().await?;
    list_service.expose().start().await?;
    countdown.expose().start().await?;
    kv_store.expose().start().await?;
    orders.expose().start().await?;
    price_feed.expose().start().await?;
    health.expose().start().await?;
    agent.expose().start().await?;
    Ok(())
}
