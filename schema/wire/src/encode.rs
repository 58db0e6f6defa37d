//! Writing values straight into a buffer.

use serde::Serialize;

use crate::fault::{Fault, Run, Site};
use crate::{Codec, exact, frame};

/// A value that cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct EncodeError {
    path: String,
    message: String,
}

impl EncodeError {
    /// Where in the value, as in `payload.items[3].price`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl From<Fault> for EncodeError {
    fn from(fault: Fault) -> Self {
        let (path, message) = fault.into_parts();
        EncodeError { path, message }
    }
}

impl From<frame::TooLong> for EncodeError {
    fn from(error: frame::TooLong) -> Self {
        Fault::text(error.to_string()).into()
    }
}

/// A value that can be written in either codec: whatever serde can serialise. It is all that a frame has to know of its
/// payload.
pub trait Encode {
    /// Appends the value to `out`.
    ///
    /// # Errors
    ///
    /// As [`encode`](crate::encode()).
    fn encode(&self, codec: Codec, out: &mut Vec<u8>) -> Result<(), EncodeError>;
}

impl<T: Serialize + ?Sized> Encode for T {
    fn encode(&self, codec: Codec, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        encode(codec, self, out)
    }
}

/// Appends `value` to `out`.
///
/// ```
/// use callsheet_wire::{Codec, encode};
///
/// let mut out = Vec::new();
/// encode(Codec::Json, &("ACME", 123.45), &mut out)?;
/// assert_eq!(out, br#"["ACME",123.45]"#);
///
/// let error = encode(Codec::Json, &[1.0, f64::NAN], &mut out).expect_err("NaN has no form in JSON");
/// assert_eq!(error.path(), "payload[1]");
/// # Ok::<(), callsheet_wire::EncodeError>(())
/// ```
///
/// # Errors
///
/// A float that is NaN or infinite (in JSON), a map key without a form in JSON, nesting beyond
/// [`MAX_DEPTH`](crate::MAX_DEPTH), and whatever the value's own `Serialize` refuses. `out` then ends as it did before.
pub fn encode<T: Serialize + ?Sized>(codec: Codec, value: &T, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let start = out.len();
    let run = Run::new(codec, 0);
    match exact::serialize(value, out, Site::root(&run)) {
        Ok(()) => Ok(()),
        Err(fault) => {
            out.truncate(start);
            Err(fault.into())
        }
    }
}

/// Appends named arguments to `out`, as [`Payload::arguments`](crate::Payload::arguments) reads them.
///
/// # Errors
///
/// As [`encode`] of a struct with these fields.
pub fn encode_arguments(
    codec: Codec,
    arguments: &[(&'static str, &dyn Encode)],
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let start = out.len();
    let written = crate::envelope::write_map(out, codec, arguments);
    if written.is_err() {
        out.truncate(start);
    }
    written
}

impl EncodeError {
    /// The error of a value that is the field `name` of another.
    pub(crate) fn within(mut self, name: &str) -> Self {
        let below = self.path.strip_prefix("payload").unwrap_or(&self.path);
        self.path = format!("payload.{name}{below}");
        self
    }
}
