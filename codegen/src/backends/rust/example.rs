//! The program that the package's README shows.

use std::collections::BTreeSet;

use super::{
    derives::is_open,
    model::{Package, Service, is_optional},
    names::{crate_name, type_name, value},
};
use crate::ir::{self, Api, Format, Kind, NamedType, Request, Shape, TypeRef, VariantShape};

/// A program that calls, reads a stream and subscribes, as far as the contracts have what is easily written down.
pub(super) struct Example {
    krate: String,
    /// What to import, beside the client.
    imports: BTreeSet<String>,
    /// From the contract's accessor on, as the next ones.
    call: Option<Call>,
    stream: Option<String>,
    subscription: Option<String>,
}

/// A call with one reply, or none.
struct Call {
    expression: String,
    has_reply: bool,
}

/// The longest call that is shown.
const WIDTH: usize = 70;

/// What the program uses by these names, and an import of a model so called would hide.
const USED: &[&str] = &["Box", "Client", "Into", "None", "Ok", "Result", "Vec"];

impl Example {
    /// The first of each kind that is not deprecated. A tell is shown where there is no ask.
    pub(super) fn of(api: &Api, package: &Package) -> Self {
        let mut imports = BTreeSet::new();
        let ask = first(api, package, Kind::Ask, &mut imports);
        let called = ask.or_else(|| first(api, package, Kind::Tell, &mut imports));
        let events =
            services(api, package).flat_map(|(_, client)| client.events.iter().map(move |event| (client, event)));
        Example {
            krate: crate_name(&package.name),
            call: called.map(|(method, expression)| Call {
                expression,
                has_reply: method.reply != TypeRef::Unit,
            }),
            stream: first(api, package, Kind::Stream, &mut imports).map(|(_, expression)| expression),
            subscription: events
                .map(|(client, event)| format!("{}().{}()", client.accessor, event.ident))
                .find(|call| is_short(call)),
            imports,
        }
    }

    /// Whether the program reads what comes one by one.
    pub(super) fn has_streams(&self) -> bool {
        self.stream.is_some() || self.subscription.is_some()
    }

    /// The program.
    pub(super) fn program(&self) -> String {
        let krate = &self.krate;
        let imports = match self.imports.iter().map(String::as_str).collect::<Vec<_>>() {
            none if none.is_empty() => "Client".to_owned(),
            some => format!("{{Client, {}}}", some.join(", ")),
        };
        let mut uses = vec![format!("use {krate}::{imports};\n")];
        if self.has_streams() {
            uses.push("use futures_util::StreamExt;\n".to_owned());
        }
        uses.sort();
        format!(
            "\
{uses}
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {{
    let client = Client::connect(\"/run/user/1000/callsheet/demo.sock\").await?;
{steps}    client.close().await;
    Ok(())
}}
",
            uses = uses.concat(),
            steps = self.steps(),
        )
    }

    /// What the program does with the client.
    fn steps(&self) -> String {
        let mut steps = String::new();
        if let Some(Call { expression, has_reply }) = &self.call {
            steps.push_str(&if *has_reply {
                format!("    let reply = client.{expression}.await?;\n    println!(\"{{reply:?}}\");\n")
            } else {
                format!("    client.{expression}.await?;\n")
            });
        }
        if let Some(stream) = &self.stream {
            steps.push_str(&format!(
                "    let mut items = client.{stream};\n    \
                 while let Some(item) = items.next().await {{\n        println!(\"{{:?}}\", item?);\n    }}\n"
            ));
        }
        if let Some(subscription) = &self.subscription {
            steps.push_str(&format!(
                "    let mut events = client.{subscription}.await?;\n    \
                 while let Some(next) = events.next().await {{\n        \
                 if let Some(event) = next?.event() {{\n            \
                 println!(\"{{:?}}\", *event);\n            break;\n        }}\n    }}\n"
            ));
        }
        steps
    }
}

fn is_short(call: &str) -> bool {
    call.chars().count() <= WIDTH
}

/// The contracts that are not deprecated and have a client, and the clients.
fn services<'a>(api: &'a Api, package: &'a Package) -> impl Iterator<Item = (&'a ir::Service, &'a Service)> {
    let current = api.services.iter().filter(|service| service.deprecated.is_none());
    current.filter_map(|service| {
        let client = package.services.iter().find(|of| of.contract == service.contract)?;
        Some((service, client))
    })
}

/// The first method of this kind whose call is short, and the call.
fn first<'a>(
    api: &'a Api,
    package: &'a Package,
    kind: Kind,
    imports: &mut BTreeSet<String>,
) -> Option<(&'a ir::Method, String)> {
    let methods =
        services(api, package).flat_map(|(service, client)| service.methods.iter().map(move |method| (client, method)));
    methods
        .filter(|(_, method)| method.kind == kind && method.deprecated.is_none())
        .find_map(|(client, method)| Some((method, call(api, client, method, imports)?)))
}

fn call(api: &Api, client: &Service, method: &ir::Method, imports: &mut BTreeSet<String>) -> Option<String> {
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
    let ident = &client
        .methods
        .iter()
        .find(|of| of.message_type == method.message)?
        .ident;
    let call = format!("{}().{ident}({})", client.accessor, arguments.join(", "));
    is_short(&call).then(|| {
        imports.extend(sample.imports);
        call
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
            _ if of.recursive || of.deprecated.is_some() || USED.iter().any(|used| ident == used) => return None,
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
