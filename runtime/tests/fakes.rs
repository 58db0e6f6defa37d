//! Fakes: what `#[actor_contract(…, fake)]` makes for the tests of others.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use callsheet::{
    ActorHandle, CallContext, CallError, Code, Deferred, Delivered, ListenerOptions, Runtime, Streaming,
    actor_contract, contract_type,
};
use futures_util::{Stream, StreamExt};
use tokio::{
    io::AsyncWriteExt,
    time::{Instant, sleep},
};

#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub item: String,
}

#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    SoldOut,
}

#[actor_contract(namespace = "fakes", fake)]
pub trait Health {
    fn is_healthy(&self) -> bool {
        true
    }
}

#[actor_contract(namespace = "fakes", fake)]
pub trait Audit: Health {
    async fn note(&mut self, text: String) -> u64;
}

/// Every kind of method.
#[actor_contract(namespace = "fakes", fake)]
pub trait Shop: Audit {
    async fn price(&self, item: String, pieces: u64) -> u64;
    #[method(name = "Buy", alias = "Purchase")]
    async fn place(&mut self, #[message] order: Order) -> Result<u64, Refusal>;
    fn whose(&self, prefix: String, #[context] cx: &CallContext) -> String;
    async fn word(&self, #[context] cx: &CallContext) -> Option<String>;
    fn items(&self, from: u64) -> Streaming<u64>;
    fn evens(&self) -> impl Stream<Item = Result<u64, Refusal>> + 'static;
    fn later(&mut self) -> Result<Deferred<u64>, Refusal>;
    #[parallel]
    fn count(&self) -> u64;
    #[tell]
    fn sweep(&mut self, room: String);
    #[cfg(any())]
    fn gone(&self, missing: Missing);
}

fn launch() -> Runtime {
    Runtime::launch().expect("inside tokio")
}

async fn start(runtime: &Runtime, fake: &FakeShop) -> ActorHandle {
    fake.start(runtime, "shop").await.expect("the name is free")
}

fn order(item: &str) -> Order {
    Order { item: item.to_owned() }
}

#[tokio::test]
async fn every_kind_of_method_answers_as_it_was_told() {
    let runtime = launch();
    let fake = FakeShop::new();
    fake.on_price(|item, pieces| item.len() as u64 * pieces)
        .on_place(|order| {
            if order.item == "tea" {
                Ok(1)
            } else {
                Err(Refusal::SoldOut)
            }
        })
        .on_whose(|prefix, cx| format!("{prefix}{}", cx.actor()))
        .on_word(|cx| cx.meta("word").map(str::to_owned))
        .on_items(|from| Streaming::iter(from..from + 3))
        .on_evens(|| Streaming::iter([Ok(0), Err(Refusal::SoldOut)]))
        .on_later(|| Ok(Deferred::new(async { 9 })))
        .on_count(|| 4);
    start(&runtime, &fake).await;

    let shop = Shop.at("shop");
    assert_eq!(shop.price("tea".to_owned(), 2).await, Ok(6));
    assert_eq!(shop.place(order("tea")).await, Ok(1));
    assert_eq!(
        shop.place(order("ink")).await,
        Err(CallError::Contract(Refusal::SoldOut))
    );
    assert_eq!(shop.whose("the ".to_owned()).await, Ok("the shop".to_owned()));
    assert_eq!(shop.word().meta("word", "sesame").await, Ok(Some("sesame".to_owned())));
    assert_eq!(shop.items(5).collect::<Vec<_>>().await, [Ok(5), Ok(6), Ok(7)]);
    let evens = [Ok(0), Err(CallError::Contract(Refusal::SoldOut))];
    assert_eq!(shop.evens().collect::<Vec<_>>().await, evens);
    assert_eq!(shop.later().await, Ok(9));
    assert_eq!(shop.count().await, Ok(4));
    shop.sweep("hall".to_owned()).await.expect("there is room");
    let calls = [
        "price", "place", "place", "whose", "word", "items", "evens", "later", "count", "sweep",
    ];
    assert_eq!(fake.wait_for_calls(calls.len()).await, calls);
}

#[tokio::test]
async fn a_fake_is_a_plain_value_that_implements_the_trait() {
    let mut fake = FakeShop::default();
    fake.on_price(|_, pieces| pieces);
    fake.on_whose(|prefix, cx| format!("{prefix}{}", cx.actor()));
    fake.on_place(|_| Err(Refusal::SoldOut));
    assert_eq!(fake.price("tea".to_owned(), 3).await, 3);
    assert_eq!(fake.whose("my ".to_owned(), &CallContext::new("stall")), "my stall");
    assert_eq!(fake.place(order("tea")).await, Err(Refusal::SoldOut));
    fake.sweep("hall".to_owned());
    assert_eq!(fake.calls(), ["price", "whose", "place", "sweep"]);
    assert_eq!(
        format!("{fake:?}"),
        r#"FakeShop(Told { calls: ["price", "whose", "place", "sweep"], .. })"#
    );
}

#[tokio::test]
async fn a_fake_that_runs_is_told_another_answer() {
    let runtime = launch();
    let fake = FakeShop::new();
    fake.on_count(|| 1);
    start(&runtime, &fake).await;
    assert_eq!(Shop.at("shop").count().await, Ok(1));
    fake.clone().on_count(|| 2);
    assert_eq!(Shop.at("shop").count().await, Ok(2));
    assert_eq!(fake.calls(), ["count", "count"]);
}

#[tokio::test]
async fn a_call_without_an_answer_fails_and_the_fake_goes_on() {
    let runtime = launch();
    let fake = FakeShop::new();
    fake.on_count(|| 4);
    let actor = start(&runtime, &fake).await;
    let shop = Shop.at("shop");

    let failed = shop.price("tea".to_owned(), 2).await.expect_err("it was told nothing");
    assert_eq!((failed.code(), failed.delivered()), (Code::ActorFailed, Delivered::Yes));
    let text = "no answer was given for `price` of the fake `shop`; give one with `on_price`";
    assert!(failed.to_string().contains(text), "{failed}");
    let Err(CallError::Failure(failed)) = shop.place(order("tea")).await else {
        panic!("it was told nothing");
    };
    assert!(failed.to_string().contains("`place` of the fake `shop`"), "{failed}");
    let opened = shop
        .items(0)
        .next()
        .await
        .expect("it says so")
        .expect_err("it was told nothing");
    assert!(opened.to_string().contains("`items`"), "{opened}");
    let Err(CallError::Failure(failed)) = shop.later().await else {
        panic!("it was told nothing");
    };
    assert!(failed.to_string().contains("`later`"), "{failed}");
    assert!(
        shop.is_healthy()
            .await
            .expect_err("it was told nothing")
            .to_string()
            .contains("`is_healthy`")
    );

    assert_eq!(shop.count().await, Ok(4));
    assert_eq!(actor.generation(), Some(1));
    assert_eq!((actor.books().failed, actor.books().handled), (5, 1));
    assert_eq!(
        fake.calls(),
        ["price", "place", "items", "later", "is_healthy", "count"]
    );
}

#[tokio::test]
async fn a_call_from_outside_that_nobody_waits_for_is_dropped_if_it_has_no_answer() {
    let runtime = launch();
    let fake = FakeShop::new();
    let actor = start(&runtime, &fake).await;
    let listener = runtime.listen_in_process(ListenerOptions::in_process());
    let mut socket = listener.connect().expect("it listens");
    let frame = br#"{"target":"shop","message_type":"Count"}"#;
    let length = u32::try_from(frame.len()).expect("it is short");
    socket.write_all(&length.to_be_bytes()).await.expect("it is read");
    socket.write_all(frame).await.expect("it is read");
    assert_eq!(fake.wait_for_calls(1).await, ["count"]);
    fake.on_count(|| 2);
    assert_eq!(Shop.at("shop").count().await, Ok(2));
    assert_eq!(actor.generation(), Some(1));
}

#[test]
#[should_panic(expected = "no answer was given for `count` of the fake `fakes.Shop`; give one with `on_count`")]
fn a_plain_value_without_an_answer_panics() {
    FakeShop::new().count();
}

#[tokio::test]
async fn a_tell_needs_no_answer_and_may_be_told_what_to_do() {
    let runtime = launch();
    let fake = FakeShop::new();
    let actor = start(&runtime, &fake).await;
    let shop = Shop.at("shop");
    shop.sweep("hall".to_owned()).await.expect("there is room");
    assert_eq!(fake.wait_for_calls(1).await, ["sweep"]);

    let swept = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&swept);
    fake.on_sweep(move |room| kept.lock().expect("nobody panics here").push(room));
    fake.on_count(|| 0);
    shop.sweep("yard".to_owned()).await.expect("there is room");
    // What is asked behind it finds it done.
    assert_eq!(shop.count().await, Ok(0));
    assert_eq!(*swept.lock().expect("nobody panics here"), ["yard"]);
    assert_eq!((actor.generation(), actor.books().failed), (Some(1), 0));
}

#[tokio::test]
async fn a_fake_answers_for_the_contracts_that_its_own_builds_on() {
    let runtime = launch();
    let fake = FakeShop::new();
    let audit = FakeAudit::of(&fake);
    audit.on_note(|text| text.len() as u64);
    FakeHealth::of(&audit).on_is_healthy(|| false);
    start(&runtime, &fake).await;
    let shop = Shop.at("shop");
    assert_eq!(shop.note("four".to_owned()).await, Ok(4));
    assert_eq!(shop.is_healthy().await, Ok(false));
    assert_eq!(Health.at("shop").is_healthy().await, Ok(false));
    assert_eq!(fake.calls(), ["note", "is_healthy", "is_healthy"]);
    assert_eq!(audit.calls(), fake.calls());
}

#[tokio::test(start_paused = true)]
async fn an_answer_may_be_a_future() {
    let runtime = launch();
    let fake = FakeShop::new();
    fake.async_on_price(|item, pieces| async move {
        sleep(Duration::from_secs(pieces)).await;
        item.len() as u64
    });
    fake.async_on_word(|cx| {
        let left = cx.time_left();
        async move { left.map(|left| format!("{left:?}")) }
    });
    start(&runtime, &fake).await;
    let shop = Shop.at("shop");
    let began = Instant::now();
    assert_eq!(shop.price("tea".to_owned(), 2).await, Ok(3));
    assert_eq!(began.elapsed(), Duration::from_secs(2));
    let late = shop.price("tea".to_owned(), 3600).timeout(Duration::from_secs(5)).await;
    assert_eq!(late.expect_err("an hour is too long").code(), Code::Timeout);
    assert!(shop.word().await.is_ok_and(|word| word.is_some()));
    fake.on_price(|_, _| 0);
    assert_eq!(shop.price("tea".to_owned(), 3600).await, Ok(0));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_panics_fails_the_actor_which_comes_back_knowing_all() {
    let runtime = launch();
    let fake = FakeShop::new();
    fake.on_price(|_, _| panic!("as it should")).on_count(|| 4);
    let actor = start(&runtime, &fake).await;
    let shop = Shop.at("shop");
    let failed = shop.price("tea".to_owned(), 1).await.expect_err("the answer panicked");
    assert_eq!(failed.code(), Code::ActorFailed);
    assert_eq!(shop.count().await, Ok(4));
    assert_eq!((actor.generation(), fake.calls()), (Some(2), vec!["price", "count"]));
}

#[tokio::test]
async fn one_fake_may_be_several_actors_and_be_configured_as_any_other() {
    let runtime = launch();
    let fake = FakeShop::new();
    fake.on_whose(|_, cx| cx.actor().to_string());
    let hidden = fake.actor(&runtime, "hidden").capacity(1).start().await;
    hidden.expect("the name is free");
    start(&runtime, &fake).await;
    for id in ["hidden", "shop"] {
        assert_eq!(Shop.at(id).whose(String::new()).await, Ok(id.to_owned()));
    }
    let taken = fake.start(&runtime, "shop").await.expect_err("it runs already");
    assert_eq!(taken.to_string(), "an actor called `shop` is running already");
}

#[tokio::test]
async fn answers_and_what_they_hold_may_use_the_fake_themselves() {
    /// Looks at the fake when it is dropped.
    struct Last(FakeShop);

    impl Drop for Last {
        fn drop(&mut self) {
            self.0.on_place(|_| Ok(3));
        }
    }

    let mut fake = FakeShop::new();
    let (own, last) = (fake.clone(), Last(fake.clone()));
    fake.on_count(move || {
        own.on_count(|| 2);
        own.calls().len() as u64
    });
    assert_eq!(fake.count(), 1);
    assert_eq!(fake.count(), 2);
    fake.on_whose(move |_, _| last.0.calls().concat());
    fake.on_whose(|_, _| String::new());
    assert_eq!(fake.place(order("tea")).await, Ok(3));
}

#[tokio::test]
async fn calls_are_waited_for() {
    let fake = FakeShop::new();
    fake.on_count(|| 4);
    let asked = async {
        for _ in 0..3 {
            fake.count();
            tokio::task::yield_now().await;
        }
    };
    let (calls, ()) = tokio::join!(biased; fake.wait_for_calls(2), asked);
    assert!(calls.len() >= 2 && calls.len() <= 3, "{calls:?}");
    assert_eq!(fake.wait_for_calls(0).await.len(), 3);
}
