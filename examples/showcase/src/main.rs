//! Serves the actors of all examples on one socket.

mod actors;
mod signals;

use std::{
    error::Error,
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use callsheet::Runtime;
use clap::Parser;

use signals::Signals;

// The program declares no contract of its own: this lets `callsheet schema -p showcase` describe those that it serves.
callsheet::document!();

/// Serves the actors of all examples on one Unix socket.
///
/// Prints `listening on PATH` when it is ready. SIGTERM and SIGINT end it: calls in flight are answered, the socket is
/// removed.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// Where to listen
    #[arg(long, value_name = "PATH")]
    socket: PathBuf,

    /// How often the price feed publishes, in milliseconds
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..))]
    tick_ms: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    match serve(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("showcase: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                eprintln!("  because: {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn serve(options: &Options) -> Result<(), Box<dyn Error>> {
    // Before anyone is told that it is ready: a signal that comes right then must find it prepared.
    let mut signals = Signals::catch()?;
    let runtime = Runtime::launch()?;
    actors::start(&runtime, Duration::from_millis(options.tick_ms)).await?;
    let listener = runtime.listen(&options.socket).await?;

    let mut out = io::stdout();
    writeln!(out, "listening on {}", options.socket.display())
        .and_then(|()| out.flush())
        .map_err(|error| format!("failed to write to the standard output: {error}"))?;

    signals.wait().await;
    listener.shutdown().await;
    runtime.shutdown().await;
    Ok(())
}
