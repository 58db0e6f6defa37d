//! `#[actor_contract]`: a trait, on its way to a contract.

mod ast;
mod attr;
mod check;
mod expand;

use proc_macro2::TokenStream;
use syn::{Item, spanned::Spanned};

use crate::fault::{Code, Faults};

pub(crate) fn expand(attributes: TokenStream, item: TokenStream) -> TokenStream {
    let mut faults = Faults::default();
    let fallback = item.clone();
    let item = match syn::parse2::<Item>(item) {
        Ok(Item::Trait(item)) => item,
        Ok(other) => {
            faults.at_span(other.span(), Code::NotATrait, "a contract is declared by a trait");
            return faults.finish(TokenStream::new, || fallback);
        }
        Err(error) => {
            faults.push(error);
            return faults.finish(TokenStream::new, || fallback);
        }
    };
    let options = attr::ContractOptions::parse(attributes, &mut faults);
    let raw = ast::Trait::parse(item, &mut faults);
    let restated = expand::restated(&raw);
    match check::contract(raw, options, &mut faults) {
        Some(contract) => {
            let rest = expand::contract(&contract);
            faults.finish(
                || {
                    let mut tokens = restated.clone();
                    tokens.extend(rest);
                    tokens
                },
                || restated.clone(),
            )
        }
        None => faults.finish(TokenStream::new, || restated),
    }
}
