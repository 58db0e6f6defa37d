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
pub use dispatch::{Dispatch, Mode, SharedMethod, SharedTurn};
pub use handle::ActorHandle;
pub use id::ActorId;
pub(crate) use queue::{Refused, Rejected, Sending, Sink};
pub(crate) use set::ContractSet;
pub use set::{Cons, Single};
