//! Which events a subscription wants, by their names.

/// A name, or the beginning of names. In this process and outside it means the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pattern {
    /// The one event that is called so.
    Name(String),
    /// Every event whose name begins so.
    Prefix(String),
}

/// Why something is no pattern of event names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// It is empty.
    #[error("a pattern is empty; give an event's name, the beginning of names and a `*`, or `*` alone for all events")]
    Empty,
    /// A `*` stands before the end.
    #[error("`{pattern}`: the `*` at byte {at} is not the last character; only the end of a name can be left open")]
    Star {
        /// The whole pattern.
        pattern: String,
        /// Where the `*` stands, in bytes from its beginning.
        at: usize,
    },
}

impl Pattern {
    /// Reads a name, or a pattern that ends in `*`.
    pub(super) fn parse(pattern: &str) -> Result<Self, PatternError> {
        match pattern.find('*') {
            None if pattern.is_empty() => Err(PatternError::Empty),
            None => Ok(Pattern::Name(pattern.to_owned())),
            Some(at) if at + 1 == pattern.len() => Ok(Pattern::Prefix(pattern[..at].to_owned())),
            Some(at) => Err(PatternError::Star {
                pattern: pattern.to_owned(),
                at,
            }),
        }
    }

    /// Whether it may match events that are not known yet.
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Pattern::Prefix(_))
    }

    pub(super) fn matches(&self, event: &str) -> bool {
        match self {
            Pattern::Name(name) => name == event,
            Pattern::Prefix(prefix) => event.starts_with(&**prefix),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, PatternError};

    fn matches(pattern: &str, event: &str) -> bool {
        Pattern::parse(pattern).expect("a pattern").matches(event)
    }

    #[test]
    fn a_name_matches_itself_alone() {
        assert!(matches("demo.Price", "demo.Price"));
        assert!(!matches("demo.Price", "demo.PriceUpdate"));
        assert!(!matches("demo.Price", "Price"));
    }

    #[test]
    fn a_star_leaves_the_end_open() {
        assert!(matches("demo.*", "demo.Price"));
        assert!(matches("demo.*", "demo.orders.Placed"));
        assert!(!matches("demo.*", "demo"));
        assert!(!matches("demo.*", "demonstration.Price"));
        assert!(matches("demo.Pri*", "demo.Price"));
        assert!(matches("demo.Pri*", "demo.Pri"));
        assert!(!matches("demo.Pri*", "demo.Trade"));
        assert!(matches("*", "Price"));
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_the_place_of_its_fault() {
        assert_eq!(Pattern::parse(""), Err(PatternError::Empty));
        for (pattern, at) in [("*.Price", 0), ("demo.*.Price", 5), ("demo.**", 5)] {
            let pattern = pattern.to_owned();
            assert_eq!(Pattern::parse(&pattern), Err(PatternError::Star { pattern, at }));
        }
    }
}
