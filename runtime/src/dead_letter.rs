//! Messages that nobody will handle, and whose senders do not wait to hear so.

use std::sync::atomic::{AtomicU64, Ordering};

use callsheet_macros::contract_type;

/// A message that was accepted, came from outside or was scheduled, and will never be handled, though its sender does not wait
/// to be told.
/// Published to the runtime's broker, and counted: [`Runtime::dead_letters`](crate::Runtime::dead_letters).
#[contract_type(name = "callsheet.DeadLetter")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Whom it was for.
    pub actor: String,
    /// The message type's full name; what the sender wrote if that is none.
    pub message: String,
    /// Why it is lost.
    pub loss: Loss,
}

/// Why a message was lost.
#[contract_type(name = "callsheet.Loss")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Loss {
    /// It waited in the queue when the actor stopped, or was scheduled for later than that.
    ActorStopped,
    /// It came from outside or was scheduled, for an actor that is not there, or not exposed to callers outside.
    ActorNotFound,
    /// It came from outside, and the queue was full; or it was scheduled, and the queue stayed full until its deadline.
    QueueFull,
    /// It came from outside or was scheduled, and could not be understood, or was refused.
    Refused,
}

/// How many messages were lost, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeadLetters {
    /// [`Loss::ActorStopped`].
    pub actor_stopped: u64,
    /// [`Loss::ActorNotFound`].
    pub actor_not_found: u64,
    /// [`Loss::QueueFull`].
    pub queue_full: u64,
    /// [`Loss::Refused`].
    pub refused: u64,
}

/// The counts behind [`DeadLetters`].
#[derive(Debug, Default)]
pub(crate) struct DeadLetterCounts {
    actor_stopped: AtomicU64,
    actor_not_found: AtomicU64,
    queue_full: AtomicU64,
    refused: AtomicU64,
}

impl DeadLetterCounts {
    pub(crate) fn count(&self, loss: Loss) {
        let count = match loss {
            Loss::ActorStopped => &self.actor_stopped,
            Loss::ActorNotFound => &self.actor_not_found,
            Loss::QueueFull => &self.queue_full,
            Loss::Refused => &self.refused,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn so_far(&self) -> DeadLetters {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        DeadLetters {
            actor_stopped: read(&self.actor_stopped),
            actor_not_found: read(&self.actor_not_found),
            queue_full: read(&self.queue_full),
            refused: read(&self.refused),
        }
    }
}
