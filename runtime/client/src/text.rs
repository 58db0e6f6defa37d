//! Text of known forms: what is none of the form is refused where it is made or read, not by the server.

use std::{fmt, ops::Deref, str::FromStr};

use callsheet_schema::Format;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The text has not the form that it should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormError(Format);

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected text of the form {}", self.0.name())
    }
}

impl std::error::Error for FormError {}

macro_rules! forms {
    ($($(#[doc = $doc:literal])* $name:ident)*) => {$(
        $(#[doc = $doc])*
        ///
        /// It is made with [`parse`](str::parse), and dereferences to its text.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl FromStr for $name {
            type Err = FormError;

            fn from_str(text: &str) -> Result<Self, FormError> {
                Self::try_from(text.to_owned())
            }
        }

        impl TryFrom<String> for $name {
            type Error = FormError;

            fn try_from(text: String) -> Result<Self, FormError> {
                if Format::$name.fits(&text) {
                    Ok($name(text))
                } else {
                    Err(FormError(Format::$name))
                }
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::try_from(String::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }
    )*};
}

forms! {
    /// A UUID: 32 hexadecimal digits in five groups.
    Uuid
    /// A date, a time of day and an offset from UTC: `2024-02-29T23:59:59.5Z` (RFC 3339).
    Timestamp
    /// A date and a time of day: `2024-02-29T23:59:59.5`.
    DateTime
    /// A date: `2024-02-29`.
    Date
    /// A time of day: `23:59:59.5`.
    Time
    /// A decimal number: `-12.50`.
    Decimal
    /// An absolute URL.
    Url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_not_the_form_is_refused_where_it_is_made_and_where_it_is_read() {
        let day: Date = "2024-02-29".parse().expect("a leap day");
        assert_eq!((&*day, day.to_string().len()), ("2024-02-29", 10));
        let refused = "2023-02-29".parse::<Date>().expect_err("no leap day");
        assert_eq!(refused.to_string(), "expected text of the form date");
        assert_eq!(serde_json::to_string(&day).expect("text"), "\"2024-02-29\"");
        assert_eq!(serde_json::from_str::<Date>("\"2024-02-29\"").expect("a date"), day);
        assert!(serde_json::from_str::<Uuid>("\"2024-02-29\"").is_err());
    }
}
