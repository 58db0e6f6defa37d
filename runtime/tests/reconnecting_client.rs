//! The Rust client and the listener, over losses of their connection.
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use callsheet::{
    Code, Failure, ListenError, Listener, ListenerOptions, Runtime, Streaming, actor_contract, contract_type,
};
use callsheet_client::{CallOptions, ConnectOptions, Connection, Delivered, Gap, Notice, ReplyStream, Subscription};
use futures_util::{StreamExt, future::join_all};
use serde_json::json;
use tempfile::TempDir;
use tokio::time::timeout;

#[contract_type]
#[derive(Clone)]
pub struct Tick {
    pub number: u32,
}

#[actor_contract(namespace = "test", events(Tick))]
pub trait Ledger {
    /// Enters a number, and tells how many times it has been entered.
    fn enter(&mut self, number: usize) -> u32;
    fn count(&self, to: u32) -> Streaming<u32>;
}

const NUMBERS: usize = 1000;

struct Book {
    entered: Arc<Vec<AtomicU32>>,
    /// How many items of streams were asked for.
    counted: Arc<AtomicU32>,
}

impl Ledger for Book {
    fn enter(&mut self, number: usize) -> u32 {
        self.entered[number].fetch_add(1, Ordering::SeqCst) + 1
    }
    fn count(&self, to: u32) -> Streaming<u32> {
        let counted = Arc::clone(&self.counted);
        Streaming::iter((0..to).inspect(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
        }))
    }
}

struct Server {
    runtime: Runtime,
    entered: Arc<Vec<AtomicU32>>,
    counted: Arc<AtomicU32>,
    folder: TempDir,
}

impl Server {
    async fn start() -> Self {
        let runtime = Runtime::launch().expect("inside tokio");
        let entered: Arc<Vec<_>> = Arc::new((0..NUMBERS).map(|_| AtomicU32::new(0)).collect());
        let counted = Arc::new(AtomicU32::new(0));
        let book = {
            let (entered, counted) = (Arc::clone(&entered), Arc::clone(&counted));
            move || Book {
                entered: Arc::clone(&entered),
                counted: Arc::clone(&counted),
            }
        };
        let actor = runtime.actor("ledger", book).serves(Ledger).expose();
        actor.start().await.expect("the name is free");
        Server {
            runtime,
            entered,
            counted,
            folder: tempfile::tempdir().expect("a folder for temporary files"),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("s")
    }

    async fn listen(&self) -> Listener {
        let options = ListenerOptions::at(self.path()).max_in_flight(16);
        loop {
            match self.runtime.listen(options.clone()).await {
                Ok(listener) => return listener,
                // One that was dropped is about to leave it.
                Err(ListenError::InUse(_)) => tokio::task::yield_now().await,
                Err(error) => panic!("the path can be listened at: {error}"),
            }
        }
    }
}

/// A client that introduces itself.
async fn connect(path: &Path) -> Connection {
    let options = ConnectOptions::new()
        .contracts::<&str, &str>([])
        .backoff(Duration::from_millis(1), Duration::from_millis(20));
    Connection::connect_with(path, options).await.expect("it listens")
}

async fn enter(connection: &Connection, number: usize) -> Result<u32, Failure> {
    let number = json!({ "number": number });
    connection
        .ask("ledger", "test.Ledger.Enter", &number, CallOptions::new())
        .await
}

async fn next(ticks: &mut Subscription) -> Notice<u64> {
    let notice = timeout(Duration::from_secs(10), ticks.next()).await;
    match notice.expect("in time").expect("it goes on").expect("it is served") {
        Notice::Event(push) => Notice::Event(push.sequence().expect("this server counts")),
        Notice::Gap(gap) => Notice::Gap(gap),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_has_one_outcome_while_the_listener_comes_and_goes() {
    let server = Server::start().await;
    let mut listener = server.listen().await;
    let connection = connect(&server.path()).await;
    let calls = (0..NUMBERS).map(|number| {
        let connection = connection.clone();
        tokio::spawn(async move {
            // So that calls are made before, during and after each loss.
            tokio::time::sleep(Duration::from_micros(number as u64 * 500)).await;
            (number, enter(&connection, number).await)
        })
    });
    let calls = tokio::spawn(join_all(calls.collect::<Vec<_>>()));
    for round in 0..10 {
        tokio::time::sleep(Duration::from_millis(30)).await;
        if round % 2 == 0 {
            listener.shutdown().await;
        }
        drop(listener);
        listener = server.listen().await;
    }
    let outcomes = timeout(Duration::from_secs(60), calls).await;
    let outcomes = outcomes.expect("every call ends").expect("no call panics");
    assert_eq!(outcomes.len(), NUMBERS);
    let mut succeeded = 0;
    for (number, outcome) in outcomes.into_iter().map(|ended| ended.expect("no call panics")) {
        let entered = server.entered[number].load(Ordering::SeqCst);
        match outcome {
            Ok(times) => {
                assert_eq!((times, entered), (1, 1), "{number} was entered once");
                succeeded += 1;
            }
            Err(failure) => {
                let expected = [Code::ConnectionClosed, Code::ShuttingDown];
                assert!(expected.contains(&failure.code()), "{number}: {failure}");
                let most = u32::from(failure.delivered() != Delivered::No);
                assert!(entered <= most, "{number} was entered {entered} times, and {failure}");
            }
        }
    }
    assert!(succeeded > NUMBERS / 2, "only {succeeded} of {NUMBERS} came through");
}

#[tokio::test]
async fn a_subscription_outlives_its_listener_and_tells_what_it_missed() {
    let server = Server::start().await;
    let broker = server.runtime.broker();
    let listener = server.listen().await;
    let connection = connect(&server.path()).await;
    let mut ticks = connection.subscribe(&["Tick"]).await.expect("there are such events");
    broker.publish(Tick { number: 0 });
    assert_eq!(next(&mut ticks).await, Notice::Event(0));
    listener.shutdown().await;
    for number in 1..4 {
        broker.publish(Tick { number });
    }
    let _listener = server.listen().await;
    assert_eq!(next(&mut ticks).await, Notice::Gap(Gap { missed: Some(3) }));
    broker.publish(Tick { number: 4 });
    assert_eq!(next(&mut ticks).await, Notice::Event(4));
}

#[tokio::test]
async fn another_server_in_the_place_of_the_first_is_noticed() {
    let first = Server::start().await;
    let listener = first.listen().await;
    let connection = connect(&first.path()).await;
    let mut ticks = connection.subscribe(&["Tick"]).await.expect("there are such events");
    let second = Server::start().await;
    listener.shutdown().await;
    let _listener = second.runtime.listen(first.path()).await.expect("the path is free");
    assert_eq!(next(&mut ticks).await, Notice::Gap(Gap { missed: None }));
    second.runtime.broker().publish(Tick { number: 0 });
    assert_eq!(next(&mut ticks).await, Notice::Event(0));
}

#[tokio::test]
async fn a_stream_that_is_not_read_stops_at_the_server() {
    let server = Server::start().await;
    let _listener = server.listen().await;
    let options = ConnectOptions::new().stream_window(8);
    let connection = Connection::connect_with(server.path(), options)
        .await
        .expect("it listens");
    let to = json!({ "to": 1000 });
    let mut items: ReplyStream<u32> = connection.stream("ledger", "test.Ledger.Count", &to, CallOptions::new());
    assert_eq!(items.next().await, Some(Ok(0)));
    for _ in 0..10 {
        // Answered behind whatever the stream sends.
        connection.ping().await.expect("the server is there");
    }
    let counted = server.counted.load(Ordering::SeqCst);
    assert!((1..=9).contains(&counted), "{counted} items for a window of 8");
    let rest: Vec<u32> = items.map(|item| item.expect("it goes on")).collect().await;
    assert_eq!(rest, (1..1000).collect::<Vec<_>>());
}

#[tokio::test]
async fn calls_beyond_the_servers_limit_wait_and_all_succeed() {
    let server = Server::start().await;
    let _listener = server.listen().await;
    let connection = connect(&server.path()).await;
    connection.ping().await.expect("the server is there");
    let limits = connection.server().expect("it has introduced itself").limits;
    assert_eq!(limits.in_flight, 16);
    let outcomes = join_all((0..NUMBERS).map(|number| enter(&connection, number))).await;
    assert!(outcomes.iter().all(|outcome| *outcome == Ok(1)));
}

#[tokio::test]
async fn a_contract_that_is_another_here_is_found_out() {
    let server = Server::start().await;
    let _listener = server.listen().await;
    let served = connect(&server.path()).await.schema().await.expect("it is told");
    let other = served.to_json().replace("\"reply\": \"u32\"", "\"reply\": \"bool\"");
    let mut other: serde_json::Value = serde_json::from_str(&other).expect("it is JSON");
    other.as_object_mut().expect("a document").remove("hashes");
    let options = ConnectOptions::new().document(other.to_string());
    let connection = Connection::connect_with(server.path(), options)
        .await
        .expect("it listens");
    let refused = async {
        loop {
            // A call that is on its way before the document is goes through.
            if let Err(failure) = enter(&connection, 0).await {
                break failure;
            }
        }
    };
    let failure = timeout(Duration::from_secs(10), refused).await.expect("in time");
    assert_eq!(failure.code(), Code::SchemaMismatch);
    let welcome = connection.server().expect("it has introduced itself");
    assert_eq!(welcome.differing, ["test.Ledger"]);
    let found = connection.discover().await.expect("it is told");
    assert_eq!(found.actors[0].name, "ledger");
}
