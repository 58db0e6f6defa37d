//! Variants that are told by names.

use super::{
    Ends, Enums, Findings,
    heads::{Form, Role, Tagged, heads_of_data},
    scalars,
    values::Readable,
};
use crate::{
    Tagging, TypeRef, Variant, VariantShape,
    compat::{Part, Rule, Step, definitions::variant_names},
};

/// What reads the variants of an enum.
struct Readers<'a> {
    /// Those of enums that tell their variants in the same way.
    tagged: Vec<Tagged<'a>>,
    /// Texts, which a variant without data is one of.
    texts: Vec<&'a TypeRef>,
}

impl<'a> Readers<'a> {
    fn of(written: Tagged<'a>, read: Readable<'_, 'a>) -> Self {
        let mut readers = Readers {
            tagged: Vec::new(),
            texts: Vec::new(),
        };
        for head in read.heads {
            match head.form {
                Form::Tagged(tagged) if tagged.tagging == written.tagging => readers.tagged.push(tagged),
                Form::Scalar(scalar) if *written.tagging == Tagging::External => readers.texts.push(scalar),
                _ => {}
            }
        }
        readers.texts.retain(|text| scalars::are_akin(&TypeRef::String, text));
        readers
    }

    fn variants(&self, is_meant: impl Fn(&Variant) -> bool) -> Vec<(Tagged<'a>, &'a Variant)> {
        let variants = self.tagged.iter();
        let variants = variants.flat_map(|tagged| tagged.variants().map(|variant| (*tagged, variant)));
        variants.filter(|(_, variant)| is_meant(variant)).collect()
    }
}

impl<'a> Ends<'a> {
    /// Every variant of an enum that a name tells is read.
    pub(super) fn tagged(
        &self,
        place: &[Step<'a>],
        (written, part): (Tagged<'a>, Part<'a>),
        read: Readable<'_, 'a>,
        role: Role,
        findings: &mut Findings<'a>,
    ) {
        let readers = Readers::of(written, read);
        if readers.tagged.is_empty() && readers.texts.is_empty() {
            let other = read.heads.iter().find_map(|head| match head.form {
                Form::Tagged(tagged) => Some(tagged),
                _ => None,
            });
            match other {
                Some(other) => {
                    let place = [Step::Type(self.callers(written.name, other.name))];
                    let parts = [written.tagging, other.tagging].map(Part::Tagging);
                    findings.flaw(Rule::Tagging, &place, parts[0], parts[1]);
                }
                None => findings.flaw(Rule::Kind, place, part, read.shown()),
            }
            return;
        }
        for variant in written.variants() {
            self.variant((written, variant), &readers, role, findings);
        }
    }

    fn variant(
        &self,
        (of, variant): (Tagged<'a>, &'a Variant),
        readers: &Readers<'a>,
        role: Role,
        findings: &mut Findings<'a>,
    ) {
        let direction = self.writer.direction;
        let callers = self.callers(of.name, readers.tagged.first().map_or(of.name, |of| of.name));
        let place = [Step::Type(callers), Step::Variant(variant.wire_name(direction))];
        let has_data = !matches!(variant.shape, VariantShape::Unit);
        let mut compared: Vec<&Variant> = Vec::new();
        for (at, name) in variant_names(variant, direction).into_iter().enumerate() {
            let mut reads = readers.variants(|read| variant_names(read, direction).contains(&name));
            if reads.is_empty() && !has_data && readers.texts.iter().any(|text| scalars::reads_text(text, name)) {
                continue;
            }
            // Whose entries are whose cannot be told where those of others stand beside them.
            let is_kept = self.enums == Enums::Open && role == Role::Value && !readers.tagged.is_empty();
            if reads.is_empty() && is_kept {
                continue;
            }
            // Of an externally tagged enum only a text tells an unknown variant.
            let has_unknown = *of.tagging != Tagging::External || !has_data && role == Role::Value;
            if reads.is_empty() && has_unknown {
                reads = readers.variants(|read| read.other);
            }
            match reads.as_slice() {
                [(_, read)] if compared.iter().any(|known| std::ptr::eq(*known, *read)) => {}
                [(reader, read)] => {
                    compared.push(read);
                    self.data(&place, (of, variant), (*reader, read), findings);
                }
                [(_, first), ..] => {
                    // Enums among the untagged variants of others tell theirs in the same way.
                    let alternatives = reads.iter().map(|(reader, read)| {
                        let mut findings = Findings::default();
                        self.data(&place, (of, variant), (*reader, read), &mut findings);
                        findings
                    });
                    let parts = [Part::Variant(variant), Part::Variant(first)];
                    findings.one_of(alternatives.collect(), &place, parts);
                }
                [] => {
                    let (rule, read) = match (readers.tagged.as_slice(), readers.texts.first()) {
                        ([], Some(text)) => (Rule::Kind, Part::Type(text)),
                        _ if at == 0 => (Rule::Variant, Part::Nothing),
                        _ => (Rule::VariantAlias, Part::Nothing),
                    };
                    findings.flaw(rule, &place, Part::Variant(variant), read);
                }
            }
        }
    }

    /// The data of a variant against those of the variant that it is read as.
    fn data(
        &self,
        place: &[Step<'a>],
        (of, written): (Tagged<'a>, &'a Variant),
        (by, read): (Tagged<'a>, &'a Variant),
        findings: &mut Findings<'a>,
    ) {
        let parts = [Part::Data(&written.shape), Part::Data(&read.shape)];
        let is_internal = matches!(of.tagging, Tagging::Internal { .. });
        let role = if is_internal { Role::Merged } else { Role::Value };
        match (&written.shape, &read.shape) {
            (VariantShape::Unit, VariantShape::Unit) => {}
            // Beside the tag, entries are nobody's.
            (_, VariantShape::Unit) if is_internal => {}
            (VariantShape::Unit, _) | (_, VariantShape::Unit) if !is_internal => {
                findings.flaw(Rule::Data, place, parts[0], parts[1]);
            }
            (VariantShape::Newtype(written), VariantShape::Newtype(read)) => findings.pair(place, written, read, role),
            (data, read_data) => {
                let own = |of: Tagged<'a>, variant: &'a Variant, direction| {
                    vec![Step::Type(of.name), Step::Variant(variant.wire_name(direction))]
                };
                let (writer, reader) = (self.writer, self.reader);
                let own_place = own(of, written, writer.direction);
                let heads = heads_of_data(writer, own_place, data, of.deny_unknown, role);
                let own_place = own(by, read, reader.direction);
                let read = Readable {
                    heads: &heads_of_data(reader, own_place, read_data, by.deny_unknown, role),
                    whole: parts[1],
                };
                self.heads(place, &heads, read, role, findings);
            }
        }
    }
}
