//! The client for async programs.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, future::join_all};
use showcase_client::{
    CallError, Client, Code, Codec, Delivered, ListError, ListRequest, MathError, OnlineStatus, OrderError, PlaceOrder,
};

use super::{CODECS, options};
use crate::service::Service;

async fn connect(service: &Service, codec: Codec) -> Client {
    Client::connect_with(service.socket(), options(codec))
        .await
        .expect("it listens")
}

fn order(product: &str) -> PlaceOrder {
    PlaceOrder {
        product: product.to_owned(),
    }
}

#[tokio::test]
async fn every_actor() {
    for codec in CODECS {
        // A service for each, since a notification is not taken back.
        let service = Service::showcase();
        let client = connect(&service, codec).await;

        assert_eq!(client.calculator().add(5, 3).await.map(|result| result.sum), Ok(8));
        assert_eq!(
            client.health().health_check().await.map(|health| health.status),
            Ok("ok".to_owned())
        );

        let store = client.kv_store();
        store.set_value("name", "Ada ☃").await.expect("it replies");
        assert_eq!(
            store.get_value("name").await.map(|reply| reply.value),
            Ok(Some("Ada ☃".to_owned()))
        );
        assert_eq!(store.get_value("none").await.map(|reply| reply.value), Ok(None));

        let orders = client.orders();
        let (first, second) = (
            orders.place_order(&order("widget")).await,
            orders.place_order(&order("widget")).await,
        );
        assert_ne!(first.expect("in stock").order_id, second.expect("in stock").order_id);

        let agent = client.agent();
        assert_eq!(agent.query_status().await, Ok(OnlineStatus::Offline));
        agent.notify("hello", "are you there?").await.expect("it is sent");
        assert_eq!(agent.query_status().await, Ok(OnlineStatus::Online));

        let mut updates = client
            .price_feed()
            .subscribe_price_update()
            .await
            .expect("it is confirmed");
        let mut trades = client
            .price_feed()
            .subscribe_trade_executed()
            .await
            .expect("it is confirmed");
        for _ in 0..3 {
            let update = updates.next().await.expect("a notice").expect("it fits").event();
            assert!(update.expect("nothing is lost").price > 0.0);
            let trade = trades.next().await.expect("a notice").expect("it fits").event();
            assert!(trade.expect("nothing is lost").quantity > 0);
        }
        drop((updates, trades));
        assert_eq!(client.calculator().add(1, 1).await.map(|result| result.sum), Ok(2));
        service.stop();
    }
}

#[tokio::test]
async fn declared_errors_are_typed() {
    let service = Service::showcase();
    for codec in CODECS {
        let client = connect(&service, codec).await;
        assert_eq!(
            client.calculator().add(i32::MAX, 1).await,
            Err(CallError::Contract(MathError::Overflow))
        );
        let unknown = OrderError::ProductNotFound("unicorn".to_owned());
        assert_eq!(
            client.orders().place_order(&order("unicorn")).await,
            Err(CallError::Contract(unknown))
        );
        assert_eq!(
            client.orders().place_order(&order("gadget")).await,
            Err(CallError::Contract(OrderError::OutOfStock))
        );
        let refused: Vec<_> = client
            .list_service()
            .list(&ListRequest { page_size: 0 })
            .collect()
            .await;
        assert_eq!(refused, [Err(CallError::Contract(ListError::EmptyPages))]);
    }
    service.stop();
}

#[tokio::test]
async fn streams_are_read_and_left() {
    let service = Service::showcase();
    for codec in CODECS {
        let client = connect(&service, codec).await;
        let items: Vec<_> = client
            .list_service()
            .list(&ListRequest { page_size: u64::MAX })
            .try_collect()
            .await
            .expect("a page of at least 1");
        assert!(items.iter().map(|item| item.id).eq(1..=25));
        assert_eq!(items[24].name, "item 25");

        let ticks: Vec<_> = client
            .countdown()
            .countdown(3, 5)
            .try_collect()
            .await
            .expect("it counts");
        assert!(ticks.iter().map(|tick| tick.value).eq([3, 2, 1]));
        let none: Vec<_> = client
            .countdown()
            .countdown(0, 5)
            .try_collect()
            .await
            .expect("it counts");
        assert!(none.is_empty());

        let mut endless = client.countdown().countdown(u32::MAX, 1);
        assert_eq!(
            endless.next().await.expect("an item").expect("it counts").value,
            u32::MAX
        );
        drop(endless);
        assert_eq!(client.calculator().add(2, 2).await.map(|result| result.sum), Ok(4));
    }
    service.stop();
}

#[tokio::test]
async fn failures_say_what_is_known() {
    let service = Service::showcase();
    for codec in CODECS {
        let client = connect(&service, codec).await;
        let failure = client
            .health_at("nobody")
            .health_check()
            .await
            .expect_err("there is no such actor");
        assert_eq!(
            (failure.code(), failure.delivered()),
            (Code::ActorNotFound, Delivered::No)
        );
        assert!(failure.is_retryable());

        let failure = client
            .health_at("calculator")
            .health_check()
            .await
            .expect_err("it is of another contract");
        assert_eq!(
            (failure.code(), failure.delivered()),
            (Code::UnknownMessageType, Delivered::No)
        );

        // The second item is an hour away: the stream stays open while other calls go on.
        let mut slow = client.countdown().countdown(2, 3_600_000);
        assert!(slow.next().await.expect("an item").is_ok());
        let sums = join_all((0..100).map(|number| {
            let calculator = client.calculator();
            async move { calculator.add(number, number).await.map(|result| result.sum) }
        }));
        assert_eq!(sums.await, (0..100).map(|number| Ok(2 * number)).collect::<Vec<_>>());
    }
    service.stop();
}

#[tokio::test]
async fn calls_to_a_server_that_is_gone_were_not_delivered() {
    let service = Service::showcase();
    let client = connect(&service, Codec::Json).await;
    assert!(client.health().health_check().await.is_ok());
    service.stop();
    let health = client.health().with_timeout(Duration::from_millis(200));
    let failure = health.health_check().await.expect_err("the server is gone");
    assert_eq!((failure.code(), failure.delivered()), (Code::Timeout, Delivered::No));
}
