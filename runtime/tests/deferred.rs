//! Replies that follow after the turn.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{collections::HashMap, sync::Arc, time::Duration};

use callsheet::{CallContext, CallError, Code, Deferred, Delivered, Runtime, actor_contract, contract_type};
use tokio::sync::{Notify, oneshot};

#[contract_type]
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    Empty,
    SoldOut,
}

#[actor_contract(namespace = "demo")]
pub trait Desk {
    fn ready(&self) -> Deferred<u64>;
    /// The reply comes when `answer` brings it.
    fn ask(&mut self, question: String) -> Deferred<String>;
    fn answer(&mut self, question: String, answer: String) -> bool;
    fn forget(&mut self, question: String);
    async fn opened(&mut self, item: String) -> Result<Deferred<u64>, Refusal>;
    fn late_refusal(&self) -> Deferred<Result<u64, Refusal>>;
    async fn either(&self, now: bool) -> Result<Deferred<Result<u64, Refusal>>, Refusal>;
    fn boom(&self) -> Deferred<u64>;
    fn never(&self) -> Deferred<()>;
    fn noted(&self) -> Deferred<()>;
    fn whose(&self) -> Deferred<Option<String>>;
}

#[derive(Default, Clone)]
struct Probe {
    /// A future that never ends was dropped.
    dropped: Arc<Notify>,
    noted: Arc<Notify>,
}

#[derive(Default)]
struct Clerk {
    open: HashMap<String, oneshot::Sender<String>>,
    probe: Probe,
}

struct OnDrop(Arc<Notify>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl Desk for Clerk {
    fn ready(&self) -> Deferred<u64> {
        Deferred::new(std::future::ready(1))
    }
    fn ask(&mut self, question: String) -> Deferred<String> {
        let (sender, receiver) = oneshot::channel();
        self.open.insert(question, sender);
        receiver.into()
    }
    fn answer(&mut self, question: String, answer: String) -> bool {
        let waiting = self.open.remove(&question);
        waiting.is_some_and(|waiting| waiting.send(answer).is_ok())
    }
    fn forget(&mut self, question: String) {
        self.open.remove(&question);
    }
    async fn opened(&mut self, item: String) -> Result<Deferred<u64>, Refusal> {
        if item.is_empty() {
            return Err(Refusal::Empty);
        }
        Ok(Deferred::new(async move { item.len() as u64 }))
    }
    fn late_refusal(&self) -> Deferred<Result<u64, Refusal>> {
        Deferred::new(async {
            tokio::task::yield_now().await;
            Err(Refusal::SoldOut)
        })
    }
    async fn either(&self, now: bool) -> Result<Deferred<Result<u64, Refusal>>, Refusal> {
        if now {
            Err(Refusal::Empty)
        } else {
            Ok(self.late_refusal())
        }
    }
    fn boom(&self) -> Deferred<u64> {
        Deferred::new(async {
            tokio::task::yield_now().await;
            panic!("as it should")
        })
    }
    fn never(&self) -> Deferred<()> {
        let held = OnDrop(Arc::clone(&self.probe.dropped));
        Deferred::new(async move {
            let _held = held;
            std::future::pending().await
        })
    }
    fn noted(&self) -> Deferred<()> {
        let noted = Arc::clone(&self.probe.noted);
        Deferred::new(async move { noted.notify_one() })
    }
    fn whose(&self) -> Deferred<Option<String>> {
        Deferred::new(async {
            tokio::task::yield_now().await;
            Some(CallContext::current()?.actor().to_string())
        })
    }
}

async fn desk() -> (Runtime, Probe) {
    let runtime = Runtime::launch().expect("inside tokio");
    let probe = Probe::default();
    let given = probe.clone();
    let make = move || Clerk {
        open: HashMap::new(),
        probe: given.clone(),
    };
    runtime.actor("desk", make).serves(Desk).start().await.expect("free");
    (runtime, probe)
}

#[tokio::test]
async fn the_turn_ends_and_the_reply_follows() {
    let (_runtime, _) = desk().await;
    let desk = Desk.at("desk");
    assert_eq!(desk.ready().await, Ok(1));
    let asked = desk.ask("why".to_owned()).into_future();
    // The first call was exclusive, and this one too: the reply does not keep the state.
    assert_eq!(desk.answer("why".to_owned(), "because".to_owned()).await, Ok(true));
    assert_eq!(asked.await, Ok("because".to_owned()));
    assert_eq!(
        desk.whose().await,
        Ok(Some("desk".to_owned())),
        "it is a part of the call"
    );
}

#[tokio::test]
async fn it_may_be_refused_at_once_or_later() {
    let (_runtime, _) = desk().await;
    let desk = Desk.at("desk");
    assert_eq!(desk.opened("tea".to_owned()).await, Ok(3));
    assert_eq!(
        desk.opened(String::new()).await,
        Err(CallError::Contract(Refusal::Empty))
    );
    assert_eq!(desk.late_refusal().await, Err(CallError::Contract(Refusal::SoldOut)));
    assert_eq!(desk.either(true).await, Err(CallError::Contract(Refusal::Empty)));
    assert_eq!(desk.either(false).await, Err(CallError::Contract(Refusal::SoldOut)));
}

#[tokio::test]
async fn a_reply_that_never_comes_is_a_failure_and_the_state_is_kept() {
    let (_runtime, _) = desk().await;
    let desk = Desk.at("desk");
    let kept = desk.ask("kept".to_owned()).into_future();
    let failure = desk.boom().await.expect_err("it panicked");
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::ActorFailed, Delivered::Yes)
    );
    let lost = desk.ask("lost".to_owned()).into_future();
    desk.forget("lost".to_owned()).await.expect("forgotten");
    let failure = lost.await.expect_err("its sender is gone");
    assert_eq!(failure.code(), Code::ActorFailed);
    assert!(failure.text().contains("sender was dropped"), "{failure}");
    assert_eq!(desk.answer("kept".to_owned(), "yes".to_owned()).await, Ok(true));
    assert_eq!(kept.await, Ok("yes".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn it_is_dropped_when_nobody_waits_any_more() {
    let (_runtime, probe) = desk().await;
    let desk = Desk.at("desk");
    let failure = desk.never().timeout(Duration::from_secs(1)).await.expect_err("late");
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::Timeout, Delivered::Unknown)
    );
    probe.dropped.notified().await;

    let call = desk.never().into_future();
    assert_eq!(desk.ready().await, Ok(1), "the turn of the call before has ended");
    drop(call);
    probe.dropped.notified().await;
}

#[tokio::test]
async fn it_follows_though_the_caller_wants_none_or_the_actor_stopped() {
    let (runtime, probe) = desk().await;
    let desk = Desk.at("desk");
    desk.send(|d| d.noted()).await.expect("room");
    probe.noted.notified().await;

    let asked = desk.late_refusal().into_future();
    assert_eq!(desk.ready().await, Ok(1));
    runtime.shutdown().await;
    assert_eq!(asked.await, Err(CallError::Contract(Refusal::SoldOut)));
}

#[tokio::test]
async fn an_implementation_is_tested_without_a_runtime() {
    let mut clerk = Clerk::default();
    assert_eq!(clerk.ready().await, Some(1));
    let asked = clerk.ask("why".to_owned());
    clerk.forget("why".to_owned());
    assert_eq!(asked.await, None);
    assert_eq!(clerk.opened(String::new()).await.map(drop), Err(Refusal::Empty));
}
