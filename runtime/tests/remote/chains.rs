//! Calls that come back to an actor which waits for them, through other processes.

use std::sync::Arc;

use callsheet::{CallError, Code, Failure, ListenerOptions, Mailbox, Runtime, actor_contract};
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::sides::{Lost, within};

/// Whom the circle goes through.
#[actor_contract(namespace = "far")]
pub trait Relay {
    /// Calls `back`, alone or beside others.
    async fn relay(&self, back: Mailbox<dyn Origin>, alone: bool) -> Result<u32, Lost>;
    /// The same, once `entered` was told and the test has said so.
    async fn relay_later(&self, back: Mailbox<dyn Origin>) -> Result<u32, Lost>;
    /// The same, through a relay that it knows.
    async fn relay_on(&self, alone: bool) -> Result<u32, Lost>;
}

/// Whom it comes back to.
#[actor_contract(namespace = "far")]
pub trait Origin {
    async fn ask(&self, alone: bool) -> Result<u32, Lost>;
    async fn ask_alone(&mut self, alone: bool) -> Result<u32, Lost>;
    async fn ask_later(&self) -> Result<u32, Lost>;
    async fn ask_detached(&mut self) -> Result<u32, Lost>;
    async fn ask_on(&mut self, alone: bool) -> Result<u32, Lost>;
    fn look(&self) -> u32;
    fn change(&mut self) -> u32;
}

#[derive(Clone, Default)]
struct Signals {
    entered: Arc<Notify>,
    go: Arc<Notify>,
}

struct Relays {
    signals: Signals,
    /// Where a longer circle goes on.
    next: Option<Mailbox<dyn Origin>>,
}

impl Relay for Relays {
    async fn relay(&self, back: Mailbox<dyn Origin>, alone: bool) -> Result<u32, Lost> {
        Ok(match alone {
            true => back.change().await?,
            false => back.look().await?,
        })
    }

    async fn relay_later(&self, back: Mailbox<dyn Origin>) -> Result<u32, Lost> {
        self.signals.entered.notify_one();
        self.signals.go.notified().await;
        Ok(back.look().await?)
    }

    async fn relay_on(&self, alone: bool) -> Result<u32, Lost> {
        let next = self.next.as_ref().expect("it has one");
        Ok(match alone {
            true => next.change().await?,
            false => next.look().await?,
        })
    }
}

struct Begins {
    relay: Mailbox<dyn Relay>,
}

impl Begins {
    fn me() -> Mailbox<dyn Origin> {
        Origin.at("origin")
    }
}

/// What the other side has told, as what the call would have failed with here.
fn told(error: CallError<Lost>) -> Lost {
    match error {
        CallError::Contract(lost) => lost,
        CallError::Failure(failure) => failure.into(),
    }
}

impl Origin for Begins {
    async fn ask(&self, alone: bool) -> Result<u32, Lost> {
        self.relay.relay(Self::me(), alone).await.map_err(told)
    }

    async fn ask_alone(&mut self, alone: bool) -> Result<u32, Lost> {
        self.relay.relay(Self::me(), alone).await.map_err(told)
    }

    async fn ask_later(&self) -> Result<u32, Lost> {
        self.relay.relay_later(Self::me()).await.map_err(told)
    }

    async fn ask_detached(&mut self) -> Result<u32, Lost> {
        let call = self.relay.relay(Self::me(), false).detached();
        call.timeout(std::time::Duration::from_millis(50)).await.map_err(told)
    }

    async fn ask_on(&mut self, alone: bool) -> Result<u32, Lost> {
        self.relay.relay_on(alone).await.map_err(told)
    }

    fn look(&self) -> u32 {
        1
    }

    fn change(&mut self) -> u32 {
        2
    }
}

struct Circle {
    origin: Mailbox<dyn Origin>,
    signals: Signals,
    _kept: (Vec<Runtime>, Vec<callsheet::Listener>, TempDir),
}

impl Circle {
    async fn start(configure: fn(callsheet::RuntimeOptions) -> callsheet::RuntimeOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (near, far) = (folder.path().join("near"), folder.path().join("far"));
        let signals = Signals::default();
        let calling = configure(Runtime::configure()).launch().unwrap();
        let serving = Runtime::launch().unwrap();
        let calling_listener = calling.listen(ListenerOptions::at(&near)).await.unwrap();
        // The further process knows the origin by a connection of its own.
        let third = Runtime::launch().unwrap();
        let to_origin = third.connect("origin", &*near).await.unwrap();
        let made = (signals.clone(), to_origin.to::<dyn Origin>("origin"));
        let relay = serving.actor("relay", move || Relays {
            signals: made.0.clone(),
            next: Some(made.1.clone()),
        });
        relay.serves(Relay).expose().start().await.unwrap();
        let serving_listener = serving.listen(ListenerOptions::at(&far)).await.unwrap();
        let remote = calling.connect("far", &*far).await.unwrap();
        let relay = remote.to::<dyn Relay>("relay");
        let origin = calling.actor("origin", move || Begins { relay: relay.clone() });
        origin.serves(Origin).expose().start().await.unwrap();
        Circle {
            origin: calling.to("origin"),
            signals,
            _kept: (
                vec![calling, serving, third],
                vec![calling_listener, serving_listener],
                folder,
            ),
        }
    }
}

fn lost(code: Code) -> Result<u32, CallError<Lost>> {
    Err(CallError::Contract(Lost::from(Failure::new(code, ""))))
}

#[tokio::test]
async fn an_exclusive_turn_that_waits_for_itself_is_told_so() {
    let circle = Circle::start(|options| options).await;
    for alone in [false, true] {
        assert_eq!(
            within(circle.origin.ask_alone(alone)).await,
            lost(Code::Deadlock),
            "{alone}"
        );
    }
    // Nothing is left of it.
    assert_eq!(within(circle.origin.look()).await, Ok(1));
    assert_eq!(within(circle.origin.change()).await, Ok(2));
}

#[tokio::test]
async fn beside_a_shared_turn_only_a_shared_call_runs() {
    let circle = Circle::start(|options| options).await;
    assert_eq!(within(circle.origin.ask(false)).await, Ok(1));
    assert_eq!(within(circle.origin.ask(true)).await, lost(Code::Deadlock));
}

#[tokio::test]
async fn it_is_let_past_a_writer_that_waits_for_it() {
    let circle = Circle::start(|options| options).await;
    let asking = tokio::spawn({
        let origin = circle.origin.clone();
        async move { origin.ask_later().await }
    });
    within(circle.signals.entered.notified()).await;
    let writer = circle.origin.clone();
    let writing = tokio::spawn(async move { writer.change().await });
    // The queue is read in order: behind this one the writer has been met.
    tokio::task::yield_now().await;
    circle.signals.go.notify_one();
    assert_eq!(within(asking).await.unwrap(), Ok(1));
    assert_eq!(within(writing).await.unwrap(), Ok(2));
}

#[tokio::test]
async fn it_is_let_past_the_limit_of_shared_calls() {
    let circle = Circle::start(|options| options.shared_limit(1)).await;
    assert_eq!(within(circle.origin.ask(false)).await, Ok(1));
}

#[tokio::test]
async fn a_detached_call_is_ended_by_its_deadline() {
    let circle = Circle::start(|options| options).await;
    let late = within(circle.origin.ask_detached()).await;
    assert_eq!(late, lost(Code::Timeout));
    assert_eq!(within(circle.origin.look()).await, Ok(1));
}

#[tokio::test]
async fn a_circle_through_further_processes_is_seen_too() {
    let circle = Circle::start(|options| options).await;
    assert_eq!(within(circle.origin.ask_on(true)).await, lost(Code::Deadlock));
    assert_eq!(within(circle.origin.ask_on(false)).await, lost(Code::Deadlock));
}
