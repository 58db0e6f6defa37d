//! tsc, which compiles too; eslint at its strictest; prettier.

use std::{
    fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use callsheet_codegen::backends::Language;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Bench, by_line, complaints, folder_of, of_path};
use crate::{finding::Finding, package};

/// What eslint prints of each file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Linted {
    file_path: String,
    messages: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    rule_id: Option<String>,
    message: String,
    line: Option<u32>,
}

pub(super) fn check(bench: &Bench) -> io::Result<Vec<Finding>> {
    let folder = bench.folder(Language::TypeScript);
    let packages = packages(&folder)?;
    let modules = folder.join("node_modules");
    symlink(bench.node.join("node_modules"), &modules)?;
    fs::write(
        folder.join("package.json"),
        json!({ "private": true, "type": "module" }).to_string(),
    )?;
    fs::write(folder.join("tsconfig.json"), options(&packages)?)?;

    let mut tsc = bench.node_program("tsc");
    tsc.current_dir(&folder).args(["--pretty", "false"]);
    let mut found = complaints("tsc", &mut tsc, |printed| {
        by_line("tsc", "", printed, |line| {
            line.contains("error TS") && !line.starts_with(' ')
        })
    })?;

    fs::write(folder.join("eslint.config.js"), RULES)?;
    let mut eslint = bench.node_program("eslint");
    eslint.current_dir(&folder).args(["--format", "json", "."]);
    found.extend(complaints("eslint", &mut eslint, |printed| {
        let files: Vec<Linted> = serde_json::from_str(printed).unwrap_or_default();
        let of_file = |file: Linted| {
            let path = file.file_path;
            let of = folder_of(&folder, &path).map(str::to_owned);
            let messages = file.messages.into_iter().filter_map(move |message| {
                let rule = message.rule_id.unwrap_or_default();
                let says = format!(
                    "{path}:{}: {rule}: {}",
                    message.line.unwrap_or(0),
                    message.message.replace('\n', " ")
                );
                Some(of_path("eslint", "", of.as_deref()?, &says))
            });
            messages.collect::<Vec<_>>()
        };
        files.into_iter().flat_map(of_file).collect()
    })?);

    let style = package::root().join("codegen/support/typescript/.prettierrc.json");
    fs::write(folder.join(".prettierignore"), "runtime/\ndist/\n")?;
    let mut prettier = bench.node_program("prettier");
    prettier
        .current_dir(&folder)
        .args(["--list-different", "--config"])
        .arg(style)
        .arg("*/src/**/*.ts");
    found.extend(complaints("prettier", &mut prettier, |printed| {
        by_line("prettier", "", printed, |_| true)
    })?);
    Ok(found)
}

/// The folders of the packages, sorted.
fn packages(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut packages: Vec<_> = fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    packages.sort();
    Ok(packages)
}

/// What the packages are compiled with by themselves, for all of them.
fn options(packages: &[PathBuf]) -> io::Result<String> {
    let first = packages
        .first()
        .ok_or_else(|| io::Error::other("no package was made"))?;
    let mut options: Value = serde_json::from_str(&fs::read_to_string(first.join("tsconfig.json"))?)?;
    options["compilerOptions"]["rootDir"] = json!(".");
    options["compilerOptions"]["outDir"] = json!("dist");
    options["include"] = json!(["*/src"]);
    options["exclude"] = json!(["dist", "node_modules"]);
    Ok(options.to_string())
}

/// The rules of the runtime part, for all packages as one project. That part itself has checks of its own.
const RULES: &str = r#"import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", "**/runtime/", "eslint.config.js"] },
  ...tseslint.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { project: ["./tsconfig.json"], tsconfigRootDir: import.meta.dirname } } },
);
"#;
