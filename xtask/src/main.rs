//! The set-up and the checks of this repository: `cargo xtask demo`, `cargo xtask test`, `cargo xtask soak`.

mod clients;
mod compile_time;
mod conformance;
mod corpus;
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
    /// Plays the cases of the conformance suite to the clients of every language
    Conformance {
        /// Writes docs/conformance.md, and the Rust client of the suite, instead of comparing them
        #[arg(long)]
        write: bool,
        /// Only cases whose name contains this
        #[arg(long)]
        case: Option<String>,
        /// Only this client: python, python-blocking, typescript, rust or rust-blocking
        #[arg(long)]
        client: Option<String>,
    },
    /// Makes clients of documents that are made to break generators, and tries them
    Corpus,
    /// Generates the clients in `generated-clients/` anew
    Generate,
    /// Keeps the clients of this version in `tests/kept/`, for later servers to be tested against
    Keep,
    /// Tries a crowd of actors, millions of calls, thousands of generated types, and clients of generated contracts
    Soak {
        /// How many actors; 0 leaves them out
        #[arg(long, default_value_t = 100_000)]
        actors: u64,
        /// How many calls; 0 leaves them out
        #[arg(long, default_value_t = 10_000_000)]
        calls: u32,
        /// Over how many connections they are made; 0 leaves them out
        #[arg(long, default_value_t = 500)]
        connections: u32,
        /// What calls and types follow from; the clock decides if it is left out
        #[arg(long)]
        seed: Option<u64>,
        /// How many types; 0 leaves them out
        #[arg(long, default_value_t = 2000)]
        types: u64,
        /// How many contracts, with clients in every language; 0 leaves them out
        #[arg(long, default_value_t = 200)]
        contracts: u32,
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
        Task::Conformance { write, case, client } => conformance::conform(&conformance::Choice { write, case, client }),
        Task::Corpus => corpus::share(),
        Task::Generate => clients::generate(clients::Mode::Write),
        Task::Keep => clients::keep(),
        Task::Soak {
            actors,
            calls,
            connections,
            seed,
            types,
            contracts,
        } => {
            let sizes = soak::Sizes {
                actors,
                calls,
                connections,
                types,
                contracts,
            };
            soak::soak(&sizes, seed)
        }
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
