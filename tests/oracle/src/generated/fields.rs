//! Fields with names, and serde's attributes on them.

use super::{Generator, Type, Use};

pub(super) const CASES: [&str; 8] = [
    "lowercase",
    "UPPERCASE",
    "PascalCase",
    "camelCase",
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "SCREAMING-KEBAB-CASE",
];

/// What holds for fields and what stands around them.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    /// serde holds them back.
    pub(super) held_back: bool,
    /// Whether anything may be flattened among them.
    pub(super) may_flatten: bool,
    /// The type they are in, if it may recur.
    pub(super) itself: Option<&'a str>,
    /// Whether they may be read under other names than they are written under. A flattened map would take the written name
    /// for an entry of its own.
    pub(super) one_way: bool,
    /// Whether they may combine what may not be combined.
    pub(super) wild: bool,
    /// All of them have defaults, since their type has.
    pub(super) with_defaults: bool,
}

/// Fields as source, and what holds for them.
pub(super) struct Fields {
    pub(super) text: String,
    pub(super) hold: Type,
    pub(super) flatten_any: bool,
}

impl Generator {
    pub(super) fn field_name(&mut self) -> String {
        self.name(&["a", "line_item_", "is_ready", "html2_text_", "_x", "value_of_", "id"])
    }

    /// A name as nobody would write it in Rust.
    pub(super) fn odd_name(&mut self) -> String {
        self.name(&["with space ", "naïve.", "$", "日本", "a/b~", "@type", "UPPER-"])
    }

    pub(super) fn named_fields(&mut self, count: u8, around: Around<'_>) -> Fields {
        let mut fields = Fields {
            text: String::new(),
            hold: Type {
                one_way: around.one_way,
                ..Type::default()
            },
            flatten_any: false,
        };
        for _ in 0..count {
            self.field(&mut fields, around);
        }
        if around.may_flatten && around.wild && self.random.bool() {
            self.flattened_wildly(&mut fields, around);
        } else if around.may_flatten && self.once_in(4) {
            self.flattened(&mut fields, around);
        }
        if around.wild {
            fields.hold.be_wild();
        }
        fields
    }

    fn field(&mut self, fields: &mut Fields, around: Around<'_>) {
        let name = self.field_name();
        let mut field = self.any(2, around.held_back);
        if let (Some(itself), true) = (around.itself, self.once_in(8)) {
            let text = match self.random.u8(0..3) {
                0 => format!("Option<Box<{itself}>>"),
                1 => format!("Vec<{itself}>"),
                _ => format!("BTreeMap<String, {itself}>"),
            };
            field = Type {
                is_option: text.starts_with('O'),
                text,
                has_default: true,
                ..Type::default()
            };
        }
        while around.with_defaults && !field.has_default {
            field = self.any(1, around.held_back);
        }
        let mut attributes = Vec::new();
        if self.once_in(6) {
            attributes.push(match self.random.u8(0..if around.one_way { 4 } else { 1 }) {
                1 => format!("rename(serialize = {:?})", self.odd_name()),
                2 => format!("rename(deserialize = {:?})", self.odd_name()),
                _ => format!("rename = {:?}", self.odd_name()),
            });
        }
        while self.once_in(6) {
            attributes.push(format!("alias = {:?}", self.odd_name()));
        }
        if field.has_default && self.once_in(5) {
            let ways: &[&str] = if around.one_way {
                &["default", "skip", "skip_deserializing"]
            } else {
                &["default"]
            };
            attributes.push(self.pick(ways).to_owned());
        } else if self.once_in(16) {
            attributes.push("skip_serializing".to_owned());
        } else if field.text.starts_with("Option<") && self.random.bool() {
            attributes.push("skip_serializing_if = \"Option::is_none\"".to_owned());
        } else if field.text.starts_with("Vec<") && self.once_in(4) {
            attributes.push("skip_serializing_if = \"Vec::is_empty\"".to_owned());
        }
        fields.hold.hold(&field);
        fields.push(&attributes, &name, &field.text);
    }

    /// Structs and enums that take their entries away, then perhaps a map.
    fn flattened(&mut self, fields: &mut Fields, around: Around<'_>) {
        let mut used = Vec::new();
        for usable in [Use::Struct, Use::Struct, Use::Enum] {
            if self.random.bool() {
                continue;
            }
            let Some(part) = self.known(usable, true) else { continue };
            if used.contains(&part.text) || (around.with_defaults && !part.has_default) {
                continue;
            }
            used.push(part.text.clone());
            fields.hold.lenient |= self.flatten(fields, &part, &part.text);
        }
        if self.once_in(3) && !fields.hold.one_way {
            let value = self.any(1, true);
            self.flatten(fields, &value, &format!("BTreeMap<String, {}>", value.text));
        }
    }

    /// Whatever it may be, in any order: enums that leave entries to others, lists, maps before structs.
    pub(super) fn flattened_wildly(&mut self, fields: &mut Fields, around: Around<'_>) {
        for _ in 0..self.random.u8(1..4) {
            let part = match self.random.u8(0..4) {
                0 => self.any(1, false),
                1 => {
                    let value = self.any(1, false);
                    let key = self.pick(&["String", "u8", "char", "i64"]);
                    Type {
                        text: format!("BTreeMap<{key}, {}>", value.text),
                        has_default: true,
                        ..value
                    }
                }
                _ => match self.known(Use::Anything, false) {
                    Some(known) => known,
                    None => continue,
                },
            };
            if part.has_default || !around.with_defaults {
                self.flatten(fields, &part, &part.text);
            }
        }
    }

    /// Whether it is flattened as an option.
    fn flatten(&mut self, fields: &mut Fields, part: &Type, text: &str) -> bool {
        let name = self.field_name();
        fields.hold.hold_flattened(part);
        fields.flatten_any = true;
        let is_option = !text.contains('<') && self.once_in(4);
        let text = if is_option {
            format!("Option<{text}>")
        } else {
            text.to_owned()
        };
        fields.push(&["flatten".to_owned()], &name, &text);
        is_option
    }
}

impl Fields {
    fn push(&mut self, attributes: &[String], name: &str, text: &str) {
        if !attributes.is_empty() {
            self.text.push_str(&format!("#[serde({})] ", attributes.join(", ")));
        }
        self.text.push_str(&format!("{name}: {text}, "));
    }
}
