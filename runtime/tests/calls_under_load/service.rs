//! The server, in a process of its own.

use std::{fs, future, path::Path, sync::Arc, time::Duration};

use callsheet::{
    ActorBuilder, ActorHandle, Backoff, Listener, ListenerOptions, Runtime, Streaming, actor_contract, contract_type,
};

use crate::{Size, child, ledger::Ledger};

/// Where the socket is in the folder that both processes know.
pub const SOCKET: &str = "s";

/// Where the ledger is written to.
pub const LEDGER: &str = "ledger";

/// What the server says once nothing is left of any call.
pub const AT_REST: &str = "0 connections, 0 calls waiting in queues, 0 handlers running, 0 dead letters, 0 strays";

/// So long nothing may happen until that is so.
const PATIENCE: Duration = Duration::from_secs(15);

/// So many of the actors do the most common work.
pub const WORKERS: u32 = 4;

/// Calls of this one wait until they are given up.
pub const PATIENT: &str = "patient";

/// This one's queue is soon full.
pub const NARROW: &str = "narrow";

/// This one fails and is started again.
pub const FRAGILE: &str = "fragile";

/// An item of a stream.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Of the call.
    pub number: u64,
    /// How many items came before.
    pub at: u32,
}

/// The error that the contract declares.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Of the call.
    pub number: u64,
}

/// Every reply repeats the number of its call.
#[actor_contract(namespace = "load")]
pub trait Work {
    fn echo(&self, number: u64) -> u64;
    async fn alone(&mut self, number: u64) -> u64;
    /// Suspended so many times, beside others.
    async fn later(&self, number: u64, turns: u32) -> u64;
    /// Never replies.
    async fn wait(&self, number: u64) -> u64;
    fn refuse(&self, number: u64) -> Result<u64, Refused>;
    fn items(&self, number: u64, count: u32) -> Streaming<Item>;
    /// So many items, then the error.
    fn failing(&self, number: u64, count: u32) -> Streaming<Result<Item, Refused>>;
    /// Panics.
    async fn explode(&self, number: u64) -> u64;
    #[tell]
    fn note(&mut self, number: u64);
}

struct Worker(Arc<Ledger>);

fn items(number: u64, count: u32) -> impl Iterator<Item = Item> + Send {
    (0..count).map(move |at| Item { number, at })
}

impl Work for Worker {
    fn echo(&self, number: u64) -> u64 {
        let _run = self.0.begin(number);
        number
    }

    async fn alone(&mut self, number: u64) -> u64 {
        let _run = self.0.begin(number);
        tokio::task::yield_now().await;
        number
    }

    async fn later(&self, number: u64, turns: u32) -> u64 {
        let _run = self.0.begin(number);
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        number
    }

    async fn wait(&self, number: u64) -> u64 {
        let _run = self.0.begin(number);
        future::pending().await
    }

    fn refuse(&self, number: u64) -> Result<u64, Refused> {
        let _run = self.0.begin(number);
        Err(Refused { number })
    }

    fn items(&self, number: u64, count: u32) -> Streaming<Item> {
        let run = self.0.begin(number);
        Streaming::iter(items(number, count).inspect(move |_| {
            let _until_the_stream_is_dropped = &run;
        }))
    }

    fn failing(&self, number: u64, count: u32) -> Streaming<Result<Item, Refused>> {
        let _run = self.0.begin(number);
        Streaming::iter(items(number, count).map(Ok).chain([Err(Refused { number })]))
    }

    async fn explode(&self, number: u64) -> u64 {
        let _run = self.0.begin(number);
        // As a panic does, without thousands of messages on the standard error.
        std::panic::resume_unwind(Box::new("as planned"))
    }

    fn note(&mut self, number: u64) {
        let _run = self.0.begin(number);
    }
}

async fn start(runtime: &Runtime, ledger: &Arc<Ledger>) -> Vec<ActorHandle> {
    // However many calls are open at once, only the narrow actor is ever too busy for one.
    const ROOM: usize = 1 << 17;
    let actor = |name: String| {
        let ledger = Arc::clone(ledger);
        runtime.actor(name, move || Worker(Arc::clone(&ledger))).serves(Work)
    };
    let mut builders: Vec<_> = (0..WORKERS)
        .map(|worker| actor(format!("worker_{worker}")).capacity(ROOM))
        .collect();
    builders.push(actor(PATIENT.to_owned()).capacity(ROOM));
    builders.push(actor(NARROW.to_owned()).capacity(2));
    builders.push(actor(FRAGILE.to_owned()).capacity(ROOM).backoff(Backoff::none()));
    let mut actors = Vec::new();
    for builder in builders.into_iter().map(ActorBuilder::expose) {
        actors.push(builder.start().await.unwrap());
    }
    actors
}

/// Serves calls until the test wants to know what is left of them, and says it.
pub async fn serve(folder: &Path, size: Size) {
    let ledger = Ledger::new(size.connections, size.most_each());
    let options = Runtime::configure().restarts(u32::MAX, Duration::from_secs(60));
    let runtime = options.launch().unwrap();
    let actors = start(&runtime, &ledger).await;
    // Those that were dropped count until the server has seen it.
    let connections = 4 * size.connections as usize;
    // A caller whose answer is lost says so itself, with what is open; its connection is not to be closed before that.
    let options = ListenerOptions::at(folder.join(SOCKET))
        .max_connections(connections)
        .idle(None);
    let listener = runtime.listen(options).await.unwrap();
    child::say("serves");
    let heard = tokio::task::spawn_blocking(child::hear).await.unwrap();
    assert_eq!(heard.as_deref(), Some("rest"), "the test ended early");

    let left = || left(&runtime, &listener, &actors, &ledger);
    let rests = async {
        while left() != AT_REST {
            tokio::task::yield_now().await;
        }
    };
    // What is left then is said all the same.
    let _ = tokio::time::timeout(PATIENCE, rests).await;
    let memory = memory();
    fs::write(folder.join(LEDGER), ledger.written()).unwrap();
    child::say(&left());
    child::say(&memory);
    listener.shutdown().await;
    runtime.shutdown().await;
}

fn left(runtime: &Runtime, listener: &Listener, actors: &[ActorHandle], ledger: &Ledger) -> String {
    let connections = listener.stats().active_connections;
    let waiting: u64 = actors.iter().map(|actor| actor.books().waiting).sum();
    let (running, strays) = (ledger.running(), ledger.strays());
    let lost = runtime.dead_letters();
    let dead_letters = lost.actor_stopped + lost.actor_not_found + lost.queue_full + lost.refused;
    format!(
        "{connections} connections, {waiting} calls waiting in queues, {running} handlers running, {dead_letters} dead \
         letters, {strays} strays"
    )
}

/// The most memory that this process ever had, and what it has now.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.map_or("unknown", str::trim).to_owned()
    };
    format!("at most {}, {} at rest", line("VmHWM:"), line("VmRSS:"))
}
