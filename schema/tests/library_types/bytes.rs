use bytes::{Bytes, BytesMut};

use crate::expect::{called, written_apart};

#[test]
fn bytes() {
    called::<Bytes>("bytes");
    written_apart(&Bytes::from_static(b"\xff\0"), "[255,0]", b"\xc4\x02\xff\0");
    written_apart(&Bytes::new(), "[]", b"\xc4\0");
    called::<BytesMut>("bytes");
    written_apart(&BytesMut::from(&b"\xff\0"[..]), "[255,0]", b"\xc4\x02\xff\0");
}
