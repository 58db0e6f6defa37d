//! The closed list of codes a call can fail with, and what each says about delivery and retrying.

use std::fmt;
use std::str::FromStr;

/// Whether the message of a failed call reached its handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivered {
    /// It did not: the handler never saw it.
    No,
    /// It did: the handler ran, in part or whole.
    Yes,
    /// Nobody can tell.
    Unknown,
}

impl Delivered {
    /// The word on the wire: `no`, `yes` or `unknown`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Delivered::No => "no",
            Delivered::Yes => "yes",
            Delivered::Unknown => "unknown",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word {
            "no" => Some(Delivered::No),
            "yes" => Some(Delivered::Yes),
            "unknown" => Some(Delivered::Unknown),
            _ => None,
        }
    }
}

impl fmt::Display for Delivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is none of this version's codes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown error code `{0}`")]
pub struct UnknownCode(
    /// The name as it was given.
    pub String,
);

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident,)*) => {
        /// Why a call failed, as `error_code` says it on the wire.
        ///
        /// ```
        /// use callsheet_wire::{Code, Delivered};
        ///
        /// assert_eq!("TargetBusy".parse(), Ok(Code::TargetBusy));
        /// assert_eq!(Code::TargetBusy.delivered(), Delivered::No);
        /// assert!(Code::TargetBusy.is_retryable(Delivered::No));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* $code,)*
        }

        impl Code {
            /// Every code of this version.
            pub const ALL: &'static [Code] = &[$(Code::$code),*];

            /// The name on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Code::$code => stringify!($code),)*
                }
            }
        }

        impl FromStr for Code {
            type Err = UnknownCode;

            fn from_str(name: &str) -> Result<Self, UnknownCode> {
                match name {
                    $(stringify!($code) => Ok(Code::$code),)*
                    other => Err(UnknownCode(other.to_owned())),
                }
            }
        }
    };
}

codes! {
    /// The contract's own typed error; the details are its value.
    ContractError,
    /// No method has this message type.
    UnknownMessageType,
    /// A short message type fits several methods of the target.
    AmbiguousMessageType,
    /// A frame that breaks the rules of the wire.
    ProtocolError,
    /// The caller may not do this.
    PermissionDenied,
    /// The caller's contract does not fit the server's.
    SchemaMismatch,
    /// A frame larger than the receiver takes.
    FrameTooLarge,
    /// The call would wait for a turn that waits for it.
    Deadlock,
    /// No exposed actor has this name.
    ActorNotFound,
    /// The target's mailbox is full.
    TargetBusy,
    /// The caller sends too often.
    RateLimited,
    /// A limit on what is in flight has been reached.
    LimitExceeded,
    /// The server is draining.
    ShuttingDown,
    /// A payload that does not fit its type, or a reply that cannot be encoded.
    SerializationError,
    /// The deadline passed.
    Timeout,
    /// The caller gave up.
    Cancelled,
    /// The connection ended before the answer.
    ConnectionClosed,
    /// The handler panicked.
    ActorFailed,
    /// The actor stopped before it answered.
    ActorStopped,
    /// The reader was too slow and was dropped.
    SlowConsumer,
    /// A fault of the server itself.
    Internal,
}

impl Code {
    /// What this code says about delivery when nothing more is known: the cautious answer where it depends.
    ///
    /// A [`SerializationError`](Code::SerializationError) of a reply, a [`Timeout`](Code::Timeout) before dispatch or an
    /// [`ActorStopped`](Code::ActorStopped) while queued are told by whoever raises them, with
    /// [`Failure::with_delivered`](crate::Failure::with_delivered).
    pub const fn delivered(self) -> Delivered {
        match self {
            Code::ContractError | Code::ActorFailed | Code::ActorStopped | Code::SlowConsumer => Delivered::Yes,
            Code::Timeout | Code::Cancelled | Code::ConnectionClosed | Code::Internal => Delivered::Unknown,
            Code::UnknownMessageType
            | Code::AmbiguousMessageType
            | Code::ProtocolError
            | Code::PermissionDenied
            | Code::SchemaMismatch
            | Code::FrameTooLarge
            | Code::Deadlock
            | Code::ActorNotFound
            | Code::TargetBusy
            | Code::RateLimited
            | Code::LimitExceeded
            | Code::ShuttingDown
            | Code::SerializationError => Delivered::No,
        }
    }

    /// Whether the same call may be sent again, given what is known about its delivery. (A call known to be idempotent
    /// may be repeated after more failures; only its caller knows.)
    pub const fn is_retryable(self, delivered: Delivered) -> bool {
        match self {
            Code::ActorNotFound
            | Code::TargetBusy
            | Code::RateLimited
            | Code::LimitExceeded
            | Code::ShuttingDown
            | Code::Timeout
            | Code::Cancelled
            | Code::ConnectionClosed
            | Code::ActorFailed
            | Code::ActorStopped => matches!(delivered, Delivered::No),
            Code::ContractError
            | Code::UnknownMessageType
            | Code::AmbiguousMessageType
            | Code::ProtocolError
            | Code::PermissionDenied
            | Code::SchemaMismatch
            | Code::FrameTooLarge
            | Code::Deadlock
            | Code::SerializationError
            | Code::SlowConsumer
            | Code::Internal => false,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, Delivered, UnknownCode};

    #[test]
    fn names_and_codes_are_one_to_one() {
        assert_eq!(Code::ALL.len(), 21);
        for code in Code::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
        }
        assert_eq!("targetbusy".parse::<Code>(), Err(UnknownCode("targetbusy".into())));
    }

    #[test]
    fn what_was_not_delivered_and_may_heal_is_retryable() {
        let retryable: Vec<_> = Code::ALL
            .iter()
            .filter(|code| code.is_retryable(code.delivered()))
            .collect();
        assert_eq!(
            retryable,
            [
                &Code::ActorNotFound,
                &Code::TargetBusy,
                &Code::RateLimited,
                &Code::LimitExceeded,
                &Code::ShuttingDown
            ]
        );
        let depends: Vec<_> = Code::ALL
            .iter()
            .filter(|code| code.is_retryable(Delivered::No) && !retryable.contains(code))
            .collect();
        assert_eq!(
            depends,
            [
                &Code::Timeout,
                &Code::Cancelled,
                &Code::ConnectionClosed,
                &Code::ActorFailed,
                &Code::ActorStopped
            ]
        );
    }
}
