//! A call under way: from the first poll, through the queue, to what the method returned.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use callsheet_wire::Failure;

use super::{
    CallHeader, Reply,
    returns::Outcome,
    slot::{self, SlotOf},
};
use crate::{
    actor::{Rejected, Sending},
    contract::{Message, MessageOf},
    mailbox::Address,
};

/// A call under way. Dropping it tells the handler that nobody waits any more.
pub(super) struct Pending<M: Message> {
    state: State<M>,
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
    Failed(Failure),
    Ended,
}

/// Nothing is ever pinned in place: the only future inside has a box of its own.
impl<M: Message> Unpin for Pending<M> {}

impl<M: Message> Pending<M> {
    /// Starts the call: its message is in the queue afterwards, if there is room.
    #[inline]
    pub(super) fn start(address: &Address<MessageOf<M::Contract>>, message: M, timeout: Option<Duration>) -> Self {
        let state = match Self::enqueue(address, message, timeout) {
            Ok(state) => state,
            Err(failure) => State::Failed(failure),
        };
        Pending { state }
    }

    fn enqueue(
        address: &Address<MessageOf<M::Contract>>,
        message: M,
        timeout: Option<Duration>,
    ) -> Result<State<M>, Failure> {
        let mut target = address.resolve()?;
        let deadline = target.deadline(timeout);
        let header = CallHeader { deadline };
        let slot = slot::take::<M>(deadline);
        target.clock().touch();
        let mut message = message.into_queued(Reply::to_slot(Arc::clone(&slot)));
        loop {
            message = match target.sink().try_send(header, message) {
                Ok(()) => return Ok(State::Waiting { slot }),
                Err(Rejected::Full(message)) => {
                    let sending = target.sink().send(header, message);
                    return Ok(State::Enqueueing { sending, slot });
                }
                Err(Rejected::Closed(message)) => message,
            };
            // The actor that was cached has stopped; another one may have its name by now.
            match address.resolve_again(&target) {
                Ok(other) => target = other,
                Err(failure) => {
                    slot.abandon();
                    return Err(failure);
                }
            }
        }
    }
}

impl<M: Message> Future for Pending<M> {
    type Output = Result<Outcome<M::Returns>, Failure>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let State::Enqueueing { sending, slot } = &mut self.state {
            if let Poll::Ready((outcome, _)) = slot.poll_outcome(cx) {
                self.state = State::Ended;
                return Poll::Ready(outcome);
            }
            // A queue that was closed drops the message, whose reply then says so through the slot.
            let _ = ready!(sending.as_mut().poll(cx));
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
            slot::give_back::<M>(slot);
        }
        Poll::Ready(outcome)
    }
}

impl<M: Message> Drop for Pending<M> {
    fn drop(&mut self) {
        if let State::Enqueueing { slot, .. } | State::Waiting { slot } = &self.state {
            slot.abandon();
        }
    }
}
