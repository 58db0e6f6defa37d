//! Running other programs.

use std::{
    fmt,
    io::{BufRead, BufReader, Read, Write},
    process::{Command, Stdio},
    thread,
};

/// What went wrong, for the person who ran the task.
#[derive(Debug)]
pub(crate) struct Error(String);

impl Error {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Error(text.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Error(error.to_string())
    }
}

/// Runs `command` and lets it print; fails unless it ends with 0.
pub(crate) fn run(command: &mut Command) -> Result<(), Error> {
    let status = command
        .status()
        .map_err(|error| Error(format!("failed to start {}: {error}", shown(command))))?;
    if status.success() {
        Ok(())
    } else {
        Err(Error(format!("{} ended with {status}", shown(command))))
    }
}

/// Runs `command`, which prints only if it fails.
pub(crate) fn run_quietly(command: &mut Command) -> Result<(), Error> {
    let output = command
        .output()
        .map_err(|error| Error(format!("failed to start {}: {error}", shown(command))))?;
    if output.status.success() {
        return Ok(());
    }
    std::io::stderr().write_all(&output.stdout)?;
    std::io::stderr().write_all(&output.stderr)?;
    Err(Error(format!("{} ended with {}", shown(command), output.status)))
}

/// Runs `command` and lets it print; gives what it printed, and whether it ended with 0.
pub(crate) fn run_and_read(command: &mut Command) -> Result<(String, bool), Error> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| Error(format!("failed to start {}: {error}", shown(command))))?;
    let errors = child
        .stderr
        .take()
        .map(|stream| thread::spawn(move || pass_on(stream, &mut std::io::stderr())));
    let mut printed = child
        .stdout
        .take()
        .map(|stream| pass_on(stream, &mut std::io::stdout()))
        .unwrap_or_default();
    if let Some(errors) = errors {
        printed.push_str(&errors.join().unwrap_or_default());
    }
    Ok((printed, child.wait()?.success()))
}

/// What `command` prints, if it ends with 0.
pub(crate) fn read(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

fn pass_on(stream: impl Read, to: &mut impl Write) -> String {
    let mut all = String::new();
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).unwrap_or(0) > 0 {
        // Whoever closed our output has seen enough; the command still runs to its end.
        let _ = to.write_all(&line);
        all.push_str(&String::from_utf8_lossy(&line));
        line.clear();
    }
    all
}

fn shown(command: &Command) -> String {
    let parts = std::iter::once(command.get_program()).chain(command.get_args());
    let parts: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
    format!("`{}`", parts.join(" "))
}
