//! The client for programs without async.

use showcase_client::{
    CallError, Code, ListRequest, MathError, OnlineStatus, OrderError, PlaceOrder, blocking::Client,
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

        let gadget = PlaceOrder {
            product: "gadget".to_owned(),
        };
        assert_eq!(
            client.orders().place_order(&gadget),
            Err(CallError::Contract(OrderError::OutOfStock))
        );

        client.kv_store().set_value("name", "Ada").expect("it replies");
        assert_eq!(
            client.kv_store().get_value("name").map(|reply| reply.value),
            Ok(Some("Ada".to_owned()))
        );

        client.agent().notify("hello", "are you there?").expect("it is sent");
        assert_eq!(client.agent().query_status(), Ok(OnlineStatus::Online));

        let items = client.list_service().list(&ListRequest { page_size: 10 });
        assert!(items.map(|item| item.expect("a page of at least 1").id).eq(1..=25));
        let first = client.countdown().countdown(u32::MAX, 1).next().expect("an item");
        assert_eq!(first.map(|tick| tick.value), Ok(u32::MAX));

        let updates = client.price_feed().subscribe_price_update().expect("it is confirmed");
        let updates: Vec<_> = updates.take(3).collect();
        assert!(
            updates
                .iter()
                .all(|update| update.as_ref().is_ok_and(|update| update.price > 0.0))
        );
        drop(client);
        service.stop();
    }
}
