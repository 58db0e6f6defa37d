//! The calls that have been sent and not ended, by their ids.

use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasherDefault, Hasher},
    mem,
    task::{Context, Poll, Waker},
};

use callsheet_wire::{Code, Delivered, Failure};
use tokio::time::Instant;

use crate::{deadline::Deadline, reply::Reply};

/// The id of a call: a counter, never used twice on a connection.
pub(crate) type CallId = u64;

/// The calls of one connection.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    calls: HashMap<CallId, Call, BuildHasherDefault<CounterHasher>>,
    /// How many asks wait for their reply.
    waiting: usize,
    /// The connection's task looks at the deadlines.
    clock_runs: bool,
}

#[derive(Debug)]
struct Call {
    /// Where its frame ends among all bytes the connection has sent: once as many are written, it may be delivered.
    sent_at: u64,
    /// Absent once it no longer applies.
    deadline: Option<Deadline>,
    /// Who waits for what arrives.
    waker: Option<Waker>,
    arrived: Arrived,
}

#[derive(Debug)]
enum Arrived {
    Ask(Option<Reply>),
    Stream(Box<Items>),
}

#[derive(Debug, Default)]
struct Items {
    unread: VecDeque<Reply>,
    bytes: usize,
    /// The last item, or the failure after it, is among the unread or has been read.
    ended: bool,
}

/// What the caller must do after a call was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entered {
    /// No other ask waits on this connection.
    pub(crate) alone: bool,
    /// The connection's task must start its clock.
    pub(crate) starts_clock: bool,
}

impl InFlight {
    pub(crate) fn enter_ask(&mut self, id: CallId, sent_at: u64, deadline: Deadline, waker: Waker) -> Entered {
        self.waiting += 1;
        self.enter(id, sent_at, deadline, Some(waker), Arrived::Ask(None))
    }

    pub(crate) fn enter_stream(&mut self, id: CallId, sent_at: u64, deadline: Deadline) -> Entered {
        self.enter(id, sent_at, deadline, None, Arrived::Stream(Box::default()))
    }

    fn enter(
        &mut self,
        id: CallId,
        sent_at: u64,
        deadline: Deadline,
        waker: Option<Waker>,
        arrived: Arrived,
    ) -> Entered {
        let call = Call {
            sent_at,
            deadline: Some(deadline),
            waker,
            arrived,
        };
        self.calls.insert(id, call);
        Entered {
            alone: self.waiting <= 1,
            starts_clock: !mem::replace(&mut self.clock_runs, true),
        }
    }

    /// Hands a reply to its call. What comes for a call that has ended is dropped: the caller gave up on it.
    ///
    /// Returns whom to wake, and whether the server should stop sending: the reader of the stream is too slow.
    pub(crate) fn deliver(
        &mut self,
        id: CallId,
        reply: Reply,
        is_last: bool,
        stream_buffer: usize,
    ) -> (Option<Waker>, bool) {
        let Some(call) = self.calls.get_mut(&id) else {
            return (None, false);
        };
        call.deadline = None;
        match &mut call.arrived {
            Arrived::Ask(Some(_)) => return (None, false),
            Arrived::Ask(place) => {
                *place = Some(reply);
                self.waiting -= 1;
            }
            Arrived::Stream(items) if items.ended => return (None, false),
            Arrived::Stream(items) => {
                items.bytes = items.bytes.saturating_add(reply.weight());
                items.ended = is_last;
                // One item always fits, however large it is.
                if items.bytes > stream_buffer && !items.unread.is_empty() {
                    let text = format!("more than {stream_buffer} bytes of items arrived before they were read");
                    items
                        .unread
                        .push_back(Reply::Failed(Failure::new(Code::SlowConsumer, text)));
                    items.ended = true;
                    return (call.waker.take(), !is_last);
                }
                items.unread.push_back(reply);
            }
        }
        (call.waker.take(), false)
    }

    /// Hands the end of a stream, after its last item, to its call.
    pub(crate) fn end_stream(&mut self, id: CallId) -> Option<Waker> {
        let call = self.calls.get_mut(&id)?;
        if let Arrived::Stream(items) = &mut call.arrived {
            call.deadline = None;
            items.ended = true;
            return call.waker.take();
        }
        None
    }

    /// Takes the reply of an ask, which ends it.
    pub(crate) fn poll_reply(&mut self, id: CallId, cx: &Context<'_>) -> Poll<Reply> {
        let Some(call) = self.calls.get_mut(&id) else {
            return Poll::Ready(Reply::Failed(Failure::new(
                Code::Internal,
                "the call has ended already",
            )));
        };
        if let Arrived::Ask(place) = &mut call.arrived
            && let Some(reply) = place.take()
        {
            self.calls.remove(&id);
            return Poll::Ready(reply);
        }
        call.wake_later(cx);
        Poll::Pending
    }

    /// Takes everything that has arrived for a stream; at its end there is nothing more and the stream is forgotten.
    pub(crate) fn poll_items(&mut self, id: CallId, into: &mut VecDeque<Reply>, cx: &Context<'_>) -> Poll<()> {
        let Some(call) = self.calls.get_mut(&id) else {
            return Poll::Ready(());
        };
        let Arrived::Stream(items) = &mut call.arrived else {
            return Poll::Ready(());
        };
        mem::swap(&mut items.unread, into);
        items.bytes = 0;
        if items.ended {
            self.calls.remove(&id);
        } else if into.is_empty() {
            call.wake_later(cx);
            return Poll::Pending;
        }
        Poll::Ready(())
    }

    /// Forgets a call that nobody waits for any longer; tells whether the server still works on it.
    pub(crate) fn abandon(&mut self, id: CallId) -> bool {
        match self.calls.remove(&id).map(|call| call.arrived) {
            Some(Arrived::Ask(None)) => {
                self.waiting -= 1;
                true
            }
            Some(Arrived::Stream(items)) => !items.ended,
            Some(Arrived::Ask(Some(_))) | None => false,
        }
    }

    /// Fails every call whose deadline has passed, and returns whom to wake and what to cancel.
    ///
    /// The clock may stop when no deadline is left, which [`clock_runs`](Self::clock_runs) then says.
    pub(crate) fn expire(&mut self, now: Instant) -> (Vec<Waker>, Vec<CallId>) {
        let (mut wakers, mut expired) = (Vec::new(), Vec::new());
        self.clock_runs = false;
        for (id, call) in &mut self.calls {
            let Some(deadline) = &mut call.deadline else { continue };
            if !deadline.has_passed(now) {
                self.clock_runs = true;
                continue;
            }
            let text = format!("no answer within {:?}", deadline.timeout());
            if call.fail(Failure::new(Code::Timeout, text)) {
                self.waiting -= 1;
            }
            expired.push(*id);
            wakers.extend(call.waker.take());
        }
        (wakers, expired)
    }

    pub(crate) fn clock_runs(&self) -> bool {
        self.clock_runs
    }

    /// Fails every call, as the connection ended after `written` bytes. Returns whom to wake.
    pub(crate) fn fail_all(&mut self, failure: &Failure, written: u64) -> Vec<Waker> {
        self.waiting = 0;
        let mut wakers = Vec::new();
        for call in self.calls.values_mut() {
            let delivered = if call.sent_at <= written {
                failure.delivered()
            } else {
                Delivered::No
            };
            call.fail(failure.clone().with_delivered(delivered));
            wakers.extend(call.waker.take());
        }
        wakers
    }
}

impl Call {
    /// Ends the call with `failure` unless it has ended; tells whether it was an ask that waited.
    fn fail(&mut self, failure: Failure) -> bool {
        self.deadline = None;
        match &mut self.arrived {
            Arrived::Ask(place @ None) => {
                *place = Some(Reply::Failed(failure));
                true
            }
            Arrived::Stream(items) if !items.ended => {
                items.unread.push_back(Reply::Failed(failure));
                items.ended = true;
                false
            }
            Arrived::Ask(Some(_)) | Arrived::Stream(_) => false,
        }
    }

    fn wake_later(&mut self, cx: &Context<'_>) {
        match &mut self.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            None => self.waker = Some(cx.waker().clone()),
        }
    }
}

/// Spreads a counter over the table with one multiplication: its keys are our own, so nobody can choose colliding ones.
#[derive(Clone, Copy, Debug, Default)]
struct CounterHasher(u64);

impl Hasher for CounterHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte) ^ self.0);
        }
    }

    fn write_u64(&mut self, counter: u64) {
        self.0 = counter.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::task::noop_waker;

    use super::*;

    fn ask(calls: &mut InFlight, id: CallId, sent_at: u64) -> Entered {
        calls.enter_ask(id, sent_at, Deadline::after(Duration::from_secs(1)), noop_waker())
    }

    fn failed(text: &str) -> Reply {
        Reply::Failed(Failure::new(Code::TargetBusy, text))
    }

    fn failure(calls: &mut InFlight, id: CallId) -> Option<Failure> {
        match calls.poll_reply(id, &Context::from_waker(&noop_waker())) {
            Poll::Ready(Reply::Failed(failure)) => Some(failure),
            _ => None,
        }
    }

    #[test]
    fn the_second_ask_is_not_alone() {
        let mut calls = InFlight::default();
        assert_eq!(
            ask(&mut calls, 1, 10),
            Entered {
                alone: true,
                starts_clock: true
            }
        );
        assert_eq!(
            ask(&mut calls, 2, 20),
            Entered {
                alone: false,
                starts_clock: false
            }
        );
        calls.deliver(1, failed("one"), true, 0);
        calls.abandon(2);
        assert!(ask(&mut calls, 3, 30).alone);
    }

    #[test]
    fn a_call_ends_once() {
        let mut calls = InFlight::default();
        ask(&mut calls, 1, 10);
        assert!(calls.deliver(1, failed("first"), true, 0).0.is_some());
        assert!(calls.deliver(1, failed("second"), true, 0).0.is_none());
        calls.fail_all(&Failure::new(Code::ConnectionClosed, "third"), 10);
        assert_eq!(failure(&mut calls, 1).expect("it has ended").text(), "first");
        assert!(!calls.abandon(1));
    }

    #[test]
    fn what_was_not_written_was_not_delivered() {
        let mut calls = InFlight::default();
        ask(&mut calls, 1, 10);
        ask(&mut calls, 2, 20);
        calls.fail_all(&Failure::new(Code::ConnectionClosed, "lost"), 19);
        assert_eq!(
            failure(&mut calls, 1).expect("it has ended").delivered(),
            Delivered::Unknown
        );
        let unwritten = failure(&mut calls, 2).expect("it has ended");
        assert_eq!(unwritten.delivered(), Delivered::No);
        assert!(unwritten.is_retryable());
    }

    #[test]
    fn a_stream_that_is_not_read_fails_as_too_slow() {
        let mut calls = InFlight::default();
        calls.enter_stream(1, 10, Deadline::after(Duration::from_secs(1)));
        let item = || {
            let frame = bytes::Bytes::from_static(b"12345");
            Reply::keep(
                &frame,
                Ok(callsheet_wire::Payload::new(callsheet_wire::Codec::Json, &frame)),
            )
        };
        let two = item().weight() * 2;
        assert!(!calls.deliver(1, item(), false, two).1);
        assert!(!calls.deliver(1, item(), false, two).1);
        assert!(calls.deliver(1, item(), false, two).1, "the third item is too much");
        let mut items = VecDeque::new();
        assert!(
            calls
                .poll_items(1, &mut items, &Context::from_waker(&noop_waker()))
                .is_ready()
        );
        assert_eq!(items.len(), 3);
        assert!(matches!(&items[2], Reply::Failed(failure) if failure.code() == Code::SlowConsumer));
        assert!(!calls.abandon(1), "it has ended");
    }
}
