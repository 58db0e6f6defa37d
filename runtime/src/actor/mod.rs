//! Actors: a state, its queue, and the loop that runs one on the other.
//!
//! A [`builder`] makes an actor, whose [`life`] is one state after the other; on each, the [`run`] loop takes messages from
//! the [`queue`] and has them [`dispatch`]ed. What everyone knows of an actor is its [`core`].

mod admitted;
mod books;
mod bounded;
mod builder;
mod core;
mod dispatch;
mod events;
mod fate;
mod handle;
mod hooks;
mod life;
mod plain;
mod queue;
mod readers;
mod run;
mod set;

pub(crate) use self::core::Core;
pub use books::Books;
pub use builder::{ActorBuilder, StartError};
pub use dispatch::{Dispatch, Mode, SharedMethod, SharedTurn};
pub use events::OnEvent;
pub use handle::ActorHandle;
pub use hooks::{Actor, HookError};
pub(crate) use plain::{Access, PlainCall, short_name};
pub use plain::{Exclusively, Handles, On, OnShared, Shared};
pub(crate) use queue::{Closed, QueueSender, Refused, Rejected, Sending, Sink};
pub(crate) use set::ContractSet;
pub use set::{Cons, Single};

// What the code of `admitted` and `fate` finds beside it; `thread_models` puts loom's there.
use crate::sync;
