//! A call to show in the package's README.

use std::collections::BTreeSet;

use super::services::method_name;
use crate::{
    backends::python::{names, references::Types},
    ir::{Kind, Method, NamedType, Request, Service, Shape, TypeRef, VariantShape},
};

/// A first call.
pub(in crate::backends::python) struct Example {
    /// What to import, beside the clients.
    pub(in crate::backends::python) imports: Vec<String>,
    /// From the contract's accessor on.
    pub(in crate::backends::python) call: String,
}

impl Example {
    /// The first ask of the contracts whose arguments are easily written down.
    pub(super) fn of(types: Types<'_>) -> Option<Self> {
        let asks = types.api.services.iter().flat_map(|service| {
            let methods = service.methods.iter().filter(|method| method.kind == Kind::Ask);
            methods.map(move |method| (service, method))
        });
        asks.into_iter()
            .find_map(|(service, method)| call(types, service, method))
    }
}

fn call(types: Types<'_>, service: &Service, method: &Method) -> Option<Example> {
    let mut sample = Sample {
        types,
        imports: BTreeSet::new(),
    };
    let arguments = match &method.request {
        Request::Message(argument) => vec![sample.value(&argument.type_ref, 0)?],
        Request::Arguments(arguments) => {
            let required = arguments.iter().filter(|argument| !argument.optional);
            let value = |argument: &crate::ir::Argument| {
                let value = sample.value(&argument.type_ref, 0)?;
                Some(format!("{}={value}", names::parameter(&argument.name)))
            };
            required.map(value).collect::<Option<Vec<_>>>()?
        }
    };
    let call = format!(
        "{}().{}({})",
        names::method(&service.name, &["close", "connect"]),
        method_name(service, method),
        arguments.join(", ")
    );
    (call.len() <= 70).then(|| Example {
        imports: sample.imports.into_iter().collect(),
        call,
    })
}

struct Sample<'a> {
    types: Types<'a>,
    imports: BTreeSet<String>,
}

impl Sample<'_> {
    /// An expression of this type, if a short one exists.
    fn value(&mut self, of: &TypeRef, depth: usize) -> Option<String> {
        use TypeRef::*;
        if depth > 2 {
            return None;
        }
        let value = match of {
            Unit | Option(_) => "None".to_owned(),
            Bool => "True".to_owned(),
            I8 | I16 | I32 | I64 | I128 | U8 | U16 | U32 | U64 | U128 => "1".to_owned(),
            F32 | F64 => "1.5".to_owned(),
            Char => "\"x\"".to_owned(),
            String => "\"text\"".to_owned(),
            Bytes => "b\"bytes\"".to_owned(),
            List(_) => "[]".to_owned(),
            Map(..) => "{}".to_owned(),
            Duration | SystemTime | Text(_) | Set(_) | Array(..) | Tuple(_) => return None,
            NonZero(inner) => return self.value(inner, depth),
            Named(id) => return self.named(&self.types.api.named(id).clone(), depth),
        };
        Some(value)
    }

    fn named(&mut self, of: &NamedType, depth: usize) -> Option<String> {
        let class = self.types.names.class(&of.id).to_owned();
        match &of.shape {
            Shape::Newtype(inner) => self.value(inner, depth + 1),
            Shape::Struct(shape) => {
                let required = shape.fields.iter().filter(|field| !field.optional);
                let value = |field: &crate::ir::Field| {
                    let value = self.value(&field.type_ref, depth + 1)?;
                    Some(format!("{}={value}", names::Fields::OfStruct.name(&field.name)))
                };
                let fields: Vec<_> = required.map(value).collect::<Option<_>>()?;
                self.imports.insert(class.clone());
                Some(format!("{class}({})", fields.join(", ")))
            }
            Shape::Enum(shape) => {
                let first = shape.variants.first()?;
                if shape.strings {
                    self.imports.insert(class.clone());
                    return Some(format!("{class}.{}", names::constant(&first.name)));
                }
                let class = names::variant_class(of, first);
                let unit = first.shape == VariantShape::Unit;
                self.imports.insert(class.clone());
                unit.then(|| format!("{class}()"))
            }
            Shape::Tuple(_) | Shape::Unit => None,
        }
    }
}
