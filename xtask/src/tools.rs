//! What must be there before anything can be set up: Rust, Python and Node.

use std::{env, process::Command};

use crate::run::{Error, read};

const PYTHON: (u32, u32) = (3, 11);
const NODE: u32 = 20;

/// The programs that were found.
pub(crate) struct Tools {
    pub(crate) python: String,
    pub(crate) node: String,
    pub(crate) npm: String,
}

/// Finds the programs.
///
/// # Errors
///
/// Names everything that is missing, with how to get it.
pub(crate) fn find() -> Result<Tools, Error> {
    let python = python();
    let node = node();
    let npm = read(Command::new("npm").arg("--version")).map(|_| "npm".to_owned());
    let mut missing = Vec::new();
    if python.is_none() {
        missing.push(
            "Python 3.11 or later with its `venv` module: install `python3` and `python3-venv` with your system's package \
             manager, or name one in the variable PYTHON"
                .to_owned(),
        );
    }
    if node.is_none() {
        missing.push(format!(
            "Node {NODE} or later: install it from nodejs.org or with your version manager"
        ));
    }
    if npm.is_none() {
        missing.push("npm: it comes with Node; on some systems it is a package of its own called `npm`".to_owned());
    }
    match (python, node, npm) {
        (Some(python), Some(node), Some(npm)) => Ok(Tools { python, node, npm }),
        _ => Err(Error::new(format!("this needs\n  - {}", missing.join("\n  - ")))),
    }
}

fn python() -> Option<String> {
    let named = env::var("PYTHON").ok();
    let usual = [
        "python3",
        "python3.14",
        "python3.13",
        "python3.12",
        "python3.11",
        "python",
    ]
    .map(str::to_owned);
    named.into_iter().chain(usual).find(|program| {
        let script = "import sys, venv, ensurepip; print(sys.version_info.major, sys.version_info.minor)";
        let Some(version) = read(Command::new(program).args(["-c", script])) else {
            return false;
        };
        let mut parts = version.split_whitespace().filter_map(|part| part.parse::<u32>().ok());
        parts.next().zip(parts.next()).is_some_and(|version| version >= PYTHON)
    })
}

fn node() -> Option<String> {
    let version = read(Command::new("node").arg("--version"))?;
    let major = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()?
        .parse::<u32>()
        .ok()?;
    (major >= NODE).then(|| "node".to_owned())
}
