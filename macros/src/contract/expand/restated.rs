//! The trait as it is implemented.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Block, FnArg, Pat, Path, ReturnType, Type, parse_quote};

use crate::contract::ast::{Method, Trait, impl_stream_item};

/// The trait, which builds on `supertraits`, with every method callable on a sized type alone, so that `dyn Trait` can name
/// the contract, and every `async fn` as a method that returns a `Send` future, so that implementors write a plain
/// `async fn`.
///
/// What is added has the place of what it is added to: rustc points there when an implementation does not fulfil it.
pub(crate) fn restated(raw: &Trait, supertraits: &[Path]) -> TokenStream {
    let syn::ItemTrait {
        attrs,
        vis,
        unsafety,
        ident,
        generics,
        items: others,
        ..
    } = &raw.item;
    let markers = quote_spanned!(ident.span()=> ::core::marker::Send + ::core::marker::Sync + 'static);
    let methods = raw.methods.iter().map(method);
    let clause = &generics.where_clause;
    quote! {
        #(#attrs)*
        #vis #unsafety trait #ident #generics: #(#supertraits +)* #markers #clause {
            #(#others)*
            #(#methods)*
        }
    }
}

fn method(method: &Method) -> TokenStream {
    let attributes = &method.attributes;
    let mut signature = method.signature.clone();
    let mut default = method.default.clone();
    let predicates = &mut signature.generics.make_where_clause().predicates;
    predicates.push(parse_quote!(Self: ::core::marker::Sized));
    let span = signature.ident.span();
    if signature.asyncness.take().is_some() {
        let output: Type = match &signature.output {
            ReturnType::Default => parse_quote!(()),
            ReturnType::Type(_, written) => (**written).clone(),
        };
        let future = quote_spanned!(span=> impl ::core::future::Future<Output = #output> + ::core::marker::Send);
        signature.output = parse_quote!(-> #future);
        default = default.map(|block| -> Block { parse_quote!({ async move #block }) });
    } else if let Some(written) = method.returns()
        && impl_stream_item(written).is_some()
        && let Type::ImplTrait(written) = written
    {
        let bounds = &written.bounds;
        let stream = quote_spanned!(span=> impl ::core::marker::Send + 'static + #bounds);
        signature.output = parse_quote!(-> #stream);
    }
    if default.is_none() {
        // A pattern such as `mut x` is for a body; a trait's declaration must not have it.
        for input in &mut signature.inputs {
            if let FnArg::Typed(argument) = input {
                match &mut *argument.pat {
                    Pat::Ident(pattern) => pattern.mutability = None,
                    other => *other = parse_quote!(_),
                }
            }
        }
    }
    match default {
        Some(block) => quote!(#(#attributes)* #signature #block),
        None => quote!(#(#attributes)* #signature;),
    }
}
