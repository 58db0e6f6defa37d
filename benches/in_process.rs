//! Asks and tells within one process, beside the least that tokio's channels allow.
//!
//! `cargo bench -p callsheet-benches --bench in_process`. Pin it to one CPU for steady figures: `taskset -c 0 cargo bench …`.

#![allow(missing_docs, reason = "a benchmark documents itself by its names")]

use std::{
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use callsheet::{Mailbox, Runtime, actor_contract};
use callsheet_benches::Table;
use tokio::sync::{mpsc, oneshot};

#[actor_contract(namespace = "bench")]
pub trait Adder {
    async fn add(&self, a: i64, b: i64) -> i64;
    fn add_plain(&self, a: i64, b: i64) -> i64;
    async fn add_alone(&mut self, a: i64, b: i64) -> i64;
    #[tell]
    fn note(&mut self, value: u64);
}

struct State(Arc<AtomicU64>);

impl Adder for State {
    async fn add(&self, a: i64, b: i64) -> i64 {
        a + b
    }
    fn add_plain(&self, a: i64, b: i64) -> i64 {
        a + b
    }
    async fn add_alone(&mut self, a: i64, b: i64) -> i64 {
        a + b
    }
    fn note(&mut self, _: u64) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// The least: a task that reads a channel and answers through a oneshot.
enum Least {
    Add(i64, i64, oneshot::Sender<i64>),
    Note,
}

fn least(seen: Arc<AtomicU64>) -> mpsc::Sender<Least> {
    let (sender, mut receiver) = mpsc::channel(1024);
    tokio::spawn(async move {
        while let Some(message) = receiver.recv().await {
            match message {
                Least::Add(a, b, reply) => {
                    let _ = reply.send(a + b);
                }
                Least::Note => {
                    seen.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    });
    sender
}

/// Who can be asked for 5 + 3.
trait Contender: Clone + Send + 'static {
    fn ask(&self) -> impl Future<Output = i64> + Send;
}

#[derive(Clone)]
struct Channel(mpsc::Sender<Least>);

impl Contender for Channel {
    async fn ask(&self) -> i64 {
        let (reply, received) = oneshot::channel();
        self.0.send(Least::Add(5, 3, reply)).await.expect("the task runs");
        received.await.expect("it replies")
    }
}

#[derive(Clone)]
struct Shared(Mailbox<dyn Adder>);

impl Contender for Shared {
    async fn ask(&self) -> i64 {
        self.0.add(5, 3).await.expect("it replies")
    }
}

#[derive(Clone)]
struct Plain(Mailbox<dyn Adder>);

impl Contender for Plain {
    async fn ask(&self) -> i64 {
        self.0.add_plain(5, 3).await.expect("it replies")
    }
}

#[derive(Clone)]
struct Alone(Mailbox<dyn Adder>);

impl Contender for Alone {
    async fn ask(&self) -> i64 {
        self.0.add_alone(5, 3).await.expect("it replies")
    }
}

const TIME: Duration = Duration::from_millis(200);
const TELLS: u64 = 500_000;

async fn asks(tasks: usize, contender: &impl Contender) -> (Duration, u64) {
    let start = Instant::now();
    let tasks: Vec<_> = (0..tasks)
        .map(|_| {
            let contender = contender.clone();
            tokio::spawn(async move {
                let mut count = 0;
                while start.elapsed() < TIME {
                    for _ in 0..64 {
                        assert_eq!(std::hint::black_box(contender.ask().await), 8);
                    }
                    count += 64;
                }
                count
            })
        })
        .collect();
    let mut count = 0;
    for task in tasks {
        count += task.await.expect("no task panics");
    }
    (start.elapsed(), count)
}

async fn until(seen: &AtomicU64, wanted: u64) {
    while seen.load(Ordering::Relaxed) < wanted {
        tokio::task::yield_now().await;
    }
}

async fn round(tables: &mut [Table; 3]) {
    let seen = Arc::new(AtomicU64::new(0));
    let runtime = Runtime::launch().expect("inside tokio");
    let state = Arc::clone(&seen);
    let actor = runtime.actor("adder", move || State(Arc::clone(&state))).serves(Adder);
    actor.start().await.expect("the name is free");
    let mailbox: Mailbox<dyn Adder> = runtime.to("adder");
    let sender = least(Arc::clone(&seen));

    for (table, tasks) in tables.iter_mut().zip([1, 64]) {
        let mut row = |name, (elapsed, count)| table.add(name, elapsed, count);
        row("mpsc + oneshot", asks(tasks, &Channel(sender.clone())).await);
        row("async fn(&self)", asks(tasks, &Shared(mailbox.clone())).await);
        row("fn(&self)", asks(tasks, &Plain(mailbox.clone())).await);
        row("async fn(&mut self)", asks(tasks, &Alone(mailbox.clone())).await);
    }

    let before = seen.load(Ordering::Relaxed);
    let start = Instant::now();
    for _ in 0..TELLS {
        sender.send(Least::Note).await.expect("the task runs");
    }
    until(&seen, before + TELLS).await;
    tables[2].add("mpsc", start.elapsed(), TELLS);

    let before = seen.load(Ordering::Relaxed);
    let start = Instant::now();
    for value in 0..TELLS {
        mailbox.note(value).await.expect("it is enqueued");
    }
    until(&seen, before + TELLS).await;
    tables[2].add("#[tell] fn(&mut self)", start.elapsed(), TELLS);
    runtime.shutdown().await;
}

fn main() -> ExitCode {
    let mut fine = true;
    for (name, mut builder) in [
        ("one thread", tokio::runtime::Builder::new_current_thread()),
        ("several threads", tokio::runtime::Builder::new_multi_thread()),
    ] {
        let tokio = builder.enable_all().build().expect("tokio starts");
        let mut tables = [
            Table::new(format!("ask, 1 in flight, {name}")),
            Table::new(format!("ask, 64 in flight, {name}")),
            Table::new(format!("tell, {name}")),
        ];
        for _ in 0..7 {
            tokio.block_on(round(&mut tables));
        }
        tables.iter().for_each(Table::print);
        fine &= tables[0].guard("async fn(&self)", 0.8);
        fine &= tables[1].guard("async fn(&self)", 0.8);
        fine &= tables[2].guard("#[tell] fn(&mut self)", 0.8);
    }
    if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
