//! Services under test: each is started on a socket of its own and ended the way its users end it.

use std::{
    env,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        LazyLock,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// How long a service may take to start or to end.
const LIMIT: Duration = Duration::from_secs(20);

/// A service that runs until this is stopped.
pub(crate) struct Service {
    process: Child,
    folder: TempDir,
}

impl Service {
    /// The showcase, whose feed publishes 20 times a second.
    pub(crate) fn showcase() -> Self {
        static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| built("showcase"));
        Service::start(&PROGRAM, &["--tick-ms", "50"])
    }

    /// The service with the contract that nobody had in mind.
    pub(crate) fn surprise() -> Self {
        static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| built("surprise"));
        Service::start(&PROGRAM, &[])
    }

    fn start(program: &Path, options: &[&str]) -> Self {
        // A socket's path must be short, so not cargo's own folder for temporary files.
        let folder = tempfile::Builder::new()
            .prefix("callsheet-")
            .tempdir()
            .expect("a folder for the socket");
        let socket = folder.path().join("test.sock");
        let mut process = Command::new(program)
            .arg("--socket")
            .arg(&socket)
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("failed to start {}: {error}", program.display()));
        let mut line = String::new();
        let output = process.stdout.take().expect("its standard output is piped");
        let pid = Pid::from_child(&process);
        within_limit(pid, || BufReader::new(output).read_line(&mut line)).expect("it prints text");
        assert_eq!(line, format!("listening on {}\n", socket.display()));
        Service { process, folder }
    }

    /// Where it listens.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("test.sock")
    }

    /// Ends it, which must leave nothing behind.
    pub(crate) fn stop(mut self) {
        kill_process(Pid::from_child(&self.process), Signal::TERM).expect("it runs");
        let pid = Pid::from_child(&self.process);
        let status = within_limit(pid, || self.process.wait()).expect("it is our child");
        assert!(status.success(), "the service ended with {status}");
        assert!(!self.socket().exists(), "the service left its socket behind");
    }
}

impl Drop for Service {
    /// For tests that fail.
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            // Both fail only if it has ended by itself.
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }
}

/// Does what waits for the process, which is killed if that takes too long.
fn within_limit<T>(pid: Pid, wait: impl FnOnce() -> T) -> T {
    let (done, told) = mpsc::channel::<()>();
    let watch = thread::spawn(move || {
        if told.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) {
            // It fails only if the process has ended just now.
            let _ = kill_process(pid, Signal::KILL);
        }
    });
    let outcome = wait();
    drop(done);
    watch.join().expect("it does not panic");
    outcome
}

/// Where `program` is: the variable of its name in capitals says it, else it is built here.
fn built(program: &str) -> PathBuf {
    if let Some(path) = env::var_os(program.to_uppercase()) {
        return PathBuf::from(path);
    }
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", program])
        .status()
        .expect("cargo runs this test");
    assert!(status.success(), "`{program}` is not built");
    let test = env::current_exe().expect("the system knows it");
    let profile = test
        .ancestors()
        .nth(2)
        .expect("it lies in the folder `deps` of its profile");
    profile.join(program)
}
