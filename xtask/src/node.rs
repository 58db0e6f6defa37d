//! Node: packages below `target/`, and copies of TypeScript projects below those, where Node finds them.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    places::{self, copy},
    run::{Error, run_quietly},
    tools::Tools,
};

/// What the TypeScript parts are built and checked with.
const PACKAGES: &str = include_str!("../package.json");

/// The versions of all of it, and of what it needs itself.
const LOCK: &str = include_str!("../package-lock.json");

/// The versions of Node that clients run on. The packages bring each.
const VERSIONS: [u32; 2] = [20, 22];

/// The packages that TypeScript is built and checked with.
pub(crate) struct Packages {
    npm: String,
    node: String,
    root: PathBuf,
}

impl Packages {
    /// The packages of `xtask/package.json`, installed when they are not there or the list has changed.
    pub(crate) fn set_up(tools: &Tools) -> Result<Self, Error> {
        let root = places::setup("node");
        let packages = Packages {
            npm: tools.npm.clone(),
            node: tools.node.clone(),
            root: root.clone(),
        };
        let installed = root.join("installed.json");
        let wanted = format!("{PACKAGES}{LOCK}");
        if fs::read_to_string(&installed).is_ok_and(|known| known == wanted) {
            return Ok(packages);
        }
        fs::create_dir_all(&root)?;
        fs::write(root.join("package.json"), PACKAGES)?;
        fs::write(root.join("package-lock.json"), LOCK)?;
        run_quietly(packages.npm(&root).arg("ci"))?;
        // Written last: what was only half installed is installed again.
        fs::write(installed, wanted)?;
        Ok(packages)
    }

    /// The program `name` of the packages.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.root.join("node_modules").join(".bin").join(name)
    }

    /// The folder whose `node_modules` they are in.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// `npm` in `folder`.
    pub(crate) fn npm(&self, folder: &Path) -> Command {
        let mut npm = Command::new(&self.npm);
        npm.current_dir(folder)
            .env("npm_config_audit", "false")
            .env("npm_config_fund", "false");
        npm.env("npm_config_update_notifier", "false")
            .env("npm_config_loglevel", "error");
        npm
    }

    /// Each version of Node that clients run on, and the program, if it is to be had for this system.
    pub(crate) fn versions(&self) -> Vec<(u32, Option<PathBuf>)> {
        let processor = match env::consts::ARCH {
            "x86_64" => "x64",
            "aarch64" => "arm64",
            other => other,
        };
        let program = |version: u32| {
            let package = format!("node-{version}-{}-{processor}", env::consts::OS);
            let program = self.root.join("node_modules").join(package).join("bin").join("node");
            program.exists().then_some(program)
        };
        VERSIONS.map(|version| (version, program(version))).to_vec()
    }

    /// `node` in `folder`.
    pub(crate) fn node(&self, folder: &Path) -> Command {
        let mut node = Command::new(&self.node);
        node.current_dir(folder);
        node
    }

    /// A copy of the project in `source` below the packages, which it can import; made anew.
    pub(crate) fn project(&self, source: &Path, name: &str) -> Result<PathBuf, Error> {
        let project = self.root.join("projects").join(name);
        if project.exists() {
            fs::remove_dir_all(&project)?;
        }
        copy(source, &project)?;
        Ok(project)
    }

    /// Compiles the project in `project`.
    pub(crate) fn compile(&self, project: &Path) -> Result<(), Error> {
        run_quietly(Command::new(self.program("tsc")).current_dir(project))
    }

    /// Packs the compiled package in `project`, as it would be published.
    pub(crate) fn pack(&self, project: &Path) -> Result<PathBuf, Error> {
        let packed = project.join("packed");
        fs::create_dir_all(&packed)?;
        run_quietly(
            self.npm(project)
                .args(["pack", "--ignore-scripts", "--pack-destination"])
                .arg(&packed),
        )?;
        fs::read_dir(&packed)?
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
            .ok_or_else(|| Error::new(format!("npm packed nothing in {}", packed.display())))
    }

    /// A project of a user's: the files of `source`, and `packages` installed the way a user installs them.
    pub(crate) fn user_project(&self, source: &Path, packages: &[PathBuf], name: &str) -> Result<PathBuf, Error> {
        let project = self.project(source, name)?;
        let manifest = project.join("package.json");
        if !manifest.exists() {
            fs::write(manifest, "{ \"private\": true, \"type\": \"module\" }\n")?;
        }
        // Nothing is fetched: the packages have no dependencies but what lies above the project already.
        let install = ["install", "--no-save", "--offline"];
        run_quietly(self.npm(&project).args(install).args(packages))?;
        Ok(project)
    }
}
