//! Values to bytes and back, in either codec.

use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::{Map, Value};

/// How a frame's payload is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Codec {
    /// Text.
    Json,
    /// Bytes.
    Messagepack,
}

impl Codec {
    /// Both, in the order in which they are told of.
    pub const ALL: [Codec; 2] = [Codec::Json, Codec::Messagepack];

    /// What clients call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Codec::Json => "json",
            Codec::Messagepack => "messagepack",
        }
    }

    pub(crate) fn write(self, value: &Value) -> Vec<u8> {
        match self {
            Codec::Json => serde_json::to_vec(value).unwrap_or_default(),
            Codec::Messagepack => rmp_serde::to_vec(value).unwrap_or_default(),
        }
    }

    /// The map of a frame, which must be in this codec and nothing but one map.
    pub(crate) fn read(self, bytes: &[u8]) -> Result<Map<String, Value>, String> {
        let first = bytes.first().copied().unwrap_or_default();
        let found = match first {
            b'{' | b' ' | b'\t' | b'\r' | b'\n' => Codec::Json,
            0x80..=0x8f | 0xde | 0xdf => Codec::Messagepack,
            other => {
                return Err(format!(
                    "a frame begins with {other:#04x}, which no codec does (CODEC-1)"
                ));
            }
        };
        if found != self {
            return Err(format!("a frame is in {}, not in {}", found.name(), self.name()));
        }
        match self {
            Codec::Json => serde_json::from_slice(bytes).map_err(|error| error.to_string()),
            Codec::Messagepack => {
                let mut rest = bytes;
                let mut reader = rmp_serde::Deserializer::new(&mut rest);
                let map = Map::deserialize(&mut reader).map_err(|error| error.to_string())?;
                match IgnoredAny::deserialize(&mut reader) {
                    Ok(_) => Err("bytes follow the map of a frame (STRICT-1)".to_owned()),
                    Err(_) => Ok(map),
                }
            }
        }
    }

    /// A successful response whose payload is a tree that has `depth` branches below each other.
    ///
    /// It is put together from bytes: a value of that depth could not be written without as much stack.
    pub(crate) fn deep_reply(self, id: &str, depth: usize) -> Vec<u8> {
        let id = self.write(&Value::from(id));
        match self {
            Codec::Json => [
                b"{\"success\":true,\"error\":null,\"request_id\":",
                id.as_slice(),
                b",\"payload\":",
                &b"{\"below\":[".repeat(depth),
                b"{\"below\":[]}",
                &b"]}".repeat(depth),
                b"}",
            ]
            .concat(),
            Codec::Messagepack => [
                b"\x84\xa7success\xc3\xa5error\xc0\xaarequest_id",
                id.as_slice(),
                b"\xa7payload",
                &b"\x81\xa5below\x91".repeat(depth),
                b"\x81\xa5below\x90",
            ]
            .concat(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Codec;

    #[test]
    fn what_is_written_is_read() {
        let value = json!({"a": u64::MAX, "b": [i64::MIN, null, true, 1.5], "c": {"d": "e"}});
        for codec in Codec::ALL {
            let map = codec.read(&codec.write(&value)).expect("it is a map");
            assert_eq!(serde_json::Value::Object(map), value);
        }
    }

    #[test]
    fn what_is_no_frame_of_the_codec_is_told() {
        let (json, messagepack) = (Codec::Json.write(&json!({})), Codec::Messagepack.write(&json!({})));
        assert!(Codec::Json.read(&messagepack).is_err());
        assert!(Codec::Messagepack.read(&json).is_err());
        assert!(Codec::Messagepack.read(&[0x80, 0xc0]).is_err());
        assert!(Codec::Json.read(b"{}{}").is_err());
        assert!(Codec::Json.read(b"").is_err());
    }

    #[test]
    fn a_deep_reply_is_as_deep_as_it_is_asked_for() {
        for codec in Codec::ALL {
            let map = codec.read(&codec.deep_reply("7", 3)).expect("it is a map");
            let deepest = json!({"below": [{"below": [{"below": [{"below": []}]}]}]});
            assert_eq!((&map["payload"], &map["request_id"]), (&deepest, &json!("7")));
        }
    }
}
