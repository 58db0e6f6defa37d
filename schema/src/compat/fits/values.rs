//! Values on their own: each form that is written against those that are read.

use super::{
    Ends, Findings,
    heads::{Form, Head, Places, Role},
    scalars,
};
use crate::{
    TypeRef,
    compat::{Part, Rule, Step},
};

/// All that a type reads.
#[derive(Clone, Copy)]
pub(super) struct Readable<'h, 'a> {
    pub(super) heads: &'h [Head<'a>],
    /// The type itself, to be shown where no one head is meant.
    pub(super) whole: Part<'a>,
}

impl<'a> Readable<'_, 'a> {
    /// What to show of it where nothing of it takes what is written.
    pub(super) fn shown(self) -> Part<'a> {
        let mut heads = self.heads.iter().filter(|head| !matches!(head.form, Form::Null));
        match (heads.next(), heads.next()) {
            (Some(only), None) => only.part,
            _ => self.whole,
        }
    }
}

impl<'a> Ends<'a> {
    /// Every form that is written is read. `place` is that of the data of a variant, and else empty.
    pub(super) fn heads(
        &self,
        place: &[Step<'a>],
        written: &[Head<'a>],
        read: Readable<'_, 'a>,
        role: Role,
        findings: &mut Findings<'a>,
    ) {
        for head in written {
            if let Form::Tagged(tagged) = head.form {
                self.tagged(place, (tagged, head.part), read, role, findings);
                continue;
            }
            let akin: Vec<_> = read
                .heads
                .iter()
                .filter(|read| are_akin(&head.form, &read.form))
                .collect();
            match akin.as_slice() {
                [] => findings.flaw(rule_of_unlike(&head.form, read), place, head.part, read.shown()),
                [only] => self.head(place, head, only, findings),
                several => {
                    let alternatives: Vec<_> = several
                        .iter()
                        .map(|read| {
                            let mut findings = Findings::default();
                            self.head(place, head, read, &mut findings);
                            findings
                        })
                        .collect();
                    findings.one_of(alternatives, place, [head.part, read.whole]);
                }
            }
        }
    }

    /// One form against one that is akin to it.
    fn head(&self, place: &[Step<'a>], written: &Head<'a>, read: &Head<'a>, findings: &mut Findings<'a>) {
        match (&written.form, &read.form) {
            (Form::Scalar(from), Form::Scalar(to)) => {
                if let Some(rule) = scalars::flaw(from, to) {
                    findings.flaw(rule, place, written.part, read.part);
                }
            }
            (Form::Places(from), Form::Places(to)) => match places(*from, *to) {
                Some(items) => {
                    for (from, to) in items {
                        findings.pair(place, from, to, Role::Value);
                    }
                }
                None => findings.flaw(Rule::Length, place, written.part, read.part),
            },
            (Form::Map(key, value), Form::Map(read_key, read_value)) => {
                findings.pair(place, key, read_key, Role::Value);
                findings.pair(place, value, read_value, Role::Value);
            }
            (Form::Level(from), Form::Level(to)) => match (from.mailbox, to.mailbox) {
                (from, Some(to)) if from != Some(to) => {
                    findings.flaw(Rule::Mailbox, place, Part::text(from), Part::Text(to));
                }
                _ => self.levels(from, to, findings),
            },
            // Null is null, and nothing else is akin.
            _ => {}
        }
    }
}

/// Whether one is worth holding against the other.
fn are_akin(written: &Form<'_>, read: &Form<'_>) -> bool {
    match (written, read) {
        (Form::Scalar(written), Form::Scalar(read)) => scalars::are_akin(written, read),
        (Form::Null, Form::Null)
        | (Form::Places(_), Form::Places(_))
        | (Form::Map(..), Form::Map(..))
        | (Form::Level(_), Form::Level(_)) => true,
        _ => false,
    }
}

/// Why a form is not read where nothing is akin to it.
fn rule_of_unlike(written: &Form<'_>, read: Readable<'_, '_>) -> Rule {
    let is_bytes = |form: &Form<'_>| matches!(form, Form::Scalar(TypeRef::Bytes));
    let is_list = |form: &Form<'_>| matches!(form, Form::Places(_));
    let reads = |is: fn(&Form<'_>) -> bool| read.heads.iter().any(|head| is(&head.form));
    match written {
        Form::Null => Rule::Null,
        written if is_bytes(written) && reads(is_list) || is_list(written) && reads(is_bytes) => Rule::Encoding,
        _ => Rule::Kind,
    }
}

/// The types of the items of two lists, side by side; none if the one has more or fewer items than the other.
fn places<'a>(written: Places<'a>, read: Places<'a>) -> Option<Vec<(&'a TypeRef, &'a TypeRef)>> {
    match (written, read) {
        (Places::Open(from), Places::Open(to)) => Some(vec![(from, to)]),
        (Places::Same(_, 0), Places::Open(_)) => Some(Vec::new()),
        (Places::Same(from, _), Places::Open(to)) => Some(vec![(from, to)]),
        (Places::Each(from), Places::Open(to)) => Some(from.iter().map(|from| (from, to)).collect()),
        (Places::Same(_, 0), Places::Same(_, 0)) => Some(Vec::new()),
        (Places::Same(from, length), Places::Same(to, other)) => (length == other).then(|| vec![(from, to)]),
        (Places::Same(from, length), Places::Each(to)) => {
            (length == to.len()).then(|| to.iter().map(|to| (from, to)).collect())
        }
        (Places::Each(from), Places::Same(to, length)) => {
            (length == from.len()).then(|| from.iter().map(|from| (from, to)).collect())
        }
        (Places::Each(from), Places::Each(to)) => (from.len() == to.len()).then(|| from.iter().zip(to).collect()),
        (Places::Open(_), _) => None,
    }
}
