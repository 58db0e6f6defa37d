//! Where things are. Everything that is made goes below `target/`.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}

/// Cargo's target directory.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// A program that cargo built for debugging.
pub(crate) fn built(program: &str) -> PathBuf {
    target().join("debug").join(program)
}

/// What is set up for `language`.
pub(crate) fn setup(language: &str) -> PathBuf {
    target().join("setup").join(language)
}
