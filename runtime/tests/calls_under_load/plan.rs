//! What is called: every call of every connection, as it follows from the seed.

use std::fmt;

use callsheet_wire::{Code, Delivered};
use fastrand::Rng;
use serde::Serialize;

use crate::{
    book::Outcome,
    service::{FRAGILE, NARROW, PATIENT, WORKERS},
};

/// What a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Answered at once.
    Echo,
    /// Has the state alone.
    Alone,
    /// Suspended a few times.
    Later,
    /// Never answered, but with a timeout or a cancel.
    Wait,
    /// Ends with the contract's error.
    Refuse,
    /// A tell whose receipt is wanted.
    Note,
    /// A stream that ends well.
    Items,
    /// A stream that ends with the contract's error.
    Failing,
    /// Of the actor whose queue is soon full.
    Narrow,
    /// Of the actor that fails: has it fail.
    Explode,
    /// Of the actor that fails: suspended a few times.
    Fragile,
    /// Of the actor that fails: a tell whose receipt is wanted.
    FragileNote,
    /// Of a method that nobody has.
    NoMethod,
    /// Of an actor that nobody has.
    NoActor,
    /// With an argument that does not fit.
    Misfit,
}

impl Kind {
    /// How many of a thousand calls are what.
    const SHARES: [(Kind, u32); 15] = [
        (Kind::Echo, 370),
        (Kind::Alone, 100),
        (Kind::Later, 170),
        (Kind::Wait, 8),
        (Kind::Refuse, 70),
        (Kind::Note, 80),
        (Kind::Items, 70),
        (Kind::Failing, 20),
        (Kind::Narrow, 50),
        (Kind::Explode, 2),
        (Kind::Fragile, 20),
        (Kind::FragileNote, 10),
        (Kind::NoMethod, 10),
        (Kind::NoActor, 10),
        (Kind::Misfit, 10),
    ];

    pub fn all() -> impl Iterator<Item = Kind> {
        Self::SHARES.into_iter().map(|(kind, _)| kind)
    }

    fn drawn(rng: &mut Rng) -> Self {
        let mut at = rng.u32(..1000);
        for (kind, share) in Self::SHARES {
            if at < share {
                return kind;
            }
            at -= share;
        }
        unreachable!("the shares make a thousand")
    }

    /// Whether it is answered by stream frames.
    pub fn is_stream(self) -> bool {
        matches!(self, Kind::Items | Kind::Failing)
    }

    /// Whether its answer says only that it is in the queue.
    pub fn is_tell(self) -> bool {
        matches!(self, Kind::Note | Kind::FragileNote)
    }

    fn is_fragile(self) -> bool {
        matches!(self, Kind::Explode | Kind::Fragile | Kind::FragileNote)
    }

    pub fn message_type(self) -> &'static str {
        match self {
            Kind::Echo | Kind::Narrow | Kind::NoActor | Kind::Misfit => "load.Work.Echo",
            Kind::Alone => "load.Work.Alone",
            Kind::Later | Kind::Fragile => "load.Work.Later",
            Kind::Wait => "load.Work.Wait",
            Kind::Refuse => "load.Work.Refuse",
            Kind::Note | Kind::FragileNote => "load.Work.Note",
            Kind::Items => "load.Work.Items",
            Kind::Failing => "load.Work.Failing",
            Kind::Explode => "load.Work.Explode",
            Kind::NoMethod => "load.Work.Rest",
        }
    }
}

/// When a call is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancel {
    Never,
    /// Right behind the call itself.
    AtOnce,
    /// When something else was read, if it is open then.
    Later,
}

/// One call.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// Unlike that of every other call.
    pub number: u64,
    pub kind: Kind,
    worker: u32,
    /// How often it is suspended, or how many items it has.
    pub amount: u32,
    /// Whether it has an id. If not, its answer has its place in the order.
    pub has_id: bool,
    pub timeout_ms: Option<u32>,
    pub cancel: Cancel,
    /// How many items may come before more credit does.
    pub credit: Option<u32>,
}

impl Call {
    /// The actor that is called.
    pub fn target(&self) -> &'static str {
        const NAMES: [&str; WORKERS as usize] = ["worker_0", "worker_1", "worker_2", "worker_3"];
        match self.kind {
            Kind::Wait => PATIENT,
            Kind::Narrow => NARROW,
            Kind::NoActor => "nobody",
            kind if kind.is_fragile() => FRAGILE,
            _ => NAMES[self.worker as usize],
        }
    }

    pub fn arguments(&self) -> Arguments {
        let (turns, count) = match self.kind {
            Kind::Later | Kind::Fragile => (Some(self.amount), None),
            kind if kind.is_stream() => (None, Some(self.amount)),
            _ => (None, None),
        };
        let number = match self.kind {
            Kind::Misfit => Number::Misfit("no number"),
            _ => Number::Fit(self.number),
        };
        Arguments { number, turns, count }
    }

    /// Whether the call may end so, as far as that follows from what was called.
    pub fn may_end(&self, outcome: Outcome) -> bool {
        let (code, delivered) = match outcome {
            Outcome::Answered => {
                return !matches!(
                    self.kind,
                    Kind::Wait
                        | Kind::Refuse
                        | Kind::Failing
                        | Kind::Explode
                        | Kind::NoMethod
                        | Kind::NoActor
                        | Kind::Misfit
                );
            }
            Outcome::Declared => return matches!(self.kind, Kind::Refuse | Kind::Failing),
            Outcome::Failed(code, delivered) => (code, delivered),
            // These follow from what the caller does.
            Outcome::Closed | Outcome::Unsent | Outcome::Dropped => return true,
        };
        match code {
            Code::Timeout => self.timeout_ms.is_some() && delivered != Delivered::Yes,
            Code::Cancelled => self.cancel != Cancel::Never && delivered != Delivered::Yes,
            Code::ActorFailed => self.kind.is_fragile() && !self.kind.is_tell() && delivered == Delivered::Yes,
            Code::TargetBusy => self.kind == Kind::Narrow && delivered == Delivered::No,
            Code::UnknownMessageType => self.kind == Kind::NoMethod && delivered == Delivered::No,
            Code::ActorNotFound => self.kind == Kind::NoActor && delivered == Delivered::No,
            Code::SerializationError => self.kind == Kind::Misfit && delivered == Delivered::No,
            _ => false,
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (connection, place) = (self.number >> 32, self.number as u32);
        write!(f, "call {place} of connection {connection}, {self:?}")
    }
}

/// What a call sends.
#[derive(Debug, Serialize)]
pub struct Arguments {
    number: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    turns: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Number {
    Fit(u64),
    Misfit(&'static str),
}

/// The calls of one connection.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    seed: u64,
    pub connection: u32,
    /// How many.
    pub calls: u32,
}

impl Plan {
    pub fn new(seed: u64, connection: u32, calls: u32) -> Self {
        Plan {
            seed,
            connection,
            calls,
        }
    }

    /// The chance for what belongs to no call: how many are open at once, and when a connection is dropped.
    pub fn chance(&self) -> Rng {
        self.rng(u32::MAX)
    }

    /// The call at this place, whichever were made before.
    pub fn call(&self, at: u32) -> Call {
        let mut rng = self.rng(at);
        let kind = Kind::drawn(&mut rng);
        let has_id = rng.u32(..4) > 0;
        let mut timeout_ms = None;
        let mut cancel = Cancel::Never;
        let cancels = |rng: &mut Rng| if rng.bool() { Cancel::AtOnce } else { Cancel::Later };
        match kind {
            Kind::Wait if has_id && rng.bool() => cancel = cancels(&mut rng),
            Kind::Wait => timeout_ms = Some(rng.u32(1..20)),
            // Soon enough for some to be too late.
            Kind::Later if rng.u32(..8) == 0 => timeout_ms = Some(rng.u32(1..4)),
            Kind::Echo | Kind::Alone | Kind::Later | Kind::Fragile | Kind::Items if has_id && rng.u32(..16) == 0 => {
                cancel = cancels(&mut rng);
            }
            _ => {}
        }
        Call {
            number: u64::from(self.connection) << 32 | u64::from(at),
            kind,
            worker: rng.u32(..WORKERS),
            amount: match kind {
                // A few take long.
                Kind::Later if rng.u32(..64) == 0 => rng.u32(100..1000),
                _ => rng.u32(..8),
            },
            has_id,
            timeout_ms,
            cancel,
            credit: (kind.is_stream() && rng.bool()).then(|| rng.u32(1..4)),
        }
    }

    fn rng(&self, at: u32) -> Rng {
        let place = u64::from(self.connection) << 32 | u64::from(at);
        // Two neighbours are to have nothing in common.
        let mixed = Rng::with_seed(self.seed ^ place.wrapping_mul(0x9e37_79b9_7f4a_7c15)).u64(..);
        Rng::with_seed(mixed)
    }
}
