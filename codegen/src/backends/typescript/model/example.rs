//! The program that the package's README shows.

use crate::{
    backends::{Int64, Integers},
    ir::{self, Api, Kind, Request, Shape, TypeRef},
};

use super::super::{
    names::{key, literal, member, property},
    references::Types,
    text,
};
use super::services::CLIENT_MEMBERS;

/// A program that calls, reads a stream and subscribes, as far as the contracts have what is easily written down.
pub(in super::super) struct Example {
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

/// How deep made-up values are nested.
const DEPTH: usize = 3;

impl Example {
    /// The first of each kind that is not deprecated. A tell is shown where there is no ask.
    pub(super) fn of(api: &Api, types: &Types<'_>, integers: &Integers) -> Self {
        let first = |kind| first(api, types, integers, kind);
        let call = first(Kind::Ask).or_else(|| first(Kind::Tell));
        Example {
            call: call.map(|(method, expression)| Call {
                expression,
                has_reply: method.reply != TypeRef::Unit,
            }),
            stream: first(Kind::Stream).map(|(_, expression)| expression),
            subscription: services(api)
                .flat_map(|service| service.events.iter().map(move |event| (service, event)))
                .map(|(service, event)| {
                    let event = literal(&event.name.upper_camel());
                    format!("{}().subscribe({event})", accessor(service))
                })
                .find(|call| is_short(call)),
        }
    }

    /// What the program does with the client.
    pub(in super::super) fn steps(&self) -> String {
        let mut steps = Vec::new();
        if let Some(Call { expression, has_reply }) = &self.call {
            steps.push(if *has_reply {
                format!("console.log(await client.{expression});\n")
            } else {
                format!("await client.{expression};\n")
            });
        }
        if let Some(stream) = &self.stream {
            steps.push(format!(
                "for await (const item of client.{stream}) {{\n  console.log(item);\n}}\n"
            ));
        }
        if let Some(subscription) = &self.subscription {
            steps.push(format!(
                "for await (const next of client.{subscription}.withGaps()) {{\n  \
                 console.log(next.kind === \"gap\" ? next.missed : next.event);\n  break;\n}}\n"
            ));
        }
        if steps.is_empty() {
            steps.push("console.log(\"connected\");\n".to_owned());
        }
        steps.join("\n")
    }
}

fn is_short(call: &str) -> bool {
    call.chars().count() <= WIDTH
}

fn services(api: &Api) -> impl Iterator<Item = &ir::Service> {
    api.services.iter().filter(|service| service.deprecated.is_none())
}

fn accessor(service: &ir::Service) -> String {
    member(&service.name, &CLIENT_MEMBERS)
}

/// The first method of this kind whose call is short, and the call.
fn first<'a>(api: &'a Api, types: &Types<'_>, integers: &Integers, kind: Kind) -> Option<(&'a ir::Method, String)> {
    let methods = services(api).flat_map(|service| service.methods.iter().map(move |method| (service, method)));
    methods
        .filter(|(_, method)| method.kind == kind && method.deprecated.is_none())
        .find_map(|(service, method)| {
            let types = &types.with(integers.of(&service.contract));
            let call = call(types, service, method)?;
            is_short(&call).then_some((method, call))
        })
}

fn call(types: &Types<'_>, service: &ir::Service, method: &ir::Method) -> Option<String> {
    let arguments: Vec<_> = match &method.request {
        Request::Message(argument) => vec![sample(&argument.type_ref, types, DEPTH)?],
        Request::Arguments(arguments) => {
            // What may be left out is, but for what stands before something that may not.
            let last = arguments.iter().rposition(|argument| !argument.optional);
            let shown = &arguments[..last.map_or(0, |last| last + 1)];
            let value = |argument: &ir::Argument| match argument.optional {
                true => Some("undefined".to_owned()),
                false => sample(&argument.type_ref, types, DEPTH),
            };
            shown.iter().map(value).collect::<Option<_>>()?
        }
    };
    let own: &[&str] = if service.events.is_empty() { &[] } else { &["subscribe"] };
    let method = member(&method.name, own);
    Some(format!("{}().{method}({})", accessor(service), arguments.join(", ")))
}

/// An expression of the type, if a short one exists.
fn sample(reference: &TypeRef, types: &Types<'_>, depth: usize) -> Option<String> {
    use TypeRef::*;
    let value = match reference {
        Unit | Option(_) => "null".to_owned(),
        Bool => "true".to_owned(),
        I8 | I16 | I32 | U8 | U16 | U32 => "1".to_owned(),
        F32 | F64 => "1.5".to_owned(),
        I64 | U64 => match types.int64 {
            Int64::BigInt => "1n",
            Int64::Number => "1",
            Int64::String => "\"1\"",
        }
        .to_owned(),
        I128 | U128 => "1n".to_owned(),
        Char => "\"x\"".to_owned(),
        String => "\"text\"".to_owned(),
        Text(format) => literal(text::sample(*format)),
        Bytes => "new Uint8Array()".to_owned(),
        Duration | SystemTime => "{ secs: 1n, nanos: 0 }".to_owned(),
        NonZero(inner) => return sample(inner, types, depth),
        List(_) | Set(_) => "[]".to_owned(),
        Named(id) => return named(types.api.named(id), types, depth.checked_sub(1)?),
        Array(..) | Tuple(_) | Map(..) => return None,
    };
    Some(value)
}

fn named(of: &ir::NamedType, types: &Types<'_>, depth: usize) -> Option<String> {
    match &of.shape {
        _ if of.deprecated.is_some() => None,
        Shape::Newtype(inner) => sample(inner, types, depth),
        Shape::Struct(shape) => {
            let required = shape.fields.iter().filter(|field| !field.optional);
            let entry = |field: &ir::Field| {
                let value = sample(&field.type_ref, types, depth)?;
                Some(format!("{}: {value}", key(&property(&field.name, &[]))))
            };
            let entries: Vec<_> = required.map(entry).collect::<Option<_>>()?;
            Some(match entries.as_slice() {
                [] => "{}".to_owned(),
                entries => format!("{{ {} }}", entries.join(", ")),
            })
        }
        Shape::Enum(shape) if shape.strings => Some(literal(&shape.variants.first()?.received_as)),
        Shape::Unit => Some("null".to_owned()),
        Shape::Enum(_) | Shape::Tuple(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use callsheet_schema::Document;

    use crate::{
        backends::{Backend as _, ClientSource, Integers, Options, typescript::TypeScript},
        ir::Api,
    };

    /// What the program in the README of a contract with these methods and events does with its client.
    fn steps(methods: &str, events: &str) -> String {
        let document = format!(
            r#"{{"callsheet": 1, "encodings": {{}}, "types": {{}}, "contracts": [
                {{"name": "demo.Feed", "methods": [{methods}], "events": [{events}]}}
            ]}}"#
        );
        let document = Document::from_json(&document).expect("a document of the tests is one");
        let options = Options {
            package: "feed".to_owned(),
            rust_client: ClientSource::default(),
            int64: Integers::default(),
        };
        let api = Api::lower(&document).expect("a document of the tests can be lowered");
        let files = TypeScript.generate(&api, &options).expect("it can be generated");
        let readme = files.get("README.md").expect("every package has one");
        let (_, steps) = readme.split_once("callsheet/server.sock\");\n\n").expect("it connects");
        steps.split("```").next().unwrap_or_default().to_owned()
    }

    fn method(kind: &str, arguments: &str, reply: &str) -> String {
        format!(
            r#"{{"name": "{kind}", "message": "demo.Feed.{kind}", "kind": "{kind}", "access": "shared",
                "request": {{"arguments": [{arguments}]}}, "reply": "{reply}"}}"#
        )
    }

    #[test]
    fn a_program_shows_what_there_is() {
        let (ask, tell, stream) = (
            method("ask", "", "u8"),
            method("tell", r#"{"name": "text", "type": "string"}"#, "unit"),
            method("stream", "", "u8"),
        );
        let event = r#"{"name": "demo.Tick", "type": "u8"}"#;
        let (asks, tells) = (
            "console.log(await client.feed().ask());\n",
            "await client.feed().tell(\"text\");\n",
        );
        let streams = "for await (const item of client.feed().stream()) {\n  console.log(item);\n}\n";
        let subscribes = "for await (const next of client.feed().subscribe(\"Tick\").withGaps()) {\n  \
                          console.log(next.kind === \"gap\" ? next.missed : next.event);\n  break;\n}\n";
        assert_eq!(steps(&format!("{tell}, {ask}"), ""), asks);
        assert_eq!(steps(&tell, ""), tells);
        assert_eq!(steps(&stream, ""), streams);
        assert_eq!(steps("", event), subscribes);
        assert_eq!(steps("", ""), "console.log(\"connected\");\n");
        assert_eq!(
            steps(&format!("{stream}, {ask}"), event),
            format!("{asks}\n{streams}\n{subscribes}")
        );
    }

    #[test]
    fn a_call_whose_reply_carries_nothing_is_not_printed_and_no_argument_is_missing() {
        let arguments = r#"{"name": "a", "type": {"option": "u8"}, "optional": true}, {"name": "b", "type": "u8"},
            {"name": "c", "type": {"option": "u8"}, "optional": true}"#;
        assert_eq!(
            steps(&method("ask", arguments, "unit"), ""),
            "await client.feed().ask(undefined, 1);\n"
        );
    }
}
