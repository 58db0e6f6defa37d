//! What systemd is told of the program. Feature `systemd`.
//!
//! Outside of systemd, where nobody asked to be told, all of it does nothing. A program that only serves need not call it:
//! [`Runtime::serve_until_terminated`] does. Taking a socket that systemd has made is another matter, and an
//! [option of the listener](crate::ListenerOptions::activated).
//!
//! ```ini
//! [Service]
//! Type=notify
//! WatchdogSec=30
//! ```

use std::io;

use sd_notify::NotifyState;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::Runtime;

/// Says that the program is ready: `READY=1`. With `Type=notify`, what comes after the service is started now.
///
/// # Errors
///
/// If systemd is to be told and cannot be.
pub fn ready() -> io::Result<()> {
    sd_notify::notify(&[NotifyState::Ready])
}

/// Says that the program is about to end: `STOPPING=1`.
///
/// # Errors
///
/// As [`ready`].
pub fn stopping() -> io::Result<()> {
    sd_notify::notify(&[NotifyState::Stopping])
}

/// Says that the program is alive, `WATCHDOG=1`, twice in the time of `WatchdogSec`, while the watchdog is kept. `None` if
/// systemd does not watch this process.
///
/// It is said by a task of the tokio runtime that the actors run in: systemd restarts a program whose tokio
/// runtime makes no headway. An actor that waits for ever is nothing to it.
pub fn watch(runtime: &Runtime) -> Option<Watchdog> {
    let period = sd_notify::watchdog_enabled()? / 2;
    let ended = CancellationToken::new();
    runtime.spawn({
        let ended = ended.clone();
        async move {
            let mut ticks = tokio::time::interval(period);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            while ended.run_until_cancelled(ticks.tick()).await.is_some() {
                if let Err(error) = sd_notify::notify(&[NotifyState::Watchdog]) {
                    tracing::warn!(%error, "failed to tell systemd that the program is alive");
                }
            }
        }
    });
    Some(Watchdog {
        _ended: ended.drop_guard(),
    })
}

/// While it lives, systemd is told that the program does. Made by [`watch`].
#[must_use = "systemd is told nothing any more once it is dropped"]
#[derive(Debug)]
pub struct Watchdog {
    _ended: DropGuard,
}
