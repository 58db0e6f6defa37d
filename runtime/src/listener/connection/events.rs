//! Events on their way to a peer that has subscribed to them.

use callsheet_wire::{
    Codec, frame,
    write::{self, PushHead},
};

use super::{
    link::{Link, Stage, with_scratch},
    subscriptions::Acknowledgement,
};
use crate::broker::{Notification, RemoteSubscriber, Subscribed, subscriber::Offer};

impl Link {
    /// Says what was subscribed to, if that was asked for. Called by the broker while nothing is published.
    pub(super) fn subscribed(&self, subscribed: &[Subscribed<'_>], codec: Codec, request_id: Option<&str>) {
        if request_id.is_none() {
            return;
        }
        with_scratch(|frame| {
            write::response(frame, codec, request_id, &Acknowledgement(subscribed))
                .expect("names and numbers can be written in every codec");
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
        if !self.has_room() {
            return Offer::Refused;
        }
        let head = PushHead {
            message_type: notification.event,
            timestamp: notification.timestamp,
            seq: Some(notification.seq),
            source: None,
            missed: (notification.missed > 0).then_some(notification.missed),
        };
        with_scratch(|frame| {
            let written = write::push(frame, notification.codec, &head, notification.payload);
            if written.is_err() || frame.len() - frame::PREFIX > self.limits.load().max_frame {
                return Offer::Refused;
            }
            let mut state = self.lock();
            if state.stage == Stage::Closed {
                return Offer::Closed;
            }
            let wakes = state.finish(None, frame);
            drop(state);
            self.wake(wakes);
            Offer::Taken
        })
    }
}
