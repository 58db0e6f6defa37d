//! Names that two things have: what callers outside the process reach must go together in one document.
//!
//! A process of its own, so that its contracts, of which several have one name, meet no others.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::io;

use callsheet::{
    ActorHandle, ExposeError, InProcessListener, ListenError, ListenerOptions, NameConflicts, Runtime, StartError,
    actor_contract, contract_type,
};
use callsheet_client::{CallOptions, Connection};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub mod stock {
    use super::{actor_contract, contract_type};

    #[contract_type(name = "shop.Item")]
    pub struct Item {
        pub count: u32,
    }

    #[contract_type(name = "shop.Trouble")]
    #[derive(Clone, Debug)]
    pub struct Trouble {
        pub code: u32,
    }

    #[contract_type(name = "shop.Changed")]
    #[derive(Clone)]
    pub struct Changed {
        pub count: u32,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Stock {
        fn put(&self, item: Item);
    }

    #[actor_contract(namespace = "shop")]
    pub trait Pile {
        fn top(&self) -> Item;
    }

    #[actor_contract(namespace = "shop")]
    pub trait Risk {
        fn take(&self) -> Result<u32, Trouble>;
    }

    #[actor_contract(namespace = "shop", events(Changed))]
    pub trait Watched {
        fn watch(&self) -> u32;
    }

    #[actor_contract(namespace = "shop")]
    pub trait Health {
        fn check(&self) -> bool;
    }

    /// How much there is.
    #[actor_contract(namespace = "shop")]
    pub trait Count {
        fn count(&self, of: String) -> u32;
    }
}

pub mod orders {
    use super::{actor_contract, contract_type};

    #[contract_type(name = "shop.Item")]
    pub struct Item {
        pub sku: String,
    }

    #[contract_type(name = "shop.Trouble")]
    #[derive(Clone, Debug)]
    pub struct Trouble {
        pub text: String,
    }

    #[contract_type(name = "shop.Changed")]
    #[derive(Clone)]
    pub struct Changed {
        pub sku: String,
    }

    #[actor_contract(namespace = "shop")]
    pub trait Orders {
        fn find(&self) -> Vec<Item>;
    }

    #[actor_contract(namespace = "shop")]
    pub trait Refusal {
        fn refuse(&self) -> Result<u32, Trouble>;
    }

    #[actor_contract(namespace = "shop")]
    pub trait Log {
        fn last(&self) -> Changed;
    }

    #[actor_contract(namespace = "shop")]
    pub trait Health {
        fn waiting(&self) -> u64;
    }

    /// How much there is.
    #[actor_contract(namespace = "shop")]
    pub trait Count {
        fn count(&self, of: String) -> u32;
    }
}

struct Shop;

impl stock::Stock for Shop {
    fn put(&self, _: stock::Item) {}
}
impl stock::Pile for Shop {
    fn top(&self) -> stock::Item {
        stock::Item { count: 3 }
    }
}
impl stock::Risk for Shop {
    fn take(&self) -> Result<u32, stock::Trouble> {
        Ok(1)
    }
}
impl stock::Watched for Shop {
    fn watch(&self) -> u32 {
        1
    }
}
impl stock::Health for Shop {
    fn check(&self) -> bool {
        true
    }
}
impl stock::Count for Shop {
    fn count(&self, _: String) -> u32 {
        1
    }
}
impl orders::Orders for Shop {
    fn find(&self) -> Vec<orders::Item> {
        Vec::new()
    }
}
impl orders::Refusal for Shop {
    fn refuse(&self) -> Result<u32, orders::Trouble> {
        Ok(1)
    }
}
impl orders::Log for Shop {
    fn last(&self) -> orders::Changed {
        orders::Changed { sku: "a".to_owned() }
    }
}
impl orders::Health for Shop {
    fn waiting(&self) -> u64 {
        0
    }
}
impl orders::Count for Shop {
    fn count(&self, _: String) -> u32 {
        2
    }
}

fn launch() -> Runtime {
    Runtime::launch().expect("inside tokio")
}

/// Starts and exposes an actor that serves one contract.
macro_rules! exposed {
    ($runtime:expr, $name:literal, $contract:path) => {
        $runtime.actor($name, || Shop).serves($contract).expose().start().await
    };
}

/// What one cannot begin to listen for.
async fn conflicts(runtime: &Runtime) -> NameConflicts {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("shop.sock");
    let Err(ListenError::Conflicts(conflicts)) = runtime.listen(&path).await else {
        panic!("names that mean two things are no reason not to listen");
    };
    assert!(!path.exists(), "a listener that does not begin makes no socket");
    conflicts
}

fn text(conflicts: &NameConflicts) -> String {
    let [fault] = conflicts.faults() else {
        panic!("not one conflict: {conflicts}");
    };
    assert_eq!(conflicts.to_string(), fault.to_string());
    conflicts.to_string()
}

fn listen(runtime: &Runtime) -> InProcessListener {
    runtime.listen_in_process(ListenerOptions::in_process())
}

async fn ask(listener: &InProcessListener, actor: &str, message: &str, payload: Value) -> Value {
    let connection = Connection::over(listener.connect().expect("it listens"), Default::default());
    let asked = connection.ask(actor, message, &payload, CallOptions::new()).await;
    asked.expect("it is answered")
}

async fn document(listener: &InProcessListener) -> Value {
    let mut stream = listener.connect().expect("it listens");
    let asked = json!({"control": "schema", "request_id": "s"}).to_string();
    let length = u32::try_from(asked.len()).expect("it is short");
    let frame = [&length.to_be_bytes(), asked.as_bytes()].concat();
    stream.write_all(&frame).await.expect("it is read");
    let length = stream.read_u32().await.expect("it is answered");
    let mut answer = vec![0; length as usize];
    stream.read_exact(&mut answer).await.expect("it is whole");
    serde_json::from_slice(&answer).expect("JSON")
}

#[tokio::test]
async fn two_argument_and_reply_types_of_one_name_keep_a_listener_from_beginning() {
    let runtime = launch();
    exposed!(runtime, "stock", stock::Stock).expect("nobody listens");
    exposed!(runtime, "orders", orders::Orders).expect("nobody listens");
    assert_eq!(
        text(&conflicts(&runtime).await),
        "CS0201: type `shop.Item`: `name_conflicts::orders::Item` (contract `shop.Orders`, method `find`) and \
         `name_conflicts::stock::Item` (contract `shop.Stock`, method `put`) both have this name on the wire; give one of \
         them another name with `#[contract_type(name = \"…\")]`"
    );
}

#[tokio::test]
async fn two_error_types_of_one_name_keep_a_listener_from_beginning() {
    let runtime = launch();
    exposed!(runtime, "risk", stock::Risk).expect("nobody listens");
    exposed!(runtime, "refusal", orders::Refusal).expect("nobody listens");
    let text = text(&conflicts(&runtime).await);
    assert!(text.starts_with("CS0201: type `shop.Trouble`: "), "{text}");
    assert!(
        text.contains("`name_conflicts::stock::Trouble` (contract `shop.Risk`, method `take`)"),
        "{text}"
    );
}

#[tokio::test]
async fn an_event_and_a_reply_of_one_name_keep_a_listener_from_beginning() {
    let runtime = launch();
    exposed!(runtime, "watched", stock::Watched).expect("nobody listens");
    exposed!(runtime, "log", orders::Log).expect("nobody listens");
    let text = text(&conflicts(&runtime).await);
    assert!(
        text.contains("`name_conflicts::stock::Changed` (contract `shop.Watched`, event `shop.Changed`)"),
        "{text}"
    );
}

#[tokio::test]
async fn two_contracts_of_one_name_keep_a_listener_from_beginning() {
    let runtime = launch();
    exposed!(runtime, "stock", stock::Health).expect("nobody listens");
    exposed!(runtime, "orders", orders::Health).expect("nobody listens");
    assert_eq!(
        text(&conflicts(&runtime).await),
        "CS0202: contract `shop.Health`: `name_conflicts::orders::Health` and `name_conflicts::stock::Health` both have \
         this name, and are not alike; give one of them another namespace with `#[actor_contract(namespace = \"…\")]`"
    );
}

#[tokio::test]
async fn every_conflict_is_told_at_once() {
    let runtime = launch();
    exposed!(runtime, "a", stock::Stock).expect("nobody listens");
    exposed!(runtime, "b", orders::Orders).expect("nobody listens");
    exposed!(runtime, "c", stock::Health).expect("nobody listens");
    exposed!(runtime, "d", orders::Health).expect("nobody listens");
    let conflicts = conflicts(&runtime).await;
    let codes: Vec<_> = conflicts.faults().iter().map(|fault| fault.code.as_str()).collect();
    assert_eq!(codes, ["CS0201", "CS0202"]);
    assert_eq!(conflicts.to_string().lines().count(), 2);
}

#[tokio::test]
async fn one_actor_of_two_contracts_of_one_name_conflicts_with_itself() {
    let runtime = launch();
    let both = runtime
        .actor("both", || Shop)
        .serves(stock::Health)
        .serves(orders::Health);
    both.expose().start().await.expect("nobody listens");
    assert!(text(&conflicts(&runtime).await).starts_with("CS0202"));
}

#[tokio::test]
async fn types_of_one_name_that_callers_do_not_reach_conflict_with_nothing() {
    let runtime = launch();
    exposed!(runtime, "stock", stock::Stock).expect("nobody listens");
    let hidden = runtime.actor("orders", || Shop).serves(orders::Orders);
    hidden.start().await.expect("it is not exposed");
    let listener = listen(&runtime);
    listener.connect().expect("nothing conflicts");
}

#[tokio::test]
async fn contracts_of_one_name_that_say_the_same_are_one() {
    let runtime = launch();
    exposed!(runtime, "stock", stock::Count).expect("nobody listens");
    exposed!(runtime, "orders", orders::Count).expect("nobody listens");
    let listener = listen(&runtime);
    let asked = json!({"of": "a"});
    assert_eq!(ask(&listener, "stock", "shop.Count.Count", asked.clone()).await, 1);
    assert_eq!(ask(&listener, "orders", "shop.Count.Count", asked).await, 2);
    let answer = document(&listener).await;
    let contracts = answer["payload"]["contracts"].as_array().expect("a list");
    assert_eq!(contracts.len(), 1, "{answer}");
}

#[tokio::test]
async fn a_listener_in_the_process_tells_a_conflict_to_those_who_connect() {
    let runtime = launch();
    exposed!(runtime, "stock", stock::Health).expect("nobody listens");
    exposed!(runtime, "orders", orders::Health).expect("nobody listens");
    let refused = listen(&runtime).connect().expect_err("names mean two things");
    assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
    let inner = refused.into_inner().expect("it says why").downcast::<ListenError>();
    let Ok(ListenError::Conflicts(told)) = inner.map(|inner| *inner) else {
        panic!("it tells something else");
    };
    assert_eq!(told, conflicts(&runtime).await);
    assert!(runtime.hide("orders"));
    listen(&runtime).connect().expect("nothing conflicts any more");
}

#[tokio::test]
async fn an_actor_that_conflicts_with_what_is_served_is_not_started() {
    let runtime = launch();
    exposed!(runtime, "stock", stock::Health).expect("nobody listens");
    let listener = listen(&runtime);
    let Err(StartError::NameConflicts(id, conflicts)) = exposed!(runtime, "orders", orders::Health) else {
        panic!("what conflicts was exposed");
    };
    assert_eq!(id.as_str(), "orders");
    assert!(text(&conflicts).contains("`name_conflicts::orders::Health`"));
    assert_eq!(runtime.exposed().len(), 1);
    // Nothing is left of it, so that it may be started otherwise.
    let hidden = runtime.actor("orders", || Shop).serves(orders::Health).start().await;
    hidden.expect("it is not exposed");
    assert_eq!(ask(&listener, "stock", "shop.Health.Check", json!({})).await, true);
}

#[tokio::test]
async fn an_actor_that_conflicts_with_what_is_served_is_not_exposed_later() {
    let runtime = launch();
    exposed!(runtime, "stock", stock::Stock).expect("nobody listens");
    let orders = runtime.actor("orders", || Shop).serves(orders::Orders).start().await;
    let orders: ActorHandle = orders.expect("it is not exposed");
    let listener = listen(&runtime);
    let Err(ExposeError::NameConflicts(id, conflicts)) = runtime.expose("orders", &orders) else {
        panic!("what conflicts was exposed");
    };
    assert_eq!(id.as_str(), "orders");
    assert!(text(&conflicts).starts_with("CS0201: type `shop.Item`"));
    assert!(!runtime.is_exposed("orders"));
    let answer = document(&listener).await;
    assert_eq!(answer["success"], true, "{answer}");
}

#[tokio::test]
async fn what_conflicted_may_be_exposed_once_the_other_is_hidden() {
    let runtime = launch();
    exposed!(runtime, "stock", stock::Health).expect("nobody listens");
    let orders = runtime.actor("orders", || Shop).serves(orders::Health).start().await;
    let orders = orders.expect("it is not exposed");
    let listener = listen(&runtime);
    runtime
        .expose("orders", &orders)
        .expect_err("two contracts have one name");
    assert!(runtime.hide("stock"));
    runtime.expose("orders", &orders).expect("the name is free");
    assert_eq!(ask(&listener, "orders", "shop.Health.Waiting", json!({})).await, 0);
    // The first one is now the second.
    let stock = exposed!(runtime, "other", stock::Health);
    assert!(matches!(stock, Err(StartError::NameConflicts(..))));
}

#[tokio::test]
async fn names_are_nobodys_concern_once_nobody_listens() {
    let runtime = launch();
    exposed!(runtime, "stock", stock::Health).expect("nobody listens");
    let (first, second) = (listen(&runtime), listen(&runtime));
    drop(first);
    let refused = exposed!(runtime, "orders", orders::Health);
    assert!(
        matches!(refused, Err(StartError::NameConflicts(..))),
        "one of two listens"
    );
    drop(second);
    exposed!(runtime, "orders", orders::Health).expect("nobody listens");
    assert!(text(&conflicts(&runtime).await).starts_with("CS0202"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_conflict_with_each_other_one_is_exposed() {
    for _ in 0..50 {
        let runtime = launch();
        let _listener = listen(&runtime);
        let stock = runtime.actor("stock", || Shop).serves(stock::Health).expose();
        let orders = runtime.actor("orders", || Shop).serves(orders::Health).expose();
        let (stock, orders) = tokio::join!(tokio::spawn(stock.start()), tokio::spawn(orders.start()));
        let started = [stock.expect("no panic").is_ok(), orders.expect("no panic").is_ok()];
        assert_eq!(started.iter().filter(|is| **is).count(), 1);
        assert_eq!(runtime.exposed().len(), 1);
        runtime.shutdown().await;
    }
}
