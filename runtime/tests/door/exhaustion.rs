//! A process that may open no more files.

use std::{
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use callsheet::{ListenerOptions, Runtime};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tracing::{Event, Metadata, Subscriber, span};

use crate::{
    child::{self, Child},
    house::in_step,
    peer::{Peer, within},
};

/// So many files the process may have open, of which its listener and tokio need some.
const MOST_FILES: u64 = 24;

/// Says how many warnings there were so far, each time there is one: here, connections that could not be accepted.
struct Warnings(AtomicU32);

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == tracing::Level::WARN
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, _: &Event<'_>) {
        child::say(&(self.0.fetch_add(1, Ordering::Relaxed) + 1).to_string());
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

async fn serve_with_few_files(path: &Path) {
    tracing::subscriber::set_global_default(Warnings(AtomicU32::new(0))).unwrap();
    let runtime = Runtime::launch().unwrap();
    let listener = runtime.listen(ListenerOptions::at(path)).await.unwrap();
    let maximum = getrlimit(Resource::Nofile).maximum;
    let limit = Rlimit {
        current: Some(MOST_FILES),
        maximum,
    };
    setrlimit(Resource::Nofile, limit).unwrap();
    child::say("ready");
    tokio::task::spawn_blocking(child::hear).await.unwrap();
    listener.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_without_file_descriptors_neither_ends_nor_spins_and_accepts_again_when_there_are_some() {
    if let Some(path) = child::argument() {
        return serve_with_few_files(Path::new(&path)).await;
    }
    let test =
        "exhaustion::a_listener_without_file_descriptors_neither_ends_nor_spins_and_accepts_again_when_there_are_some";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let mut child = Child::run(test, path.to_str().unwrap());
    assert_eq!(child.says(), "ready");
    let mut served = Peer::connect(&path).await;
    in_step(&mut served).await;
    // More than it can accept; the rest waits in the queue of the socket.
    let mut peers = Vec::new();
    for _ in 0..MOST_FILES {
        peers.push(Peer::connect(&path).await);
    }
    let mut last = peers.pop().unwrap();
    let begun = Instant::now();
    assert_eq!(child.says(), "1", "it cannot accept all of them");
    for warning in 2..=8 {
        assert_eq!(child.says(), warning.to_string());
        in_step(&mut served).await;
    }
    // It rests for 50 ms after each; the clock of another process may have been read in between.
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(7 * 50 - 50), "7 rests took {took:?}");
    last.send(r#"{"control":"ping","request_id":"late"}"#).await;
    drop(peers);
    assert_eq!(within(last.receive()).await["request_id"], "late");
    in_step(&mut served).await;
    in_step(&mut Peer::connect(&path).await).await;
    assert!(child.end().success());
    assert!(!path.exists());
}
