//! A real server of another version of the conformance suite's contract: what clients of a contract meet that has changed
//! under them.

use std::{error::Error, path::PathBuf};

use callsheet::{Broker, Listener, ListenerOptions, Runtime, actor_contract, contract_type};
use clap::Parser;

/// What was a number is a text.
#[contract_type]
#[derive(Clone, Debug)]
struct Tick {
    /// Was `u32`.
    n: String,
}

/// Of the methods of `conformance_contract::Probe`, one as it is, one changed and one with more than it had; the others are
/// gone.
#[actor_contract(namespace = "conformance", events(Tick))]
trait Probe {
    /// As it is.
    #[idempotent]
    fn read(&self, text: String) -> String;
    /// Took a text.
    fn echo(&self, text: u32) -> u32;
    /// Takes what may be left out.
    fn long(&self, bytes: u32, of: Option<String>) -> String;
    /// As it is, though not what it publishes.
    fn publish(&self, count: u32);
}

#[derive(Clone)]
struct Subject(Broker);

impl Probe for Subject {
    fn read(&self, text: String) -> String {
        text
    }

    fn echo(&self, text: u32) -> u32 {
        text
    }

    fn long(&self, bytes: u32, of: Option<String>) -> String {
        of.unwrap_or_else(|| "x".to_owned()).repeat(bytes as usize)
    }

    fn publish(&self, count: u32) {
        for n in 1..=count {
            self.0.publish(Tick { n: n.to_string() });
        }
    }
}

/// Serves until SIGTERM.
#[derive(Parser)]
struct Options {
    /// Where to listen
    #[arg(long, value_name = "PATH")]
    socket: PathBuf,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let runtime = Runtime::launch()?;
    let broker = runtime.broker().clone();
    let probe = runtime.actor("probe", move || Subject(broker.clone())).serves(Probe);
    probe.expose().start().await?;
    let ready = |listener: &Listener| println!("listening on {}", listener.path().display());
    runtime
        .serve_until_terminated(ListenerOptions::at(options.socket), ready)
        .await?;
    Ok(())
}
