//! The real server, in a process of its own.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::cases::Action;

/// The real server, which may be told to go and to come again.
pub(crate) struct Service {
    program: PathBuf,
    socket: PathBuf,
    process: Option<Child>,
}

impl Service {
    pub(crate) fn new(program: &Path, socket: PathBuf) -> Self {
        Service {
            program: program.to_owned(),
            socket,
            process: None,
        }
    }

    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    /// Starts it if it does not run, and waits until it listens.
    pub(crate) fn ensure(&mut self) -> Result<(), String> {
        if self.process.is_some() {
            return Ok(());
        }
        let mut process = Command::new(&self.program)
            .arg("--socket")
            .arg(&self.socket)
            // A panic is asked for in some cases.
            .env("RUST_LOG", "off")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", self.program.display()))?;
        let output = process.stdout.take();
        self.process = Some(process);
        let mut line = String::new();
        let read = output.map(|output| BufReader::new(output).read_line(&mut line));
        if matches!(read, Some(Ok(_))) && line.starts_with("listening on ") {
            return Ok(());
        }
        Err(format!("the service did not start: it said {line:?}"))
    }

    pub(crate) fn act(&mut self, action: Action) -> Result<(), String> {
        match action {
            Action::Start => self.ensure(),
            Action::Kill => {
                self.end(Signal::KILL)?;
                Ok(())
            }
            Action::Stop => match self.end(Signal::TERM)? {
                true => Ok(()),
                false => Err("the service did not end well".to_owned()),
            },
        }
    }

    /// Ends it; whether it ended with 0.
    fn end(&mut self, signal: Signal) -> Result<bool, String> {
        let Some(mut process) = self.process.take() else {
            return Err("the service does not run".to_owned());
        };
        kill_process(Pid::from_child(&process), signal).map_err(|error| error.to_string())?;
        let status = process.wait().map_err(|error| error.to_string())?;
        Ok(status.success())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            // Both fail only if it has ended by itself.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
