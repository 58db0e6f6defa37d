//! When a client tries to connect anew, and when it no longer does.

use std::time::Duration;

use callsheet_client::{Code, ConnectOptions, Connection, Delivered};
use tokio::{
    join,
    net::UnixListener,
    time::{Instant, sleep, timeout},
};

use crate::{
    reconnect::{NOW, answer, ask, until_down},
    server::{Place, connected},
};

#[tokio::test(start_paused = true)]
async fn a_server_that_accepts_and_hangs_up_is_tried_ever_more_seldom() {
    let mut place = Place::open();
    let (connection, server) = place.connect(ConnectOptions::new()).await;
    drop(server);
    let start = Instant::now();
    let mut accepted = Vec::new();
    while start.elapsed() < Duration::from_secs(100) {
        drop(place.accept().await);
        accepted.push(start.elapsed());
    }
    // Below 5 s in all until the wait is at its longest, which is 2.5 to 5 s.
    assert!((20..=48).contains(&accepted.len()), "{accepted:?}");
    let waits: Vec<_> = accepted.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (index, wait) in waits.iter().enumerate() {
        let full = (Duration::from_millis(100) * 2_u32.pow(index.min(10) as u32)).min(Duration::from_secs(5));
        // The clock counts in whole milliseconds.
        assert!(
            (full / 2..=full + Duration::from_millis(1)).contains(wait),
            "{index}: {wait:?}"
        );
    }
    // It is there for good at last.
    let (reply, ()) = join!(ask(&connection, 1), async {
        answer(&mut place.accept().await).await;
    });
    assert_eq!(reply, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn after_a_long_connection_the_first_attempt_is_made_at_once() {
    let mut place = Place::open();
    let (_connection, server) = place.connect(ConnectOptions::new()).await;
    sleep(Duration::from_secs(5)).await;
    drop(server);
    let lost = Instant::now();
    place.accept().await;
    assert!(lost.elapsed() <= Duration::from_millis(1));
}

#[tokio::test(start_paused = true)]
async fn closing_ends_the_wait_for_a_connection() {
    let mut place = Place::open();
    let (connection, server) = place.connect(ConnectOptions::new()).await;
    place.close();
    drop(server);
    until_down(&connection).await;
    let start = Instant::now();
    let mut subscription = None;
    let (asked, told, subscribed, ()) = join!(
        ask(&connection, 1),
        connection.tell("demo", "Tell", &(), NOW),
        connection.subscribe(&["demo.Event"]),
        async {
            sleep(Duration::from_millis(20)).await;
            connection.close().await;
        }
    );
    assert!(start.elapsed() < Duration::from_millis(100));
    for failure in [
        asked.unwrap_err(),
        told.unwrap_err(),
        subscribed.as_ref().unwrap_err().clone(),
    ] {
        assert_eq!(
            (failure.code(), failure.delivered()),
            (Code::ConnectionClosed, Delivered::No)
        );
    }
    assert!(connection.is_closed());
    subscription.replace(subscribed);
    place.reopen();
    assert!(
        timeout(Duration::from_secs(60), place.accept()).await.is_err(),
        "nobody comes"
    );
}

#[tokio::test(start_paused = true)]
async fn dropping_the_connection_ends_the_wait_for_one() {
    let mut place = Place::open();
    let (connection, server) = place.connect(ConnectOptions::new()).await;
    place.close();
    drop(server);
    until_down(&connection).await;
    drop(connection);
    place.reopen();
    assert!(
        timeout(Duration::from_secs(60), place.accept()).await.is_err(),
        "nobody comes"
    );
}

#[tokio::test]
async fn after_a_goodbye_a_connection_that_cannot_be_made_anew_takes_no_calls() {
    let (connection, mut server) = connected(ConnectOptions::new());
    let (first, late) = join!(ask(&connection, 1), async {
        let request = server.request().await;
        server.say_goodbye().await;
        let late = loop {
            // The goodbye may not have been read yet.
            if let Err(failure) = connection.tell("demo", "Tell", &(), NOW).await {
                break failure;
            }
            tokio::task::yield_now().await;
        };
        server.reply(request.id(), &2).await;
        late
    });
    assert_eq!(first, Ok(2));
    assert_eq!((late.code(), late.delivered()), (Code::ShuttingDown, Delivered::No));
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_not_made_anew_if_it_is_not_to_be() {
    let mut place = Place::open();
    let (connection, server) = place.connect(ConnectOptions::new().reconnect(false)).await;
    drop(server);
    until_down(&connection).await;
    assert!(connection.is_closed());
    let failure = ask(&connection, 1).await.unwrap_err();
    assert_eq!(
        (failure.code(), failure.delivered()),
        (Code::ConnectionClosed, Delivered::No)
    );
    assert!(timeout(Duration::from_secs(60), place.accept()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_has_not_begun_is_waited_for_if_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("later.sock");
    let patient = ConnectOptions::new()
        .wait_for_server(true)
        .timeout(Duration::from_secs(10));
    let start = Instant::now();
    let failure = Connection::connect_with(&path, patient.clone()).await.unwrap_err();
    assert_eq!(failure.code(), Code::ConnectionClosed);
    let took = start.elapsed();
    assert!(
        (Duration::from_secs(5)..=Duration::from_secs(10)).contains(&took),
        "{took:?}"
    );

    let (connected, listener) = join!(Connection::connect_with(&path, patient), async {
        sleep(Duration::from_secs(3)).await;
        UnixListener::bind(&path).unwrap()
    });
    assert!(connected.unwrap().is_connected());
    drop(listener);
}
