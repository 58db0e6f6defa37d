//! URLs.

use url::Url;

use crate::{Format, TypeRef, describe::implement::built_in};

built_in! { Url => "url", TypeRef::Text(Format::Url); }
