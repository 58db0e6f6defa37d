//! A call under way: from the first poll, through the queue, to what the method returned.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use callsheet_schema::Kind;
use callsheet_wire::Failure;
use tokio::time::{Instant, Sleep};

use super::{
    CallHeader, Link, Metadata, Reply, Standing,
    pool::{self, SlotOf},
    returns::{Outcome, Returns},
};
use crate::{
    actor::Sending,
    ambient::{self, Caller},
    clock::{Clock, Deadline},
    contract::{Message, MessageOf},
    layer::{Last, Passed, Passing},
    mailbox::{Address, Put},
};

/// A call under way. Dropping it tells the handler that nobody waits any more.
pub(super) struct Pending<M: Message> {
    state: State<M>,
    /// How the turn that awaits it is known to the turns it leads to.
    link: Option<Arc<Link>>,
}

/// How a call is made, beside its message.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    pub(super) timeout: Option<Duration>,
    pub(super) meta: Option<Metadata>,
    pub(super) part: Part,
}

/// What a call has to do with the turn that makes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Part {
    /// It belongs to it: the turn waits for it, and it ends by the turn's deadline.
    #[default]
    Of,
    /// The turn does not wait for it alone.
    Detached,
    /// It goes on without it.
    Apart,
}

enum State<M: Message> {
    /// The queue is full: the message waits for room, and its slot for the deadline.
    Enqueueing {
        sending: Sending,
        slot: Arc<SlotOf<M>>,
    },
    Waiting {
        slot: Arc<SlotOf<M>>,
    },
    /// The layers see to it, and the reply is where it would be without them.
    Layered {
        passing: Passing<'static>,
        slot: Arc<SlotOf<M>>,
        limit: Limit,
    },
    Failed(Failure),
    Ended,
}

/// How long layers may take when the call itself has ended, which then has no deadline any more.
enum Limit {
    At(Arc<Clock>, Deadline),
    Until(Pin<Box<Sleep>>),
}

/// Nothing is ever pinned in place: the only future inside has a box of its own.
impl<M: Message> Unpin for Pending<M> {}

impl<M: Message> Pending<M> {
    /// Starts the call: its message is in the queue afterwards, if there is room.
    #[inline]
    pub(super) fn start(address: &Address<MessageOf<M::Contract>>, message: M, options: Options) -> Self {
        let caller = match options.part {
            Part::Of | Part::Detached => ambient::caller(),
            Part::Apart => None,
        };
        let link = match &caller {
            Some(caller) if options.part == Part::Of => Some(Link::new(Arc::clone(&caller.turn))),
            _ => None,
        };
        let state = match Self::enqueue(address, message, options, caller, link.clone()) {
            Ok(state) => state,
            Err(failure) => State::Failed(failure),
        };
        Pending { state, link }
    }

    fn enqueue(
        address: &Address<MessageOf<M::Contract>>,
        message: M,
        options: Options,
        caller: Option<Caller>,
        link: Option<Arc<Link>>,
    ) -> Result<State<M>, Failure> {
        let target = address.resolve()?;
        let mut deadline = target.deadline(options.timeout.or(M::TIMEOUT));
        if let Some(Caller {
            deadline: Some((clock, outer)),
            ..
        }) = &caller
        {
            deadline = target.clock().sooner(deadline, clock, *outer);
        }
        let caller = caller.filter(|_| link.is_some());
        if let Some(caller) = &caller
            && caller.turn.standing(target.sink().number(), M::EXCLUSIVE) == Standing::Deadlock
        {
            return Err(caller.turn.deadlock(address.id()));
        }
        let slot = pool::take::<M>(deadline);
        target.clock().touch();
        let queued = message.into_queued(Reply::to_slot(Arc::clone(&slot)));
        if !target.layers().is_empty() {
            let info = address.info(&queued, options.meta);
            let (address, watched) = (address.clone(), Arc::clone(&slot));
            let last: Last = Box::new(move |call| {
                Box::pin(async move {
                    let header = CallHeader::new(deadline, link, call.into_meta());
                    if let Put::Waits(sending) = address.put(caller.as_ref(), M::EXCLUSIVE, header, queued)? {
                        // A queue that was closed drops the message, whose reply then says so through the slot.
                        let _ = sending.await;
                    }
                    poll_fn(|cx| watched.poll_watched(cx, passed::<M>)).await
                })
            });
            let passing = Box::pin(target.layers().clone().run(info, last));
            let limit = Limit::At(Arc::clone(target.clock()), deadline);
            return Ok(State::Layered { passing, slot, limit });
        }
        let header = CallHeader::new(deadline, link, options.meta);
        match address.put(caller.as_ref(), M::EXCLUSIVE, header, queued) {
            Ok(Put::Done) => Ok(State::Waiting { slot }),
            Ok(Put::Waits(sending)) => Ok(State::Enqueueing { sending, slot }),
            Err(failure) => {
                slot.abandon();
                Err(failure)
            }
        }
    }

    /// Nobody awaits the call any more.
    fn release(&mut self) {
        if let Some(link) = self.link.take() {
            link.release();
        }
    }
}

impl Limit {
    /// Ready when it is over.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Limit::At(clock, deadline) = self {
            let left = clock
                .instant(*deadline)
                .map(|at| at.saturating_duration_since(Instant::now()));
            *self = Limit::Until(Box::pin(clock.sleep(left.unwrap_or_default())));
        }
        match self {
            Limit::Until(sleep) => sleep.as_mut().poll(cx),
            Limit::At(..) => Poll::Ready(()),
        }
    }
}

/// How a call ended with `outcome`, as a layer sees it.
fn passed<M: Message>(outcome: &Outcome<M::Returns>) -> Passed {
    match outcome {
        Ok(_) if M::Returns::KIND == Kind::Stream => Passed::Opened,
        Ok(_) => Passed::Replied,
        Err(_) => Passed::Declared,
    }
}

impl<M: Message> Future for Pending<M> {
    type Output = Result<Outcome<M::Returns>, Failure>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let State::Enqueueing { sending, slot } = &mut self.state {
            if let Poll::Ready((outcome, _)) = slot.poll_outcome(cx) {
                self.state = State::Ended;
                self.release();
                return Poll::Ready(outcome);
            }
            // A queue that was closed drops the message, whose reply then says so through the slot.
            let _ = ready!(Pin::new(sending).poll(cx));
            let slot = Arc::clone(slot);
            self.state = State::Waiting { slot };
        }
        if let State::Layered { passing, slot, limit } = &mut self.state {
            let passed = match passing.as_mut().poll(cx) {
                Poll::Ready(passed) => passed.map(drop),
                // A layer may take its time, but not more than the call has.
                Poll::Pending => {
                    if !ready!(slot.poll_late(cx)) {
                        ready!(limit.poll(cx));
                    }
                    Ok(())
                }
            };
            if let Err(failure) = passed {
                slot.abandon();
                self.state = State::Ended;
                self.release();
                return Poll::Ready(Err(failure));
            }
            let slot = Arc::clone(slot);
            self.state = State::Waiting { slot };
        }
        let State::Waiting { slot } = &self.state else {
            return match std::mem::replace(&mut self.state, State::Ended) {
                State::Failed(failure) => Poll::Ready(Err(failure)),
                _ => Poll::Pending,
            };
        };
        let (outcome, reusable) = ready!(slot.poll_outcome(cx));
        if let State::Waiting { slot } = std::mem::replace(&mut self.state, State::Ended)
            && reusable
        {
            pool::give_back::<M>(slot);
        }
        self.release();
        Poll::Ready(outcome)
    }
}

impl<M: Message> Drop for Pending<M> {
    fn drop(&mut self) {
        if let State::Enqueueing { slot, .. } | State::Waiting { slot } | State::Layered { slot, .. } = &self.state {
            slot.abandon();
        }
        self.release();
    }
}
