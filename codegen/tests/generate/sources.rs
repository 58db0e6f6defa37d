//! A package as the source, and that it does not matter where and how the command is run.

use callsheet_codegen::backends;

use crate::{
    place::Place,
    service::{document, put_package},
};

#[test]
fn a_package_and_its_document_give_the_same_client() {
    let place = Place::new();
    put_package(&place, "");
    let package = ["generate", "-p", "my-contracts", "--lang", "rust", "--out", "package"];
    place.callsheet(&package).assert_fine();
    place
        .callsheet(&["schema", "-p", "my-contracts", "--out", "contracts.json"])
        .assert_fine();
    place
        .callsheet(&[
            "generate",
            "--schema",
            "contracts.json",
            "--lang",
            "rust",
            "--out",
            "file",
        ])
        .assert_fine();
    assert_eq!(place.tree("package"), place.tree("file"));

    place
        .callsheet(&[&package[..], &["-F", "brief"]].concat())
        .assert_fine();
    let services = place.text("package/src/contracts.json");
    assert!(services.contains("demo.Clock") && !services.contains("demo.Calculator"));

    let unknown = ["generate", "-p", "nobody", "--lang", "rust", "--out", "package"];
    place.callsheet(&unknown).assert_fails(
        1,
        "error: the workspace has no package `nobody`; it has: my-contracts\n",
    );
}

#[test]
fn options_that_mean_nothing_together_are_refused() {
    let place = Place::new();
    place.put("contracts.json", &document().to_json());
    let file = [
        "generate",
        "--schema",
        "contracts.json",
        "--lang",
        "python",
        "--out",
        "out",
    ];
    for wrong in [
        &["--features", "x"][..],
        &["--lib"],
        &["--offline"],
        &["--timeout", "3"],
        &["--from", "unix:x"],
        &["-p", "x"],
        &["--target", "x"],
        &["--config", "x"],
        &["--client-git", "https://git.example"],
    ] {
        place.callsheet(&[&file[..], wrong].concat()).assert_fails(2, "error: ");
    }
    for wrong in [
        &["--lang", "python"][..],
        &["--out", "out"],
        &["--schema", "contracts.json"],
        &["--contract", "demo.Clock"],
        &["--package", "x"],
        &["--features", "x"],
        &["--timeout", "0"],
    ] {
        place
            .callsheet(&[&["generate"], wrong].concat())
            .assert_fails(2, "error: ");
    }
    let schema = ["schema", "--from", "unix:x"];
    for wrong in [&["-p", "x"][..], &["--lib"], &["--locked"]] {
        place
            .callsheet(&[&schema[..], wrong].concat())
            .assert_fails(2, "error: ");
    }
    assert!(!place.has("out"));
}

#[test]
fn the_bytes_do_not_hang_on_the_directory_the_locale_or_the_time_zone() {
    const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/documents/everything.json");
    let place = Place::new();
    place.put("elsewhere/below/empty", "");
    for backend in backends::all() {
        let language = backend.language().name();
        let mut trees = Vec::new();
        for (at, folder, up, variables) in [
            (
                "one",
                "",
                "",
                &[("LC_ALL", "C"), ("TZ", "UTC"), ("HOME", "/nowhere")][..],
            ),
            (
                "two",
                "elsewhere/below",
                "../../",
                &[("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8"), ("TZ", "Asia/Tokyo")],
            ),
        ] {
            let out = format!("{up}{at}/{language}");
            let generate = ["generate", "--schema", SAMPLE, "--lang", language, "--out", &out];
            place.callsheet_in(folder, variables, &generate).assert_fine();
            trees.push(place.tree(&format!("{at}/{language}")));
        }
        assert_eq!(trees[0], trees[1], "{language}");
    }
}
