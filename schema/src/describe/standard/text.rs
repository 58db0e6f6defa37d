//! Text, what is written as text, and the strings of C.

use std::{
    ffi::{CStr, CString},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    path::{Path, PathBuf},
};

use crate::{
    Definition, Format, Shape, TypeRef,
    describe::implement::{built_in, checked, defined, transparent},
};

built_in! {
    char => "char", TypeRef::Char;
    str => "string", TypeRef::String;
    String => "string", TypeRef::String;
    Path => "path", TypeRef::Text(Format::Path);
    PathBuf => "path", TypeRef::Text(Format::Path);
    IpAddr => "ip_address", TypeRef::Text(Format::IpAddress);
    Ipv4Addr => "ipv4_address", TypeRef::Text(Format::Ipv4Address);
    Ipv6Addr => "ipv6_address", TypeRef::Text(Format::Ipv6Address);
    SocketAddr => "socket_address", TypeRef::Text(Format::SocketAddress);
}

defined! {
    SocketAddrV4 => "SocketAddrV4", socket_address("An IPv4 address and a port.");
    SocketAddrV6 => "SocketAddrV6", socket_address("An IPv6 address and a port.");
    CString => "CString", checked("Bytes, none of which is zero.", Shape::Newtype(TypeRef::Bytes));
}

transparent! { [] CStr => CString; }

fn socket_address(docs: &str) -> Definition {
    checked(docs, Shape::Newtype(TypeRef::Text(Format::SocketAddress)))
}
