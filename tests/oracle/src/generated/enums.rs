//! Enums of all taggings.

use super::{
    Generator, Type, Use,
    fields::{Around, CASES},
    structs::serde,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tagging {
    External,
    Internal,
    Adjacent,
    Untagged,
}

/// The enum around variants.
#[derive(Clone, Copy)]
struct OneOf<'a> {
    name: &'a str,
    tagging: Tagging,
    /// serde holds its data back.
    held_back: bool,
    /// Its variants may combine what may not be combined.
    wild: bool,
    denies_unknown: bool,
    /// Whether serde's derive lets variants have several places.
    may_be_tuples: bool,
}

impl Generator {
    pub(super) fn one_of(&mut self) {
        if self.once_in(6) {
            return self.key();
        }
        let name = self.type_name();
        let tagging = [
            Tagging::External,
            Tagging::External,
            Tagging::Internal,
            Tagging::Adjacent,
            Tagging::Untagged,
        ][self.random.usize(0..5)];
        let mut attributes = Vec::new();
        match tagging {
            Tagging::External => {}
            Tagging::Internal => attributes.push(format!("tag = {:?}", self.odd_name())),
            Tagging::Adjacent => {
                let (tag, content) = (self.odd_name(), self.odd_name());
                attributes.push(format!("tag = {tag:?}, content = {content:?}"));
            }
            Tagging::Untagged => attributes.push("untagged".to_owned()),
        }
        if self.once_in(3) {
            attributes.push(format!("rename_all = {:?}", self.pick(&CASES)));
        }
        if self.once_in(4) {
            attributes.push(format!("rename_all_fields = {:?}", self.pick(&CASES)));
        }
        let deny = self.once_in(5);
        if deny {
            attributes.push("deny_unknown_fields".to_owned());
        }
        let has_untagged = tagging != Tagging::Untagged && self.once_in(6);
        let mut defined = Type {
            text: name.clone(),
            ambiguous: tagging == Tagging::Untagged || has_untagged,
            ..Type::default()
        };
        let wild = self.once_in(6);
        if wild {
            defined.be_wild();
        }
        let held_back = !wild && (tagging != Tagging::External || has_untagged);
        let mut variants = String::new();
        let whole = OneOf {
            name: &name,
            tagging,
            held_back,
            wild,
            denies_unknown: deny,
            may_be_tuples: tagging != Tagging::Internal,
        };
        for _ in 0..self.random.u8(1..5) {
            self.variant(&mut variants, &mut defined, whole);
        }
        if has_untagged {
            variants.push_str("#[serde(untagged)] ");
            let tagging = Tagging::Untagged;
            self.variant(&mut variants, &mut defined, OneOf { tagging, ..whole });
        } else if matches!(tagging, Tagging::Internal | Tagging::Adjacent | Tagging::External) && self.once_in(6) {
            let other = self.variant_name();
            variants.push_str(&format!("#[serde(other)] {other}, "));
        }
        let attributes = serde(&attributes);
        let item = format!("#[contract_type] {attributes}enum {name} {{ {variants}}}");
        let can_be_flattened = matches!(tagging, Tagging::External | Tagging::Adjacent) && !has_untagged;
        self.define(&item, defined, if can_be_flattened { Use::Enum } else { Use::Anything });
    }

    /// An enum without data.
    fn key(&mut self) {
        let name = self.type_name();
        let variants: Vec<_> = (0..self.random.u8(1..5)).map(|_| self.variant_name()).collect();
        let attributes = if self.random.bool() {
            format!("#[serde(rename_all = {:?})] ", self.pick(&CASES))
        } else {
            String::new()
        };
        let item = format!(
            "#[contract_type] #[derive(PartialEq, Eq, PartialOrd, Ord, Default)] {attributes}enum {name} {{ #[default] {} }}",
            variants.join(", ")
        );
        let defined = Type {
            text: name,
            has_default: true,
            ..Type::default()
        };
        self.define(&item, defined, Use::Key);
    }

    fn variant_name(&mut self) -> String {
        self.name(&["Created", "NotFound", "HTTPError", "V", "Part_", "Two2Words"])
    }

    fn variant(&mut self, variants: &mut String, whole: &mut Type, of: OneOf<'_>) {
        let OneOf { tagging, held_back, .. } = of;
        let name = self.variant_name();
        let mut attributes = Vec::new();
        if tagging != Tagging::Untagged {
            if self.once_in(5) {
                attributes.push(match self.random.u8(0..4) {
                    0 => format!("rename(serialize = {:?})", self.odd_name()),
                    1 => format!("rename(deserialize = {:?})", self.odd_name()),
                    _ => format!("rename = {:?}", self.odd_name()),
                });
            }
            if self.once_in(6) {
                attributes.push(format!("alias = {:?}", self.odd_name()));
            }
            if self.once_in(14) {
                attributes.push(
                    self.pick(&["skip_serializing", "skip_deserializing", "skip"])
                        .to_owned(),
                );
            }
        }
        variants.push_str(&serde(&attributes));
        let data = match (self.random.u8(0..6), tagging) {
            (0, _) => String::new(),
            (1 | 2, Tagging::Internal) => match self.known(Use::Struct, true) {
                Some(data) => {
                    whole.hold(&data);
                    format!("({})", data.text)
                }
                None => String::new(),
            },
            (1 | 2, _) => {
                let data = match self.random.u8(0..8) {
                    // Recursion that ends, if only at an empty list.
                    0 => Type {
                        text: format!("Vec<{}>", of.name),
                        ..Type::default()
                    },
                    _ => self.any(2, held_back),
                };
                whole.hold(&data);
                format!("({})", data.text)
            }
            (3, _) if of.may_be_tuples => {
                let places: Vec<_> = (0..self.random.u8(2..4)).map(|_| self.any(1, held_back)).collect();
                places.iter().for_each(|place| whole.hold(place));
                let list: Vec<_> = places.iter().map(|place| place.text.as_str()).collect();
                format!("({})", list.join(", "))
            }
            (4, Tagging::Internal) if of.wild => {
                let data = self.any(2, false);
                whole.hold(&data);
                format!("({})", data.text)
            }
            _ => {
                let around = Around {
                    held_back,
                    may_flatten: !of.denies_unknown,
                    itself: None,
                    one_way: self.random.bool(),
                    wild: of.wild,
                    with_defaults: false,
                };
                let count = self.random.u8(0..4);
                let fields = self.named_fields(count, around);
                whole.hold(&fields.hold);
                format!(" {{ {}}}", fields.text)
            }
        };
        variants.push_str(&format!("{name}{data}, "));
    }
}
