//! What was run, and how it ended.

use std::{
    env,
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use super::count::Count;
use crate::run::{Error, run_and_read};

/// In continuous integration a step that takes longer hangs: all of them together take about half of it.
const LONGEST_STEP: Duration = Duration::from_secs(50 * 60);

/// What was run, and how it ended.
#[derive(Default)]
pub(super) struct Report {
    total: Count,
    failures: Vec<String>,
}

impl Report {
    /// Runs a suite of tests, which must say how many it ran. The suites after it run also if it fails.
    pub(super) fn suite(&mut self, name: &str, command: &mut Command) -> Result<(), Error> {
        let (count, succeeded) = self.run(name, command)?;
        self.total.passed += count.passed;
        self.total.failed += count.failed;
        if count.passed + count.failed == 0 {
            self.fail(format!("{name}: ran no test"));
        } else if !succeeded {
            self.total.failed += u64::from(count.failed == 0);
            self.failures.push(name.to_owned());
        }
        Ok(())
    }

    /// Runs a check, which passes if it ends with 0.
    pub(super) fn check(&mut self, name: &str, command: &mut Command) -> Result<(), Error> {
        let (_, succeeded) = self.run(name, command)?;
        self.outcome(name, succeeded);
        Ok(())
    }

    /// Notes the outcome of a check that was made elsewhere.
    pub(super) fn note(&mut self, name: &str, outcome: Result<(), Error>) {
        println!("\n== {name} ==");
        if let Err(error) = &outcome {
            eprintln!("error: {error}");
        }
        self.outcome(name, outcome.is_ok());
    }

    /// Notes that the rest could not be run.
    pub(super) fn stopped(&mut self, error: &Error) {
        eprintln!("error: {error}");
        self.fail("the rest could not be run".to_owned());
    }

    /// Prints what failed, and how many tests passed and failed.
    pub(super) fn finish(self) -> ExitCode {
        println!();
        for failure in &self.failures {
            println!("failed: {failure}");
        }
        println!("{} passed, {} failed", self.total.passed, self.total.failed);
        if self.failures.is_empty() && self.total.failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn run(&mut self, name: &str, command: &mut Command) -> Result<(Count, bool), Error> {
        println!("\n== {name} ==");
        let start = Instant::now();
        let limit = env::var_os("CI").map(|_| LONGEST_STEP);
        let (printed, succeeded) = run_and_read(command, limit)?;
        println!("-- {name}: {:.0} s", start.elapsed().as_secs_f64());
        Ok((Count::of(&printed), succeeded))
    }

    fn outcome(&mut self, name: &str, succeeded: bool) {
        if succeeded {
            self.total.passed += 1;
        } else {
            self.fail(name.to_owned());
        }
    }

    fn fail(&mut self, name: String) {
        self.total.failed += 1;
        self.failures.push(name);
    }
}
