//! A program that serves and does nothing else, from its readiness to its end.

use super::{ListenError, Listener, ListenerOptions};
use crate::{Runtime, Termination};

impl Runtime {
    /// Listens and serves until SIGTERM or SIGINT arrives, or the socket is [handed over](crate::Listener::handed_over), and then ends everything in good order. What is left for a program
    /// to do is to return from `main`.
    ///
    /// `ready` is called once the socket is there and the signals are caught: to print where it is, or to tell whoever waits.
    ///
    /// At the end no connection is accepted any more, calls in flight are answered, and new ones get `ShuttingDown`, which
    /// clients may retry elsewhere. What is not answered within the [drain limit](ListenerOptions::drain) fails with
    /// `ShuttingDown`, and its connection is closed. Then the socket is removed, and the runtime [shut
    /// down](Self::shutdown), which has limits of its own.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use callsheet::{ListenerOptions, Runtime};
    ///
    /// let runtime = Runtime::launch()?;
    /// // Actors are started here.
    /// let ready = |listener: &callsheet::Listener| println!("listening on {}", listener.path().display());
    /// runtime.serve_until_terminated(ListenerOptions::named("calculator"), ready).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`listen`](Self::listen), and if signals cannot be caught. The runtime goes on then.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O enabled.
    #[cfg_attr(
        feature = "systemd",
        doc = "\n\nSystemd is told when the program is [ready](crate::systemd::ready), that it [lives](crate::systemd::watch), \
               and when it [ends](crate::systemd::stopping)."
    )]
    pub async fn serve_until_terminated(
        &self,
        options: impl Into<ListenerOptions>,
        ready: impl FnOnce(&Listener),
    ) -> Result<(), ListenError> {
        // Before anyone is told that it is ready: a signal that comes right then must find it prepared.
        let mut termination = Termination::catch().map_err(ListenError::Signals)?;
        let listener = self.listen(options).await?;
        ready(&listener);
        #[cfg(feature = "systemd")]
        let _watchdog = {
            tell(crate::systemd::ready());
            crate::systemd::watch(self)
        };
        tokio::select! {
            () = termination.wait() => tracing::info!("the program is to end; answering what is in flight"),
            () = listener.handed_over() => tracing::info!("another process listens now; answering what is in flight"),
        }
        #[cfg(feature = "systemd")]
        tell(crate::systemd::stopping());
        listener.shutdown().await;
        self.shutdown().await;
        Ok(())
    }
}

/// A program that cannot tell systemd how it does is served by systemd's own limits.
#[cfg(feature = "systemd")]
fn tell(told: std::io::Result<()>) {
    if let Err(error) = told {
        tracing::warn!(%error, "failed to tell systemd how the program does");
    }
}
