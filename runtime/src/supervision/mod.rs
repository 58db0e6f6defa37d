//! What becomes of actors that end: restarts, the siblings they take with them, and who is told.
//!
//! A [`supervisor`]'s [`task`] knows its actors by their [`control`]s, counts their restarts in a [`window`], and does
//! what its [`policy`] says. The actors of a runtime have one, and so have the children of each actor that has any.

mod control;
mod event;
mod policy;
mod supervisor;
mod task;
mod window;

pub(crate) use control::{Control, End, Phase};
pub use event::{ActorEvent, Happening};
pub use policy::{Backoff, RestartPolicy, Strategy, Supervision};
pub(crate) use supervisor::{Child, Parent, Supervisor, Will};

// What the code of `control` finds beside it; `thread_models` puts loom's there.
use crate::sync;
