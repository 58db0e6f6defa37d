//! The standard library's types, described as serde writes them.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
    hash::{BuildHasher, Hash},
    time::{Duration, SystemTime},
};

use crate::{Describe, Joined, NameParts, TypeRef, Types};

macro_rules! built_in {
    ($($rust:ty => $reference:ident $name:literal),* $(,)?) => {$(
        impl Describe for $rust {
            const NAME: &'static str = $name;

            fn describe(_: &mut Types) -> TypeRef {
                TypeRef::$reference
            }
        }
    )*};
}

built_in! {
    () => Unit "unit",
    bool => Bool "bool",
    i8 => I8 "i8",
    i16 => I16 "i16",
    i32 => I32 "i32",
    i64 => I64 "i64",
    i128 => I128 "i128",
    u8 => U8 "u8",
    u16 => U16 "u16",
    u32 => U32 "u32",
    u64 => U64 "u64",
    u128 => U128 "u128",
    // serde writes both as 64 bits on every platform.
    isize => I64 "i64",
    usize => U64 "u64",
    f32 => F32 "f32",
    f64 => F64 "f64",
    char => Char "char",
    String => String "string",
    Duration => Duration "duration",
    SystemTime => SystemTime "system_time",
}

#[cfg(feature = "serde_bytes")]
built_in! { serde_bytes::ByteBuf => Bytes "bytes" }

/// The name of a generic type: its own, and those of its arguments.
macro_rules! named {
    ($rust:ty, <$($parameter:ident $(: $bound:path)?),*>, $name:literal, $first:ident $(, $further:ident)*) => {
        impl<$($parameter $(: $bound)?),*> NameParts for $rust {
            const PARTS: &'static [&'static str] = &[$name, "<", $first::NAME, $(", ", $further::NAME,)* ">"];
        }
    };
}

named!(Option<T>, <T: Describe>, "option", T);
named!(Vec<T>, <T: Describe>, "list", T);

impl<T: Describe> Describe for Option<T> {
    const NAME: &'static str = Joined::<Self>::NAME;
    const OPTIONAL: bool = true;

    fn describe(types: &mut Types) -> TypeRef {
        TypeRef::Option(Box::new(T::describe(types)))
    }
}

impl<T: Describe> Describe for Box<T> {
    const NAME: &'static str = T::NAME;
    const OPTIONAL: bool = T::OPTIONAL;

    fn describe(types: &mut Types) -> TypeRef {
        T::describe(types)
    }
}

impl<T: Describe> Describe for Vec<T> {
    const NAME: &'static str = "list";

    fn describe(types: &mut Types) -> TypeRef {
        TypeRef::List(Box::new(T::describe(types)))
    }
}

impl<T: Describe> Describe for VecDeque<T> {
    const NAME: &'static str = "list";

    fn describe(types: &mut Types) -> TypeRef {
        TypeRef::List(Box::new(T::describe(types)))
    }
}

impl<T: Describe + Ord> Describe for BTreeSet<T> {
    const NAME: &'static str = "set";

    fn describe(types: &mut Types) -> TypeRef {
        TypeRef::Set(Box::new(T::describe(types)))
    }
}

impl<T, S> Describe for HashSet<T, S>
where
    T: Describe + Eq + Hash,
    S: BuildHasher + Default + Send + 'static,
{
    const NAME: &'static str = "set";

    fn describe(types: &mut Types) -> TypeRef {
        TypeRef::Set(Box::new(T::describe(types)))
    }
}

impl<K: Describe + Ord, V: Describe> Describe for BTreeMap<K, V> {
    const NAME: &'static str = "map";

    fn describe(types: &mut Types) -> TypeRef {
        TypeRef::Map(Box::new(K::describe(types)), Box::new(V::describe(types)))
    }
}

impl<K, V, S> Describe for HashMap<K, V, S>
where
    K: Describe + Eq + Hash,
    V: Describe,
    S: BuildHasher + Default + Send + 'static,
{
    const NAME: &'static str = "map";

    fn describe(types: &mut Types) -> TypeRef {
        TypeRef::Map(Box::new(K::describe(types)), Box::new(V::describe(types)))
    }
}

impl<T: Describe, const N: usize> Describe for [T; N]
{
    const NAME: &'static str = "array";

    fn describe(types: &mut Types) -> TypeRef {
        TypeRef::Array(Box::new(T::describe(types)), N)
    }
}

macro_rules! tuple {
    ($($item:ident),*) => {
        impl<$($item: Describe),*> Describe for ($($item,)*) {
            const NAME: &'static str = "tuple";

            fn describe(types: &mut Types) -> TypeRef {
                TypeRef::Tuple(vec![$($item::describe(types)),*])
            }
        }
    };
}

tuple!(A);
tuple!(A, B);
tuple!(A, B, C);
tuple!(A, B, C, D);
tuple!(A, B, C, D, E);
tuple!(A, B, C, D, E, F);
tuple!(A, B, C, D, E, F, G);
tuple!(A, B, C, D, E, F, G, H);
