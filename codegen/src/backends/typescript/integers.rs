//! What the integers of 64 bits in each type of a package are: what they are in the contracts that use it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    backends::{Int64, Integers},
    fault::{Faults, Place},
    ir::{Api, DeclaredError, NamedType, Request, Service, TypeRef},
};

/// What was decided for each type and each declared error that has such integers itself, rather than in types that it refers
/// to: all else is the same however they are written.
pub(super) struct Decided<'a> {
    types: BTreeMap<&'a str, Int64>,
    errors: BTreeMap<&'a str, Int64>,
}

/// The contracts that use something, one for each way they want it.
type Wishes<'a> = BTreeMap<Int64, &'a str>;

impl<'a> Decided<'a> {
    /// Decides all of them. What two contracts want differently is a fault, as is a contract that there is not.
    pub(super) fn of(api: &'a Api, integers: &Integers, faults: &mut Faults) -> Self {
        for name in integers.contracts.keys() {
            if !api.services.iter().any(|service| service.contract == *name) {
                let known: Vec<_> = api.services.iter().map(|service| service.contract.as_str()).collect();
                let remedy = format!("name one of: {}", known.join(", "));
                faults.add(
                    Place::contract(name),
                    "is none that is generated, but `int64` names it",
                    remedy,
                );
            }
        }
        let mut types: BTreeMap<&str, Wishes<'_>> = BTreeMap::new();
        let mut errors: BTreeMap<&str, Wishes<'_>> = BTreeMap::new();
        for service in &api.services {
            let wish = (integers.of(&service.contract), service.contract.as_str());
            for id in used(api, service) {
                if has_own(|visit| api.named(id).shape.visit(visit)) {
                    types.entry(id).or_default().entry(wish.0).or_insert(wish.1);
                }
            }
            for error in service.methods.iter().filter_map(|method| method.error.as_ref()) {
                if has_own(|visit| error.type_ref.visit(visit)) {
                    errors
                        .entry(error.name.source())
                        .or_default()
                        .entry(wish.0)
                        .or_insert(wish.1);
                }
            }
        }
        Self {
            types: decide(types, |id| Place::named_type(&api.named(id).wire_name), faults),
            errors: decide(errors, Place::named_type, faults),
        }
    }

    /// What they are in this type.
    pub(super) fn of_type(&self, named: &NamedType) -> Int64 {
        self.types.get(named.id.as_str()).copied().unwrap_or_default()
    }

    /// What they are in the value of this error, if that has no type of its own.
    pub(super) fn of_error(&self, error: &DeclaredError) -> Int64 {
        self.errors.get(error.name.source()).copied().unwrap_or_default()
    }
}

fn decide<'a>(
    wishes: BTreeMap<&'a str, Wishes<'_>>,
    place: impl Fn(&str) -> Place,
    faults: &mut Faults,
) -> BTreeMap<&'a str, Int64> {
    let mut decided = BTreeMap::new();
    for (name, wishes) in wishes {
        let mut each = wishes.iter();
        let first = each.next();
        if let (Some((one, first)), Some((other, second))) = (first, each.next()) {
            let problem = format!(
                "has integers of 64 bits, which are to be `{}` for `{first}` and `{}` for `{second}`",
                one.name(),
                other.name()
            );
            faults.add(
                place(name),
                problem,
                "let `int64` say the same for both, or generate two packages",
            );
        }
        decided.extend(first.map(|(int64, _)| (name, *int64)));
    }
    decided
}

/// Whether one of the uses of types that are visited is such an integer.
fn has_own<'a>(visited: impl FnOnce(&mut dyn FnMut(&'a TypeRef))) -> bool {
    let mut found = false;
    visited(&mut |part| found |= matches!(part, TypeRef::I64 | TypeRef::U64));
    found
}

/// The ids of all types that a contract uses, itself or through others.
fn used<'a>(api: &'a Api, service: &'a Service) -> BTreeSet<&'a str> {
    let mut next: Vec<&'a str> = Vec::new();
    let mut add = |part: &'a TypeRef| {
        if let TypeRef::Named(id) = part {
            next.push(id);
        }
    };
    for method in &service.methods {
        method.reply.visit(&mut add);
        if let Some(error) = &method.error {
            error.type_ref.visit(&mut add);
        }
        match &method.request {
            Request::Message(argument) => argument.type_ref.visit(&mut add),
            Request::Arguments(arguments) => arguments.iter().for_each(|argument| argument.type_ref.visit(&mut add)),
        }
    }
    service.events.iter().for_each(|event| event.type_ref.visit(&mut add));
    let mut found = BTreeSet::new();
    while let Some(id) = next.pop() {
        if found.insert(id) {
            api.named(id).shape.visit(&mut |part| {
                if let TypeRef::Named(inner) = part {
                    next.push(inner);
                }
            });
        }
    }
    found
}
