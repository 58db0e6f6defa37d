//! What stands in the way of generating a package, where it stands, and what to do about it.

use std::fmt;

pub use callsheet_schema::Place;
use callsheet_schema::names::visible;

/// One thing that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", visible(format!("{place}: {problem}; {remedy}")))]
pub struct Fault {
    /// Where it stands.
    pub place: Place,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

/// Everything that stands in the way, in the order it was found; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenerateError(Vec<Fault>);

impl GenerateError {
    /// The faults, at least one.
    pub fn faults(&self) -> &[Fault] {
        &self.0
    }
}

impl fmt::Display for GenerateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for GenerateError {}

/// Collects faults, so that all are reported at once.
///
/// ```
/// use callsheet_codegen::fault::{Faults, Place};
///
/// let mut faults = Faults::default();
/// faults.add(Place::named_type("demo.Tick"), "a type without fields", "give it one");
/// let error = faults.finish(()).unwrap_err();
/// assert_eq!(error.to_string(), "type `demo.Tick`: a type without fields; give it one");
/// ```
#[derive(Debug, Default)]
#[must_use = "faults that are not finished are forgotten"]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Adds one. `problem` says what is wrong, `remedy` what to do about it: both lowercase, without a full stop.
    pub fn add(&mut self, place: Place, problem: impl Into<String>, remedy: impl Into<String>) {
        let fault = Fault {
            place,
            problem: problem.into(),
            remedy: remedy.into(),
        };
        if !self.0.contains(&fault) {
            self.0.push(fault);
        }
    }

    /// `value` if nothing was wrong.
    ///
    /// # Errors
    ///
    /// Every fault that was added, if there is one.
    pub fn finish<T>(self, value: T) -> Result<T, GenerateError> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(GenerateError(self.0))
        }
    }
}
