//! What acton-reactive calls a failure.

use crate::{Code, Failure};

/// The code of a failure: its own name in capitals, with underscores between its words, but for what has another name
/// there.
pub(super) fn name(failure: &Failure) -> String {
    if failure.code() == Code::PermissionDenied {
        return "ACCESS_DENIED".to_owned();
    }
    let own = failure.code_name();
    let mut name = String::with_capacity(own.len() + 4);
    for (at, character) in own.char_indices() {
        if at > 0 && character.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(character.to_ascii_uppercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::name;
    use crate::{Code, Failure};

    #[test]
    fn codes_are_in_capitals_with_underscores() {
        let names: Vec<_> = Code::ALL.iter().map(|code| name(&Failure::new(*code, ""))).collect();
        assert_eq!(
            names,
            [
                "CONTRACT_ERROR",
                "UNKNOWN_MESSAGE_TYPE",
                "AMBIGUOUS_MESSAGE_TYPE",
                "PROTOCOL_ERROR",
                "ACCESS_DENIED",
                "SCHEMA_MISMATCH",
                "FRAME_TOO_LARGE",
                "DEADLOCK",
                "ACTOR_NOT_FOUND",
                "TARGET_BUSY",
                "RATE_LIMITED",
                "LIMIT_EXCEEDED",
                "SHUTTING_DOWN",
                "SERIALIZATION_ERROR",
                "TIMEOUT",
                "CANCELLED",
                "CONNECTION_CLOSED",
                "ACTOR_FAILED",
                "ACTOR_STOPPED",
                "SLOW_CONSUMER",
                "INTERNAL",
            ]
        );
    }
}
