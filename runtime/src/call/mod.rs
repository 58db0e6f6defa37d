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

pub(crate) use arriving::{Arrived, Arriving, Inbox, Room, Source};
pub(crate) use failing::{closed, handler_lost, late_for_first_item, late_in_queue, late_running};
pub(crate) use port::{Body, EncodedStream, Form, Outlet, Port, Step};

pub(crate) use chain::{Link, Standing, Turn};
pub(crate) use ending::{Ending, ending};

use std::{collections::BTreeMap, sync::Arc};

// What the code of `slot` finds beside it; `thread_models` puts loom's there.
use crate::sync;

use crate::{clock::Deadline, peer::Peer};

/// What every queued call carries beside its message.
#[derive(Debug)]
pub(crate) struct CallHeader {
    /// When nobody waits for the call any more.
    pub(crate) deadline: Deadline,
    /// What few calls carry, so that the others are two words.
    /// What is the same for all calls of a connection is shared by them.
    pub(crate) more: Option<Arc<More>>,
}

/// What few calls carry.
#[derive(Clone, Debug)]
pub(crate) struct More {
    /// Which turn awaits the call, if one does.
    pub(crate) link: Option<Arc<Link>>,
    /// What the caller sent along.
    pub(crate) meta: Option<Metadata>,
    /// Who called, from outside the process.
    pub(crate) peer: Option<Peer>,
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
        let peer = None;
        let more = (link.is_some() || meta.is_some()).then(|| Arc::new(More { link, meta, peer }));
        CallHeader { deadline, more }
    }

    /// That of a call which came over a connection.
    pub(crate) fn from_outside(
        deadline: Deadline,
        origin: &Origin,
        link: Option<Arc<Link>>,
        meta: Option<Metadata>,
    ) -> Self {
        let more = match (link, meta) {
            (None, None) => Arc::clone(&origin.0),
            (link, meta) => Arc::new(More {
                link,
                meta,
                peer: origin.peer(),
            }),
        };
        CallHeader {
            deadline,
            more: Some(more),
        }
    }
}

/// Where calls come from that came over one connection, kept once for all of them.
#[derive(Clone, Debug)]
pub(crate) struct Origin(Arc<More>);

impl Origin {
    pub(crate) fn new(peer: Peer) -> Self {
        Origin(Arc::new(More {
            link: None,
            meta: None,
            peer: Some(peer),
        }))
    }

    pub(crate) fn peer(&self) -> Option<Peer> {
        self.0.peer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_one_connection_share_what_says_where_they_come_from() {
        let origin = Origin::new(Peer::new(1, 2).with_pid(3));
        let header = |meta| {
            CallHeader::from_outside(Deadline::NONE, &origin, None, meta)
                .more
                .expect("it has a peer")
        };
        let (one, other) = (header(None), header(None));
        assert!(Arc::ptr_eq(&one, &other), "no call has an allocation of its own");
        let with_meta = header(Some(Metadata::default()));
        assert!(with_meta.meta.is_some());
        for more in [one, with_meta] {
            assert_eq!(more.peer, origin.peer());
            assert!(more.link.is_none());
        }
        assert_eq!(size_of::<CallHeader>(), 2 * size_of::<usize>());
    }
}
