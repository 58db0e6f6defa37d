use callsheet_client::{Code, ConnectOptions, Events, Failure};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::join;

use crate::server::{CODECS, Said, connected, within_time};

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct PriceUpdate {
    price: f64,
}

const PRICES: &str = "demo.PriceUpdate";

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

            server.push(PRICES, 4, None, &PriceUpdate { price: 1.5 }).await;
            server.push("demo.Closed", 0, None, &()).await;
            server.push("demo.Unknown", 0, None, &()).await;
            server.push(PRICES, 5, None, &PriceUpdate { price: 2.5 }).await;

            let update = first.next().await.unwrap().unwrap();
            assert_eq!((update.price, update.sequence(), update.missed()), (1.5, Some(4), 0));
            assert_eq!(update.timestamp_ms(), 1_700_000_000_000);
            assert_eq!(
                first.next().await.unwrap().unwrap().into_inner(),
                PriceUpdate { price: 2.5 }
            );
            let mut names = Vec::new();
            for _ in 0..3 {
                names.push(both.next().await.unwrap().unwrap().name().to_owned());
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
        let next = prices.next().await.unwrap().unwrap();
        assert_eq!(
            (next.sequence(), next.missed()),
            (Some(3), 13),
            "three here and ten at the server"
        );
        let next = prices.next().await.unwrap().unwrap();
        assert_eq!((next.sequence(), next.missed()), (Some(4), 0));
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
        assert_eq!(prices.next().await.unwrap().unwrap().price, 2.0);
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
