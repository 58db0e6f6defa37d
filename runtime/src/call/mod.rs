//! A call: from the moment a proxy's method is called to the moment its caller has the reply.

mod arriving;
mod ask;
mod blocking;
mod chain;
mod continuing;
mod deferring;
mod ending;
mod failing;
mod outgoing;
mod pending;
mod pool;
mod port;
mod reply;
mod returns;
mod slot;
mod streamed;
mod tell;
mod while_awaited;

pub use ask::{Ask, AskFuture};
pub use outgoing::{Arguments, Outgoing};
pub use pool::UnusedSlots;
pub use port::WireReply;
pub use reply::Reply;
pub(crate) use returns::Plainly;
pub use returns::{Outcome, Returns};
pub use streamed::StreamCall;
pub use tell::{Sends, Tell};
pub use while_awaited::while_awaited;

pub(crate) use arriving::{Arrived, Arriving, Inbox, Source};
pub(crate) use failing::{closed, handler_lost, late_for_first_item, late_in_queue, late_running};
pub(crate) use port::{Body, EncodedStream, Form, Outlet, Port, Step};

pub(crate) use chain::{Link, Standing, Turn};
pub(crate) use ending::{Ending, ending};

use std::{collections::BTreeMap, sync::Arc};

// What the code of `slot` finds beside it; `thread_models` puts loom's there.
use crate::sync;

use crate::clock::Deadline;

/// What every queued call carries beside its message.
#[derive(Debug)]
pub(crate) struct CallHeader {
    /// When nobody waits for the call any more.
    pub(crate) deadline: Deadline,
    /// What few calls carry, so that the others are two words.
    pub(crate) more: Option<Box<More>>,
}

/// What few calls carry.
#[derive(Debug)]
pub(crate) struct More {
    /// Which turn awaits the call, if one does.
    pub(crate) link: Option<Arc<Link>>,
    /// What the caller sent along.
    pub(crate) meta: Option<Metadata>,
}

/// What a caller sends along with a call, for whoever handles it.
pub(crate) type Metadata = Arc<BTreeMap<String, String>>;

impl CallHeader {
    /// That of what nobody waits for.
    pub(crate) const NONE: CallHeader = CallHeader::until(Deadline::NONE);

    /// That of a call from outside of all actors.
    pub(crate) const fn until(deadline: Deadline) -> Self {
        CallHeader { deadline, more: None }
    }

    pub(crate) fn new(deadline: Deadline, link: Option<Arc<Link>>, meta: Option<Metadata>) -> Self {
        let more = (link.is_some() || meta.is_some()).then(|| Box::new(More { link, meta }));
        CallHeader { deadline, more }
    }
}
