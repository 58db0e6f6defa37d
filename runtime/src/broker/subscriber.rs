//! What takes events, as the broker sees it.

use std::{any::Any, sync::Arc, task::Waker};

use super::{
    flush::{Progress, Receipt},
    queue::Waiting,
    registry::Registry,
};
use crate::contained;

/// Takes the events of one type, in the order of their numbers.
pub(crate) trait Subscriber<E>: Send + Sync {
    /// Takes one event, or does not, at once.
    ///
    /// It is called under the lock of the event's type, so it must not wait, call the broker, or run code of a user's:
    /// what has to be woken or dropped is given to the `publication`.
    fn offer(&self, offered: Offered<'_, E>, publication: &mut Publication) -> Offer;

    /// The broker is gone, and no event follows.
    fn end(&self) {}
}

/// What became of an event that was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    /// The subscriber has it, or has dealt with it by a rule of its own.
    Taken,
    /// The subscriber has no room. It is told with the next event that it takes how many it was refused.
    Refused,
    /// The subscriber wants no event any more, and is forgotten.
    Closed,
}

/// An event that a subscriber may take.
pub(crate) struct Offered<'a, E> {
    pub(super) event: &'a Arc<E>,
    pub(super) missed_before: u64,
    pub(super) progress: &'a Arc<Progress>,
}

impl<E> Offered<'_, E> {
    /// Takes it.
    pub(crate) fn take(self) -> Delivery<E> {
        Delivery {
            event: Arc::clone(self.event),
            missed_before: self.missed_before,
            receipt: self.progress.receipt(),
        }
    }
}

/// An event that a subscriber has taken.
#[derive(Debug)]
pub(crate) struct Delivery<E> {
    pub(crate) event: Arc<E>,
    /// How many events were refused between the last one that was taken and this one.
    pub(crate) missed_before: u64,
    /// To be dropped when the event was handled or is given up: a flush waits for it.
    pub(crate) receipt: Receipt,
}

/// A subscriber of one topic, with what the broker keeps about it.
///
/// Dropping it tells whoever flushes, so that must not be done under a lock.
pub(super) struct Attached<E> {
    pub(super) id: u64,
    subscriber: Arc<dyn Subscriber<E>>,
    progress: Arc<Progress>,
    /// What it refused since it last took something.
    missed: u64,
}

impl<E> Attached<E> {
    pub(super) fn new(id: u64, subscriber: Arc<dyn Subscriber<E>>) -> Self {
        Attached {
            id,
            subscriber,
            progress: Arc::default(),
            missed: 0,
        }
    }

    /// The same subscriber, for another topic.
    pub(super) fn again(&self) -> Self {
        Attached {
            id: self.id,
            subscriber: Arc::clone(&self.subscriber),
            progress: Arc::clone(&self.progress),
            missed: 0,
        }
    }

    pub(super) fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    /// Offers an event; whether the subscriber wants no more.
    pub(super) fn offer(&mut self, event: &Arc<E>, publication: &mut Publication) -> bool {
        let offered = Offered {
            event,
            missed_before: self.missed,
            progress: &self.progress,
        };
        match self.subscriber.offer(offered, publication) {
            Offer::Taken => self.missed = 0,
            Offer::Refused => self.missed += 1,
            Offer::Closed => return true,
        }
        false
    }

    pub(super) fn end(&self) {
        self.subscriber.end();
    }
}

impl<E> Drop for Attached<E> {
    fn drop(&mut self) {
        self.progress.end();
    }
}

/// One event's way to its subscribers: what they leave to be done once no lock is held.
///
/// A waker and the drop of an event may both be code of a user's, which may publish in its turn.
pub(crate) struct Publication {
    may_wait: bool,
    woken: Vec<Waker>,
    displaced: Vec<(Arc<dyn Any + Send + Sync>, Receipt)>,
    waiting: Vec<Waiting>,
    pub(super) closed: Vec<u64>,
}

impl Publication {
    pub(super) fn new(may_wait: bool) -> Self {
        Publication {
            may_wait,
            woken: Vec::new(),
            displaced: Vec::new(),
            waiting: Vec::new(),
            closed: Vec::new(),
        }
    }

    /// Whether the publisher waits until there is room.
    pub(super) fn may_wait(&self) -> bool {
        self.may_wait
    }

    /// Has a task woken.
    pub(crate) fn wake(&mut self, waker: Option<Waker>) {
        self.woken.extend(waker);
    }

    /// Has an event dropped that was taken before.
    pub(crate) fn displace<E: Send + Sync + 'static>(&mut self, delivery: Delivery<E>) {
        self.displaced.push((delivery.event, delivery.receipt));
    }

    /// Has the publisher wait.
    pub(super) fn wait_for(&mut self, waiting: Waiting) {
        self.waiting.push(waiting);
    }

    /// Does what was left to be done, under no lock. Gives back what the publisher is to wait for.
    pub(super) fn finish(self, registry: &Registry) -> Vec<Waiting> {
        for waker in self.woken {
            wake(waker);
        }
        for id in self.closed {
            registry.forget(id);
        }
        for displaced in self.displaced {
            discard(displaced);
        }
        self.waiting
    }
}

/// Wakes a task, whose executor may be the user's.
pub(super) fn wake(waker: Waker) {
    if contained::outcome(|| waker.wake()).is_err() {
        tracing::error!("a waker panicked that was told of an event");
    }
}

/// Drops events: their last owner may be the broker, but no fault of theirs is the publisher's.
pub(super) fn discard<T>(events: T) {
    if contained::dropped(events).is_err() {
        tracing::error!("an event panicked while it was dropped");
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use futures_util::FutureExt;
    use parking_lot::Mutex;

    use super::{Delivery, Offer, Offered, Publication, Subscriber};
    use crate::broker::Broker;

    /// Takes events while it is told to.
    struct Taking(Mutex<(Offer, Vec<Delivery<u32>>)>);

    impl Taking {
        fn new() -> Arc<Self> {
            Arc::new(Taking(Mutex::new((Offer::Taken, Vec::new()))))
        }

        fn answer(&self, offer: Offer) {
            self.0.lock().0 = offer;
        }

        /// What was taken since this was last asked, each with what was missed before; its receipts are still held.
        fn taken(&self) -> (Vec<(u32, u64)>, Vec<Delivery<u32>>) {
            let taken = std::mem::take(&mut self.0.lock().1);
            let seen = taken.iter().map(|delivery| (*delivery.event, delivery.missed_before));
            (seen.collect(), taken)
        }
    }

    impl Subscriber<u32> for Taking {
        fn offer(&self, offered: Offered<'_, u32>, _: &mut Publication) -> Offer {
            let (answer, taken) = &mut *self.0.lock();
            if *answer == Offer::Taken {
                taken.push(offered.take());
            }
            *answer
        }
    }

    #[test]
    fn what_a_subscriber_refused_is_counted_and_told_with_the_next_event_that_it_takes() {
        let broker = Broker::default();
        let subscriber = Taking::new();
        let _attachment = broker.attach::<u32>(Arc::clone(&subscriber) as Arc<dyn Subscriber<u32>>);
        broker.publish(0_u32);
        subscriber.answer(Offer::Refused);
        (1..4_u32).for_each(|n| broker.publish(n));
        subscriber.answer(Offer::Taken);
        broker.publish(4_u32);
        broker.publish(5_u32);
        assert_eq!(subscriber.taken().0, [(0, 0), (4, 3), (5, 0)]);
    }

    #[test]
    fn a_subscriber_is_gone_when_its_attachment_is_dropped_or_it_says_so() {
        let broker = Broker::default();
        let (one, other) = (Taking::new(), Taking::new());
        let attachment = broker.attach::<u32>(Arc::clone(&one) as Arc<dyn Subscriber<u32>>);
        let _closed = broker.attach::<u32>(Arc::clone(&other) as Arc<dyn Subscriber<u32>>);
        assert_eq!(broker.subscribers::<u32>(), 2);
        drop(attachment);
        assert_eq!((broker.subscribers::<u32>(), Arc::strong_count(&one)), (1, 1));
        other.answer(Offer::Closed);
        broker.publish(0_u32);
        assert_eq!((broker.subscribers::<u32>(), Arc::strong_count(&other)), (0, 1));
        assert!(one.taken().0.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_flush_waits_until_the_receipts_of_what_was_taken_are_dropped() {
        let broker = Broker::default();
        let subscriber = Taking::new();
        let attachment = broker.attach::<u32>(Arc::clone(&subscriber) as Arc<dyn Subscriber<u32>>);
        broker.publish(0_u32);
        broker.publish(1_u32);
        let mut flush = Box::pin(broker.flush(Duration::from_secs(1)));
        assert!(flush.as_mut().now_or_never().is_none());
        let (_, mut taken) = subscriber.taken();
        taken.remove(0);
        assert!(flush.as_mut().now_or_never().is_none(), "one is still handled");
        let last = taken.remove(0);
        drop(last.receipt);
        assert_eq!(flush.now_or_never(), Some(Ok(())));

        broker.publish(2_u32);
        let mut flush = Box::pin(broker.flush(Duration::from_secs(1)));
        assert!(flush.as_mut().now_or_never().is_none());
        drop(attachment);
        assert_eq!(
            flush.now_or_never(),
            Some(Ok(())),
            "nobody will handle it for the broker"
        );
    }
}
