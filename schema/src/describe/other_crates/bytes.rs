//! Strings of bytes that share their memory.

use bytes::{Bytes, BytesMut};

use crate::{TypeRef, describe::implement::built_in};

built_in! {
    Bytes => "bytes", TypeRef::Bytes;
    BytesMut => "bytes", TypeRef::Bytes;
}
