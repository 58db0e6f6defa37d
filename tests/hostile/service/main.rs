//! The server that the hostile peers are let loose on: an ordinary one, on its defaults.

mod contract;
mod gates;
mod mailboxes;
mod mark;

use std::{
    error::Error,
    io::{self, Read, Write},
    path::PathBuf,
    thread,
    time::Duration,
};

use calculator::Adder;
use calculator_contract::Calculator;
use callsheet::{Backoff, ListenerOptions, Runtime};
use clap::Parser;
use contract::{Mark, Second};
use countdown::Counter;
use countdown_contract::Countdown;
use gates::Gates;
use mailboxes::{Books, Cashier, Clerk, Desk, Ledger};
use mark::Target;
use price_feed::Feed;
use price_feed_contract::PriceFeed;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::oneshot,
};

/// How often the price feed publishes.
const TICK: Duration = Duration::from_millis(20);

/// Serves until SIGTERM, or until its standard input ends: whoever started it is gone then.
#[derive(Debug, Parser)]
struct Options {
    /// Where to listen
    #[arg(long)]
    socket: PathBuf,

    /// How long the end waits for calls in flight, in milliseconds
    #[arg(long)]
    drain_ms: Option<u64>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let mut terminated = signal(SignalKind::terminate())?;
    // One that nothing ends: a task that reads the standard input would keep the process.
    let (tell, orphaned) = oneshot::channel();
    thread::spawn(move || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        let _ = tell.send(());
    });
    let runtime = Runtime::configure()
        .restarts(u32::MAX, Duration::from_secs(1))
        .launch()?;
    start(&runtime).await?;
    let mut listen = ListenerOptions::at(&options.socket);
    if let Some(limit) = options.drain_ms {
        listen = listen.drain(Duration::from_millis(limit));
    }
    let listener = runtime.listen(listen).await?;
    println!("listening on {}", options.socket.display());
    io::stdout().flush()?;
    tokio::select! {
        _ = terminated.recv() => {}
        _ = orphaned => {}
    }
    listener.shutdown().await;
    runtime.shutdown().await;
    Ok(())
}

async fn start(runtime: &Runtime) -> Result<(), callsheet::StartError> {
    let gates = Gates::default();
    let target = Target::of(runtime.broker(), &gates);
    let make = move || target.clone();
    runtime
        .actor("mark", make.clone())
        .serves(Mark)
        .expose()
        .start()
        .await?;
    runtime
        .actor("both", make.clone())
        .serves(Mark)
        .serves(Second)
        .expose()
        .start()
        .await?;
    let fragile = runtime.actor("fragile", make.clone()).serves(Mark);
    fragile.backoff(Backoff::none()).expose().start().await?;
    runtime
        .actor("narrow", make.clone())
        .serves(Mark)
        .capacity(1)
        .expose()
        .start()
        .await?;
    // Calls that need the state alone wait for those that are suspended, so they have an actor of their own.
    runtime
        .actor("writer", make.clone())
        .serves(Mark)
        .expose()
        .start()
        .await?;
    // As many calls as a connection may have in flight are suspended in it at once.
    let crowded = runtime.actor("crowded", make.clone()).serves(Mark);
    crowded.capacity(4096).shared_limit(4096).expose().start().await?;
    runtime.actor("hidden", make).serves(Mark).start().await?;

    // Cases that take the state alone, or fill the queue, have a desk or a ledger of their own.
    let kept = gates.clone();
    let clerk = move || Clerk::new(kept.clone());
    for id in ["desk", "keeper", "circle", "late circle", "passage", "crowd"] {
        let desk = runtime.actor(id, clerk.clone()).serves(Desk);
        desk.shared_limit(2048).expose().start().await?;
    }
    runtime.actor("back office", clerk).serves(Desk).start().await?;
    let books = move || Books::new(gates.clone());
    let cashier = runtime.actor("cashier", books.clone()).serves(Cashier).serves(Ledger);
    cashier.expose().start().await?;
    for id in ["ledger", "held ledger", "silent ledger"] {
        let ledger = runtime.actor(id, books.clone()).serves(Ledger);
        ledger.capacity(4).expose().start().await?;
    }
    runtime.actor("cellar", books).serves(Ledger).start().await?;

    let broker = runtime.broker().clone();
    let feed = move || Feed::start(broker.clone(), TICK);
    runtime
        .actor("price_feed", feed)
        .serves(PriceFeed)
        .expose()
        .start()
        .await?;
    runtime
        .actor("calculator", Adder::default)
        .serves(Calculator)
        .expose()
        .start()
        .await?;
    runtime
        .actor("countdown", Counter::default)
        .serves(Countdown)
        .expose()
        .start()
        .await?;
    Ok(())
}
