//! What is wrong with a document, where, and what to do about it.

use std::fmt;

use crate::names::visible;

/// A place in a document or in what is made of it, outermost part first.
///
/// ```
/// use callsheet_schema::Place;
///
/// let place = Place::named_type("demo.Shape").variant("Circle").field("radius");
/// assert_eq!(place.to_string(), "type `demo.Shape`, variant `Circle`, field `radius`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(String);

impl Place {
    /// The package that a document is of, or that is made of it.
    pub fn package(name: &str) -> Self {
        Self(format!("package `{name}`"))
    }

    /// An event, by the name to subscribe to, whichever contract publishes it.
    pub fn published(event: &str) -> Self {
        Self(format!("event `{event}`"))
    }

    /// A contract, by its full name.
    pub fn contract(name: &str) -> Self {
        Self(format!("contract `{name}`"))
    }

    /// A named type, by its name in the document.
    pub fn named_type(name: &str) -> Self {
        Self(format!("type `{name}`"))
    }

    /// A method of this contract, by its name in Rust.
    pub fn method(&self, name: &str) -> Self {
        Self(format!("{self}, method `{name}`"))
    }

    /// An argument of this method.
    pub fn argument(&self, name: &str) -> Self {
        Self(format!("{self}, argument `{name}`"))
    }

    /// What this method replies.
    pub fn reply(&self) -> Self {
        Self(format!("{self}, reply"))
    }

    /// The error that is declared for this method.
    pub fn error(&self) -> Self {
        Self(format!("{self}, error"))
    }

    /// An event of this contract, by the name to subscribe to.
    pub fn event(&self, name: &str) -> Self {
        Self(format!("{self}, event `{name}`"))
    }

    /// A variant of this type, by its name on the wire.
    pub fn variant(&self, name: &str) -> Self {
        Self(format!("{self}, variant `{name}`"))
    }

    /// A field of this type or variant, by its name on the wire.
    pub fn field(&self, name: &str) -> Self {
        Self(format!("{self}, field `{name}`"))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $number:literal,)*) => {
        /// The kinds of faults that a document can have. Each has a number of its own that never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum FaultCode {
            $($(#[doc = $doc])* $name,)*
        }

        impl FaultCode {
            /// Every code, by number.
            pub const ALL: &[FaultCode] = &[$(FaultCode::$name),*];

            /// The number, as in `CS0205`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(FaultCode::$name => $number,)*
                }
            }
        }
    };
}

codes! {
    /// Two types claim one name.
    TypeConflict = "CS0201",
    /// Two contracts claim one name.
    ContractConflict = "CS0202",
    /// Two methods of a contract claim one message name.
    MessageConflict = "CS0203",
    /// A type or contract is named that the document does not define.
    Undefined = "CS0204",
    /// Two entries of one map have the same name.
    EntryConflict = "CS0205",
    /// Two variants of an enum have the same name.
    VariantConflict = "CS0206",
    /// The keys of a map have no form in JSON, or none that every language writes alike.
    MapKey = "CS0207",
    /// A 128-bit integer stands where serde holds values back before it knows their type.
    HeldBackWideInteger = "CS0208",
    /// Keys that are no text stand where serde holds values back before it knows their type.
    HeldBackMapKey = "CS0209",
    /// The data of an internally tagged variant is no map, so that the tag has no place.
    TaggedData = "CS0210",
    /// The data of an internally tagged variant has an entry of the tag's name.
    TagConflict = "CS0211",
    /// A flattened field has no entries.
    FlattenedData = "CS0212",
    /// Unknown entries are refused beside flattened fields.
    FlattenedDenyUnknown = "CS0213",
    /// A flattened field takes entries that belong to others for its own.
    FlattenedOrder = "CS0214",
    /// A struct is flattened into itself.
    FlattenedIntoItself = "CS0215",
    /// A tagged struct is flattened where its tag has no place.
    FlattenedTag = "CS0216",
    /// The hashes are not those of the contracts.
    Hashes = "CS0217",
    /// Nothing tells variants apart of which one has bytes where the other has text.
    BytesOrText = "CS0218",
}

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", visible(format!("{code}: {place}: {problem}; {remedy}")))]
pub struct DocumentFault {
    /// Which kind of fault it is.
    pub code: FaultCode,
    /// Where it stands.
    pub place: Place,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

/// Collects what is wrong with a document, so that all is reported at once.
#[derive(Debug, Default)]
#[must_use = "faults that nobody looks at are forgotten"]
pub(crate) struct Faults(Vec<DocumentFault>);

impl Faults {
    /// Adds a fault. What is wrong in both directions is said once.
    pub(crate) fn add(
        &mut self,
        code: FaultCode,
        place: &Place,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let fault = DocumentFault {
            code,
            place: place.clone(),
            problem: problem.into(),
            remedy: remedy.into(),
        };
        if !self.0.contains(&fault) {
            self.0.push(fault);
        }
    }

    /// The faults, in the order of their codes.
    pub(crate) fn finish(mut self) -> Result<(), Vec<DocumentFault>> {
        // Stable: faults of one code keep the order of the document.
        self.0.sort_by_key(|fault| fault.code);
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }
}
