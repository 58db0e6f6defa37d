//! The server under attack.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::peer::LIMIT;

/// A server in a process of its own. It ends with whoever started it.
pub(crate) struct Service {
    process: Child,
    path: PathBuf,
    _orphaned_without: Option<ChildStdin>,
    /// `None` if its folder is another's.
    _folder: Option<TempDir>,
}

impl Service {
    /// The one server of all cases.
    pub(crate) fn shared() -> &'static Service {
        static SHARED: LazyLock<Service> = LazyLock::new(|| Service::start(&[]));
        &SHARED
    }

    /// One of a case's own.
    pub(crate) fn start(options: &[&str]) -> Self {
        let folder = folder();
        let path = folder.path().join("s");
        let mut service = Service::at(&path, options);
        service._folder = Some(folder);
        assert!(service.is_listening(), "the service does not start");
        service
    }

    /// One that may not come to listen at the path, because it is another's.
    pub(crate) fn at(path: &Path, options: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hostile-service"));
        command.arg("--socket").arg(path).args(options);
        Service::run(command, path)
    }

    /// One that may have so many file descriptors open.
    pub(crate) fn with_descriptors(most: u32) -> Self {
        let folder = folder();
        let path = folder.path().join("s");
        let mut command = Command::new("sh");
        let script = format!("ulimit -n {most} && exec \"$0\" \"$@\"");
        command
            .args(["-c", &script, env!("CARGO_BIN_EXE_hostile-service"), "--socket"])
            .arg(&path);
        let mut service = Service::run(command, &path);
        service._folder = Some(folder);
        assert!(service.is_listening(), "the service does not start");
        service
    }

    fn run(mut command: Command, path: &Path) -> Self {
        let command = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = command.spawn().expect("it was built with this test");
        Service {
            _orphaned_without: process.stdin.take(),
            process,
            path: path.to_owned(),
            _folder: None,
        }
    }

    /// Waits until it listens. It does not, if it has ended without.
    pub(crate) fn is_listening(&mut self) -> bool {
        let Some(output) = self.process.stdout.take() else {
            return true;
        };
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).expect("it prints text");
        line.starts_with("listening on ")
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).expect("it runs");
    }

    /// Waits until it has ended by itself or by a signal.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let since = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().expect("it is our child") {
                return status;
            }
            assert!(since.elapsed() < LIMIT, "the service does not end");
            // There is no wait with a limit; nothing else hangs on how long this takes.
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The memory that it uses, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        1024 * kibibytes
            .expect("the system tells it")
            .trim()
            .parse::<u64>()
            .expect("a number")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Both fail only if it has ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A folder for a socket, whose path must be short.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::Builder::new().prefix("callsheet-").tempdir();
    folder.expect("a folder for the socket")
}
