//! The types of other crates, behind the features that are named after them.

use std::collections::BTreeMap;

use callsheet::contract_type;
use callsheet_oracle::types;
use indexmap::{IndexMap, IndexSet};
use uuid::Uuid;

#[test]
fn text() {
    crate::assert_described(types![
        Uuid,
        url::Url,
        rust_decimal::Decimal,
        BTreeMap<Uuid, u8>,
    ]);
}

#[test]
fn chrono() {
    crate::assert_described(types![
        chrono::DateTime<chrono::Utc>,
        chrono::DateTime<chrono::FixedOffset>,
        chrono::NaiveDateTime,
        chrono::NaiveDate,
        chrono::NaiveTime,
        chrono::Weekday,
        chrono::Month,
        Vec<Option<chrono::DateTime<chrono::Utc>>>,
    ]);
}

#[test]
fn bytes() {
    crate::assert_described(types![bytes::Bytes, bytes::BytesMut, serde_bytes::ByteBuf,]);
}

#[test]
fn indexmap() {
    crate::assert_described(types![IndexMap<String, u8>, IndexMap<u16, bool>, IndexSet<String>]);
}

#[contract_type]
struct Record {
    id: Uuid,
    data: bytes::Bytes,
    site: Option<url::Url>,
    seen: Vec<chrono::DateTime<chrono::Utc>>,
    day: Option<chrono::NaiveDate>,
    prices: IndexMap<String, rust_decimal::Decimal>,
}

/// A UUID reads 16 bytes as well as text, and bytes read text.
#[contract_type]
#[serde(untagged)]
enum Buffered {
    Data(bytes::Bytes),
    Id(Uuid),
    Seen { at: chrono::DateTime<chrono::Utc> },
}

#[test]
fn within() {
    crate::assert_described(types![Record, Buffered => refused("CS0218")]);
}
