//! Settings in a TOML file.

use std::{
    fs::File,
    io::{self, Read},
    ops::Range,
    path::{Path, PathBuf},
};

use directories::BaseDirs;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    fault::SettingsError,
    keys::{KEYS, Key, Settings},
    kind::Given,
    nearest,
    place::{SettingsPlace, printable},
};

/// The file in the folder of a service.
const NAME: &str = "callsheet.toml";

/// The table that says which clients `callsheet generate` makes: a project may have one file for both.
const GENERATE: &str = "generate";

/// The most bytes that are read; what has more is hardly the file that was meant.
const LONGEST: u64 = 1 << 20;

/// Where the file of a service is. Nowhere if this user has no folder for configuration.
pub(super) fn of_service(service: &str) -> Result<Option<PathBuf>, SettingsError> {
    let is_folder = !matches!(service, "" | "." | "..") && !service.contains(|c: char| c == '/' || c.is_control());
    if !is_folder {
        return Err(SettingsError::InvalidService(service.to_owned()));
    }
    Ok(BaseDirs::new().map(|folders| folders.config_dir().join(service).join(NAME)))
}

/// What the file at `path` says, if it is there.
pub(super) fn read_if_there(path: &Path) -> Result<Settings, SettingsError> {
    match read(path) {
        Err(SettingsError::Unreadable { reason, .. }) if reason.kind() == io::ErrorKind::NotFound => {
            Ok(Settings::default())
        }
        read => read,
    }
}

/// What the file at `path` says.
pub(super) fn read(path: &Path) -> Result<Settings, SettingsError> {
    let bytes = bytes(path).map_err(|reason| SettingsError::Unreadable {
        path: path.to_owned(),
        reason,
    })?;
    match str::from_utf8(&bytes) {
        Ok(text) => parse(text, Some(path)),
        Err(error) => {
            let at = error.valid_up_to();
            let text = String::from_utf8_lossy(&bytes);
            Err(SettingsError::NotToml {
                place: Box::new(SettingsPlace::new(Some(path), &text, at..at + 1)),
                message: "it must be UTF-8".to_owned(),
            })
        }
    }
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is longer than 1 MiB"));
    }
    Ok(bytes)
}

/// What the text says, which is that of `file`.
pub(super) fn parse(text: &str, file: Option<&Path>) -> Result<Settings, SettingsError> {
    // A mark of some editors, which is no part of the first line.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = Source { text, file };
    let document = DeTable::parse(text).map_err(|error| SettingsError::NotToml {
        place: source.place(error.span().unwrap_or_default()),
        message: error.message().to_owned(),
    })?;
    let mut settings = Settings::default();
    for (table, value) in in_order(document.get_ref()) {
        if table.get_ref() == GENERATE {
            continue;
        }
        let keys: Vec<&Key> = KEYS.iter().filter(|key| key.table == table.get_ref()).collect();
        if keys.is_empty() {
            return Err(source.unknown_table(table));
        }
        let DeValue::Table(entries) = value.get_ref() else {
            return Err(source.wrong(table.get_ref().to_string(), value, "a table".to_owned()));
        };
        for (name, value) in in_order(entries) {
            let Some(key) = keys.iter().find(|key| key.name == name.get_ref()) else {
                return Err(source.unknown_key(table.get_ref(), name, &keys));
            };
            if !(key.read)(given(value.get_ref()), &mut settings) {
                return Err(source.wrong(key.dotted(), value, (key.expected)("\"")));
            }
        }
    }
    Ok(settings)
}

/// The entries as they stand in the file, so that the first fault is told.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t Spanned<Text<'i>>, &'t Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

type Text<'i> = toml::de::DeString<'i>;

fn given<'a>(value: &'a DeValue<'_>) -> Given<'a> {
    match value {
        DeValue::String(text) => Given::Text(text),
        DeValue::Integer(number) => Given::Integer(u64::from_str_radix(number.as_str(), number.radix()).ok()),
        _ => Given::Other,
    }
}

/// The text that is read, for what is said of it.
#[derive(Clone, Copy)]
struct Source<'a> {
    text: &'a str,
    file: Option<&'a Path>,
}

impl Source<'_> {
    fn place(self, span: Range<usize>) -> Box<SettingsPlace> {
        Box::new(SettingsPlace::new(self.file, self.text, span))
    }

    fn unknown_table(self, table: &Spanned<Text<'_>>) -> SettingsError {
        let mut tables: Vec<_> = KEYS.iter().map(|key| format!("`[{}]`", key.table)).collect();
        tables.dedup();
        SettingsError::UnknownKey {
            place: self.place(table.span()),
            key: printable(table.get_ref()),
            nearest: nearest::table(table.get_ref()).or_else(|| nearest::key(None, table.get_ref())),
            known: format!("the tables are {}", tables.join(", ")),
        }
    }

    fn unknown_key(self, table: &str, name: &Spanned<Text<'_>>, keys: &[&Key]) -> SettingsError {
        let known: Vec<_> = keys.iter().map(|key| format!("`{}`", key.name)).collect();
        SettingsError::UnknownKey {
            place: self.place(name.span()),
            key: format!("{table}.{}", printable(name.get_ref())),
            nearest: nearest::key(Some(table), name.get_ref()),
            known: format!("in `[{table}]` there are {}", known.join(", ")),
        }
    }

    fn wrong(self, key: String, value: &Spanned<DeValue<'_>>, expected: String) -> SettingsError {
        let written = self.text.get(value.span()).unwrap_or_default();
        let found = match value.get_ref() {
            DeValue::Table(_) => "a table".to_owned(),
            DeValue::Array(_) => "an array".to_owned(),
            _ if written.contains('\n') => "several lines".to_owned(),
            _ => format!("`{}`", printable(written)),
        };
        SettingsError::WrongValue {
            place: self.place(value.span()),
            key,
            found,
            expected,
        }
    }
}
