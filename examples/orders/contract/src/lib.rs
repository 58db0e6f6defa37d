//! A reply or a typed error: the contract of a shop.

use callsheet::{actor_contract, contract_type};

/// Orders one piece of a product.
///
/// It is a message type of its own, so that an order can be made here and placed there.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceOrder {
    /// The product's name.
    pub product: String,
}

/// The order was taken.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderConfirmed {
    /// What to ask for it by; no two orders have the same.
    pub order_id: String,
}

/// Why an order was not taken.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// The shop has never sold a product of this name.
    #[error("there is no product `{0}`")]
    ProductNotFound(String),
    /// The shop sells it, and has none left.
    #[error("the product is out of stock")]
    OutOfStock,
}

/// Takes orders.
#[actor_contract(namespace = "demo")]
pub trait Orders {
    /// Places an order.
    async fn place_order(&mut self, #[message] order: PlaceOrder) -> Result<OrderConfirmed, OrderError>;
}
