//! `callsheet schema` in a workspace that declares contracts with the real macros.
//!
//! The workspace stands in Cargo's folder for tests and is built in the target directory of this one, with its lock file:
//! nothing is downloaded, and what was built once is not built again.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Mutex, MutexGuard, PoisonError},
};

use callsheet_schema::Document;

/// One Cargo at a time, so that the tests do not wait for each other in unknown order.
static BUILDING: Mutex<()> = Mutex::new(());

const MANIFEST: &str = r#"
[workspace]
resolver = "3"
members = ["contracts", "service"]
[workspace.package]
edition = "2024"
"#;

const CONTRACTS: &str = r#"
[package]
name = "sample-contracts"
edition.workspace = true
[features]
billing = []
[dependencies]
callsheet = { path = "RUNTIME" }
"#;

const CONTRACTS_LIB: &str = r#"
mod private {
    /// Counts.
    #[callsheet::actor_contract(namespace = "sample")]
    pub trait Counter {
        async fn add(&mut self, step: u64) -> u64;
        #[cfg(feature = "billing")]
        async fn bill(&self) -> crate::Bill;
    }
}
pub use private::Counter;

#[cfg(feature = "billing")]
#[callsheet::contract_type]
pub struct Bill {
    pub cents: u32,
}
"#;

const SERVICE: &str = r#"
[package]
name = "sample-service"
edition.workspace = true
[dependencies]
callsheet = { path = "RUNTIME" }
sample-contracts = { path = "../contracts" }
"#;

/// A library that links a contract, and declares none.
const SERVICE_LIB: &str = "pub use sample_contracts as contracts;";

/// A binary with a contract of its own, beside those that it links through the library.
const SERVICE_MAIN: &str = r#"
#[callsheet::actor_contract(namespace = "sample")]
trait Admin {
    async fn stop(&mut self);
}
fn main() {
    let _ = sample_service::contracts::Counter;
    let _ = Admin;
}
"#;

/// A binary that only links.
const LINKS: &str = "callsheet::document!();\nfn main() { let _ = sample_service::contracts::Counter; }\n";

/// A binary that asks for a document, and links no contract.
const NOTHING: &str = "callsheet::document!();\nfn main() {}\n";

struct Workspace {
    root: PathBuf,
    _building: MutexGuard<'static, ()>,
}

impl Workspace {
    /// The same folder every time, so that Cargo knows what it built there.
    fn open() -> Self {
        let building = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sample-workspace");
        let workspace = Self {
            root,
            _building: building,
        };
        let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("runtime");
        let runtime = runtime.to_str().expect("the workspace's path is text");
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("Cargo.lock");
        workspace.put("Cargo.toml", MANIFEST);
        workspace.put(
            "Cargo.lock",
            &fs::read_to_string(lock).expect("the workspace has a lock file"),
        );
        workspace.put("contracts/Cargo.toml", &CONTRACTS.replace("RUNTIME", runtime));
        workspace.put("contracts/src/lib.rs", CONTRACTS_LIB);
        workspace.put("service/Cargo.toml", &SERVICE.replace("RUNTIME", runtime));
        workspace.put("service/src/lib.rs", SERVICE_LIB);
        workspace.put("service/src/main.rs", SERVICE_MAIN);
        workspace.put("service/src/bin/links.rs", LINKS);
        workspace.put("service/examples/nothing.rs", NOTHING);
        workspace
    }

    /// Leaves files alone that have not changed: Cargo goes by their age.
    fn put(&self, path: &str, contents: &str) {
        let path = self.root.join(path);
        if fs::read_to_string(&path).is_ok_and(|known| known == contents) {
            return;
        }
        fs::create_dir_all(path.parent().expect("files stand in folders")).expect("the folder is the test's own");
        fs::write(path, contents).expect("the folder is the test's own");
    }

    fn schema(&self, folder: &str, arguments: &[&str]) -> Output {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .parent()
            .expect("it stands in the target directory");
        let mut command = Command::new(env!("CARGO_BIN_EXE_callsheet"));
        command
            .arg("schema")
            .args(arguments)
            .arg("--offline")
            .arg("--target-dir")
            .arg(target);
        command.current_dir(self.root.join(folder));
        command.output().expect("the command was built for this test")
    }

    #[track_caller]
    fn document(&self, folder: &str, arguments: &[&str]) -> Document {
        let output = self.schema(folder, arguments);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout).expect("a document is text");
        let document = Document::from_json(&text).expect("the document holds together");
        assert_eq!(document.to_json(), text, "the document alone is printed");
        document
    }
}

fn names(document: &Document) -> Vec<&str> {
    document
        .contracts
        .iter()
        .map(|contract| contract.name.as_str())
        .collect()
}

fn methods(document: &Document) -> Vec<&str> {
    let methods = document.contracts.iter().flat_map(|contract| &contract.methods);
    methods.map(|method| method.message.as_str()).collect()
}

#[test]
fn contracts_of_private_modules_are_described_with_the_features_that_are_on() {
    let workspace = Workspace::open();
    let plain = workspace.document("", &["-p", "sample-contracts"]);
    assert_eq!(methods(&plain), ["sample.Counter.Add"]);
    assert!(plain.types.is_empty());
    let billing = workspace.document("contracts/src", &["--features", "billing"]);
    assert_eq!(methods(&billing), ["sample.Counter.Add", "sample.Counter.Bill"]);
    assert_eq!(billing.types.len(), 1);
    let package = billing.package.expect("it is recorded");
    assert_eq!(
        (package.name.as_str(), package.features),
        ("sample-contracts", vec!["billing".to_owned()])
    );
}

#[test]
fn a_binary_tells_of_its_own_contracts_and_of_those_that_it_links() {
    let workspace = Workspace::open();
    let document = workspace.document("service", &[]);
    assert_eq!(names(&document), ["sample.Admin", "sample.Counter"]);
    let linked = workspace.document("service", &["--bin", "links"]);
    assert_eq!(names(&linked), ["sample.Counter"]);
}

#[test]
fn a_program_that_links_no_contract_is_told_what_to_do() {
    let workspace = Workspace::open();
    let output = workspace.schema("service", &["--example", "nothing"]);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{errors}");
    let expected = "error: the example `nothing` of the package `sample-service` has no schema document: no contract is \
                    linked into the program; mark a trait with `#[actor_contract]`";
    assert!(errors.contains(expected), "{errors}");

    let output = workspace.schema("service", &["--lib"]);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("declares no contract in its library; "), "{errors}");
}
