//! The showcase, started on a socket of its own, and a caller that writes frames by hand.

use std::{
    future::Future,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::UnixStream,
    process::{Child, Command},
    time,
};

/// Longer than anything here takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

pub(crate) async fn in_time<T>(work: impl Future<Output = T>) -> T {
    time::timeout(LIMIT, work).await.expect("it takes too long")
}

/// A program that will listen at `socket`; it is killed when the test ends.
pub(crate) fn showcase(socket: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_showcase"));
    command.arg("--socket").arg(socket).kill_on_drop(true);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A showcase that is ready.
pub(crate) struct Showcase {
    child: Child,
    pub(crate) socket: PathBuf,
    /// The first line that it printed.
    pub(crate) line: String,
    _folder: TempDir,
}

impl Showcase {
    pub(crate) async fn start(arguments: &[&str]) -> Showcase {
        let folder = tempfile::tempdir().expect("a folder for the socket");
        let socket = folder.path().join("showcase.sock");
        let mut child = showcase(&socket).args(arguments).spawn().expect("started");
        let mut out = BufReader::new(child.stdout.as_mut().expect("piped"));
        let mut line = String::new();
        in_time(out.read_line(&mut line)).await.expect("printed");
        Showcase {
            child,
            socket,
            line,
            _folder: folder,
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = self.child.id().and_then(|id| i32::try_from(id).ok());
        let pid = pid.and_then(Pid::from_raw).expect("it is running");
        kill_process(pid, signal).expect("it is ours");
    }

    /// Waits for its end, and keeps the folder until then.
    pub(crate) async fn end(self) -> Output {
        in_time(self.child.wait_with_output()).await.expect("waited for")
    }

    pub(crate) async fn connect(&self) -> Caller {
        Caller(in_time(UnixStream::connect(&self.socket)).await.expect("it listens"))
    }
}

/// A connection that speaks JSON.
pub(crate) struct Caller(UnixStream);

impl Caller {
    pub(crate) async fn send(&mut self, frame: &Value) {
        let payload = frame.to_string();
        let length = u32::try_from(payload.len()).expect("a short frame");
        self.0.write_all(&length.to_be_bytes()).await.expect("written");
        self.0.write_all(payload.as_bytes()).await.expect("written");
    }

    pub(crate) async fn receive(&mut self) -> Value {
        let length = in_time(self.0.read_u32()).await.expect("a frame");
        let mut payload = vec![0; length as usize];
        in_time(self.0.read_exact(&mut payload)).await.expect("all of it");
        serde_json::from_slice(&payload).expect("JSON")
    }

    pub(crate) async fn ask(&mut self, frame: &Value) -> Value {
        self.send(frame).await;
        self.receive().await
    }
}
