//! What can be wrong with settings.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::place::SettingsPlace;

/// Why there are no settings. Its text is for whoever wrote them: it says what is wrong, where, and what was expected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A service's name that is no plain file name.
    #[error(
        "`{0}` cannot be a service's name: it is empty, `.` or `..`, or contains `/` or a control character; choose another"
    )]
    InvalidService(String),
    /// The file cannot be read. The text tells the reason too, so it is no [`source`](std::error::Error::source).
    #[error("failed to read the settings in `{}`: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why it failed.
        reason: io::Error,
    },
    /// The file is no TOML.
    #[error("this is no TOML: {message}\n{place}")]
    NotToml {
        /// Where it ceases to be.
        place: Box<SettingsPlace>,
        /// What is wrong.
        message: String,
    },
    /// The file has a key or a table that does not exist.
    #[error("there is no setting `{key}`; {}\n{place}", hint(nearest.as_deref(), known))]
    UnknownKey {
        /// Where it stands.
        place: Box<SettingsPlace>,
        /// The key, with its table.
        key: String,
        /// The key, or the table, that was meant, if that can be guessed.
        nearest: Option<String>,
        /// What there is instead.
        known: String,
    },
    /// The file has a value that its key cannot have: of another type, in another form, or out of range.
    #[error("`{key}` must be {expected}, not {found}\n{place}")]
    WrongValue {
        /// Where it stands.
        place: Box<SettingsPlace>,
        /// The key, with its table.
        key: String,
        /// The value, as it is written, or what it is.
        found: String,
        /// The values that the key can have.
        expected: String,
    },
    /// A variable whose name starts with `CALLSHEET_` is no setting.
    #[error(
        "there is no setting `{variable}`, a variable of the environment; {}",
        hint(nearest.as_deref(), "unset it, or see `Settings::describe()` for those there are")
    )]
    UnknownVariable {
        /// The variable.
        variable: String,
        /// The one that was meant, if that can be guessed.
        nearest: Option<String>,
    },
    /// A variable has a value that its setting cannot have.
    #[error("`{variable}`, a variable of the environment, must be {expected}, not `{value}`")]
    WrongVariable {
        /// The variable.
        variable: String,
        /// The key that the setting has in a file, with its table.
        key: String,
        /// The variable's value.
        value: String,
        /// The values that it can have.
        expected: String,
    },
}

fn hint(nearest: Option<&str>, known: &str) -> String {
    match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => known.to_owned(),
    }
}

impl SettingsError {
    /// The file that is at fault. None if it is the environment, or a text that is in no file.
    pub fn file(&self) -> Option<&Path> {
        match self {
            SettingsError::Unreadable { path, .. } => Some(path),
            _ => self.place()?.file(),
        }
    }

    /// The line in the file, from 1.
    pub fn line(&self) -> Option<usize> {
        self.place().map(SettingsPlace::line)
    }

    /// The column in the line, in characters, from 1.
    pub fn column(&self) -> Option<usize> {
        self.place().map(SettingsPlace::column)
    }

    /// The key that is at fault, with its table: `calls.default_timeout`. Also if its variable is.
    pub fn key(&self) -> Option<&str> {
        match self {
            SettingsError::UnknownKey { key, .. }
            | SettingsError::WrongValue { key, .. }
            | SettingsError::WrongVariable { key, .. } => Some(key),
            _ => None,
        }
    }

    /// The variable of the environment that is at fault.
    pub fn variable(&self) -> Option<&str> {
        match self {
            SettingsError::UnknownVariable { variable, .. } | SettingsError::WrongVariable { variable, .. } => {
                Some(variable)
            }
            _ => None,
        }
    }

    fn place(&self) -> Option<&SettingsPlace> {
        match self {
            SettingsError::NotToml { place, .. }
            | SettingsError::UnknownKey { place, .. }
            | SettingsError::WrongValue { place, .. } => Some(place),
            _ => None,
        }
    }
}
