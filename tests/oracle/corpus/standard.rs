//! The standard library's types.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque},
    ffi::CString,
    marker::PhantomData,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    num::{
        NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize, NonZeroU8, NonZeroU16, NonZeroU32,
        NonZeroU64, NonZeroU128, NonZeroUsize, Saturating, Wrapping,
    },
    ops::{Bound, Range, RangeFrom, RangeInclusive, RangeTo},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, RwLock,
        atomic::{AtomicBool, AtomicI64, AtomicU8},
    },
    time::{Duration, SystemTime},
};

use callsheet_oracle::types;

#[test]
fn scalars() {
    crate::assert_described(types![
        (),
        bool,
        i8,
        i16,
        i32,
        i64,
        i128,
        isize,
        u8,
        u16,
        u32,
        u64,
        u128,
        usize,
        f32,
        f64,
        char,
        String,
        Duration,
        SystemTime,
        CString,
    ]);
}

#[test]
fn nonzero() {
    crate::assert_described(types![
        NonZeroI8,
        NonZeroI16,
        NonZeroI32,
        NonZeroI64,
        NonZeroI128,
        NonZeroIsize,
        NonZeroU8,
        NonZeroU16,
        NonZeroU32,
        NonZeroU64,
        NonZeroU128,
        NonZeroUsize,
    ]);
}

#[test]
fn text() {
    crate::assert_described(types![
        IpAddr,
        Ipv4Addr,
        Ipv6Addr,
        SocketAddr,
        SocketAddrV4,
        SocketAddrV6,
        PathBuf,
        Box<Path>,
        Box<str>,
        Cow<'static, str>,
    ]);
}

#[test]
fn containers() {
    crate::assert_described(types![
        Option<u32>,
        Vec<i64>,
        VecDeque<String>,
        LinkedList<bool>,
        BinaryHeap<u8>,
        BTreeSet<u16>,
        HashSet<char>,
        [f32; 3],
        [String; 0],
        [Option<u8>; 32],
        (u8,),
        (bool, Option<char>, Vec<u8>),
        (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8),
        Option<Vec<Option<bool>>>,
        Vec<Vec<()>>,
        Box<[u64]>,
    ]);
}

#[test]
fn wrappers() {
    crate::assert_described(types![
        Box<i128>,
        Arc<String>,
        Cell<u8>,
        RefCell<u8>,
        Mutex<String>,
        RwLock<Vec<u8>>,
        Wrapping<u8>,
        // It takes the nearest integer where others refuse.
        Saturating<i8> => lenient(),
        Reverse<u64>,
        AtomicBool,
        AtomicI64,
        AtomicU8,
        PhantomData<u8>,
        Cow<'static, [u8]>,
    ]);
}

#[test]
fn ranges() {
    crate::assert_described(types![
        Range<i64>,
        RangeInclusive<u8>,
        RangeFrom<char>,
        RangeTo<f64>,
        Bound<u8>,
        Range<Option<u8>>,
    ]);
}

#[test]
fn maps() {
    crate::assert_described(types![
        BTreeMap<String, u8>,
        BTreeMap<i8, String>,
        BTreeMap<i16, String>,
        BTreeMap<i32, String>,
        BTreeMap<i64, String>,
        BTreeMap<u8, f64>,
        BTreeMap<u16, f64>,
        BTreeMap<u32, f64>,
        BTreeMap<u64, f64>,
        BTreeMap<usize, f64>,
        BTreeMap<i128, ()>,
        BTreeMap<u128, bool>,
        BTreeMap<bool, u8>,
        BTreeMap<char, i128>,
        BTreeMap<IpAddr, u8>,
        BTreeMap<PathBuf, u8>,
        BTreeMap<NonZeroU8, u8>,
        BTreeMap<Box<str>, u8>,
        HashMap<String, Vec<u8>>,
        HashMap<i32, BTreeMap<bool, f32>>,
        HashMap<String, HashMap<u8, Option<i64>>>,
    ]);
}
