//! Reading an envelope in JSON.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::fields::{Form, Names, Scalar, Sorted, protocol_error};
use crate::{Failure, Payload};

/// Sorts the fields of one JSON object. What was read before an error stays in `fields`.
pub(crate) fn read<'a>(payload: &'a [u8], fields: &mut impl Sorted<'a>) -> Result<(), Failure> {
    let text =
        std::str::from_utf8(payload).map_err(|_| protocol_error("malformed JSON: text that is not valid UTF-8"))?;
    let mut json = serde_json::Deserializer::from_str(text);
    Envelope(fields)
        .deserialize(&mut json)
        .and_then(|()| json.end())
        .map_err(|error| protocol_error(format!("malformed JSON: {error}")))
}

struct Envelope<'f, S>(&'f mut S);

impl<'a, S: Sorted<'a>> DeserializeSeed<'a> for Envelope<'_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'a, S: Sorted<'a>> Visitor<'a> for Envelope<'_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(name)) = map.next_key()? {
            let Some((field, form)) = S::field(&name) else {
                map.next_value::<IgnoredAny>()?;
                self.0.put_unknown(name);
                continue;
            };
            match form {
                Form::Scalar => self.0.put_scalar(field, map.next_value()?),
                Form::Value => self
                    .0
                    .put_value(field, Payload::json(map.next_value::<&'a RawValue>()?.get())),
                Form::Names => self.0.put_names(field, map.next_value()?),
            }
        }
        Ok(())
    }
}

/// A string, borrowed unless it holds escapes.
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        match json.deserialize_any(ScalarVisitor)? {
            Scalar::Text(text) => Ok(Text(text)),
            other => Err(D::Error::custom(format!("expected string, found {}", other.kind()))),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Unsigned(number))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Other("negative integer"))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Other("float"))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Boolean(flag))
    }

    fn visit_unit<E: Error>(self) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Scalar<'de>, A::Error> {
        IgnoredAny.visit_seq(seq)?;
        Ok(Scalar::Other("array"))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Scalar<'de>, A::Error> {
        IgnoredAny.visit_map(map)?;
        Ok(Scalar::Other("object"))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Names<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(NamesVisitor)
    }
}

struct NamesVisitor;

impl<'de> Visitor<'de> for NamesVisitor {
    type Value = Names<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Names<'de>, A::Error> {
        let mut names = Names::List(Vec::new());
        while let Some(element) = seq.next_element()? {
            names.add(element);
        }
        Ok(names)
    }

    fn visit_unit<E: Error>(self) -> Result<Names<'de>, E> {
        Ok(Names::Null)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Names<'de>, E> {
        Ok(Names::Other("string"))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Names<'de>, E> {
        Ok(Names::Other("integer"))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Names<'de>, E> {
        Ok(Names::Other("integer"))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Names<'de>, E> {
        Ok(Names::Other("float"))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Names<'de>, E> {
        Ok(Names::Other("boolean"))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Names<'de>, A::Error> {
        IgnoredAny.visit_map(map)?;
        Ok(Names::Other("object"))
    }
}
