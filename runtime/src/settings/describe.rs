//! The settings as a page of the documentation shows them.

use std::fmt::Write;

use super::{environment, keys::KEYS};

pub(super) fn table() -> String {
    let mut table = "| key | variable | values | default | what it says |\n| -- | -- | -- | -- | -- |\n".to_owned();
    for key in KEYS {
        let default = (key.default)().map_or_else(|| "none".to_owned(), |default| format!("`{default}`"));
        let _ = writeln!(
            table,
            "| `{}` | `{}` | {} | {default} | {} |",
            key.dotted(),
            environment::variable(key),
            (key.values)(),
            key.doc.trim(),
        );
    }
    table
}
