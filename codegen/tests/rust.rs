//! The generated Rust crate: what it looks like, and that it compiles and speaks as the contract says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    fs,
    io::{self, Read},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use callsheet_codegen::{
    backends::{self, Backend, ClientSource, Integers, Language, Options},
    fault::GenerateError,
    ir::Api,
    output::{self, Files},
};
use callsheet_schema::Document;

const EVERYTHING: &str = include_str!("documents/everything.json");
/// What it says to people holds whatever no source file should.
const NASTY: &str = include_str!("documents/nasty.json");

/// Its names are those of the prelude, of the standard library's traits, and of what generated code has for itself; and it has
/// arrays that serde does not read.
const HIDING: &str = include_str!("documents/rust_names.json");

/// Its clients host contracts, whose names are those of one another's methods.
const HOSTING: &str = include_str!("documents/python_hosting.json");

/// Its types hold one another in every manner, and no name is plain.
const TANGLED: &str = r#"{
    "callsheet": 1,
    "contracts": [
        {
            "name": "tangled.Tangled",
            "methods": [
                {
                    "name": "tangle", "message": "tangled.Tangled.Tangle", "kind": "ask", "access": "shared",
                    "request": {"arguments": [
                        {"name": "page", "type": {"named": "Page<list<map<string, option<a.User>>>>"}},
                        {"name": "branch", "type": {"named": "Branch<array<u8, 4>>"}},
                        {"name": "hosts", "type": {"map": [{"text": "ip_address"}, {"set": {"non_zero": "u16"}}]}},
                        {"name": "id", "type": {"option": {"text": "uuid"}}, "optional": true},
                        {"name": "host", "type": {"text": "ipv4_address"}},
                        {"name": "size", "type": {"non_zero": "u8"}}
                    ]},
                    "reply": {"named": "Page<list<map<string, option<b.User>>>>"}, "error": {"named": "Box<String>"}
                }
            ],
            "events": [{"name": "Box<Option<Vec>>", "type": {"named": "Box<String>"}}]
        }
    ],
    "types": {
        "Page<list<map<string, option<a.User>>>>": {"shape": {"struct": {"fields": [
            {"name": "items", "type": {"list": {"map": ["string", {"option": {"named": "a.User"}}]}}}
        ]}}},
        "Page<list<map<string, option<b.User>>>>": {"shape": {"struct": {"fields": [
            {"name": "items", "type": {"list": {"map": ["string", {"option": {"named": "b.User"}}]}}},
            {"name": "rest", "type": {"named": "Rest"}, "flattened": true}
        ]}}},
        "a.User": {"shape": {"struct": {"fields": [
            {"name": "host", "type": {"text": "socket_address"}}, {"name": "port", "type": {"non_zero": "u16"}}
        ]}}},
        "b.User": {"shape": {"struct": {"fields": [
            {"name": "user", "type": {"option": {"named": "a.User"}}, "optional": true},
            {"name": "rest", "type": {"map": ["string", {"named": "Box<String>"}]}, "optional": true, "flattened": true}
        ]}}},
        "Branch<array<u8, 4>>": {"shape": {"struct": {"fields": [
            {"name": "value", "type": {"array": ["u8", 4]}},
            {"name": "kind", "type": {"named": "Kind"}, "flattened": true},
            {"name": "turn", "type": {"option": {"named": "Turn"}}, "optional": true, "flattened": true}
        ]}}},
        "Kind": {"shape": {"enum": {"tagging": {"internal": {"tag": "kind"}}, "variants": [
            {"name": "leaf", "shape": "unit"},
            {"name": "fork", "shape": {"struct": [
                {"name": "left", "type": {"named": "Branch<array<u8, 4>>"}},
                {"name": "way", "type": {"named": "Way"}, "sometimes": true, "flattened": true}
            ]}},
            {"name": "other", "untagged": true, "shape": {"struct": [{"name": "all", "type": {"list": {"named": "Kind"}}}]}}
        ]}}},
        "Way": {"shape": {"newtype": {"named": "Ways"}}},
        "Ways": {"shape": {"enum": {"tagging": "external", "variants": [
            {"name": "Up", "shape": {"newtype": {"named": "Branch<array<u8, 4>>"}}}, {"name": "Down", "shape": "unit"}
        ]}}},
        "Turn": {"shape": {"enum": {"tagging": {"adjacent": {"tag": "turn", "content": "from"}}, "variants": [
            {"name": "Left", "shape": {"newtype": {"named": "Branch<array<u8, 4>>"}}}, {"name": "Right", "shape": "unit"}
        ]}}},
        "Rest": {"shape": {"newtype": {"map": ["string", {"named": "Maybe"}]}}},
        "Maybe": {"shape": {"enum": {"tagging": "external", "variants": [
            {"name": "Yes", "shape": "unit"}, {"name": "None", "untagged": true, "shape": "unit"}
        ]}}},
        "Box<String>": {"shape": {"enum": {"tagging": "external", "variants": [
            {"name": "Some", "shape": {"newtype": {"text": "date"}}}, {"name": "Option", "other": true, "shape": "unit"}
        ]}}}
    },
    "encodings": {}
}"#;

const SMALL: &str = r#"{
    "callsheet": 1,
    "contracts": [
        {
            "name": "demo.Calculator",
            "docs": "Adds and divides.",
            "methods": [
                {
                    "name": "add", "message": "demo.Calculator.Add", "docs": "Adds two numbers.",
                    "kind": "ask", "access": "shared",
                    "request": {"arguments": [{"name": "a", "type": "i64"}, {"name": "b", "type": "i64"}]},
                    "reply": "i64"
                },
                {
                    "name": "divide", "message": "demo.Divide", "kind": "ask", "access": "shared",
                    "request": {"message": {"name": "request", "type": {"named": "demo.Divide"}}},
                    "reply": "f64", "error": {"named": "demo.MathError"}
                },
                {
                    "name": "countdown", "message": "demo.Calculator.Countdown", "kind": "stream", "access": "shared",
                    "request": {"arguments": [{"name": "from", "type": "u32"}]},
                    "reply": "u32"
                },
                {
                    "name": "notify", "message": "demo.Calculator.Notify", "kind": "tell", "access": "exclusive",
                    "request": {"arguments": [
                        {"name": "type", "type": "string"},
                        {"name": "note", "type": {"option": "string"}, "optional": true}
                    ]},
                    "reply": "unit"
                }
            ],
            "events": [{"name": "demo.Cleared", "type": {"named": "demo.Cleared"}}]
        }
    ],
    "types": {
        "demo.Cleared": {"docs": "The result was cleared.", "shape": "unit"},
        "demo.Divide": {"shape": {"struct": {"fields": [
            {"name": "numerator", "type": "f64"}, {"name": "denominator", "type": "f64"}
        ]}}},
        "demo.MathError": {"docs": "Why there is no quotient.", "shape": {"enum": {"tagging": "external", "variants": [
            {"name": "division_by_zero", "ident": "DivisionByZero", "shape": "unit"}
        ]}}}
    },
    "encodings": {}
}"#;

fn generated(document: &str, package: &str, rust_client: ClientSource) -> Files {
    generate(document, package, rust_client).unwrap()
}

fn generate(document: &str, package: &str, rust_client: ClientSource) -> Result<Files, GenerateError> {
    let backend: &dyn Backend = *backends::all()
        .iter()
        .find(|of| of.language() == Language::Rust)
        .unwrap();
    let api = Api::lower(&Document::from_json(document).unwrap()).unwrap();
    let package = package.to_owned();
    backend.generate(
        &api,
        &Options {
            package,
            rust_client,
            int64: Integers::default(),
        },
    )
}

#[test]
fn a_small_crate() {
    let files = generated(
        SMALL,
        "demo-client",
        ClientSource::Git("https://example.org/callsheet".into()),
    );
    for path in [
        "Cargo.toml",
        "README.md",
        "src/lib.rs",
        "src/models.rs",
        "src/client.rs",
        "src/services.rs",
        "src/testing/mod.rs",
    ] {
        insta::assert_snapshot!(path.replace('/', "_"), files.get(path).unwrap());
    }
    let paths: Vec<_> = files.iter().map(|(path, _)| path).collect();
    assert_eq!(paths.len(), 12, "{paths:?}");
    assert_eq!(
        files,
        generated(
            SMALL,
            "demo-client",
            ClientSource::Git("https://example.org/callsheet".into())
        )
    );
}

#[test]
fn all_that_rust_cannot_say_is_told_at_once() {
    let document = SMALL
        .replace("\"denominator\"", "\"NumErator\"")
        .replace("\"numerator\"", "\"num_erator\"")
        .replace("\"name\": \"countdown\"", "\"name\": \"subscribe_cleared\"");
    let error = generate(&document, "std", ClientSource::Registry).unwrap_err();
    let faults: Vec<_> = error.faults().iter().map(ToString::to_string).collect();
    assert_eq!(faults.len(), 3, "{error}");
    assert!(faults[0].contains("package `std`"), "{error}");
    assert!(
        faults[1].contains("method `subscribe_cleared`") && faults[1].contains("event `demo.Cleared`"),
        "{error}"
    );
    assert!(
        faults[2].contains("field `num_erator`") && faults[2].contains("field `NumErator`"),
        "{error}"
    );
}

#[test]
fn what_hosts_has_a_name_of_its_own() {
    let document = HOSTING.replace("hosting.Empty", "hosting.SourceWith");
    let files = generated(&document, "hosting-client", ClientSource::Registry);
    for path in ["src/client.rs", "src/blocking/client.rs"] {
        let client = files.get(path).unwrap();
        let methods = client.split("pub fn ").skip(1);
        let names: Vec<_> = methods.filter_map(|method| method.split('(').next()).collect();
        let hosting: Vec<_> = names.into_iter().filter(|name| name.starts_with("host_")).collect();
        let expected = [
            "host_source",
            "host_source_at",
            // Of `Source`, and the options of that.
            "host_source_",
            "host_source_with_",
            // Of `SourceWith`.
            "host_source_with",
            "host_source_with_with",
        ];
        assert_eq!(hosting, expected, "{path}");
    }
}

#[test]
fn what_a_fake_cannot_tell_is_said() {
    // The name by which one field is written is that by which the other is read.
    let document = HOSTING.replace(
        "\"name\": \"note\"",
        "\"name\": \"max_retries\", \"ident\": \"note\", \"accepts\": \"note\"",
    );
    let files = generated(&document, "hosting-client", ClientSource::Registry);
    let (fakes, models) = (
        files.get("src/testing/mod.rs").unwrap(),
        files.get("src/models.rs").unwrap(),
    );
    assert!(fakes.contains("//! - `hosting.Settings`"), "{fakes}");
    assert!(!models.contains("alias = \"max_retries\""), "{models}");
}

#[test]
fn everything_compiles_without_a_warning_of_pedants_and_speaks_as_the_contract_says() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rust-client");
    let tests = [
        ("forms.rs", include_str!("rust_client/forms.rs")),
        ("open_enums.rs", include_str!("rust_client/open_enums.rs")),
        ("speaks.rs", include_str!("rust_client/speaks.rs")),
    ];
    build(&folder, "everything-client", EVERYTHING, &tests);
    build(&folder, "hiding-client", HIDING, &[]);
    build(
        &folder,
        "hosting-client",
        HOSTING,
        &[("fakes.rs", include_str!("rust_client/fakes.rs"))],
    );
    build(&folder, "tangled-client", TANGLED, &[]);
    build(&folder, "nasty-client", NASTY, &[]);
}

/// Writes the crate and runs its tests, every warning being an error.
fn build(folder: &Path, package: &str, document: &str, tests: &[(&str, &str)]) {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let client = workspace.join("runtime/client").display().to_string();
    let wire = workspace.join("schema/wire");
    let home = folder.join(package);
    if home.exists() {
        fs::remove_dir_all(&home).unwrap();
    }
    output::write(&generated(document, package, ClientSource::Path(client)), &home).unwrap();
    let manifest = fs::read_to_string(home.join("Cargo.toml")).unwrap();
    let extended = manifest
        + "\n[dev-dependencies]\nfutures-util = { version = \"0.3\", default-features = false }\n"
        + "rmp-serde = \"1\"\nserde_json = \"1\"\ntokio = { version = \"1\", features = [\"full\"] }\n"
        + &format!("callsheet-wire = {{ path = {wire:?} }}\n")
        + "\n[lints.rust]\nwarnings = \"deny\"\n\n[workspace]\n";
    fs::write(home.join("Cargo.toml"), extended).unwrap();
    // What the workspace has built is there without a network.
    fs::copy(workspace.join("Cargo.lock"), home.join("Cargo.lock")).unwrap();
    fs::create_dir(home.join("tests")).unwrap();
    for (name, test) in tests {
        fs::write(home.join("tests").join(name), test).unwrap();
    }
    // What the README shows compiles.
    let readme = fs::read_to_string(home.join("README.md")).unwrap();
    let (_, program) = readme.split_once("```rust\n").unwrap();
    let (program, _) = program.split_once("```").unwrap();
    fs::create_dir(home.join("examples")).unwrap();
    fs::write(home.join("examples/readme.rs"), program).unwrap();
    let target = folder.join("target");
    run(&home, &target, &["test", "--offline", "--all-features", "--quiet"]);
    let pedantic = ["--", "-W", "clippy::pedantic", "-D", "warnings"];
    let clippy = [
        "clippy",
        "--offline",
        "--all-features",
        "--quiet",
        "--lib",
        "--examples",
    ];
    run(&home, &target, &[clippy.as_slice(), &pedantic].concat());
}

fn run(home: &Path, target: &Path, arguments: &[&str]) {
    let (mut said, writer) = io::pipe().unwrap();
    let mut command = Command::new(env!("CARGO"));
    command
        .args(arguments)
        .current_dir(home)
        .env("CARGO_TARGET_DIR", target)
        .env_remove("RUSTFLAGS")
        .stdin(Stdio::null())
        .stdout(writer.try_clone().unwrap())
        .stderr(writer);
    let mut cargo = command.spawn().unwrap();
    // With it goes our end of the pipe, which then ends when cargo does.
    drop(command);
    let (ended, end) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut text = String::new();
        let read = said.read_to_string(&mut text);
        ended.send(()).unwrap();
        read.map(|_| text).unwrap()
    });
    if end.recv_timeout(Duration::from_secs(600)).is_err() {
        cargo.kill().unwrap();
    }
    let status = cargo.wait().unwrap();
    assert!(status.success(), "{}", reader.join().unwrap());
}
