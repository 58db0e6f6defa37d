//! Fields that may be left out where that is not the same as null.

use serde::{Deserialize, Deserializer};

/// Reads a field that is there, null or not: for `#[serde(default, deserialize_with = "callsheet_client::given")]` on a field
/// of which generated clients tell three cases apart.
///
/// Left out, it is the default, `None`. Null is `Some` of whatever the type inside reads from null; serde alone would read
/// it as `None` too.
///
/// # Errors
///
/// If the type inside does not read the value.
///
/// ```
/// #[derive(serde::Deserialize, serde::Serialize)]
/// struct Change {
///     #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "callsheet_client::given")]
///     note: Option<Option<String>>,
/// }
///
/// for (json, note) in [("{}", None), (r#"{"note":null}"#, Some(None)), (r#"{"note":"x"}"#, Some(Some("x".to_owned())))] {
///     let change: Change = serde_json::from_str(json)?;
///     assert_eq!(change.note, note);
///     assert_eq!(serde_json::to_string(&change)?, json);
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
