//! `cargo xtask compile-time`: what a contract adds to a debug build, and how long a generated Rust client takes.
//!
//! Two programs are built again and again, of which only the own crate is compiled: one declares a trait with so many
//! methods and implements it, the other declares the same trait as a contract, implements it and starts an actor that
//! serves it. The difference is what the contract costs: once when the crate is compiled from nothing, and after each
//! edit of a handler. Of a generated client, only its own crate is compiled, from nothing.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use crate::{
    clients, places,
    run::{Error, run_quietly},
};

/// How many methods the contracts have.
const METHODS: [usize; 4] = [5, 50, 250, 500];
/// Each is built so often; the fastest counts.
const BUILDS: usize = 3;

pub(crate) fn measure() -> Result<(), Error> {
    println!("| methods | build | trait | contract | added | for each method |");
    println!("| -- | -- | -- | -- | -- | -- |");
    for methods in METHODS {
        for (kind, incremental) in [("from nothing", false), ("after an edit", true)] {
            let plain = build("plain", methods, incremental)?;
            let contract = build("contract", methods, incremental)?;
            let added = contract.saturating_sub(plain);
            println!(
                "| {methods} | {kind} | {:.2} s | {:.2} s | {:.2} s | {:.1} ms |",
                plain.as_secs_f64(),
                contract.as_secs_f64(),
                added.as_secs_f64(),
                added.as_secs_f64() * 1e3 / methods as f64,
            );
        }
    }
    measure_clients()
}

/// How many methods the generated client has that stands beside that of the showcase.
const METHODS_OF_CLIENT: usize = 50;

fn measure_clients() -> Result<(), Error> {
    clients::build(&["callsheet-codegen"])?;
    let folder = places::target().join("compile-time");
    fs::create_dir_all(&folder)?;
    let many = folder.join("many.json");
    fs::write(&many, document(METHODS_OF_CLIENT))?;
    println!("\n| generated client | build, from nothing |\n| -- | -- |");
    for (name, document) in [("showcase", clients::document("showcase")?), ("50 methods", many)] {
        let took = build_client(&document, name)?;
        println!("| {name} | {:.2} s |", took.as_secs_f64());
    }
    Ok(())
}

/// The time of the fastest build of a client's own crate.
fn build_client(document: &Path, name: &str) -> Result<Duration, Error> {
    let folder = places::target().join("compile-time").join(name.replace(' ', "-"));
    let mut generate = clients::callsheet();
    generate.arg("generate").arg("--schema").arg(document);
    generate
        .args(["--lang", "rust", "--package", "measured-client", "--out"])
        .arg(&folder);
    generate.arg("--client-path").arg(places::root().join("runtime/client"));
    run_quietly(&mut generate)?;
    let manifest = folder.join("Cargo.toml");
    let text = fs::read_to_string(&manifest)?;
    fs::write(&manifest, text + "\n[workspace]\n")?;
    fs::copy(places::root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let root = folder.join("src/lib.rs");
    let text = fs::read_to_string(&root)?;
    let mut fastest = Duration::MAX;
    for round in 0..=BUILDS {
        fs::write(&root, format!("{text}// {round}\n"))?;
        let start = Instant::now();
        run_quietly(cargo_build(&folder, false).arg("--all-features"))?;
        if round > 0 {
            fastest = fastest.min(start.elapsed());
        }
    }
    // The next measurement generates it anew, and leaves no file alone that was changed by hand.
    fs::remove_dir_all(&folder)?;
    Ok(fastest)
}

/// Methods of every kind, and for every five a struct that is sent and received and an enum that is received.
fn document(methods: usize) -> String {
    let (mut contract, mut types) = (Vec::new(), Vec::new());
    for method in 0..methods {
        let group = method / 5;
        let item = format!(r#"{{"named": "bench.Item{group}"}}"#);
        let (request, reply) = match method % 5 {
            0 => (
                r#"{"name": "a", "type": "i64"}, {"name": "b", "type": "i64"}"#.to_owned(),
                r#""i64""#.to_owned(),
            ),
            1 => (
                format!(r#"{{"name": "item", "type": {item}}}"#),
                format!(r#"{{"named": "bench.State{group}"}}"#),
            ),
            2 => (
                r#"{"name": "id", "type": "u64"}"#.to_owned(),
                format!(r#"{{"option": {item}}}"#),
            ),
            3 => (
                r#"{"name": "name", "type": "string"}"#.to_owned(),
                format!(r#"{{"list": {item}}}"#),
            ),
            _ => (
                r#"{"name": "text", "type": "string"}"#.to_owned(),
                r#""unit""#.to_owned(),
            ),
        };
        contract.push(format!(
            r#"{{"name": "method_{method}", "message": "bench.Large.Method{method}", "kind": "ask", "access": "shared",
            "request": {{"arguments": [{request}]}}, "reply": {reply}}}"#
        ));
        if method % 5 == 0 {
            types.push(format!(
                r#""bench.Item{group}": {{"shape": {{"struct": {{"fields": [
                    {{"name": "id", "type": "u64"}}, {{"name": "name", "type": "string"}},
                    {{"name": "tags", "type": {{"list": "string"}}}}, {{"name": "next", "type": {{"option": "f64"}}}}
                ]}}}}}},
                "bench.State{group}": {{"shape": {{"enum": {{"tagging": "external", "variants": [
                    {{"name": "Waiting", "shape": "unit"}}, {{"name": "Done", "shape": {{"newtype": {item}}}}},
                    {{"name": "Failed", "shape": {{"struct": [{{"name": "why", "type": "string"}}]}}}}
                ]}}}}}}"#
            ));
        }
    }
    format!(
        r#"{{"callsheet": 1, "contracts": [{{"name": "bench.Large", "methods": [{}]}}], "types": {{{}}}, "encodings": {{}}}}"#,
        contract.join(", "),
        types.join(", ")
    )
}

/// The time of the fastest build of the program's own crate, after a change in a handler.
fn build(name: &str, methods: usize, incremental: bool) -> Result<Duration, Error> {
    let folder = places::target().join("compile-time").join(name);
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("Cargo.toml"), manifest(name))?;
    fs::copy(places::root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let mut fastest = Duration::MAX;
    // The first build also compiles what the program depends on, so it does not count.
    for round in 0..=BUILDS {
        fs::write(folder.join("src/main.rs"), program(methods, round, name == "contract"))?;
        let start = Instant::now();
        run_quietly(&mut cargo_build(&folder, incremental))?;
        if round > 0 {
            fastest = fastest.min(start.elapsed());
        }
    }
    Ok(fastest)
}

fn cargo_build(folder: &Path, incremental: bool) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--offline"]);
    cargo.current_dir(folder);
    cargo.env("CARGO_TARGET_DIR", places::target().join("compile-time/target"));
    cargo.env("CARGO_INCREMENTAL", if incremental { "1" } else { "0" });
    cargo
}

fn manifest(name: &str) -> String {
    let runtime = places::root().join("runtime");
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n\
         [dependencies]\ncallsheet.path = {:?}\ntokio = {{ version = \"1\", features = [\"full\"] }}\n",
        runtime.display().to_string()
    )
}

/// Methods of every kind, and a type for every five.
fn program(methods: usize, round: usize, is_contract: bool) -> String {
    let mut types = String::new();
    let mut declared = String::new();
    let mut implemented = String::new();
    for method in 0..methods {
        let (group, signature, body) = (method / 5, signature(method), body(method, round));
        if method % 5 == 0 {
            let _ = writeln!(
                types,
                "#[callsheet::contract_type]\n#[derive(Clone, Default)]\n\
                 pub struct Item{group} {{ pub id: u64, pub name: String, pub tags: Vec<String>, pub next: Option<f64> }}"
            );
        }
        let _ = writeln!(declared, "    {signature};");
        let _ = writeln!(implemented, "    {signature} {{ {body} }}");
    }
    let (attribute, serve) = if is_contract {
        (
            "#[callsheet::actor_contract(namespace = \"bench\")]",
            "let runtime = callsheet::Runtime::launch()?;\n    \
             runtime.actor(\"large\", State::default).serves(Large).expose().start().await?;",
        )
    } else {
        (
            "#[expect(async_fn_in_trait)]",
            "println!(\"{}\", State::default().method_0(1, 2).await);",
        )
    };
    format!(
        "#![allow(dead_code)]\n{types}\n{attribute}\npub trait Large {{\n{declared}}}\n\n\
         #[derive(Default)]\npub struct State {{ last: i64 }}\n\nimpl Large for State {{\n{implemented}}}\n\n\
         #[tokio::main]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {{\n    {serve}\n    Ok(())\n}}\n"
    )
}

fn signature(method: usize) -> String {
    let group = method / 5;
    match method % 5 {
        0 => format!("async fn method_{method}(&self, a: i64, b: i64) -> i64"),
        1 => format!("async fn method_{method}(&mut self, item: Item{group})"),
        2 => format!("fn method_{method}(&self, id: u64) -> Option<Item{group}>"),
        3 => format!("async fn method_{method}(&self, name: String, limit: u32) -> Result<Vec<Item{group}>, String>"),
        _ => format!("fn method_{method}(&mut self, text: String)"),
    }
}

fn body(method: usize, round: usize) -> String {
    match method % 5 {
        0 if method == 0 => format!("a + b + self.last + {round}"),
        0 => "a + b + self.last".to_owned(),
        1 => "self.last = item.id as i64;".to_owned(),
        2 => "(id > 0).then(Default::default)".to_owned(),
        3 => "Err(format!(\"{name}: {limit}\"))".to_owned(),
        _ => "self.last = text.len() as i64;".to_owned(),
    }
}
