//! What a caller sends along with a request, for whoever handles it.

use std::{collections::BTreeMap, sync::Arc};

use callsheet_wire::{Code, Failure, Payload};

use crate::call::Metadata;

/// So many entries are taken.
const MOST_ENTRIES: usize = 64;

/// So many bytes are read, as they were sent.
const LARGEST: usize = 16 * 1024;

/// The `meta` of a request, a map of strings; `None` if there is none.
///
/// # Errors
///
/// `ProtocolError` with the path `meta`, if it is anything else or too large; its text says where in it.
#[inline]
pub(super) fn read(meta: Option<Payload<'_>>) -> Result<Option<Metadata>, Failure> {
    meta.map(read_map).transpose()
}

fn read_map(meta: Payload<'_>) -> Result<Metadata, Failure> {
    let bytes = meta.bytes().len();
    if bytes > LARGEST {
        return Err(unfit(
            "meta",
            &format!("expected at most {LARGEST} bytes, found {bytes}"),
        ));
    }
    let map: BTreeMap<String, String> = meta.decode().map_err(|error| {
        // A payload's own path begins with its root, which is called otherwise here.
        let below = error.path().strip_prefix("payload").unwrap_or_default();
        unfit(&format!("meta{below}"), error.message())
    })?;
    if map.len() > MOST_ENTRIES {
        let text = format!("expected at most {MOST_ENTRIES} entries, found {}", map.len());
        return Err(unfit("meta", &text));
    }
    Ok(Arc::new(map))
}

fn unfit(place: &str, what: &str) -> Failure {
    Failure::new(Code::ProtocolError, format!("`{place}`: {what}")).with_path("meta")
}

#[cfg(test)]
mod tests {
    use callsheet_wire::{Codec, Delivered};

    use super::*;

    fn of(json: &str) -> Result<Option<Metadata>, Failure> {
        read(Some(Payload::new(Codec::Json, json.as_bytes())))
    }

    fn entries(count: usize) -> String {
        let entries: Vec<_> = (0..count).map(|key| format!(r#""{key}":"""#)).collect();
        format!("{{{}}}", entries.join(","))
    }

    #[test]
    fn a_map_of_strings_is_taken_as_it_is() {
        assert_eq!(read(None), Ok(None));
        let meta = of(r#"{"tenant": "north", "": "\u00e9"}"#)
            .expect("it fits")
            .expect("it is there");
        let expected = [("", "é"), ("tenant", "north")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(*meta, BTreeMap::from(expected));
        let packed = [0x81, 0xa1, b'k', 0xa1, b'v'];
        let meta = read(Some(Payload::new(Codec::MessagePack, &packed)))
            .expect("it fits")
            .expect("it is there");
        assert_eq!(meta.get("k").map(String::as_str), Some("v"));
    }

    #[test]
    fn anything_else_is_refused_where_it_does_not_fit() {
        for (json, place) in [
            ("[]", "meta"),
            (r#""text""#, "meta"),
            ("7", "meta"),
            (r#"{"a": 1}"#, "meta.a"),
            (r#"{"a": null}"#, "meta.a"),
            (r#"{"a": {"b": "c"}}"#, "meta.a"),
            (r#"{"a": "1", "a": "2"}"#, "meta"),
        ] {
            let failure = of(json).expect_err(json);
            assert_eq!(
                (failure.code(), failure.delivered()),
                (Code::ProtocolError, Delivered::No),
                "{json}"
            );
            assert_eq!(failure.path(), Some("meta"), "{json}");
            assert!(failure.text().starts_with(&format!("`{place}`: ")), "{failure}");
        }
    }

    #[test]
    fn what_is_too_large_is_refused() {
        assert!(of(&entries(MOST_ENTRIES)).is_ok());
        let failure = of(&entries(MOST_ENTRIES + 1)).expect_err("one too many");
        assert_eq!((failure.path(), failure.code()), (Some("meta"), Code::ProtocolError));
        let of_bytes = |bytes: usize| of(&format!(r#"{{"k":"{}"}}"#, "x".repeat(bytes - r#"{"k":""}"#.len())));
        assert!(of_bytes(LARGEST).is_ok());
        let failure = of_bytes(LARGEST + 1).expect_err("one byte too many");
        assert_eq!(failure.path(), Some("meta"));
    }
}
