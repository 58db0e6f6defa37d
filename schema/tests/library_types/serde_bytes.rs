use std::borrow::Cow;

use serde_bytes::{ByteArray, ByteBuf, Bytes};
use serde_json::json;

use crate::expect::{called, definition, names, refused, written_apart};

#[test]
fn bytes() {
    called::<ByteBuf>("bytes");
    written_apart(&ByteBuf::from(b"\xff\0"), "[255,0]", b"\xc4\x02\xff\0");
    written_apart(&ByteBuf::new(), "[]", b"\xc4\0");
    names::<Bytes>("bytes");
    called::<Cow<'static, Bytes>>("bytes");
    written_apart(&Cow::Borrowed(Bytes::new(b"\xff\0")), "[255,0]", b"\xc4\x02\xff\0");
}

#[test]
fn arrays_refuse_other_lengths() {
    called::<ByteArray<2>>("serde_bytes.ByteArray<2>");
    assert_eq!(
        definition::<ByteArray<2>>(),
        json!({"shape": {"newtype": "bytes"}, "checked": true})
    );
    written_apart(&ByteArray::new(*b"\xff\0"), "[255,0]", b"\xc4\x02\xff\0");
    refused::<ByteArray<2>>("[255]");
    refused::<ByteArray<2>>("[255,0,1]");
}
