//! What stands in the way of generating a package, where it stands, and what to do about it.

use std::fmt;

/// A place in a document, outermost part first.
///
/// ```
/// use callsheet_codegen::fault::Place;
///
/// let place = Place::contract("demo.Calculator").method("add").argument("class");
/// assert_eq!(place.to_string(), "contract `demo.Calculator`, method `add`, argument `class`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(String);

impl Place {
    /// The name of the package to generate.
    pub fn package(name: &str) -> Self {
        Self(format!("package `{name}`"))
    }

    /// A contract, by its full name.
    pub fn contract(name: &str) -> Self {
        Self(format!("contract `{name}`"))
    }

    /// A named type, by its name in the document.
    pub fn named_type(name: &str) -> Self {
        Self(format!("type `{name}`"))
    }

    /// An event, by the name to subscribe to.
    pub fn event(name: &str) -> Self {
        Self(format!("event `{name}`"))
    }

    /// A method of this contract.
    pub fn method(&self, name: &str) -> Self {
        self.inside("method", name)
    }

    /// An argument of this method.
    pub fn argument(&self, name: &str) -> Self {
        self.inside("argument", name)
    }

    /// A variant of this type.
    pub fn variant(&self, name: &str) -> Self {
        self.inside("variant", name)
    }

    /// A field of this type or variant.
    pub fn field(&self, name: &str) -> Self {
        self.inside("field", name)
    }

    fn inside(&self, kind: &str, name: &str) -> Self {
        Self(format!("{self}, {kind} `{name}`"))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One thing that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}; {remedy}")]
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
        self.0.push(Fault {
            place,
            problem: problem.into(),
            remedy: remedy.into(),
        });
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
