//! The part of JSON Schema 2020-12 that is written, in the order in which people read it.

use serde::{Serialize, Serializer, ser::SerializeMap};

/// A schema.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Schema {
    /// `false`: nothing fits.
    Never(Never),
    Object(Box<Keywords>),
}

/// Always written as `false`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Never;

impl Serialize for Never {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(false)
    }
}

impl From<Keywords> for Schema {
    fn from(keywords: Keywords) -> Self {
        Schema::Object(Box::new(keywords))
    }
}

impl Schema {
    pub(super) fn never() -> Self {
        Schema::Never(Never)
    }

    /// Everything fits.
    pub(super) fn always() -> Self {
        Keywords::default().into()
    }

    /// The schema with more keywords; as it is where nothing fits anyway.
    pub(super) fn with(mut self, change: impl FnOnce(&mut Keywords)) -> Self {
        if let Schema::Object(keywords) = &mut self {
            change(keywords);
        }
        self
    }
}

/// Schemas by name, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Named(pub(super) Vec<(String, Schema)>);

impl Serialize for Named {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, schema) in &self.0 {
            map.serialize_entry(name, schema)?;
        }
        map.end()
    }
}

impl Named {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The types of JSON that a value may have.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Types {
    One(&'static str),
    Any(&'static [&'static str]),
}

/// The only value that fits.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Constant {
    Text(String),
    Number(i128),
}

/// A bound of a number, exact however wide it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Bound {
    Signed(i128),
    Unsigned(u128),
    Float(f64),
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Keywords {
    #[serde(rename = "$comment", skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) deprecated: bool,
    #[serde(rename = "$ref", skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) types: Option<Types>,
    #[serde(rename = "const", skip_serializing_if = "Option::is_none")]
    pub(super) constant: Option<Constant>,
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub(super) one_of_these: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pattern: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) minimum: Option<Bound>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maximum: Option<Bound>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exclusive_minimum: Option<Bound>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exclusive_maximum: Option<Bound>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) prefix_items: Vec<Schema>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) items: Option<Schema>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min_items: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_items: Option<usize>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) unique_items: bool,
    #[serde(skip_serializing_if = "Named::is_empty")]
    pub(super) properties: Named,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) required: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min_properties: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_properties: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) property_names: Option<Schema>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) additional_properties: Option<Schema>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) all_of: Vec<Schema>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) any_of: Vec<Schema>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) one_of: Vec<Schema>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not: Option<Schema>,
    /// After all that evaluates properties.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unevaluated_properties: Option<Schema>,
}

impl Keywords {
    pub(super) fn of_type(types: &'static str) -> Self {
        Keywords {
            types: Some(Types::One(types)),
            ..Keywords::default()
        }
    }

    /// Always this text.
    pub(super) fn text(text: &str) -> Self {
        Keywords {
            constant: Some(Constant::Text(text.to_owned())),
            ..Keywords::default()
        }
    }

    /// Always this number.
    pub(super) fn number(number: i128) -> Self {
        Keywords {
            constant: Some(Constant::Number(number)),
            ..Keywords::default()
        }
    }

    /// One of these texts.
    pub(super) fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let texts: Vec<&str> = texts.into_iter().collect();
        match texts.as_slice() {
            [only] => Keywords::text(only),
            texts => Keywords {
                one_of_these: texts.iter().map(|text| (*text).to_owned()).collect(),
                ..Keywords::default()
            },
        }
    }

    /// Objects with an entry of this name, and all others.
    pub(super) fn requires(name: &str) -> Self {
        Keywords {
            required: vec![name.to_owned()],
            ..Keywords::default()
        }
    }

    pub(super) fn any_of(schemas: Vec<Schema>) -> Self {
        Keywords {
            any_of: schemas,
            ..Keywords::default()
        }
    }

    pub(super) fn not(schema: impl Into<Schema>) -> Self {
        Keywords {
            not: Some(schema.into()),
            ..Keywords::default()
        }
    }

    /// The docs of a part, and whether it should no longer be used.
    pub(super) fn words(&mut self, docs: &str, deprecated: Option<&str>) {
        let reason = deprecated.filter(|reason| !reason.is_empty());
        let reason = reason.map(|reason| format!("Deprecated: {reason}"));
        let paragraphs: Vec<&str> = [docs]
            .into_iter()
            .filter(|docs| !docs.is_empty())
            .chain(reason.as_deref())
            .collect();
        if !paragraphs.is_empty() {
            self.description = Some(paragraphs.join("\n\n"));
        }
        self.deprecated = deprecated.is_some();
    }
}
