//! What is said of the delivery of a call that is given up: whoever is told `No` makes it again.

use std::time::Duration;

use callsheet::{Code, Delivered};
use serde_json::json;
use tokio::net::UnixListener;

use crate::{
    by_hand::Peer,
    sides::{Sides, Work, within},
};

/// Enough for a call to get there.
const LONG: Duration = Duration::from_millis(500);

#[tokio::test]
async fn a_call_that_is_late_while_it_runs_there_may_have_been_delivered() {
    let sides = Sides::start().await;
    let worker = sides.worker();
    let (late, ()) = within(async { tokio::join!(worker.wait().timeout(LONG), sides.shared.entered.notified()) }).await;
    let late = late.unwrap_err();
    assert_eq!((late.code(), late.delivered()), (Code::Timeout, Delivered::Unknown));
    assert!(!late.is_retryable(), "{late}");
}

#[tokio::test]
async fn what_was_sent_and_runs_there_beyond_the_limit_may_have_been_delivered() {
    let sides = Sides::start().await;
    let worker = sides.worker();
    let (late, ()) = within(async {
        let sent = worker.send(|w| w.pause().timeout(LONG));
        tokio::join!(sent, sides.shared.entered.notified())
    })
    .await;
    let late = late.unwrap_err();
    assert_eq!((late.code(), late.delivered()), (Code::Timeout, Delivered::Unknown));
    assert!(!late.text().contains("full"), "{late}");
    // Nobody waits for it any more, which it is told.
    within(sides.shared.dropped.notified()).await;
}

#[tokio::test]
async fn what_was_sent_and_could_not_leave_was_not_delivered() {
    let sides = Sides::start().await;
    let worker = sides.worker();
    sides.listener.shutdown().await;
    let late = within(worker.send(|w| w.pause().timeout(Duration::from_millis(50))))
        .await
        .unwrap_err();
    assert_eq!((late.code(), late.delivered()), (Code::Timeout, Delivered::No));
}

#[tokio::test]
async fn what_cannot_be_sent_at_once_is_not_sent_at_all() {
    let sides = Sides::start().await;
    let worker = sides.worker();
    let busy = worker.try_send(|w| w.note("once".to_owned())).unwrap_err();
    assert_eq!((busy.code(), busy.delivered()), (Code::TargetBusy, Delivered::No));
    assert_eq!(within(worker.notes()).await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_call_that_a_busy_actor_refused_to_the_last_was_not_delivered() {
    let sides = Sides::start().await;
    let path = sides.folder.path().join("hand");
    let server = UnixListener::bind(&path).unwrap();
    let remote = within(sides.calling.connect("hand", &*path)).await.unwrap();
    let worker = remote.to::<dyn Work>("worker");
    let refusing = async {
        let mut peer = Peer(server.accept().await.unwrap().0);
        assert_eq!(peer.receive().await["control"], "hello");
        let asked = [peer.receive().await, peer.receive().await];
        for asked in asked {
            peer.send(&busy(&asked)).await;
        }
        // Both rest, and there is no further connection that they could go over.
        drop((peer, server));
    };
    let calls = async {
        let sending = worker.send(|w| w.note(String::new()).timeout(LONG));
        tokio::join!(worker.add(1, 1).timeout(LONG), sending)
    };
    let ((asked, sent), ()) = within(async { tokio::join!(calls, refusing) }).await;
    let failures = [asked.unwrap_err(), sent.unwrap_err()];
    for late in failures {
        assert_eq!(
            (late.code(), late.delivered()),
            (Code::Timeout, Delivered::No),
            "{late}"
        );
    }
}

#[tokio::test]
async fn a_call_that_rests_while_its_connection_is_lost_goes_over_the_next_one() {
    let sides = Sides::start().await;
    let path = sides.folder.path().join("hand");
    let server = UnixListener::bind(&path).unwrap();
    let remote = within(sides.calling.connect("hand", &*path)).await.unwrap();
    let worker = remote.to::<dyn Work>("worker");
    let serving = async {
        let mut peer = Peer(server.accept().await.unwrap().0);
        assert_eq!(peer.receive().await["control"], "hello");
        let asked = peer.receive().await;
        peer.send(&busy(&asked)).await;
        drop(peer);
        let mut peer = Peer(server.accept().await.unwrap().0);
        assert_eq!(peer.receive().await["control"], "hello");
        let again = peer.receive().await;
        assert_eq!(again["payload"], asked["payload"]);
        peer.send(&json!({"success": true, "request_id": again["request_id"], "error": null, "payload": 2}))
            .await;
        peer
    };
    let (sum, _peer) = within(async { tokio::join!(worker.add(1, 1), serving) }).await;
    assert_eq!(sum, Ok(2));
}

#[tokio::test]
async fn who_waits_for_a_connection_that_is_closed_here_is_told_so() {
    let sides = Sides::start().await;
    let worker = sides.worker();
    sides.listener.shutdown().await;
    let (asked, sent, ()) = within(async {
        tokio::join!(
            worker.add(1, 1),
            worker.send(|w| w.note(String::new())),
            sides.remote.close()
        )
    })
    .await;
    for closed in [asked.unwrap_err(), sent.unwrap_err()] {
        assert_eq!(
            (closed.code(), closed.delivered()),
            (Code::ConnectionClosed, Delivered::No),
            "{closed}"
        );
    }
}

fn busy(asked: &serde_json::Value) -> serde_json::Value {
    json!({
        "success": false, "request_id": asked["request_id"], "payload": null, "error": "TargetBusy: not now",
        "error_code": "TargetBusy", "error_details": {"retryable": true, "delivered": "no"},
    })
}
