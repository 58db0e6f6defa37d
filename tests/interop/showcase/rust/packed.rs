//! The generated crate as a package, and a program of somebody who uses it, outside of this repository's workspace.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::service::Service;

/// All that is in the package, beside what cargo puts there.
const PACKED: [&str; 16] = [
    "Cargo.toml",
    "README.md",
    "src/actors.rs",
    "src/blocking/actors.rs",
    "src/blocking/client.rs",
    "src/blocking/handlers.rs",
    "src/blocking/mod.rs",
    "src/blocking/services.rs",
    "src/client.rs",
    "src/contracts.json",
    "src/handlers.rs",
    "src/lib.rs",
    "src/models.rs",
    "src/services.rs",
    "src/testing/actors.rs",
    "src/testing/mod.rs",
];
const OF_CARGO: [&str; 3] = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml.orig"];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it has a root")
}

/// Runs cargo in `folder`, without a network, and returns what it printed.
fn cargo(folder: &Path, arguments: &[&str]) -> String {
    let ran = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--offline")
        .current_dir(folder)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("packed"),
        )
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs this test");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).expect("it prints text")
}

/// Makes the package, and unpacks it in `folder`.
fn unpacked(folder: &Path) -> PathBuf {
    let home = repository().join("generated-clients/rust");
    let listed = cargo(&home, &["package", "--list", "--allow-dirty"]);
    let listed: Vec<_> = listed.lines().filter(|file| !OF_CARGO.contains(file)).collect();
    assert_eq!(listed, PACKED);
    cargo(
        &home,
        &["package", "--allow-dirty", "--no-verify", "--exclude-lockfile"],
    );
    let archive = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packed/package/showcase-client-0.1.0.crate");
    let unpacking = Command::new("tar")
        .arg("-xzf")
        .arg(archive)
        .current_dir(folder)
        .status();
    assert!(unpacking.expect("tar is there").success());
    folder.join("showcase-client-0.1.0")
}

/// The only block of a README in `language`.
fn block(readme: &Path, language: &str) -> String {
    let text = fs::read_to_string(readme).expect("it is there");
    let start = format!("```{language}\n");
    assert_eq!(text.matches(&start).count(), 1, "{}", readme.display());
    let (_, program) = text.split_once(&start).expect("it shows a program");
    let (program, _) = program.split_once("```").expect("which ends");
    program.to_owned()
}

/// The same, with the path that a service listens at in the place of what it `shows`.
fn program(readme: &Path, language: &str, shows: &str, service: &Service) -> String {
    let program = block(readme, language);
    let shows = format!("{shows:?}");
    assert_eq!(program.matches(&shows).count(), 1, "{program}");
    program.replace(&shows, &format!("{:?}", service.socket()))
}

#[test]
fn what_the_readmes_show_runs_with_the_packed_crate_outside_of_the_workspace() {
    let service = Service::showcase();
    let folder = tempfile::tempdir().expect("a folder for the programs");
    let package = unpacked(folder.path());
    let of_package = program(
        &package.join("README.md"),
        "rust",
        "/run/user/1000/callsheet/demo.sock",
        &service,
    );
    let of_repository = program(
        &repository().join("README.md"),
        "rs",
        "/run/shop/showcase.sock",
        &service,
    );

    let of_testing = block(&package.join("README.md"), "rs");

    let user = folder.path().join("user");
    fs::create_dir_all(user.join("src/bin")).expect("its folder");
    fs::write(user.join("src/bin/package.rs"), of_package).expect("its program");
    fs::write(user.join("src/bin/repository.rs"), of_repository).expect("its other program");
    fs::write(user.join("src/bin/testing.rs"), of_testing).expect("its test");
    // The package goes by the version of callsheet-client, which stands in for that of a registry.
    let client = repository().join("runtime/client");
    let manifest = format!(
        "[package]\nname = \"user\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         showcase-client = {{ path = {package:?}, features = [\"testing\"] }}\n\
         futures-util = {{ version = \"0.3\", default-features = false }}\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n\n\
         [patch.crates-io]\ncallsheet-client.path = {client:?}\n"
    );
    fs::write(user.join("Cargo.toml"), manifest).expect("its manifest");
    // What the workspace has built is there without a network.
    fs::copy(repository().join("Cargo.lock"), user.join("Cargo.lock")).expect("its lock");
    let printed = cargo(&user, &["run", "--quiet", "--bin", "package"]);
    let lines: Vec<_> = printed.lines().collect();
    assert!(
        matches!(lines[..], ["Offline", "CountdownTick { value: 1 }", update] if update.starts_with("PriceUpdate {")),
        "{printed}"
    );
    assert_eq!(cargo(&user, &["run", "--quiet", "--bin", "repository"]), "8\n");
    assert_eq!(cargo(&user, &["run", "--quiet", "--bin", "testing"]), "");
    service.stop();
}
