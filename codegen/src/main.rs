//! The `callsheet` command: schema documents of your contracts, and client packages made from them.

mod command;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::run()
}
