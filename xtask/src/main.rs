//! The set-up and the checks of this repository: `cargo xtask demo`, `cargo xtask test`, `cargo xtask soak`.

mod clients;
mod compile_time;
mod demo;
mod fuzz;
mod node;
mod places;
mod python;
mod run;
mod showcase;
mod soak;
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
    /// Measures what a contract adds to a debug build
    CompileTime,
    /// Generates the clients in `generated-clients/` anew
    Generate,
    /// Tries a crowd of actors, and generated types against their descriptions, thousands of them
    Soak {
        /// How many actors
        #[arg(long, default_value_t = 100_000)]
        actors: u64,
        /// What the types follow from; the clock decides if it is left out
        #[arg(long)]
        seed: Option<u64>,
        /// How many types
        #[arg(long, default_value_t = 2000)]
        types: u64,
    },
    /// Fuzzes the wire and a whole connection; needs cargo-fuzz and a nightly compiler
    Fuzz {
        /// How long each target is run
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// Only this one: frame, envelope, payload or connection
        #[arg(long)]
        target: Option<String>,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Demo => demo::run_demo(),
        Task::Test => return test::run(),
        Task::CompileTime => compile_time::measure(),
        Task::Generate => clients::generate(clients::Mode::Write),
        Task::Soak { actors, seed, types } => soak::soak(actors, seed, types),
        Task::Fuzz { seconds, target } => fuzz::fuzz(seconds, target.as_deref()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
