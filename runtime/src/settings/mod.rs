//! What the operator of a program says about its runtime, in the environment and in a file.
//!
//! The [`keys`] stand in one table. The [`environment`] and the [`file`] are two ways to them; each value is read by its
//! [`kind`]. What is wrong is a [`fault`] at a [`place`].

mod describe;
mod duration;
mod environment;
mod fault;
mod file;
mod keys;
mod kind;
mod nearest;
mod place;
mod size;

use std::{env, ffi::OsString, path::Path};

pub use fault::SettingsError;
pub use keys::{ActorSettings, CallSettings, ListenerSettings, Settings, ShutdownSettings, SupervisionSettings};
pub use place::SettingsPlace;

use environment::Environment;

impl Settings {
    /// What the environment and the file of the service say; the environment wins.
    ///
    /// The file is `callsheet.toml` in the service's folder among the user's configuration: on Linux
    /// `$XDG_CONFIG_HOME/SERVICE/callsheet.toml`, without that variable `~/.config/SERVICE/callsheet.toml`. It may be
    /// missing. `CALLSHEET_CONFIG` names another one, which must be there. All other variables whose names start with
    /// `CALLSHEET_` are settings. [`describe`](Self::describe) lists them.
    ///
    /// Nothing reads them but this: a runtime is given what came of it.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use callsheet::{Runtime, Settings};
    ///
    /// let runtime = Runtime::configure().settings(Settings::load("calculator")?).launch()?;
    /// # runtime.shutdown().await;
    /// # Ok(()) }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// If `service` is no plain file name; if the file cannot be read or is no TOML; if the file or the environment has a
    /// key that does not exist, or a value that its key cannot have.
    pub fn load(service: &str) -> Result<Self, SettingsError> {
        let default_file = file::of_service(service)?;
        let environment = Environment::read(env::vars_os())?;
        let below = match environment.file {
            Some(path) => Self::from_file(path)?,
            None => match default_file {
                Some(path) => file::read_if_there(&path)?,
                None => Self::default(),
            },
        };
        Ok(environment.settings.over(below))
    }

    /// What the file at `path` says, of at most 1 MiB.
    ///
    /// # Errors
    ///
    /// If it cannot be read, is no TOML, or has a key that does not exist or a value that its key cannot have.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, SettingsError> {
        file::read(path.as_ref())
    }

    /// What a file with this text would say.
    ///
    /// ```
    /// use std::time::Duration;
    /// use callsheet::Settings;
    ///
    /// let settings = Settings::from_toml("calls.default_timeout = '5s'")?;
    /// assert_eq!(settings.calls().default_timeout(), Some(Duration::from_secs(5)));
    /// # Ok::<(), callsheet::SettingsError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it is no TOML, or has a key that does not exist or a value that its key cannot have.
    pub fn from_toml(text: &str) -> Result<Self, SettingsError> {
        file::parse(text, None)
    }

    /// What an environment of these variables would say. Variables whose names do not start with `CALLSHEET_` are passed
    /// over, and so is `CALLSHEET_CONFIG`, which [`load`](Self::load) alone follows. Of several with one name the last
    /// counts.
    ///
    /// ```
    /// use std::time::Duration;
    /// use callsheet::Settings;
    ///
    /// let settings = Settings::from_environment([("CALLSHEET_CALLS_DEFAULT_TIMEOUT", "5s"), ("SHELL", "/bin/sh")])?;
    /// assert_eq!(settings.calls().default_timeout(), Some(Duration::from_secs(5)));
    /// # Ok::<(), callsheet::SettingsError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If a variable is no setting, or has a value that its setting cannot have.
    pub fn from_environment<N, V>(variables: impl IntoIterator<Item = (N, V)>) -> Result<Self, SettingsError>
    where
        N: Into<OsString>,
        V: Into<OsString>,
    {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        Ok(Environment::read(variables)?.settings)
    }

    /// Every setting there is, as a table in Markdown: its key in the file, its variable, the values that it can have, its
    /// default, and what it says.
    pub fn describe() -> String {
        describe::table()
    }
}
