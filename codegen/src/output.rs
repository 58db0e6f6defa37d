//! Generated files: in memory, written to a directory, compared with what is there.
//!
//! A directory's [`MANIFEST`] lists the files that were generated into it. Only those are ever replaced or removed; all
//! others are left alone, so that a directory may hold files of its user too.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs, io,
    path::{Component, Path, PathBuf},
};

/// The file that lists the generated ones, in the directory they were generated into.
pub const MANIFEST: &str = ".callsheet-manifest";

const MANIFEST_HEAD: &str = "# The files here that `callsheet generate` wrote, and may replace or remove.\n";

/// The files of a package, by their paths relative to its directory, with `/` between the parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<String, String>);

impl Files {
    /// Adds a file, in the place of one with the same path.
    pub fn insert(&mut self, path: impl Into<String>, contents: impl Into<String>) {
        self.0.insert(path.into(), contents.into());
    }

    /// The contents of the file with this path.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// The files, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, contents)| (path.as_str(), contents.as_str()))
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Why files were not written or compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// A path is absolute, goes up, or has parts that not every system can write.
    #[error("`{0}` is no path inside the directory, so it was left alone")]
    Outside(String),
    /// The name of a file or folder is longer than file systems take.
    #[error(
        "`{0}` has a name of {length} bytes, and a file's has at most {MAX_NAME}; shorten what it is made from: the name of \
         the contract or of the package",
        length = longest_name(.0)
    )]
    NameTooLong(String),
    /// A file or folder on the way to a generated file is a symbolic link, which may lead out of the directory.
    #[error("`{}` is a symbolic link; remove it, so that nothing outside of the directory is written", .0.display())]
    Link(PathBuf),
    /// Files that were not generated stand where generated ones belong.
    #[error(
        "not generated, yet in the way: {}; move them, or generate into another directory",
        list(.0)
    )]
    InTheWay(Vec<PathBuf>),
    /// The file system said no.
    #[error("failed to {action} `{}`", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

/// The longest name of a file, in bytes, that the usual file systems take.
const MAX_NAME: usize = 255;

fn longest_name(path: &str) -> usize {
    path.split('/').map(str::len).max().unwrap_or_default()
}

fn list(paths: &[PathBuf]) -> String {
    paths
        .iter()
        .map(|path| format!("`{}`", path.display()))
        .collect::<Vec<_>>()
        .join(", ")
}

/// What [`write()`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// How many files it wrote, because they were missing or differed.
    pub written: usize,
    /// How many files it removed, because they are no longer generated.
    pub removed: usize,
}

/// A file that is not what would be generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The path relative to the directory.
    pub path: String,
    /// What is wrong with it.
    pub state: State,
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It would be generated, but is not there.
    Missing,
    /// It would be generated with other contents.
    Changed,
    /// It was generated once, and no longer would be.
    Stale,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Missing => "missing",
            State::Changed => "changed",
            State::Stale => "stale",
        };
        write!(f, "{state:<8}{}", self.path)
    }
}

/// Makes the generated files of `directory` exactly `files`; creates it if need be.
///
/// It is [`plan`] and [`Plan::carry_out`] in one.
///
/// # Errors
///
/// If a path would leave the directory or has a name that is too long, if a file that was not generated is in the way, or
/// if the file system fails.
pub fn write(files: &Files, directory: &Path) -> Result<Written, OutputError> {
    plan(files, directory)?.carry_out()
}

/// What is to be done to a directory, once everything that stands in its way is ruled out.
#[derive(Debug)]
#[must_use = "a plan changes nothing before it is carried out"]
pub struct Plan<'a> {
    directory: &'a Path,
    owned: BTreeSet<String>,
    generated: BTreeSet<String>,
    changed: Vec<(PathBuf, &'a str)>,
}

/// Plans to make the generated files of `directory` exactly `files`, and changes nothing.
///
/// # Errors
///
/// If a path would leave the directory or has a name that is too long, if a file that was not generated is in the way, or
/// if the file system fails.
pub fn plan<'a>(files: &'a Files, directory: &'a Path) -> Result<Plan<'a>, OutputError> {
    let owned = owned(directory)?;
    judge(files, &owned, directory)?;
    let mut changed = Vec::new();
    let mut in_the_way = Vec::new();
    for (path, contents) in files.iter() {
        let target = directory.join(path);
        match read(&target)? {
            Some(present) if present == contents.as_bytes() => {}
            Some(_) if !owned.contains(path) => in_the_way.push(target),
            _ => changed.push((target, contents)),
        }
    }
    if !in_the_way.is_empty() {
        return Err(OutputError::InTheWay(in_the_way));
    }
    Ok(Plan {
        directory,
        owned,
        generated: files.iter().map(|(path, _)| path.to_owned()).collect(),
        changed,
    })
}

impl Plan<'_> {
    /// Does it. Files that have the right contents already are not touched. If it fails half way, planning and doing it
    /// again completes it.
    ///
    /// # Errors
    ///
    /// If the file system fails.
    pub fn carry_out(self) -> Result<Written, OutputError> {
        let Plan {
            directory,
            owned,
            generated,
            changed,
        } = self;
        // Whatever happens from here on, the manifest never forgets a file that was generated.
        let manifest = directory.join(MANIFEST);
        put(&manifest, &manifest_of(&owned.union(&generated).cloned().collect()))?;
        let mut removed = 0;
        for path in owned.difference(&generated) {
            removed += usize::from(remove(directory, path)?);
        }
        for (target, contents) in &changed {
            put(target, contents)?;
        }
        put(&manifest, &manifest_of(&generated))?;
        Ok(Written {
            written: changed.len(),
            removed,
        })
    }
}

/// The files of `directory` that are not what [`write()`] would leave there, sorted by path.
///
/// # Errors
///
/// If a path would leave the directory, or if the file system fails.
pub fn check(files: &Files, directory: &Path) -> Result<Vec<Difference>, OutputError> {
    let owned = owned(directory)?;
    judge(files, &owned, directory)?;
    let mut expected: BTreeMap<&str, Option<&str>> = files.iter().map(|(path, text)| (path, Some(text))).collect();
    let manifest = manifest_of(&files.iter().map(|(path, _)| path.to_owned()).collect());
    expected.insert(MANIFEST, Some(&manifest));
    for path in &owned {
        expected.entry(path).or_insert(None);
    }
    let mut differences = Vec::new();
    for (path, contents) in expected {
        let state = match (read(&directory.join(path))?, contents) {
            (None, Some(_)) => State::Missing,
            (Some(present), Some(contents)) if present != contents.as_bytes() => State::Changed,
            (Some(_), None) => State::Stale,
            _ => continue,
        };
        differences.push(Difference {
            path: path.to_owned(),
            state,
        });
    }
    Ok(differences)
}

/// The files that the directory's manifest lists; none if there is no manifest.
fn owned(directory: &Path) -> Result<BTreeSet<String>, OutputError> {
    let path = directory.join(MANIFEST);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        read => read.map_err(|source| OutputError::Io {
            action: "read",
            path,
            source,
        })?,
    };
    Ok(text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect())
}

fn manifest_of(paths: &BTreeSet<String>) -> String {
    paths
        .iter()
        .fold(MANIFEST_HEAD.to_owned(), |text, path| text + path + "\n")
}

/// Refuses paths, new and old, by which a file outside of the directory could be written or removed, and those that no file
/// system takes.
fn judge(files: &Files, owned: &BTreeSet<String>, directory: &Path) -> Result<(), OutputError> {
    for path in files
        .iter()
        .map(|(path, _)| path)
        .chain(owned.iter().map(String::as_str))
    {
        let plain = Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        let portable = !path.contains(|c: char| c.is_control() || matches!(c, '\\' | ':'));
        if !plain || !portable || path.is_empty() || path.starts_with('#') || path == MANIFEST {
            return Err(OutputError::Outside(path.to_owned()));
        }
        if longest_name(path) > MAX_NAME {
            return Err(OutputError::NameTooLong(path.to_owned()));
        }
        for ancestor in Path::new(path)
            .ancestors()
            .filter(|ancestor| *ancestor != Path::new(""))
        {
            let target = directory.join(ancestor);
            if fs::symlink_metadata(&target).is_ok_and(|found| found.is_symlink()) {
                return Err(OutputError::Link(target));
            }
        }
    }
    Ok(())
}

/// The contents of a file; `None` if there is no file of this path.
fn read(path: &Path) -> Result<Option<Vec<u8>>, OutputError> {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
    match fs::read(path) {
        Ok(contents) => Ok(Some(contents)),
        Err(error) if matches!(error.kind(), NotFound | NotADirectory | IsADirectory) => Ok(None),
        Err(source) => Err(OutputError::Io {
            action: "read",
            path: path.to_owned(),
            source,
        }),
    }
}

fn put(path: &Path, contents: &str) -> Result<(), OutputError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|source| OutputError::Io {
            action: "create",
            path: parent.to_owned(),
            source,
        })?;
    }
    fs::write(path, contents).map_err(|source| OutputError::Io {
        action: "write",
        path: path.to_owned(),
        source,
    })
}

/// Removes a file and the folders that it leaves empty; whether it was there.
fn remove(directory: &Path, path: &str) -> Result<bool, OutputError> {
    let target = directory.join(path);
    if read(&target)?.is_none() {
        return Ok(false);
    }
    fs::remove_file(&target).map_err(|source| OutputError::Io {
        action: "remove",
        path: target,
        source,
    })?;
    for folder in Path::new(path)
        .ancestors()
        .skip(1)
        .filter(|folder| *folder != Path::new(""))
    {
        // A folder that is not empty stays, which is what its refusal says.
        if fs::remove_dir(directory.join(folder)).is_err() {
            break;
        }
    }
    Ok(true)
}
