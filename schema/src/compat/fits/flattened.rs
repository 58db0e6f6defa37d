//! Types whose entries stand among those of others.
//!
//! Which entry is whose depends on all that stand there. So what is flattened fits only if it is certain that nothing else
//! is taken for it, and it for nothing else.

use std::collections::HashSet;

use super::{
    Ends, Findings,
    entries::Unclaimed,
    heads::{Level, Own, Role},
};
use crate::{
    TypeRef,
    compat::{Part, Rule, Step, view::View},
    document::{entries, view},
};

/// A flattened type, and what it gives.
struct Merged<'l, 'a> {
    own: &'l Own<'a>,
    /// Behind options.
    type_ref: &'a TypeRef,
    /// It may have no entries at all. That its field may be left out says nothing more: hashes do not see it either.
    is_optional: bool,
    entries: entries::Entries<'a>,
}

/// All that is flattened into a level.
struct Flattened<'l, 'a> {
    /// Enums, for the most part.
    others: Vec<Merged<'l, 'a>>,
    /// It takes what nobody else does.
    maps: Vec<(Merged<'l, 'a>, &'a TypeRef, &'a TypeRef)>,
}

impl<'l, 'a> Flattened<'l, 'a> {
    fn of(view: View<'a>, level: &'l Level<'a>) -> Self {
        let view = view::View {
            types: &view.document.types,
            direction: view.direction,
        };
        let mut all = Flattened {
            others: Vec::new(),
            maps: Vec::new(),
        };
        for own in &level.flattened {
            let (type_ref, is_option) = view.behind_options(own.entry.type_ref);
            let merged = Merged {
                own,
                type_ref,
                is_optional: is_option,
                entries: entries::Entries::of(view, type_ref, entries::Role::Flattened),
            };
            match type_ref {
                TypeRef::Map(key, value) => all.maps.push((merged, key, value)),
                _ => all.others.push(merged),
            }
        }
        all
    }

    /// Entries of any name may be among them.
    fn is_open(&self) -> bool {
        !self.maps.is_empty() || self.others.iter().any(|merged| merged.entries.open)
    }

    fn names(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.others
            .iter()
            .flat_map(|merged| merged.entries.names.iter().copied())
    }
}

impl<'a> Ends<'a> {
    /// What is flattened, and what is not and may be taken for it. `unclaimed` are the entries that are written and that no
    /// field of the reader's has the name of.
    pub(super) fn flattened(
        &self,
        written: &Level<'a>,
        read: &Level<'a>,
        unclaimed: &[Unclaimed<'a>],
        findings: &mut Findings<'a>,
    ) {
        if written.flattened.is_empty() && read.flattened.is_empty() {
            return;
        }
        let sharing = Sharing {
            ends: self,
            written,
            read,
            from: Flattened::of(self.writer, written),
            to: Flattened::of(self.reader, read),
        };
        unclaimed.iter().for_each(|entry| sharing.unclaimed(entry, findings));
        sharing.others(findings);
        sharing.maps(findings);
        if sharing.from.is_open() {
            sharing.any_names(findings);
        }
    }
}

/// Two levels whose entries are shared out among several types.
struct Sharing<'l, 'a> {
    ends: &'l Ends<'a>,
    written: &'l Level<'a>,
    read: &'l Level<'a>,
    from: Flattened<'l, 'a>,
    to: Flattened<'l, 'a>,
}

impl<'a> Sharing<'_, 'a> {
    fn place(&self, step: Step<'a>) -> Vec<Step<'a>> {
        self.ends.place(self.written, self.read, step)
    }

    fn lacks(&self, rule: Rule, theirs: &Own<'a>, findings: &mut Findings<'a>) {
        findings.flaw(rule, &self.place(theirs.step), Part::Nothing, theirs.part);
    }

    fn is_lost(&self, rule: Rule, own: &Own<'a>, findings: &mut Findings<'a>) {
        findings.flaw(rule, &self.place(own.step), own.part, Part::Nothing);
    }

    /// An entry that is no field's goes to a map, if there is one, and may be taken for an enum's.
    fn unclaimed(&self, entry: &Unclaimed<'a>, findings: &mut Findings<'a>) {
        let place = self.place(entry.step);
        let taker = self.to.others.iter().find(|merged| {
            let entries = &merged.entries;
            entries.open || entries.strict || entries.names.contains(entry.name)
        });
        if let Some(taker) = taker {
            findings.flaw(Rule::Flattened, &place, entry.part, taker.own.part);
        }
        for (map, key, value) in &self.to.maps {
            match entry.type_ref {
                Some(type_ref) if self.ends.reads_text(key, entry.name) => {
                    findings.pair(&place, type_ref, value, Role::Value);
                }
                _ => findings.flaw(Rule::Flattened, &place, entry.part, map.own.part),
            }
        }
    }

    /// All but maps are taken to be meant by those in the same place.
    fn others(&self, findings: &mut Findings<'a>) {
        let (from, to) = (&self.from, &self.to);
        for (own, theirs) in from.others.iter().zip(&to.others) {
            let place = self.place(self.ends.callers(own.own.step, theirs.own.step));
            if own.is_optional && !theirs.is_optional {
                findings.flaw(Rule::AlwaysNeeded, &place, own.own.part, theirs.own.part);
            }
            findings.pair(&place, own.type_ref, theirs.type_ref, Role::Merged);
        }
        let paired = from.others.len().min(to.others.len());
        let minds_others = to.is_open() || to.others.iter().any(|theirs| theirs.entries.strict);
        for merged in &from.others[paired..] {
            let own = self.read.own.iter().flat_map(|own| own.entry.names.iter().copied());
            let is_taken = own.chain(to.names()).any(|name| merged.entries.names.contains(name));
            if self.read.deny_unknown || minds_others || is_taken || merged.entries.open {
                self.is_lost(Rule::Flattened, merged.own, findings);
            }
        }
        for theirs in &to.others[paired..] {
            let may_take = from.names().any(|name| theirs.entries.names.contains(name));
            if !theirs.is_optional {
                self.lacks(Rule::Needed, theirs.own, findings);
            } else if may_take || from.is_open() || theirs.entries.open {
                self.lacks(Rule::Flattened, theirs.own, findings);
            }
        }
    }

    fn maps(&self, findings: &mut Findings<'a>) {
        for (at, (map, key, value)) in self.from.maps.iter().enumerate() {
            match self.to.maps.get(at) {
                Some((theirs, read_key, read_value)) => {
                    let place = self.place(self.ends.callers(map.own.step, theirs.own.step));
                    findings.pair(&place, key, read_key, Role::Value);
                    findings.pair(&place, value, read_value, Role::Value);
                }
                None if self.read.deny_unknown => self.is_lost(Rule::Unknown, map.own, findings),
                None => {}
            }
        }
    }

    /// Where entries of any name may be written, they may have that of anything that is read and that has no entry of its
    /// own there.
    fn any_names(&self, findings: &mut Findings<'a>) {
        let own = self.written.own.iter().flat_map(|own| own.entry.names.iter().copied());
        let known: HashSet<&str> = own.chain(self.from.names()).collect();
        let is_open_but_for_maps = self.from.others.iter().any(|merged| merged.entries.open);
        for own in &self.read.own {
            match (own.entry.names.as_slice(), self.from.maps.as_slice()) {
                (names, _) if names.iter().all(|name| known.contains(name)) => {}
                // It is needed, and that it is not always there was said.
                ([_], _) if !own.entry.absent => {}
                // Under this one name a value of the map's is read.
                ([_], [(_, _, value)]) if !is_open_but_for_maps => {
                    findings.pair(&self.place(own.step), value, own.entry.type_ref, Role::Value);
                }
                _ => self.lacks(Rule::Flattened, own, findings),
            }
        }
        for theirs in &self.to.others {
            if !theirs.entries.names.iter().all(|name| known.contains(name)) {
                self.lacks(Rule::Flattened, theirs.own, findings);
            }
        }
    }
}
