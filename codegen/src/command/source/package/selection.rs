//! Which package is described, which of its targets, and with which features.

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
};

use callsheet_schema::Package as Recorded;
use cargo_metadata::{Metadata, MetadataCommand, Package, Target, TargetKind};
use clap::Args;

use super::Error;

/// Names are Cargo's own.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[group(id = "selection")]
pub(crate) struct Selection {
    /// Look at the library; by default it and every binary are looked at
    #[arg(long, help_heading = "Cargo targets")]
    pub(crate) lib: bool,

    /// Look at this binary
    #[arg(long, value_name = "NAME", help_heading = "Cargo targets")]
    pub(crate) bin: Vec<String>,

    /// Look at this example
    #[arg(long, value_name = "NAME", help_heading = "Cargo targets")]
    pub(crate) example: Vec<String>,

    /// Features of the package to turn on, separated by commas or spaces
    #[arg(short = 'F', long, value_name = "FEATURES", help_heading = "Features")]
    pub(crate) features: Vec<String>,

    /// Turn on all features of the package
    #[arg(long, help_heading = "Features")]
    pub(crate) all_features: bool,

    /// Leave the default features of the package off
    #[arg(long, help_heading = "Features")]
    pub(crate) no_default_features: bool,

    /// The path of the workspace's or the package's Cargo.toml
    #[arg(long, value_name = "PATH", help_heading = "Cargo targets")]
    pub(crate) manifest_path: Option<PathBuf>,
}

impl Selection {
    /// The package called `name`, else the one around `folder`, which is the current directory if there is none.
    pub(super) fn package(&self, name: Option<&str>, folder: Option<&Path>) -> Result<Package, Error> {
        let mut command = MetadataCommand::new();
        command.no_deps();
        if let Some(folder) = folder {
            command.current_dir(folder);
        }
        if let Some(path) = &self.manifest_path {
            command.manifest_path(path);
        }
        let metadata = command.exec().map_err(Error::Workspace)?;
        let found = match name {
            Some(name) => metadata.packages.iter().find(|package| package.name == name),
            None => self.surrounding(&metadata, folder),
        };
        found.cloned().ok_or_else(|| {
            let names: Vec<_> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
            match name {
                Some(name) => Error::UnknownPackage(name.to_owned(), names.join(", ")),
                None => Error::NoPackage(names.join(", ")),
            }
        })
    }

    /// The package of the named manifest or of the nearest one, else the only one that the workspace would build.
    fn surrounding<'a>(&self, metadata: &'a Metadata, folder: Option<&Path>) -> Option<&'a Package> {
        let here = folder.map_or_else(|| env::current_dir().ok(), |folder| Some(folder.to_owned()));
        let manifest = here.and_then(|here| match &self.manifest_path {
            Some(path) => here.join(path).canonicalize().ok(),
            None => nearest_manifest(&here),
        });
        let is_it = |package: &&Package| package.manifest_path.as_std_path().canonicalize().ok() == manifest;
        if manifest.is_some()
            && let Some(package) = metadata.packages.iter().find(is_it)
        {
            return Some(package);
        }
        match metadata.packages.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The targets to look at: those that were named, else the library and the binaries.
    pub(super) fn targets<'a>(&self, package: &'a Package) -> Result<Vec<&'a Target>, Error> {
        let wanted = self.wanted();
        if wanted.is_empty() {
            let on = self.enabled(package);
            let buildable = |target: &&Target| {
                is_library(target)
                    || target.is_bin()
                        && target
                            .required_features
                            .iter()
                            .all(|feature| on.contains(feature.as_str()))
            };
            let mut targets: Vec<_> = package.targets.iter().filter(buildable).collect();
            targets.sort_by_key(|target| (!is_library(target), target.name.as_str()));
            return if targets.is_empty() {
                Err(Error::NoTarget(package.name.to_string()))
            } else {
                Ok(targets)
            };
        }
        let find = |(kind, name): &(TargetKind, Option<&str>)| {
            package.targets.iter().find(|target| match name {
                Some(name) => target.is_kind(kind.clone()) && target.name == *name,
                None => is_library(target),
            })
        };
        wanted
            .iter()
            .map(|wanted| {
                find(wanted).ok_or_else(|| Error::UnknownTarget {
                    package: package.name.to_string(),
                    target: match wanted {
                        (_, None) => "library".to_owned(),
                        (kind, Some(name)) => format!("{} `{name}`", word(kind)),
                    },
                    has: listed(
                        package
                            .targets
                            .iter()
                            .filter(|target| is_library(target) || target.is_bin() || target.is_example()),
                    ),
                })
            })
            .collect()
    }

    fn wanted(&self) -> Vec<(TargetKind, Option<&str>)> {
        let library = self.lib.then_some((TargetKind::Lib, None));
        let binaries = self.bin.iter().map(|name| (TargetKind::Bin, Some(name.as_str())));
        let examples = self
            .example
            .iter()
            .map(|name| (TargetKind::Example, Some(name.as_str())));
        library.into_iter().chain(binaries).chain(examples).collect()
    }

    /// What the document says of how it was made.
    pub(super) fn recorded(&self, package: &Package) -> Recorded {
        let features: BTreeSet<&str> = if self.all_features {
            let all = package.features.keys().map(String::as_str);
            all.filter(|feature| *feature != "default").collect()
        } else {
            self.asked(package).collect()
        };
        Recorded {
            name: package.name.to_string(),
            features: features.into_iter().map(str::to_owned).collect(),
            default_features: !self.no_default_features || self.all_features,
        }
    }

    /// The features of the command line, without the package's own name, which Cargo allows before them.
    fn asked<'a>(&'a self, package: &'a Package) -> impl Iterator<Item = &'a str> {
        let given = self.features.iter().flat_map(|list| list.split([',', ' ']));
        given
            .filter(|feature| !feature.is_empty())
            .map(|feature| match feature.split_once('/') {
                Some((prefix, own)) if package.name == prefix => own,
                _ => feature,
            })
    }

    /// The package's own features that are on, with those that they turn on.
    fn enabled<'a>(&'a self, package: &'a Package) -> BTreeSet<&'a str> {
        let mut open: Vec<&str> = if self.all_features {
            package.features.keys().map(String::as_str).collect()
        } else {
            let default = (!self.no_default_features).then_some("default");
            self.asked(package).chain(default).collect()
        };
        let mut on = BTreeSet::new();
        while let Some(feature) = open.pop() {
            if on.insert(feature)
                && let Some(implied) = package.features.get(feature)
            {
                open.extend(implied.iter().map(String::as_str));
            }
        }
        on
    }
}

fn nearest_manifest(directory: &Path) -> Option<PathBuf> {
    let mut manifests = directory.ancestors().map(|ancestor| ancestor.join("Cargo.toml"));
    manifests.find(|manifest| manifest.is_file())?.canonicalize().ok()
}

pub(super) fn is_library(target: &Target) -> bool {
    target.is_lib() || target.is_rlib() || target.is_dylib() || target.is_cdylib() || target.is_staticlib()
}

fn word(kind: &TargetKind) -> &'static str {
    match kind {
        TargetKind::Bin => "binary",
        TargetKind::Example => "example",
        _ => "library",
    }
}

/// The target in words: ``library``, ``binary `main` ``.
pub(super) fn described(target: &Target) -> String {
    if target.is_bin() || target.is_example() {
        let kind = if target.is_bin() {
            TargetKind::Bin
        } else {
            TargetKind::Example
        };
        format!("{} `{}`", word(&kind), target.name)
    } else {
        word(&TargetKind::Lib).to_owned()
    }
}

pub(super) fn listed<'a>(targets: impl IntoIterator<Item = &'a Target>) -> String {
    targets.into_iter().map(described).collect::<Vec<_>>().join(", ")
}
