//! Maps and sets that keep their order.
//!
//! Both are written in their order. As everywhere, a set's order means nothing to who reads it.

use indexmap::{IndexMap, IndexSet};

use crate::{
    Describe,
    describe::implement::{containers, name_parts},
};

containers! {
    [K: Describe, V: Describe, S: 'static] IndexMap<K, V, S> => "map", Map(K, V);
    [T: Describe, S: 'static] IndexSet<T, S> => "set", Set(T);
}
