//! Prints a package.

use askama::Template;

use super::{
    lint::{self, Rules},
    model::{
        Codec, CodecUses, Codecs, Definition, Error, EventConstant, Fakes, Handlers, Message, Models, Package, Record,
        Services,
    },
    modules,
};
use crate::output::Files;

/// The runtime part of every package, embedded as it stands.
const RUNTIME: &[(&str, &str)] = &[
    (
        "__init__.py",
        include_str!("../../../support/python/callsheet_runtime/__init__.py"),
    ),
    (
        "addresses.py",
        include_str!("../../../support/python/callsheet_runtime/addresses.py"),
    ),
    (
        "admission.py",
        include_str!("../../../support/python/callsheet_runtime/admission.py"),
    ),
    (
        "aio.py",
        include_str!("../../../support/python/callsheet_runtime/aio.py"),
    ),
    (
        "aio_calls.py",
        include_str!("../../../support/python/callsheet_runtime/aio_calls.py"),
    ),
    (
        "aio_fakes.py",
        include_str!("../../../support/python/callsheet_runtime/aio_fakes.py"),
    ),
    (
        "aio_hosting.py",
        include_str!("../../../support/python/callsheet_runtime/aio_hosting.py"),
    ),
    (
        "aio_link.py",
        include_str!("../../../support/python/callsheet_runtime/aio_link.py"),
    ),
    (
        "aio_serving.py",
        include_str!("../../../support/python/callsheet_runtime/aio_serving.py"),
    ),
    (
        "backoff.py",
        include_str!("../../../support/python/callsheet_runtime/backoff.py"),
    ),
    (
        "blocking.py",
        include_str!("../../../support/python/callsheet_runtime/blocking.py"),
    ),
    (
        "codec.py",
        include_str!("../../../support/python/callsheet_runtime/codec.py"),
    ),
    (
        "dates.py",
        include_str!("../../../support/python/callsheet_runtime/dates.py"),
    ),
    (
        "decimals.py",
        include_str!("../../../support/python/callsheet_runtime/decimals.py"),
    ),
    (
        "decode.py",
        include_str!("../../../support/python/callsheet_runtime/decode.py"),
    ),
    (
        "deprecation.py",
        include_str!("../../../support/python/callsheet_runtime/deprecation.py"),
    ),
    (
        "depth.py",
        include_str!("../../../support/python/callsheet_runtime/depth.py"),
    ),
    (
        "dial.py",
        include_str!("../../../support/python/callsheet_runtime/dial.py"),
    ),
    (
        "encode.py",
        include_str!("../../../support/python/callsheet_runtime/encode.py"),
    ),
    (
        "envelope.py",
        include_str!("../../../support/python/callsheet_runtime/envelope.py"),
    ),
    (
        "errors.py",
        include_str!("../../../support/python/callsheet_runtime/errors.py"),
    ),
    (
        "fakes.py",
        include_str!("../../../support/python/callsheet_runtime/fakes.py"),
    ),
    (
        "frame.py",
        include_str!("../../../support/python/callsheet_runtime/frame.py"),
    ),
    (
        "greeting.py",
        include_str!("../../../support/python/callsheet_runtime/greeting.py"),
    ),
    (
        "hosting.py",
        include_str!("../../../support/python/callsheet_runtime/hosting.py"),
    ),
    (
        "limits.py",
        include_str!("../../../support/python/callsheet_runtime/limits.py"),
    ),
    (
        "mismatch.py",
        include_str!("../../../support/python/callsheet_runtime/mismatch.py"),
    ),
    (
        "moments.py",
        include_str!("../../../support/python/callsheet_runtime/moments.py"),
    ),
    (
        "options.py",
        include_str!("../../../support/python/callsheet_runtime/options.py"),
    ),
    (
        "outbox.py",
        include_str!("../../../support/python/callsheet_runtime/outbox.py"),
    ),
    (
        "repeats.py",
        include_str!("../../../support/python/callsheet_runtime/repeats.py"),
    ),
    (
        "routing.py",
        include_str!("../../../support/python/callsheet_runtime/routing.py"),
    ),
    (
        "serving.py",
        include_str!("../../../support/python/callsheet_runtime/serving.py"),
    ),
    (
        "streams.py",
        include_str!("../../../support/python/callsheet_runtime/streams.py"),
    ),
    (
        "subscribers.py",
        include_str!("../../../support/python/callsheet_runtime/subscribers.py"),
    ),
    (
        "subscriptions.py",
        include_str!("../../../support/python/callsheet_runtime/subscriptions.py"),
    ),
    (
        "terms.py",
        include_str!("../../../support/python/callsheet_runtime/terms.py"),
    ),
    (
        "thread_fakes.py",
        include_str!("../../../support/python/callsheet_runtime/thread_fakes.py"),
    ),
    (
        "thread_hosting.py",
        include_str!("../../../support/python/callsheet_runtime/thread_hosting.py"),
    ),
    (
        "thread_serving.py",
        include_str!("../../../support/python/callsheet_runtime/thread_serving.py"),
    ),
    (
        "turns.py",
        include_str!("../../../support/python/callsheet_runtime/turns.py"),
    ),
    (
        "unions.py",
        include_str!("../../../support/python/callsheet_runtime/unions.py"),
    ),
    (
        "unknown.py",
        include_str!("../../../support/python/callsheet_runtime/unknown.py"),
    ),
    (
        "unset.py",
        include_str!("../../../support/python/callsheet_runtime/unset.py"),
    ),
    (
        "uuids.py",
        include_str!("../../../support/python/callsheet_runtime/uuids.py"),
    ),
    (
        "waits.py",
        include_str!("../../../support/python/callsheet_runtime/waits.py"),
    ),
];

#[derive(Template)]
#[template(path = "python/init.py.j2", escape = "none")]
struct InitFile<'a> {
    package: &'a Package,
}

#[derive(Template)]
#[template(path = "python/callsheet.py.j2", escape = "none")]
struct CallsheetFile;

#[derive(Template)]
#[template(path = "python/models.py.j2", escape = "none")]
struct ModelsFile<'a> {
    models: &'a Models,
}

#[derive(Template)]
#[template(path = "python/codecs.py.j2", escape = "none")]
struct CodecsFile<'a> {
    codecs: &'a Codecs,
    uses: CodecUses,
}

#[derive(Template)]
#[template(path = "python/errors.py.j2", escape = "none")]
struct ErrorsFile<'a> {
    errors: &'a [Error],
    exports: &'a str,
}

#[derive(Template)]
#[template(path = "python/events.py.j2", escape = "none")]
struct EventsFile<'a> {
    events: &'a [EventConstant],
    exports: &'a str,
}

#[derive(Template)]
#[template(path = "python/contracts.py.j2", escape = "none")]
struct ContractsFile<'a> {
    origin: &'a str,
}

#[derive(Template)]
#[template(path = "python/messages.py.j2", escape = "none")]
struct MessagesFile<'a> {
    messages: &'a [Message],
}

#[derive(Template)]
#[template(path = "python/client.py.j2", escape = "none")]
struct ClientFile<'a> {
    services: &'a Services,
}

#[derive(Template)]
#[template(path = "python/async_client.py.j2", escape = "none")]
struct AsyncClientFile<'a> {
    services: &'a Services,
}

#[derive(Template)]
#[template(path = "python/served.py.j2", escape = "none")]
struct ServedFile<'a> {
    handlers: &'a Handlers,
    services: &'a Services,
}

#[derive(Template)]
#[template(path = "python/testing_served.py.j2", escape = "none")]
struct TestingServedFile<'a> {
    fakes: &'a Fakes,
}

#[derive(Template)]
#[template(path = "python/testing.py.j2", escape = "none")]
struct TestingFile<'a> {
    fakes: &'a Fakes,
    asyncio: bool,
}

#[derive(Template)]
#[template(path = "python/handlers.py.j2", escape = "none")]
struct HandlersFile<'a> {
    handlers: &'a Handlers,
    asyncio: bool,
}

#[derive(Template)]
#[template(path = "python/pyproject.toml.j2", escape = "none")]
struct ProjectFile<'a> {
    package: &'a Package,
    version: &'static str,
    rules: Rules,
}

#[derive(Template)]
#[template(path = "python/README.md.j2", escape = "none")]
struct ReadmeFile<'a> {
    package: &'a Package,
}

impl MessagesFile<'_> {
    fn mentions(&self, text: &str) -> bool {
        self.messages.iter().any(|message| message.mentions(text))
    }

    fn runtime_imports(&self) -> Vec<String> {
        modules::runtime_imports(|module| self.mentions(module))
    }

    fn type_imports(&self) -> String {
        let mut imports = modules::type_imports(|module| {
            !self.mentions(module) && self.messages.iter().any(|message| message.annotates(module))
        });
        if self.messages.iter().any(|message| message.events.is_some()) && !self.makes_events() {
            // The package's own modules stand apart from those of the standard library.
            if !imports.is_empty() && !imports.contains("    from .") {
                imports.push('\n');
            }
            imports += "    from ._runtime.subscriptions import Event\n";
        }
        imports
    }

    fn has_encoders(&self) -> bool {
        self.messages
            .iter()
            .flat_map(|message| &message.methods)
            .any(|method| method.encoder.is_some())
    }

    fn has_methods(&self) -> bool {
        self.messages.iter().any(|message| !message.methods.is_empty())
    }

    fn makes_events(&self) -> bool {
        let mut tables = self.messages.iter().filter_map(|message| message.events.as_ref());
        tables.any(|events| events.makes_any)
    }
}

impl ServedFile<'_> {
    fn imports(&self) -> Vec<String> {
        let mut imports = self.handlers.imports("_codecs", |_| false);
        let models = "from . import models as _models".to_owned();
        let first = imports
            .iter()
            .position(|statement| statement.starts_with("from ._runtime"));
        imports.insert(first.unwrap_or(imports.len()), models);
        imports
    }
}

impl HandlersFile<'_> {
    fn exports(&self) -> String {
        let prefix = if self.asyncio { "Async" } else { "" };
        self.handlers.exports(prefix, "Handler", &[])
    }
}

impl TestingFile<'_> {
    fn exports(&self) -> String {
        let prefix = if self.asyncio { "Async" } else { "" };
        self.fakes
            .handlers
            .exports(prefix, "Fake", &[&format!("{prefix}FakeServer")])
    }
}

impl EventsFile<'_> {
    fn mentions(&self, module: &str) -> bool {
        self.events
            .iter()
            .any(|event| modules::mentions(&event.statement, module))
    }

    fn runtime_imports(&self) -> Vec<String> {
        modules::runtime_imports(|module| match module {
            // It has what reads values, and classes for annotations.
            "_moments." => self.mentions("_moments.decode_"),
            _ => self.mentions(module),
        })
    }

    fn type_imports(&self) -> String {
        modules::type_imports(|module| self.mentions(module) && !self.mentions(&format!("{module}decode_")))
    }
}

impl ErrorsFile<'_> {
    fn type_imports(&self) -> String {
        modules::type_imports(|module| {
            self.errors
                .iter()
                .any(|error| modules::mentions(&error.carries, module))
        })
    }
}

/// The files of a package.
pub(super) fn files(package: &Package) -> Files {
    let mut files = Files::default();
    let module = &package.module;
    let mut add = |path: String, template: &dyn askama::DynTemplate| {
        let printed = template.dyn_render().expect("writing to a string cannot fail");
        files.insert(path, tidy(&printed));
    };
    add("README.md".to_owned(), &ReadmeFile { package });
    add(format!("{module}/__init__.py"), &InitFile { package });
    add(format!("{module}/callsheet.py"), &CallsheetFile);
    add(
        format!("{module}/models.py"),
        &ModelsFile {
            models: &package.models,
        },
    );
    if !package.codecs.is_empty() {
        add(
            format!("{module}/_codecs.py"),
            &CodecsFile {
                codecs: &package.codecs,
                uses: package.codecs.uses(),
            },
        );
    }
    if !package.errors.is_empty() {
        add(
            format!("{module}/errors.py"),
            &ErrorsFile {
                errors: &package.errors,
                exports: &package.error_exports,
            },
        );
    }
    if !package.events.is_empty() {
        add(
            format!("{module}/events.py"),
            &EventsFile {
                events: &package.events,
                exports: &package.event_exports,
            },
        );
    }
    if package.services.has_methods() {
        add(
            format!("{module}/_messages.py"),
            &MessagesFile {
                messages: &package.messages,
            },
        );
    }
    add(
        format!("{module}/_contracts.py"),
        &ContractsFile {
            origin: &package.origin,
        },
    );
    let services = &package.services;
    add(format!("{module}/client.py"), &ClientFile { services });
    add(format!("{module}/async_client.py"), &AsyncClientFile { services });
    if !package.hosted.is_empty() {
        let handlers = &package.hosted;
        add(format!("{module}/_served.py"), &ServedFile { handlers, services });
        for (name, asyncio) in [("handlers", false), ("async_handlers", true)] {
            add(format!("{module}/{name}.py"), &HandlersFile { handlers, asyncio });
        }
    }

    let fakes = &package.fakes;
    if !fakes.codecs.is_empty() {
        let uses = fakes.codecs.uses();
        let codecs = &fakes.codecs;
        add(format!("{module}/_testing_codecs.py"), &CodecsFile { codecs, uses });
    }
    if !fakes.are_empty() {
        add(format!("{module}/_testing_served.py"), &TestingServedFile { fakes });
    }
    for (name, asyncio) in [("testing", false), ("async_testing", true)] {
        add(format!("{module}/{name}.py"), &TestingFile { fakes, asyncio });
    }

    let rules = Rules {
        most_arguments: package.services.most_arguments(),
        confusables: lint::confusables(files.iter().map(|(_, text)| text)),
    };
    let project = ProjectFile {
        package,
        version: env!("CARGO_PKG_VERSION"),
        rules,
    };
    let printed = project.render().expect("writing to a string cannot fail");
    files.insert("pyproject.toml", tidy(&printed));
    files.insert(format!("{module}/contracts.json"), package.document.as_str());
    files.insert(format!("{module}/py.typed"), "");
    for (path, contents) in RUNTIME {
        files.insert(format!("{module}/_runtime/{path}"), *contents);
    }
    files
}

/// No more than two blank lines in a row, two between imports and a definition, one between them and all else, and one line
/// break at the end.
fn tidy(printed: &str) -> String {
    let mut text = String::with_capacity(printed.len());
    let mut blank = 0;
    for line in printed.lines() {
        blank = if line.is_empty() { blank + 1 } else { 0 };
        if blank <= 2 {
            text.push_str(line);
            text.push('\n');
        }
    }
    text.truncate(text.trim_end().len());
    if let Some(at) = text.find("\n\n\n") {
        let before = text[..at].rsplit('\n').next().unwrap_or_default();
        let after = &text[at + 3..];
        let imports = before == ")" || ["from ", "import "].iter().any(|word| before.starts_with(word));
        let defines = ["async ", "class ", "def ", "@", "#"]
            .iter()
            .any(|word| after.starts_with(word));
        if imports && !defines {
            text.remove(at);
        }
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::RUNTIME;

    #[test]
    fn the_whole_runtime_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("support/python/callsheet_runtime");
        let present: BTreeSet<String> = fs::read_dir(folder)
            .expect("the runtime is part of the sources")
            .map(|entry| {
                entry
                    .expect("the folder can be listed")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .filter(|name| name.ends_with(".py"))
            .collect();
        let embedded: BTreeSet<String> = RUNTIME.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(embedded, present);
    }
}
