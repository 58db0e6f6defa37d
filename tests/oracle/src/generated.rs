//! Types at random: Rust source of structs, enums and generic types with every legal combination of serde's attributes.
//!
//! Most of them are tame: made so that a document must describe them. The wild ones combine what may not be combined; a
//! document may refuse them with a code, and if it does not, its description must be right.

mod enums;
mod fields;
mod structs;

use std::fmt::Write;

use fastrand::Rng;

/// What the generator knows of a type, or of a use of one.
#[derive(Clone, Default)]
struct Type {
    /// How it is written.
    text: String,
    /// It holds 128-bit integers or maps whose keys are no text: serde cannot hold it back.
    wide: bool,
    /// It implements `Default`.
    has_default: bool,
    /// It is an `Option` of something.
    is_option: bool,
    /// It holds an untagged enum, in which one variant may be read as another.
    ambiguous: bool,
    /// Structs are flattened into it, or into something in it.
    flattens: bool,
    /// An option is flattened into it, or into something in it.
    lenient: bool,
    /// It has fields that are read under names other than those they are written under.
    one_way: bool,
    /// It combines what may not be combined, or holds something that does.
    wild: bool,
}

impl Type {
    /// What holds for a part holds for the whole.
    fn hold(&mut self, part: &Type) {
        self.wide |= part.wide;
        self.ambiguous |= part.ambiguous;
        self.flattens |= part.flattens;
        self.lenient |= part.lenient;
        self.wild |= part.wild;
    }

    /// Nothing is known of it.
    fn be_wild(&mut self) {
        self.wild = true;
        self.ambiguous = true;
        self.flattens = true;
        self.lenient = true;
    }

    /// The entries of a part stand among those of the whole.
    fn hold_flattened(&mut self, part: &Type) {
        self.hold(part);
        self.flattens = true;
        self.one_way |= part.one_way;
    }
}

/// What a named type can be used for, beyond being a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Anything,
    /// A struct with named fields and nothing flattened: it can be flattened anywhere, and be the data of any variant.
    Struct,
    /// An enum tagged externally or adjacently, all of whose variants are tagged: it can be flattened.
    Enum,
    /// An enum without data: a key.
    Key,
}

/// Writes types; the same for the same seed.
pub struct Generator {
    random: Rng,
    /// Names are numbered through, so that none ever meets another.
    names: u32,
    known: Vec<(Type, Use)>,
    /// Generic types of one parameter, by their names without it.
    generic: Vec<Type>,
    source: String,
    cases: Vec<Type>,
}

impl Generator {
    /// A generator of types that follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Generator {
            random: Rng::with_seed(seed),
            names: 0,
            known: Vec::new(),
            generic: Vec::new(),
            source: String::new(),
            cases: Vec::new(),
        }
    }

    /// The source of a module of `count` types that use one another, with a function `cases` that gives a case of each.
    pub fn module(mut self, count: usize) -> String {
        self.source.push_str(
            "#![allow(dead_code, unused, nonstandard_style, clippy::all)]\n\
             use std::collections::{BTreeMap, BTreeSet, HashMap};\n\
             use callsheet::contract_type;\n\
             use callsheet_oracle::Case;\n\n",
        );
        while self.cases.len() < count {
            match self.random.u8(0..20) {
                0..9 => self.named_struct(),
                9 | 10 => self.tuple_struct(),
                11 => self.transparent(),
                12 => self.generic_type(),
                13 => self.converted(),
                _ => self.one_of(),
            }
        }
        self.source.push_str("pub fn cases() -> Vec<Case> {\n    vec![\n");
        for case in &self.cases {
            let text = &case.text;
            let _ = write!(self.source, "        Case::of::<{text}>(\"{text}\")");
            for (holds, method) in [
                (case.ambiguous, "ambiguous"),
                (case.flattens, "flattens"),
                (case.lenient, "lenient"),
                (case.wild, "wild"),
            ] {
                if holds {
                    let _ = write!(self.source, ".{method}()");
                }
            }
            self.source.push_str(",\n");
        }
        self.source.push_str("    ]\n}\n");
        self.source
    }

    /// A name that nothing else has.
    fn name(&mut self, words: &[&str]) -> String {
        self.names += 1;
        format!("{}{}", words[self.random.usize(0..words.len())], self.names)
    }

    fn type_name(&mut self) -> String {
        self.name(&["Order", "User", "Page", "Event", "Frame", "Config", "HTTPCall", "X"])
    }

    /// Once in `times`.
    fn once_in(&mut self, times: u8) -> bool {
        self.random.u8(0..times) == 0
    }

    fn pick<'a>(&mut self, among: &[&'a str]) -> &'a str {
        among[self.random.usize(0..among.len())]
    }

    /// Adds a named type and its case.
    fn define(&mut self, item: &str, defined: Type, usable: Use) {
        self.source.push_str(item);
        self.source.push('\n');
        self.cases.push(defined.clone());
        // What is wild stays alone, so that most types are tame.
        if !defined.wild {
            self.known.push((defined, usable));
        }
    }

    /// A known type that can be used so; not of the wide ones where a value is `held_back`.
    fn known(&mut self, usable: Use, held_back: bool) -> Option<Type> {
        let fitting: Vec<_> = self
            .known
            .iter()
            .filter(|(known, is)| (usable == Use::Anything || *is == usable) && !(held_back && known.wide))
            .collect();
        (!fitting.is_empty()).then(|| fitting[self.random.usize(0..fitting.len())].0.clone())
    }

    /// Any type; one that serde can hold back where a value is `held_back`.
    fn any(&mut self, depth: u8, held_back: bool) -> Type {
        if depth > 0 && self.random.bool() {
            return self.composed(depth - 1, held_back);
        }
        if self.once_in(3)
            && let Some(known) = self.known(Use::Anything, held_back)
        {
            return known;
        }
        let wide = !held_back && self.once_in(10);
        let text = if wide {
            self.pick(&["i128", "u128"])
        } else {
            self.pick(&[
                "bool",
                "i8",
                "i16",
                "i32",
                "i64",
                "u8",
                "u16",
                "u32",
                "u64",
                "usize",
                "f32",
                "f64",
                "char",
                "String",
                "()",
                "String",
                "u32",
                "std::time::Duration",
            ])
        };
        Type {
            text: text.to_owned(),
            wide,
            has_default: true,
            ..Type::default()
        }
    }

    /// A type made of others.
    fn composed(&mut self, depth: u8, held_back: bool) -> Type {
        let inner = self.any(depth, held_back);
        let mut whole = Type {
            has_default: true,
            ..Type::default()
        };
        whole.hold(&inner);
        let text = inner.text;
        whole.text = match self.random.u8(0..12) {
            // An option of an option, or of what is null, loses a level in every format.
            0..3 if !inner.is_option && text != "()" && !self.may_be_null(&text) => {
                whole.is_option = true;
                format!("Option<{text}>")
            }
            0..5 => format!("Vec<{text}>"),
            5 => format!("BTreeMap<String, {text}>"),
            6 => {
                let keys: &[&str] = if held_back {
                    &["String", "char"]
                } else {
                    &["u8", "i64", "bool", "u128", "i32"]
                };
                whole.wide |= !held_back;
                format!("HashMap<{}, {text}>", self.pick(keys))
            }
            7 => match self.known(Use::Key, held_back) {
                Some(key) => format!("BTreeMap<{}, {text}>", key.text),
                None => format!("Vec<{text}>"),
            },
            8 => {
                whole.has_default = inner.has_default;
                format!("[{text}; {}]", self.random.u8(1..4))
            }
            9 => {
                let other = self.any(0, held_back);
                whole.hold(&other);
                whole.has_default = inner.has_default && other.has_default;
                format!("({text}, {})", other.text)
            }
            10 if !self.generic.is_empty() => {
                let generic = self.generic[self.random.usize(0..self.generic.len())].clone();
                if held_back && generic.wide {
                    format!("Vec<{text}>")
                } else {
                    whole.hold(&generic);
                    whole.has_default = false;
                    format!("{}<{text}>", generic.text)
                }
            }
            _ => {
                whole.has_default = inner.has_default;
                whole.is_option = inner.is_option;
                format!("Box<{text}>")
            }
        };
        whole
    }

    /// Whether null may be a value of it: of unit structs, newtypes of options, untagged enums.
    fn may_be_null(&self, text: &str) -> bool {
        self.known
            .iter()
            .any(|(known, usable)| known.text == text && *usable == Use::Anything)
            || text.contains('<')
    }
}

#[cfg(test)]
mod tests {
    use super::Generator;

    #[test]
    fn a_seed_says_it_all() {
        let source = Generator::new(7).module(25);
        assert_eq!(source, Generator::new(7).module(25));
        assert_ne!(source, Generator::new(8).module(25));
        assert!(source.matches("Case::of").count() >= 25);
    }
}
