//! Scalars, written in either codec.

use crate::Codec;

/// Why writing to memory cannot fail.
const VEC: &str = "a vector takes all bytes";

#[inline]
pub(crate) fn null(codec: Codec, out: &mut Vec<u8>) {
    match codec {
        Codec::Json => out.extend_from_slice(b"null"),
        #[cfg(feature = "msgpack")]
        Codec::MessagePack => out.push(0xc0),
    }
}

#[inline]
pub(crate) fn boolean(codec: Codec, value: bool, out: &mut Vec<u8>) {
    match (codec, value) {
        (Codec::Json, true) => out.extend_from_slice(b"true"),
        (Codec::Json, false) => out.extend_from_slice(b"false"),
        #[cfg(feature = "msgpack")]
        (Codec::MessagePack, true) => out.push(0xc3),
        #[cfg(feature = "msgpack")]
        (Codec::MessagePack, false) => out.push(0xc2),
    }
}

#[inline]
pub(crate) fn text(codec: Codec, value: &str, out: &mut Vec<u8>) {
    match codec {
        Codec::Json => serde_json::to_writer(out, value).expect(VEC),
        #[cfg(feature = "msgpack")]
        Codec::MessagePack => rmp::encode::write_str(out, value).expect(VEC),
    }
}

#[inline]
pub(crate) fn unsigned(codec: Codec, value: u64, out: &mut Vec<u8>) {
    match codec {
        Codec::Json => serde_json::to_writer(out, &value).expect(VEC),
        #[cfg(feature = "msgpack")]
        Codec::MessagePack => drop(rmp::encode::write_uint(out, value).expect(VEC)),
    }
}

#[inline]
pub(crate) fn signed(codec: Codec, value: i64, out: &mut Vec<u8>) {
    match codec {
        Codec::Json => serde_json::to_writer(out, &value).expect(VEC),
        #[cfg(feature = "msgpack")]
        Codec::MessagePack => drop(rmp::encode::write_sint(out, value).expect(VEC)),
    }
}

/// 128 bits, which MessagePack has as their big-endian bytes.
pub(crate) fn signed128(codec: Codec, value: i128, out: &mut Vec<u8>) {
    match codec {
        Codec::Json => serde_json::to_writer(out, &value).expect(VEC),
        #[cfg(feature = "msgpack")]
        Codec::MessagePack => bytes(codec, &value.to_be_bytes(), out),
    }
}

/// As [`signed128`].
pub(crate) fn unsigned128(codec: Codec, value: u128, out: &mut Vec<u8>) {
    match codec {
        Codec::Json => serde_json::to_writer(out, &value).expect(VEC),
        #[cfg(feature = "msgpack")]
        Codec::MessagePack => bytes(codec, &value.to_be_bytes(), out),
    }
}

/// A float, which is finite in JSON.
#[inline]
pub(crate) fn f32(codec: Codec, value: f32, out: &mut Vec<u8>) {
    match codec {
        Codec::Json => serde_json::to_writer(out, &value).expect(VEC),
        #[cfg(feature = "msgpack")]
        Codec::MessagePack => rmp::encode::write_f32(out, value).expect(VEC),
    }
}

/// As [`f32`].
#[inline]
pub(crate) fn f64(codec: Codec, value: f64, out: &mut Vec<u8>) {
    match codec {
        Codec::Json => serde_json::to_writer(out, &value).expect(VEC),
        #[cfg(feature = "msgpack")]
        Codec::MessagePack => rmp::encode::write_f64(out, value).expect(VEC),
    }
}

/// Bytes, which JSON has as the array of their numbers.
pub(crate) fn bytes(codec: Codec, value: &[u8], out: &mut Vec<u8>) {
    match codec {
        Codec::Json => serde_json::to_writer(out, value).expect(VEC),
        #[cfg(feature = "msgpack")]
        Codec::MessagePack => rmp::encode::write_bin(out, value).expect(VEC),
    }
}

/// The head of an array in MessagePack.
#[cfg(feature = "msgpack")]
pub(crate) fn array_length(length: u32, out: &mut Vec<u8>) {
    rmp::encode::write_array_len(out, length).expect(VEC);
}

/// The head of a map in MessagePack.
#[cfg(feature = "msgpack")]
pub(crate) fn map_length(length: u32, out: &mut Vec<u8>) {
    rmp::encode::write_map_len(out, length).expect(VEC);
}
