//! A call to show in the package's README: a whole program, which compiles.

use std::collections::BTreeSet;

use super::{
    derives::is_open,
    model::{Package, is_optional},
    names::{type_name, value},
};
use crate::ir::{self, Api, Format, Kind, NamedType, Request, Shape, TypeRef, VariantShape};

/// A first call.
pub(super) struct Example {
    /// What to import, beside the client.
    pub(super) imports: Vec<String>,
    /// From the contract's accessor on.
    pub(super) call: String,
    pub(super) has_reply: bool,
}

/// The longest call that is shown.
const WIDTH: usize = 70;

impl Example {
    /// The first ask of the contracts whose arguments are easily written down.
    pub(super) fn of(api: &Api, package: &Package) -> Option<Self> {
        let services = api.services.iter().filter(|service| service.deprecated.is_none());
        let asks = services.flat_map(|service| {
            let asks = |method: &&ir::Method| method.kind == Kind::Ask && method.deprecated.is_none();
            service.methods.iter().filter(asks).map(move |method| (service, method))
        });
        asks.into_iter()
            .find_map(|(service, method)| call(api, package, service, method))
    }
}

fn call(api: &Api, package: &Package, service: &ir::Service, method: &ir::Method) -> Option<Example> {
    let mut sample = Sample {
        api,
        imports: BTreeSet::new(),
    };
    let arguments = match &method.request {
        Request::Message(argument) => vec![sample.argument(&argument.type_ref)?],
        Request::Arguments(arguments) => {
            let arguments = arguments.iter().map(|of| sample.argument(&of.type_ref));
            arguments.collect::<Option<_>>()?
        }
    };
    let client = package.services.iter().find(|of| of.contract == service.contract)?;
    let ident = &client
        .methods
        .iter()
        .find(|of| of.message_type == method.message)?
        .ident;
    let call = format!("{}().{ident}({})", client.accessor, arguments.join(", "));
    (call.len() <= WIDTH).then(|| Example {
        imports: sample.imports.into_iter().collect(),
        call,
        has_reply: method.reply != TypeRef::Unit,
    })
}

struct Sample<'a> {
    api: &'a Api,
    imports: BTreeSet<String>,
}

impl Sample<'_> {
    /// An expression for a parameter of this type, if a short one exists.
    fn argument(&mut self, of: &TypeRef) -> Option<String> {
        match of {
            TypeRef::String | TypeRef::Text(Format::Path) => Some("\"text\"".to_owned()),
            TypeRef::List(_) => Some("&[]".to_owned()),
            TypeRef::Named(_) => Some(format!("&{}", self.value(of, 0)?)),
            TypeRef::Map(..) | TypeRef::Set(_) => None,
            _ => self.value(of, 0),
        }
    }

    /// An expression of this type, which is owned.
    fn value(&mut self, of: &TypeRef, depth: usize) -> Option<String> {
        use TypeRef::*;
        if depth > 2 {
            return None;
        }
        let value = match of {
            Unit => "()",
            Option(_) => "None",
            Bool => "true",
            I8 | I16 | I32 | I64 | I128 | U8 | U16 | U32 | U64 | U128 => "1",
            F32 | F64 => "1.5",
            Char => "'x'",
            String | Text(Format::Path) => "\"text\".into()",
            List(_) => "Vec::new()",
            Named(id) => return self.named(id, depth),
            Duration | SystemTime | Text(_) | Set(_) | Map(..) | Array(..) | Tuple(_) | NonZero(_) | Bytes => {
                return None;
            }
        };
        Some(value.to_owned())
    }

    fn named(&mut self, id: &str, depth: usize) -> Option<String> {
        let of = self.api.named(id).clone();
        let ident = type_name(&of.name);
        let value = match &of.shape {
            _ if of.recursive || of.deprecated.is_some() => return None,
            Shape::Newtype(inner) => format!("{ident}({})", self.value(inner, depth + 1)?),
            Shape::Struct(shape) => {
                let fields = shape.fields.iter().map(|field| self.field(&of, field, depth));
                let fields: Vec<_> = fields.collect::<Option<_>>()?;
                format!("{ident} {{ {} }}", fields.join(", "))
            }
            Shape::Enum(shape) => {
                let first = shape.variants.first()?;
                if first.shape != VariantShape::Unit || !is_open(&of) {
                    return None;
                }
                format!("{ident}::{}", type_name(&first.name))
            }
            Shape::Tuple(_) | Shape::Unit => return None,
        };
        self.imports.insert(ident.to_string());
        Some(value)
    }

    fn field(&mut self, owner: &NamedType, field: &ir::Field, depth: usize) -> Option<String> {
        if field.flattened {
            return None;
        }
        let value_of = if is_optional(field, owner.uses) {
            "None".to_owned()
        } else {
            self.value(&field.type_ref, depth + 1)?
        };
        Some(format!("{}: {value_of}", value(&field.name)))
    }
}
