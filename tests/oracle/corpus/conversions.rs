//! `from`, `into`, `try_from`.

use callsheet::contract_type;
use callsheet_oracle::types;

#[contract_type]
#[serde(from = "String", into = "String")]
#[derive(Clone)]
struct ThroughText(Vec<char>);

impl From<String> for ThroughText {
    fn from(text: String) -> Self {
        ThroughText(text.chars().collect())
    }
}

impl From<ThroughText> for String {
    fn from(value: ThroughText) -> Self {
        value.0.into_iter().collect()
    }
}

#[contract_type]
#[serde(from = "u32")]
struct OnlyFrom {
    doubled: u64,
}

impl From<u32> for OnlyFrom {
    fn from(value: u32) -> Self {
        OnlyFrom {
            doubled: u64::from(value) * 2,
        }
    }
}

#[contract_type]
#[serde(into = "Wire")]
#[derive(Clone)]
struct OnlyInto {
    a: u8,
}

#[contract_type]
struct Wire {
    text: String,
    numbers: Vec<u8>,
}

impl From<OnlyInto> for Wire {
    fn from(value: OnlyInto) -> Self {
        Wire {
            text: value.a.to_string(),
            numbers: vec![value.a],
        }
    }
}

#[contract_type]
#[serde(try_from = "u8", into = "u8")]
#[derive(Clone)]
struct Percent(u8);

impl TryFrom<u8> for Percent {
    type Error = String;

    fn try_from(value: u8) -> Result<Self, String> {
        if value <= 100 {
            Ok(Percent(value))
        } else {
            Err(format!("{value} is more than everything"))
        }
    }
}

impl From<Percent> for u8 {
    fn from(value: Percent) -> Self {
        value.0
    }
}

#[contract_type]
#[serde(from = "(i32, i32)", into = "Point")]
#[derive(Clone)]
struct FromPairIntoStruct(i32, i32);

impl From<(i32, i32)> for FromPairIntoStruct {
    fn from((x, y): (i32, i32)) -> Self {
        FromPairIntoStruct(x, y)
    }
}

#[contract_type]
struct Point {
    x: i32,
    y: i32,
}

impl From<FromPairIntoStruct> for Point {
    fn from(FromPairIntoStruct(x, y): FromPairIntoStruct) -> Self {
        Point { x, y }
    }
}

#[contract_type]
#[serde(from = "Option<u8>", into = "Option<u8>")]
#[derive(Clone)]
struct ThroughOption(u8);

impl From<Option<u8>> for ThroughOption {
    fn from(value: Option<u8>) -> Self {
        ThroughOption(value.unwrap_or_default())
    }
}

impl From<ThroughOption> for Option<u8> {
    fn from(value: ThroughOption) -> Self {
        Some(value.0)
    }
}

#[contract_type]
#[serde(from = "String", into = "String")]
#[derive(Clone)]
enum EnumThroughText {
    Yes,
    No(String),
}

impl From<String> for EnumThroughText {
    fn from(text: String) -> Self {
        if text == "yes" {
            EnumThroughText::Yes
        } else {
            EnumThroughText::No(text)
        }
    }
}

impl From<EnumThroughText> for String {
    fn from(value: EnumThroughText) -> Self {
        match value {
            EnumThroughText::Yes => "yes".to_owned(),
            EnumThroughText::No(text) => text,
        }
    }
}

#[contract_type]
struct Holder {
    text: ThroughText,
    percent: Vec<Percent>,
    /// May it be left out, as its wire type could?
    option: ThroughOption,
    point: FromPairIntoStruct,
    from: Option<OnlyFrom>,
    into: OnlyInto,
}

#[contract_type]
struct FlattenedConversion {
    own: u8,
    #[serde(flatten)]
    point: ThroughStruct,
}

#[contract_type]
#[serde(from = "Inner", into = "Inner")]
#[derive(Clone)]
struct ThroughStruct(u8);

#[contract_type]
struct Inner {
    inner: u8,
}

impl From<Inner> for ThroughStruct {
    fn from(value: Inner) -> Self {
        ThroughStruct(value.inner)
    }
}

impl From<ThroughStruct> for Inner {
    fn from(value: ThroughStruct) -> Self {
        Inner { inner: value.0 }
    }
}

#[test]
fn conversions() {
    crate::assert_described(types![
        ThroughText,
        OnlyFrom,
        OnlyInto,
        Percent,
        FromPairIntoStruct,
        ThroughOption,
        EnumThroughText,
        Holder,
        FlattenedConversion,
    ]);
}
