//! Truth values, numbers and spans of time.

use std::{
    cmp::Reverse,
    marker::PhantomData,
    num::{NonZero, Saturating, Wrapping},
    sync::atomic::{
        AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16, AtomicU32, AtomicU64,
        AtomicUsize,
    },
    time::{Duration, SystemTime},
};

use crate::{
    Describe, TypeRef, Types,
    describe::implement::{built_in, transparent},
};

built_in! {
    () => "unit", TypeRef::Unit;
    bool => "bool", TypeRef::Bool;
    AtomicBool => "bool", TypeRef::Bool;
    f32 => "f32", TypeRef::F32;
    f64 => "f64", TypeRef::F64;
    Duration => "duration", TypeRef::Duration;
    SystemTime => "system_time", TypeRef::SystemTime;
}

/// Each integer, what is never zero of it, and the one that threads share, if it has one.
macro_rules! integers {
    ($($integer:ident $($atomic:ident)? => $name:literal, $reference:ident;)*) => {
        built_in! {$(
            $integer => $name, TypeRef::$reference;
            $($atomic => $name, TypeRef::$reference;)?
            NonZero<$integer> => concat!("nonzero<", $name, ">"), TypeRef::NonZero(Box::new(TypeRef::$reference));
        )*}
    };
}

integers! {
    i8 AtomicI8 => "i8", I8;
    i16 AtomicI16 => "i16", I16;
    i32 AtomicI32 => "i32", I32;
    i64 AtomicI64 => "i64", I64;
    i128 => "i128", I128;
    u8 AtomicU8 => "u8", U8;
    u16 AtomicU16 => "u16", U16;
    u32 AtomicU32 => "u32", U32;
    u64 AtomicU64 => "u64", U64;
    u128 => "u128", U128;
    // serde writes both as 64 bits on every platform.
    isize AtomicIsize => "i64", I64;
    usize AtomicUsize => "u64", U64;
}

transparent! {
    [T: Describe] Wrapping<T> => T;
    // It reads integers out of its range too, as the nearest one within it.
    [T: Describe] Saturating<T> => T;
    [T: Describe] Reverse<T> => T, |value| value.0.summary();
}

impl<T: ?Sized + 'static> Describe for PhantomData<T> {
    const NAME: &'static str = <()>::NAME;

    fn describe(_: &mut Types) -> TypeRef {
        TypeRef::Unit
    }
}
