//! serde's attributes as tokens: which there are, and a type without them.

use syn::{Attribute, Data, DeriveInput, Fields, Meta, Path, Token, Variant, parse_quote, punctuated::Punctuated};

use super::stated;
use crate::fault::{Code, Faults};

type List<T> = Punctuated<T, Token![,]>;

/// The type without what is Callsheet's own.
pub(super) fn without_ours(input: &DeriveInput) -> DeriveInput {
    let mut bare = input.clone();
    for_each_attributes(&mut bare, &mut |attributes| {
        attributes.retain(|attribute| !stated::is_ours(attribute))
    });
    bare
}

/// Judges what the expansion cannot go along with: serde's traits derived once more, and attributes that it cannot see.
pub(super) fn check(input: &DeriveInput, faults: &mut Faults) {
    for path in input.attrs.iter().filter_map(derives).flatten().filter(is_serde_trait) {
        let message = "`#[contract_type]` derives serde's traits; take this one out of `#[derive(…)]`";
        faults.at(&path, Code::SerdeDerived, message);
    }
    for attribute in input
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
    {
        let metas = attribute
            .parse_args_with(List::<Meta>::parse_terminated)
            .unwrap_or_default();
        if let Some(meta) = metas.iter().find(|meta| meta.path().is_ident("crate")) {
            let message = "`#[contract_type]` brings its own serde; drop `crate`, or derive serde's traits and \
                           `ContractType` instead";
            faults.at(meta, Code::UnsupportedSerde, message);
        }
    }
    for attribute in attributes(input).filter(|attribute| is_conditional(attribute)) {
        let message = "`#[contract_type]` cannot see whether this holds; write `#[serde(…)]` without `cfg_attr`, or derive serde's traits and `ContractType` instead";
        faults.at(attribute, Code::UnsupportedSerde, message);
    }
}

/// The type without serde's attributes and derives.
pub(super) fn without(input: &DeriveInput) -> DeriveInput {
    let mut bare = input.clone();
    for_each_attributes(&mut bare, &mut |attributes| {
        attributes.retain(|attribute| {
            !attribute.path().is_ident("serde") && !is_conditional(attribute) && !stated::is_ours(attribute)
        });
        for attribute in attributes {
            if let Some(paths) = derives(attribute)
                && paths.iter().any(is_serde_trait)
            {
                let others = paths.iter().filter(|path| !is_serde_trait(path));
                *attribute = parse_quote!(#[derive(#(#others),*)]);
            }
        }
    });
    bare
}

fn derives(attribute: &Attribute) -> Option<List<Path>> {
    let parsed = attribute
        .path()
        .is_ident("derive")
        .then(|| attribute.parse_args_with(List::parse_terminated));
    parsed?.ok()
}

fn is_serde_trait(path: &Path) -> bool {
    path.segments
        .last()
        .is_some_and(|last| last.ident == "Serialize" || last.ident == "Deserialize")
}

fn is_conditional(attribute: &Attribute) -> bool {
    let holds_serde = |meta: &Meta| meta.path().is_ident("serde");
    attribute.path().is_ident("cfg_attr")
        && attribute
            .parse_args_with(List::<Meta>::parse_terminated)
            .is_ok_and(|metas| metas.iter().skip(1).any(holds_serde))
}

fn attributes(input: &DeriveInput) -> impl Iterator<Item = &Attribute> {
    fn of_fields(fields: &Fields) -> Vec<&Attribute> {
        fields.iter().flat_map(|field| &field.attrs).collect()
    }
    fn of_variant(variant: &Variant) -> impl Iterator<Item = &Attribute> {
        variant.attrs.iter().chain(of_fields(&variant.fields))
    }
    let within = match &input.data {
        Data::Struct(data) => of_fields(&data.fields),
        Data::Enum(data) => data.variants.iter().flat_map(of_variant).collect(),
        Data::Union(_) => Vec::new(),
    };
    input.attrs.iter().chain(within)
}

fn for_each_attributes(input: &mut DeriveInput, change: &mut impl FnMut(&mut Vec<Attribute>)) {
    change(&mut input.attrs);
    match &mut input.data {
        Data::Struct(data) => data.fields.iter_mut().for_each(|field| change(&mut field.attrs)),
        Data::Enum(data) => {
            for variant in &mut data.variants {
                change(&mut variant.attrs);
                variant.fields.iter_mut().for_each(|field| change(&mut field.attrs));
            }
        }
        Data::Union(data) => data.fields.named.iter_mut().for_each(|field| change(&mut field.attrs)),
    }
}
