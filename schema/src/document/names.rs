//! Names that mean two things, or nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    entries::{Entries, Role, unfit_as_tagged},
    fault::{FaultCode, Faults, Place},
    uses::{self, Level},
    view::View,
};
use crate::{Contract, Definition, Shape, Tagging, TypeRef, Variant, VariantShape};

/// The contracts, which are sorted by name and stand beside the paths of their traits, without those that say the same as
/// the first of their name. Adds a fault for those that say something else, and leaves them out too.
pub(super) fn one_for_each(contracts: Vec<(Contract, Option<&'static str>)>, faults: &mut Faults) -> Vec<Contract> {
    let mut kept: Vec<(Contract, Option<&str>)> = Vec::with_capacity(contracts.len());
    for (contract, path) in contracts {
        match kept.last() {
            Some((first, first_path)) if first.name == contract.name => {
                if *first != contract {
                    add_contract_conflict(&contract.name, first_path.zip(path), faults);
                }
            }
            _ => kept.push((contract, path)),
        }
    }
    kept.into_iter().map(|(contract, _)| contract).collect()
}

fn add_contract_conflict(name: &str, paths: Option<(&str, &str)>, faults: &mut Faults) {
    let problem = match paths {
        Some((first, second)) => format!("`{first}` and `{second}` both have this name, and are not alike"),
        None => "two contracts have this name".to_owned(),
    };
    faults.add(
        FaultCode::ContractConflict,
        &Place::contract(name),
        problem,
        "give one of them another namespace with `#[actor_contract(namespace = \"…\")]`",
    );
}

/// Adds a fault for every name of a contract or a message that means two things.
pub(super) fn check_contracts(contracts: &[Contract], faults: &mut Faults) {
    // They are sorted.
    for pair in contracts.windows(2) {
        if pair[0].name == pair[1].name {
            add_contract_conflict(&pair[0].name, None, faults);
        }
    }
    for contract in contracts {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for method in &contract.methods {
            for message in std::iter::once(&method.message).chain(&method.aliases) {
                if let Some(first) = seen.insert(message, &method.name) {
                    faults.add(
                        FaultCode::MessageConflict,
                        &Place::contract(&contract.name),
                        format!(
                            "the messages of `{first}` and `{}` are both called `{message}`",
                            method.name
                        ),
                        "give one of them another name with `#[method(name = \"…\")]`",
                    );
                }
            }
        }
    }
}

/// Adds a fault for every type and contract that is named and not defined.
pub(super) fn check_defined(contracts: &[Contract], types: &BTreeMap<String, Definition>, faults: &mut Faults) {
    let mut missing = |place: &Place, kind: &str, name: &str| {
        faults.add(
            FaultCode::Undefined,
            place,
            format!("the {kind} `{name}` is not defined in the document"),
            "make the document again with `callsheet schema`",
        );
    };
    let names: BTreeSet<&str> = contracts.iter().map(|contract| &*contract.name).collect();
    for contract in contracts {
        for extended in &contract.extends {
            if !names.contains(&**extended) {
                missing(&Place::contract(&contract.name), "contract", extended);
            }
        }
    }
    let of_contracts = contracts.iter().flat_map(uses::of_contract);
    let of_types = types.iter().flat_map(|(name, definition)| {
        let shapes = std::iter::once(&definition.shape).chain(&definition.produces);
        shapes.flat_map(|shape| uses::of_shape(name, shape))
    });
    for (place, used) in of_contracts.chain(of_types) {
        used.visit(&mut |part| {
            if let TypeRef::Named(name) = part
                && !types.contains_key(name)
            {
                missing(&place, "type", name);
            }
        });
    }
}

/// Adds a fault for every entry and every variant whose name means another one too. Flattened structs must be inlined.
pub(super) fn check_types(view: View<'_>, faults: &mut Faults) {
    for (name, shape) in view.shapes() {
        for level in Level::of_shape(name, shape) {
            check_level(view, &level, faults);
        }
        if let Shape::Enum { tagging, variants, .. } = shape {
            let place = Place::named_type(name);
            check_variants(view, &place, tagging, variants, faults);
            if let Tagging::Internal { tag } = tagging {
                for variant in variants.iter().filter(|variant| !variant.untagged) {
                    check_tagged(view, &place.variant(&variant.name), tag, &variant.shape, faults);
                }
            }
        }
    }
}

fn check_level(view: View<'_>, level: &Level<'_>, faults: &mut Faults) {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut claim = |name, place: &Place| {
        if !names.insert(name) {
            faults.add(
                FaultCode::EntryConflict,
                place,
                format!("a second entry of the same map is called `{name}`"),
                "rename one of them",
            );
        }
    };
    for tag in level.tags {
        claim(&tag.name, &level.place);
    }
    for field in level.fields {
        let place = level.place.field(&field.name);
        if field.flattened {
            let entries = Entries::of(view, &field.type_ref, Role::Flattened);
            entries.names.into_iter().for_each(|name| claim(name, &place));
        } else {
            // serde minds no alias that says a name of the same field again.
            let own: BTreeSet<&str> = view.field_names(field).collect();
            own.into_iter().for_each(|name| claim(name, &place));
        }
    }
}

fn check_variants(view: View<'_>, place: &Place, tagging: &Tagging, variants: &[Variant], faults: &mut Faults) {
    if *tagging == Tagging::Untagged {
        return;
    }
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    for variant in variants.iter().filter(|variant| !variant.untagged) {
        let own: BTreeSet<&str> = view.variant_names(variant).collect();
        for name in own {
            if let Some(first) = names.insert(name, &variant.name) {
                faults.add(
                    FaultCode::VariantConflict,
                    &place.variant(&variant.name),
                    format!("`{name}` means the variant `{first}` too"),
                    "rename one of them",
                );
            }
        }
    }
}

/// What stands in a tagged variant must leave room for the tag.
fn check_tagged(view: View<'_>, place: &Place, tag: &str, shape: &VariantShape, faults: &mut Faults) {
    if let Some(unfit) = unfit_as_tagged(view, shape) {
        faults.add(
            FaultCode::TaggedData,
            place,
            format!("{unfit} is no map, and the tag `{tag}` has no place beside it"),
            "use a struct, or give the enum a `content` beside its `tag`",
        );
        return;
    }
    let is_taken = match shape {
        VariantShape::Newtype(inner) => Entries::of(view, inner, Role::Tagged).names.contains(tag),
        VariantShape::Struct(fields) => fields.iter().any(|field| match field.flattened {
            true => Entries::of(view, &field.type_ref, Role::Flattened).names.contains(tag),
            false => view.field_names(field).any(|name| name == tag),
        }),
        VariantShape::Unit | VariantShape::Tuple(_) => false,
    };
    if is_taken {
        faults.add(
            FaultCode::TagConflict,
            place,
            format!("its data has an entry `{tag}`, which is the tag"),
            "rename the entry or the tag, or give the enum a `content` beside its `tag`",
        );
    }
}
