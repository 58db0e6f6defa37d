//! The `callsheet.toml` of a project: found, read, and judged as a whole.

use std::{
    env, fs, io,
    ops::Range,
    path::{Component, Path, PathBuf},
};

use callsheet_codegen::{
    backends::{self, ClientSource, Int64, Integers, Language},
    nearest::nearest,
};
use toml::{Spanned, de::DeTable};

use super::{
    complaint::Complaints,
    job::Job,
    table::{self, GENERATE, SETTINGS},
};
use crate::command::source::{Building, PackageSource, Selection, Server, Source};

/// The name of the file.
const NAME: &str = "callsheet.toml";

/// What the command line says of all targets.
pub(super) struct Terms {
    pub(super) building: Building,
    /// For each answer of a server.
    pub(super) patience: std::time::Duration,
}

/// A file with targets.
pub(super) struct Project {
    path: PathBuf,
    /// The folder that it stands in, absolute: what all paths in it are seen from.
    pub(super) folder: PathBuf,
    text: String,
}

/// A package to generate, with the places in the file that its parts stand at.
pub(super) struct Target {
    pub(super) name: String,
    pub(super) job: Job,
    pub(super) source: Source,
    /// Its directory as the file has it, in the one way of writing it, with `/` between the parts.
    pub(super) out: String,
    pub(super) at: Range<usize>,
    pub(super) source_at: Range<usize>,
    pub(super) out_at: Range<usize>,
    pub(super) contracts_at: Vec<Range<usize>>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error(
        "there is no `{NAME}` in this directory or above it; write one, name one with `--config`, or give a source, \
         `--lang` and `--out`"
    )]
    Missing,
    #[error("failed to read `{}`", .0.display())]
    Unread(PathBuf, #[source] io::Error),
    #[error("`{}` has no targets; describe one in a table `[generate.targets.NAME]`", .0.display())]
    NoTargets(PathBuf),
    #[error("`{}` has no target `{name}`{}; it has: {has}", path.display(), meant(nearest.as_deref()))]
    UnknownTarget {
        path: PathBuf,
        name: String,
        nearest: Option<String>,
        has: String,
    },
    #[error(transparent)]
    Complaints(#[from] Complaints),
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!(" (did you mean `{nearest}`?)"))
}

impl Project {
    /// The file at `config`; without it, the nearest one from the current directory up.
    pub(super) fn open(config: Option<&Path>) -> Result<Self, Error> {
        let here = env::current_dir().map_err(|error| Error::Unread(PathBuf::from("."), error))?;
        let path = match config {
            Some(path) => path.to_owned(),
            None if here.join(NAME).is_file() => NAME.into(),
            None => {
                let mut above = here.ancestors().skip(1).map(|folder| folder.join(NAME));
                above.find(|path| path.is_file()).ok_or(Error::Missing)?
            }
        };
        let text = fs::read_to_string(&path).map_err(|error| Error::Unread(path.clone(), error))?;
        let folder = here.join(&path).parent().map_or(here, Path::to_owned);
        // A mark of some editors, which is no part of the first line.
        let text = text
            .strip_prefix('\u{feff}')
            .map_or_else(|| text.clone(), str::to_owned);
        Ok(Self { path, folder, text })
    }

    pub(super) fn complaints(&self) -> Complaints {
        Complaints::of(self.path.clone(), self.text.clone())
    }

    /// The targets as they stand in the file, every one of them judged by itself.
    pub(super) fn targets(&self, terms: &Terms) -> Result<Vec<Target>, Error> {
        let mut complaints = self.complaints();
        let refuse = |error: &toml::de::Error| {
            let mut complaints = self.complaints();
            complaints.add(error.span().unwrap_or_default(), error.message(), None);
            complaints
        };
        self.judge_tables(&mut complaints).map_err(|error| refuse(&error))?;
        let file: table::File = toml::from_str(&self.text).map_err(|error| refuse(&error))?;
        let generate = file.generate.map(|generate| (generate.source, generate.targets));
        let (shared, tables) = generate.unwrap_or_default();
        let mut tables: Vec<_> = tables.into_iter().collect();
        tables.sort_by_key(|(name, _)| name.span().start);
        let mut targets = Vec::new();
        for (name, table) in tables {
            let mut reader = Reader {
                project: self,
                terms,
                complaints: &mut complaints,
            };
            targets.extend(reader.target(name, table, shared.as_ref()));
        }
        let targets = complaints.finish(targets)?;
        if targets.is_empty() {
            return Err(Error::NoTargets(self.path.clone()));
        }
        Ok(targets)
    }

    /// Those of `targets` that are asked for by name; all, if none is.
    pub(super) fn selected<'a>(&self, targets: &'a [Target], names: &[String]) -> Result<Vec<&'a Target>, Error> {
        let known = || targets.iter().map(|target| target.name.as_str());
        if let Some(name) = names.iter().find(|name| known().all(|known| known != **name)) {
            return Err(Error::UnknownTarget {
                path: self.path.clone(),
                name: name.clone(),
                nearest: nearest(name, known()).map(str::to_owned),
                has: known().collect::<Vec<_>>().join(", "),
            });
        }
        let is_asked = |target: &&Target| names.is_empty() || names.contains(&target.name);
        Ok(targets.iter().filter(is_asked).collect())
    }

    /// The tables beside the generator's are those of a program's settings, which judges what is in them.
    fn judge_tables(&self, complaints: &mut Complaints) -> Result<(), toml::de::Error> {
        let document = DeTable::parse(&self.text)?;
        let known = || SETTINGS.into_iter().chain([GENERATE]);
        let mut tables: Vec<_> = document.get_ref().keys().collect();
        tables.sort_by_key(|table| table.span().start);
        for table in tables {
            let name: &str = table.get_ref();
            if !known().any(|known| known == name) {
                let remedy = nearest(name, known()).map_or_else(
                    || "what is generated stands in `[generate]`".to_owned(),
                    |nearest| format!("did you mean `[{nearest}]`?"),
                );
                complaints.add(table.span(), format!("there is no table `{name}`"), Some(remedy));
            }
        }
        Ok(())
    }
}

/// Turns tables into targets; what is wrong with them is complained about.
struct Reader<'a> {
    project: &'a Project,
    terms: &'a Terms,
    complaints: &'a mut Complaints,
}

impl Reader<'_> {
    fn target(
        &mut self,
        name: Spanned<String>,
        table: table::Target,
        shared: Option<&Spanned<table::Source>>,
    ) -> Option<Target> {
        let backend = self.backend(&table.lang);
        let out = self.out(&table.out);
        let rust_client = self.rust_client(&table);
        let int64 = self.int64(&table);
        let source = match table.source.as_ref().or(shared) {
            Some(source) => self.source(source).map(|read| (read, source.span())),
            None => {
                let problem = format!("the target `{}` has no source", name.get_ref());
                let remedy = "say `source = { package = \"…\" }`, with `schema` for a file or `from` for a server, here or \
                              in `[generate]`";
                self.complaints.add(name.span(), problem, Some(remedy.to_owned()));
                None
            }
        };
        let (source, source_at) = source?;
        Some(Target {
            job: Job {
                backend: backend?,
                package: table.package,
                contracts: table.contracts.iter().map(|name| name.get_ref().clone()).collect(),
                rust_client,
                int64,
            },
            source,
            out: out?,
            at: name.span(),
            source_at,
            out_at: table.out.span(),
            contracts_at: table.contracts.iter().map(Spanned::span).collect(),
            name: name.into_inner(),
        })
    }

    fn backend(&mut self, lang: &Spanned<String>) -> Option<&'static dyn backends::Backend> {
        let names = || backends::all().iter().map(|backend| backend.language().name());
        let found = backends::all()
            .iter()
            .find(|backend| backend.language().name() == lang.get_ref());
        if found.is_none() {
            let problem = format!("there is no language `{}`", lang.get_ref());
            let remedy = nearest(lang.get_ref(), names()).map_or_else(
                || format!("there are: {}", names().collect::<Vec<_>>().join(", ")),
                |nearest| format!("did you mean `{nearest}`?"),
            );
            self.complaints.add(lang.span(), problem, Some(remedy));
        }
        found.copied()
    }

    fn out(&mut self, out: &Spanned<String>) -> Option<String> {
        let written = plain(out.get_ref());
        if written.is_none() {
            let remedy = "name the directory of the package, as seen from this file";
            self.complaints
                .add(out.span(), "this is no directory", Some(remedy.to_owned()));
        }
        written
    }

    fn rust_client(&mut self, table: &table::Target) -> ClientSource {
        let given = [("client_path", &table.client_path), ("client_git", &table.client_git)];
        for (key, value) in given {
            if let Some(value) = value
                && table.lang.get_ref() != Language::Rust.name()
            {
                let problem = format!("`{key}` is for `lang = \"rust\"` alone");
                self.complaints
                    .add(value.span(), problem, Some("leave it out".to_owned()));
            }
        }
        match (&table.client_path, &table.client_git) {
            (Some(_), Some(address)) => {
                let problem = "`client_path` and `client_git` cannot both be where the crate is";
                self.complaints
                    .add(address.span(), problem, Some("leave one of them out".to_owned()));
                ClientSource::Registry
            }
            (Some(path), None) => ClientSource::Path(path.get_ref().clone()),
            (None, Some(address)) => ClientSource::Git(address.get_ref().clone()),
            (None, None) => ClientSource::Registry,
        }
    }

    fn int64(&mut self, table: &table::Target) -> Integers {
        let Some(value) = &table.int64 else {
            return Integers::default();
        };
        if table.lang.get_ref() != Language::TypeScript.name() {
            let problem = "`int64` is for `lang = \"typescript\"` alone";
            self.complaints
                .add(value.span(), problem, Some("leave it out".to_owned()));
        }
        match value.get_ref() {
            table::Int64::All(name) => Integers {
                default: self.int64_called(name, value.span()),
                ..Integers::default()
            },
            table::Int64::Each(names) => Integers {
                contracts: names
                    .iter()
                    .map(|(contract, name)| (contract.clone(), self.int64_called(name, value.span())))
                    .collect(),
                ..Integers::default()
            },
        }
    }

    fn int64_called(&mut self, name: &str, at: Range<usize>) -> Int64 {
        let found = Int64::ALL.into_iter().find(|int64| int64.name() == name);
        if found.is_none() {
            let problem = format!("integers of 64 bits cannot be `{name}`");
            let remedy = format!("they can be: {}", Int64::ALL.map(Int64::name).join(", "));
            self.complaints.add(at, problem, Some(remedy));
        }
        found.unwrap_or_default()
    }

    fn source(&mut self, source: &Spanned<table::Source>) -> Option<Source> {
        let folder = &self.project.folder;
        let table = source.get_ref();
        let selection = Selection {
            lib: table.lib,
            bin: table.bin.clone(),
            example: table.example.clone(),
            features: table.features.clone(),
            all_features: table.all_features,
            no_default_features: table.no_default_features,
            manifest_path: table.manifest_path.as_ref().map(|path| folder.join(path)),
        };
        if table.package.is_none() && selection != Selection::default() {
            let problem = "how a package is built goes with `package` alone";
            let remedy = "name the package, or leave out what is not `schema` or `from`";
            self.complaints.add(source.span(), problem, Some(remedy.to_owned()));
            return None;
        }
        match (&table.schema, &table.package, &table.from) {
            (Some(path), None, None) => Some(Source::File(folder.join(path))),
            (None, Some(package), None) => Some(Source::Package(PackageSource {
                name: Some(package.clone()),
                folder: Some(folder.clone()),
                selection,
                building: self.terms.building.clone(),
            })),
            (None, None, Some(from)) => match from.get_ref().parse::<crate::command::source::Address>() {
                Ok(address) => Some(Source::Server(Server {
                    address: address.seen_from(folder),
                    patience: self.terms.patience,
                })),
                Err(error) => {
                    self.complaints.add(from.span(), error.to_string(), None);
                    None
                }
            },
            _ => {
                let problem = "a source is exactly one of `schema`, `package` and `from`";
                let remedy = "a file with a document, a package that is built, or the address of a server";
                self.complaints.add(source.span(), problem, Some(remedy.to_owned()));
                None
            }
        }
    }
}

/// The one way to write this path, without what leads nowhere; none if it is no path that a line can hold.
fn plain(path: &str) -> Option<String> {
    if path.is_empty() || path.contains(char::is_control) {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    let is_absolute = path.starts_with('/');
    for part in Path::new(path).components() {
        match part {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::ParentDir if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            Component::ParentDir if !is_absolute => parts.push(".."),
            Component::ParentDir | Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    let root = if is_absolute { "/" } else { "" };
    let path = format!("{root}{}", parts.join("/"));
    Some(if path.is_empty() { ".".to_owned() } else { path })
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_directory_has_one_way_of_writing_it() {
        for (written, expected) in [
            ("clients/python", "clients/python"),
            ("./clients//python/", "clients/python"),
            ("clients/web/../python", "clients/python"),
            ("../clients", "../clients"),
            ("../../x/..", "../.."),
            (".", "."),
            ("a/..", "."),
            ("/srv/../../clients", "/clients"),
        ] {
            assert_eq!(plain(written).as_deref(), Some(expected), "{written}");
        }
        assert_eq!(plain(""), None);
        assert_eq!(plain("a\nb"), None, "it would be two lines of the record");
    }
}
