//! What somebody may have meant who wrote a name that does not exist.

use super::keys::{KEYS, Key};

/// The one of `known` that `name` looks like a slip of.
fn nearest<T: AsRef<str>>(name: &str, known: impl IntoIterator<Item = T>) -> Option<T> {
    let slips = |known: &T| strsim::osa_distance(name, known.as_ref());
    let (slips, nearest) = known
        .into_iter()
        .map(|known| (slips(&known), known))
        .min_by_key(|(slips, _)| *slips)?;
    // A third of a name may be wrong: more, and it is another name.
    (slips <= (nearest.as_ref().len() / 3).max(1)).then_some(nearest)
}

/// The table whose name is like `name`.
pub(super) fn table(name: &str) -> Option<String> {
    nearest(name, KEYS.iter().map(|key| key.table)).map(str::to_owned)
}

/// The key that was meant by `name` in `table`: one of this table, or of its very name in another table.
pub(super) fn key(table: Option<&str>, name: &str) -> Option<String> {
    let of_table = KEYS.iter().filter(|key| Some(key.table) == table);
    let elsewhere = || KEYS.iter().find(|key| key.name == name).map(Key::dotted);
    let slip = nearest(name, of_table.map(|key| key.name));
    slip.zip(table)
        .map(|(slip, table)| format!("{table}.{slip}"))
        .or_else(elsewhere)
}

/// The one of these variables that `name` is like, in what follows their `prefix`; in that they are all alike.
pub(super) fn variable(prefix: &str, name: &str, variables: impl IntoIterator<Item = String>) -> Option<String> {
    let own = |name: &str| name.strip_prefix(prefix).unwrap_or(name).to_owned();
    let known = variables.into_iter().map(|variable| own(&variable));
    nearest(&own(name), known).map(|slip| format!("{prefix}{slip}"))
}
