//! The generated packages, packed and installed as their users install them; and the checks and tests of TypeScript.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::{python, readmes, report::Report, typescript};
use crate::{
    clients::{self, Mode, folder},
    node::Packages,
    places,
    python::Environment,
    run::Error,
    tools::Tools,
};

/// The runtime part of the TypeScript packages.
pub(super) fn support_typescript(report: &mut Report, node: &Packages) -> Result<(), Error> {
    let source = places::root().join("codegen").join("support").join("typescript");
    let project = node.project(&source, "support")?;
    let tool = |name: &str| {
        let mut command = Command::new(node.program(name));
        command.current_dir(&project);
        command
    };
    report.check("typescript support: tsc", &mut tool("tsc"))?;
    report.check("typescript support: eslint", tool("eslint").arg("."))?;
    report.check(
        "typescript support: prettier",
        tool("prettier").args(["--check", "src", "test"]),
    )?;
    typescript::core(report, node, &project)?;
    typescript::suite(report, "typescript support: node --test", node, &project)
}

/// A generated client package: of the showcase, or of the contract that nobody had in mind.
pub(super) struct Client {
    pub(super) name: &'static str,
    pub(super) python: PathBuf,
    typescript: PathBuf,
}

/// The generated packages, packed and installed as their users install them, against running services.
pub(super) fn interop(report: &mut Report, tools: &Tools, checks: &Environment, node: &Packages) -> Result<(), Error> {
    let surprise = places::target().join("clients").join("surprise");
    let document = clients::document("surprise")?;
    let clients = [
        Client {
            name: "showcase",
            python: folder("python"),
            typescript: folder("typescript"),
        },
        Client {
            name: "surprise",
            python: surprise.join("python"),
            typescript: surprise.join("typescript"),
        },
    ];
    for (language, out) in [("python", &clients[1].python), ("typescript", &clients[1].typescript)] {
        clients::generate_one(&document, "surprise", language, out, Mode::Write)?;
    }
    let rust = places::root().join("tests/interop/surprise/client");
    report.note(
        "tests/interop/surprise/client is what would be generated",
        clients::generate_one(&document, "surprise", "rust", &rust, Mode::Check),
    );
    let suites = places::root().join("tests").join("interop");
    python::suites(report, tools, checks, node, &clients, &suites)?;
    typescript_suites(report, node, &clients, &suites)
}

fn typescript_suites(report: &mut Report, node: &Packages, clients: &[Client], suites: &Path) -> Result<(), Error> {
    let mut packed = Vec::new();
    for client in clients {
        let project = node.project(&client.typescript, client.name)?;
        let mut tsc = Command::new(node.program("tsc"));
        report.check(&format!("typescript {}: tsc", client.name), tsc.current_dir(&project))?;
        packed.push(typescript::package(report, node, client.name, &project)?);
    }
    typescript::documents(report, node)?;
    let alone = typescript::alone(report, node, &packed[0])?;
    let project = node.user_project(suites, &packed, "interop")?;
    let packages: Vec<_> = clients
        .iter()
        .map(|client| (client.name, &*client.typescript))
        .collect();
    let programs = readmes::write_typescript(&project, &packages)?;
    let mut tsc = Command::new(node.program("tsc"));
    report.check("typescript interop and READMEs: tsc", tsc.current_dir(&project))?;
    readmes::run_typescript(report, node, &project, &alone, &programs)?;
    typescript::suite(report, "typescript interop", node, &project)
}
