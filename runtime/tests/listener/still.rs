//! A clock that only the test moves.

use std::{
    sync::mpsc,
    time::{Duration, Instant},
};

/// While it lives, the paused clock stands still until it is advanced: tokio moves it on as soon as no task has anything to
/// do, which it believes although bytes are on their way through a socket, but not while something blocks.
pub struct Still {
    /// What blocks waits for it to be dropped.
    _until: mpsc::Sender<()>,
}

impl Still {
    pub fn new() -> Self {
        let (until, dropped) = mpsc::channel();
        // Not for ever, so that a test that hangs runs into its own limits.
        tokio::task::spawn_blocking(move || dropped.recv_timeout(Duration::from_secs(30)));
        Still { _until: until }
    }

    pub async fn advance(&self, seconds: f64) {
        tokio::time::advance(Duration::from_secs_f64(seconds)).await;
    }
}

/// Waits until `is_so`, giving all tasks their turn meanwhile. Bounded by the clock on the wall: the paused one does not move
/// while a task has something to do.
pub async fn until(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(10), "it is done in time");
        tokio::task::yield_now().await;
    }
}
