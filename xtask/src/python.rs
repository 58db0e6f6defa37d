//! Python: a virtual environment below `target/`.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    places,
    run::{Error, run_quietly},
    tools::Tools,
};

/// A virtual environment.
pub(crate) struct Environment(PathBuf);

impl Environment {
    /// The environment called `name`, with what `requirements` lists; made when it is not there or the list has changed.
    pub(crate) fn set_up(tools: &Tools, name: &str, requirements: &str) -> Result<Self, Error> {
        let environment = Environment(places::setup("python").join(name));
        let listed = environment.0.join("requirements.txt");
        if fs::read_to_string(&listed).is_ok_and(|known| known == requirements) {
            return Ok(environment);
        }
        environment.make(tools)?;
        let wanted = environment.0.join("wanted.txt");
        fs::write(&wanted, requirements)?;
        run_quietly(environment.pip().arg("install").arg("--requirement").arg(&wanted))?;
        // Written last: an environment that was only half made is made again.
        fs::rename(wanted, listed)?;
        Ok(environment)
    }

    /// An environment called `name` with what `requirements` lists, made anew: nothing of an earlier run is left in it.
    pub(crate) fn with_checks(tools: &Tools, name: &str, requirements: &str) -> Result<Self, Error> {
        let listed = places::setup("python").join(name).join("requirements.txt");
        if listed.exists() {
            fs::remove_file(listed)?;
        }
        Self::set_up(tools, name, requirements)
    }

    /// An empty environment called `name`, made anew.
    pub(crate) fn clean(tools: &Tools, name: &str) -> Result<Self, Error> {
        let environment = Environment(places::setup("python").join(name));
        environment.make(tools)?;
        Ok(environment)
    }

    fn make(&self, tools: &Tools) -> Result<(), Error> {
        if self.0.exists() {
            fs::remove_dir_all(&self.0)?;
        }
        run_quietly(Command::new(&tools.python).args(["-m", "venv"]).arg(&self.0))
    }

    /// The program `name` of the environment.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.0.join("bin").join(name)
    }

    /// `python` of the environment.
    pub(crate) fn python(&self) -> Command {
        Command::new(self.program("python"))
    }

    fn pip(&self) -> Command {
        let mut pip = self.python();
        pip.args(["-m", "pip", "--disable-pip-version-check", "--quiet"]);
        pip
    }

    /// Installs a package with one of its extras, as a user of it would: from a wheel.
    pub(crate) fn install(&self, wheel: &Path, extra: &str) -> Result<(), Error> {
        run_quietly(self.pip().arg("install").arg(format!("{}[{extra}]", wheel.display())))
    }

    /// Installs a package and nothing that it does not need.
    pub(crate) fn install_alone(&self, wheel: &Path) -> Result<(), Error> {
        run_quietly(self.pip().args(["install", "--no-index"]).arg(wheel))
    }

    /// Installs a package that needs nothing else, in place of what was installed of it.
    pub(crate) fn install_anew(&self, wheel: &Path) -> Result<(), Error> {
        let install = ["install", "--no-index", "--no-deps", "--force-reinstall"];
        run_quietly(self.pip().args(install).arg(wheel))
    }

    /// The search path of programs on which those of the environment are first.
    pub(crate) fn path(&self) -> Result<OsString, Error> {
        let others = env::var_os("PATH").unwrap_or_default();
        let folders = [self.0.join("bin")].into_iter().chain(env::split_paths(&others));
        env::join_paths(folders).map_err(|failure| Error::new(failure.to_string()))
    }

    /// Builds the wheel of the package in `source` into `into`, which holds nothing else afterwards.
    pub(crate) fn build_wheel(&self, source: &Path, into: &Path) -> Result<PathBuf, Error> {
        if into.exists() {
            fs::remove_dir_all(into)?;
        }
        run_quietly(
            self.pip()
                .args(["wheel", "--no-deps", "--wheel-dir"])
                .arg(into)
                .arg(source),
        )?;
        let wheel = fs::read_dir(into)?.filter_map(Result::ok).map(|entry| entry.path());
        wheel
            .into_iter()
            .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
            .ok_or_else(|| Error::new(format!("no wheel was built of {}", source.display())))
    }
}
