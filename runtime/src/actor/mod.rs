//! Actors: a state, its queue, and the loop that runs one on the other.

mod builder;
mod dispatch;
mod handle;
mod id;
mod queue;
mod readers;
mod run;
mod set;

pub use builder::{ActorBuilder, StartError};
pub use dispatch::{Dispatch, SharedMethod, SharedTurn};
pub use handle::ActorHandle;
pub use id::ActorId;
pub use queue::{Refused, Rejected, Sending, Sink};
