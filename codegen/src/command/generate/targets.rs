//! `callsheet generate` of a project: all of its targets, and nothing is written before all of them are known to succeed.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use callsheet_codegen::output::{self, Difference, Files, MANIFEST, Written};
use callsheet_schema::Document;

use super::{
    job,
    project::{Project, Target, Terms},
    record::Record,
};
use crate::command::{Failure, Outcome, print, source::Source};

/// What the command line asks of a project.
pub(super) struct Request<'a> {
    pub(super) config: Option<&'a PathBuf>,
    /// All, if none is named.
    pub(super) targets: &'a [String],
    pub(super) terms: Terms,
    pub(super) check: bool,
}

/// A target with all that is to be in its directory.
struct Made<'a> {
    target: &'a Target,
    directory: PathBuf,
    files: Files,
}

pub(super) fn run(request: &Request<'_>) -> Result<Outcome, Failure> {
    let project = Project::open(request.config.map(PathBuf::as_path))?;
    let all = project.targets(&request.terms)?;
    let selected = project.selected(&all, request.targets)?;
    let made = make(&project, &selected)?;
    let outs = |targets: &[&Target]| targets.iter().map(|target| target.out.clone()).collect::<BTreeSet<_>>();
    let (every, now) = (outs(&all.iter().collect::<Vec<_>>()), outs(&selected));
    let record = Record::read(
        &project.folder,
        &every.iter().map(String::as_str).collect(),
        &now.iter().map(String::as_str).collect(),
    )?;
    if request.check {
        check(&made, &record)
    } else {
        write(&project, &made, &record)
    }
}

/// Makes the files of all targets in memory, and tells at once what is wrong with any of them.
fn make<'a>(project: &Project, targets: &[&'a Target]) -> Result<Vec<Made<'a>>, Failure> {
    let mut complaints = project.complaints();
    // Targets that share a source share its document: a package is built once.
    let mut documents: Vec<(&Source, Option<Document>)> = Vec::new();
    for target in targets {
        if documents.iter().any(|(source, _)| **source == target.source) {
            continue;
        }
        let document = target.source.document();
        if let Err(failure) = &document {
            complaints.add_failure(target.source_at.clone(), failure.as_ref());
        }
        documents.push((&target.source, document.ok()));
    }
    let mut made = Vec::new();
    for &target in targets {
        let document = documents.iter().find(|(source, _)| **source == target.source);
        let Some(document) = document.and_then(|(_, document)| document.as_ref()) else {
            continue;
        };
        match target.job.files(document) {
            Ok(files) => made.push(Made {
                target,
                directory: project.folder.join(&target.out),
                files,
            }),
            Err(job::Error::Unknown(unknown)) => {
                let named = target.job.contracts.iter().zip(&target.contracts_at);
                for (name, at) in named.filter(|(name, _)| unknown.names.contains(name)) {
                    let problem = format!("the document has no contract `{name}`");
                    let has = format!("it has: {}", unknown.known.join(", "));
                    let remedy = unknown
                        .nearest(name)
                        .map_or_else(|| has.clone(), |nearest| format!("did you mean `{nearest}`? {has}"));
                    complaints.add(at.clone(), problem, Some(remedy));
                }
            }
            Err(job::Error::Generate(why)) => complaints.add_ungenerated(target.at.clone(), &target.name, &why),
            Err(error @ job::Error::Unnamed) => complaints.add_failure(target.at.clone(), &error),
        }
    }
    let mut claimed: BTreeMap<PathBuf, &Target> = BTreeMap::new();
    for made in &made {
        let own = made.files.iter().map(|(path, _)| path).chain([MANIFEST]);
        let taken = own.map(|path| made.directory.join(path));
        let other = taken.filter_map(|path| claimed.insert(path, made.target)).next();
        if let Some(other) = other {
            let problem = format!(
                "the targets `{}` and `{}` are generated into the same directory",
                other.name, made.target.name
            );
            let remedy = "give one of them another `out`".to_owned();
            complaints.add(made.target.out_at.clone(), problem, Some(remedy));
        }
    }
    if complaints.is_empty() {
        for made in &made {
            if let Err(error) = output::plan(&made.files, &made.directory) {
                complaints.add_failure(made.target.out_at.clone(), &error);
            }
        }
    }
    Ok(complaints.finish(made)?)
}

fn write(project: &Project, made: &[Made<'_>], record: &Record) -> Result<Outcome, Failure> {
    // First, so that no directory is forgotten whatever happens from here on.
    record.write()?;
    for Made {
        target,
        directory,
        files,
    } in made
    {
        let Written { written, removed } = output::write(files, directory)?;
        eprintln!(
            "{}: {} files in `{}`: {written} written, {removed} removed",
            target.name,
            files.len(),
            target.out
        );
    }
    for out in &record.gone {
        eprintln!(
            "warning: `{}` was generated by a target that is gone; delete what `{MANIFEST}` there lists, and that file",
            project.folder.join(out).display()
        );
    }
    Ok(Outcome::Fine)
}

fn check(made: &[Made<'_>], record: &Record) -> Result<Outcome, Failure> {
    let mut differences = Vec::new();
    for made in made {
        let of_target = output::check(&made.files, &made.directory)?;
        differences.extend(of_target.into_iter().map(|difference| Difference {
            path: match made.target.out.as_str() {
                "." => difference.path,
                out => format!("{out}/{}", difference.path),
            },
            ..difference
        }));
    }
    let is_changed = !differences.is_empty();
    let of_record = record.check();
    differences.extend(of_record.iter().cloned());
    if differences.is_empty() {
        return Ok(Outcome::Fine);
    }
    let lines: String = differences.iter().map(|difference| format!("{difference}\n")).collect();
    print(&lines)?;
    if is_changed || of_record.len() > record.gone.len() {
        eprintln!("error: the targets are not what would be generated; run the command without `--check`");
    }
    if !record.gone.is_empty() {
        eprintln!(
            "error: there are directories of targets that are gone; delete what `{MANIFEST}` in each lists, and that file"
        );
    }
    Ok(Outcome::Stale)
}
