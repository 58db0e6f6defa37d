//! Where the two codecs write a type differently, and how.

use serde::{Deserialize, Serialize};

use crate::{
    TypeRef,
    document::{
        keys::{MapKey, map_key},
        view::View,
    },
};

/// How a built-in type is written in each codec, where the codecs differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encoding {
    /// What JSON writes.
    pub json: String,
    /// What MessagePack writes.
    pub messagepack: String,
}

/// The entry for `reference` in a document's table of encodings: its key there, and what each codec writes.
pub(crate) fn of(view: View<'_>, reference: &TypeRef) -> Option<(&'static str, Encoding)> {
    let (key, json, messagepack) = match reference {
        TypeRef::Bytes => ("bytes", "a list of integers from 0 to 255", "bin"),
        TypeRef::I128 | TypeRef::U128 => ("128-bit integers", "a number", "bin of 16 bytes, big-endian"),
        TypeRef::F32 | TypeRef::F64 => (
            "non-finite floats",
            "not representable: an error that names the field",
            "a float",
        ),
        TypeRef::Map(key, _) => match map_key(view, key)? {
            MapKey::Integer => ("integer map keys", "a string of decimal digits", "an integer"),
            MapKey::Bool => ("boolean map keys", "\"true\" or \"false\"", "a boolean"),
            MapKey::Text => return None,
        },
        _ => return None,
    };
    let encoding = Encoding {
        json: json.to_owned(),
        messagepack: messagepack.to_owned(),
    };
    Some((key, encoding))
}
