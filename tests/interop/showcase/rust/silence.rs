//! The client, and a server that takes every call and answers none.

use std::{
    os::unix::net::UnixListener,
    path::PathBuf,
    time::{Duration, Instant},
};

use futures_util::StreamExt;
use showcase_client::{CallError, Client, Code, Delivered, Failure, ListRequest, blocking};
use tempfile::TempDir;

use super::{CODECS, options};

const TIMEOUT: Duration = Duration::from_millis(50);

/// A socket whose connections are never accepted: what is written to them stays there.
struct Silence {
    folder: TempDir,
    _listener: UnixListener,
}

impl Silence {
    fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("callsheet-")
            .tempdir()
            .expect("a folder for the socket");
        let listener = UnixListener::bind(folder.path().join("test.sock")).expect("the folder is new");
        Silence {
            folder,
            _listener: listener,
        }
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("test.sock")
    }
}

fn assert_timed_out(failure: &Failure) {
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::Timeout, Delivered::Unknown),
        "{failure}"
    );
}

#[tokio::test]
async fn every_kind_of_call_ends_in_time() {
    let server = Silence::new();
    for codec in CODECS {
        let client = Client::connect_with(server.socket(), options(codec).timeout(TIMEOUT))
            .await
            .expect("it listens");
        let begun = Instant::now();
        let health = client.health();
        let feed = client.price_feed();
        let mut ticks = client.countdown().countdown(1, 0);
        let mut items = client.list_service().list(&ListRequest { page_size: 1 });
        let (reply, events, tick, item) = tokio::join!(
            health.health_check(),
            feed.subscribe_price_update(),
            ticks.next(),
            items.next()
        );
        assert!(begun.elapsed() >= TIMEOUT, "never early");
        assert_timed_out(&reply.expect_err("nobody replies"));
        assert_timed_out(&events.expect_err("nobody confirms"));
        assert_timed_out(&tick.expect("an error").expect_err("nobody replies"));
        match item.expect("an error") {
            Err(CallError::Failure(failure)) => assert_timed_out(&failure),
            other => panic!("nobody replies, yet there is {other:?}"),
        }
        assert!(ticks.next().await.is_none(), "a stream ends with its first error");
    }
}

#[tokio::test]
async fn a_call_may_say_how_long_it_waits() {
    let server = Silence::new();
    for codec in CODECS {
        let client = Client::connect_with(server.socket(), options(codec))
            .await
            .expect("it listens");
        let patient = client.health();
        let hurried = patient.with_timeout(TIMEOUT);
        tokio::select! {
            reply = patient.health_check() => panic!("it waits as long as the connection says: {reply:?}"),
            reply = hurried.health_check() => assert_timed_out(&reply.expect_err("nobody replies")),
        }
    }
}

#[tokio::test]
async fn a_call_ends_with_its_client() {
    let server = Silence::new();
    for codec in CODECS {
        let client = Client::connect_with(server.socket(), options(codec))
            .await
            .expect("it listens");
        let health = client.health();
        let (reply, ()) = tokio::join!(health.health_check(), client.close());
        assert_eq!(reply.expect_err("nobody replies").code(), Code::ConnectionClosed);
    }
}

#[tokio::test]
async fn nobody_listens() {
    let server = Silence::new();
    let failure = Client::connect(server.socket().with_extension("none"))
        .await
        .expect_err("nobody listens");
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::ConnectionClosed, Delivered::No)
    );
}

#[test]
fn a_blocking_call_ends_in_time() {
    let server = Silence::new();
    for codec in CODECS {
        let client = blocking::Client::connect_with(server.socket(), options(codec)).expect("it listens");
        let reply = client.health().with_timeout(TIMEOUT).health_check();
        assert_timed_out(&reply.expect_err("nobody replies"));
        let tick = client.countdown().with_timeout(TIMEOUT).countdown(1, 0).next();
        assert_timed_out(&tick.expect("an error").expect_err("nobody replies"));
    }
}
