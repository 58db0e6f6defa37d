//! Where things are. Everything that is made goes below `target/`.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::run::Error;

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

/// Copies the files of a folder, but for what was installed or built in it.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == "node_modules" || name == "dist" || name == "__pycache__" {
            continue;
        }
        let target = to.join(&name);
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
