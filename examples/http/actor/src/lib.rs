//! HTTP served from actors: the state of the service is three of them, and its handlers hold nothing.

mod actors;
mod routes;

pub use actors::{Analytics, Cache, PriceList};
use callsheet::http::ServiceBuilder;

/// The service, which listens on `127.0.0.1:8080` unless it is told otherwise.
pub fn service() -> ServiceBuilder {
    ServiceBuilder::new()
        .with_actor::<Cache>()
        .with_actor::<Analytics>()
        .with_actor::<PriceList>()
        .with_routes(routes::routes())
}
