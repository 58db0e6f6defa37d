//! What holds any number of values, a fixed number, or perhaps one.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};

use crate::{
    Describe, Joined, NameParts, TypeRef, Types,
    describe::{
        implement::{containers, name_parts},
        length::Length,
    },
};

containers! {
    [T: Describe] Vec<T> => "list", List(T);
    [T: Describe] [T] => "list", List(T);
    [T: Describe] VecDeque<T> => "list", List(T);
    [T: Describe] LinkedList<T> => "list", List(T);
    [T: Describe] BinaryHeap<T> => "list", List(T);
    [T: Describe] BTreeSet<T> => "set", Set(T);
    [T: Describe, S: 'static] HashSet<T, S> => "set", Set(T);
    [K: Describe, V: Describe] BTreeMap<K, V> => "map", Map(K, V);
    [K: Describe, V: Describe, S: 'static] HashMap<K, V, S> => "map", Map(K, V);
}

name_parts!([T: Describe] Option<T> => "option", T);

impl<T: Describe> Describe for Option<T> {
    const NAME: &'static str = Joined::<Self>::NAME;
    const OPTIONAL: bool = true;

    fn describe(types: &mut Types) -> TypeRef {
        TypeRef::Option(Box::new(T::describe(types)))
    }
}

impl<T: Describe, const N: usize> NameParts for [T; N] {
    const PARTS: &'static [&'static str] = &["array<", T::NAME, ", ", Length::<N>::TEXT, ">"];
}

// serde knows arrays of up to 32 items; longer ones are described too, but cannot cross the wire.
impl<T: Describe, const N: usize> Describe for [T; N] {
    const NAME: &'static str = Joined::<Self>::NAME;

    fn describe(types: &mut Types) -> TypeRef {
        TypeRef::Array(Box::new(T::describe(types)), N)
    }
}
