//! The test client of the conformance suite in Rust: it plays cases with the generated client, async or blocking.

mod async_handler;
mod asynchronous;
mod blocking;
mod blocking_handler;
mod calls;
mod told;

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    let played = match env::args().nth(1).as_deref() {
        Some("asynchronous") => asynchronous::play(),
        Some("blocking") => blocking::play(),
        other => Err(format!("which client? asynchronous or blocking, not {other:?}")),
    };
    match played {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
