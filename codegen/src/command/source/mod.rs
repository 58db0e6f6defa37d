//! Where a document comes from: a file, a package that is built and asked, or a server that is asked.

mod package;
mod server;

use std::path::PathBuf;

use callsheet_schema::Document;

use super::{Failure, document};

pub(super) use package::{Building, PackageSource, Selection};
pub(super) use server::{Address, Server};

/// One place that a document comes from. Equal ones give the same document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// `-` is the standard input.
    File(PathBuf),
    Package(PackageSource),
    Server(Server),
}

impl Source {
    pub(super) fn document(&self) -> Result<Document, Failure> {
        match self {
            Source::File(path) => Ok(document::read(path)?),
            Source::Package(package) => Ok(package.document()?),
            Source::Server(server) => Ok(server.document()?),
        }
    }
}
