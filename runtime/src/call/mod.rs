//! A call: from the moment a proxy's method is called to the moment its caller has the reply.

mod ask;
mod deferring;
mod failing;
mod pending;
mod port;
mod reply;
mod returns;
mod slot;
mod streamed;
mod tell;

pub use ask::{Ask, AskFuture};
pub use port::WireReply;
pub use reply::Reply;
pub use returns::{Outcome, Returns};
pub use slot::UnusedSlots;
pub use streamed::StreamCall;
pub use tell::{Sends, Tell};

pub(crate) use failing::{closed, handler_lost, late_for_first_item, late_in_queue, late_running};
pub(crate) use port::{Body, EncodedStream, Form, Outlet, Port, Step};

use crate::clock::Deadline;

/// What every queued call carries beside its message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallHeader {
    /// When nobody waits for the call any more.
    pub(crate) deadline: Deadline,
}
