//! HTTP services whose state is actors. Feature `axum`.
//!
//! A [`ServiceBuilder`] takes [extensions](crate::ActorExtension) and the routes of an axum router; the [`Service`] it builds
//! starts the one and serves the other, and both end together. Handlers find the actors by their types: through
//! [`AppState`], or as arguments, by [`Actor`] and [`MailboxOf`].
//!
//! ```no_run
//! use axum::{Router, extract::Path, routing::get};
//! use callsheet::{
//!     ActorBuilder, ActorExtension, Configured, On,
//!     http::{Actor, AppState, HttpFailure, ServiceBuilder},
//! };
//!
//! #[derive(Default)]
//! struct HitCounter(u64);
//!
//! struct Hit;
//!
//! impl On<Hit> for HitCounter {
//!     type Reply = u64;
//!
//!     async fn on(&mut self, _: Hit) -> u64 {
//!         self.0 += 1;
//!         self.0
//!     }
//! }
//!
//! impl ActorExtension for HitCounter {
//!     fn configure(actor: ActorBuilder<Self>) -> impl Configured<Self> {
//!         actor.on::<Hit>()
//!     }
//! }
//!
//! async fn hit(Actor(counter): Actor<HitCounter>) -> Result<String, HttpFailure> {
//!     Ok(format!("you are visitor {}\n", counter.ask(Hit).await?))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), callsheet::http::ServeError> {
//! let routes: Router<AppState> = Router::new().route("/", get(hit));
//! ServiceBuilder::new().with_actor::<HitCounter>().with_routes(routes).build().serve().await?;
//! # Ok(()) }
//! ```

mod failure;
mod service;
mod state;

pub use failure::HttpFailure;
pub use service::{Listening, ServeError, Service, ServiceBuilder};
pub use state::{Actor, AppState, MailboxOf, NotRegistered};
