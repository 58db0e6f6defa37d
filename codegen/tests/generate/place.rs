//! A folder to run the command in, and how a run ended.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// A folder of its own for a test.
pub(crate) struct Place(TempDir);

/// How a run of the command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Ended {
    #[track_caller]
    pub(crate) fn assert_fine(&self) {
        assert_eq!(self.code, 0, "{}", self.errors);
    }

    #[track_caller]
    pub(crate) fn assert_fails(&self, code: i32, errors: &str) {
        assert!(
            self.code == code && self.errors.starts_with(errors),
            "{} {}",
            self.code,
            self.errors
        );
    }
}

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("the system has a folder for temporary files"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn put(&self, path: &str, contents: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("the folder is the test's own");
        fs::write(path, contents).expect("the folder is the test's own");
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.path().join(path).exists()
    }

    pub(crate) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Runs the command here.
    pub(crate) fn callsheet<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Ended {
        self.callsheet_in("", &[], arguments)
    }

    /// Runs the command in a folder below, with these variables.
    pub(crate) fn callsheet_in<A: AsRef<OsStr>>(
        &self,
        folder: &str,
        variables: &[(&str, &str)],
        arguments: &[A],
    ) -> Ended {
        let output = Command::new(env!("CARGO_BIN_EXE_callsheet"))
            .args(arguments)
            .current_dir(self.path().join(folder))
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TARGET_DIR", self.path().join("target"))
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .output()
            .expect("the command was built for this test");
        Ended {
            code: output.status.code().expect("the command was not killed"),
            output: String::from_utf8(output.stdout).expect("it prints text"),
            errors: String::from_utf8(output.stderr).expect("it prints text"),
        }
    }

    /// Every file in a folder, by its path there.
    pub(crate) fn tree(&self, folder: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let root = self.path().join(folder);
        let mut files = BTreeMap::new();
        let mut open = vec![root.clone()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
                let path = entry.expect("the folder can be read").path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let contents = fs::read(&path).expect("the file can be read");
                    let below = path.strip_prefix(&root).expect("it is in the folder");
                    files.insert(below.to_owned(), contents);
                }
            }
        }
        assert!(!files.is_empty(), "`{}` has files", root.display());
        files
    }
}
