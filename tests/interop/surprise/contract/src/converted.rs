//! Types that are read or written as other types: what a client sends is often not what it receives.

use std::{num::NonZeroU64, time::Duration};

use callsheet::contract_type;
use chrono::NaiveDate;

/// What is kept for a service: some of it goes one way only.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Whose they are.
    pub name: Box<str>,
    /// Is taken, and never told.
    #[serde(skip_serializing)]
    pub secret: String,
    /// Is told, and never taken.
    #[serde(skip_deserializing)]
    pub fingerprint: u64,
    /// Which revision it is, or is expected to be.
    #[serde(rename(serialize = "revision", deserialize = "expectedRevision"))]
    pub revision: Option<NonZeroU64>,
    /// Is 3 if it is left out.
    #[serde(default = "three")]
    pub attempts: u8,
    /// Below which it is too cold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Temperature>,
}

fn three() -> u8 {
    3
}

/// Degrees: sent as a number, received in words for each country.
#[contract_type]
#[derive(Clone, Copy, Debug, PartialEq)]
#[serde(from = "f64", into = "Reading")]
pub struct Temperature {
    celsius: f64,
}

/// Degrees in words for each country.
#[contract_type]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Most countries'.
    pub celsius: f64,
    /// Of few countries.
    pub fahrenheit: f64,
}

impl From<f64> for Temperature {
    fn from(celsius: f64) -> Self {
        Temperature { celsius }
    }
}

impl From<Temperature> for Reading {
    fn from(Temperature { celsius }: Temperature) -> Self {
        Reading {
            celsius,
            fahrenheit: celsius * 1.8 + 32.0,
        }
    }
}

/// How comfortable it should be: an enum whose variants hold what differs by direction.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Comfort {
    /// As it comes.
    Any,
    /// So warm.
    Warm(Temperature),
    /// Between two.
    Within {
        /// The lower one.
        low: Temperature,
        /// The higher one.
        high: Option<Temperature>,
    },
}

/// Words: sent as one text, received as a list.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Keywords {
    /// With commas between them where they are sent.
    #[serde(deserialize_with = "divided")]
    #[contract(accepts = "String")]
    pub words: Vec<String>,
}

fn divided<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let text: String = serde::Deserialize::deserialize(deserializer)?;
    Ok(text.split(',').map(str::to_owned).collect())
}

/// Its variants are called otherwise in each direction.
#[contract_type]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all(serialize = "UPPERCASE", deserialize = "lowercase"))]
pub enum Speed {
    /// Not fast.
    Slow,
    /// Not slow.
    #[serde(alias = "quick")]
    Fast,
}

/// Of another crate, which knows nothing of contracts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    /// Red, green and blue.
    pub rgb: [u8; 3],
}

/// How the other crate's type is written.
#[contract_type(name = "Colour")]
#[derive(Debug)]
#[serde(remote = "Colour")]
pub struct ColourDefinition {
    /// Red, green and blue.
    pub rgb: [u8; 3],
}

/// How something is made.
#[contract_type]
#[derive(Clone, Debug, PartialEq)]
pub struct Cooking {
    /// How long, in whole minutes.
    #[serde(with = "minutes")]
    #[contract(as = "u32")]
    pub time: Duration,
    /// Until it looks like this.
    #[serde(with = "ColourDefinition")]
    #[contract(as = "ColourDefinition")]
    pub colour: Colour,
}

/// Spans of time, as whole minutes.
mod minutes {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, ser::Error};

    pub(super) fn serialize<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        let minutes = u32::try_from(time.as_secs() / 60).map_err(S::Error::custom)?;
        serializer.serialize_u32(minutes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u32::deserialize(deserializer).map(|minutes| Duration::from_secs(60 * u64::from(minutes)))
    }
}

/// An address of electronic mail: a text, but not every one.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl TryFrom<String> for Email {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.split_once('@') {
            Some((_, host)) if !host.is_empty() => Ok(Email(text)),
            _ => Err("an address has a host behind its @".to_owned()),
        }
    }
}

impl From<Email> for String {
    fn from(Email(text): Email) -> Self {
        text
    }
}

/// Some days: the first is not after the last, and how many they are is told, too.
#[contract_type]
#[derive(Clone, Debug, PartialEq, Eq)]
#[serde(try_from = "Days")]
pub struct Period {
    /// The first.
    pub first: NaiveDate,
    /// The last.
    pub last: NaiveDate,
    /// How many.
    pub days: i64,
}

/// How a period is sent.
#[contract_type]
#[derive(Debug)]
#[serde(deny_unknown_fields)]
struct Days {
    /// The first.
    first: NaiveDate,
    /// The last.
    last: NaiveDate,
}

impl TryFrom<Days> for Period {
    type Error = &'static str;

    fn try_from(Days { first, last }: Days) -> Result<Self, &'static str> {
        let days = (last - first).num_days() + 1;
        if days < 1 {
            return Err("the first day is after the last");
        }
        Ok(Period { first, last, days })
    }
}
