//! Decimal numbers.

use rust_decimal::Decimal;

use crate::{Format, TypeRef, describe::implement::built_in};

// Text is what the crate writes unless a program turns on its feature `serde-float`; the description is then false.
built_in! { Decimal => "decimal", TypeRef::Text(Format::Decimal); }
