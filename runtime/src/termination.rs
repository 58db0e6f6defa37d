//! That the program is to end, as the system says it.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGTERM and SIGINT, which no longer end the process by themselves once they are caught.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use callsheet::{Runtime, Termination};
///
/// // Before anyone is told that the program is ready: a signal that comes right then must find it prepared.
/// let mut termination = Termination::catch()?;
/// let runtime = Runtime::launch()?;
/// let listener = runtime.listen("/run/calculator/calls.sock").await?;
/// println!("ready");
/// termination.wait().await;
/// listener.shutdown().await;
/// runtime.shutdown().await;
/// # Ok(()) }
/// ```
///
/// [`Runtime::serve_until_terminated`](crate::Runtime::serve_until_terminated) does the same.
#[derive(Debug)]
pub struct Termination {
    terminate: Signal,
    interrupt: Signal,
}

impl Termination {
    /// Catches both signals, for the rest of the process's life.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O enabled.
    pub fn catch() -> io::Result<Self> {
        Ok(Termination {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next of them; one that arrived since they were caught counts.
    pub async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
