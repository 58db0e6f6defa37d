//! The first call, for the package's README.

use crate::{
    backends::{Int64, Integers},
    ir::{Api, Kind, Request, Shape, TypeRef},
};

use super::super::{
    layout::object,
    names::{key, literal, member, property},
    references::Types,
    text,
};

/// A call with made-up arguments.
pub(in super::super) struct Example {
    /// The method of the client that gives the service.
    pub(in super::super) accessor: String,
    /// The method of the service.
    pub(in super::super) method: String,
    /// Divided by commas.
    pub(in super::super) arguments: String,
}

/// What stands for a value that would take too long to write out.
const ELIDED: &str = "/* … */";

/// How deep made-up values are nested.
const DEPTH: usize = 3;

/// The first ask of the first service that has one.
pub(super) fn example(api: &Api, types: &Types<'_>, integers: &Integers) -> Option<Example> {
    let (service, method) = api.services.iter().find_map(|service| {
        let ask = service.methods.iter().find(|method| method.kind == Kind::Ask);
        ask.map(|method| (service, method))
    })?;
    let types = &types.with(integers.of(&service.contract));
    let arguments: Vec<_> = match &method.request {
        Request::Message(argument) => vec![sample(&argument.type_ref, types, DEPTH)],
        Request::Arguments(arguments) => arguments
            .iter()
            .map(|argument| sample(&argument.type_ref, types, DEPTH))
            .collect(),
    };
    Some(Example {
        accessor: member(&service.name, &[]),
        method: member(&method.name, &[]),
        arguments: arguments.join(", "),
    })
}

/// A made-up value of the type.
fn sample(reference: &TypeRef, types: &Types<'_>, depth: usize) -> String {
    use TypeRef::*;
    match reference {
        Unit | Option(_) => "null".to_owned(),
        Bool => "true".to_owned(),
        I8 | I16 | I32 | U8 | U16 | U32 => "5".to_owned(),
        F32 | F64 => "1.5".to_owned(),
        I64 | U64 => match types.int64 {
            Int64::BigInt => "5n",
            Int64::Number => "5",
            Int64::String => "\"5\"",
        }
        .to_owned(),
        I128 | U128 => "5n".to_owned(),
        Char => "\"a\"".to_owned(),
        String => "\"text\"".to_owned(),
        Text(format) => literal(text::sample(*format)),
        Bytes => "new Uint8Array()".to_owned(),
        Duration | SystemTime => "{ secs: 5n, nanos: 0 }".to_owned(),
        NonZero(inner) => sample(inner, types, depth),
        List(_) | Set(_) => "[]".to_owned(),
        Named(id) if depth > 0 => match &types.api.named(id).shape {
            Shape::Newtype(inner) => sample(inner, types, depth - 1),
            Shape::Struct(of) => {
                let fields = of.fields.iter().filter(|field| !field.optional);
                let entries: Vec<_> = fields
                    .map(|field| {
                        let value = sample(&field.type_ref, types, depth - 1);
                        format!("{}: {value}", key(&property(&field.name, &[])))
                    })
                    .collect();
                object(&entries, 0, 0)
            }
            Shape::Enum(of) if of.strings => of
                .variants
                .first()
                .map_or_else(|| ELIDED.to_owned(), |variant| literal(&variant.received_as)),
            Shape::Unit => "null".to_owned(),
            Shape::Enum(_) | Shape::Tuple(_) => ELIDED.to_owned(),
        },
        Named(_) | Array(..) | Tuple(_) | Map(..) => ELIDED.to_owned(),
    }
}
