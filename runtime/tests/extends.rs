//! Contracts that build on contracts.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use callsheet::{Code, Mailbox, Runtime, To, actor_contract};
use callsheet_schema::Document;

#[actor_contract(namespace = "demo")]
pub trait HealthCheck {
    fn is_healthy(&self) -> bool;
    async fn name(&self) -> String;
}

#[actor_contract(namespace = "demo")]
pub trait Audit: HealthCheck {
    #[tell]
    fn note(&mut self, text: String);
    fn notes(&self) -> Vec<String>;
}

#[actor_contract(namespace = "demo")]
pub trait Billing {
    async fn bill(&mut self, item: String) -> u64;
}

/// A diamond: health is reached by two ways.
#[actor_contract(namespace = "demo")]
pub trait Orders: Audit + Send + std::marker::Sync + Billing + HealthCheck + 'static {
    async fn place(&mut self, item: String) -> u64 {
        self.note(format!("placed {item}"));
        self.bill(item).await
    }
    /// Another of this name stands in a contract that it builds on.
    async fn name(&self) -> u64;
}

#[derive(Default)]
struct Shop {
    notes: Vec<String>,
    billed: u64,
}

impl HealthCheck for Shop {
    fn is_healthy(&self) -> bool {
        true
    }
    async fn name(&self) -> String {
        tokio::task::yield_now().await;
        "shop".to_owned()
    }
}

impl Audit for Shop {
    fn note(&mut self, text: String) {
        self.notes.push(text);
    }
    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }
}

impl Billing for Shop {
    async fn bill(&mut self, _: String) -> u64 {
        self.billed += 1;
        self.billed
    }
}

impl Orders for Shop {
    async fn name(&self) -> u64 {
        self.billed
    }
}

async fn shop() -> Runtime {
    let runtime = Runtime::launch().expect("inside tokio");
    let shop = runtime.actor("shop", Shop::default).serves(Orders);
    shop.start().await.expect("the name is free");
    runtime
}

#[tokio::test]
async fn every_call_of_the_chain_is_a_call_of_the_mailbox() {
    let _runtime = shop().await;
    let orders = Orders.at("shop");
    assert_eq!(orders.place("tea".to_owned()).await, Ok(1));
    assert_eq!(orders.bill("cake".to_owned()).await, Ok(2));
    assert_eq!(orders.is_healthy().await, Ok(true));
    orders.send(|o| o.note("by hand".to_owned())).await.expect("room");
    let notes = orders.send_and_receive(|o| o.notes()).await;
    assert_eq!(notes, Ok(vec!["placed tea".to_owned(), "by hand".to_owned()]));
    assert_eq!(orders.name().await, Ok(2), "the contract's own comes first");
}

#[tokio::test]
async fn each_contract_is_served_by_itself() {
    let runtime = shop().await;
    assert_eq!(To::<dyn HealthCheck>("shop").name().await, Ok("shop".to_owned()));
    assert_eq!(runtime.to::<dyn Billing>("shop").bill("tea".to_owned()).await, Ok(1));
    assert_eq!(Audit.at("shop").is_healthy().await, Ok(true));

    let audited = runtime.actor("audited", Shop::default).serves(Audit);
    audited.start().await.expect("the name is free");
    let failure = Orders
        .at("audited")
        .place("tea".to_owned())
        .await
        .expect_err("not served");
    assert_eq!(failure.code(), Code::UnknownMessageType);
    assert_eq!(HealthCheck.at("audited").is_healthy().await, Ok(true));
}

#[tokio::test]
async fn a_mailbox_becomes_one_of_what_its_contract_builds_on() {
    let _runtime = shop().await;
    let orders = Orders.at("shop");
    let health: Mailbox<dyn HealthCheck> = Mailbox::upcast(&orders);
    assert_eq!(health.name().await, Ok("shop".to_owned()));
    let audit = Mailbox::upcast::<dyn Audit>(&orders);
    assert_eq!(Mailbox::upcast::<dyn HealthCheck>(&audit).is_healthy().await, Ok(true));
    // It may be held across an await in a future that is sent elsewhere.
    let answer = tokio::spawn(async move {
        let health: Mailbox<dyn HealthCheck> = Mailbox::upcast(&orders);
        let first = health.is_healthy().await;
        (first, orders.is_healthy().await, health.is_healthy().await)
    });
    assert_eq!(answer.await.expect("no panic"), (Ok(true), Ok(true), Ok(true)));
}

#[tokio::test]
async fn served_twice_is_served_once() {
    let runtime = Runtime::launch().expect("inside tokio");
    let shop = runtime
        .actor("shop", Shop::default)
        .serves(Orders)
        .serves(HealthCheck)
        .serves(Audit)
        .serves(Orders);
    shop.start().await.expect("the name is free");
    let orders = Orders.at("shop");
    for n in 1..=3 {
        orders.send(|o| o.note("n".to_owned())).await.expect("room");
        // One queue, so in order.
        assert_eq!(Billing.at("shop").bill("n".to_owned()).await, Ok(n));
        assert_eq!(Audit.at("shop").notes().await.map(|notes| notes.len() as u64), Ok(n));
    }
}

#[test]
fn the_document_says_what_a_contract_builds_on() {
    let document = Document::of_registered().expect("no conflicts");
    let extends = |name: &str| {
        let contract = document.contracts.iter().find(|contract| contract.name == name);
        let contract = contract.unwrap_or_else(|| panic!("{name} is registered"));
        (contract.extends.join(" "), contract.methods.len())
    };
    assert_eq!(
        extends("demo.Orders"),
        ("demo.Audit demo.Billing demo.HealthCheck".to_owned(), 2)
    );
    assert_eq!(extends("demo.Audit"), ("demo.HealthCheck".to_owned(), 2));
    assert_eq!(extends("demo.HealthCheck"), (String::new(), 2));
}
