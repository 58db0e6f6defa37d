//! What serde accepts although no description says so. Each has its reason; nothing else is let pass.
//!
//! None of it is for anyone to use: a description says what may be sent, and this is what happens to be read as well.

use std::collections::BTreeSet;

use callsheet_schema::{
    Document, Shape, Tagging, TypeRef,
    conform::{Codec, Misfit, Value},
};

/// A kind of value that does not fit and is accepted.
pub struct Lenience {
    /// Why it is accepted.
    pub reason: &'static str,
    explains: fn(&Situation<'_>) -> bool,
}

/// A value that does not fit and was accepted.
struct Situation<'s> {
    facts: &'s Facts,
    message: &'s str,
    value: &'s Value,
    codec: Codec,
}

impl Situation<'_> {
    /// What does not fit is `found` where one of `expected` should be.
    fn is(&self, expected: &[&str], found: &str) -> bool {
        let parts = self
            .message
            .strip_prefix("expected ")
            .and_then(|rest| rest.rsplit_once(", found "));
        parts.is_some_and(|(wanted, what)| what == found && expected.iter().any(|start| wanted.starts_with(start)))
    }
}

/// All there are.
pub static ALL: [Lenience; 12] = [
    Lenience {
        reason: "a variant without data may be written as one whose data are null",
        explains: |s| {
            s.facts.external
                && (s.message.ends_with("has no data and is a string")
                    || s.message.starts_with("no entry names a variant"))
        },
    },
    Lenience {
        reason: "serde reads the tag of an adjacently tagged enum as an enum, which may be a map to null",
        explains: |s| s.facts.adjacent && s.is(&["the name of a variant"], "object"),
    },
    Lenience {
        reason: "the content of an adjacently tagged variant may be left out if null is read as a value",
        explains: |s| {
            let missing = s
                .message
                .strip_prefix("missing field `")
                .and_then(|rest| rest.strip_suffix('`'));
            missing.is_some_and(|name| s.facts.contents.contains(name))
        },
    },
    Lenience {
        reason: "rmp-serde reads every integer where 128 bits are asked for",
        explains: |s| {
            let wide = ["i128", "u128", "nonzero<i128", "nonzero<u128"];
            s.codec == Codec::MessagePack && s.is(&wide, "integer")
        },
    },
    Lenience {
        reason: "bytes are a list of integers",
        explains: |s| s.codec == Codec::MessagePack && s.is(&["array"], "bytes"),
    },
    Lenience {
        reason: "a list of integers is bytes, in MessagePack as in JSON",
        explains: |s| s.codec == Codec::MessagePack && s.is(&["bytes"], "array"),
    },
    Lenience {
        reason: "serde's buffer reads bytes that are UTF-8 as text",
        explains: |s| s.facts.buffers && s.is(&["string", "char"], "bytes"),
    },
    Lenience {
        reason: "serde's buffer reads a list as a struct, field by field, and as a tag with its data",
        explains: |s| s.facts.buffers && s.is(&["object", "string or object", "duration", "system_time"], "array"),
    },
    Lenience {
        reason: "serde's buffer reads an integer as the index of a variant, and bytes as its name",
        explains: |s| {
            let tag = ["the name of a variant"];
            s.facts.buffers && (s.is(&tag, "integer") || s.is(&tag, "bytes"))
        },
    },
    Lenience {
        reason: "the types of other crates read more spellings than they write",
        explains: |s| {
            let forms = ["uuid", "timestamp", "date_time", "date", "time", "decimal", "url"];
            s.is(&forms, "string")
                || s.is(&["uuid"], "bytes")
                || s.is(&["decimal"], "integer")
                || s.is(&["decimal"], "float")
        },
    },
    Lenience {
        reason: "serde's buffer reads an empty map and an empty list as null",
        explains: |s| s.facts.buffers && (s.is(&["null", "unit"], "object") || s.is(&["null", "unit"], "array")),
    },
    Lenience {
        reason: "a flattened option is None where its value cannot be read, whatever was wrong with it",
        explains: |s| s.facts.flattened_option,
    },
];

/// Untagged enums say nothing of what was wrong with each variant, so all of these may have been it.
pub static UNTAGGED: Lenience = Lenience {
    reason: "one of the others, inside an untagged enum",
    explains: |s| {
        let unknown = s.message.starts_with("fits no variant") || s.facts.untagged_variants;
        s.facts.untagged
            && unknown
            && holds(s.value, &|value| match value {
                Value::Bytes(_) | Value::List(_) => true,
                Value::Map(entries) => {
                    let is_unit = entries.len() == 1 && matches!(entries[0].1, Value::Null | Value::Map(_));
                    let tells = |key: &Value| matches!(key, Value::Text(key) if s.facts.tags.contains(key));
                    is_unit
                        || entries
                            .iter()
                            .any(|(key, value)| tells(key) && matches!(value, Value::Unsigned(_)))
                }
                _ => false,
            })
    },
};

/// Whether `value` or a value in it is such a one.
fn holds(value: &Value, is: &dyn Fn(&Value) -> bool) -> bool {
    is(value)
        || match value {
            Value::List(items) => items.iter().any(|item| holds(item, is)),
            Value::Map(entries) => entries.iter().any(|(_, value)| holds(value, is)),
            _ => false,
        }
}

/// What is in a document.
#[derive(Default)]
pub(crate) struct Facts {
    /// serde keeps values in a buffer before it knows their type: what is flattened, and enums that are tagged in any way
    /// but externally.
    buffers: bool,
    untagged: bool,
    /// Where only some variants are untagged, what is said of a value is what is wrong with it as one of the others.
    untagged_variants: bool,
    external: bool,
    adjacent: bool,
    flattened_option: bool,
    contents: BTreeSet<String>,
    tags: BTreeSet<String>,
}

impl Facts {
    /// `buffers` if serde buffers something that the document does not show: where structs are flattened.
    pub(crate) fn of(document: &Document, buffers: bool) -> Self {
        let mut facts = Facts {
            buffers,
            ..Facts::default()
        };
        for definition in document.types.values() {
            match &definition.shape {
                Shape::Struct { fields, .. } => facts.flattened(fields),
                Shape::Enum { tagging, variants, .. } => {
                    for variant in variants {
                        if let callsheet_schema::VariantShape::Struct(fields) = &variant.shape {
                            facts.flattened(fields);
                        }
                    }
                    facts.untagged_variants |= variants.iter().any(|variant| variant.untagged);
                    let untagged = *tagging == Tagging::Untagged || facts.untagged_variants;
                    facts.buffers |= *tagging != Tagging::External || untagged;
                    facts.untagged |= untagged;
                    facts.external |= *tagging == Tagging::External;
                    if let Tagging::Internal { tag } | Tagging::Adjacent { tag, .. } = tagging {
                        facts.tags.insert(tag.clone());
                    }
                    if let Tagging::Adjacent { content, .. } = tagging {
                        facts.adjacent = true;
                        facts.contents.insert(content.clone());
                    }
                }
                Shape::Newtype(_) | Shape::Tuple(_) | Shape::Unit => {}
            }
        }
        facts
    }

    pub(crate) fn has_flattened_option(&self) -> bool {
        self.flattened_option
    }

    fn flattened(&mut self, fields: &[callsheet_schema::Field]) {
        for field in fields.iter().filter(|field| field.flattened) {
            self.buffers = true;
            self.flattened_option |= matches!(field.type_ref, TypeRef::Option(_));
        }
    }

    /// Why `value` is accepted, although `misfit` says that it does not fit.
    pub(crate) fn explain(&self, misfit: &Misfit, value: &Value, codec: Codec) -> Option<&'static str> {
        let situation = Situation {
            facts: self,
            message: misfit.message(),
            value,
            codec,
        };
        let mut all = ALL.iter().chain([&UNTAGGED]);
        let lenience = all.find(|lenience| (lenience.explains)(&situation))?;
        Some(lenience.reason)
    }
}
