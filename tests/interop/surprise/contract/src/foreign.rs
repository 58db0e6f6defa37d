//! Types of the standard library and of other crates.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
    ffi::CString,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    num::{NonZeroI8, NonZeroI64, NonZeroU8, NonZeroU16, NonZeroU64, NonZeroU128, Wrapping},
    ops::{Bound, Range, RangeFrom, RangeInclusive},
    path::PathBuf,
    sync::Arc,
};

use bytes::Bytes;
use callsheet::contract_type;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};
use indexmap::{IndexMap, IndexSet};
use rust_decimal::Decimal;
use serde_bytes::ByteBuf;
use url::Url;
use uuid::Uuid;

/// Dates and times.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// In no zone but UTC.
    pub at: DateTime<Utc>,
    /// In a zone.
    pub abroad: DateTime<FixedOffset>,
    /// In whatever zone.
    pub local: NaiveDateTime,
    /// A day.
    pub day: NaiveDate,
    /// A time of day.
    pub time: NaiveTime,
    /// A day of the week.
    pub weekday: Weekday,
    /// A signed span.
    pub span: TimeDelta,
    /// In the form of another crate.
    pub other: time::OffsetDateTime,
    /// Maybe none.
    pub perhaps: Vec<Option<DateTime<Utc>>>,
}

/// Addresses of all kinds.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Locations {
    /// Of either version.
    pub ips: Vec<IpAddr>,
    /// Of one version.
    pub v4: Ipv4Addr,
    /// Of the other version.
    pub v6: Ipv6Addr,
    /// With a port.
    pub sockets: Vec<SocketAddr>,
    /// With a port, of one version.
    pub socket_v4: SocketAddrV4,
    /// With a port, of the other version.
    pub socket_v6: SocketAddrV6,
    /// Of the file system.
    pub path: PathBuf,
    /// Of the web.
    pub site: Url,
    /// Of anything.
    pub id: Uuid,
}

/// Numbers that are never zero, and ranges.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// From 1.
    pub small: NonZeroU8,
    /// Of 64 bits.
    pub large: NonZeroI64,
    /// Of 128 bits.
    pub largest: NonZeroU128,
    /// None, not zero.
    pub perhaps: Option<NonZeroU64>,
    /// Several.
    pub list: Vec<NonZeroI8>,
    /// Begins anew behind its end.
    pub wrapping: Wrapping<u8>,
    /// Without its end.
    pub range: Range<u64>,
    /// With its end.
    pub inclusive: RangeInclusive<NonZeroI8>,
    /// Of days.
    pub days: Option<Range<NaiveDate>>,
    /// Without end.
    pub from: RangeFrom<Decimal>,
    /// Ends of all kinds.
    pub bounds: Vec<Bound<u64>>,
    /// So exact.
    pub decimals: Vec<Decimal>,
}

/// Maps by all kinds of keys, and sets of all kinds of items.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Keys {
    /// By a text of a known form.
    pub by_id: BTreeMap<Uuid, u8>,
    /// By another.
    pub by_ip: HashMap<IpAddr, Arc<str>>,
    /// By another.
    pub by_day: BTreeMap<NaiveDate, Decimal>,
    /// By a number that is never zero.
    pub by_number: BTreeMap<NonZeroU16, bool>,
    /// By a large one.
    pub by_large_number: BTreeMap<NonZeroU64, bool>,
    /// By a character.
    pub by_char: BTreeMap<char, char>,
    /// In the order in which it was made.
    pub in_order: IndexMap<String, NonZeroU8>,
    /// Distinct.
    pub ids: BTreeSet<Uuid>,
    /// Distinct, in the order in which it was made.
    pub set_in_order: IndexSet<i64>,
}

/// Other kinds of texts, lists and bytes.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Storage {
    /// Shared.
    pub shared: Arc<str>,
    /// Borrowed, where it can be.
    pub borrowed: Cow<'static, str>,
    /// Boxed.
    pub boxed: Box<str>,
    /// Shared items.
    pub items: Arc<[Box<u64>]>,
    /// Bytes.
    pub buffer: ByteBuf,
    /// Bytes.
    pub bytes: Bytes,
    /// Bytes without zero.
    pub c_string: CString,
    /// Bytes in containers.
    pub chunks: BTreeMap<String, Option<Bytes>>,
}
