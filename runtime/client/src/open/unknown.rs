//! A variant that the client does not know.

use super::Value;

/// A variant whose name this client does not know, with its data: the service has got it since the client was generated.
///
/// It is equal to another of the same name and data, and is sent back as it came. There is nothing to be done with it but
/// that, to tell its name, or to read its data where its form is known from elsewhere.
///
/// The bytes of MessagePack are kept as bytes; JSON has none, and writes them as an array of numbers. Integers of 128 bits
/// are bytes in MessagePack. JSON's integers that 64 bits do not hold are kept as the nearest [`Value::Double`].
///
/// ```
/// use callsheet_client::open::{UnknownVariant, Value};
///
/// let paused = UnknownVariant::named("paused").with_data(Value::Map(vec![("minutes".into(), 5.into())]));
/// assert_eq!(paused.name(), "paused");
///
/// #[derive(serde::Deserialize)]
/// struct Pause { minutes: u32 }
/// let pause: Pause = paused.data().expect("it has data").read()?;
/// assert_eq!(pause.minutes, 5);
/// # Ok::<(), callsheet_client::open::ValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownVariant(Box<Kept>);

/// Boxed, so that an enum is no larger for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Kept {
    name: String,
    data: Option<Value>,
}

impl UnknownVariant {
    /// A variant without data, made on purpose: to send what this client does not know, or for a test.
    ///
    /// Of a name that the enum does know, what is sent is that variant.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        let name = name.into();
        Self(Box::new(Kept { name, data: None }))
    }

    /// The same with these data, in place of any others.
    ///
    /// Of an enum whose data stand beside its tag, they are a [`Value::Map`] of those entries; anything else cannot be
    /// written.
    #[must_use]
    pub fn with_data(mut self, data: Value) -> Self {
        self.0.data = Some(data);
        self
    }

    /// The name of the variant, as it stands on the wire.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The data, if it has any: null is data, and nothing is none. Of an enum whose data stand beside its tag, a
    /// [`Value::Map`] of all entries but the tag.
    #[must_use]
    pub fn data(&self) -> Option<&Value> {
        self.0.data.as_ref()
    }

    /// Keeps what was read, and counts it.
    pub(super) fn keep(name: String, data: Option<Value>) -> Self {
        super::untagged::count();
        Self(Box::new(Kept { name, data }))
    }
}
