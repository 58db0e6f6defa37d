//! Uses of types: what they are in TypeScript, and the expressions that read and write them.

use std::collections::BTreeMap;

use crate::ir::{Api, Field, MapKey, TypeRef, Uses, Variant};

use crate::backends::Int64;

use super::{
    names::{entry, literal},
    text,
};

/// The types of a package, each with its name in TypeScript.
pub(super) struct Types<'a> {
    pub(super) api: &'a Api,
    /// By the id of the type.
    pub(super) names: &'a BTreeMap<&'a str, String>,
    /// What integers of 64 bits are where the types are used.
    pub(super) int64: Int64,
    /// The api is a mirrored one: the types in TypeScript are those of the client, which is the other side.
    pub(super) mirrored: bool,
}

/// Where a value stands: the expressions for what holds it, and for its key there.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) parent: &'a str,
    pub(super) key: &'a str,
}

/// What a decoder or an encoder is given: the place of the value itself.
pub(super) const HERE: Place<'static> = Place {
    parent: "parent",
    key: "key",
};

impl<'a> Types<'a> {
    /// The same where integers of 64 bits are something else.
    pub(super) fn with(&self, int64: Int64) -> Types<'a> {
        Types { int64, ..*self }
    }

    fn name(&self, id: &str) -> &str {
        &self.names[id]
    }

    /// The type in TypeScript.
    pub(super) fn annotation(&self, reference: &TypeRef) -> String {
        use TypeRef::*;
        match reference {
            Unit => "null".to_owned(),
            Bool => "boolean".to_owned(),
            I8 | I16 | I32 | U8 | U16 | U32 | F32 | F64 => "number".to_owned(),
            I64 | U64 => self.int64.name().to_owned(),
            I128 | U128 => "bigint".to_owned(),
            Char | String | Text(_) => "string".to_owned(),
            Bytes => "Uint8Array".to_owned(),
            Duration => "Duration".to_owned(),
            SystemTime => "SystemTime".to_owned(),
            NonZero(inner) => self.annotation(inner),
            Option(inner) => match self.annotation(inner) {
                already if self.is_null(inner) || already.ends_with("| null") => already,
                inner => format!("{inner} | null"),
            },
            List(item) | Set(item) | Array(item, _) => match self.annotation(item) {
                item if item.contains(' ') => format!("readonly ({item})[]"),
                item => format!("readonly {item}[]"),
            },
            Tuple(items) => format!("readonly {}", self.places(items)),
            Map(key, value) => self.map_annotation(key, &self.annotation(value)),
            Named(id) => self.name(id).to_owned(),
        }
    }

    /// A list of types in brackets.
    fn places(&self, items: &[TypeRef]) -> String {
        let items: Vec<_> = items.iter().map(|item| self.annotation(item)).collect();
        format!("[{}]", items.join(", "))
    }

    /// Maps from strings are written as index signatures, not as `Record`, which a type cannot refer to itself through.
    fn map_annotation(&self, key: &TypeRef, value: &str) -> String {
        match self.keys(key) {
            Keys::AnyText | Keys::Form => format!("{{ readonly [key: string]: {value} }}"),
            Keys::Choice => format!("{{ readonly [key in {}]?: {value} }}", self.annotation(key)),
            Keys::Integer | Keys::Bool => format!("ReadonlyMap<{}, {value}>", self.annotation(key)),
        }
    }

    /// The object may be without the property: a client may leave it out, or the server may, and no null stands for it.
    pub(super) fn is_optional(&self, field: &Field, uses: Uses) -> bool {
        let (sent, optional, received, sometimes) = if self.mirrored {
            (uses.received, field.sometimes, uses.sent, field.optional)
        } else {
            (uses.sent, field.optional, uses.received, field.sometimes)
        };
        let is_absent = match self.api.underlying(&field.type_ref) {
            // Decoders read an option that is left out as null.
            TypeRef::Option(_) => false,
            // A flattened map that is left out is an empty one.
            TypeRef::Map(..) => sometimes && !field.flattened,
            _ => sometimes,
        };
        (sent && optional) || (received && is_absent)
    }

    /// What a variant is called in the types: what the client reads.
    pub(super) fn label(&self, variant: &Variant) -> String {
        literal(if self.mirrored {
            &variant.sent_as
        } else {
            &variant.received_as
        })
    }

    /// The expression that reads `value`, which stands at `place`.
    pub(super) fn decode(&self, reference: &TypeRef, value: &str, place: Place<'_>) -> String {
        use TypeRef::*;
        let at = format!("{value}, {}, {}", place.parent, place.key);
        match reference {
            Option(inner) => format!("decode.nullable({at}, {})", self.decoder(inner)),
            NonZero(inner) => format!("decode.nonZero({at}, {})", self.decoder(inner)),
            List(item) | Set(item) => format!("decode.array({at}, {})", self.decoder(item)),
            Array(item, length) => format!("decode.arrayOf({at}, {length}, {})", self.decoder(item)),
            Tuple(items) => {
                let decoders: Vec<_> = items.iter().map(|item| self.decoder(item)).collect();
                format!("decode.tuple<{}>({at}, [{}])", self.places(items), decoders.join(", "))
            }
            Map(key, item) => {
                let item = self.decoder(item);
                match self.keys(key) {
                    Keys::AnyText => format!("decode.record({at}, {item})"),
                    Keys::Form => format!("decode.record({at}, {item}, {})", self.decoder(key)),
                    Keys::Choice => format!("decode.keyed({at}, {}, {item})", self.decoder(key)),
                    Keys::Integer => format!("decode.map({at}, decode.integerKey({}), {item})", self.decoder(key)),
                    Keys::Bool => format!("decode.map({at}, decode.boolKey, {item})"),
                }
            }
            _ => format!("{}({at})", self.decoder(reference)),
        }
    }

    /// The function that reads a value.
    pub(super) fn decoder(&self, reference: &TypeRef) -> String {
        match (reference, built_in(reference, self.int64)) {
            (TypeRef::Named(id), _) => format!("decode{}", self.name(id)),
            (_, Some(name)) => format!("decode.{name}"),
            _ => format!("(value, parent, key) => {}", self.decode(reference, "value", HERE)),
        }
    }

    /// The expression that writes `value`, which stands at `place`.
    pub(super) fn encode(&self, reference: &TypeRef, value: &str, place: Place<'_>) -> String {
        use TypeRef::*;
        let at = format!("{value}, {}, {}, codec", place.parent, place.key);
        match reference {
            Option(inner) => format!("encode.nullable({at}, {})", self.encoder(inner)),
            NonZero(inner) => format!("encode.nonZero({at}, {})", self.encoder(inner)),
            List(item) | Set(item) => format!("encode.array({at}, {})", self.encoder(item)),
            Array(item, length) => format!("encode.arrayOf({at}, {length}, {})", self.encoder(item)),
            Tuple(items) => {
                let encoders: Vec<_> = items.iter().map(|item| self.encoder(item)).collect();
                format!(
                    "encode.tuple<{}>({at}, [{}])",
                    self.annotation(reference),
                    encoders.join(", ")
                )
            }
            Map(key, item) => {
                let function = match self.keys(key) {
                    Keys::AnyText => return format!("encode.record({at}, {})", self.encoder(item)),
                    Keys::Choice | Keys::Form => "keyed",
                    Keys::Integer | Keys::Bool => "map",
                };
                format!("encode.{function}({at}, {}, {})", self.encoder(key), self.encoder(item))
            }
            _ => format!("{}({at})", self.encoder(reference)),
        }
    }

    /// The function that writes a value.
    pub(super) fn encoder(&self, reference: &TypeRef) -> String {
        match (reference, built_in(reference, self.int64)) {
            (TypeRef::Named(id), _) => format!("encode{}", self.name(id)),
            (_, Some(name)) => format!("encode.{name}"),
            _ => format!(
                "(value, parent, key, codec) => {}",
                self.encode(reference, "value", HERE)
            ),
        }
    }

    /// The expression that reads a field from the entries in `fields`; `path` is the expression for their path.
    pub(super) fn decode_field(&self, field: &Field, fields: &str, path: &str) -> String {
        let from = entry(fields, &field.received_as);
        let place = Place {
            parent: path,
            key: &literal(&field.received_as),
        };
        let read = self.decode(&field.type_ref, &from, place);
        let is_option = matches!(self.api.underlying(&field.type_ref), TypeRef::Option(_));
        // What a client leaves out is not what it gives as null.
        if field.sometimes && (!is_option || self.mirrored) {
            format!("{from} === undefined ? undefined : {read}")
        } else {
            read
        }
    }

    /// What the type asks of a value beyond its type in TypeScript, as a sentence; empty if there is nothing.
    pub(super) fn demand(&self, reference: &TypeRef) -> String {
        match reference {
            TypeRef::Option(inner) => self.demand(inner),
            TypeRef::Text(format) => text::description(*format),
            TypeRef::NonZero(_) => "Never zero.".to_owned(),
            TypeRef::I64 | TypeRef::U64 if self.int64 == Int64::String => "An integer, such as `12`.".to_owned(),
            _ => String::new(),
        }
    }

    fn keys(&self, key: &TypeRef) -> Keys {
        match (self.api.map_key(key), self.api.underlying(key)) {
            (Some(MapKey::Integer), _) => Keys::Integer,
            (Some(MapKey::Bool), _) => Keys::Bool,
            (_, TypeRef::Named(_)) => Keys::Choice,
            (_, TypeRef::Char) => Keys::Form,
            (_, TypeRef::Text(format)) if text::function(*format) != text::ANY => Keys::Form,
            _ => Keys::AnyText,
        }
    }
}

/// How the keys of a map are read and written.
enum Keys {
    AnyText,
    /// Texts of a form.
    Form,
    /// The values of an enum.
    Choice,
    Integer,
    Bool,
}

/// The name that the runtime's functions for a type without parts have.
fn built_in(reference: &TypeRef, int64: Int64) -> Option<&'static str> {
    use TypeRef::*;
    Some(match reference {
        Unit => "unit",
        Bool => "bool",
        I8 => "i8",
        I16 => "i16",
        I32 => "i32",
        I64 => match int64 {
            Int64::BigInt => "i64",
            Int64::Number => "i64AsNumber",
            Int64::String => "i64AsString",
        },
        I128 => "i128",
        U8 => "u8",
        U16 => "u16",
        U32 => "u32",
        U64 => match int64 {
            Int64::BigInt => "u64",
            Int64::Number => "u64AsNumber",
            Int64::String => "u64AsString",
        },
        U128 => "u128",
        F32 => "f32",
        F64 => "f64",
        Char => "char",
        String => text::ANY,
        Text(format) => text::function(*format),
        Bytes => "bytes",
        Duration => "duration",
        SystemTime => "systemTime",
        NonZero(_) | Option(_) | List(_) | Set(_) | Array(..) | Tuple(_) | Map(..) | Named(_) => return None,
    })
}
