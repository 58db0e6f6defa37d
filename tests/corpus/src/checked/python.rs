//! mypy and pyright, both strict; ruff's rules and its format.

use std::{fs, io, process::Command};

use callsheet_codegen::backends::Language;
use serde::Deserialize;

use super::{Bench, by_line, complaints, folder_of, of_path};
use crate::finding::Finding;

const PREFIX: &str = "corpus_";

/// The rules against names of letters that are not ASCII: names keep the letters that the contracts give them, which no setting
/// of a package allows (`docs/decisions/0013-python-that-no-linter-complains-of.md`).
const NOT_ASCII: &str = "PLC2401,PLC2403";

/// What pyright prints.
#[derive(Deserialize)]
struct Pyright {
    #[serde(rename = "generalDiagnostics")]
    diagnostics: Vec<Diagnostic>,
}

#[derive(Deserialize)]
struct Diagnostic {
    file: String,
    message: String,
    #[serde(default)]
    range: serde_json::Value,
}

pub(super) fn check(bench: &Bench) -> io::Result<Vec<Finding>> {
    let folder = bench.folder(Language::Python);
    let tool = |name: &str| {
        let mut command = Command::new(bench.python.with_file_name(name));
        command.current_dir(&folder);
        command
    };
    // The runtime part is the same in every package, and has checks of its own.
    let mut ruff = tool("ruff");
    ruff.args(["check", "--no-cache", "--output-format", "concise"]).args([
        "--extend-exclude",
        "_runtime",
        "--ignore",
        NOT_ASCII,
        ".",
    ]);
    let is_code = |line: &str| line.contains(".py:");
    let mut found = complaints("ruff", &mut ruff, |printed| by_line("ruff", PREFIX, printed, is_code))?;

    let mut format = tool("ruff");
    format.args(["format", "--no-cache", "--check", "--extend-exclude", "_runtime", "."]);
    found.extend(complaints("ruff format", &mut format, |printed| {
        let files = printed
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("--> "));
        by_line("ruff format", PREFIX, &files.collect::<Vec<_>>().join("\n"), |_| true)
    })?);

    let mut mypy = tool("mypy");
    mypy.args([
        "--strict",
        "--no-pretty",
        "--no-error-summary",
        "--hide-error-context",
        "--cache-dir",
    ])
    .arg(bench.into.join("mypy"))
    .arg(".");
    found.extend(complaints("mypy", &mut mypy, |printed| {
        by_line("mypy", PREFIX, printed, |line| line.contains(": error:"))
    })?);

    let own = serde_json::json!({ "include": ["."], "typeCheckingMode": "strict", "exclude": ["**/_runtime"] });
    fs::write(folder.join("pyrightconfig.json"), own.to_string())?;
    let mut pyright = bench.node_program("pyright");
    pyright
        .current_dir(&folder)
        .args(["--outputjson", "--pythonpath"])
        .arg(&bench.python);
    found.extend(complaints("pyright", &mut pyright, |printed| {
        let printed: Option<Pyright> = serde_json::from_str(printed).ok();
        let diagnostics = printed.into_iter().flat_map(|printed| printed.diagnostics);
        let of = |diagnostic: Diagnostic| {
            let line = &diagnostic.range["start"]["line"];
            let says = format!("{}:{line}: {}", diagnostic.file, diagnostic.message.replace('\n', " "));
            Some(of_path("pyright", PREFIX, folder_of(&folder, &diagnostic.file)?, &says))
        };
        diagnostics.filter_map(of).collect()
    })?);
    Ok(found)
}
