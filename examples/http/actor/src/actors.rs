//! The actors: each is one of its type, and supervised with the others.

use std::collections::HashMap;

use callsheet::{ActorBuilder, ActorExtension, Addressed, Configured, On, OnEvent, OnShared, RestartPolicy};
use http_shop_contract::{OrderCompleted, PriceError, Prices};

/// Keeps notes under keys. It is spoken to in plain messages, which no other program ever sees.
#[derive(Debug, Default)]
pub struct Cache {
    notes: HashMap<String, String>,
}

/// Puts a note in place of what was there.
pub(crate) struct Set {
    pub(crate) key: String,
    pub(crate) note: String,
}

/// Asks for a note.
pub(crate) struct Get(pub(crate) String);

impl On<Set> for Cache {
    type Reply = ();

    async fn on(&mut self, Set { key, note }: Set) {
        self.notes.insert(key, note);
    }
}

impl OnShared<Get> for Cache {
    type Reply = Option<String>;

    async fn on_shared(&self, Get(key): Get) -> Option<String> {
        self.notes.get(&key).cloned()
    }
}

impl ActorExtension for Cache {
    fn configure(actor: ActorBuilder<Self>) -> impl Configured<Self> {
        actor.on::<Set>().on_shared::<Get>()
    }
}

/// Hears of every order, and counts.
#[derive(Debug, Default)]
pub struct Analytics {
    orders: u64,
    revenue: u64,
}

/// Asks for the orders and their revenue in cents.
pub(crate) struct Totals;

impl OnEvent<OrderCompleted> for Analytics {
    async fn on_event(&mut self, event: &OrderCompleted) {
        self.orders += 1;
        self.revenue += event.cents;
    }
}

impl OnShared<Totals> for Analytics {
    type Reply = (u64, u64);

    async fn on_shared(&self, _: Totals) -> (u64, u64) {
        (self.orders, self.revenue)
    }
}

impl ActorExtension for Analytics {
    fn configure(actor: ActorBuilder<Self>) -> impl Configured<Self> {
        actor.on_event::<OrderCompleted>().on_shared::<Totals>()
    }

    fn restart_policy() -> RestartPolicy {
        RestartPolicy::Transient
    }
}

/// Serves a contract, as actors do that other programs call too.
#[derive(Debug)]
pub struct PriceList {
    cents: HashMap<&'static str, u64>,
}

impl Default for PriceList {
    fn default() -> Self {
        PriceList {
            cents: HashMap::from([("tea", 250), ("coffee", 320)]),
        }
    }
}

impl Prices for PriceList {
    fn price(&self, item: String) -> Result<u64, PriceError> {
        let cents = self.cents.get(item.as_str()).copied();
        cents.ok_or(PriceError::NotForSale(item))
    }
}

impl Addressed for PriceList {
    type Contract = dyn Prices;
}

impl ActorExtension for PriceList {
    fn configure(actor: ActorBuilder<Self>) -> impl Configured<Self> {
        actor.serves(Prices)
    }
}
