//! The client for programs without async.

use std::thread;

use showcase_client::{
    CallError, Code, ListError, ListRequest, MathError, OnlineStatus, OrderError, PlaceOrder, blocking::Client,
};

use super::{CODECS, options};
use crate::service::Service;

#[test]
fn every_pattern() {
    for codec in CODECS {
        let service = Service::showcase();
        let client = Client::connect_with(service.socket(), options(codec)).expect("it listens");

        assert_eq!(client.calculator().add(5, 3).map(|result| result.sum), Ok(8));
        assert_eq!(
            client.calculator().add(i32::MIN, -1),
            Err(CallError::Contract(MathError::Overflow))
        );
        assert_eq!(
            client.health().health_check().map(|health| health.status),
            Ok("ok".to_owned())
        );
        let failure = client
            .health_at("nobody")
            .health_check()
            .expect_err("there is no such actor");
        assert_eq!(failure.code(), Code::ActorNotFound);

        let order = |product: &str| {
            client.orders().place_order(&PlaceOrder {
                product: product.to_owned(),
            })
        };
        assert!(order("widget").is_ok_and(|confirmed| !confirmed.order_id.is_empty()));
        assert_eq!(order("gadget"), Err(CallError::Contract(OrderError::OutOfStock)));
        let unknown = OrderError::ProductNotFound("unicorn".to_owned());
        assert_eq!(order("unicorn"), Err(CallError::Contract(unknown)));

        client.kv_store().set_value("name", "Ada").expect("it replies");
        assert_eq!(
            client.kv_store().get_value("name").map(|reply| reply.value),
            Ok(Some("Ada".to_owned()))
        );

        client.agent().notify("hello", "are you there?").expect("it is sent");
        assert_eq!(client.agent().query_status(), Ok(OnlineStatus::Online));

        let items = client.list_service().list(&ListRequest { page_size: 10 });
        assert!(items.map(|item| item.expect("a page of at least 1").id).eq(1..=25));
        let refused: Vec<_> = client.list_service().list(&ListRequest { page_size: 0 }).collect();
        assert_eq!(refused, [Err(CallError::Contract(ListError::EmptyPages))]);
        let ticks = client.countdown().countdown(3, 5);
        assert!(ticks.map(|tick| tick.expect("it counts").value).eq([3, 2, 1]));
        let first = client.countdown().countdown(u32::MAX, 1).next().expect("an item");
        assert_eq!(first.map(|tick| tick.value), Ok(u32::MAX));

        let updates = client.price_feed().subscribe_price_update().expect("it is confirmed");
        for update in updates.take(3) {
            let update = update.expect("it fits").event();
            assert!(update.expect("nothing is lost").price > 0.0);
        }
        let mut trades = client.price_feed().subscribe_trade_executed().expect("it is confirmed");
        for _ in 0..3 {
            let trade = trades.next().expect("a notice").expect("it fits").event();
            assert!(trade.expect("nothing is lost").quantity > 0);
        }
        drop((client, trades));
        service.stop();
    }
}

#[test]
fn threads_share_a_client() {
    let service = Service::showcase();
    for codec in CODECS {
        let client = Client::connect_with(service.socket(), options(codec)).expect("it listens");
        thread::scope(|scope| {
            for thread in 0..4 {
                let client = &client;
                scope.spawn(move || {
                    for number in 0..100 {
                        let sum = client.calculator().add(thread, number).map(|result| result.sum);
                        assert_eq!(sum, Ok(thread + number));
                    }
                });
            }
        });
    }
    service.stop();
}
