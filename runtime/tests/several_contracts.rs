//! One actor with several contracts, events, and actors that call each other.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::sync::Arc;

use callsheet::{Received, Runtime, To, actor_contract, contract_type};

#[contract_type]
#[derive(Debug, Clone, PartialEq)]
pub struct PriceUpdate {
    pub symbol: String,
    pub price: f64,
}

#[actor_contract(namespace = "demo")]
pub trait Health {
    fn check(&self) -> bool;
}

#[actor_contract(namespace = "demo", events(PriceUpdate))]
pub trait Shop {
    async fn sell(&mut self, symbol: String) -> u32;
    fn check(&self) -> u32;
}

/// Publishes, and has no methods.
#[actor_contract(namespace = "demo", events(PriceUpdate))]
pub trait Ticker {}

#[derive(Default)]
struct Store {
    sold: u32,
}

impl Health for Store {
    fn check(&self) -> bool {
        true
    }
}

impl Shop for Store {
    async fn sell(&mut self, symbol: String) -> u32 {
        self.sold += 1;
        let event = PriceUpdate { symbol, price: 1.5 };
        Runtime::current().expect("in a handler").broker().publish(event);
        self.sold
    }
    fn check(&self) -> u32 {
        self.sold
    }
}

impl Ticker for Store {}

#[actor_contract(namespace = "demo")]
pub trait Front {
    async fn order(&self) -> u32;
}

struct Counter;

impl Front for Counter {
    async fn order(&self) -> u32 {
        // The ambient runtime is that of the handler, before and after it was suspended.
        let first = Shop.at("shop").sell("ACME".into()).await.expect("sold");
        let second = To::<dyn Shop>("shop")
            .send_and_receive(|s| s.sell("ACME".into()))
            .await
            .expect("sold");
        first + second
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_queue_for_several_contracts() {
    let runtime = Runtime::launch().expect("inside tokio");
    let _other = Runtime::launch().expect("inside tokio");
    let shop = runtime
        .actor("shop", Store::default)
        .serves(Health)
        .serves(Shop)
        .serves(Ticker);
    shop.expose().expose_as("store").start().await.expect("free");
    runtime
        .actor("front", || Counter)
        .serves(Front)
        .start()
        .await
        .expect("free");

    let mut events = runtime.broker().subscribe::<PriceUpdate>();
    assert_eq!(runtime.to::<dyn Health>("shop").check().await, Ok(true));
    assert_eq!(runtime.to::<dyn Front>("front").order().await, Ok(3));
    assert_eq!(runtime.to::<dyn Shop>("shop").check().await, Ok(2));
    for _ in 0..2 {
        let wanted = PriceUpdate {
            symbol: "ACME".into(),
            price: 1.5,
        };
        assert_eq!(events.next().await, Some(Received::Event(Arc::new(wanted))));
    }
    let failure = runtime.to::<dyn Front>("shop").order().await.expect_err("not served");
    assert!(failure.text().contains("does not serve"), "{failure}");
}

#[tokio::test]
async fn a_slow_subscriber_is_told_what_it_missed() {
    let runtime = Runtime::launch().expect("inside tokio");
    let mut events = runtime.broker().subscribe::<PriceUpdate>();
    for n in 0..1100 {
        runtime.broker().publish(PriceUpdate {
            symbol: String::new(),
            price: f64::from(n),
        });
    }
    assert_eq!(events.next().await, Some(Received::Missed(76)));
    let Some(Received::Event(event)) = events.next().await else {
        panic!("the oldest that is left")
    };
    assert!((event.price - 76.0).abs() < f64::EPSILON);
}
