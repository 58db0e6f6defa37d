//! Strings of bytes; `Vec<u8>` and `[u8; N]` are lists of integers.

use serde_bytes::{ByteArray, ByteBuf, Bytes};

use crate::{
    Describe, Joined, NameParts, Shape, TypeRef, Types,
    describe::{
        implement::{built_in, checked},
        length::Length,
    },
};

built_in! {
    Bytes => "bytes", TypeRef::Bytes;
    ByteBuf => "bytes", TypeRef::Bytes;
}

impl<const N: usize> NameParts for ByteArray<N> {
    const PARTS: &'static [&'static str] = &["serde_bytes.ByteArray<", Length::<N>::TEXT, ">"];
}

impl<const N: usize> Describe for ByteArray<N> {
    const NAME: &'static str = Joined::<Self>::NAME;

    fn describe(types: &mut Types) -> TypeRef {
        types.define::<Self>(Self::NAME, |_| {
            checked(&format!("{N} bytes."), Shape::Newtype(TypeRef::Bytes))
        })
    }
}
