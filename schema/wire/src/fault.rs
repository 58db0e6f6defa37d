//! What is wrong with a value and where: the error type behind decoding and encoding.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt::{self, Display};

use serde::de::{self, Expected, Unexpected};
use serde::ser;

use crate::Codec;
use crate::place::{MAX_DEPTH, Place, Shortened};

/// Boxed, so that the results serde passes around on the good path stay small.
#[derive(Debug)]
pub(crate) struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    path: Option<String>,
    message: Message,
}

#[derive(Debug)]
enum Message {
    /// A value of the wrong kind. What was expected is kept apart, since the caller of a visitor knows a better word.
    Kind {
        expected: Cow<'static, str>,
        found: &'static str,
    },
    Text(String),
}

impl Fault {
    #[cold]
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Fault(Box::new(Inner {
            path: None,
            message: Message::Text(text.into()),
        }))
    }

    #[cold]
    pub(crate) fn kind(expected: impl Into<Cow<'static, str>>, found: &'static str) -> Self {
        Fault(Box::new(Inner {
            path: None,
            message: Message::Kind {
                expected: expected.into(),
                found,
            },
        }))
    }

    /// Says where it happened, unless somebody nearer has said it.
    #[cold]
    pub(crate) fn at(mut self, place: &Place<'_>) -> Self {
        self.0.path.get_or_insert_with(|| place.to_string());
        self
    }

    /// Replaces a visitor's words for what it expected, if the fault is at this very place.
    #[cold]
    pub(crate) fn expecting(mut self, word: Option<Cow<'static, str>>) -> Self {
        if let (None, Message::Kind { expected, .. }, Some(word)) = (&self.0.path, &mut self.0.message, word) {
            *expected = word;
        }
        self
    }

    /// The path and the message.
    pub(crate) fn into_parts(self) -> (String, String) {
        let message = self.to_string();
        (self.0.path.unwrap_or_else(|| Place::Root.to_string()), message)
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.message {
            Message::Kind { expected, found } => write!(f, "expected {expected}, found {found}"),
            Message::Text(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Fault {}

/// The word for what was found: its kind, never its value.
fn found(unexpected: &Unexpected<'_>) -> &'static str {
    match unexpected {
        Unexpected::Bool(_) => "boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "integer",
        Unexpected::Float(_) => "float",
        Unexpected::Char(_) | Unexpected::Str(_) => "string",
        Unexpected::Bytes(_) => "bytes",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "array",
        Unexpected::Map => "object",
        Unexpected::Other(text) if text.starts_with("integer") => "integer",
        _ => "another kind of value",
    }
}

fn one_of(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [only] => format!("`{only}`"),
        several => format!("one of `{}`", several.join("`, `")),
    }
}

impl de::Error for Fault {
    fn custom<T: Display>(message: T) -> Self {
        Fault::text(message.to_string())
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Fault::kind(expected.to_string(), found(&unexpected))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        // The wire has one name for what Rust has two.
        let expected = match expected.to_string().as_str() {
            "usize" => "u64".to_owned(),
            "isize" => "i64".to_owned(),
            other => other.to_owned(),
        };
        match found(&unexpected) {
            "integer" => Fault::text(format!("expected {expected}, found integer out of range")),
            found => Fault::text(format!("expected {expected}, found {found}")),
        }
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Fault::text(format!("expected {expected}, found {length} elements"))
    }

    fn unknown_variant(_variant: &str, expected: &'static [&'static str]) -> Self {
        Fault::text(format!("unknown variant, expected {}", one_of(expected)))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Fault::text(format!(
            "unknown field `{}`, expected {}",
            Shortened(field),
            one_of(expected)
        ))
    }

    fn missing_field(field: &'static str) -> Self {
        Fault::text(format!("missing field `{field}`"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Fault::text(format!("duplicate field `{field}`"))
    }
}

impl ser::Error for Fault {
    fn custom<T: Display>(message: T) -> Self {
        Fault::text(message.to_string())
    }
}

/// What one decoding or encoding shares from its root to its leaves.
pub(crate) struct Run {
    pub(crate) codec: Codec,
    /// An upper bound on the elements a container can hold: the bytes of the payload.
    pub(crate) bytes: usize,
    /// How many values there may be.
    most: usize,
    /// How many of them are left.
    left: Cell<usize>,
    /// A fault on its way up through a foreign (de)serializer, whose own error type cannot carry it.
    carried: Cell<Option<Fault>>,
}

impl Run {
    pub(crate) fn new(codec: Codec, bytes: usize) -> Self {
        Run {
            codec,
            bytes,
            most: usize::MAX,
            left: Cell::new(usize::MAX),
            carried: Cell::new(None),
        }
    }

    /// The same, of which at most so many values are read.
    pub(crate) fn at_most(self, values: usize) -> Self {
        Run {
            most: values,
            left: Cell::new(values),
            ..self
        }
    }
}

/// One place of a run.
#[derive(Clone, Copy)]
pub(crate) struct Site<'c> {
    pub(crate) run: &'c Run,
    pub(crate) place: &'c Place<'c>,
    /// Maps and arrays around this place.
    depth: usize,
}

impl<'c> Site<'c> {
    pub(crate) fn root(run: &'c Run) -> Self {
        Site {
            run,
            place: &Place::Root,
            depth: 0,
        }
    }

    /// The same run one step further.
    #[inline]
    pub(crate) fn step<'s>(self, place: &'s Place<'s>) -> Site<'s>
    where
        'c: 's,
    {
        Site {
            run: self.run,
            place,
            depth: self.depth,
        }
    }

    /// Inside the map or array at this place.
    #[inline]
    pub(crate) fn inside(self) -> Result<Self, Fault> {
        if self.depth == MAX_DEPTH {
            return Err(Fault::text(format!("nested deeper than {MAX_DEPTH} levels")).at(self.place));
        }
        Ok(Site {
            depth: self.depth + 1,
            ..self
        })
    }

    /// Counts one more element of an array, or key or value of a map.
    #[inline]
    pub(crate) fn count(self) -> Result<(), Fault> {
        let left = self.run.left.get();
        if left == 0 {
            return Err(Fault::text(format!(
                "more than {} values in one payload; send fewer at once",
                self.run.most
            )));
        }
        self.run.left.set(left - 1);
        Ok(())
    }

    /// Sets a fault aside and makes the placeholder that a foreign error type carries in its stead.
    #[cold]
    pub(crate) fn carry<E>(self, fault: Fault, placeholder: impl FnOnce(&'static str) -> E) -> E {
        self.run.carried.set(Some(fault));
        placeholder("carried")
    }

    /// Takes up the fault that a foreign error stands for, if it stands for one.
    #[cold]
    pub(crate) fn carried(self) -> Option<Fault> {
        self.run.carried.take()
    }
}
