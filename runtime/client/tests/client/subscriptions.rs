use std::{pin::pin, time::Duration};

use callsheet_client::{Code, ConnectOptions, Connection, Event, Events, Failure, Gap, Notice, Push, Subscription};
use futures_util::{FutureExt, StreamExt};
use serde::{Deserialize, Serialize};
use tokio::{join, time::Instant};

use crate::server::{CODECS, Place, Said, Server, connected, within_time};

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct PriceUpdate {
    price: f64,
}

const PRICES: &str = "demo.PriceUpdate";

async fn event(prices: &mut Events<PriceUpdate>) -> Event<PriceUpdate> {
    prices.next().await.unwrap().unwrap().event().expect("nothing was lost")
}

/// The number of the next event, or how many are missing.
async fn next(subscription: &mut Subscription) -> Result<u64, Option<u64>> {
    match subscription.next().await.unwrap().unwrap() {
        Notice::Event(push) => Ok(push.sequence().unwrap()),
        Notice::Gap(Gap { missed }) => Err(missed),
    }
}

async fn push(server: &mut Server, seq: u64) {
    server.push(PRICES, seq, None, &PriceUpdate { price: 1.0 }).await;
}

/// Until what the server has said so far is dealt with.
async fn settled(connection: &Connection, server: &mut Server) {
    let (pong, ()) = join!(connection.ping(), async {
        match server.hear().await {
            Some(Said::Question { name, id, .. }) if name == "ping" => server.reply(&id, &()).await,
            other => panic!("expected a ping, heard {other:?}"),
        }
    });
    assert_eq!(pong, Ok(()));
}

#[tokio::test]
async fn every_subscription_to_an_event_receives_it() {
    for codec in CODECS {
        within_time(async {
            let (connection, mut server) = connected(ConnectOptions::new().codec(codec));
            let (first, names) = join!(connection.subscribe(&[PRICES]), server.accept_subscription());
            assert_eq!(names, [PRICES]);
            let (both, _) = join!(
                connection.subscribe(&[PRICES, "demo.Closed", PRICES]),
                server.accept_subscription()
            );
            let mut first: Events<PriceUpdate> = first.unwrap().decoded();
            let mut both = both.unwrap();

            server.push(PRICES, 0, None, &PriceUpdate { price: 1.5 }).await;
            server.push("demo.Closed", 0, None, &()).await;
            server.push("demo.Unknown", 0, None, &()).await;
            server.push(PRICES, 1, None, &PriceUpdate { price: 2.5 }).await;

            let update = event(&mut first).await;
            assert_eq!((update.price, update.sequence()), (1.5, Some(0)));
            assert_eq!(update.timestamp_ms(), 1_700_000_000_000);
            assert_eq!(event(&mut first).await.into_inner(), PriceUpdate { price: 2.5 });
            let mut names = Vec::new();
            for _ in 0..3 {
                let push: Push = both.next().await.unwrap().unwrap().event().unwrap();
                names.push(push.name().to_owned());
            }
            assert_eq!(names, [PRICES, "demo.Closed", PRICES]);
        })
        .await;
    }
}

#[tokio::test]
async fn a_slow_subscriber_loses_the_oldest_and_is_told() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new().subscription_buffer(2));
        let (prices, _) = join!(connection.subscribe(&[PRICES]), server.accept_subscription());
        let mut prices = prices.unwrap();
        for seq in 0..5 {
            let missed = (seq == 1).then_some(10);
            server.push(PRICES, seq, missed, &PriceUpdate { price: 0.0 }).await;
        }
        // The reply comes after the pushes, so they have all arrived.
        let (reply, ()) = join!(connection.ask::<_, ()>("demo", "Ask", &(), Default::default()), async {
            let request = server.request().await;
            server.reply(request.id(), &()).await;
        });
        assert_eq!(reply, Ok(()));
        assert_eq!(
            next(&mut prices).await,
            Err(Some(13)),
            "three here and ten at the server"
        );
        assert_eq!(next(&mut prices).await, Ok(3));
        assert_eq!(next(&mut prices).await, Ok(4));
    })
    .await;
}

#[tokio::test]
async fn an_event_of_another_type_is_an_error_in_its_place() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new());
        let (prices, _) = join!(connection.subscribe(&[PRICES]), server.accept_subscription());
        let mut prices: Events<PriceUpdate> = prices.unwrap().decoded();
        server.push(PRICES, 0, None, &"high").await;
        server.push(PRICES, 1, None, &PriceUpdate { price: 2.0 }).await;
        assert_eq!(
            prices.next().await.unwrap().unwrap_err().code(),
            Code::SerializationError
        );
        assert_eq!(event(&mut prices).await.price, 2.0);
    })
    .await;
}

#[tokio::test]
async fn a_refused_subscription_fails() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new());
        let (outcome, ()) = join!(connection.subscribe(&["demo.Nothing"]), async {
            let Some(Said::Subscribe { id, .. }) = server.hear().await else {
                panic!("expected a subscribe")
            };
            server
                .refuse(Some(&id), &Failure::new(Code::UnknownMessageType, "no such event"))
                .await;
        });
        assert_eq!(outcome.unwrap_err().code(), Code::UnknownMessageType);
    })
    .await;
}

#[tokio::test]
async fn a_pattern_brings_every_event_whose_name_begins_so() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new());
        let (all, names) = join!(connection.subscribe(&["demo.*"]), server.accept_subscription());
        assert_eq!(names, ["demo.*"]);
        let mut all = all.unwrap();
        push(&mut server, 0).await;
        server.push("other.Event", 0, None, &()).await;
        push(&mut server, 1).await;
        assert_eq!((next(&mut all).await, next(&mut all).await), (Ok(0), Ok(1)));
    })
    .await;
}

#[tokio::test]
async fn the_server_is_told_when_the_last_subscription_to_a_name_is_dropped() {
    within_time(async {
        let (connection, mut server) = connected(ConnectOptions::new());
        let (both, _) = join!(
            connection.subscribe(&[PRICES, "demo.Closed"]),
            server.accept_subscription()
        );
        let (prices, _) = join!(connection.subscribe(&[PRICES]), server.accept_subscription());
        drop(both);
        assert_eq!(server.hear().await, Some(Said::Unsubscribe(vec!["demo.Closed".into()])));
        drop(prices);
        assert_eq!(server.hear().await, Some(Said::Unsubscribe(vec![PRICES.into()])));
    })
    .await;
}

/// A subscription that has received the events up to number 4 from a server in the life `one`.
async fn followed(place: &mut Place) -> (Connection, Subscription) {
    let (connection, mut server) = place.connect(ConnectOptions::new().contracts::<&str, &str>([])).await;
    let (prices, _) = join!(connection.subscribe(&[PRICES]), async {
        server.greet("one", 10, &[]).await;
        server.accept_from(3).await;
    });
    let mut prices = prices.unwrap();
    push(&mut server, 3).await;
    push(&mut server, 4).await;
    assert_eq!((next(&mut prices).await, next(&mut prices).await), (Ok(3), Ok(4)));
    (connection, prices)
}

#[tokio::test(start_paused = true)]
async fn a_subscription_goes_on_over_the_next_connection_and_tells_what_was_missed() {
    let mut place = Place::open();
    let (connection, mut prices) = followed(&mut place).await;
    let mut server = place.accept().await;
    server.greet("one", 10, &[]).await;
    server.accept_from(7).await;
    assert_eq!(next(&mut prices).await, Err(Some(2)), "at once, before any event");
    push(&mut server, 7).await;
    assert_eq!(next(&mut prices).await, Ok(7));

    drop(server);
    let mut server = place.accept().await;
    server.greet("one", 10, &[]).await;
    server.accept_from(8).await;
    push(&mut server, 8).await;
    assert_eq!(
        next(&mut prices).await,
        Ok(8),
        "nothing was missed, and nothing is said"
    );
    settled(&connection, &mut server).await;
    assert!(prices.next().now_or_never().is_none());
}

#[tokio::test(start_paused = true)]
async fn in_a_new_life_of_the_server_nobody_knows_what_was_missed() {
    let mut place = Place::open();
    let (_connection, mut prices) = followed(&mut place).await;
    let mut server = place.accept().await;
    server.greet("two", 10, &[]).await;
    server.accept_from(900).await;
    push(&mut server, 900).await;
    push(&mut server, 901).await;
    assert_eq!(next(&mut prices).await, Err(None));
    assert_eq!((next(&mut prices).await, next(&mut prices).await), (Ok(900), Ok(901)));
    // It counts from there.
    drop(server);
    let mut server = place.accept().await;
    server.greet("two", 10, &[]).await;
    server.accept_from(905).await;
    assert_eq!(next(&mut prices).await, Err(Some(3)));
}

#[tokio::test(start_paused = true)]
async fn without_an_introduction_every_loss_is_a_gap_of_unknown_size() {
    let mut place = Place::open();
    let (connection, mut server) = place.connect(ConnectOptions::new()).await;
    let (prices, ()) = join!(connection.subscribe(&[PRICES]), server.accept_from(3));
    let mut prices = prices.unwrap();
    drop(server);
    let mut server = place.accept().await;
    server.accept_from(3).await;
    push(&mut server, 3).await;
    assert_eq!((next(&mut prices).await, next(&mut prices).await), (Err(None), Ok(3)));
}

#[tokio::test(start_paused = true)]
async fn a_subscription_that_the_next_server_refuses_ends() {
    let mut place = Place::open();
    let (connection, mut prices) = followed(&mut place).await;
    let mut server = place.accept().await;
    server.greet("two", 10, &[]).await;
    let Some(Said::Subscribe { id, .. }) = server.hear().await else {
        panic!("expected a subscribe")
    };
    let refusal = Failure::new(Code::UnknownMessageType, "no such event any more");
    server.refuse(Some(&id), &refusal).await;
    assert_eq!(next(&mut prices).await, Err(None));
    assert_eq!(prices.next().await.unwrap().unwrap_err(), refusal);
    assert!(prices.next().await.is_none());
    settled(&connection, &mut server).await;
}

#[tokio::test(start_paused = true)]
async fn a_subscription_that_was_not_confirmed_when_the_connection_was_lost_is_made_over_the_next() {
    let mut place = Place::open();
    let (connection, mut server) = place.connect(ConnectOptions::new()).await;
    let (prices, mut server) = join!(connection.subscribe(&[PRICES]), async {
        server.hear().await;
        drop(server);
        let mut server = place.accept().await;
        server.accept_from(5).await;
        server
    });
    let mut prices = prices.unwrap();
    push(&mut server, 5).await;
    assert_eq!(next(&mut prices).await, Ok(5), "what came before it began is no gap");
}

#[tokio::test(start_paused = true)]
async fn a_subscription_goes_on_though_its_caller_has_not_seen_the_acknowledgement() {
    let mut place = Place::open();
    let (connection, mut server) = place.connect(ConnectOptions::new()).await;
    let mut subscribing = pin!(connection.subscribe(&[PRICES]));
    assert!(subscribing.as_mut().now_or_never().is_none());
    server.accept_from(3).await;
    drop(server);
    // The acknowledgement has come, and the socket is lost, before anybody looks.
    let mut server = place.accept().await;
    server.accept_from(7).await;
    push(&mut server, 7).await;
    let mut prices = subscribing.await.unwrap();
    assert_eq!((next(&mut prices).await, next(&mut prices).await), (Err(None), Ok(7)));
}

#[tokio::test(start_paused = true)]
async fn an_acknowledgement_that_comes_with_the_end_hides_no_gap_from_others() {
    let mut place = Place::open();
    let (connection, mut server) = place.connect(ConnectOptions::new().contracts::<&str, &str>([])).await;
    let (one, _) = join!(connection.subscribe(&[PRICES]), async {
        server.greet("one", 10, &[]).await;
        server.accept_from(10).await;
    });
    let mut one = one.unwrap();
    let mut subscribing = pin!(connection.subscribe(&[PRICES]));
    assert!(subscribing.as_mut().now_or_never().is_none());
    server.accept_from(10).await;
    drop(server);
    let mut server = place.accept().await;
    let mut other = None;
    join!(async { other = Some(subscribing.await.unwrap()) }, async {
        server.greet("one", 10, &[]).await;
        server.accept_from(15).await;
        server.accept_from(15).await;
    });
    assert_eq!(next(&mut one).await, Err(Some(5)));
    assert_eq!(next(&mut other.unwrap()).await, Err(Some(5)));
}

#[tokio::test(start_paused = true)]
async fn a_subscription_that_the_server_refuses_for_the_moment_is_asked_for_again() {
    let mut place = Place::open();
    let (connection, mut prices) = followed(&mut place).await;
    let mut server = place.accept().await;
    server.greet("one", 10, &[]).await;
    let begun = Instant::now();
    for (refusal, rest) in [
        (Failure::new(Code::LimitExceeded, "not now"), 1000),
        (
            Failure::new(Code::RateLimited, "too often").with_retry_after_ms(250),
            1250,
        ),
    ] {
        let Some(Said::Subscribe { id, .. }) = server.hear().await else {
            panic!("expected a subscribe")
        };
        server.refuse(Some(&id), &refusal).await;
        settled(&connection, &mut server).await;
        tokio::time::sleep_until(begun + Duration::from_millis(rest)).await;
    }
    server.accept_from(9).await;
    assert!(
        (1250..1400).contains(&begun.elapsed().as_millis()),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(next(&mut prices).await, Err(Some(4)));
}

#[tokio::test(start_paused = true)]
async fn every_pattern_is_told_of_an_event_that_began_while_there_was_no_connection() {
    let mut place = Place::open();
    let (connection, mut server) = place.connect(ConnectOptions::new().contracts::<&str, &str>([])).await;
    let (all, _) = join!(connection.subscribe(&["demo.*"]), async {
        server.greet("one", 10, &[]).await;
        server.accept_subscription().await;
    });
    let (some, _) = join!(connection.subscribe(&["demo.P*"]), server.accept_subscription());
    let (mut all, mut some) = (all.unwrap(), some.unwrap());
    drop(server);
    let mut server = place.accept().await;
    server.greet("one", 10, &[]).await;
    for _ in 0..2 {
        let Some(Said::Subscribe { id, .. }) = server.hear().await else {
            panic!("expected a subscribe")
        };
        server.reply(&id, &serde_json::json!({"subscribed": {PRICES: 4}})).await;
    }
    settled(&connection, &mut server).await;
    for subscription in [&mut all, &mut some] {
        assert_eq!(next(subscription).await, Err(Some(4)));
        assert!(subscription.next().now_or_never().is_none(), "it is told once");
    }
}
