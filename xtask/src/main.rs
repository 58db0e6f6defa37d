//! The set-up and the checks of this repository: `cargo xtask demo`, `cargo xtask test`.

mod clients;
mod demo;
mod node;
mod places;
mod python;
mod run;
mod showcase;
mod test;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Sets up, shows and checks Callsheet", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Starts the showcase and calls it from Rust, Python and TypeScript
    Demo,
    /// Runs every check and every test, in every language
    Test,
    /// Generates the clients in `generated-clients/` anew
    Generate,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Demo => demo::run_demo(),
        Task::Test => return test::run(),
        Task::Generate => clients::generate(clients::Mode::Write),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
