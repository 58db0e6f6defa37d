//! A showcase that runs on a private socket.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio, id},
};

use crate::{
    places,
    run::{Error, run_quietly},
};

/// A showcase that runs until this is dropped.
pub(crate) struct Showcase {
    process: Child,
    folder: PathBuf,
}

impl Showcase {
    /// Starts the showcase and waits until it listens.
    pub(crate) fn start(tick_ms: u32) -> Result<Self, Error> {
        // A socket's path is short: a checkout may lie too deep for one.
        let folder = env::temp_dir().join(format!("callsheet-demo-{}", id()));
        fs::DirBuilder::new().mode(0o700).create(&folder)?;
        let mut command = Command::new(places::built("showcase"));
        command
            .arg("--socket")
            .arg(folder.join("showcase.sock"))
            .args(["--tick-ms", &tick_ms.to_string()]);
        let started = command.env("RUST_LOG", "error").stdout(Stdio::piped()).spawn();
        let mut process = match started {
            Ok(process) => process,
            Err(error) => {
                let _ = fs::remove_dir_all(&folder);
                return Err(Error::new(format!("failed to start the showcase: {error}")));
            }
        };
        let output = process.stdout.take();
        let showcase = Showcase { process, folder };
        let line = output
            .map(BufReader::new)
            .and_then(|output| output.lines().next()?.ok());
        match line {
            Some(line) if line.starts_with("listening on ") => Ok(showcase),
            _ => Err(Error::new("the showcase ended before it was ready")),
        }
    }

    /// Where it listens.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.join("showcase.sock")
    }

    /// Ends it as its users would, and waits until it has ended.
    pub(crate) fn stop(mut self) -> Result<(), Error> {
        let socket = self.socket();
        terminate(&self.process)?;
        let status = self.process.wait()?;
        match (status.success(), socket.exists()) {
            (true, false) => Ok(()),
            (true, true) => Err(Error::new("the showcase left its socket behind")),
            (false, _) => Err(Error::new(format!("the showcase ended with {status}"))),
        }
    }
}

impl Drop for Showcase {
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
        remove(&self.folder);
    }
}

fn terminate(process: &Child) -> Result<(), Error> {
    // The shell's own `kill`: the program of that name is not on every system.
    let kill = ["-c", "kill -TERM \"$0\"", &process.id().to_string()];
    run_quietly(Command::new("sh").args(kill))
}

fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        eprintln!("failed to remove {}: {error}", folder.display());
    }
}
