//! The files of a package: templates that loop over the model and print.

use askama::Template;

use crate::output::Files;

use super::{
    format::{self, formatted},
    model::{Body, Codec, Declaration, ErrorClass, Example, Fake, Form, Hosted, Package, Service, mentioned},
    names::{RUNTIME_CLASSES, RUNTIME_TYPES},
    runtime,
};

/// The version of `@msgpack/msgpack` that the runtime works with.
const MSGPACK: &str = "^3.1.0";

#[derive(Template)]
#[template(path = "typescript/package.json.j2", escape = "none")]
struct Manifest<'a> {
    package: &'a str,
    msgpack: &'a str,
}

#[derive(Template)]
#[template(path = "typescript/tsconfig.json.j2", escape = "none")]
struct CompilerConfig;

#[derive(Template)]
#[template(path = "typescript/README.md.j2", escape = "none")]
struct Readme<'a> {
    package: &'a str,
    example: &'a Example,
    services: &'a [Service],
    only_bigint: bool,
    hosted: &'a [Hosted],
    fakes: &'a [Fake],
}

#[derive(Template)]
#[template(path = "typescript/models.ts.j2", escape = "none")]
struct Models<'a> {
    runtime_types: Vec<&'a str>,
    uses_unknown: bool,
    declarations: &'a [Declaration],
}

#[derive(Template)]
#[template(path = "typescript/codecs.ts.j2", escape = "none")]
struct Codecs<'a> {
    codecs: &'a [Codec],
    runtime_values: Vec<&'a str>,
    runtime_types: Vec<&'a str>,
}

#[derive(Template)]
#[template(path = "typescript/errors.ts.j2", escape = "none")]
struct Errors<'a> {
    models: Vec<&'a str>,
    times: Vec<&'a str>,
    decoders: Vec<String>,
    uses_decode: bool,
    errors: &'a [ErrorClass],
}

#[derive(Template)]
#[template(path = "typescript/service.ts.j2", escape = "none")]
struct ServiceFile<'a> {
    service: &'a Service,
    models: Vec<&'a str>,
    codecs: Vec<String>,
    errors: Vec<String>,
    runtime_types: Vec<&'a str>,
    runtime_values: Vec<&'a str>,
}

#[derive(Template)]
#[template(path = "typescript/handlers.ts.j2", escape = "none")]
struct Handlers<'a> {
    hosted: &'a [Hosted],
    models: Vec<&'a str>,
    codecs: Vec<String>,
    errors: Vec<&'a str>,
    runtime_values: Vec<&'a str>,
    runtime_types: Vec<&'a str>,
}

#[derive(Template)]
#[template(path = "typescript/testing.ts.j2", escape = "none")]
struct Testing<'a> {
    contracts: &'a [Fake],
    models: Vec<&'a str>,
    codecs: Vec<String>,
    errors: Vec<&'a str>,
    runtime_values: Vec<&'a str>,
    runtime_types: Vec<&'a str>,
}

#[derive(Template)]
#[template(path = "typescript/client.ts.j2", escape = "none")]
struct ClientFile<'a> {
    services: &'a [Service],
}

#[derive(Template)]
#[template(path = "typescript/contracts.ts.j2", escape = "none")]
struct Contracts<'a> {
    services: &'a [Service],
}

#[derive(Template)]
#[template(path = "typescript/document.ts.j2", escape = "none")]
struct DocumentFile<'a> {
    document: &'a str,
}

#[derive(Template)]
#[template(path = "typescript/index.ts.j2", escape = "none")]
struct Index<'a> {
    services: &'a [Service],
    errors: &'a [ErrorClass],
    has_models: bool,
    /// The comments above the types that are deprecated, and their names.
    deprecated_models: Vec<(&'a str, &'a str)>,
    runtime_classes: &'a [&'a str],
    runtime_types: &'a [&'a str],
}

#[derive(Template)]
#[template(path = "typescript/node.ts.j2", escape = "none")]
struct NodeFile;

/// The names that the types of times have in the runtime.
const TIMES: [&str; 2] = ["Duration", "SystemTime"];

/// Renders every file of the package.
///
/// # Errors
///
/// If a template fails, which none of these can: they write to memory and call nothing that fails.
pub(super) fn render(package: &Package) -> Result<Files, askama::Error> {
    let mut files = Files::default();
    let manifest = Manifest {
        package: &package.name,
        msgpack: MSGPACK,
    };
    files.insert("package.json", file(&manifest)?);
    files.insert(".prettierrc.json", format::SETTINGS);
    files.insert("tsconfig.json", file(&CompilerConfig)?);
    let readme = Readme {
        package: &package.name,
        example: &package.example,
        services: &package.services,
        only_bigint: package.only_bigint,
        hosted: &package.hosted,
        fakes: &package.fakes.contracts,
    };
    files.insert("README.md", file(&readme)?);
    files.insert("src/models.ts", code(&models(package))?);
    files.insert("src/codecs.ts", code(&codecs(&package.codecs)?)?);
    files.insert("src/errors.ts", code(&errors(package))?);
    for service in &package.services {
        files.insert(
            format!("src/services/{}.ts", service.file),
            code(&service_file(package, service))?,
        );
    }
    files.insert("src/handlers.ts", code(&handlers(package)?)?);
    files.insert("src/testing.ts", code(&testing(package)?)?);
    files.insert("src/testing-codecs.ts", code(&codecs(&package.fakes.codecs)?)?);
    let client = ClientFile {
        services: &package.services,
    };
    files.insert("src/client.ts", code(&client)?);
    let contracts = Contracts {
        services: &package.services,
    };
    files.insert("src/contracts.ts", code(&contracts)?);
    let document = DocumentFile {
        document: &package.document,
    };
    files.insert("src/document.ts", file(&document)?);
    files.insert("src/node.ts", code(&NodeFile)?);
    let index = Index {
        services: &package.services,
        errors: &package.errors,
        has_models: !package.declarations.is_empty(),
        deprecated_models: package
            .declarations
            .iter()
            .filter_map(|declaration| Some((declaration.exported.as_deref()?, declaration.name.as_str())))
            .collect(),
        runtime_classes: &RUNTIME_CLASSES,
        runtime_types: &RUNTIME_TYPES,
    };
    files.insert("src/index.ts", code(&index)?);
    for (name, contents) in runtime::FILES {
        files.insert(format!("src/runtime/{name}"), *contents);
    }
    Ok(files)
}

/// The text of a file: what the template gives, and the newline at its end, which askama drops.
fn file(template: &impl Template) -> Result<String, askama::Error> {
    let mut text = template.render()?;
    text.push('\n');
    Ok(text)
}

/// The text of a file of code, formatted.
fn code(template: &impl Template) -> Result<String, askama::Error> {
    Ok(formatted(&file(template)?))
}

fn models(package: &Package) -> Models<'_> {
    let code = package.declarations.iter().map(Declaration::code).collect::<String>();
    Models {
        runtime_types: mentioned(TIMES.into_iter().chain(["UnknownName"]), &code),
        uses_unknown: !mentioned(["UNKNOWN"], &code).is_empty(),
        declarations: &package.declarations,
    }
}

fn codecs(codecs: &[Codec]) -> Result<Codecs<'_>, askama::Error> {
    let mut codecs = Codecs {
        codecs,
        runtime_values: Vec::new(),
        runtime_types: Vec::new(),
    };
    let code = codecs.render()?;
    codecs.runtime_values = mentioned(["UNKNOWN", "decode", "encode", "kept"], &code);
    let types = ["CodecName", "Duration", "Encoder", "Key", "Path", "SystemTime"];
    codecs.runtime_types = mentioned(types, &code);
    Ok(codecs)
}

fn handlers(package: &Package) -> Result<Handlers<'_>, askama::Error> {
    let mut handlers = Handlers {
        hosted: &package.hosted,
        models: Vec::new(),
        codecs: Vec::new(),
        errors: Vec::new(),
        runtime_values: Vec::new(),
        runtime_types: Vec::new(),
    };
    if package.hosted.is_empty() {
        return Ok(handlers);
    }
    let code = without_comments(&handlers.render()?);
    handlers.models = mentioned(package.model_names(), &code);
    handlers.codecs = package.decoders_in(&code);
    handlers.codecs.extend(package.encoders_in(&code));
    let errors = package.errors.iter().map(|error| error.name.as_str());
    handlers.errors = mentioned(errors, &code);
    handlers.runtime_values = mentioned(["decode", "encode"], &code);
    handlers.runtime_types = mentioned(
        [
            "AnyIterable",
            "Awaitable",
            "CallFacts",
            "Duration",
            "HostedContract",
            "SystemTime",
        ],
        &code,
    );
    Ok(handlers)
}

/// The lines that are no comments, which may well name types.
fn without_comments(text: &str) -> String {
    let lines = text.lines();
    lines
        .filter(|line| !line.trim_start().starts_with(['*', '/']))
        .map(|line| format!("{line}\n"))
        .collect()
}

fn testing(package: &Package) -> Result<Testing<'_>, askama::Error> {
    let mut testing = Testing {
        contracts: &package.fakes.contracts,
        models: Vec::new(),
        codecs: Vec::new(),
        errors: Vec::new(),
        runtime_values: Vec::new(),
        runtime_types: Vec::new(),
    };
    let code = without_comments(&testing.render()?);
    testing.models = mentioned(package.model_names(), &code);
    testing.codecs = package.decoders_in(&code);
    testing.codecs.extend(package.encoders_in(&code));
    let errors = package.errors.iter().map(|error| error.name.as_str());
    testing.errors = mentioned(errors, &code);
    testing.runtime_values = mentioned(["decode", "encode"], &code);
    testing.runtime_types = mentioned(
        [
            "AnyIterable",
            "Awaitable",
            "CallFacts",
            "ConnectOptions",
            "Duration",
            "SystemTime",
        ],
        &code,
    );
    Ok(testing)
}

fn errors(package: &Package) -> Errors<'_> {
    let code: String = package
        .errors
        .iter()
        .map(|error| format!("{} {}\n", error.detail, error.decode))
        .collect();
    Errors {
        models: mentioned(package.model_names(), &code),
        times: mentioned(TIMES, &code),
        decoders: package.decoders_in(&code),
        uses_decode: !mentioned(["decode"], &code).is_empty(),
        errors: &package.errors,
    }
}

fn service_file<'a>(package: &'a Package, service: &'a Service) -> ServiceFile<'a> {
    let code = service.code();
    let mut runtime_types = vec!["Target"];
    runtime_types.extend(mentioned(["Duration", "Stream", "SystemTime"], &code));
    if !service.methods.is_empty() {
        runtime_types.extend(mentioned(["AskOptions", "CallOptions"], &code));
        runtime_types.push("Method");
    }
    if !service.events.is_empty() {
        runtime_types.extend(["Decoder", "SubscribeOptions", "Subscription"]);
    }
    runtime_types.sort_unstable();
    let mut codecs = package.decoders_in(&code);
    codecs.extend(package.encoders_in(&code));
    ServiceFile {
        service,
        models: mentioned(package.model_names(), &code),
        codecs,
        errors: package
            .errors
            .iter()
            .map(|error| format!("read{}", error.name))
            .filter(|reader| !mentioned([reader.as_str()], &code).is_empty())
            .collect(),
        runtime_types,
        runtime_values: mentioned(["decode", "encode"], &code),
    }
}
