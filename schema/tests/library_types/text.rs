use std::{
    borrow::Cow,
    ffi::{CStr, CString},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    path::{Path, PathBuf},
};

use serde_json::json;

use crate::expect::{called, definition, names, refused, written, written_apart};

#[test]
fn text() {
    called::<char>("char");
    written(&char::MAX, "\"\u{10ffff}\"");
    called::<String>("string");
    written(&"\0\"é".to_owned(), r#""\u0000\"é""#);
    names::<str>("string");
    called::<Box<str>>("string");
    written(&Box::<str>::from("text"), r#""text""#);
    called::<Cow<'static, str>>("string");
    written(&Cow::Borrowed("text"), r#""text""#);
}

#[test]
fn paths() {
    called::<PathBuf>("path");
    written(&PathBuf::from("/etc/../hosts"), r#""/etc/../hosts""#);
    names::<Path>("path");
    called::<Box<Path>>("path");
    written(&Box::<Path>::from(Path::new("")), r#""""#);
}

#[test]
fn addresses() {
    called::<IpAddr>("ip_address");
    written(&IpAddr::from([127, 0, 0, 1]), r#""127.0.0.1""#);
    written(&IpAddr::from(Ipv6Addr::LOCALHOST), r#""::1""#);
    called::<Ipv4Addr>("ipv4_address");
    written(&Ipv4Addr::BROADCAST, r#""255.255.255.255""#);
    refused::<Ipv4Addr>(r#""::1""#);
    called::<Ipv6Addr>("ipv6_address");
    written(&Ipv6Addr::UNSPECIFIED, r#""::""#);
    written(&Ipv4Addr::LOCALHOST.to_ipv6_mapped(), r#""::ffff:127.0.0.1""#);
    called::<SocketAddr>("socket_address");
    written(&SocketAddr::from(([127, 0, 0, 1], 80)), r#""127.0.0.1:80""#);
    written(&SocketAddr::from((Ipv6Addr::LOCALHOST, 65535)), r#""[::1]:65535""#);
}

#[test]
fn socket_addresses_of_one_family_refuse_the_other() {
    let expected = json!({"shape": {"newtype": {"text": "socket_address"}}, "checked": true});
    called::<SocketAddrV4>("SocketAddrV4");
    assert_eq!(definition::<SocketAddrV4>(), expected);
    written(&SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0), r#""127.0.0.1:0""#);
    refused::<SocketAddrV4>(r#""[::1]:80""#);
    called::<SocketAddrV6>("SocketAddrV6");
    assert_eq!(definition::<SocketAddrV6>(), expected);
    written(&SocketAddrV6::new(Ipv6Addr::LOCALHOST, 80, 0, 3), r#""[::1%3]:80""#);
    refused::<SocketAddrV6>(r#""127.0.0.1:80""#);
}

#[test]
fn strings_of_c_are_bytes_without_zero() {
    called::<CString>("CString");
    assert_eq!(
        definition::<CString>(),
        json!({"shape": {"newtype": "bytes"}, "checked": true})
    );
    written_apart(&c"a\xff".to_owned(), "[97,255]", b"\xc4\x02a\xff");
    refused::<CString>("[97,0]");
    names::<CStr>("CString");
    called::<Box<CStr>>("CString");
    written_apart(&Box::<CStr>::from(c"a"), "[97]", b"\xc4\x01a");
}
