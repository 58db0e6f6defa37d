//! How uses of types are written in Python: annotations, decoders and encoders.

use super::{layout::Code, names::TypeNames};
use crate::ir::{Api, Field, Format, MapKey, Shape, TypeRef, Uses, Variant};

/// Writes uses of types.
#[derive(Clone, Copy)]
pub(super) struct Types<'a> {
    pub(super) api: &'a Api,
    pub(super) names: &'a TypeNames,
    /// The api is a mirrored one: its classes are those of the client, which reads what is written here.
    pub(super) mirrored: bool,
}

impl Types<'_> {
    /// The annotation of a value; `models` stands before the names of the contract's own types.
    pub(super) fn annotation(self, of: &TypeRef, models: &str) -> Code {
        use TypeRef::*;
        let inner = |of: &TypeRef| self.annotation(of, models);
        // The module of codecs, which nobody imports from, imports its neighbours under their own names.
        let hidden = if models == "models." { "" } else { "_" };
        Code::text(match of {
            Unit => "None".to_owned(),
            Bool => "bool".to_owned(),
            I8 | I16 | I32 | I64 | I128 | U8 | U16 | U32 | U64 | U128 => "int".to_owned(),
            F32 | F64 => "float".to_owned(),
            Char | String => "str".to_owned(),
            Text(format) => return text_annotation(*format, hidden),
            Bytes => "bytes".to_owned(),
            Duration => format!("{hidden}moments.Duration"),
            SystemTime => format!("{hidden}moments.SystemTime"),
            NonZero(of) => return inner(of),
            Option(of) if self.is_none(of) => return inner(of),
            Option(of) => return inner(of).nullable(),
            Tuple(items) if items.is_empty() => "tuple[()]".to_owned(),
            Named(id) => format!("{models}{}", self.names.class(id)),
            Set(item) if self.hashable(item) => return Code::subscript("set", [inner(item)]),
            List(item) | Set(item) | Array(item, _) => return Code::subscript("list", [inner(item)]),
            Tuple(items) => return Code::subscript("tuple", items.iter().map(inner)),
            Map(key, value) => return Code::subscript("dict", [inner(key), inner(value)]),
        })
    }

    /// The type is another name of `None`: type checkers refuse a value that a function can return only as such.
    fn is_none(self, of: &TypeRef) -> bool {
        let mut current = self.api.underlying(of);
        for _ in 0..=self.api.types.len() {
            let TypeRef::Option(inner) = current else { break };
            current = self.api.underlying(inner);
        }
        match current {
            TypeRef::Unit => true,
            TypeRef::Named(id) => self.api.named(id).shape == Shape::Unit,
            _ => false,
        }
    }

    /// The decoded value of the expression `value`.
    pub(super) fn decoded(self, of: &TypeRef, value: Code) -> Code {
        use TypeRef::*;
        let call = |name: &str, mut arguments: Vec<Code>| {
            arguments.push(value.clone());
            Code::call(format!("decode.{name}"), arguments)
        };
        match of {
            // Type checkers refuse the value of a function that only ever returns `None`.
            Unit => call("decode_optional", vec![self.decoder(of)]),
            Option(of) => call("decode_optional", vec![self.decoder(of)]),
            NonZero(of) => call("decode_nonzero", vec![self.decoder(of)]),
            List(item) => call("decode_list", vec![self.decoder(item)]),
            Set(item) if self.hashable(item) => call("decode_set", vec![self.decoder(item)]),
            Set(item) => call("decode_list", vec![self.decoder(item)]),
            Array(item, count) => call("decode_array", vec![self.decoder(item), Code::text(count.to_string())]),
            Tuple(items) => {
                let decoders = Code::tuple(items.iter().map(|item| self.decoder(item)));
                let annotation = Code::Quoted(Box::new(self.annotation(of, "models.")));
                Code::call("cast", [annotation, call("decode_tuple", vec![decoders])])
            }
            Map(key, entry) => match self.api.map_key(key) {
                Some(MapKey::Integer | MapKey::Bool) => {
                    let key = Code::call("decode.key_of", [self.decoder(key), Code::text("key")]);
                    call("decode_keyed", vec![Code::lambda("key", key), self.decoder(entry)])
                }
                _ if matches!(**key, String) => call("decode_map", vec![self.decoder(entry)]),
                _ => call("decode_keyed", vec![self.decoder(key), self.decoder(entry)]),
            },
            Named(id) => match self.inlined(id) {
                Some(inner) => self.decoded(&inner, value),
                None => Code::call(format!("decode_{}", self.names.stem(id)), [value]),
            },
            _ => Code::call(self.scalar("decode", of), [value]),
        }
    }

    /// The same of a whole payload, which alone can be seen to nest too deep.
    pub(super) fn decoded_payload(self, of: &TypeRef, value: Code) -> Code {
        match self.is_recursive(of) {
            true => Code::call("decode.decode_nested", [self.decoder(of), value]),
            false => self.decoded(of, value),
        }
    }

    /// A function that decodes.
    pub(super) fn decoder(self, of: &TypeRef) -> Code {
        self.function(of, "decode", |value| self.decoded(of, value))
    }

    /// What the codecs write for the expression `value`.
    pub(super) fn encoded(self, of: &TypeRef, value: Code) -> Code {
        use TypeRef::*;
        let call = |name: &str, mut arguments: Vec<Code>| {
            arguments.push(value.clone());
            Code::call(format!("encode.{name}"), arguments)
        };
        match of {
            Option(of) => call("encode_optional", vec![self.encoder(of)]),
            NonZero(of) => call("encode_nonzero", vec![self.encoder(of)]),
            List(item) => call("encode_list", vec![self.encoder(item)]),
            Set(item) if self.hashable(item) => call("encode_set", vec![self.encoder(item)]),
            Set(item) => call("encode_list", vec![self.encoder(item)]),
            Array(item, count) => call("encode_array", vec![self.encoder(item), Code::text(count.to_string())]),
            Tuple(items) => {
                let encoders = Code::tuple(items.iter().map(|item| self.encoder(item)));
                call("encode_tuple", vec![encoders])
            }
            Map(key, entry) => call("encode_map", vec![self.encoder(key), self.encoder(entry)]),
            Named(id) => match self.inlined(id) {
                Some(inner) => self.encoded(&inner, value),
                None => Code::call(format!("encode_{}", self.names.stem(id)), [value]),
            },
            _ => Code::call(self.scalar("encode", of), [value]),
        }
    }

    /// The same of an argument, of which the payload has room for so many levels.
    pub(super) fn encoded_argument(self, of: &TypeRef, levels: usize, value: Code) -> Code {
        let checked = |function: &str, value| {
            let levels = Code::text(levels.to_string());
            Code::call(format!("encode.{function}"), [self.encoder(of), levels, value])
        };
        match (self.is_recursive(of), self.keeps_data(of)) {
            (true, _) => checked("encode_nested", value),
            (false, true) => checked("encode_open", value),
            (false, false) => self.encoded(of, value),
        }
    }

    /// A function that encodes.
    pub(super) fn encoder(self, of: &TypeRef) -> Code {
        self.function(of, "encode", |value| self.encoded(of, value))
    }

    /// The name of the function if there is one, else a lambda around what `applied` makes.
    fn function(self, of: &TypeRef, module: &str, applied: impl Fn(Code) -> Code) -> Code {
        use TypeRef::*;
        match of {
            Option(_) | NonZero(_) | List(_) | Set(_) | Array(..) | Tuple(_) | Map(..) => {
                Code::lambda("item", applied(Code::text("item")))
            }
            Named(id) => match (self.inlined(id), module) {
                (Some(inner), "decode") => self.decoder(&inner),
                (Some(inner), _) => self.encoder(&inner),
                (None, _) => Code::text(format!("{module}_{}", self.names.stem(id))),
            },
            _ => Code::text(self.scalar(module, of)),
        }
    }

    fn scalar(self, module: &str, of: &TypeRef) -> String {
        match of {
            TypeRef::F64 => format!("{module}.{module}_float"),
            TypeRef::String => format!("{module}.{module}_str"),
            TypeRef::Text(format) => match text_module(*format) {
                Some(of_runtime) => format!("{of_runtime}.{module}_{}", format.name()),
                None => format!("{module}.{module}_str"),
            },
            TypeRef::Duration | TypeRef::SystemTime => format!("moments.{module}_{of}"),
            _ => format!("{module}.{module}_{of}"),
        }
    }

    /// What a type is written as where it has no functions of its own: an alias that does not hold itself.
    pub(super) fn inlined(self, id: &str) -> Option<TypeRef> {
        let of = self.api.named(id);
        match &of.shape {
            _ if of.recursive => None,
            Shape::Newtype(inner) => Some(inner.clone()),
            Shape::Tuple(items) => Some(TypeRef::Tuple(items.clone())),
            Shape::Unit => Some(TypeRef::Unit),
            Shape::Struct(_) | Shape::Enum(_) => None,
        }
    }

    /// Whether the class of a named type is one at run time too, and no union or alias.
    pub(super) fn is_class(self, of: &TypeRef) -> bool {
        let TypeRef::Named(id) = of else { return false };
        match &self.api.named(id).shape {
            Shape::Struct(_) => true,
            Shape::Enum(of) => of.strings,
            _ => false,
        }
    }

    /// Whether leaving a field out and null are two things that a client may send.
    pub(super) fn tells_null(self, field: &Field, uses: Uses) -> bool {
        let by_client = if self.mirrored { uses.received } else { uses.sent };
        by_client && field.defaulted && matches!(self.api.underlying(&field.type_ref), TypeRef::Option(_))
    }

    /// The name of a variant by which its class tells it.
    pub(super) fn kind(self, variant: &Variant) -> &str {
        if self.mirrored {
            &variant.sent_as
        } else {
            &variant.received_as
        }
    }

    /// Whether values may hold values of their own type, so that nothing but the wire bounds how deep they nest.
    pub(super) fn is_recursive(self, of: &TypeRef) -> bool {
        self.api.contents(of).recursion
    }

    /// Whether values may hold the data of variants that are not known, which nest deeper than their type says.
    pub(super) fn keeps_data(self, of: &TypeRef) -> bool {
        self.api.contents(of).unknown_data
    }

    /// Whether the values can be members of a set.
    fn hashable(self, of: &TypeRef) -> bool {
        use TypeRef::*;
        match of {
            List(_) | Set(_) | Array(..) | Map(..) => false,
            Option(of) => self.hashable(of),
            Tuple(items) => items.iter().all(|item| self.hashable(item)),
            Named(id) => match (self.inlined(id), &self.api.named(id).shape) {
                (Some(inner), _) => self.hashable(&inner),
                (None, Shape::Enum(of)) => of.strings,
                (None, _) => false,
            },
            _ => true,
        }
    }
}

/// The module of the runtime that reads and writes texts of this form, if their values are more than texts.
fn text_module(format: Format) -> Option<&'static str> {
    match format {
        Format::Uuid => Some("uuids"),
        Format::IpAddress | Format::Ipv4Address | Format::Ipv6Address => Some("addresses"),
        Format::Timestamp | Format::DateTime | Format::Date | Format::Time => Some("dates"),
        Format::Decimal => Some("decimals"),
        Format::SocketAddress | Format::Url | Format::Path => None,
    }
}

/// The class of the standard library that texts of this form become; `hidden` stands before the names of its modules.
fn text_annotation(format: Format, hidden: &str) -> Code {
    let class = |class: &str| Code::text(format!("{hidden}{class}"));
    match format {
        Format::Uuid => class("uuid.UUID"),
        Format::IpAddress => Code::Union(vec![class("ipaddress.IPv4Address"), class("ipaddress.IPv6Address")]),
        Format::Ipv4Address => class("ipaddress.IPv4Address"),
        Format::Ipv6Address => class("ipaddress.IPv6Address"),
        Format::Timestamp | Format::DateTime => class("datetime.datetime"),
        Format::Date => class("datetime.date"),
        Format::Time => class("datetime.time"),
        Format::Decimal => class("decimal.Decimal"),
        Format::SocketAddress | Format::Url | Format::Path => Code::text("str"),
    }
}
