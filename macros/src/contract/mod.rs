//! `#[actor_contract]`: a trait, on its way to a contract.

mod ast;
mod attr;
mod check;
mod expand;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Item, spanned::Spanned};

use crate::fault::{Code, Faults};

pub(crate) fn expand(attributes: TokenStream, item: TokenStream) -> TokenStream {
    let mut faults = Faults::default();
    let item = match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Trait(item)) => item,
        Ok(other) => {
            faults.at_span(
                other.span(),
                Code::NotATrait,
                "a contract is a trait; structs and enums are marked with `#[contract_type]`",
            );
            return faults.with(item);
        }
        Err(error) => {
            faults.push(error);
            return faults.with(item);
        }
    };
    let options = attr::ContractOptions::parse(attributes, &mut faults);
    let raw = ast::Trait::parse(item, &mut faults);
    let supertraits = check::supertraits(&raw, &mut faults);
    let restated = expand::restated(&raw, &supertraits);
    let contract = check::contract(&raw, options, supertraits, &mut faults);
    let beside = contract.as_ref().map(expand::contract);
    faults.with(quote!(#restated #beside))
}
