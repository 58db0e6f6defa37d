//! Very many calls over many connections: every one has one outcome, none is lost, doubled or swapped.
//!
//! The server is a process of its own, with a runtime and a listener on a socket, as a service has them. It is called from
//! this process: from four connections of five by frames that are written and read here, so that nothing of the Rust client
//! stands between; from the others by the Rust client. What is called follows from a seed ([`plan`]). Each call has a number
//! of its own, which its reply has to repeat; each connection keeps books on the outcome of every call ([`book`]), and the
//! server counts how often it ran each ([`ledger`]). In the end the two are held against each other.
//!
//! `CALLSHEET_CALLS`, `CALLSHEET_CONNECTIONS` and `CALLSHEET_SEED` say how many, over how many, and which; `cargo xtask soak`
//! makes ten million over 500. The seed settles what is called and what connections do, not which call comes first.
#![cfg(target_os = "linux")]
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "a test is no library")]

mod book;
mod by_client;
mod by_hand;
#[path = "../door/child.rs"]
#[allow(dead_code, reason = "the tests of the door need more of it")]
mod child;
mod descriptors;
mod ledger;
mod open;
mod plan;
mod service;
mod tally;

use std::{env, fs, path::Path, time::Instant};

use tokio::task::JoinSet;

use book::Book;
use by_client::ByClient;
use by_hand::ByHand;
use child::Child;
use plan::Plan;
use tally::Tally;

/// Of so many connections one is the Rust client's.
const BY_CLIENT: u32 = 5;

/// What this run is to do.
#[derive(Clone, Copy, Debug)]
struct Size {
    calls: u32,
    connections: u32,
    seed: u64,
}

impl Size {
    fn wanted() -> Self {
        Size {
            calls: number("CALLSHEET_CALLS", 50_000),
            connections: number("CALLSHEET_CONNECTIONS", 50),
            seed: number("CALLSHEET_SEED", 1),
        }
    }

    /// How many calls the first connections make; the last ones may make one less.
    fn most_each(self) -> u32 {
        self.calls.div_ceil(self.connections)
    }

    fn of(self, connection: u32) -> u32 {
        self.calls / self.connections + u32::from(connection < self.calls % self.connections)
    }
}

fn number<T: std::str::FromStr>(name: &str, unless_set: T) -> T {
    let set = env::var(name).ok();
    set.map_or(unless_set, |set| {
        let number = set.parse().ok();
        number.unwrap_or_else(|| panic!("{name} is a number, not {set:?}"))
    })
}

/// Makes all calls, and gives the books of all connections.
///
/// # Panics
///
/// With the first fault that a connection finds.
async fn call(size: Size, socket: &Path) -> Vec<Book> {
    let mut callers = JoinSet::new();
    for connection in 0..size.connections {
        let plan = Plan::new(size.seed, connection, size.of(connection));
        let socket = socket.to_owned();
        if connection % BY_CLIENT == BY_CLIENT - 1 {
            callers.spawn(ByClient::call(plan, socket));
        } else {
            callers.spawn(ByHand::call(plan, socket));
        }
    }
    let mut books = Vec::new();
    while let Some(caller) = callers.join_next().await {
        let called = caller.expect("a caller that finds a fault says so");
        books.push(called.unwrap_or_else(|fault| panic!("{fault} (seed {})", size.seed)));
    }
    books
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_has_one_outcome_and_none_is_lost_doubled_or_swapped() {
    let size = Size::wanted();
    assert!(size.connections > 0 && size.calls >= size.connections, "{size:?}");
    // Each connection has one here; in the server a second one, by which it sees that a peer is gone, and those that were
    // dropped linger until that was seen.
    descriptors::allow(4 * u64::from(size.connections) + 100);
    if let Some(folder) = child::argument() {
        return service::serve(Path::new(&folder), size).await;
    }
    let begun = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    let test = "every_call_has_one_outcome_and_none_is_lost_doubled_or_swapped";
    let mut server = Child::run(test, folder.path().to_str().unwrap());
    assert_eq!(server.says(), "serves");
    let books = call(size, &folder.path().join(service::SOCKET)).await;
    let took = begun.elapsed().as_secs_f64();

    server.tell("rest");
    let left = server.says();
    let memory = server.says();
    let runs = fs::read(folder.path().join(service::LEDGER)).unwrap();
    let ended = server.end();

    let tally = Tally::of(&books, &runs, size.most_each());
    println!(
        "{} calls over {} connections, seed {}: {took:.1} s\n{tally}\nthe server: {left}; {memory}",
        size.calls, size.connections, size.seed
    );
    assert_eq!(tally.faults(), &[] as &[String], "what was run is what was told");
    assert_eq!(tally.calls(), u64::from(size.calls), "every call has an outcome");
    assert_eq!(left, service::AT_REST);
    assert!(ended.success(), "{ended}");
    tally.assert_covers_everything();
}
