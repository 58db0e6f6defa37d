//! The functions that read and write the types of a package.

use crate::ir::{Api, Enum, Field, NamedType, Shape, TypeRef, Uses, Variant, VariantShape};

use super::{
    super::{names::literal, references::Types},
    decoders::decoder,
    encoders::encoder,
    models::{is_bare, unknown_type, variant_type},
    words,
};

/// What reads and writes a type. A type that goes one way has one of them.
pub(in super::super) struct Codec {
    /// The type.
    pub(in super::super) name: String,
    pub(in super::super) decoder: Option<Body>,
    pub(in super::super) encoder: Option<Body>,
}

/// The body of a function.
pub(in super::super) enum Body {
    /// Statements, then a result.
    Return(Block),
    /// One of several texts: the entries of the set or of the map that holds them, which stands beside the function.
    Choice(String),
    /// A result for each variant.
    Switch(Switch),
    /// The first of several functions that does not fail.
    FirstOf {
        /// The variants that a tag tells, in a function of their own that comes first.
        tagged: Option<Tagged>,
        alternatives: Vec<String>,
    },
}

/// Statements, then a result for each value of `on`.
pub(in super::super) struct Switch {
    pub(in super::super) setup: Vec<String>,
    pub(in super::super) on: String,
    pub(in super::super) cases: Vec<Case>,
    /// The expression for all other values.
    pub(in super::super) otherwise: String,
}

/// The case of a variant that the client does not know, when it is written.
pub(super) const UNKNOWN: &str = "UNKNOWN";

/// Those variants of an enum that a tag tells.
pub(in super::super) struct Tagged {
    /// The type of each.
    pub(in super::super) annotations: Vec<String>,
    pub(in super::super) switch: Switch,
}

impl Body {
    /// Whether an encoder with this body depends on the codec.
    pub(in super::super) fn uses_codec(&self) -> bool {
        matches!(self, Body::FirstOf { .. }) || words(&self.code()).contains("codec")
    }

    fn code(&self) -> String {
        match self {
            Body::Return(block) => block.code(),
            Body::Choice(_) => String::new(),
            Body::Switch(switch) => switch.code(),
            Body::FirstOf { tagged, alternatives } => {
                let tagged = tagged
                    .iter()
                    .map(|of| format!("{}\n{}", of.annotations.join("\n"), of.switch.code()));
                tagged.chain([alternatives.join("\n")]).collect()
            }
        }
    }
}

impl Switch {
    fn code(&self) -> String {
        let cases = self
            .cases
            .iter()
            .map(|case| format!("{} {}", case.label, case.block.code()));
        let rest = format!("{}\n{}\n{}\n", self.setup.join("\n"), self.on, self.otherwise);
        cases.chain([rest]).collect()
    }
}

/// Statements, then a result.
pub(in super::super) struct Block {
    pub(in super::super) setup: Vec<String>,
    pub(in super::super) result: String,
}

/// A case of a switch.
pub(in super::super) struct Case {
    /// The literal.
    pub(in super::super) label: String,
    pub(in super::super) block: Block,
}

/// The statement that makes the path of what the value holds.
pub(super) const AT_READ: &str = "const at = decode.inside(parent, key);";
pub(super) const AT_WRITTEN: &str = "const at = encode.inside(parent, key);";

/// The indentation of the `return` of a function, and of a case or an alternative in it.
pub(super) const IN_FUNCTION: usize = 2;
pub(super) const IN_BRANCH: usize = 6;

impl Block {
    fn code(&self) -> String {
        format!("{}\n{}\n", self.setup.join("\n"), self.result)
    }

    /// Whether the code speaks of what has this name.
    pub(super) fn mentions(&self, name: &str) -> bool {
        words(&self.code()).contains(name)
    }

    /// A result alone.
    pub(super) fn result(result: String) -> Self {
        Self {
            setup: Vec::new(),
            result,
        }
    }
}

/// The functions for a named type.
pub(super) fn codec(named: &NamedType, types: &Types<'_>) -> Codec {
    Codec {
        name: types.names[named.id.as_str()].clone(),
        decoder: named.uses.received.then(|| decoder(named, types)),
        encoder: named.uses.sent.then(|| encoder(named, types)),
    }
}

/// The names of the variants that a tag tells, as they are read, as a list.
pub(super) fn variant_names(of: &Enum) -> String {
    listed(of, |variant| literal(&variant.received_as))
}

/// The same names, as the types have them.
pub(super) fn variant_labels(of: &Enum, types: &Types<'_>) -> String {
    listed(of, |variant| types.label(variant))
}

fn listed(of: &Enum, name: impl Fn(&Variant) -> String) -> String {
    let tagged = of.variants.iter().filter(|variant| !is_bare(of, variant));
    let names: Vec<_> = tagged.map(name).collect();
    format!("[{}]", names.join(", "))
}

/// The fields of a bare variant that is meant only where it has no other entries.
pub(super) fn only_fields<'a>(of: &Enum, variant: &'a Variant, api: &'a Api) -> Option<&'a [Field]> {
    let fields = match &variant.shape {
        VariantShape::Struct(fields) if of.deny_unknown => fields,
        VariantShape::Newtype(inner) => match api.underlying(inner) {
            TypeRef::Named(id) => match &api.named(id).shape {
                Shape::Struct(of) if of.deny_unknown => &of.fields,
                _ => return None,
            },
            _ => return None,
        },
        _ => return None,
    };
    (!fields.iter().any(|field| field.flattened)).then_some(fields)
}

/// The function of an enum, made of one for the variants that a tag tells and one for each of the others.
pub(super) fn enum_body(
    of: &Enum,
    uses: Uses,
    types: &Types<'_>,
    switch: impl Fn(&[&Variant]) -> Switch,
    alternative: impl Fn(&Variant) -> String,
) -> Body {
    let (bare, tagged): (Vec<_>, Vec<_>) = of.variants.iter().partition(|variant| is_bare(of, variant));
    if bare.is_empty() {
        return Body::Switch(switch(&tagged));
    }
    let annotation = |variant: &&Variant| variant_type(of, variant, uses, types);
    Body::FirstOf {
        tagged: (!tagged.is_empty()).then(|| Tagged {
            annotations: tagged.iter().map(annotation).chain(unknown_type(of)).collect(),
            switch: switch(&tagged),
        }),
        alternatives: bare.into_iter().map(alternative).collect(),
    }
}
