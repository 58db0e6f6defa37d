//! Which runtime is meant where none is named.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::sync::{Arc, Mutex};

use callsheet::{Actor, CallContext, Code, Deferred, HookError, Runtime, Streaming, To, actor_contract};
use futures_util::{StreamExt, stream};

#[actor_contract(namespace = "ambient")]
pub trait Resident {
    /// Which runtime the actor was started in.
    fn home(&self) -> u32;

    // Where `home` is asked of the neighbour, which has the same name in every runtime.
    async fn shared(&self) -> u32;
    async fn suspended(&self) -> u32;
    #[parallel]
    async fn parallel(&self) -> u32;
    async fn exclusive(&mut self) -> u32;
    fn deferred(&self) -> Deferred<u32>;
    fn streamed(&self) -> Streaming<u32>;
    /// By a task that is spawned; what it says where it fails.
    async fn spawned(&self) -> Result<u32, String>;
    /// The same, which was told the runtime.
    async fn spawned_and_told(&self, #[context] cx: &CallContext) -> u32;
    /// While another runtime is entered.
    async fn entered(&self) -> u32;
    fn hooks_saw(&self) -> Vec<u32>;
}

struct Person {
    home: u32,
    other: Option<Runtime>,
    hooks: Arc<Mutex<Vec<u32>>>,
}

async fn neighbour() -> u32 {
    Resident.at("neighbour").home().await.expect("it has one")
}

impl Person {
    async fn hook(&self) -> Result<(), HookError> {
        let home = neighbour().await;
        self.hooks.lock().expect("nobody panics here").push(home);
        Ok(())
    }
}

impl Actor for Person {
    async fn before_start(&mut self, _: &CallContext) -> Result<(), HookError> {
        self.hook().await
    }
    async fn after_start(&mut self, _: &CallContext) -> Result<(), HookError> {
        self.hook().await
    }
    async fn before_stop(&mut self, _: &CallContext) {
        self.hook().await.expect("it does not fail");
    }
}

impl Resident for Person {
    fn home(&self) -> u32 {
        self.home
    }
    async fn shared(&self) -> u32 {
        neighbour().await
    }
    async fn suspended(&self) -> u32 {
        tokio::task::yield_now().await;
        neighbour().await
    }
    async fn parallel(&self) -> u32 {
        neighbour().await
    }
    async fn exclusive(&mut self) -> u32 {
        tokio::task::yield_now().await;
        neighbour().await
    }
    fn deferred(&self) -> Deferred<u32> {
        Deferred::new(async {
            tokio::task::yield_now().await;
            neighbour().await
        })
    }
    fn streamed(&self) -> Streaming<u32> {
        Streaming::new(stream::once(neighbour()))
    }
    async fn spawned(&self) -> Result<u32, String> {
        let asked = tokio::spawn(async { Resident.at("neighbour").home().await });
        let asked = asked.await.expect("it does not panic");
        asked.map_err(|failure| failure.text().to_owned())
    }
    async fn spawned_and_told(&self, cx: &CallContext) -> u32 {
        let runtime = cx.runtime().expect("it lives");
        let asked = tokio::spawn(async move { runtime.to::<dyn Resident>("neighbour").home().await });
        asked.await.expect("it does not panic").expect("it has one")
    }
    async fn entered(&self) -> u32 {
        let mailbox = {
            let _other = self.other.as_ref().map(Runtime::enter);
            Resident.at("neighbour")
        };
        mailbox.home().await.expect("it has one")
    }
    fn hooks_saw(&self) -> Vec<u32> {
        self.hooks.lock().expect("nobody panics here").clone()
    }
}

type Hooks = Arc<Mutex<Vec<u32>>>;

async fn settle(runtime: &Runtime, home: u32, other: Option<Runtime>) -> Hooks {
    let hooks = Hooks::default();
    for (id, hooked) in [("neighbour", false), ("person", true)] {
        let (hooks, other) = (Arc::clone(&hooks), other.clone());
        let person = runtime.actor(id, move || Person {
            home,
            other: other.clone(),
            hooks: Arc::clone(&hooks),
        });
        let person = person.serves(Resident);
        let person = if hooked { person.hooks() } else { person };
        drop(person.start().await.expect("the name is free"));
    }
    hooks
}

fn launch() -> Runtime {
    Runtime::launch().expect("inside tokio")
}

#[tokio::test]
async fn the_only_runtime_that_was_launched_here_is_meant() {
    let runtime = launch();
    settle(&runtime, 1, None).await;
    assert_eq!(Resident.at("neighbour").home().await, Ok(1));
    assert_eq!(To::<dyn Resident>("neighbour").home().await, Ok(1));
    assert!(Runtime::current().is_ok());
    let elsewhere = std::thread::spawn(|| {
        let tokio = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("it can be built");
        tokio.block_on(async { Resident.at("neighbour").home().await })
    });
    let failure = elsewhere
        .join()
        .expect("it does not panic")
        .expect_err("none was launched there");
    assert_eq!(failure.code(), Code::ActorNotFound);
    assert!(failure.text().contains("Runtime::launch()"), "{failure}");
}

#[tokio::test]
async fn several_candidates_are_an_error_that_says_what_to_do() {
    let (one, two) = (launch(), launch());
    settle(&one, 1, None).await;
    settle(&two, 2, None).await;
    let failure = Resident.at("neighbour").home().await.expect_err("either may be meant");
    assert_eq!(failure.code(), Code::ActorNotFound);
    assert!(
        failure.text().contains("runtime.to(") && failure.text().contains("runtime.enter()"),
        "{failure}"
    );
    assert!(To::<dyn Resident>("neighbour").home().await.is_err());
    assert!(Runtime::current().is_err());
    assert_eq!(one.to::<dyn Resident>("neighbour").home().await, Ok(1));
    two.shutdown().await;
    drop(two);
    assert_eq!(Resident.at("neighbour").home().await, Ok(1), "one is left");
}

#[tokio::test]
async fn the_runtime_that_was_entered_last_is_meant_while_its_guard_lives() {
    let (one, two) = (launch(), launch());
    settle(&one, 1, None).await;
    settle(&two, 2, None).await;
    let home = || Resident.at("neighbour");
    let outer = one.enter();
    assert_eq!(home().home().await, Ok(1));
    let inner = two.enter();
    assert_eq!(home().home().await, Ok(2));
    let again = one.enter();
    assert_eq!(home().home().await, Ok(1));
    // Not in the order they were made.
    drop(inner);
    assert_eq!(home().home().await, Ok(1));
    drop(again);
    assert_eq!(home().home().await, Ok(1));
    drop(outer);
    assert!(home().home().await.is_err());
}

#[tokio::test]
async fn a_mailbox_keeps_the_runtime_it_was_made_in() {
    let (one, two) = (launch(), launch());
    settle(&one, 1, None).await;
    settle(&two, 2, None).await;
    let mailbox = {
        let _one = one.enter();
        Resident.at("neighbour")
    };
    let _two = two.enter();
    assert_eq!(mailbox.home().await, Ok(1));
}

#[tokio::test]
async fn within_a_handler_its_own_runtime_is_meant_whatever_was_entered() {
    let (one, two) = (launch(), launch());
    settle(&one, 1, Some(two.clone())).await;
    settle(&two, 2, None).await;
    let _two = two.enter();
    let person = one.to::<dyn Resident>("person");
    assert_eq!(person.shared().await, Ok(1));
    assert_eq!(person.entered().await, Ok(1));
    one.shutdown().await;
}

#[tokio::test]
async fn runtimes_with_actors_of_equal_names_do_not_mix() {
    let mut runtimes = Vec::new();
    for home in 1..=4 {
        let runtime = launch();
        let hooks = settle(&runtime, home, None).await;
        runtimes.push((home, runtime, hooks));
    }
    for (home, runtime, hooks) in &runtimes {
        let person = runtime.to::<dyn Resident>("person");
        assert_eq!(person.shared().await, Ok(*home));
        assert_eq!(person.suspended().await, Ok(*home));
        assert_eq!(person.parallel().await, Ok(*home));
        assert_eq!(person.exclusive().await, Ok(*home));
        assert_eq!(person.deferred().await, Ok(*home));
        assert_eq!(person.streamed().next().await, Some(Ok(*home)));
        assert_eq!(person.spawned_and_told().await, Ok(*home));
        assert_eq!(person.hooks_saw().await, Ok(vec![*home; 2]));
        runtime.shutdown().await;
        assert_eq!(*hooks.lock().expect("nobody panics here"), [*home; 3]);
    }
}

#[tokio::test]
async fn a_task_that_a_handler_spawns_is_outside_of_it() {
    let (one, two) = (launch(), launch());
    settle(&one, 1, None).await;
    settle(&two, 2, None).await;
    let spawned = one.to::<dyn Resident>("person").spawned().await;
    let text = spawned.expect_err("either may be meant").to_string();
    assert!(text.contains("several runtimes"), "{text}");
    two.shutdown().await;
    drop(two);
    assert_eq!(
        one.to::<dyn Resident>("person").spawned().await,
        Ok(1),
        "as outside of all handlers"
    );
}
