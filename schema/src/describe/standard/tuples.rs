//! Tuples of up to sixteen items, as many as serde knows.

use crate::{Describe, Joined, NameParts, TypeRef, Types};

macro_rules! tuples {
    ($(($first:ident $($item:ident)*))*) => {$(
        impl<$first: Describe, $($item: Describe),*> NameParts for ($first, $($item,)*) {
            const PARTS: &'static [&'static str] = &["tuple<", $first::NAME, $(", ", $item::NAME,)* ">"];
        }

        impl<$first: Describe, $($item: Describe),*> Describe for ($first, $($item,)*) {
            const NAME: &'static str = Joined::<Self>::NAME;

            fn describe(types: &mut Types) -> TypeRef {
                TypeRef::Tuple(vec![$first::describe(types), $($item::describe(types)),*])
            }
        }
    )*};
}

tuples! {
    (A)
    (A B)
    (A B C)
    (A B C D)
    (A B C D E)
    (A B C D E F)
    (A B C D E F G)
    (A B C D E F G H)
    (A B C D E F G H I)
    (A B C D E F G H I J)
    (A B C D E F G H I J K)
    (A B C D E F G H I J K L)
    (A B C D E F G H I J K L M)
    (A B C D E F G H I J K L M N)
    (A B C D E F G H I J K L M N O)
    (A B C D E F G H I J K L M N O P)
}
