//! Frames that one side finds too long.

use callsheet::{Code, ConnectOptions, Delivered};

use crate::sides::{Sides, Work, within};

#[tokio::test]
async fn a_call_longer_than_the_other_side_takes_fails_at_once() {
    let sides = Sides::with(|options| options.max_frame(10_000)).await;
    let worker = sides.worker();
    // The first is refused there; the others are not even sent.
    for _ in 0..3 {
        let (long, short) =
            within(async { tokio::join!(worker.colleague("x".repeat(20_000)), worker.add(1, 2)) }).await;
        let long = long.unwrap_err();
        assert_eq!(
            (long.code(), long.delivered()),
            (Code::FrameTooLarge, Delivered::No),
            "{long}"
        );
        assert_eq!(short, Ok(3));
    }
    assert_eq!(sides.listener.stats().limited, 1);
}

#[tokio::test]
async fn an_answer_longer_than_this_side_takes_ends_the_connection_and_the_next_one_works() {
    let sides = Sides::start().await;
    let options = ConnectOptions::at(sides.folder.path().join("s")).max_frame(10_000);
    let small = sides.calling.connect("small", options).await.unwrap();
    let worker = small.to::<dyn Work>("worker");
    let own = sides.serving.to::<dyn Work>("worker");
    own.send(|worker| worker.note("x".repeat(20_000))).await.unwrap();
    let failed = within(worker.notes()).await.unwrap_err();
    assert_eq!(
        (failed.code(), failed.delivered()),
        (Code::ConnectionClosed, Delivered::Unknown),
        "{failed}"
    );
    assert_eq!(within(worker.add(1, 2)).await, Ok(3));
}
