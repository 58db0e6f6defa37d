//! Forms of text: strings whose form the runtime checks.

use callsheet_schema::Format;

/// The name of the runtime's functions for any text.
pub(super) const ANY: &str = "string";

/// The name of the runtime's functions for texts of this form.
pub(super) fn function(format: Format) -> &'static str {
    match format {
        Format::Uuid => "uuid",
        Format::IpAddress => "ipAddress",
        Format::Ipv4Address => "ipv4Address",
        Format::Ipv6Address => "ipv6Address",
        Format::SocketAddress => "socketAddress",
        Format::Timestamp => "timestamp",
        Format::DateTime => "dateTime",
        Format::Date => "date",
        Format::Time => "time",
        Format::Decimal => "decimal",
        Format::Url => "url",
        // Any text names a path.
        Format::Path => ANY,
    }
}

/// What the form is, as a sentence of a comment.
pub(super) fn description(format: Format) -> String {
    let what = match format {
        Format::Uuid => "A UUID",
        Format::IpAddress => "An IPv4 or IPv6 address",
        Format::Ipv4Address => "An IPv4 address",
        Format::Ipv6Address => "An IPv6 address",
        Format::SocketAddress => "An IP address and a port",
        Format::Timestamp => "A point in time (RFC 3339)",
        Format::DateTime => "A date and a time of day",
        Format::Date => "A date",
        Format::Time => "A time of day",
        Format::Decimal => "A decimal number",
        Format::Url => "An absolute URL",
        Format::Path => "A path of the server's file system",
    };
    format!("{what}, such as `{}`.", sample(format))
}

/// A text of the form.
pub(super) fn sample(format: Format) -> &'static str {
    match format {
        Format::Uuid => "67e55044-10b1-426f-9247-bb680e5fe0c8",
        Format::IpAddress | Format::Ipv6Address => "2001:db8::1",
        Format::Ipv4Address => "192.0.2.1",
        Format::SocketAddress => "192.0.2.1:8080",
        Format::Timestamp => "2024-02-29T23:59:59.5Z",
        Format::DateTime => "2024-02-29T23:59:59.5",
        Format::Date => "2024-02-29",
        Format::Time => "23:59:59.5",
        Format::Decimal => "-12.50",
        Format::Url => "https://example.com/",
        Format::Path => "/srv/data",
    }
}
