//! A test client that runs: it is told cases on its standard input, a line each, and tells outcomes on its standard output.

use std::{
    io::{self, BufRead, BufReader, Write},
    process::{Child, ChildStdin, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::languages::process;

/// How long a case may take. None waits for anything but the other side, so that one which takes as long hangs.
const LIMIT: Duration = Duration::from_secs(10);

/// What a test client says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Said {
    /// The case is over, with an outcome for each step that has one.
    Outcome(Map<String, Value>),
    /// A word, after which it waits for a line.
    Sync(String),
}

/// A process that plays clients. One that hangs or ends is started anew for the next case.
pub(crate) struct TestClient {
    command: Vec<String>,
    running: Option<Running>,
}

struct Running {
    process: Child,
    input: ChildStdin,
    lines: Receiver<String>,
}

impl TestClient {
    pub(crate) fn new(command: &[String]) -> Self {
        TestClient {
            command: command.to_vec(),
            running: None,
        }
    }

    /// Has it play a case, and gives the outcomes of its steps.
    ///
    /// `sync` is called with each word that it says.
    pub(crate) fn play(
        &mut self,
        case: &Value,
        sync: &mut dyn FnMut(&str) -> Result<(), String>,
    ) -> Result<Map<String, Value>, String> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => Running::start(&self.command).map_err(|error| format!("{}: {error}", self.command.join(" ")))?,
        };
        // Not kept if it fails: whatever it still says is about this case.
        let outcome = running.play(case, sync)?;
        self.running = Some(running);
        Ok(outcome)
    }
}

impl Running {
    fn start(command: &[String]) -> io::Result<Self> {
        let mut process = process(command).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let gone = || io::Error::other("it has no standard input or output");
        let input = process.stdin.take().ok_or_else(gone)?;
        let output = process.stdout.take().ok_or_else(gone)?;
        let (told, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if told.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Running { process, input, lines })
    }

    fn play(
        &mut self,
        case: &Value,
        sync: &mut dyn FnMut(&str) -> Result<(), String>,
    ) -> Result<Map<String, Value>, String> {
        self.tell(case)?;
        let end = Instant::now() + LIMIT;
        loop {
            let line = match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => line,
                Err(RecvTimeoutError::Timeout) => return Err(format!("it told no outcome within {LIMIT:?}")),
                Err(RecvTimeoutError::Disconnected) => return Err("it has ended in the middle of the case".to_owned()),
            };
            match serde_json::from_str(&line) {
                Ok(Said::Outcome(outcome)) => return Ok(outcome),
                Ok(Said::Sync(word)) => {
                    sync(&word)?;
                    self.tell(&json!({"go": word}))?;
                }
                Err(error) => return Err(format!("it said {line:?}: {error}")),
            }
        }
    }

    fn tell(&mut self, value: &Value) -> Result<(), String> {
        writeln!(self.input, "{value}")
            .and_then(|()| self.input.flush())
            .map_err(|error| format!("it does not listen: {error}"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only if it has ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
