//! The failures that several kinds of call share, said once.

use callsheet_wire::{Code, Delivered, Failure};

use super::ending::{self, Ending};
use crate::id::ActorId;

/// The actor has stopped, and the call was not delivered.
pub(crate) fn closed(id: &ActorId) -> Failure {
    Failure::new(Code::ActorStopped, format!("actor `{id}` has stopped")).with_delivered(Delivered::No)
}

/// The deadline passed before the call was run.
pub(crate) fn late_in_queue() -> Failure {
    Failure::new(Code::Timeout, "the deadline passed before the call was run").with_delivered(Delivered::No)
}

/// The deadline passed while the call was running.
pub(crate) fn late_running() -> Failure {
    Failure::new(Code::Timeout, "the deadline passed while the call was running").with_delivered(Delivered::Unknown)
}

/// The deadline passed before the first item of a stream was there.
pub(crate) fn late_for_first_item() -> Failure {
    Failure::new(Code::Timeout, "the deadline passed before the first item of the stream")
        .with_delivered(Delivered::Unknown)
}

/// The handler went away without a reply, for the reason that holds where it is dropped.
pub(crate) fn handler_lost() -> Failure {
    let (code, text) = match ending::current() {
        Ending::Failed => (Code::ActorFailed, "the actor failed while it handled the call"),
        Ending::Discarded => (
            Code::ActorFailed,
            "another call of the actor failed, and with the state they shared this one was given up",
        ),
        Ending::Stopped => (
            Code::ActorStopped,
            "the actor stopped, and the call took longer than a stop waits",
        ),
    };
    Failure::new(code, text).with_delivered(Delivered::Yes)
}

/// What the deferred reply was to follow from panicked.
pub(super) fn deferred_failed() -> Failure {
    Failure::new(Code::ActorFailed, "the deferred reply panicked").with_delivered(Delivered::Yes)
}

/// Whoever was to send the deferred reply went away.
pub(super) fn deferred_lost() -> Failure {
    let text = "the deferred reply will never come: its sender was dropped";
    Failure::new(Code::ActorFailed, text).with_delivered(Delivered::Yes)
}

/// The queued call was thrown away because its actor stopped.
pub(super) fn never_run() -> Failure {
    Failure::new(Code::ActorStopped, "the actor stopped before the call was run").with_delivered(Delivered::No)
}
