//! Extensions: one actor of each type, found by the type.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::sync::Mutex;

use callsheet::{
    Actor, ActorBuilder, ActorExtension, ActorId, Addressed, CallContext, Configured, ExtensionError, Extensions,
    HookError, On, OnEvent, RestartPolicy, RunningExtensions, Runtime, StartError, actor_contract, contract_type,
};

#[contract_type(name = "extensions.Sold")]
pub struct Sold(u64);

/// Counts what it is told, with nothing but plain messages.
#[derive(Default)]
struct HitCounter(u64);

struct Hit;
struct Fail;

impl On<Hit> for HitCounter {
    type Reply = u64;
    async fn on(&mut self, _: Hit) -> u64 {
        self.0 += 1;
        self.0
    }
}

impl On<Fail> for HitCounter {
    type Reply = ();
    async fn on(&mut self, _: Fail) {
        panic!("as it was told to");
    }
}

impl ActorExtension for HitCounter {
    fn configure(actor: ActorBuilder<Self>) -> impl Configured<Self> {
        actor.on::<Hit>().on::<Fail>()
    }
}

/// Hears events, and serves a contract.
#[derive(Default)]
struct Analytics {
    revenue: u64,
}

#[actor_contract(namespace = "extensions")]
pub trait Revenue {
    async fn revenue(&self) -> u64;
}

impl Revenue for Analytics {
    async fn revenue(&self) -> u64 {
        self.revenue
    }
}

impl OnEvent<Sold> for Analytics {
    async fn on_event(&mut self, event: &Sold) {
        self.revenue += event.0;
    }
}

impl Addressed for Analytics {
    type Contract = dyn Revenue;
}

impl ActorExtension for Analytics {
    fn configure(actor: ActorBuilder<Self>) -> impl Configured<Self> {
        actor.serves(Revenue).on_event::<Sold>()
    }
}

/// Is not started again.
#[derive(Default)]
struct OneShot;

impl On<Fail> for OneShot {
    type Reply = ();
    async fn on(&mut self, _: Fail) {
        panic!("as it was told to");
    }
}

impl ActorExtension for OneShot {
    fn configure(actor: ActorBuilder<Self>) -> impl Configured<Self> {
        actor.on::<Fail>()
    }

    fn restart_policy() -> RestartPolicy {
        RestartPolicy::Temporary
    }
}

/// Cannot be started.
#[derive(Default)]
struct Broken;

impl Actor for Broken {
    async fn before_start(&mut self, _: &CallContext) -> Result<(), HookError> {
        Err("no key".into())
    }
}

impl ActorExtension for Broken {
    fn configure(actor: ActorBuilder<Self>) -> impl Configured<Self> {
        actor.hooks()
    }
}

mod other {
    use callsheet::{ActorBuilder, ActorExtension, Configured};

    #[derive(Default)]
    pub(super) struct HitCounter;

    impl ActorExtension for HitCounter {
        fn configure(actor: ActorBuilder<Self>) -> impl Configured<Self> {
            actor
        }
    }
}

async fn started() -> (Runtime, RunningExtensions) {
    let runtime = Runtime::launch().expect("inside tokio");
    let extensions = Extensions::new(&runtime).with_actor::<HitCounter>();
    let extensions = extensions.with_actor::<Analytics>().with_actor::<OneShot>();
    let extensions = extensions.with_actor::<HitCounter>().start().await;
    (runtime, extensions.expect("they start"))
}

#[tokio::test(start_paused = true)]
async fn each_extension_is_found_by_its_type_and_has_its_id() {
    let (runtime, extensions) = started().await;
    let counter = extensions.actor::<HitCounter>().expect("it is registered");
    assert_eq!(counter.id(), &ActorId::from("extensions/hit-counter"));
    assert_eq!(counter.ask(Hit).await, Ok(1));
    let by_id = runtime.actor_ref::<HitCounter>("extensions/hit-counter");
    assert_eq!(by_id.ask(Hit).await, Ok(2));
    assert!(extensions.actor::<Broken>().is_none());
    assert!(
        extensions.actor::<other::HitCounter>().is_none(),
        "a type, and not a name"
    );
    assert_eq!(extensions.supervisor().id().as_str(), "extensions");
}

#[tokio::test(start_paused = true)]
async fn an_extension_hears_events_and_serves_its_contract() {
    let (runtime, extensions) = started().await;
    runtime.broker().publish(Sold(5));
    runtime.broker().publish(Sold(7));
    let mailbox = extensions.mailbox::<Analytics>().expect("it is registered");
    assert_eq!(mailbox.revenue().await, Ok(12));
}

#[tokio::test(start_paused = true)]
async fn an_extension_that_fails_is_restarted_alone_and_by_its_own_policy() {
    let (runtime, extensions) = started().await;
    let counter = extensions.actor::<HitCounter>().expect("it is registered");
    let analytics = extensions.mailbox::<Analytics>().expect("it is registered");
    let one_shot = extensions.actor::<OneShot>().expect("it is registered");
    counter.ask(Hit).await.expect("it lives");
    runtime.broker().publish(Sold(5));
    counter.ask(Fail).await.expect_err("it panics");
    assert_eq!(counter.ask(Hit).await, Ok(1), "a new state");
    assert_eq!(analytics.revenue().await, Ok(5), "the same state");
    one_shot.ask(Fail).await.expect_err("it panics");
    let failure = one_shot.ask(Fail).await.expect_err("it is not started again");
    assert!(matches!(
        failure.code(),
        callsheet::Code::ActorStopped | callsheet::Code::ActorNotFound
    ));
    assert_eq!(extensions.supervisor().generation(), Some(1));
}

#[tokio::test(start_paused = true)]
async fn two_types_of_one_name_are_an_error_that_names_both() {
    let runtime = Runtime::launch().expect("inside tokio");
    let extensions = Extensions::new(&runtime).with_actor::<HitCounter>();
    let error = extensions.with_actor::<other::HitCounter>().start().await;
    let error = error.expect_err("they have one name");
    let text = error.to_string();
    for name in [
        "extensions::HitCounter`",
        "extensions::other::HitCounter`",
        "`extensions/hit-counter`",
    ] {
        assert!(text.contains(name), "{text}");
    }
    let failure = runtime.actor_ref::<HitCounter>("extensions/hit-counter").ask(Hit).await;
    failure.expect_err("none runs");
}

#[tokio::test(start_paused = true)]
async fn where_one_extension_cannot_start_none_runs() {
    let runtime = Runtime::launch().expect("inside tokio");
    let extensions = Extensions::new(&runtime).with_actor::<HitCounter>();
    let error = extensions
        .with_actor::<Broken>()
        .start()
        .await
        .expect_err("it has no key");
    let expected = StartError::HookFailed("extensions/broken".into(), "before_start", "no key".to_owned());
    assert_eq!(error, ExtensionError::Start(expected));
    let counter = runtime.actor_ref::<HitCounter>("extensions/hit-counter");
    let failure = counter.ask(Hit).await.expect_err("none runs");
    assert_eq!(failure.code(), callsheet::Code::ActorNotFound);
    // Nothing is left that is in the way.
    let again = Extensions::new(&runtime).with_actor::<HitCounter>().start().await;
    again.expect("it can be started");
    let twice = Extensions::new(&runtime).start().await.expect_err("they run");
    assert_eq!(twice, ExtensionError::Start(StartError::NameTaken("extensions".into())));
}

static STOPPED: Mutex<Vec<&str>> = Mutex::new(Vec::new());

#[derive(Default)]
struct First;
#[derive(Default)]
struct Second;

impl Actor for First {
    async fn after_stop(&mut self, _: &CallContext) {
        STOPPED.lock().expect("nobody panics here").push("first");
    }
}

impl Actor for Second {
    async fn after_stop(&mut self, _: &CallContext) {
        STOPPED.lock().expect("nobody panics here").push("second");
    }
}

impl ActorExtension for First {
    fn configure(actor: ActorBuilder<Self>) -> impl Configured<Self> {
        actor.hooks()
    }
}

impl ActorExtension for Second {
    fn configure(actor: ActorBuilder<Self>) -> impl Configured<Self> {
        actor.hooks()
    }
}

#[tokio::test(start_paused = true)]
async fn extensions_stop_with_their_supervisor_the_last_first() {
    let runtime = Runtime::launch().expect("inside tokio");
    let extensions = Extensions::new(&runtime).with_actor::<First>().with_actor::<Second>();
    let extensions = extensions.start().await.expect("they start");
    extensions.supervisor().stop().await;
    assert_eq!(*STOPPED.lock().expect("nobody panics here"), ["second", "first"]);
}
