//! Where the two codecs write a type differently, and how.

use serde::{Deserialize, Serialize};

use crate::TypeRef;

/// How a built-in type is written in each codec, where the codecs differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encoding {
    /// What JSON writes.
    pub json: String,
    /// What MessagePack writes.
    pub messagepack: String,
}

/// The entry for `reference` in a document's table of encodings: its key there, and what each codec writes.
pub(crate) fn of(reference: &TypeRef) -> Option<(&'static str, Encoding)> {
    let (key, json, messagepack) = match reference {
        TypeRef::Bytes => ("bytes", "a list of integers from 0 to 255", "bin"),
        TypeRef::I128 | TypeRef::U128 => ("128-bit integers", "a number", "bin of 16 bytes, big-endian"),
        TypeRef::F32 | TypeRef::F64 => (
            "non-finite floats",
            "not representable: an error that names the field",
            "a float",
        ),
        TypeRef::Map(key, _) if is_integer(key) => ("integer map keys", "a string of decimal digits", "an integer"),
        TypeRef::Map(key, _) if **key == TypeRef::Bool => ("boolean map keys", "\"true\" or \"false\"", "a boolean"),
        _ => return None,
    };
    let encoding = Encoding {
        json: json.to_owned(),
        messagepack: messagepack.to_owned(),
    };
    Some((key, encoding))
}

fn is_integer(reference: &TypeRef) -> bool {
    use TypeRef::*;
    matches!(reference, I8 | I16 | I32 | I64 | I128 | U8 | U16 | U32 | U64 | U128)
}
