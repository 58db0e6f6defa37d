//! Named entries: fields of a struct or of a variant, arguments of a message.

use std::collections::HashMap;

use super::{
    Ends, Findings,
    heads::{Form, Level, Own, Role, heads},
    scalars,
};
use crate::{
    Direction, TypeRef,
    compat::{Part, Rule, Step},
};

/// An entry that is written and that no field of the reader's has the name of.
pub(super) struct Unclaimed<'a> {
    pub(super) name: &'a str,
    pub(super) step: Step<'a>,
    pub(super) part: Part<'a>,
    /// Why it does not fit where nothing may be unclaimed.
    rule: Rule,
    /// `None` for a tag, which is always the same text.
    pub(super) type_ref: Option<&'a TypeRef>,
}

/// What is known of an entry of the reader's.
#[derive(Clone, Copy, Default)]
struct Claim<'a> {
    /// What may be written under its names.
    by: Option<Part<'a>>,
    /// It is always there.
    is_certain: bool,
}

impl<'a> Ends<'a> {
    pub(super) fn levels(&self, written: &Level<'a>, read: &Level<'a>, findings: &mut Findings<'a>) {
        let names = read.own.iter().enumerate();
        let names: HashMap<&str, usize> = names
            .flat_map(|(at, own)| own.entry.names.iter().map(move |name| (*name, at)))
            .collect();
        let mut claims = vec![Claim::default(); read.own.len()];
        let mut unclaimed = Vec::new();
        self.tags(written, read, (&names, &mut claims), &mut unclaimed, findings);
        for own in &written.own {
            self.entry((written, own), read, (&names, &mut claims), &mut unclaimed, findings);
        }
        for (own, claim) in read.own.iter().zip(&claims) {
            if own.entry.absent || claim.is_certain {
                continue;
            }
            let place = self.place(written, read, own.step);
            match claim.by {
                None => findings.flaw(Rule::Needed, &place, Part::Nothing, own.part),
                // An alias that is gone was said where it is written.
                Some(by)
                    if !findings
                        .flaws
                        .iter()
                        .any(|flaw| flaw.rule == Rule::Alias && flaw.place == place) =>
                {
                    findings.flaw(Rule::AlwaysNeeded, &place, by, own.part);
                }
                Some(_) => {}
            }
        }
        if read.deny_unknown {
            for entry in &unclaimed {
                let place = self.place(written, read, entry.step);
                findings.flaw(entry.rule, &place, entry.part, Part::Nothing);
            }
        }
        self.flattened(written, read, &unclaimed, findings);
    }

    /// The place of an entry, which is the caller's type even where the entry is not.
    pub(super) fn place(&self, written: &Level<'a>, read: &Level<'a>, step: Step<'a>) -> Vec<Step<'a>> {
        let mut place = self.callers(written, read).place.clone();
        place.push(step);
        place
    }

    /// Tags are written where they are produced, and whoever has such a tag ignores them.
    fn tags(
        &self,
        written: &Level<'a>,
        read: &Level<'a>,
        (names, claims): (&HashMap<&str, usize>, &mut [Claim<'a>]),
        unclaimed: &mut Vec<Unclaimed<'a>>,
        findings: &mut Findings<'a>,
    ) {
        if self.writer.direction == Direction::Accepted {
            return;
        }
        for tag in written.tags {
            if read.tags.iter().any(|own| own.name == tag.name) {
                continue;
            }
            let part = Part::Text(&tag.value);
            let step = Step::Field(&tag.name);
            let Some(&at) = names.get(tag.name.as_str()) else {
                unclaimed.push(Unclaimed {
                    name: &tag.name,
                    step,
                    part,
                    rule: Rule::Unknown,
                    type_ref: None,
                });
                continue;
            };
            claims[at] = Claim {
                by: Some(part),
                is_certain: true,
            };
            let own = &read.own[at];
            if !self.reads_text(own.entry.type_ref, &tag.value) {
                findings.flaw(Rule::Kind, &self.place(written, read, own.step), part, own.part);
            }
        }
    }

    /// Whether `reference` reads a text that is always the same.
    pub(super) fn reads_text(&self, reference: &'a TypeRef, text: &str) -> bool {
        let heads = heads(self.reader, reference, Role::Value);
        heads
            .iter()
            .any(|head| matches!(head.form, Form::Scalar(scalar) if scalars::reads_text(scalar, text)))
    }

    fn entry(
        &self,
        (level, own): (&Level<'a>, &Own<'a>),
        read: &Level<'a>,
        (names, claims): (&HashMap<&str, usize>, &mut [Claim<'a>]),
        unclaimed: &mut Vec<Unclaimed<'a>>,
        findings: &mut Findings<'a>,
    ) {
        let targets: Vec<Option<usize>> = own.entry.names.iter().map(|name| names.get(name).copied()).collect();
        let first = targets.first().copied().flatten();
        let mut met: Vec<usize> = Vec::new();
        for (target, name) in targets.iter().zip(&own.entry.names) {
            let Some(at) = *target else {
                let needed = first.filter(|first| !read.own[*first].entry.absent);
                if let Some(first) = needed {
                    let place = self.place(level, read, self.callers(own.step, read.own[first].step));
                    findings.flaw(Rule::Alias, &place, Part::Text(name), read.own[first].part);
                }
                unclaimed.push(Unclaimed {
                    name,
                    step: own.step,
                    part: own.part,
                    rule: if first.is_some() { Rule::Alias } else { Rule::Unknown },
                    type_ref: Some(own.entry.type_ref),
                });
                continue;
            };
            if met.contains(&at) {
                continue;
            }
            met.push(at);
            let theirs = &read.own[at];
            let place = self.place(level, read, self.callers(own.step, theirs.step));
            findings.pair(&place, own.entry.type_ref, theirs.entry.type_ref, Role::Value);
            match claims[at].by {
                Some(by) => findings.flaw(Rule::Twice, &place, by, theirs.part),
                None => {
                    claims[at] = Claim {
                        by: Some(own.part),
                        is_certain: !own.entry.absent && targets.iter().all(|target| *target == Some(at)),
                    };
                }
            }
        }
    }
}
