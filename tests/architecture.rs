//! What must never import what: the arrows of ARCHITECTURE.md.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::{DependencyKind, MetadataCommand};

fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent()
        .expect("this package is a folder of the repository")
        .to_path_buf()
}

/// For each package of the workspace, the packages of the workspace that it is built from.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new()
        .current_dir(root())
        .no_deps()
        .exec()
        .expect("cargo describes the workspace");
    let members: BTreeSet<String> = metadata
        .packages
        .iter()
        .map(|package| package.name.to_string())
        .collect();
    let imports = |package: &cargo_metadata::Package| {
        let normal = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal);
        normal
            .map(|dependency| dependency.name.clone())
            .filter(|name| members.contains(name))
            .collect()
    };
    metadata
        .packages
        .iter()
        .map(|package| (package.name.to_string(), imports(package)))
        .collect()
}

/// Everything that `package` is built from, directly or not.
fn reachable(imports: &BTreeMap<String, BTreeSet<String>>, package: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![package.to_owned()];
    while let Some(next) = waiting.pop() {
        for import in imports.get(&next).into_iter().flatten() {
            if found.insert(import.clone()) {
                waiting.push(import.clone());
            }
        }
    }
    found
}

#[test]
fn crates_import_one_way() {
    let imports = imports();
    let allowed: [(&str, &[&str]); 6] = [
        ("callsheet-wire", &[]),
        ("callsheet-schema", &[]),
        ("callsheet-client", &["callsheet-schema", "callsheet-wire"]),
        ("callsheet-macros", &["callsheet-schema"]),
        (
            "callsheet",
            &[
                "callsheet-client",
                "callsheet-macros",
                "callsheet-schema",
                "callsheet-wire",
            ],
        ),
        ("callsheet-codegen", &["callsheet-client", "callsheet-schema"]),
    ];
    for (package, allowed) in allowed {
        let actual = imports
            .get(package)
            .unwrap_or_else(|| panic!("{package} is a package of the workspace"));
        let allowed: BTreeSet<String> = allowed.iter().map(|&name| name.to_owned()).collect();
        let foreign: Vec<_> = actual.difference(&allowed).collect();
        assert!(foreign.is_empty(), "{package} must not import {foreign:?}");
    }
}

#[test]
fn a_generated_rust_client_has_no_server_in_its_tree() {
    let imports = imports();
    let clients: Vec<_> = imports
        .keys()
        .filter(|name| name.ends_with("-client") && *name != "callsheet-client")
        .collect();
    assert!(
        !clients.is_empty(),
        "the showcase's client is a package of the workspace"
    );
    for client in clients {
        let tree = reachable(&imports, client);
        for server in ["callsheet", "callsheet-macros", "callsheet-codegen"] {
            assert!(!tree.contains(server), "{client} is built from {server}");
        }
    }
}

#[test]
fn a_contract_links_no_actor() {
    let imports = imports();
    let contracts: Vec<_> = imports.keys().filter(|name| name.ends_with("-contract")).collect();
    assert!(contracts.len() >= 8, "every story has a contract: {contracts:?}");
    for contract in contracts {
        let tree = reachable(&imports, contract);
        let foreign: Vec<_> = tree.iter().filter(|name| !name.starts_with("callsheet")).collect();
        assert!(foreign.is_empty(), "{contract} is built from {foreign:?}");
    }
}

/// The source files below `folder`, with their text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    fn collect(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
        let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                collect(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file is text");
                files.push((path, text));
            }
        }
    }
    let mut files = Vec::new();
    collect(&root().join(folder), &mut files);
    assert!(!files.is_empty(), "{folder} has source files");
    files
}

#[test]
fn only_the_listener_knows_sockets() {
    for (path, text) in sources("runtime/src") {
        let listener = path.components().any(|part| part.as_os_str() == "listener");
        assert!(
            listener || !text.contains("tokio::net"),
            "{} knows sockets",
            path.display()
        );
    }
}

#[test]
fn the_actor_side_does_not_know_the_listener() {
    for (path, text) in sources("runtime/src") {
        let listener = path.components().any(|part| part.as_os_str() == "listener");
        let doorway = path.ends_with("src/lib.rs") || path.ends_with("src/runtime.rs");
        assert!(
            listener || doorway || !text.contains("listener::"),
            "{} imports the listener",
            path.display()
        );
    }
}

#[test]
fn the_wire_is_sans_io() {
    for (path, text) in sources("schema/wire/src") {
        for io in ["std::net", "std::os::unix::net", "tokio"] {
            assert!(!text.contains(&format!("use {io}")), "{} uses {io}", path.display());
        }
    }
}

#[test]
fn of_the_generator_only_one_source_asks_a_server() {
    for (path, text) in sources("codegen/src") {
        let server = path.ends_with("command/source/server.rs");
        // A backend only prints the name of the crate that its clients are made on.
        let prints = path.components().any(|part| part.as_os_str() == "backends");
        let asks = !prints && text.contains("callsheet_client") || text.contains("std::os::unix::net");
        assert_eq!(server, asks, "{} and a server", path.display());
    }
}

#[test]
fn no_language_knows_another() {
    for (path, text) in sources("codegen/src/backends") {
        let text_of_code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        for language in ["python", "typescript", "rust"] {
            let own = path.components().any(|part| part.as_os_str() == language) || path.ends_with("backends/mod.rs");
            let foreign = text_of_code.contains(&format!("backends::{language}"));
            assert!(own || !foreign, "{} imports the {language} backend", path.display());
        }
    }
}
