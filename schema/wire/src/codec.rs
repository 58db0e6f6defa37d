//! The two codecs, and how a frame tells which one it is in.

use std::fmt;

/// The encoding of one frame's payload.
///
/// Both carry the same data model with named fields and the human-readable forms of types. They differ in four places:
///
/// | value | JSON | MessagePack |
/// | -- | -- | -- |
/// | bytes | array of numbers | bin |
/// | integer map keys | strings | integers |
/// | 128-bit integers | number | bin of 16 bytes, big-endian |
/// | NaN and infinities | refused | native |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// JSON text in UTF-8.
    Json,
    /// MessagePack, with structs as maps of named fields. Only with the feature `msgpack`.
    #[cfg(feature = "msgpack")]
    MessagePack,
}

impl Codec {
    /// Tells the codec of a payload from its first byte: `{`, or JSON white space before it, is JSON; a MessagePack map
    /// (`0x80..=0x8f`, `0xde`, `0xdf`) is MessagePack; everything else, an empty payload and a byte order mark among it,
    /// is neither.
    ///
    /// ```
    /// use callsheet_wire::Codec;
    ///
    /// assert_eq!(Codec::detect(b" {}"), Some(Codec::Json));
    /// assert_eq!(Codec::detect(&[0x80]), Some(Codec::MessagePack));
    /// assert_eq!(Codec::detect(b"[]"), None);
    /// ```
    #[inline]
    pub fn detect(payload: &[u8]) -> Option<Codec> {
        match payload.first()? {
            b'{' => Some(Codec::Json),
            #[cfg(feature = "msgpack")]
            0x80..=0x8f | 0xde | 0xdf => Some(Codec::MessagePack),
            b' ' | b'\t' | b'\n' | b'\r' => {
                let first = payload
                    .iter()
                    .find(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))?;
                (*first == b'{').then_some(Codec::Json)
            }
            _ => None,
        }
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Codec::Json => "JSON",
            #[cfg(feature = "msgpack")]
            Codec::MessagePack => "MessagePack",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Codec;

    #[test]
    fn every_first_byte_is_decided() {
        for first in 0..=u8::MAX {
            let expected = match first {
                b'{' => Some(Codec::Json),
                0x80..=0x8f | 0xde | 0xdf => Some(Codec::MessagePack),
                _ => None,
            };
            assert_eq!(Codec::detect(&[first]), expected, "first byte {first:#04x}");
        }
    }

    #[test]
    fn white_space_is_skipped_only_before_an_object() {
        assert_eq!(Codec::detect(b"\r\n\t {"), Some(Codec::Json));
        assert_eq!(Codec::detect(b" [1]"), None);
        assert_eq!(Codec::detect(b"   "), None);
        assert_eq!(Codec::detect(b""), None);
        assert_eq!(
            Codec::detect(b"\xef\xbb\xbf{}"),
            None,
            "a byte order mark is not white space"
        );
    }
}
