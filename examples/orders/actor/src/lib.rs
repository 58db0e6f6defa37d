//! A reply or a typed error: an actor that takes orders.

use std::collections::HashMap;

use orders_contract::{OrderConfirmed, OrderError, Orders, PlaceOrder};

/// A shop with a few products.
#[derive(Clone, Debug)]
pub struct Shop {
    /// By name: whether there is any left.
    products: HashMap<&'static str, bool>,
    confirmed: u64,
}

impl Default for Shop {
    /// `widget` is in stock, `gadget` is not.
    fn default() -> Self {
        Shop {
            products: HashMap::from([("widget", true), ("gadget", false)]),
            confirmed: 0,
        }
    }
}

impl Orders for Shop {
    async fn place_order(&mut self, order: PlaceOrder) -> Result<OrderConfirmed, OrderError> {
        match self.products.get(order.product.as_str()) {
            None => Err(OrderError::ProductNotFound(order.product)),
            Some(false) => Err(OrderError::OutOfStock),
            Some(true) => {
                self.confirmed += 1;
                Ok(OrderConfirmed {
                    order_id: format!("order-{}", self.confirmed),
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use callsheet::{CallError, Runtime};

    use super::*;

    fn order(product: &str) -> PlaceOrder {
        PlaceOrder {
            product: product.into(),
        }
    }

    #[tokio::test]
    async fn a_plain_value_takes_orders() {
        let mut shop = Shop::default();
        let first = shop.place_order(order("widget")).await.expect("in stock");
        let second = shop.place_order(order("widget")).await.expect("in stock");
        assert_ne!(first, second);
        assert_eq!(shop.place_order(order("gadget")).await, Err(OrderError::OutOfStock));
        let unknown = shop.place_order(order("sprocket")).await;
        assert_eq!(unknown, Err(OrderError::ProductNotFound("sprocket".into())));
    }

    #[tokio::test]
    async fn a_mailbox_takes_orders() {
        let runtime = Runtime::launch().expect("inside tokio");
        let actor = runtime.actor("orders", Shop::default).serves(Orders);
        actor.start().await.expect("the name is free");

        let shop = Orders.at("orders");
        let confirmed = shop.place_order(order("widget")).await.expect("in stock");
        assert_eq!(confirmed.order_id, "order-1");
        let refused = shop.place_order(order("gadget")).await;
        assert_eq!(refused, Err(CallError::Contract(OrderError::OutOfStock)));
    }
}
