//! What a method may know about its call beside the arguments.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::time::Duration;

use callsheet::{CallContext, Code, Runtime, Streaming, actor_contract, contract_type};
use callsheet_schema::{Document, Request};
use futures_util::StreamExt;
use tokio::time::Instant;

#[contract_type]
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    pub value: u64,
}

/// What a handler saw: the actor, and how many seconds were left.
type Seen = (String, Option<u64>);

#[actor_contract(namespace = "demo")]
pub trait Witness {
    fn plain(&self, #[context] cx: &CallContext) -> Seen;
    async fn shared(&self, first: u64, #[context] cx: &CallContext, last: u64) -> (Seen, u64);
    fn alone(&mut self, first: u64, #[context] cx: &CallContext) -> Seen;
    async fn alone_async(&mut self, #[context] context: &CallContext, first: u64) -> Seen;
    async fn whole(&self, #[context] cx: &CallContext, #[message] request: Whole) -> Whole;
    fn counted(&self, #[context] cx: &CallContext, count: u32) -> Streaming<String>;
    #[tell]
    fn note(&mut self, #[context] cx: &callsheet::CallContext, text: String);
    fn notes(&self) -> Vec<String>;
    /// Without the argument.
    async fn ambient(&self, pause: bool) -> Option<Seen>;
    async fn through_itself(&self, #[context] cx: &CallContext) -> u64;
}

#[derive(Default)]
struct Eye {
    notes: Vec<String>,
}

fn seen(cx: &CallContext) -> Seen {
    (cx.actor().to_string(), cx.time_left().map(|left| left.as_secs()))
}

impl Witness for Eye {
    fn plain(&self, cx: &CallContext) -> Seen {
        seen(cx)
    }
    async fn shared(&self, first: u64, cx: &CallContext, last: u64) -> (Seen, u64) {
        tokio::task::yield_now().await;
        (seen(cx), first + last)
    }
    fn alone(&mut self, _: u64, cx: &CallContext) -> Seen {
        seen(cx)
    }
    async fn alone_async(&mut self, cx: &CallContext, _: u64) -> Seen {
        tokio::task::yield_now().await;
        seen(cx)
    }
    async fn whole(&self, _: &CallContext, request: Whole) -> Whole {
        request
    }
    fn counted(&self, cx: &CallContext, count: u32) -> Streaming<String> {
        let cx = cx.clone();
        Streaming::iter((0..count).map(move |n| format!("{n} of {}", cx.actor())))
    }
    fn note(&mut self, cx: &CallContext, text: String) {
        self.notes.push(format!("{text} {:?}", cx.deadline()));
    }
    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }
    async fn ambient(&self, pause: bool) -> Option<Seen> {
        if pause {
            tokio::task::yield_now().await;
        }
        CallContext::current().as_ref().map(seen)
    }
    async fn through_itself(&self, cx: &CallContext) -> u64 {
        let own = cx.mailbox(Witness);
        own.whole(Whole { value: 7 }).await.map_or(0, |whole| whole.value)
    }
}

async fn witness() -> Runtime {
    let runtime = Runtime::launch().expect("inside tokio");
    let eye = runtime.actor("eye", Eye::default).serves(Witness);
    eye.start().await.expect("the name is free");
    runtime
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_method_has_it() {
    let _runtime = witness().await;
    let witness = Witness.at("eye");
    let (default, short) = (Some(30), Some(5));
    let eye = |left| ("eye".to_owned(), left);
    let in_time = Duration::from_secs(5);
    assert_eq!(witness.plain().await, Ok(eye(default)));
    assert_eq!(witness.plain().timeout(in_time).await, Ok(eye(short)));
    assert_eq!(witness.shared(1, 2).timeout(in_time).await, Ok((eye(short), 3)));
    assert_eq!(witness.alone(1).await, Ok(eye(default)));
    assert_eq!(witness.alone_async(1).timeout(in_time).await, Ok(eye(short)));
    assert_eq!(witness.whole(Whole { value: 1 }).await, Ok(Whole { value: 1 }));
    let items: Vec<_> = witness.counted(2).collect().await;
    assert_eq!(items, [Ok("0 of eye".to_owned()), Ok("1 of eye".to_owned())]);
    witness.note("told".to_owned()).await.expect("room");
    assert_eq!(witness.notes().await, Ok(vec!["told None".to_owned()]));
    assert_eq!(witness.through_itself().await, Ok(7));
}

#[tokio::test(start_paused = true)]
async fn it_is_reached_without_the_argument() {
    let _runtime = witness().await;
    assert!(CallContext::current().is_none(), "no call runs here");
    let witness = Witness.at("eye");
    for pause in [false, true] {
        let seen = witness.ambient(pause).timeout(Duration::from_secs(5)).await;
        assert_eq!(seen, Ok(Some(("eye".to_owned(), Some(5)))));
    }
    // Calls that run beside each other each have their own.
    let (long, short) = tokio::join!(
        witness.ambient(true).timeout(Duration::from_secs(20)).into_future(),
        witness.ambient(true).timeout(Duration::from_secs(10)).into_future(),
    );
    let left = |seen: Result<Option<Seen>, _>| seen.expect("replied").and_then(|(_, left)| left);
    assert_eq!((left(long), left(short)), (Some(20), Some(10)));
}

#[tokio::test]
async fn an_implementation_is_tested_without_a_runtime() {
    let mut eye = Eye::default();
    let cx = CallContext::new("anyone");
    assert_eq!(eye.plain(&cx), ("anyone".to_owned(), None));
    let deadline = Instant::now() + Duration::from_secs(60);
    let (_, left) = eye.alone_async(&cx.clone().with_deadline(deadline), 1).await;
    assert!(left.is_some_and(|left| (50..=60).contains(&left)), "{left:?}");

    assert_eq!(eye.through_itself(&cx).await, 0, "nobody is there");
    let failure = cx.mailbox(Witness).notes().await.expect_err("it has no runtime");
    assert_eq!(failure.code(), Code::ActorNotFound);
    assert!(failure.text().contains("in_runtime"), "{failure}");
    assert!(cx.runtime().is_err());

    let runtime = witness().await;
    let cx = CallContext::new("eye").in_runtime(&runtime);
    assert_eq!(eye.through_itself(&cx).await, 7, "the actor of that name");
    assert!(cx.runtime().is_ok());
}

#[test]
fn it_is_no_part_of_the_message() {
    let document = Document::of_registered().expect("no conflicts");
    let witness = document
        .contracts
        .iter()
        .find(|contract| contract.name == "demo.Witness");
    let witness = witness.expect("it is declared");
    let arguments = |name: &str| {
        let method = witness.methods.iter().find(|method| method.name == name);
        match &method.expect("it is declared").request {
            Request::Arguments(arguments) => arguments.iter().map(|argument| argument.name.clone()).collect(),
            Request::Message { name, .. } => vec![format!("#[message] {name}")],
        }
    };
    assert_eq!(arguments("plain"), Vec::<String>::new());
    assert_eq!(arguments("shared"), ["first", "last"]);
    assert_eq!(arguments("alone_async"), ["first"]);
    assert_eq!(arguments("whole"), ["#[message] request"]);
}

#[actor_contract(namespace = "demo")]
pub trait Relay {
    /// Who reads, who is the stream, and who reads again.
    async fn reads(&self, other: String) -> Vec<Option<String>>;
    fn outside(&self) -> Streaming<Option<String>>;
}

struct Station;

fn current() -> Option<String> {
    CallContext::current().map(|cx| cx.actor().to_string())
}

impl Relay for Station {
    async fn reads(&self, other: String) -> Vec<Option<String>> {
        let before = current();
        let within = Relay.at(other).outside().next().await;
        let within = within.and_then(Result::ok).expect("the stream has an item");
        vec![before, within, current()]
    }
    fn outside(&self) -> Streaming<Option<String>> {
        Streaming::new(futures_util::stream::once(async { current() }))
    }
}

#[tokio::test]
async fn a_stream_is_no_part_of_the_call_that_reads_it() {
    let runtime = Runtime::launch().expect("inside tokio");
    for id in ["reader", "source"] {
        let station = runtime.actor(id, || Station).serves(Relay).start().await;
        drop(station.expect("the name is free"));
    }
    let reader = Some("reader".to_owned());
    let seen = Relay.at("reader").reads("source".to_owned()).await;
    assert_eq!(seen, Ok(vec![reader.clone(), None, reader]));
    runtime.shutdown().await;
}

#[actor_contract(namespace = "demo")]
pub trait Homing {
    fn neighbours(&self) -> Streaming<String>;
    fn name(&self) -> String;
}

struct Home(&'static str);

impl Homing for Home {
    fn neighbours(&self) -> Streaming<String> {
        Streaming::new(futures_util::stream::once(async {
            Homing
                .at("home")
                .name()
                .await
                .unwrap_or_else(|failure| failure.to_string())
        }))
    }
    fn name(&self) -> String {
        self.0.to_owned()
    }
}

#[tokio::test]
async fn a_stream_finds_actors_in_the_runtime_it_comes_from() {
    let (here, there) = (
        Runtime::launch().expect("inside tokio"),
        Runtime::launch().expect("inside tokio"),
    );
    for (runtime, name) in [(&here, "here"), (&there, "there")] {
        let home = runtime.actor("home", move || Home(name)).serves(Homing).start().await;
        drop(home.expect("the name is free"));
    }
    let _here = here.enter();
    let names: Vec<_> = there.to::<dyn Homing>("home").neighbours().collect().await;
    assert_eq!(names, [Ok("there".to_owned())]);
    here.shutdown().await;
    there.shutdown().await;
}
