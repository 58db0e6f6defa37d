//! Reading and writing, the server's way and serde's own.

use std::cell::Cell;

use callsheet_schema::conform::{Codec, Value};
use callsheet_wire::Payload;
use serde::{Deserialize, Deserializer, Serialize};

use crate::case::{Case, Subject};

/// Who reads and writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// What the server uses.
    Wire,
    /// serde_json, and rmp-serde with named fields and in its human-readable form.
    Serde,
}

/// Both codecs.
pub const CODECS: [Codec; 2] = [Codec::Json, Codec::MessagePack];
/// Both who read and write.
pub const BOTH: [By; 2] = [By::Wire, By::Serde];

type Read = fn(&mut dyn erased_serde::Deserializer<'_>) -> Result<Subject, erased_serde::Error>;

thread_local! {
    /// What [`Dynamic`] reads: the type that is not in its type.
    static READ: Cell<Option<Read>> = const { Cell::new(None) };
}

/// A value of whatever type [`READ`] reads.
struct Dynamic(Subject);

impl<'de> Deserialize<'de> for Dynamic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = READ
            .get()
            .ok_or_else(|| serde::de::Error::custom("nobody said which type to read"))?;
        let mut erased = <dyn erased_serde::Deserializer<'_>>::erase(deserializer);
        read(&mut erased).map(Dynamic).map_err(serde::de::Error::custom)
    }
}

/// Reads a value of the type of `case`.
///
/// # Errors
///
/// Why it was refused.
pub fn read(case: &Case, codec: Codec, by: By, bytes: &[u8]) -> Result<Subject, String> {
    READ.set(Some(case.read));
    let read: Result<Dynamic, String> = match (by, codec) {
        (By::Wire, codec) => Payload::new(wire(codec), bytes)
            .decode()
            .map_err(|error| error.to_string()),
        (By::Serde, Codec::Json) => serde_json::from_slice(bytes).map_err(|error| error.to_string()),
        (By::Serde, Codec::MessagePack) => {
            let mut deserializer = rmp_serde::Deserializer::from_read_ref(bytes).with_human_readable();
            Dynamic::deserialize(&mut deserializer).map_err(|error| error.to_string())
        }
    };
    read.map(|Dynamic(subject)| subject)
}

/// Writes a value of a type on trial.
///
/// # Errors
///
/// Why it was refused.
pub fn write(subject: &dyn erased_serde::Serialize, codec: Codec, by: By) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    match (by, codec) {
        (By::Wire, codec) => {
            callsheet_wire::encode(wire(codec), subject, &mut bytes).map_err(|error| error.to_string())?;
        }
        (By::Serde, Codec::Json) => serde_json::to_writer(&mut bytes, subject).map_err(|error| error.to_string())?,
        (By::Serde, Codec::MessagePack) => {
            let mut serializer = rmp_serde::Serializer::new(&mut bytes)
                .with_struct_map()
                .with_human_readable();
            subject.serialize(&mut serializer).map_err(|error| error.to_string())?;
        }
    }
    Ok(bytes)
}

/// The bytes of a value that has no type.
///
/// # Errors
///
/// If the codec cannot write it.
pub fn bytes_of(value: &Value, codec: Codec) -> Result<Vec<u8>, String> {
    match codec {
        Codec::Json => serde_json::to_vec(value).map_err(|error| error.to_string()),
        Codec::MessagePack => rmp_serde::to_vec(value).map_err(|error| error.to_string()),
    }
}

/// The value, without its type, that stands in `bytes`.
///
/// # Errors
///
/// If they are not well formed.
pub fn value_of(bytes: &[u8], codec: Codec) -> Result<Value, String> {
    match codec {
        Codec::Json => {
            let text = str::from_utf8(bytes).map_err(|error| error.to_string())?;
            Value::from_json(text).map_err(|error| error.to_string())
        }
        Codec::MessagePack => rmp_serde::from_slice(bytes).map_err(|error| error.to_string()),
    }
}

/// The codec as the wire calls it.
fn wire(codec: Codec) -> callsheet_wire::Codec {
    match codec {
        Codec::Json => callsheet_wire::Codec::Json,
        Codec::MessagePack => callsheet_wire::Codec::MessagePack,
    }
}
