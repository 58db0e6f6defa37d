//! Where a server is found, and how often that is tried.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use callsheet_wire::{Code, Delivered, Failure};
use tokio::{
    net::UnixStream,
    time::{Instant, sleep_until, timeout},
};
use tracing::debug;

use super::backoff::Backoff;

/// The place of a server's socket.
#[derive(Clone, Debug)]
pub(super) struct Dial {
    path: PathBuf,
    timeout: Duration,
}

impl Dial {
    /// Of the socket at `path`, where an attempt may take as long as `timeout`.
    pub(super) fn new(path: &Path, timeout: Duration) -> Self {
        Self {
            path: path.to_owned(),
            timeout,
        }
    }

    /// One attempt.
    pub(super) async fn connect(&self) -> Result<UnixStream, Failure> {
        match timeout(self.timeout, UnixStream::connect(&self.path)).await {
            Ok(Ok(socket)) => Ok(socket),
            Ok(Err(error)) => Err(self.unreachable(Code::ConnectionClosed, &error)),
            Err(elapsed) => Err(self.unreachable(Code::Timeout, &elapsed)),
        }
    }

    /// As many attempts as are made within the timeout, for a server that may not have begun yet.
    pub(super) async fn connect_patiently(&self, mut backoff: Backoff) -> Result<UnixStream, Failure> {
        // A time beyond what the clock can count never comes.
        let until = Instant::now().checked_add(self.timeout);
        loop {
            let failure = match self.connect().await {
                Ok(socket) => return Ok(socket),
                Err(failure) => failure,
            };
            backoff.failed();
            let next = Instant::now() + backoff.delay();
            if until.is_some_and(|until| until < next) {
                return Err(failure);
            }
            debug!(%failure, "the server is waited for");
            sleep_until(next).await;
        }
    }

    fn unreachable(&self, code: Code, error: &dyn std::error::Error) -> Failure {
        let text = format!("failed to connect to `{}`: {error}", self.path.display());
        Failure::new(code, text).with_delivered(Delivered::No)
    }
}
