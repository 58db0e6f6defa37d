//! The calls that have been sent and not ended, by their ids.

mod unanswered;

use std::{
    collections::{HashMap, VecDeque},
    hash::BuildHasherDefault,
    mem,
    task::{Context, Poll, Waker},
};

use callsheet_wire::{Code, Delivered, Failure};

use super::{
    call_id::{CallId, CounterHasher},
    entry::{Arrived, Call},
};
use crate::{deadline::Deadline, reply::Reply};

/// The calls of one connection.
#[derive(Debug)]
pub(crate) struct InFlight {
    calls: HashMap<CallId, Call, BuildHasherDefault<CounterHasher>>,
    /// How many asks wait for their reply.
    waiting: usize,
    /// How many calls the server has not ended, those among them that their callers have given up.
    at_server: usize,
    /// How many calls the server allows at once.
    limit: usize,
    /// How many calls wait to be sent.
    queued: usize,
    /// The connection's task looks at the deadlines.
    clock_runs: bool,
}

impl Default for InFlight {
    fn default() -> Self {
        Self {
            calls: HashMap::default(),
            waiting: 0,
            at_server: 0,
            limit: usize::MAX,
            queued: 0,
            clock_runs: false,
        }
    }
}

/// What is known of a call whose frame is on its way, or waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Appended {
    pub(crate) id: CallId,
    pub(crate) is_queued: bool,
    /// How many bytes the payload of its frame has.
    pub(crate) bytes: usize,
}

/// What the caller must do after a call was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entered {
    /// No other ask waits on this connection.
    pub(crate) alone: bool,
    /// The connection's task must start its clock.
    pub(crate) starts_clock: bool,
}

/// What follows from a reply that has arrived.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    /// Who waits for it.
    pub(crate) waker: Option<Waker>,
    /// The stream has failed here, and the server should stop sending.
    pub(crate) cancels: bool,
    /// A place at the server became free that somebody waits for.
    pub(crate) frees_place: bool,
}

impl InFlight {
    pub(crate) fn enter_ask(&mut self, appended: Appended, deadline: Deadline, waker: Waker) -> Entered {
        self.waiting += 1;
        self.enter(appended, deadline, Some(waker), Arrived::Ask(None))
    }

    pub(crate) fn enter_stream(&mut self, appended: Appended, deadline: Deadline) -> Entered {
        self.enter(appended, deadline, None, Arrived::Stream(Box::default()))
    }

    fn enter(&mut self, appended: Appended, deadline: Deadline, waker: Option<Waker>, arrived: Arrived) -> Entered {
        let Appended { id, is_queued, bytes } = appended;
        let call = Call {
            is_queued,
            bytes,
            deadline: Some(deadline),
            waker,
            arrived,
        };
        self.calls.insert(id, call);
        *self.counter(is_queued) += 1;
        Entered {
            alone: self.waiting <= 1,
            starts_clock: !mem::replace(&mut self.clock_runs, true),
        }
    }

    fn counter(&mut self, is_queued: bool) -> &mut usize {
        if is_queued {
            &mut self.queued
        } else {
            &mut self.at_server
        }
    }

    /// Whether the server has a place for one more call.
    pub(crate) fn has_place(&self) -> bool {
        self.at_server < self.limit
    }

    /// How many calls wait to be sent.
    pub(crate) fn waiting_to_be_sent(&self) -> usize {
        self.queued
    }

    pub(crate) fn waits_to_be_sent(&self, id: CallId) -> bool {
        self.calls.get(&id).is_some_and(|call| call.is_queued)
    }

    /// Takes note that a call which waited to be sent is sent; `false` if it has ended and must not be.
    pub(crate) fn is_now_sent(&mut self, id: CallId) -> bool {
        self.moves(id, false)
    }

    /// Takes note that a call is not sent after all; `false` if nobody waits for it any longer.
    pub(crate) fn is_not_sent(&mut self, id: CallId) -> bool {
        self.moves(id, true)
    }

    fn moves(&mut self, id: CallId, to_queue: bool) -> bool {
        let Some(call) = self.calls.get_mut(&id) else {
            return false;
        };
        if call.is_queued == to_queue || call.has_ended() {
            return false;
        }
        call.is_queued = to_queue;
        let from = self.counter(!to_queue);
        *from = from.saturating_sub(1);
        *self.counter(to_queue) += 1;
        true
    }

    pub(crate) fn set_limit(&mut self, calls: usize) {
        self.limit = calls.max(1);
    }

    /// Hands a reply to its call. What comes for a call that has ended is dropped: the caller gave up on it.
    pub(crate) fn deliver(&mut self, id: CallId, reply: Reply, is_last: bool, stream_buffer: usize) -> Delivery {
        let mut delivery = Delivery {
            frees_place: is_last && self.free_place(),
            ..Delivery::default()
        };
        // What is not sent yet cannot be answered.
        let Some(call) = self.calls.get_mut(&id).filter(|call| !call.is_queued) else {
            return delivery;
        };
        call.deadline = None;
        match &mut call.arrived {
            Arrived::Ask(Some(_)) => return delivery,
            Arrived::Ask(place) => {
                *place = Some(reply);
                self.waiting -= 1;
            }
            Arrived::Stream(items) if items.ended => return delivery,
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
                    delivery.cancels = !is_last;
                } else {
                    items.unread.push_back(reply);
                }
            }
        }
        delivery.waker = call.waker.take();
        delivery
    }

    /// The server has ended a call; tells whether somebody waits for the place.
    fn free_place(&mut self) -> bool {
        // A server may answer twice; what it then gets too many, it refuses.
        self.at_server = self.at_server.saturating_sub(1);
        self.queued > 0
    }

    /// Takes note that a frame of a stream has this number.
    ///
    /// If it is not the next, an item is missing or came twice: then the stream fails, and what follows from it is returned.
    pub(crate) fn count_item(&mut self, id: CallId, sequence: u64, is_last: bool) -> Option<Delivery> {
        let call = self.calls.get_mut(&id).filter(|call| !call.is_queued)?;
        let Arrived::Stream(items) = &mut call.arrived else {
            return None;
        };
        if items.ended || items.next == sequence {
            items.next = sequence.saturating_add(1);
            return None;
        }
        let text = format!("expected frame {} of the stream, found {sequence}", items.next);
        let failure = Failure::new(Code::ProtocolError, text).with_delivered(Delivered::Yes);
        call.end(Reply::Failed(failure));
        Some(Delivery {
            waker: call.waker.take(),
            cancels: !is_last,
            frees_place: is_last && self.free_place(),
        })
    }

    /// Hands the end of a stream, after its last item, to its call.
    pub(crate) fn end_stream(&mut self, id: CallId) -> Delivery {
        let mut delivery = Delivery {
            frees_place: self.free_place(),
            ..Delivery::default()
        };
        if let Some(call) = self.calls.get_mut(&id).filter(|call| !call.is_queued)
            && let Arrived::Stream(items) = &mut call.arrived
        {
            call.deadline = None;
            items.ended = true;
            delivery.waker = call.waker.take();
        }
        delivery
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

    /// Takes everything that has arrived for a stream; tells whether more will. If not, the stream is forgotten.
    pub(crate) fn poll_items(&mut self, id: CallId, into: &mut VecDeque<Reply>, cx: &Context<'_>) -> Poll<bool> {
        let Some(call) = self.calls.get_mut(&id) else {
            return Poll::Ready(false);
        };
        let Arrived::Stream(items) = &mut call.arrived else {
            return Poll::Ready(false);
        };
        mem::swap(&mut items.unread, into);
        items.bytes = 0;
        if items.ended {
            self.calls.remove(&id);
            return Poll::Ready(false);
        }
        if into.is_empty() {
            call.wake_later(cx);
            return Poll::Pending;
        }
        Poll::Ready(true)
    }

    /// Forgets a call that nobody waits for any longer; tells whether the server still works on it.
    pub(crate) fn abandon(&mut self, id: CallId) -> bool {
        let Some(mut call) = self.calls.remove(&id) else {
            return false;
        };
        let was_queued = self.leave_queue(&mut call);
        match call.arrived {
            Arrived::Ask(None) => {
                self.waiting -= 1;
                !was_queued
            }
            Arrived::Stream(items) => !items.ended && !was_queued,
            Arrived::Ask(Some(_)) => false,
        }
    }

    /// A call that waited to be sent will not be; tells whether it was one.
    fn leave_queue(&mut self, call: &mut Call) -> bool {
        let was_queued = mem::take(&mut call.is_queued);
        self.queued -= usize::from(was_queued);
        was_queued
    }

    pub(crate) fn clock_runs(&self) -> bool {
        self.clock_runs
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::task::noop_waker;
    use tokio::time::Instant;

    use super::*;

    fn appended(id: CallId, is_queued: bool) -> Appended {
        let bytes = 100;
        Appended { id, is_queued, bytes }
    }

    fn ask(calls: &mut InFlight, id: CallId) -> Entered {
        calls.enter_ask(
            appended(id, false),
            Deadline::after(Duration::from_secs(1)),
            noop_waker(),
        )
    }

    fn failed(text: &str) -> Reply {
        Reply::Failed(Failure::new(Code::TargetBusy, text))
    }

    fn failure(calls: &mut InFlight, id: CallId) -> Option<Failure> {
        match calls.poll_reply(id, &Context::from_waker(&noop_waker())) {
            Poll::Ready(Reply::Failed(failure)) => Some(failure),
            Poll::Ready(Reply::Lost(lost)) => Some(lost.failure),
            _ => None,
        }
    }

    #[test]
    fn the_second_ask_is_not_alone() {
        let mut calls = InFlight::default();
        assert_eq!(
            ask(&mut calls, 1),
            Entered {
                alone: true,
                starts_clock: true
            }
        );
        assert_eq!(
            ask(&mut calls, 2),
            Entered {
                alone: false,
                starts_clock: false
            }
        );
        calls.deliver(1, failed("one"), true, 0);
        calls.abandon(2);
        assert!(ask(&mut calls, 3).alone);
    }

    #[test]
    fn a_call_ends_once() {
        let mut calls = InFlight::default();
        ask(&mut calls, 1);
        assert!(calls.deliver(1, failed("first"), true, 0).waker.is_some());
        assert!(calls.deliver(1, failed("second"), true, 0).waker.is_none());
        calls.lose_sent(&Failure::new(Code::ConnectionClosed, "third"));
        assert_eq!(failure(&mut calls, 1).expect("it has ended").text(), "first");
        assert!(!calls.abandon(1));
    }

    #[test]
    fn what_was_not_written_was_not_delivered() {
        let mut calls = InFlight::default();
        ask(&mut calls, 1);
        ask(&mut calls, 2);
        let lost = Failure::new(Code::ConnectionClosed, "lost");
        assert!(calls.is_not_sent(2));
        calls.lose_sent(&lost);
        assert!(failure(&mut calls, 2).is_none(), "it waits for the next socket");
        calls.fail_queued(&lost);
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
        calls.enter_stream(appended(1, false), Deadline::after(Duration::from_secs(1)));
        let item = || {
            let frame = bytes::Bytes::from_static(b"12345");
            Reply::keep(
                &frame,
                Ok(callsheet_wire::Payload::new(callsheet_wire::Codec::Json, &frame)),
            )
        };
        let two = item().weight() * 2;
        assert!(!calls.deliver(1, item(), false, two).cancels);
        assert!(!calls.deliver(1, item(), false, two).cancels);
        assert!(
            calls.deliver(1, item(), false, two).cancels,
            "the third item is too much"
        );
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

    #[test]
    fn a_stream_of_which_a_frame_is_missing_fails_and_is_cancelled_once() {
        let mut calls = InFlight::default();
        calls.enter_stream(appended(1, false), Deadline::after(Duration::from_secs(1)));
        assert!(calls.count_item(1, 0, false).is_none());
        let delivery = calls.count_item(1, 2, false).expect("number 1 is missing");
        assert!(delivery.cancels && !delivery.frees_place);
        assert!(calls.count_item(1, 3, true).is_none(), "it has ended");
        let mut items = VecDeque::new();
        let polled = calls.poll_items(1, &mut items, &Context::from_waker(&noop_waker()));
        assert!(matches!(polled, Poll::Ready(false)));
        let Some(Reply::Failed(failure)) = items.pop_front() else {
            panic!("it fails")
        };
        assert_eq!(
            (failure.code(), failure.delivered()),
            (Code::ProtocolError, Delivered::Yes)
        );
        assert_eq!(failure.text(), "expected frame 1 of the stream, found 2");
    }

    #[test]
    fn a_place_is_the_servers_until_it_has_ended_the_call() {
        let mut calls = InFlight::default();
        calls.set_limit(1);
        ask(&mut calls, 1);
        assert!(!calls.has_place());
        calls.enter_ask(appended(2, true), Deadline::after(Duration::from_secs(1)), noop_waker());
        assert!(calls.abandon(1), "the server still works on it");
        assert!(!calls.has_place());
        assert!(calls.deliver(1, failed("cancelled"), true, 0).frees_place);
        assert!(calls.has_place() && calls.is_now_sent(2));
        assert!(!calls.has_place() && !calls.is_now_sent(2), "it is sent once");
    }

    #[test]
    fn a_call_that_ended_before_it_was_sent_is_neither_sent_nor_cancelled() {
        let mut calls = InFlight::default();
        let soon = Deadline::after(Duration::ZERO);
        for id in [1, 2] {
            calls.enter_ask(appended(id, true), soon, noop_waker());
        }
        assert!(!calls.abandon(1));
        let now = Instant::now();
        for _ in 0..2 {
            let (_, expired) = calls.expire(now, "the server is away");
            assert!(expired.is_empty(), "there is nothing to cancel");
        }
        assert_eq!(calls.waiting_to_be_sent(), 0);
        assert!(!calls.is_now_sent(1) && !calls.is_now_sent(2));
        let timeout = failure(&mut calls, 2).expect("it has ended");
        assert_eq!((timeout.code(), timeout.delivered()), (Code::Timeout, Delivered::No));
        assert!(timeout.text().ends_with("the server is away"));
    }
}
