//! The programs that READMEs show: each is checked as its user would check it, and run as it stands.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use super::report::Report;
use crate::{
    node::Packages,
    places,
    python::Environment,
    run::{Error, run_and_read},
    showcase::Showcase,
};

/// How long a program may take that ends by itself.
const LIMIT: Duration = Duration::from_secs(60);

/// How the lines begin that each program in Python of the showcase's package prints: of its clients, and of its fakes.
const PYTHON: [&[&str]; 3] = [&CALLS, &CALLS, &[]];

/// What either client in Python prints.
const CALLS: [&str; 3] = ["Offline", "CountdownTick(value=1)", "PriceUpdate(symbol="];

/// The same of its TypeScript.
const TYPESCRIPT: [&[&str]; 2] = [&["Offline", "{ value: 1 }", "{ symbol: "], &[]];

/// How the lines begin that the TypeScript of the repository's README prints: a sum, a countdown, a declared error, a price.
const REPOSITORY: [&str; 6] = ["8", "3", "2", "1", "OutOfStock", "ACME "];

/// Where the repository's README says that the server listens.
const SOCKET: &str = "\"/run/shop/showcase.sock\"";

/// The socket of a program that is told one.
const TOLD: &str = "(process.argv[2] ?? \"\")";

/// The blocks of a page in a language.
///
/// # Errors
///
/// If the page cannot be read, or has no such block.
fn blocks(page: &Path, language: &str) -> Result<Vec<String>, Error> {
    let text = fs::read_to_string(page)?;
    let start = format!("```{language}\n");
    let blocks = text.split(&start).skip(1).filter_map(|rest| rest.split("```").next());
    let blocks: Vec<_> = blocks.map(str::to_owned).collect();
    if blocks.is_empty() {
        return Err(Error::new(format!("{} has no block of {language}", page.display())));
    }
    Ok(blocks)
}

/// Writes the blocks of a page into a folder, as files called `stem_1` and so on.
fn extract(page: &Path, language: &str, ending: &str, folder: &Path, stem: &str) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for (at, block) in blocks(page, language)?.into_iter().enumerate() {
        let file = folder.join(format!("{stem}_{}.{ending}", at + 1));
        fs::write(&file, block)?;
        files.push(file);
    }
    Ok(files)
}

/// A folder below `target/`, made anew.
fn folder(language: &str) -> Result<PathBuf, Error> {
    let folder = places::target().join("readmes").join(language);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The Python of generated packages, each by its name and its folder: all of it is checked, and what is shown of the showcase
/// is run where nothing but its package is installed. `environment` has some of the packages; the others are read from where
/// they were generated.
pub(super) fn python(
    report: &mut Report,
    checks: &Environment,
    environment: &Environment,
    alone: &Environment,
    node: &Packages,
    packages: &[(&str, &Path)],
) -> Result<(), Error> {
    let folder = folder("python")?;
    let mut of_showcase = Vec::new();
    for (name, package) in packages {
        let files = extract(&package.join("README.md"), "python", "py", &folder, name)?;
        if *name == "showcase" {
            of_showcase = files;
        }
    }
    extract(&places::root().join("README.md"), "python", "py", &folder, "repository")?;

    let tool = |name: &str| {
        let mut command = Command::new(checks.program(name));
        command.current_dir(&folder);
        command
    };
    let width = ["--isolated", "--no-cache", "--line-length", "100"];
    report.check(
        "python of READMEs: ruff check",
        tool("ruff")
            .arg("check")
            .args(width)
            .args(["--select", "E,F,I,UP,B,SIM,ASYNC", "."]),
    )?;
    report.check(
        "python of READMEs: ruff format",
        tool("ruff").args(["format", "--check"]).args(width).arg("."),
    )?;
    let sources: Vec<_> = packages.iter().map(|(_, package)| package.to_path_buf()).collect();
    let path = env::join_paths(&sources).map_err(|failure| Error::new(failure.to_string()))?;
    report.check(
        "python of READMEs: mypy",
        tool("mypy")
            .env("MYPYPATH", path)
            .args(["--strict", "--follow-imports", "silent", "--cache-dir"])
            .arg(places::target().join("mypy-readmes"))
            .arg("--python-executable")
            .arg(environment.program("python"))
            .arg("."),
    )?;
    let config = serde_json::json!({ "typeCheckingMode": "strict", "include": ["."], "extraPaths": sources });
    fs::write(folder.join("pyrightconfig.json"), config.to_string())?;
    let mut pyright = Command::new(node.program("pyright"));
    pyright
        .current_dir(&folder)
        .arg("--pythonpath")
        .arg(environment.program("python"));
    report.check("python of READMEs: pyright", &mut pyright)?;

    let showcase = Showcase::start(200)?;
    if of_showcase.len() != PYTHON.len() {
        return Err(Error::new(format!(
            "the README of the showcase has {} programs",
            of_showcase.len()
        )));
    }
    for (file, lines) in of_showcase.iter().zip(PYTHON) {
        let mut program = alone.python();
        program.arg(file).arg(showcase.socket());
        run(report, file, &mut program, lines);
    }
    showcase.stop()
}

/// A program in TypeScript that is run.
pub(super) struct Shown {
    /// Without its ending.
    stem: String,
    /// How the lines begin that it prints.
    lines: &'static [&'static str],
}

/// Writes the TypeScript of the repository's README and of packages, each by its name and its folder, into a project in which
/// the packages are installed, and which is compiled after that. What is shown of the showcase is returned.
pub(super) fn write_typescript(project: &Path, packages: &[(&str, &Path)]) -> Result<Vec<Shown>, Error> {
    let folder = project.join("readmes");
    fs::create_dir_all(&folder)?;
    let mut programs = Vec::new();
    let mut show = |file: &Path, lines| {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        programs.push(Shown { stem, lines });
    };
    for (name, package) in packages {
        let files = extract(&package.join("README.md"), "ts", "ts", &folder, name)?;
        if *name == "showcase" {
            if files.len() != TYPESCRIPT.len() {
                let message = "the README of the showcase's TypeScript does not show the programs that are known";
                return Err(Error::new(message));
            }
            files.iter().zip(TYPESCRIPT).for_each(|(file, lines)| show(file, lines));
        }
    }
    for file in extract(&places::root().join("README.md"), "ts", "ts", &folder, "repository")? {
        let text = fs::read_to_string(&file)?;
        if text.matches(SOCKET).count() != 1 {
            return Err(Error::new(format!("the README does not connect to {SOCKET} once")));
        }
        fs::write(&file, text.replace(SOCKET, TOLD))?;
        show(&file, &REPOSITORY);
    }
    Ok(programs)
}

/// Runs the programs, compiled in `project`, in `alone`, where nothing but the showcase's package is installed.
pub(super) fn run_typescript(
    report: &mut Report,
    node: &Packages,
    project: &Path,
    alone: &Path,
    programs: &[Shown],
) -> Result<(), Error> {
    let folder = alone.join("readmes");
    fs::create_dir_all(&folder)?;
    let showcase = Showcase::start(200)?;
    for Shown { stem, lines } in programs {
        let name = format!("{stem}.js");
        let file = folder.join(&name);
        fs::copy(project.join("dist/readmes").join(name), &file)?;
        run(report, &file, node.node(alone).arg(&file).arg(showcase.socket()), lines);
    }
    showcase.stop()
}

/// The TypeScript of a compiled package that nobody serves, checked by the package's own rules.
pub(super) fn check_typescript(report: &mut Report, node: &Packages, name: &str, project: &Path) -> Result<(), Error> {
    for (at, file) in extract(&project.join("README.md"), "ts", "ts", project, "readme")?
        .into_iter()
        .enumerate()
    {
        // What the package publishes, and not its sources.
        let config = serde_json::json!({
            "extends": "./tsconfig.json",
            "compilerOptions": { "noEmit": true, "rootDir": ".", "declaration": false, "isolatedDeclarations": false },
            "include": [],
            "files": [file],
        });
        let path = project.join(format!("tsconfig.readme_{}.json", at + 1));
        fs::write(&path, config.to_string())?;
        let mut tsc = Command::new(node.program("tsc"));
        report.check(
            &format!("typescript {name}: README"),
            tsc.current_dir(project).arg("--project").arg(&path),
        )?;
    }
    Ok(())
}

/// Runs a program, which is to print lines that begin like this, and nothing else.
fn run(report: &mut Report, file: &Path, program: &mut Command, lines: &[&str]) {
    let outcome = run_and_read(program, Some(LIMIT)).and_then(|(printed, succeeded)| {
        let printed: Vec<_> = printed.lines().collect();
        let alike =
            printed.len() == lines.len() && printed.iter().zip(lines).all(|(line, begins)| line.starts_with(begins));
        if succeeded && alike {
            Ok(())
        } else {
            Err(Error::new(format!(
                "it is to end well, and to print lines that begin with {lines:?}"
            )))
        }
    });
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    report.note(&format!("the README's program {name}"), outcome);
}
