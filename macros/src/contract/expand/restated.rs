//! The trait as it is implemented.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Block, ReturnType, Type, parse_quote};

use crate::contract::ast::{Method, Trait, impl_stream_item};

/// The trait with every method callable on a sized type alone, so that `dyn Trait` can name the contract, and every
/// `async fn` as a method that returns a `Send` future, so that implementors write a plain `async fn`.
pub(crate) fn restated(raw: &Trait) -> TokenStream {
    let mut item = raw.item.clone();
    item.supertraits = parse_quote!(::core::marker::Send + ::core::marker::Sync + 'static);
    item.colon_token = Some(Default::default());
    let others = std::mem::take(&mut item.items);
    let methods = raw.methods.iter().map(method);
    let syn::ItemTrait {
        attrs,
        vis,
        ident,
        supertraits,
        ..
    } = item;
    quote! {
        #(#attrs)*
        #vis trait #ident: #supertraits {
            #(#others)*
            #(#methods)*
        }
    }
}

fn method(method: &Method) -> TokenStream {
    let attributes = &method.attributes;
    let mut signature = method.signature.clone();
    let mut default = method.default.clone();
    if signature.receiver().is_some() {
        let predicates = &mut signature.generics.make_where_clause().predicates;
        predicates.push(parse_quote!(Self: Sized));
    }
    if signature.asyncness.take().is_some() {
        let output: Type = match &signature.output {
            ReturnType::Default => parse_quote!(()),
            ReturnType::Type(_, written) => (**written).clone(),
        };
        signature.output = parse_quote!(-> impl ::core::future::Future<Output = #output> + ::core::marker::Send);
        default = default.map(|block| -> Block { parse_quote!({ async move #block }) });
    } else if let Some(written) = method.returns()
        && impl_stream_item(written).is_some()
        && let Type::ImplTrait(written) = written
    {
        let bounds = &written.bounds;
        signature.output = parse_quote!(-> impl ::core::marker::Send + 'static + #bounds);
    }
    if default.is_none() {
        // A pattern such as `mut x` is for a body; a trait's declaration must not have it.
        for input in &mut signature.inputs {
            if let syn::FnArg::Typed(argument) = input
                && let syn::Pat::Ident(pattern) = &mut *argument.pat
            {
                pattern.mutability = None;
            }
        }
    }
    match default {
        Some(block) => quote!(#(#attributes)* #signature #block),
        None => quote!(#(#attributes)* #signature;),
    }
}
