//! Settings in variables of the environment.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    path::PathBuf,
};

use super::{
    fault::SettingsError,
    keys::{KEYS, Key, Settings},
    kind::Given,
    nearest, place,
};

/// What the names of all variables start with that are this crate's.
const PREFIX: &str = "CALLSHEET_";

/// Names the file to read.
const FILE: &str = "CALLSHEET_CONFIG";

/// What the environment says.
pub(super) struct Environment {
    pub(super) settings: Settings,
    /// The file that it names.
    pub(super) file: Option<PathBuf>,
}

impl Environment {
    pub(super) fn read(variables: impl Iterator<Item = (OsString, OsString)>) -> Result<Self, SettingsError> {
        // Sorted, lest it hang on the system which of several faults is told.
        let mut ours: BTreeMap<OsString, OsString> = variables
            .filter(|(name, _)| name.as_encoded_bytes().starts_with(PREFIX.as_bytes()))
            .collect();
        // The command that makes documents says with it where they go; it is there while a program is described.
        ours.remove(OsStr::new(crate::document::FILE));
        let file = ours.remove(OsStr::new(FILE)).map(PathBuf::from);
        let mut settings = Settings::default();
        for (name, value) in ours {
            let Some(key) = KEYS.iter().find(|key| name == *variable(key)) else {
                let name = place::printable(&name.to_string_lossy());
                return Err(SettingsError::UnknownVariable {
                    nearest: nearest::variable(PREFIX, &name, KEYS.iter().map(variable).chain([FILE.to_owned()])),
                    variable: name,
                });
            };
            if !(key.read)(Given::Word(&value), &mut settings) {
                return Err(SettingsError::WrongVariable {
                    key: key.dotted(),
                    variable: variable(key),
                    value: place::printable(&value.to_string_lossy()),
                    expected: (key.expected)(""),
                });
            }
        }
        Ok(Environment { settings, file })
    }
}

/// The name of the key's variable.
pub(super) fn variable(key: &Key) -> String {
    format!("{PREFIX}{}_{}", key.table, key.name).to_ascii_uppercase()
}
