//! What is wrong with a `callsheet.toml`, shown where it stands.

use std::{error::Error, fmt, ops::Range, path::PathBuf};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use callsheet_codegen::fault::{Fault, GenerateError};

/// Everything that was found wrong with one file, in the order in which it was found.
#[derive(Debug)]
pub(super) struct Complaints {
    path: PathBuf,
    text: String,
    found: Vec<Complaint>,
}

#[derive(Debug)]
struct Complaint {
    at: Range<usize>,
    problem: String,
    /// Why: each cause with that of its own after it, or several that are side by side.
    causes: Vec<String>,
    remedy: Option<String>,
}

impl Complaints {
    /// None yet about the text of the file at `path`.
    pub(super) fn of(path: PathBuf, text: String) -> Self {
        Self {
            path,
            text,
            found: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, at: Range<usize>, problem: impl Into<String>, remedy: Option<String>) {
        self.push(at, problem.into(), Vec::new(), remedy);
    }

    /// Adds what failed because of what stands there.
    pub(super) fn add_failure(&mut self, at: Range<usize>, failure: &dyn Error) {
        let mut causes = Vec::new();
        let mut cause = failure.source();
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        self.push(at, failure.to_string(), causes, None);
    }

    /// Adds that the package of the target `name` cannot be generated, and why not.
    pub(super) fn add_ungenerated(&mut self, at: Range<usize>, name: &str, why: &GenerateError) {
        let problem = format!("no package was generated for the target `{name}`");
        let causes = why.faults().iter().map(Fault::to_string).collect();
        self.push(at, problem, causes, None);
    }

    fn push(&mut self, at: Range<usize>, problem: String, causes: Vec<String>, remedy: Option<String>) {
        // Of what has several lines, the first is enough to find it.
        let start = self.text.floor_char_boundary(at.start);
        let line = self.text[start..].lines().next().unwrap_or_default();
        let end = self.text.floor_char_boundary(at.end).clamp(start, start + line.len());
        self.found.push(Complaint {
            at: start..end,
            problem,
            causes,
            remedy,
        });
    }

    /// `value` if nothing is wrong.
    pub(super) fn finish<T>(self, value: T) -> Result<T, Self> {
        if self.found.is_empty() { Ok(value) } else { Err(self) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

impl fmt::Display for Complaints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, complaint) in self.found.iter().enumerate() {
            // The first is announced by whoever prints all of them.
            let level = if index == 0 {
                Level::ERROR.no_name()
            } else {
                f.write_str("\n")?;
                Level::ERROR
            };
            let annotation = AnnotationKind::Primary.span(complaint.at.clone());
            let snippet = Snippet::source(&self.text)
                .path(self.path.to_string_lossy())
                .annotation(annotation);
            let mut group = level.primary_title(&complaint.problem).element(snippet);
            for cause in &complaint.causes {
                group = group.element(Level::NOTE.with_name("caused by").message(cause));
            }
            if let Some(remedy) = &complaint.remedy {
                group = group.element(Level::HELP.message(remedy));
            }
            f.write_str(&Renderer::plain().render(&[group]))?;
        }
        Ok(())
    }
}

impl Error for Complaints {}
