//! Payloads that stay bytes until the type they are meant for reads them.

use std::fmt;

use serde::de::DeserializeOwned;

use crate::fault::Fault;
use crate::{ArgumentPlace, Codec, strict};

/// A value that is still undecoded, with its codec. It may be absent, as the payload of a method without arguments.
///
/// ```
/// use callsheet_wire::{Codec, Payload};
///
/// let payload = Payload::new(Codec::Json, br#"{"a": 5, "b": "three"}"#);
/// #[derive(serde::Deserialize)]
/// struct Add { a: i32, b: i32 }
/// let error = payload.decode::<Add>().err().expect("b is no number");
/// assert_eq!(error.to_string(), "payload.b: expected i32, found string");
/// ```
#[derive(Clone, Copy)]
pub struct Payload<'a> {
    codec: Codec,
    body: Body<'a>,
    /// How many values are read.
    most: usize,
}

#[derive(Clone, Copy)]
enum Body<'a> {
    Absent,
    /// Nobody has looked at these bytes.
    Unchecked(&'a [u8]),
    Json(&'a str),
    /// One whole value whose strings are UTF-8.
    #[cfg(feature = "msgpack")]
    MessagePack(&'a [u8]),
}

impl<'a> Payload<'a> {
    /// A payload of any bytes; whether they are well formed is judged when they are decoded.
    pub fn new(codec: Codec, bytes: &'a [u8]) -> Self {
        Payload {
            codec,
            body: Body::Unchecked(bytes),
            most: usize::MAX,
        }
    }

    /// The payload of a frame that has none.
    pub fn absent(codec: Codec) -> Self {
        Payload {
            codec,
            body: Body::Absent,
            most: usize::MAX,
        }
    }

    /// JSON text, whether well formed or not.
    pub(crate) fn json(text: &'a str) -> Self {
        Payload {
            codec: Codec::Json,
            body: Body::Json(text),
            most: usize::MAX,
        }
    }

    /// A value that [`scan`](crate::scan) has passed over.
    #[cfg(feature = "msgpack")]
    pub(crate) fn scanned(value: &'a [u8]) -> Self {
        Payload {
            codec: Codec::MessagePack,
            body: Body::MessagePack(value),
            most: usize::MAX,
        }
    }

    /// The same payload, of which no more than so many values are decoded: every element of an array, and every key and
    /// every value of a map, counts as one, at whatever depth. Bytes are one value in MessagePack and an array in JSON.
    /// Without it, a payload has as many values as there are bytes for.
    ///
    /// ```
    /// use callsheet_wire::{Codec, Payload};
    ///
    /// let payload = Payload::new(Codec::Json, b"[1, 2, 3]").at_most(2);
    /// let error = payload.decode::<Vec<u8>>().err().expect("it has three");
    /// assert_eq!(error.to_string(), "payload[2]: more than 2 values in one payload; send fewer at once");
    /// ```
    #[must_use]
    pub fn at_most(self, values: usize) -> Self {
        Payload { most: values, ..self }
    }

    /// How many values are decoded at most.
    pub fn most(&self) -> usize {
        self.most
    }

    /// The codec of the bytes.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// The undecoded bytes; empty if the payload is absent.
    pub fn bytes(&self) -> &'a [u8] {
        match self.body {
            Body::Absent => &[],
            Body::Json(text) => text.as_bytes(),
            Body::Unchecked(bytes) => bytes,
            #[cfg(feature = "msgpack")]
            Body::MessagePack(bytes) => bytes,
        }
    }

    /// Whether the frame had no payload at all.
    pub fn is_absent(&self) -> bool {
        matches!(self.body, Body::Absent)
    }

    /// Whether the payload is there and is null.
    pub fn is_null(&self) -> bool {
        match self.codec {
            Codec::Json => self.bytes().trim_ascii() == b"null",
            #[cfg(feature = "msgpack")]
            Codec::MessagePack => self.bytes() == [0xc0],
        }
    }

    /// Decodes the value, strictly (see the [crate's documentation](crate)). An absent payload decodes like null.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] says where the value does not fit `T`, in the caller's terms, and never repeats the value.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        let mut decoded = None;
        self.read(&mut |value| {
            decoded = Some(T::deserialize(value)?);
            Ok(())
        })?;
        decoded.ok_or_else(DecodeError::unread)
    }

    /// Decodes a map of named arguments, each into its [`Argument`](crate::Argument): `places` are those of `names`, in
    /// their order. An absent payload and null read as the empty map, so that methods without (required) arguments accept
    /// all three.
    ///
    /// # Errors
    ///
    /// As [`decode`](Self::decode) of a struct with these fields.
    pub fn arguments(
        &self,
        names: &'static [&'static str],
        places: &mut [ArgumentPlace<'_>],
    ) -> Result<(), DecodeError> {
        let map = match self.codec {
            _ if !self.is_absent() && !self.is_null() => *self,
            Codec::Json => Payload::json("{}"),
            #[cfg(feature = "msgpack")]
            Codec::MessagePack => Payload::scanned(&[0x80]),
        };
        map.read(&mut |value| value.arguments(names, places))
    }

    fn read(&self, read: strict::ReadRoot<'_>) -> Result<(), DecodeError> {
        let fault = match (self.body, self.codec) {
            (Body::Json(text), _) => return strict::json(text, self.most, read),
            #[cfg(feature = "msgpack")]
            (Body::MessagePack(value), _) => return strict::messagepack(value, self.most, read),
            (Body::Absent, Codec::Json) => return strict::json("null", self.most, read),
            #[cfg(feature = "msgpack")]
            (Body::Absent, Codec::MessagePack) => return strict::messagepack(&[0xc0], self.most, read),
            (Body::Unchecked(bytes), Codec::Json) => match std::str::from_utf8(bytes) {
                Ok(text) => return strict::json(text, self.most, read),
                Err(_) => Fault::text("text that is not valid UTF-8"),
            },
            #[cfg(feature = "msgpack")]
            (Body::Unchecked(bytes), Codec::MessagePack) => match crate::scan::one_value(bytes) {
                Ok(()) => return strict::messagepack(bytes, self.most, read),
                Err(fault) => fault,
            },
        };
        Err(fault.into())
    }
}

impl fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.body {
            Body::Absent => write!(f, "Payload({}, absent)", self.codec),
            _ => write!(f, "Payload({}, {} bytes)", self.codec, self.bytes().len()),
        }
    }
}

/// A payload that does not fit its type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct DecodeError {
    path: String,
    message: String,
}

impl DecodeError {
    /// Where in the payload, as in `payload.items[3].name`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there, as in `expected i32, found string`.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl DecodeError {
    /// Nothing was read, and no error said so: a fault of whoever reads, which none has.
    #[doc(hidden)]
    #[cold]
    pub fn unread() -> Self {
        Fault::text("expected a value, found none").into()
    }
}

impl From<Fault> for DecodeError {
    fn from(fault: Fault) -> Self {
        let (path, message) = fault.into_parts();
        DecodeError { path, message }
    }
}
