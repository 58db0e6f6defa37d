//! Pumping a stream of replies into a connection.

use std::{
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
};

use callsheet_wire::{Code, Delivered, Dialect, EncodeError, Failure};

use super::{
    in_flight::Phase,
    link::{Link, Wakes},
};
use crate::{
    call::{EncodedStream, Step},
    clock::Deadline,
    contained::{self, Panicked},
    listener::stats::Ending,
    transport::crossing,
};

/// What came of polling a stream once.
enum Polled {
    Step(Step),
    Unfit(EncodeError),
    Panicked,
}

/// Polls the stream to its end, or until its call has ended otherwise: it was cancelled, or the connection is lost.
///
/// A task of its own keeps a stream's work and its panics away from the connection and from the actor.
pub(super) async fn pump(link: Arc<Link>, ticket: u64, mut stream: Box<dyn EncodedStream>) {
    let Some((name, dialect)) = link.open_stream(ticket) else {
        return;
    };
    let mut frame = Vec::new();
    let mut sequence = 0;
    loop {
        let polled = poll_fn(|cx| {
            if let Err(gone) = ready!(link.poll_turn(ticket, cx)) {
                return Poll::Ready(Err(gone));
            }
            let write = || stream.poll_write(cx, &mut frame, dialect, &name, sequence);
            Poll::Ready(Ok(match crossing(&link.crossing, || contained::outcome(write)) {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(Ok(step))) => Polled::Step(step),
                Ok(Poll::Ready(Err(error))) => Polled::Unfit(error),
                Err(Panicked) => Polled::Panicked,
            }))
        })
        .await;
        let failure = match polled {
            Err(Gone) => return,
            Ok(Polled::Panicked) => {
                Failure::new(Code::ActorFailed, "the stream of replies panicked").with_delivered(Delivered::Yes)
            }
            Ok(Polled::Unfit(error)) => Failure::from(error).with_delivered(Delivered::Yes),
            Ok(Polled::Step(step)) => match (link.unfit(&frame), step) {
                (Some(failure), _) => failure,
                (None, Step::End) => return link.end_stream(ticket, Ending::Succeeded, &frame),
                (None, Step::Declared) => return link.end_stream(ticket, Ending::Declared, &frame),
                (None, Step::Item) => {
                    sequence += 1;
                    if link.put_item(ticket, &frame, sequence).is_err() {
                        return;
                    }
                    frame.clear();
                    // A stream that is always ready must not keep its thread from everyone else.
                    tokio::task::consume_budget().await;
                    continue;
                }
            },
        };
        return link.end_failed(ticket, &failure);
    }
}

/// The call has ended: nobody waits for more.
#[derive(Clone, Copy, Debug)]
struct Gone;

impl Link {
    /// The name and the dialect of the stream with this ticket, whose handler has given it.
    fn open_stream(&self, ticket: u64) -> Option<(String, Dialect)> {
        let mut state = self.lock();
        let call = state.in_flight.get_mut(ticket)?;
        call.phase = Phase::Streaming;
        Some((call.id.clone(), call.dialect))
    }

    /// Whether the stream may be polled for its next item; not any more, once its call has ended.
    fn poll_turn(&self, ticket: u64, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        let mut guard = self.lock();
        let state = &mut *guard;
        let Some(call) = state.in_flight.get_mut(ticket) else {
            return Poll::Ready(Err(Gone));
        };
        if !call.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            call.waker = Some(cx.waker().clone());
        }
        // Whoever gives credit wakes it.
        if call.credit == Some(0) {
            return Poll::Pending;
        }
        if !state.outbound.is_in_turn(call.slot, cx) {
            return Poll::Pending;
        }
        if state.outbound.is_full() {
            call.wants_room = true;
            state.wants_room = true;
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }

    /// Says an item of a stream, after which the stream has written `sequence` items.
    fn put_item(&self, ticket: u64, frame: &[u8], sequence: u64) -> Result<(), Gone> {
        let mut guard = self.lock();
        let state = &mut *guard;
        let call = state.in_flight.get_mut(ticket).ok_or(Gone)?;
        call.sequence = sequence;
        call.credit = call.credit.map(|items| items.saturating_sub(1));
        // It was for the wait for the first item alone.
        call.deadline = Deadline::NONE;
        state.outbound.append(frame);
        let wakes = Wakes {
            task: state.outbound.wakes_task(),
            next_in_order: None,
        };
        drop(guard);
        self.wake(wakes);
        Ok(())
    }

    /// Lets a stream send `items` more. One that was asked for without credit sends all it has anyway.
    pub(super) fn credit(&self, stream: &str, items: u64) {
        let waiting = {
            let mut state = self.lock();
            let ticket = state.in_flight.find(stream);
            let call = ticket.and_then(|ticket| state.in_flight.get_mut(ticket));
            call.and_then(|call| {
                let credit = call.credit.as_mut()?;
                *credit = credit.saturating_add(items);
                // That of what pumps the stream, if it has begun; a suspended handler is polled once for nothing.
                call.waker.clone()
            })
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Ends a stream with its final frame.
    fn end_stream(&self, ticket: u64, ending: Ending, frame: &[u8]) {
        let ended = self.lock().end(ticket);
        if let Some(ended) = ended {
            self.finish(ended, ending, frame);
        }
    }
}
