//! Whose wire a connection speaks, where calls are answered.

use crate::acton::{self, Form};
use crate::{Codec, Encode, EncodeError, Failure, write};

/// In what form a call is answered: that of its question.
///
/// Its methods append whole frames to a buffer, as [`write`](mod@crate::write) and [`acton::write`] do, and leave the buffer
/// as it was if they fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Callsheet's own, in a codec.
    Own(Codec),
    /// That of acton-reactive, in a form. It has an id in every answer.
    Acton(Form),
}

impl Dialect {
    /// The codec of payloads.
    #[inline]
    pub const fn codec(self) -> Codec {
        match self {
            Dialect::Own(codec) => codec,
            Dialect::Acton(form) => form.codec(),
        }
    }

    /// Appends the answer of a call that succeeded.
    ///
    /// # Errors
    ///
    /// Those of [`encode`](crate::encode()).
    #[inline]
    pub fn response(self, out: &mut Vec<u8>, id: Option<&str>, payload: &dyn Encode) -> Result<(), EncodeError> {
        match self {
            Dialect::Own(codec) => write::response(out, codec, id, payload),
            Dialect::Acton(form) => acton::write::response(out, form, id, payload),
        }
    }

    /// Appends the answer of a call that failed for any reason but the contract's own.
    pub fn refusal(self, out: &mut Vec<u8>, id: Option<&str>, failure: &Failure) {
        match self {
            Dialect::Own(codec) => write::refusal(out, codec, id, failure),
            Dialect::Acton(form) => acton::write::refusal(out, form, id, failure),
        }
    }

    /// Appends the answer of a call that ended with the contract's own error, `details`.
    ///
    /// # Errors
    ///
    /// Those of [`encode`](crate::encode()).
    pub fn contract_error(
        self,
        out: &mut Vec<u8>,
        id: Option<&str>,
        text: &str,
        details: &dyn Encode,
    ) -> Result<(), EncodeError> {
        match self {
            Dialect::Own(codec) => write::contract_error(out, codec, id, text, details),
            Dialect::Acton(form) => acton::write::contract_error(out, form, id, text, details),
        }
    }

    /// Appends an item of a stream; if `is_final`, nothing follows what is appended.
    ///
    /// # Errors
    ///
    /// Those of [`encode`](crate::encode()).
    #[inline]
    pub fn stream_item(
        self,
        out: &mut Vec<u8>,
        id: &str,
        sequence: u64,
        is_final: bool,
        payload: &dyn Encode,
    ) -> Result<(), EncodeError> {
        match self {
            Dialect::Own(codec) => write::stream_item(out, codec, id, sequence, is_final, payload),
            Dialect::Acton(form) => acton::write::stream_item(out, form, id, sequence, is_final, payload),
        }
    }

    /// Appends the end of a stream, without an item; `sequence` is the number of items.
    pub fn stream_end(self, out: &mut Vec<u8>, id: &str, sequence: u64) {
        match self {
            Dialect::Own(codec) => write::stream_end(out, codec, id, sequence),
            Dialect::Acton(form) => acton::write::stream_end(out, form, id, sequence),
        }
    }

    /// Appends the end of a stream that failed for any reason but the contract's own.
    pub fn stream_refusal(self, out: &mut Vec<u8>, id: &str, sequence: u64, failure: &Failure) {
        match self {
            Dialect::Own(codec) => write::stream_refusal(out, codec, id, sequence, failure),
            Dialect::Acton(form) => acton::write::stream_refusal(out, form, id, sequence, failure),
        }
    }

    /// Appends the end of a stream that ended with the contract's own error, `details`.
    ///
    /// # Errors
    ///
    /// Those of [`encode`](crate::encode()).
    pub fn stream_contract_error(
        self,
        out: &mut Vec<u8>,
        id: &str,
        sequence: u64,
        text: &str,
        details: &dyn Encode,
    ) -> Result<(), EncodeError> {
        match self {
            Dialect::Own(codec) => write::stream_contract_error(out, codec, id, sequence, text, details),
            Dialect::Acton(form) => acton::write::stream_contract_error(out, form, id, sequence, text, details),
        }
    }
}
