//! Values without parts: extremes more often than not.

use callsheet_schema::{
    Format, TypeRef,
    conform::{Codec, Value},
};
use fastrand::Rng;

const TEXTS: [&str; 10] = [
    "",
    "a",
    "Ada Lovelace",
    "naïve café",
    "日本語",
    "🎭 curtain",
    "\u{0}",
    "\u{10ffff}\u{fffd}",
    "line\nbreak\t\"quoted\" \\ back",
    "null",
];

const FLOATS: [f64; 12] = [
    0.0,
    -0.0,
    1.0,
    -1.5,
    0.1,
    f64::MIN_POSITIVE,
    5e-324,
    f64::MAX,
    f64::MIN,
    9_007_199_254_740_993.0,
    1e21,
    f64::EPSILON,
];

const SINGLES: [f32; 9] = [
    0.0,
    -0.0,
    1.0,
    0.1,
    f32::MIN_POSITIVE,
    1e-45,
    f32::MAX,
    f32::MIN,
    16_777_217.0,
];

pub(super) fn make(reference: &TypeRef, codec: Codec, random: &mut Rng) -> Value {
    match reference {
        TypeRef::Bool => Value::Bool(random.bool()),
        TypeRef::I8 => signed(8, random),
        TypeRef::I16 => signed(16, random),
        TypeRef::I32 => signed(32, random),
        TypeRef::I64 => signed(64, random),
        TypeRef::U8 => unsigned(8, random),
        TypeRef::U16 => unsigned(16, random),
        TypeRef::U32 => unsigned(32, random),
        TypeRef::U64 => unsigned(64, random),
        TypeRef::I128 => wide(signed(128, random), codec),
        TypeRef::U128 => wide(unsigned(128, random), codec),
        TypeRef::NonZero(inner) => loop {
            let value = make(inner, codec, random);
            if value != Value::Unsigned(0) && value != Value::Bytes(vec![0; 16]) {
                return value;
            }
        },
        TypeRef::F32 => float(f64::from(SINGLES[random.usize(0..SINGLES.len())]), codec, random),
        TypeRef::F64 => {
            let value = match random.u8(0..3) {
                0 => random.f64() * 1e6,
                _ => FLOATS[random.usize(0..FLOATS.len())],
            };
            double(value, codec, random)
        }
        TypeRef::Char => Value::Text((*random.choice(['a', 'é', '日', '🎭', '\0', '"'].iter()).unwrap_or(&'a')).into()),
        TypeRef::String => Value::Text(text(random)),
        TypeRef::Text(format) => {
            let samples = samples(*format);
            Value::Text(samples[random.usize(0..samples.len())].to_owned())
        }
        TypeRef::Bytes => {
            let bytes: Vec<u8> = (0..random.usize(0..20)).map(|_| random.u8(..)).collect();
            match codec {
                Codec::Json => Value::List(bytes.into_iter().map(|byte| Value::Unsigned(byte.into())).collect()),
                Codec::MessagePack => Value::Bytes(bytes),
            }
        }
        TypeRef::Duration => {
            let (secs, nanos) = *random
                .choice(
                    [
                        (0, 0),
                        (1, 999_999_999),
                        (u64::MAX, 999_999_999),
                        (5, u32::MAX),
                        (9_007_199_254_740_993, 1),
                    ]
                    .iter(),
                )
                .unwrap_or(&(0, 0));
            time(["secs", "nanos"], secs, nanos, random)
        }
        TypeRef::SystemTime => {
            let (secs, nanos) = *random
                .choice(
                    [
                        (0, 0),
                        (1_700_000_000, 5),
                        (1, 4_000_000_000),
                        (u64::MAX / 2, 999_999_999),
                    ]
                    .iter(),
                )
                .unwrap_or(&(0, 0));
            time(["secs_since_epoch", "nanos_since_epoch"], secs, nanos, random)
        }
        // `()`; what has parts is made elsewhere.
        _ => Value::Null,
    }
}

fn text(random: &mut Rng) -> String {
    match random.u8(0..12) {
        0 => "long ".repeat(random.usize(1..80)),
        1 => (0..random.usize(1..9)).map(|_| random.char(..)).collect(),
        _ => TEXTS[random.usize(0..TEXTS.len())].to_owned(),
    }
}

fn signed(bits: u32, random: &mut Rng) -> Value {
    let most = i128::MAX >> (128 - bits);
    let value = match random.u8(0..6) {
        0 => most,
        1 => -most - 1,
        2 => 0,
        3 => -1,
        4 => random.i128(-most..=most),
        _ => random.i128(0..=100.min(most)),
    };
    Value::integer(value)
}

fn unsigned(bits: u32, random: &mut Rng) -> Value {
    let most = u128::MAX >> (128 - bits);
    Value::Unsigned(match random.u8(0..5) {
        0 => most,
        1 => 0,
        2 => most / 2 + 1,
        3 => random.u128(0..=most),
        _ => random.u128(0..=100.min(most)),
    })
}

/// 128 bits are 16 bytes in MessagePack.
fn wide(value: Value, codec: Codec) -> Value {
    match (codec, value) {
        (Codec::MessagePack, Value::Unsigned(value)) => Value::Bytes(value.to_be_bytes().to_vec()),
        (Codec::MessagePack, Value::Negative(value)) => Value::Bytes(value.to_be_bytes().to_vec()),
        (_, value) => value,
    }
}

/// A float of 32 bits, which may be sent as one of 64 bits or as an integer.
fn float(value: f64, codec: Codec, random: &mut Rng) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "the value came from 32 bits")]
    match random.u8(0..4) {
        0 | 1 if codec == Codec::MessagePack => Value::F32(value as f32),
        2 if codec == Codec::MessagePack => Value::F32(f32::INFINITY),
        3 => Value::Unsigned(16),
        _ => Value::F64(value),
    }
}

fn double(value: f64, codec: Codec, random: &mut Rng) -> Value {
    match random.u8(0..8) {
        0 if codec == Codec::MessagePack => Value::F64(f64::NEG_INFINITY),
        1 if codec == Codec::MessagePack => Value::F32(0.5),
        2 => Value::Unsigned(u64::MAX.into()),
        3 => Value::Negative(i64::MIN.into()),
        _ => Value::F64(value),
    }
}

fn time(names: [&str; 2], secs: u64, nanos: u32, random: &mut Rng) -> Value {
    // Beyond the last second nothing can be carried over.
    let nanos = if secs >= u64::MAX / 2 {
        nanos.min(999_999_999)
    } else {
        nanos
    };
    let numbers = [u128::from(secs), u128::from(nanos)];
    let mut entries: Vec<_> = names
        .into_iter()
        .zip(numbers)
        .map(|(name, number)| (Value::Text(name.to_owned()), Value::Unsigned(number)))
        .collect();
    random.shuffle(&mut entries);
    Value::Map(entries)
}

fn samples(format: Format) -> &'static [&'static str] {
    match format {
        Format::Uuid => &[
            "67e55044-10b1-426f-9247-bb680e5fe0c8",
            "00000000-0000-0000-0000-000000000000",
        ],
        Format::IpAddress => &["127.0.0.1", "::1", "2001:db8::8:800:200c:417a"],
        Format::Ipv4Address => &["0.0.0.0", "255.255.255.255"],
        Format::Ipv6Address => &["::", "::ffff:192.0.2.128", "fe80::1"],
        Format::SocketAddress => &["127.0.0.1:80", "[::1]:65535"],
        Format::Timestamp => &[
            "2024-02-29T23:59:59.5Z",
            "1970-01-01T00:00:00+00:00",
            "2024-12-31T00:00:00.123456789-11:30",
        ],
        Format::DateTime => &[
            "2024-02-29T23:59:59.5",
            "1970-01-01T00:00:00",
            "0001-01-01T12:34:56.000000001",
        ],
        Format::Date => &["2024-02-29", "1970-01-01", "9999-12-31"],
        Format::Time => &["23:59:59.999999999", "00:00:00", "12:30:00.5"],
        Format::Decimal => &[
            "0",
            "-12.50",
            "79228162514264337593543950335",
            "0.0000000000000000000000000001",
        ],
        Format::Url => &[
            "https://example.com/",
            "https://user@example.com:8080/a%20b?q=1#f",
            "mailto:ada@example.com",
        ],
        Format::Path => &["", "/var/lib", "relative/日本.txt"],
    }
}
