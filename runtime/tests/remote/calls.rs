//! Calls of an actor behind a connection, which are made as those of any other.

use std::time::Duration;

use callsheet::{CallError, Code, ConnectOptions, Delivered, Runtime};
use futures_util::StreamExt;

use crate::sides::{MathError, Sides, Work, within};

#[tokio::test]
async fn a_call_is_answered_as_if_the_actor_were_here() {
    let sides = Sides::start().await;
    let worker = sides.worker();
    assert_eq!(within(worker.add(5, 3)).await, Ok(8));
    assert_eq!(within(worker.divide(8, 2)).await, Ok(4));
    let error = CallError::Contract(MathError::ByZero { dividend: 8 });
    assert_eq!(within(worker.divide(8, 0)).await, Err(error));
    let calls: Vec<_> = (0..500).map(|n| within(worker.add(n, n))).collect();
    let sums = futures_util::future::join_all(calls).await;
    assert!(sums.iter().enumerate().all(|(n, sum)| *sum == Ok(2 * n as i64)));
}

#[tokio::test]
async fn what_goes_wrong_there_is_told_here() {
    let sides = Sides::start().await;
    let failed = within(sides.worker().panics()).await.unwrap_err();
    assert_eq!((failed.code(), failed.delivered()), (Code::ActorFailed, Delivered::Yes));
    for id in ["nobody", "hidden", "inner"] {
        let unknown = within(sides.remote.to::<dyn Work>(id).add(1, 1)).await.unwrap_err();
        assert_eq!(
            (unknown.code(), unknown.delivered()),
            (Code::ActorNotFound, Delivered::No),
            "{id}"
        );
    }
    assert_eq!(within(sides.remote.to::<dyn Work>("outer").add(1, 1)).await, Ok(2));
}

#[tokio::test]
async fn a_stream_comes_item_by_item_to_its_end() {
    let sides = Sides::start().await;
    let worker = sides.worker();
    // Further than one window of credit.
    let items: Vec<_> = within(worker.count(1000).collect()).await;
    assert_eq!(items, (1..=1000).map(Ok).collect::<Vec<_>>());
    assert_eq!(within(worker.count(0).collect::<Vec<_>>()).await, []);
    let items: Vec<_> = within(worker.failing(2).collect()).await;
    let error = CallError::Contract(MathError::ByZero { dividend: 7 });
    assert_eq!(items, [Ok(1), Ok(2), Err(error)]);
    let items: Vec<_> = within(worker.refused().collect()).await;
    assert_eq!(items, [Err(CallError::Contract(MathError::ByZero { dividend: 1 }))]);
}

#[tokio::test]
async fn a_stream_that_is_not_read_on_ends_there() {
    let sides = Sides::start().await;
    let worker = sides.worker();
    let mut endless = worker.endless();
    assert_eq!(within(endless.next()).await, Some(Ok(0)));
    drop(endless);
    within(sides.shared.dropped.notified()).await;
    assert_eq!(within(worker.add(1, 1)).await, Ok(2));
}

#[tokio::test]
async fn a_call_that_is_dropped_is_cancelled_there() {
    let sides = Sides::start().await;
    let worker = sides.worker();
    let waiting = tokio::spawn({
        let worker = worker.clone();
        async move { worker.wait().await }
    });
    within(sides.shared.entered.notified()).await;
    waiting.abort();
    within(sides.shared.dropped.notified()).await;
    assert_eq!(within(worker.add(1, 1)).await, Ok(2));
}

#[tokio::test]
async fn the_deadline_travels_and_is_kept_on_both_sides() {
    let sides = Sides::start().await;
    let late = within(sides.worker().wait().timeout(Duration::from_millis(50))).await;
    assert_eq!(late.unwrap_err().code(), Code::Timeout);
    within(sides.shared.dropped.notified()).await;
}

#[tokio::test]
async fn a_tell_is_in_the_queue_when_it_is_sent() {
    let sides = Sides::start().await;
    let worker = sides.worker();
    for n in 0..10 {
        within(worker.send(|w| w.note(n.to_string()))).await.unwrap();
    }
    let notes: Vec<_> = (0..10).map(|n| n.to_string()).collect();
    assert_eq!(within(worker.notes()).await, Ok(notes));
    let unknown = sides.remote.to::<dyn Work>("nobody");
    let refused = within(unknown.send(|w| w.note(String::new()))).await.unwrap_err();
    assert_eq!(refused.code(), Code::ActorNotFound);
}

#[tokio::test]
async fn a_full_queue_there_is_waited_for_here() {
    let sides = Sides::start().await;
    let (worker, shared) = (sides.worker(), sides.shared.clone());
    // The queue takes four, and an exclusive call waits for the reader before it.
    let waiting = tokio::spawn({
        let worker = worker.clone();
        async move { worker.wait().await }
    });
    within(shared.entered.notified()).await;
    let sends: Vec<_> = (0..50)
        .map(|n| {
            let worker = worker.clone();
            tokio::spawn(async move { worker.send(|w| w.note(n.to_string())).await })
        })
        .collect();
    tokio::task::yield_now().await;
    shared.gate.0.add_permits(1);
    assert_eq!(within(waiting).await.unwrap(), Ok("waited".to_owned()));
    for sent in sends {
        within(sent).await.unwrap().expect("there is room sooner or later");
    }
    assert_eq!(within(worker.notes()).await.unwrap().len(), 50);
}

#[tokio::test]
async fn metadata_and_either_codec_travel() {
    let sides = Sides::start().await;
    let packed = ConnectOptions::at(sides.folder.path().join("s")).packed();
    let remote = sides.calling.connect("packed", packed).await.unwrap();
    let worker = remote.to::<dyn Work>("worker");
    assert_eq!(within(worker.add(1, 2).meta("key", "value")).await, Ok(3));
    assert_eq!(within(worker.count(3).collect::<Vec<_>>()).await.len(), 3);
    assert!(remote.is_connected());
    assert!(format!("{remote:?}").contains("packed"));
}

#[tokio::test]
async fn a_route_has_a_name_of_its_own() {
    let sides = Sides::start().await;
    let path = sides.folder.path().join("s");
    for name in ["", "server", "client", "far"] {
        let refused = sides.calling.connect(name, &*path).await.unwrap_err();
        assert!(refused.to_string().contains("name"), "{refused}");
    }
    let nobody = sides.calling.connect("other", &*sides.folder.path().join("t")).await;
    assert_eq!(nobody.unwrap_err().kind(), std::io::ErrorKind::NotFound);
    // One that was closed is free again.
    within(sides.remote.close()).await;
    within(sides.calling.connect("far", &*path)).await.unwrap();
}

#[tokio::test]
async fn a_connection_ends_with_its_runtime() {
    let sides = Sides::start().await;
    assert_eq!(within(sides.worker().add(1, 1)).await, Ok(2));
    within(sides.calling.shutdown()).await;
    let closed = within(sides.worker().add(1, 1)).await.unwrap_err();
    assert_eq!(
        (closed.code(), closed.delivered()),
        (Code::ConnectionClosed, Delivered::No)
    );
    let other = Runtime::launch().unwrap();
    let remote = other.connect("far", &*sides.folder.path().join("s")).await.unwrap();
    assert_eq!(within(remote.to::<dyn Work>("worker").add(1, 1)).await, Ok(2));
}
