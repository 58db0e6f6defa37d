//! Serves the valve until SIGTERM or SIGINT: `valve SOCKET GROUP`, where the group's members may move it.
//!
//! The socket that it makes is its own user's alone, whose processes may be of either kind. For other users it takes one
//! that systemd has made, with `SocketMode=0666` in its unit and `ListenerOptions::activated()` here.

use std::{env, error::Error, process::ExitCode};

use callsheet::{ListenerOptions, Runtime};
use valve::{Operators, PaperValve};
use valve_contract::Valve;

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("valve: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(socket), Some(group), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("say where to listen and which group may move the valve: `valve SOCKET GROUP`".into());
    };
    let operators = Operators {
        group: group
            .parse()
            .map_err(|error| format!("`{group}` is no group's number: {error}"))?,
    };
    let runtime = Runtime::launch()?;
    let broker = runtime.broker().clone();
    let valve = runtime
        .actor("valve", move || PaperValve::new(broker.clone()))
        .serves(Valve);
    valve.expose().start().await?;
    let options = operators.guard(ListenerOptions::at(socket));
    let ready = |listener: &callsheet::Listener| println!("listening on {}", listener.path().display());
    runtime.serve_until_terminated(options, ready).await?;
    Ok(())
}
