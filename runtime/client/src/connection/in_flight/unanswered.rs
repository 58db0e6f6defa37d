//! Calls that end without an answer: they are late, too large, lost with their socket, or never sent.

use std::{mem, task::Waker};

use callsheet_wire::{Code, Delivered, Failure};
use tokio::time::Instant;

use super::InFlight;
use crate::{
    connection::CallId,
    reply::{Lost, Reply},
};

impl InFlight {
    /// Fails every call whose deadline has passed, and returns whom to wake and what to cancel. `unsent` says why calls
    /// are not sent.
    ///
    /// The clock may stop when no deadline is left, which [`clock_runs`](Self::clock_runs) then says.
    pub(crate) fn expire(&mut self, now: Instant, unsent: &str) -> (Vec<Waker>, Vec<CallId>) {
        let (mut wakers, mut expired) = (Vec::new(), Vec::new());
        self.clock_runs = false;
        for (id, call) in &mut self.calls {
            let Some(deadline) = &mut call.deadline else { continue };
            if !deadline.has_passed(now) {
                self.clock_runs = true;
                continue;
            }
            let timeout = deadline.timeout();
            let failure = if mem::take(&mut call.is_queued) {
                self.queued -= 1;
                let text = format!("the call was not sent within {timeout:?}: {unsent}");
                Failure::new(Code::Timeout, text).with_delivered(Delivered::No)
            } else {
                expired.push(*id);
                Failure::new(Code::Timeout, format!("no answer within {timeout:?}"))
            };
            if call.end(Reply::Failed(failure)) {
                self.waiting -= 1;
            }
            wakers.extend(call.waker.take());
        }
        (wakers, expired)
    }

    /// Ends every call whose frame has a longer payload, as the server refuses them. Returns whom to wake.
    pub(crate) fn refuse_larger(&mut self, limit: usize, failure: &Failure) -> Vec<Waker> {
        let mut wakers = Vec::new();
        let larger = self.calls.values_mut().filter(|call| call.bytes > limit);
        for call in larger.filter(|call| !call.has_ended()) {
            let counter = match mem::take(&mut call.is_queued) {
                true => &mut self.queued,
                false => &mut self.at_server,
            };
            *counter = counter.saturating_sub(1);
            if call.end(Reply::Failed(failure.clone())) {
                self.waiting -= 1;
            }
            wakers.extend(call.waker.take());
        }
        wakers
    }

    /// Ends every call that was sent, as its socket is lost. Returns whom to wake.
    pub(crate) fn lose_sent(&mut self, failure: &Failure) -> Vec<Waker> {
        self.at_server = 0;
        let mut wakers = Vec::new();
        for call in self.calls.values_mut().filter(|call| !call.is_queued) {
            let lost = Lost {
                failure: failure.clone(),
                deadline: call.deadline,
            };
            if call.end(Reply::Lost(Box::new(lost))) {
                self.waiting -= 1;
            }
            wakers.extend(call.waker.take());
        }
        wakers
    }

    /// Ends every call that waits to be sent, as it will not be. Returns whom to wake.
    pub(crate) fn fail_queued(&mut self, failure: &Failure) -> Vec<Waker> {
        self.queued = 0;
        let mut wakers = Vec::new();
        for call in self.calls.values_mut().filter(|call| call.is_queued) {
            call.is_queued = false;
            if call.end(Reply::Failed(failure.clone().with_delivered(Delivered::No))) {
                self.waiting -= 1;
            }
            wakers.extend(call.waker.take());
        }
        wakers
    }
}
