//! The programs that the package's README shows.

use std::collections::BTreeSet;

use super::{event_class, import, services::method_name};
use crate::{
    backends::python::{names, references::Types},
    ir::{Event, Kind, Method, NamedType, Request, Service, Shape, TypeRef, VariantShape},
};

/// A program that calls, reads a stream and subscribes, as far as the contracts have what is easily written down.
pub(in crate::backends::python) struct Example {
    module: String,
    /// What to import, beside the client.
    imports: BTreeSet<String>,
    call: Option<Call>,
    /// From the contract's accessor on, as the next one.
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

impl Example {
    /// The first of each kind that is not deprecated. A tell is shown where there is no ask.
    pub(super) fn of(types: Types<'_>, module: &str) -> Self {
        let mut imports = BTreeSet::new();
        let ask = first(types, Kind::Ask, &mut imports);
        let called = ask.or_else(|| first(types, Kind::Tell, &mut imports));
        let call = called.map(|(method, expression)| Call {
            expression,
            has_reply: method.reply != TypeRef::Unit,
        });
        let stream = first(types, Kind::Stream, &mut imports).map(|(_, expression)| expression);
        let events = services(types).flat_map(|service| service.events.iter().map(move |event| (service, event)));
        let subscription = events
            .into_iter()
            .find_map(|(service, event)| subscription(types, service, event, &mut imports));
        Example {
            module: module.to_owned(),
            imports,
            call,
            stream,
            subscription,
        }
    }

    /// The program with the blocking client.
    pub(in crate::backends::python) fn blocking(&self) -> String {
        format!(
            "import sys\n\n{}\nwith Client(sys.argv[1]) as client:\n{}",
            self.import("Client"),
            indented(&self.steps("", ""), 4)
        )
    }

    /// The program with the client for asyncio.
    pub(in crate::backends::python) fn asyncio(&self) -> String {
        format!(
            "import asyncio\nimport sys\n\n{}\n\nasync def main(path: str) -> None:\n    \
             async with AsyncClient(path) as client:\n{}\n\nasyncio.run(main(sys.argv[1]))\n",
            self.import("AsyncClient"),
            indented(&self.steps("await ", "async "), 8)
        )
    }

    fn import(&self, client: &str) -> String {
        let names = self.imports.iter().cloned().chain([client.to_owned()]).collect();
        import(&self.module, names)
    }

    /// What is done with the client, with what stands before calls and before statements.
    fn steps(&self, waits: &str, before: &str) -> String {
        let mut steps = Vec::new();
        if let Some(Call { expression, has_reply }) = &self.call {
            steps.push(if *has_reply {
                format!("print({waits}client.{expression})\n")
            } else {
                format!("{waits}client.{expression}\n")
            });
        }
        // A program has a statement before its streams and events, so that no linter wants them in the client's line.
        if steps.is_empty() {
            steps.push("print(\"connected\")\n".to_owned());
        }
        if let Some(stream) = &self.stream {
            steps.push(format!(
                "{before}with client.{stream} as items:\n    {before}for item in items:\n        print(item)\n"
            ));
        }
        if let Some(subscription) = &self.subscription {
            steps.push(format!(
                "{before}with client.{subscription} as events:\n    {before}for event in events:\n        \
                 print(event)\n        break\n"
            ));
        }
        steps.join("\n")
    }
}

fn indented(text: &str, by: usize) -> String {
    let line = |line: &str| match line {
        "" => "\n".to_owned(),
        line => format!("{:by$}{line}\n", ""),
    };
    text.lines().map(line).collect()
}

fn services(types: Types<'_>) -> impl Iterator<Item = &Service> {
    types.api.services.iter().filter(|service| service.deprecated.is_none())
}

fn accessor(service: &Service) -> String {
    names::method(&service.name, &["close", "connect"])
}

/// The first method of this kind whose call is short, and the call.
fn first<'a>(types: Types<'a>, kind: Kind, imports: &mut BTreeSet<String>) -> Option<(&'a Method, String)> {
    let methods = services(types).flat_map(|service| service.methods.iter().map(move |method| (service, method)));
    methods
        .filter(|(_, method)| method.kind == kind && method.deprecated.is_none())
        .find_map(|(service, method)| Some((method, call(types, service, method, imports)?)))
}

fn call(types: Types<'_>, service: &Service, method: &Method, imports: &mut BTreeSet<String>) -> Option<String> {
    let mut sample = Sample {
        types,
        imports: BTreeSet::new(),
    };
    let arguments = match &method.request {
        Request::Message(argument) => vec![sample.value(&argument.type_ref, 0)?],
        Request::Arguments(arguments) => {
            // What may be left out is, but for what stands before something that may not: it has no default.
            let last = arguments.iter().rposition(|argument| !argument.optional);
            let shown = &arguments[..last.map_or(0, |last| last + 1)];
            let value = |argument: &crate::ir::Argument| {
                let value = if argument.optional {
                    "None".to_owned()
                } else {
                    sample.value(&argument.type_ref, 0)?
                };
                Some(format!("{}={value}", names::parameter(&argument.name)))
            };
            shown.iter().map(value).collect::<Option<Vec<_>>>()?
        }
    };
    let (accessor, method) = (accessor(service), method_name(service, method));
    let call = format!("{accessor}().{method}({})", arguments.join(", "));
    (call.chars().count() <= WIDTH).then(|| {
        imports.extend(sample.imports);
        call
    })
}

fn subscription(types: Types<'_>, service: &Service, event: &Event, imports: &mut BTreeSet<String>) -> Option<String> {
    let chosen = event_class(types, event).unwrap_or_else(|| names::constant(&event.name));
    let call = format!("{}().subscribe({chosen})", accessor(service));
    (call.chars().count() <= WIDTH).then(|| {
        imports.insert(chosen);
        call
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
            Named(id) => return self.named(self.types.api.named(id), depth),
        };
        Some(value)
    }

    fn named(&mut self, of: &NamedType, depth: usize) -> Option<String> {
        let class = self.types.names.class(&of.id).to_owned();
        match &of.shape {
            _ if of.deprecated.is_some() => None,
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
                (first.shape == VariantShape::Unit).then(|| {
                    self.imports.insert(class.clone());
                    format!("{class}()")
                })
            }
            Shape::Tuple(_) | Shape::Unit => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use callsheet_schema::Document;

    use crate::{
        backends::{Backend as _, ClientSource, Integers, Options, python::Python},
        ir::Api,
    };

    /// The first program in the README of a contract with these methods and events.
    fn program(methods: &str, events: &str) -> String {
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
        let files = Python.generate(&api, &options).expect("it can be generated");
        let readme = files.get("README.md").expect("every package has one");
        let (_, program) = readme.split_once("```python\n").expect("it shows a program");
        program.split("```").next().unwrap_or_default().to_owned()
    }

    fn method(kind: &str, arguments: &str, reply: &str) -> String {
        format!(
            r#"{{"name": "{kind}", "message": "demo.Feed.{kind}", "kind": "{kind}", "access": "shared",
                "request": {{"arguments": [{arguments}]}}, "reply": "{reply}"}}"#
        )
    }

    fn with_steps(imports: &str, steps: &str) -> String {
        format!("import sys\n\nfrom feed import {imports}\n\nwith Client(sys.argv[1]) as client:\n{steps}")
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
            "    print(client.feed().ask())\n",
            "    client.feed().tell(text=\"text\")\n",
        );
        let streams =
            "    with client.feed().stream() as items:\n        for item in items:\n            print(item)\n";
        let subscribes = "    with client.feed().subscribe(TICK) as events:\n        for event in events:\n            \
                          print(event)\n            break\n";
        assert_eq!(program(&format!("{tell}, {ask}"), ""), with_steps("Client", asks));
        assert_eq!(program(&tell, ""), with_steps("Client", tells));
        let connected = "    print(\"connected\")\n";
        assert_eq!(
            program(&stream, ""),
            with_steps("Client", &format!("{connected}\n{streams}"))
        );
        assert_eq!(
            program("", event),
            with_steps("TICK, Client", &format!("{connected}\n{subscribes}"))
        );
        assert_eq!(program("", ""), with_steps("Client", connected));
        assert_eq!(
            program(&format!("{stream}, {ask}"), event),
            with_steps("TICK, Client", &format!("{asks}\n{streams}\n{subscribes}"))
        );
    }

    #[test]
    fn a_call_whose_reply_carries_nothing_is_not_printed_and_no_argument_is_missing() {
        let arguments = r#"{"name": "a", "type": {"option": "u8"}, "optional": true}, {"name": "b", "type": "u8"},
            {"name": "c", "type": {"option": "u8"}, "optional": true}"#;
        assert_eq!(
            program(&method("ask", arguments, "unit"), ""),
            with_steps("Client", "    client.feed().ask(a=None, b=1)\n")
        );
    }
}
