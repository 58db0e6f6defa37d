//! Many actors at once: that they all answer, what each costs, and that nothing is left of them.
//!
//! `CALLSHEET_CROWD` says how many; `cargo xtask soak` runs a hundred thousand.
#![cfg(target_os = "linux")]
#![allow(missing_docs, reason = "a test documents itself by its names")]

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use callsheet::{ActorHandle, Runtime, actor_contract};
use tokio::task::JoinSet;

#[actor_contract(namespace = "crowd")]
pub trait Member {
    /// Adds to what it has and says what it has now.
    fn pay(&mut self, coins: u64) -> u64;
}

/// A state that is counted while it lives.
struct Purse {
    coins: u64,
    purses: Arc<AtomicUsize>,
}

impl Purse {
    fn new(purses: &Arc<AtomicUsize>) -> Self {
        purses.fetch_add(1, Ordering::Relaxed);
        Purse {
            coins: 0,
            purses: Arc::clone(purses),
        }
    }
}

impl Drop for Purse {
    fn drop(&mut self) {
        self.purses.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Member for Purse {
    fn pay(&mut self, coins: u64) -> u64 {
        self.coins += coins;
        self.coins
    }
}

/// Each is sent so many messages.
const MESSAGES: u64 = 10;

/// So many callers share the members among them.
const CALLERS: usize = 64;

/// An idle actor may take so many bytes. It takes about 6.7 KiB in a debug build and in a release build alike: 2 for the
/// first block of its queue, and not much less for its task.
const MOST_PER_ACTOR: usize = 8 * 1024;

fn size() -> usize {
    let size = std::env::var("CALLSHEET_CROWD").ok();
    size.map_or(10_000, |size| size.parse().expect("CALLSHEET_CROWD is how many actors"))
}

/// The memory of this process, in bytes.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("every process may read its own");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    1024 * kibibytes
        .and_then(|number| number.parse::<usize>().ok())
        .expect("a number")
}

fn name(number: usize) -> String {
    format!("member_{number}")
}

/// Starts all, every other one within reach from outside.
async fn gather(runtime: &Runtime, size: usize, purses: &Arc<AtomicUsize>) -> Vec<ActorHandle> {
    let mut members = Vec::with_capacity(size);
    for number in 0..size {
        let purses = Arc::clone(purses);
        let member = runtime.actor(name(number), move || Purse::new(&purses)).serves(Member);
        let member = if number % 2 == 0 { member.expose() } else { member };
        members.push(member.start().await.expect("the name is free"));
    }
    members
}

/// Has each paid `MESSAGES` times, and holds the replies against what they must be.
async fn pay_all(runtime: &Runtime, size: usize) {
    let mut callers = JoinSet::new();
    for first in 0..CALLERS {
        let runtime = runtime.clone();
        callers.spawn(async move {
            for number in (first..size).step_by(CALLERS) {
                let member = runtime.to::<dyn Member>(name(number));
                let mut expected = 0;
                for coins in 0..MESSAGES {
                    expected += coins + number as u64;
                    assert_eq!(member.pay(coins + number as u64).await, Ok(expected));
                }
            }
        });
    }
    while let Some(caller) = callers.join_next().await {
        caller.expect("all replies are right");
    }
}

/// Says how long it took since `start`, which is now afterwards.
fn note(what: &str, start: &mut Instant) {
    println!("{what}: {:.2} s", start.elapsed().as_secs_f64());
    *start = Instant::now();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_of_actors_answers_costs_little_each_and_leaves_nothing_behind() {
    let size = size();
    let purses = Arc::new(AtomicUsize::new(0));
    let options = Runtime::configure().shutdown_limit(Duration::from_secs(600));
    let runtime = options.launch().expect("inside tokio");
    let mut rounds = Vec::new();
    for round in 1..=2 {
        let before = resident();
        let mut start = Instant::now();
        let members = gather(&runtime, size, &purses).await;
        assert_eq!(purses.load(Ordering::Relaxed), size);
        note(&format!("round {round}: {size} actors started"), &mut start);
        let idle = resident();
        pay_all(&runtime, size).await;
        note(&format!("{} messages", size as u64 * MESSAGES), &mut start);
        let paid = resident();
        for member in &members {
            // The last reply may be there before its call is in the books.
            let settled = async {
                while member.books().waiting > 0 {
                    tokio::task::yield_now().await;
                }
            };
            let settled = tokio::time::timeout(Duration::from_secs(10), settled).await;
            settled.expect("nothing waits for long");
            assert_eq!(member.books().handled, MESSAGES, "{}", member.id());
        }
        if round == 1 {
            members.iter().for_each(ActorHandle::request_stop);
            for member in &members {
                member.stopped().await;
            }
        } else {
            runtime.shutdown().await;
        }
        assert!(members.iter().all(ActorHandle::has_stopped));
        drop(members);
        assert_eq!(purses.load(Ordering::Relaxed), 0, "every state was dropped");
        let gone = runtime.to::<dyn Member>(name(0)).pay(1).await;
        gone.expect_err("nobody has the name any more");
        note("stopped", &mut start);
        let each = idle.saturating_sub(before) / size;
        println!(
            "{before} bytes before, {idle} idle ({each} each), {paid} after the messages, {} after the stop",
            resident()
        );
        rounds.push((each, paid));
    }
    let [(each, first), (_, second)] = rounds[..] else {
        unreachable!("there were two rounds");
    };
    assert!(each <= MOST_PER_ACTOR, "an idle actor takes {each} bytes");
    assert!(
        second <= first + first / 10,
        "the second crowd took {second} bytes where the first took {first}"
    );
}
