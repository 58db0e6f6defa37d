//! Enums that are read as generated code reads them, where what is told by a name meets what is told by nothing.

use callsheet_client::{
    UnknownVariant,
    open::{self, Data, Open, Value, Variants},
};
use callsheet_wire::{Codec, Payload};
use serde::{Deserialize, Deserializer};

#[derive(Clone, Debug, PartialEq)]
enum Colour {
    Red,
    Unknown(UnknownVariant),
}

impl Variants for Colour {
    const NAME: &'static str = "Colour";
    const NAMES: &'static [&'static str] = &["red"];
    const ENTRIES: &'static [&'static str] = &[];

    fn known<'de, D: Data<'de>>(index: usize, data: D) -> Result<Self, D::Error> {
        match index {
            0 => data.unit().map(|()| Self::Red),
            _ => open::no_variant(),
        }
    }
}

impl Open for Colour {
    fn unknown(variant: UnknownVariant) -> Self {
        Self::Unknown(variant)
    }
}

impl<'de> Deserialize<'de> for Colour {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        open::external(deserializer)
    }
}

/// What is painted: one colour, several, or what a text says.
#[derive(Debug, PartialEq)]
enum Paint {
    Plain(Colour),
    Striped(Vec<Colour>),
    Named(String),
    Layers(Vec<Paint>),
    Wide(u128),
}

impl Variants for Paint {
    const NAME: &'static str = "Paint";
    const NAMES: &'static [&'static str] = &[];
    const ENTRIES: &'static [&'static str] = &[];

    fn known<'de, D: Data<'de>>(index: usize, data: D) -> Result<Self, D::Error> {
        match index {
            0 => data.value().map(Self::Plain),
            1 => data.value().map(Self::Striped),
            2 => data.value().map(Self::Named),
            3 => data.value().map(Self::Layers),
            4 => data.value().map(Self::Wide),
            _ => open::no_variant(),
        }
    }
}

impl<'de> Deserialize<'de> for Paint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        open::untagged(deserializer, 5)
    }
}

fn paint(json: &str) -> Result<Paint, String> {
    let payload = Payload::new(Codec::Json, json.as_bytes());
    payload.decode().map_err(|error| error.to_string())
}

fn unknown(name: &str) -> Colour {
    Colour::Unknown(UnknownVariant::named(name))
}

#[test]
fn an_alternative_without_anything_unknown_goes_before_one_that_keeps_something() {
    assert_eq!(paint(r#""red""#), Ok(Paint::Plain(Colour::Red)));
    assert_eq!(
        paint(r#""teal""#),
        Ok(Paint::Named("teal".into())),
        "any text is a name"
    );
    assert_eq!(paint(r#"["red"]"#), Ok(Paint::Striped(vec![Colour::Red])));
    let named = vec![Paint::Plain(Colour::Red), Paint::Named("teal".into())];
    assert_eq!(paint(r#"["red", "teal"]"#), Ok(Paint::Layers(named)));
}

#[test]
fn if_every_alternative_keeps_something_the_first_is_meant() {
    let spotted = || Colour::Unknown(UnknownVariant::named("spotted").with_data(3.into()));
    assert_eq!(paint(r#"{"spotted": 3}"#), Ok(Paint::Plain(spotted())));
    assert_eq!(paint(r#"[{"spotted": 3}]"#), Ok(Paint::Striped(vec![spotted()])));
    // What one value kept does not count against the next.
    let paints = Payload::new(Codec::Json, br#"[{"spotted": 3}, "teal"]"#);
    assert_eq!(
        paints.decode::<(Colour, Paint)>(),
        Ok((spotted(), Paint::Named("teal".into())))
    );
    assert_eq!(
        paint(r#"[["teal", {"spotted": 3}]]"#),
        Ok(Paint::Layers(vec![Paint::Striped(vec![unknown("teal"), spotted()])]))
    );
}

#[test]
fn what_fits_no_alternative_is_refused_without_repeating_it() {
    let fault = paint("-7").unwrap_err();
    assert_eq!(fault, "payload: the value fits no variant of Paint");
}

#[test]
fn integers_of_128_bits_are_read_from_what_messagepack_has_for_them() {
    let packed = [[0xc4, 16].as_slice(), &u128::MAX.to_be_bytes()].concat();
    let payload = Payload::new(Codec::MessagePack, &packed);
    assert_eq!(payload.decode(), Ok(Paint::Wide(u128::MAX)));
}

#[test]
fn values_are_equal_if_they_are_the_same_to_the_last_bit() {
    assert_eq!(Value::from(f64::NAN), Value::from(f64::NAN));
    assert_ne!(Value::from(0.0), Value::from(-0.0));
    assert_ne!(Value::from(1.0), Value::from(1));
    assert_eq!(Value::from(u128::MAX).read(), Ok(u128::MAX));
    let fault = Value::from("secret").read::<u8>().unwrap_err();
    assert_eq!(fault.to_string(), "expected u8, found string");
}

#[test]
fn values_nest_no_deeper_than_others() {
    let deep = format!(r#"{{"spotted": {}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    assert!(paint(&deep).is_err());
}
