//! Calls of actors outside the process, and mailboxes that travel.
//!
//! | step | where |
//! | -- | -- |
//! | a mailbox whose actor is outside has a queue that is a way there | [`sink`] |
//! | the way is a connection, which takes calls and hands their replies back | [`Route`] |
//! | who waits for a call is told along the way, and known when it comes back | [`exports`] |
//! | a mailbox in a payload becomes a contract, an id and a route, and the other way round | [`crossing`] |

mod crossing;
pub(crate) mod exports;
mod sink;

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Context,
    time::Duration,
};

use callsheet_wire::{Codec, Encode, EncodeError, Failure};
use tokio::{sync::oneshot, time::Instant};

pub(crate) use crossing::{Border, Crossing, Side, crossing};
pub(crate) use sink::{RemoteSink, set_off};

use crate::{
    call::{Arguments, Link, Metadata, Outgoing},
    clock::{Clock, Deadline},
    contained,
    id::ActorId,
};

/// A way to actors outside the process.
pub(crate) trait Route: Send + Sync {
    /// Whether a call may be started now.
    fn state(&self) -> RouteState;

    /// Ready when that may have changed.
    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send>>;

    /// Takes a call, and sees to it that it ends.
    fn start(&self, call: RemoteCall);

    /// What it is called here, if it has a name.
    fn name(&self) -> Option<&str>;

    /// Whether its calls go over this connection.
    fn leads_over(&self, connection: &dyn Route) -> bool;

    /// Takes no more calls.
    fn end(&self);
}

/// Whether both are one connection.
pub(crate) fn is_same(one: &dyn Route, other: &dyn Route) -> bool {
    std::ptr::addr_eq(one, other)
}

/// Whether a route takes calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RouteState {
    Open,
    /// Not now: too much is on its way, or the connection is being made.
    Waiting,
    /// Never again, and why.
    Ended(Failure),
}

/// A call of an actor outside the process.
pub(crate) struct RemoteCall {
    /// What the actor is called there.
    pub(crate) target: ActorId,
    /// The full name of the contract.
    pub(crate) contract: &'static str,
    /// The short name of the message.
    pub(crate) message: &'static str,
    pub(crate) until: Option<(Arc<Clock>, Deadline)>,
    pub(crate) meta: Option<Metadata>,
    /// Which turn awaits it.
    pub(crate) link: Option<Arc<Link>>,
    pub(crate) outgoing: Outgoing,
    /// Who is told that a message without a reply is in the queue there.
    pub(crate) enqueued: Option<Receipt>,
    /// How often its actor was busy.
    pub(crate) tries: u32,
}

/// Whoever waits to hear that a message is in its actor's queue.
pub(crate) struct Receipt {
    arrived: oneshot::Sender<Result<(), Failure>>,
    /// Whether it may be there already.
    left: Arc<AtomicBool>,
}

impl Receipt {
    /// Says that it is there, or why it is not.
    pub(crate) fn tell(self, outcome: Result<(), Failure>) {
        // Whoever sent it may have gone.
        let _ = self.arrived.send(outcome);
    }
}

impl RemoteCall {
    /// The full name of the message's type.
    pub(crate) fn message_type(&self) -> String {
        format!("{}.{}", self.contract, self.message)
    }

    /// How long its caller still waits.
    pub(crate) fn time_left(&self) -> Option<Duration> {
        let (clock, deadline) = self.until.as_ref()?;
        let at = clock.instant(*deadline)?;
        Some(at.saturating_duration_since(Instant::now()))
    }

    /// Whether nobody waits for it any more; else the task of `cx` is told when that is so.
    pub(crate) fn is_abandoned(&mut self, cx: &mut Context<'_>) -> bool {
        match (&mut self.enqueued, &self.outgoing.reply) {
            (Some(receipt), _) => receipt.arrived.poll_closed(cx).is_ready(),
            (None, Some(reply)) => reply.poll_abandoned(cx).is_ready(),
            (None, None) => false,
        }
    }

    /// Takes note that it is about to leave: whoever gives up waiting is told from now on that it may have been delivered.
    /// `false` if nobody waits for it any more.
    pub(crate) fn leaves(&mut self) -> bool {
        match (&self.enqueued, &mut self.outgoing.reply) {
            (Some(receipt), _) => {
                receipt.left.store(true, Ordering::Release);
                !receipt.arrived.is_closed()
            }
            (None, Some(reply)) => reply.leaves(),
            (None, None) => true,
        }
    }

    /// Takes note that it has not left, or was refused before it was run.
    pub(crate) fn put_back(&mut self) {
        match (&self.enqueued, &mut self.outgoing.reply) {
            (Some(receipt), _) => receipt.left.store(false, Ordering::Release),
            (None, Some(reply)) => reply.put_back(),
            (None, None) => {}
        }
    }

    /// Ends the call.
    pub(crate) fn fail(self, failure: Failure) {
        if let Some(receipt) = self.enqueued {
            receipt.tell(Err(failure));
        } else if let Some(reply) = self.outgoing.reply {
            reply.fail(failure);
        }
        // They are the user's, and what they do when they are dropped.
        contained::discard(self.outgoing.arguments);
    }

    /// For how long it waits until it is tried again at an actor that is busy.
    pub(crate) fn rest(&self) -> Duration {
        const FIRST: Duration = Duration::from_millis(2);
        const LONGEST: Duration = Duration::from_millis(200);
        let doubled = FIRST.saturating_mul(1 << self.tries.min(10)).min(LONGEST);
        // So that those who were refused together do not come back together.
        doubled.mul_f64(0.5 + fastrand::f64() / 2.0)
    }
}

/// Arguments, as the wire writes them.
pub(crate) struct Written<'a>(pub(crate) &'a dyn Arguments);

impl Encode for Written<'_> {
    fn encode(&self, codec: Codec, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.0.encode(codec, out)
    }
}
