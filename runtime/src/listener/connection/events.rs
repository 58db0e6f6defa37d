//! Events on their way to a peer that has subscribed to them.

use callsheet_wire::{
    Codec, EncodeError, acton, frame,
    write::{self, PushHead},
};

use super::{
    link::{Link, Stage, with_scratch},
    subscriptions::Acknowledgement,
};
use crate::broker::{Notification, RemoteSubscriber, subscriber::Offer};
use crate::listener::limits::memory::SMALL;

impl Link {
    /// Says what was subscribed to, if that was asked for. Called by the broker while nothing is published.
    pub(super) fn subscribed(&self, acknowledgement: &Acknowledgement<'_>, codec: Codec, request_id: Option<&str>) {
        if request_id.is_none() {
            return;
        }
        with_scratch(|frame| {
            write::response(frame, codec, request_id, acknowledgement)
                .expect("texts and numbers can be written in every codec");
            let mut state = self.lock();
            let wakes = state.finish(None, frame);
            drop(state);
            self.wake(wakes);
        });
    }
}

impl RemoteSubscriber for Link {
    fn has_room(&self) -> bool {
        !self.lock().outbound.is_full()
    }

    fn push(&self, notification: &Notification<'_>) -> Offer {
        // Before anything is written: whoever is stuck costs the others no copies.
        let speaks_acton = {
            let mut state = self.lock();
            if state.outbound.is_full() {
                state.tally.dropped(notification.event);
                return Offer::Refused;
            }
            state.speaks_acton
        };
        with_scratch(|frame| {
            let written = match speaks_acton {
                false => write_own(frame, notification),
                true => write_acton(frame, notification),
            };
            if written.is_err() || frame.len() - frame::PREFIX > self.limits.load().max_frame {
                self.miss(notification.event);
                return Offer::Refused;
            }
            let mut state = self.lock();
            if state.stage == Stage::Closed {
                return Offer::Closed;
            }
            let is_much = state.outbound.unsent() + frame.len() > SMALL;
            if is_much && !self.memory.has(frame.len(), &self.limits.load()) {
                return Offer::Refused;
            }
            state.tally.pushed(notification.event);
            let wakes = state.finish(None, frame);
            drop(state);
            self.wake(wakes);
            Offer::Taken
        })
    }

    fn miss(&self, event: &'static str) {
        self.lock().tally.dropped(event);
    }
}

fn write_own(frame: &mut Vec<u8>, notification: &Notification<'_>) -> Result<(), EncodeError> {
    let head = PushHead {
        message_type: notification.event,
        timestamp: notification.timestamp,
        seq: Some(notification.seq),
        source: None,
        missed: missed(notification),
    };
    write::push(frame, notification.codec, &head, notification.payload)
}

fn write_acton(frame: &mut Vec<u8>, notification: &Notification<'_>) -> Result<(), EncodeError> {
    let head = acton::write::PushHead {
        message_type: notification.event,
        seq: notification.seq,
        timestamp: notification.timestamp,
        missed: missed(notification),
    };
    acton::write::push(frame, notification.codec, &head, notification.payload)
}

fn missed(notification: &Notification<'_>) -> Option<u64> {
    (notification.missed > 0).then_some(notification.missed)
}
