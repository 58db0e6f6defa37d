//! What streams across a connection may hold, and how much of them waits to be read.

use callsheet::{Code, Delivered, Failure, ListenerOptions};
use futures_util::{Stream, StreamExt};
use serde_json::{Value, json};

use crate::{
    by_hand::{self, Peer, item},
    sides::{Sides, within},
};

#[tokio::test]
async fn the_items_of_a_stream_may_be_mailboxes() {
    let sides = Sides::start().await;
    let ids = vec!["worker".to_owned(), "inner".to_owned()];
    let colleagues: Vec<_> = within(sides.worker().colleagues(ids).collect()).await;
    assert_eq!(colleagues.len(), 2);
    for colleague in colleagues {
        assert_eq!(within(colleague.unwrap().add(2, 2)).await, Ok(4));
    }
    let refused = within(sides.worker().colleagues(vec!["hidden".to_owned()]).next()).await;
    let refused = refused.unwrap().unwrap_err();
    assert_eq!(refused.code(), Code::SerializationError);
    assert!(refused.text().contains("not exposed"), "{refused}");
}

#[tokio::test]
async fn mailboxes_that_came_before_the_connection_was_lost_are_still_read() {
    let sides = Sides::start().await;
    let mut colleagues = sides.worker().colleagues(vec!["worker".to_owned(); 3]);
    within(colleagues.next()).await.unwrap().unwrap();
    // The rest was said with the first one, before this.
    assert_eq!(within(sides.worker().add(1, 1)).await, Ok(2));
    sides.listener.shutdown().await;
    let listener = sides.serving.listen(sides.folder.path().join("s")).await.unwrap();
    for _ in 0..2 {
        let colleague = within(colleagues.next()).await.unwrap().unwrap();
        assert_eq!(within(colleague.add(2, 2)).await, Ok(4));
    }
    listener.shutdown().await;
}

#[tokio::test]
async fn large_items_come_as_they_are_read() {
    let sides = Sides::start().await;
    let mut texts = sides.worker().texts(6, 2 << 20);
    let mut read = 0;
    while let Some(text) = within(texts.next()).await {
        assert_eq!(text.unwrap().len(), 2 << 20);
        read += 1;
        // Whoever reads in between other work takes its time.
        assert_eq!(within(sides.worker().add(1, 1)).await, Ok(2));
    }
    assert_eq!(read, 6);
}

/// A peer's stream of lines, each of so many bytes, of which the first was read: what it was asked for with, and the rest.
async fn lines(
    set: impl FnOnce(ListenerOptions) -> ListenerOptions,
    bytes: usize,
) -> (
    Sides,
    Peer,
    Value,
    Value,
    impl Stream<Item = Result<String, Failure>> + Unpin,
) {
    let (sides, mut peer, hosted) = by_hand::hosting(set).await;
    let mut lines = hosted.lines();
    let line = json!("x".repeat(bytes));
    let opening = async {
        let asked = peer.receive().await;
        peer.send(&item(&asked, 0, &line, false)).await;
        asked
    };
    let (first, asked) = within(async { tokio::join!(lines.next(), opening) }).await;
    assert_eq!(first.unwrap().unwrap().len(), bytes);
    (sides, peer, asked, line, lines)
}

#[tokio::test]
async fn as_many_items_may_come_as_their_size_allows() {
    for (bytes, items) in [(10, 61), (100 << 10, 37)] {
        let (_sides, mut peer, asked, line, lines) = lines(|options| options, bytes).await;
        assert_eq!(asked["credit"], 4, "nobody knows how large they are");
        let credit = json!({"control": "credit", "stream_id": asked["request_id"], "items": items});
        assert_eq!(peer.receive().await, credit, "{bytes} bytes each");
        peer.send(&item(&asked, 1, &line, true)).await;
        assert_eq!(within(lines.collect::<Vec<_>>()).await.len(), 1);
    }
}

#[tokio::test]
async fn the_largest_items_come_one_by_one() {
    let (_sides, mut peer, asked, line, mut lines) = lines(|options| options, 8 << 20).await;
    for n in 1..4 {
        peer.send(&item(&asked, n, &line, false)).await;
        assert!(within(lines.next()).await.unwrap().is_ok());
    }
    let credit = json!({"control": "credit", "stream_id": asked["request_id"], "items": 1});
    for n in 4..7 {
        assert_eq!(peer.receive().await, credit, "before item {n}");
        peer.send(&item(&asked, n, &line, false)).await;
        assert!(within(lines.next()).await.unwrap().is_ok());
    }
}

/// What the reader has who reads nothing until the peer, which sends eight lines more than it was asked for, is told to end.
async fn too_many(set: impl FnOnce(ListenerOptions) -> ListenerOptions) -> (Vec<Result<String, Failure>>, Failure) {
    let (_sides, mut peer, asked, line, lines) = lines(set, 60 << 10).await;
    assert_eq!(peer.receive().await["control"], "credit");
    for n in 1..=8 {
        peer.send(&item(&asked, n, &line, false)).await;
    }
    let cancel = json!({"control": "cancel", "request_id": asked["request_id"]});
    assert_eq!(peer.receive().await, cancel);
    let mut read: Vec<_> = within(lines.collect()).await;
    let last = read.pop().unwrap().unwrap_err();
    (read, last)
}

#[tokio::test]
async fn a_stream_of_which_too_much_waits_to_be_read_is_ended() {
    let (read, slow) = too_many(|options| options.max_frame(64 << 10)).await;
    assert!(
        read.len() == 4 && read.iter().all(Result::is_ok),
        "four of the longest frames"
    );
    assert_eq!((slow.code(), slow.delivered()), (Code::SlowConsumer, Delivered::Yes));
    assert!(slow.text().contains("262144 bytes"), "{slow}");
}

#[tokio::test]
async fn what_waits_to_be_read_is_kept_within_the_memory_of_all_connections() {
    // It counts as that of three of the longest frames at least.
    let (read, spent) = too_many(|options| options.max_frame(64 << 10).memory(0)).await;
    assert!(
        (1..4).contains(&read.len()) && read.iter().all(Result::is_ok),
        "{}",
        read.len()
    );
    assert_eq!((spent.code(), spent.delivered()), (Code::LimitExceeded, Delivered::Yes));
    assert!(!spent.is_retryable(), "{spent}");
}
