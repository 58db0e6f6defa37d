//! Serves the contract that nobody had in mind, on one socket.

mod archive;
mod consignment;
mod customs;
mod import;
mod mirror;
mod sample;

use std::{error::Error, path::PathBuf};

use callsheet::Runtime;
use clap::Parser;
use surprise_contract::{Archive, Customs, Import, Mirror};
use tokio::signal::unix::{SignalKind, signal};

callsheet::document!();

/// Serves the contract that nobody had in mind.
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
    let runtime = Runtime::launch()?;
    let broker = runtime.broker().clone();
    let customs = {
        let broker = broker.clone();
        move || customs::Office::new(broker.clone())
    };
    let archive = move || archive::Shelves::new(broker.clone());
    runtime
        .actor("mirror", || mirror::Glass)
        .serves(Mirror)
        .expose()
        .start()
        .await?;
    runtime
        .actor("archive", archive)
        .serves(Archive)
        .expose()
        .start()
        .await?;
    runtime
        .actor("import", || import::Desk)
        .serves(Import)
        .expose()
        .start()
        .await?;
    runtime
        .actor("customs", customs)
        .serves(Customs)
        .expose()
        .start()
        .await?;

    let listener = runtime.listen(&options.socket).await?;
    println!("listening on {}", options.socket.display());
    terminated.recv().await;
    listener.shutdown().await;
    runtime.shutdown().await;
    Ok(())
}
