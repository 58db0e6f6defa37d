//! Calls that wait for a place among those on their way to a peer, of which there is one here.

use std::time::Duration;

use callsheet::Mailbox;
use futures_util::StreamExt;
use serde_json::json;

use crate::{
    by_hand::{self, Peer, item},
    sides::{Progress, Sides, within},
};

/// With one place.
async fn hosting() -> (Sides, Peer, Mailbox<dyn Progress>) {
    by_hand::hosting(|options| options.max_in_flight(1)).await
}

/// A call that waits for its place, which it has asked for.
async fn waiting(hosted: &Mailbox<dyn Progress>) -> tokio::task::JoinHandle<u32> {
    let hosted = hosted.clone();
    let waiting = tokio::spawn(async move { hosted.step(7).await.unwrap() });
    tokio::task::yield_now().await;
    waiting
}

/// Answers the call that has got its place.
async fn answer(peer: &mut Peer, waiting: tokio::task::JoinHandle<u32>) {
    let asked = peer.receive().await;
    assert_eq!(asked["message_type"], "far.Progress.Step", "{asked}");
    peer.send(&json!({"success": true, "request_id": asked["request_id"], "error": null, "payload": 70}))
        .await;
    assert_eq!(within(waiting).await.unwrap(), 70);
}

#[tokio::test]
async fn the_end_of_a_stream_makes_room() {
    let (_sides, mut peer, hosted) = hosting().await;
    let mut steps = hosted.steps(2);
    let opening = async {
        let asked = peer.receive().await;
        peer.send(&item(&asked, 0, &json!(0), false)).await;
        asked
    };
    let (first, asked) = within(async { tokio::join!(steps.next(), opening) }).await;
    assert_eq!(first, Some(Ok(0)));
    assert_eq!(peer.receive().await["control"], "credit");
    let waiting = waiting(&hosted).await;
    peer.send(&item(&asked, 1, &json!(1), true)).await;
    answer(&mut peer, waiting).await;
    assert_eq!(within(steps.collect::<Vec<_>>()).await, [Ok(1)]);
}

#[tokio::test]
async fn a_stream_of_one_frame_makes_room() {
    let (_sides, mut peer, hosted) = hosting().await;
    let mut steps = hosted.steps(1);
    let reading = tokio::spawn(async move { steps.next().await });
    let asked = peer.receive().await;
    let waiting = waiting(&hosted).await;
    peer.send(&item(&asked, 0, &json!(0), true)).await;
    answer(&mut peer, waiting).await;
    assert_eq!(within(reading).await.unwrap(), Some(Ok(0)));
}

#[tokio::test]
async fn a_stream_that_nobody_reads_on_makes_room() {
    let (_sides, mut peer, hosted) = hosting().await;
    let mut steps = hosted.steps(2);
    let opening = async {
        let asked = peer.receive().await;
        peer.send(&item(&asked, 0, &json!(0), false)).await;
    };
    within(async { tokio::join!(steps.next(), opening) }).await;
    let waiting = waiting(&hosted).await;
    drop(steps);
    let mut said = peer.receive().await;
    while said["control"] == "credit" {
        said = peer.receive().await;
    }
    assert_eq!(said["control"], "cancel");
    answer(&mut peer, waiting).await;
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_any_more_makes_room() {
    let (_sides, mut peer, hosted) = hosting().await;
    let first = tokio::spawn({
        let hosted = hosted.clone();
        async move { hosted.step(1).await }
    });
    assert_eq!(peer.receive().await["payload"]["step"], 1);
    let waiting = waiting(&hosted).await;
    first.abort();
    assert_eq!(peer.receive().await["control"], "cancel");
    answer(&mut peer, waiting).await;
}

#[tokio::test]
async fn a_message_that_nobody_waits_for_any_more_makes_room() {
    let (_sides, mut peer, hosted) = hosting().await;
    let first = tokio::spawn({
        let hosted = hosted.clone();
        async move { hosted.send(|p| p.hint(1)).await }
    });
    assert_eq!(peer.receive().await["payload"]["step"], 1);
    let waiting = waiting(&hosted).await;
    first.abort();
    assert_eq!(peer.receive().await["control"], "cancel");
    answer(&mut peer, waiting).await;
}

#[tokio::test]
async fn a_call_that_gives_up_waiting_takes_no_place() {
    let (_sides, mut peer, hosted) = hosting().await;
    let first = tokio::spawn({
        let hosted = hosted.clone();
        async move { hosted.step(1).await }
    });
    let asked = peer.receive().await;
    let late = within(hosted.step(2).timeout(Duration::from_millis(30))).await;
    assert!(late.is_err());
    let waiting = waiting(&hosted).await;
    peer.send(&json!({"success": true, "request_id": asked["request_id"], "error": null, "payload": 10}))
        .await;
    assert_eq!(within(first).await.unwrap(), Ok(10));
    answer(&mut peer, waiting).await;
}

#[tokio::test]
async fn a_higher_limit_makes_room() {
    let (sides, mut peer, hosted) = hosting().await;
    let first = waiting(&hosted).await;
    let asked = peer.receive().await;
    let second = waiting(&hosted).await;
    let mut limits = sides.listener.limits();
    limits.max_in_flight = 2;
    sides.listener.set_limits(limits);
    answer(&mut peer, second).await;
    peer.send(&json!({"success": true, "request_id": asked["request_id"], "error": null, "payload": 70}))
        .await;
    assert_eq!(within(first).await.unwrap(), 70);
}
