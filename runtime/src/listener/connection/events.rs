//! Events on their way to a peer that has subscribed to them.

use callsheet_wire::{Codec, frame, write};

use super::{
    link::{Link, Stage, with_scratch},
    subscriptions::Acknowledgement,
};
use crate::broker::{Notification, RemoteSubscriber, Subscribed};

impl Link {
    /// Notes what was subscribed to, and says so if that was asked for. Called by the broker while nothing is published.
    pub(super) fn subscribed(&self, subscribed: &[Subscribed<'_>], codec: Codec, request_id: Option<&str>) {
        with_scratch(|frame| {
            if request_id.is_some() {
                write::response(frame, codec, request_id, &Acknowledgement(subscribed))
                    .expect("names and numbers can be written in every codec");
            }
            let mut state = self.lock();
            if state.stage == Stage::Closed {
                return;
            }
            for event in subscribed {
                state.subscriptions.add(event.event, codec);
            }
            let wakes = state.finish(None, frame);
            drop(state);
            self.wake(wakes);
        });
    }
}

impl RemoteSubscriber for Link {
    fn push(&self, notification: &Notification<'_>) {
        let codec = {
            let mut guard = self.lock();
            let state = &mut *guard;
            let Some(subscription) = state.subscriptions.get_mut(notification.event) else {
                return;
            };
            if state.outbound.is_full() {
                return subscription.missed += 1;
            }
            subscription.codec
        };
        let payload = notification.payload(codec);
        if let Err(error) = payload {
            tracing::warn!(event = notification.event, %error, "an event cannot be written; its subscribers miss it");
        }
        with_scratch(|frame| {
            let mut guard = self.lock();
            let state = &mut *guard;
            let Some(subscription) = state.subscriptions.get_mut(notification.event) else {
                return;
            };
            let written = payload.is_ok_and(|payload| subscription.write(frame, notification, payload).is_ok());
            if !written || frame.len() - frame::PREFIX > self.limits.frame {
                return subscription.missed += 1;
            }
            subscription.missed = 0;
            let wakes = state.finish(None, frame);
            drop(guard);
            self.wake(wakes);
        });
    }
}
