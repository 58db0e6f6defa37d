//! The programs that take values and give them back, one in each language, for all packages of it.

use std::{
    collections::BTreeMap,
    fmt::{self, Write},
    fs, io,
    path::Path,
    process::Command,
};

use callsheet_codegen::backends::Language;
use callsheet_schema::conform::Value;
use serde::{Deserialize, Serialize};

use super::{CODECS, Place};
use crate::{
    checked::{Bench, cargo},
    echo::Echo,
    package::{called, root},
};

/// What a program is to do with one package in one codec.
#[derive(Serialize)]
struct Task<'a> {
    document: &'a str,
    package: String,
    codec: &'a str,
    /// How many values there are of each type.
    counts: Vec<usize>,
}

/// What a program could not do, a line for each.
#[derive(Debug, Deserialize)]
pub(super) struct Complaint {
    pub(super) document: String,
    codec: String,
    /// The number of the type, and that of its value; none if it is about the whole package.
    at: Option<(usize, usize)>,
    says: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.codec)?;
        if let Some((at, index)) = self.at {
            write!(f, "value {index} of type {at}: ")?;
        }
        f.write_str(&self.says.replace('\n', " "))
    }
}

/// Runs the program of a language, and gives what it complains of.
pub(super) fn run(
    bench: &Bench,
    language: Language,
    documents: &[&String],
    echoes: &BTreeMap<String, Echo>,
    values: &BTreeMap<Place, Value>,
    socket: &Path,
) -> io::Result<Vec<Complaint>> {
    let mut tasks = Vec::new();
    for document in documents {
        for (_, codec) in CODECS {
            let count = |at: usize| {
                let indices = (0..).take_while(|index| values.contains_key(&((*document).clone(), codec, at, *index)));
                indices.count()
            };
            tasks.push(Task {
                document,
                package: called(document, language),
                codec,
                counts: (0..echoes[*document].types.len()).map(count).collect(),
            });
        }
    }
    let plan = bench.into.join(format!("{language}-tasks.json"));
    fs::write(&plan, serde_json::to_string(&tasks)?)?;
    let programs = root().join("tests/corpus/echo");
    let folder = bench.folder(language);
    let mut command = match language {
        Language::Python => {
            let mut python = Command::new(&bench.python);
            python
                .args(["-W", "ignore"])
                .arg(programs.join("echo.py"))
                .env("PYTHONPATH", &folder);
            python
        }
        Language::TypeScript => {
            // Where it stands, it finds the packages that they need.
            let program = folder.join("echo.mjs");
            fs::copy(programs.join("echo.mjs"), &program)?;
            let mut node = Command::new("node");
            node.arg(program);
            node
        }
        Language::Rust => rust(bench, documents, echoes)?,
    };
    let start = std::time::Instant::now();
    let output = command.arg(socket).arg(&plan).current_dir(&folder).output()?;
    println!("-- {language} values: {:.0} s", start.elapsed().as_secs_f64());
    let printed = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Ok(vec![Complaint {
            document: String::new(),
            codec: "both".to_owned(),
            at: None,
            says: format!("the program broke: {said}{printed}"),
        }]);
    }
    printed
        .lines()
        .map(|line| serde_json::from_str(line).map_err(io::Error::from))
        .collect()
}

/// Builds the program, which has to know the packages when it is compiled.
fn rust(bench: &Bench, documents: &[&String], echoes: &BTreeMap<String, Echo>) -> io::Result<Command> {
    let folder = bench.folder(Language::Rust).join("echo");
    fs::create_dir_all(folder.join("src"))?;
    let mut manifest =
        "[workspace]\n\n[package]\nname = \"echo\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[profile.dev]\ndebug = \
                        0\n\n[dependencies]\nserde_json = \"1\"\n"
            .to_owned();
    let mut program = fs::read_to_string(root().join("tests/corpus/echo/echo.rs"))?;
    let mut tasks = String::new();
    for document in documents {
        let package = called(document, Language::Rust);
        let _ = writeln!(
            manifest,
            "{package} = {{ path = \"../{document}\", features = [\"blocking\"] }}"
        );
        let calls = (0..echoes[*document].types.len()).fold(String::new(), |mut calls, at| {
            let _ = write!(calls, " {at} give_{at} take_{at},");
            calls
        });
        let _ = writeln!(tasks, "task!({document}, {}, [{calls} ]);", package.replace('-', "_"));
    }
    program.push_str(&tasks);
    let arms = documents.iter().fold(String::new(), |mut arms, document| {
        let _ = writeln!(arms, "        {document:?} => {document}(task, socket),");
        arms
    });
    let _ = writeln!(
        program,
        "\nfn run(task: &Task, socket: &str) {{\n    match task.document.as_str() {{\n{arms}        _ => {{}}\n    }}\n}}"
    );
    fs::write(folder.join("src/main.rs"), program)?;
    manifest.push_str(&format!(
        "callsheet-client = {{ path = {:?} }}\n",
        root().join("runtime/client")
    ));
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let built = cargo(bench)
        .current_dir(&folder)
        .args(["build", "--offline", "--quiet"])
        .output()?;
    if !built.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&built.stderr).into_owned()));
    }
    Ok(Command::new(bench.into.join("target/debug/echo")))
}
