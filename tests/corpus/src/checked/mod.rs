//! All packages of one language, checked at once: a hundred runs of a type checker are a hundred times its start.

mod python;
mod rust;
mod typescript;

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use callsheet_codegen::{
    backends::Language,
    output::{self, Files},
};

use crate::finding::Finding;
pub(crate) use rust::cargo;

/// The file of a Python package that has the settings of its linter.
const RULES: &str = "pyproject.toml";

/// The programs that check, and where everything is put.
#[derive(Clone, Debug)]
pub struct Bench {
    /// The folder that everything is written below. What an earlier run left there is removed.
    pub into: PathBuf,
    /// A Python with mypy, ruff and msgpack beside it.
    pub python: PathBuf,
    /// The folder whose `node_modules` has TypeScript, eslint, prettier and pyright.
    pub node: PathBuf,
}

impl Bench {
    /// Where the packages of a language are, each in a folder called as its document is (in Python: as the package is).
    pub fn folder(&self, language: Language) -> PathBuf {
        self.into.join(language.name())
    }

    /// Removes what an earlier run left, but for crates: those that stay as they are, cargo does not build again, and no others
    /// are members of the workspace.
    ///
    /// # Errors
    ///
    /// If the file system fails.
    pub fn clear(&self) -> io::Result<()> {
        for language in [Language::Python, Language::TypeScript, Language::Rust] {
            let folder = self.folder(language);
            if folder.exists() && language != Language::Rust {
                fs::remove_dir_all(&folder)?;
            }
            fs::create_dir_all(&folder)?;
        }
        Ok(())
    }

    /// Writes the package of a document.
    ///
    /// # Errors
    ///
    /// If a path leaves the folder, or if the file system fails.
    pub fn write(&self, language: Language, document: &str, files: &Files) -> Result<(), output::OutputError> {
        match language {
            // The package alone: side by side, all of them can be imported. What it tells linters stands in it.
            Language::Python => {
                let mut package = Files::default();
                let name = crate::package::called(document, language);
                for (path, text) in files.iter() {
                    let within = path.strip_prefix(&format!("{name}/"));
                    if let Some(path) = within.or((path == RULES).then_some(RULES)) {
                        package.insert(path, text);
                    }
                }
                output::write(&package, &self.folder(language).join(name)).map(drop)
            }
            Language::TypeScript | Language::Rust => {
                let folder = self.folder(language).join(document);
                let written = output::write(files, &folder).map(drop);
                // Half a package is not to be checked. If it stays, that shows.
                written.inspect_err(|_| drop(fs::remove_dir_all(folder)))
            }
        }
    }

    /// Has all packages of the language checked, and says what was wrong.
    ///
    /// # Errors
    ///
    /// If a check could not be made.
    pub fn check(&self, language: Language, documents: &[String]) -> io::Result<Vec<Finding>> {
        if documents.is_empty() {
            return Ok(Vec::new());
        }
        match language {
            Language::Python => python::check(self),
            Language::TypeScript => typescript::check(self),
            Language::Rust => rust::check(self, documents),
        }
    }

    fn node_program(&self, name: &str) -> Command {
        Command::new(self.node.join("node_modules/.bin").join(name))
    }
}

/// Runs a check and reads what it printed, line by line.
fn complaints(
    check: &'static str,
    command: &mut Command,
    mut read: impl FnMut(&str) -> Vec<Finding>,
) -> io::Result<Vec<Finding>> {
    let start = std::time::Instant::now();
    let output = command.output()?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let found = read(&printed);
    println!(
        "-- {check}: {} complaints, {:.0} s",
        found.len(),
        start.elapsed().as_secs_f64()
    );
    if !output.status.success() && found.is_empty() {
        return Ok(vec![Finding {
            document: String::new(),
            check,
            says: format!("failed, and complained of no package: {printed}"),
        }]);
    }
    Ok(found)
}

/// The complaints of a program that prints one on each line, after the file that it is about. The folder that the file
/// stands in is called as the document is, after `prefix`.
fn by_line(check: &'static str, prefix: &str, printed: &str, is_one: fn(&str) -> bool) -> Vec<Finding> {
    let complaints = printed.lines().filter(|line| is_one(line));
    (complaints.filter_map(|line| Some(of_path(check, prefix, line.split_once('/')?.0, line)))).collect()
}

fn of_path(check: &'static str, prefix: &str, folder: &str, says: &str) -> Finding {
    Finding {
        document: folder.strip_prefix(prefix).unwrap_or(folder).to_owned(),
        check,
        says: says.to_owned(),
    }
}

/// The folder of the package in which the file is.
fn folder_of<'p>(root: &Path, file: &'p str) -> Option<&'p str> {
    let root = fs::canonicalize(root).ok()?;
    let inner = Path::new(file)
        .strip_prefix(&root)
        .or_else(|_| Path::new(file).strip_prefix("."))
        .ok()?;
    inner.components().next()?.as_os_str().to_str()
}
