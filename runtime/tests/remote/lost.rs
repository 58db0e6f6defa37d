//! Connections that are lost and made again.

use callsheet::{Code, Delivered};

use crate::sides::{Sides, within};

#[tokio::test]
async fn calls_wait_for_the_connection_to_be_made_again() {
    let sides = Sides::start().await;
    let worker = sides.worker();
    assert_eq!(within(worker.add(1, 1)).await, Ok(2));
    sides.listener.shutdown().await;
    let waiting = tokio::spawn({
        let worker = worker.clone();
        async move { (worker.add(2, 2).await, worker.send(|w| w.note("later".into())).await) }
    });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    let listener = sides.serving.listen(sides.folder.path().join("s")).await.unwrap();
    let (sum, sent) = within(waiting).await.unwrap();
    assert_eq!((sum, sent), (Ok(4), Ok(())));
    assert_eq!(within(worker.notes()).await, Ok(vec!["later".to_owned()]));
    listener.shutdown().await;
}

#[tokio::test]
async fn what_was_on_its_way_fails_and_is_not_repeated() {
    let sides = Sides::start().await;
    let worker = sides.worker();
    let waiting = tokio::spawn({
        let worker = worker.clone();
        async move { worker.wait().await }
    });
    within(sides.shared.entered.notified()).await;
    drop(sides.listener);
    let failure = within(waiting).await.unwrap().unwrap_err();
    assert!(
        matches!(failure.code(), Code::ConnectionClosed | Code::ShuttingDown),
        "{failure}"
    );
    assert_eq!(failure.delivered(), Delivered::Unknown);
}

#[tokio::test]
async fn a_call_gives_up_waiting_at_its_deadline() {
    let sides = Sides::start().await;
    sides.listener.shutdown().await;
    let limit = std::time::Duration::from_millis(30);
    let late = within(sides.worker().add(1, 1).timeout(limit)).await.unwrap_err();
    assert_eq!((late.code(), late.delivered()), (Code::Timeout, Delivered::No));
}

#[tokio::test]
async fn a_server_that_drains_gets_no_new_calls() {
    let sides = Sides::start().await;
    let worker = sides.worker();
    let waiting = tokio::spawn({
        let worker = worker.clone();
        async move { worker.wait().await }
    });
    within(sides.shared.entered.notified()).await;
    let path = sides.folder.path().join("s");
    let again = async {
        // It says goodbye at once: what is called from now on goes to whoever listens next.
        let next = worker.add(3, 3);
        sides.shared.gate.0.add_permits(1);
        assert_eq!(waiting.await.unwrap(), Ok("waited".to_owned()));
        next.await
    };
    let listening = async {
        sides.listener.shutdown().await;
        sides.serving.listen(&path).await.unwrap()
    };
    let (listener, sum) = within(async { tokio::join!(listening, again) }).await;
    assert_eq!(sum, Ok(6));
    listener.shutdown().await;
}
