//! Running other programs.

use std::{
    fmt,
    io::{BufRead, BufReader, Read, Write},
    os::unix::process::CommandExt as _,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
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

/// Runs `command` and lets it print; gives what it printed, and whether it ended with 0. If it takes longer than `limit`,
/// it is ended with all that it has started; it does not hear of a Ctrl-C then, so only what nobody looks at has a limit.
pub(crate) fn run_and_read(command: &mut Command, limit: Option<Duration>) -> Result<(String, bool), Error> {
    if limit.is_some() {
        command.process_group(0);
    }
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| Error(format!("failed to start {}: {error}", shown(command))))?;
    let (ended, end) = mpsc::channel::<()>();
    let group = child.id();
    let watch = limit.map(|limit| thread::spawn(move || end_after(limit, group, &end)));
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
    let succeeded = child.wait()?.success();
    drop(ended);
    if let Some(watch) = watch {
        let _ = watch.join();
    }
    Ok((printed, succeeded))
}

/// Ends a group of processes unless it has `ended` before.
fn end_after(limit: Duration, group: u32, ended: &mpsc::Receiver<()>) {
    if ended.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout) {
        eprintln!("error: it takes longer than {limit:?} and is ended");
        let group = format!("-{group}");
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
    }
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

#[cfg(test)]
mod tests {
    use std::{process::Command, time::Duration};

    use super::run_and_read;

    #[test]
    fn what_takes_too_long_is_ended_with_all_that_it_started() {
        let mut endless = Command::new("sh");
        // Whoever reads its output would wait for the one that it has started.
        endless.args(["-c", "echo begun; sleep 3600 & sleep 3600"]);
        let (printed, succeeded) = run_and_read(&mut endless, Some(Duration::from_secs(1))).expect("it starts");
        assert_eq!((printed.as_str(), succeeded), ("begun\n", false));
    }
}
