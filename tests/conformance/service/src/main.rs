//! The real server of the conformance suite: an ordinary one.

mod callback;
mod gates;
mod probe;

use std::{
    error::Error,
    io::{self, Read, Write},
    path::PathBuf,
    thread,
    time::Duration,
};

use callsheet::{Backoff, ListenerOptions, Runtime};
use clap::Parser;
use conformance_contract::Probe;
use probe::Subject;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::oneshot,
};

callsheet::document!();

/// Less than usual, so that no case needs megabytes to go beyond it.
const MAX_FRAME: usize = 1 << 20;

/// Serves until SIGTERM, or until its standard input ends: whoever started it is gone then.
#[derive(Parser)]
struct Options {
    /// Where to listen
    #[arg(long, value_name = "PATH")]
    socket: PathBuf,
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
    // A case may have the actor fail; the others must still find it.
    let runtime = Runtime::configure()
        .restarts(u32::MAX, Duration::from_secs(1))
        .launch()?;
    let subject = Subject::new(runtime.broker().clone());
    let make = move || subject.clone();
    let probe = runtime.actor("probe", make.clone()).serves(Probe);
    probe.backoff(Backoff::none()).expose().start().await?;
    // Takes one call at a time, and keeps one waiting.
    let narrow = runtime.actor("narrow", make).serves(Probe);
    narrow.shared_limit(1).capacity(1).expose().start().await?;

    let listener = runtime
        .listen(ListenerOptions::at(&options.socket).max_frame(MAX_FRAME))
        .await?;
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
