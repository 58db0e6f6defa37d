//! What is held of the TypeScript packages beside their tests: how their code is written and packed, what their core needs,
//! and how large it is.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{readmes, report::Report};
use crate::{
    clients::{self, Mode},
    node::Packages,
    places,
    run::{Error, read, run_quietly},
};

/// The rules for generated code: those of the support, without what its tests need.
const RULES: &str = r#"import tseslint from "typescript-eslint";

export default tseslint.config(...tseslint.configs.strictTypeChecked, {
  linterOptions: { noInlineConfig: true },
  languageOptions: { parserOptions: { projectService: true } },
});
"#;

/// The most that the showcase's client may take in a browser, in bytes: about a tenth above what it takes.
const BUNDLE: Size = Size {
    minified: 66_500,
    compressed: 22_200,
};

/// The size of a bundle, in bytes.
struct Size {
    minified: usize,
    compressed: usize,
}

/// What is tried where there is no other package.
const ALONE: &str = include_str!("alone.test.mjs");

/// Documents that hold what contracts seldom do; generated, compiled and looked at, but not served.
const DOCUMENTS: [&str; 4] = ["everything", "nasty", "python_hosting", "typescript_forms"];

/// Checks a generated package and packs it.
pub(super) fn package(report: &mut Report, node: &Packages, name: &str, project: &Path) -> Result<PathBuf, Error> {
    style(report, node, name, project)?;
    let packed = node.pack(project)?;
    let mut publint = Command::new(node.program("publint"));
    report.check(
        &format!("typescript {name}: publint"),
        publint.current_dir(project).arg("--strict"),
    )?;
    let mut types = Command::new(node.program("attw"));
    report.check(
        &format!("typescript {name}: are the types wrong"),
        types
            .current_dir(project)
            .args(["--profile", "esm-only", "--no-emoji"])
            .arg(&packed),
    )?;
    if name == "showcase" {
        report.note("typescript showcase: size in a browser", size(node, project));
    }
    Ok(packed)
}

/// The packages of documents that nobody serves.
pub(super) fn documents(report: &mut Report, node: &Packages) -> Result<(), Error> {
    for document in DOCUMENTS {
        let name = document.replace('_', "-");
        let path = places::root().join(format!("codegen/tests/documents/{document}.json"));
        let out = places::target().join("clients").join(&name).join("typescript");
        clients::generate_one(&path, &name, "typescript", &out, Mode::Write)?;
        let project = node.project(&out, &name)?;
        let mut tsc = Command::new(node.program("tsc"));
        report.check(&format!("typescript {name}: tsc"), tsc.current_dir(&project))?;
        readmes::check_typescript(report, node, &name, &project)?;
        style(report, node, &name, &project)?;
    }
    Ok(())
}

/// The generated code is written as people who lint and format theirs would write it.
fn style(report: &mut Report, node: &Packages, name: &str, project: &Path) -> Result<(), Error> {
    let mut prettier = Command::new(node.program("prettier"));
    let files = ["--check", "package.json", "tsconfig.json", "README.md", "src"];
    report.check(
        &format!("typescript {name}: prettier"),
        prettier.current_dir(project).args(files),
    )?;
    let rules = project.join("eslint.config.mjs");
    fs::write(&rules, RULES)?;
    let mut eslint = Command::new(node.program("eslint"));
    report.check(
        &format!("typescript {name}: eslint"),
        eslint.current_dir(project).args(["--max-warnings", "0", "src"]),
    )?;
    fs::remove_file(rules)?;
    Ok(())
}

/// The core of the support compiles without the types of Node, and nothing of it imports them.
pub(super) fn core(report: &mut Report, node: &Packages, project: &Path) -> Result<(), Error> {
    let config = r#"{
  "extends": "./tsconfig.json",
  "compilerOptions": { "types": [], "lib": ["ES2023", "ESNext.Disposable", "WebWorker"], "skipLibCheck": false, "noEmit": true },
  "include": ["src"],
  "exclude": ["src/node.ts"]
}
"#;
    fs::write(project.join("tsconfig.core.json"), config)?;
    let mut tsc = Command::new(node.program("tsc"));
    report.check(
        "typescript support: the core without the types of Node",
        tsc.current_dir(project).args(["--project", "tsconfig.core.json"]),
    )
}

/// Bundles the core for a browser, which fails on any import of Node's.
fn size(node: &Packages, project: &Path) -> Result<(), Error> {
    let whole = bundle(node, project, "export * from \"./dist/index.js\";\n")?;
    println!("minified {} bytes, gzip {} bytes", whole.minified, whole.compressed);
    if whole.minified > BUNDLE.minified || whole.compressed > BUNDLE.compressed {
        return Err(Error::new(format!(
            "that is more than {} and {} bytes; make it smaller, or say in xtask/src/test/typescript.rs why it is not",
            BUNDLE.minified, BUNDLE.compressed
        )));
    }
    // Who hosts nothing gets none of what serves, and nobody gets the server for tests with the client.
    let text = fs::read_to_string(project.join("bundle.js"))?;
    for part in ["hosts this actor no longer", "callsheet-fake"] {
        if text.contains(part) {
            return Err(Error::new(format!(
                "the client pulls in what it does without: its bundle has `{part}`"
            )));
        }
    }
    // Who imports one contract's client gets no other: the message types of one are in what is bundled, and no other's.
    let one = bundle(node, project, "export { CalculatorClient } from \"./dist/index.js\";\n")?;
    println!(
        "one contract: minified {} bytes, gzip {} bytes",
        one.minified, one.compressed
    );
    let text = fs::read_to_string(project.join("bundle.js"))?;
    if !text.contains("showcase.Calculator") && !text.contains("Calculator.") {
        return Err(Error::new("the bundle of one contract lacks that contract"));
    }
    for other in ["KvStore", "PriceFeed", "Orders."] {
        if text.contains(other) {
            return Err(Error::new(format!(
                "the client of one contract pulls in another: its bundle has `{other}`"
            )));
        }
    }
    Ok(())
}

fn bundle(node: &Packages, project: &Path, entry: &str) -> Result<Size, Error> {
    fs::write(project.join("entry.js"), entry)?;
    let mut esbuild = Command::new(node.program("esbuild"));
    // The package that a user may leave out is loaded when it is asked for.
    let options = ["--bundle", "--minify", "--format=esm", "--platform=browser"];
    run_quietly(esbuild.current_dir(project).arg("entry.js").args(options).args([
        "--external:@msgpack/msgpack",
        "--splitting",
        "--outdir=bundled",
    ]))?;
    fs::copy(project.join("bundled").join("entry.js"), project.join("bundle.js"))?;
    // What is loaded only when it is asked for is in files of its own, which do not count.
    let script = "const fs = require('node:fs'); const zlib = require('node:zlib'); \
                  const text = fs.readFileSync('bundle.js'); \
                  console.log(text.length, zlib.gzipSync(text, { level: 9 }).length)";
    let printed =
        read(node.node(project).args(["-e", script])).ok_or_else(|| Error::new("failed to measure a bundle"))?;
    let mut sizes = printed.split_whitespace().filter_map(|size| size.parse().ok());
    match (sizes.next(), sizes.next()) {
        (Some(minified), Some(compressed)) => Ok(Size { minified, compressed }),
        _ => Err(Error::new("failed to measure a bundle")),
    }
}

/// The packed package in a folder that has no other: JSON needs none, and whoever asks for MessagePack is told which.
/// The folder is returned.
pub(super) fn alone(report: &mut Report, node: &Packages, packed: &Path) -> Result<PathBuf, Error> {
    // Not below the folder of the packages, where Node would find the one that is not to be there.
    let folder = places::target().join("alone");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    fs::write(
        folder.join("package.json"),
        "{ \"private\": true, \"type\": \"module\" }\n",
    )?;
    let install = ["install", "--omit=peer", "--offline", "--no-save"];
    run_quietly(node.npm(&folder).args(install).arg(packed))?;
    fs::write(folder.join("alone.test.mjs"), ALONE)?;
    fs::copy(
        places::root().join("tests/interop/service.mjs"),
        folder.join("service.mjs"),
    )?;
    suite(
        report,
        "typescript showcase: with nothing else installed",
        node,
        &folder,
    )?;
    Ok(folder)
}

/// The tests below `project`, on every version of Node that clients run on.
pub(super) fn suite(report: &mut Report, name: &str, node: &Packages, project: &Path) -> Result<(), Error> {
    let files = test_files(project)?;
    let run = |report: &mut Report, name: &str, mut node: Command| {
        // Named one by one: which folders and patterns `--test` understands depends on the version of Node.
        report.suite(name, node.args(["--test", "--test-reporter=spec"]).args(&files))
    };
    let (there, missing): (Vec<_>, Vec<_>) = node.versions().into_iter().partition(|(_, program)| program.is_some());
    for (version, _) in missing {
        let name = format!("{name}, Node {version}");
        let missing = format!("there is no Node {version} for this system: its tests did not run");
        if env::var_os("CI").is_some() {
            report.note(&name, Err(Error::new(missing)));
        } else {
            println!("\n== {name} ==\nWARNING: {missing}");
        }
    }
    if there.is_empty() {
        return run(report, name, node.node(project));
    }
    for (version, program) in there {
        let mut node = Command::new(program.unwrap_or_default());
        node.current_dir(project);
        run(report, &format!("{name}, Node {version}"), node)?;
    }
    Ok(())
}

/// The files of tests below `project`, in the order of their names.
pub(super) fn test_files(project: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    collect_test_files(project, &mut files)?;
    files.sort();
    Ok(files)
}

fn collect_test_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if !path.ends_with("node_modules") {
                collect_test_files(&path, files)?;
            }
        } else if [".test.js", ".test.mjs"]
            .iter()
            .any(|end| path.to_string_lossy().ends_with(end))
        {
            files.push(path);
        }
    }
    Ok(())
}
