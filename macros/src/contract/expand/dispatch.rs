//! From a message to the method it calls.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::contract::check::{Contract, Kind, Method};

pub(super) fn expand(contract: &Contract) -> TokenStream {
    let (ident, visibility) = (&contract.ident, &contract.visibility);
    let (dispatch, message_enum) = (contract.dispatch(), contract.message_enum());
    // Only these are polled in the loop, so only these have a place to be polled in.
    let slotted: Vec<_> = contract
        .methods
        .iter()
        .filter(|method| !method.exclusive && method.is_async && !method.parallel)
        .collect();
    let fields = slotted.iter().map(|method| {
        let (cfg, name, message) = (&method.cfg, &method.ident, contract.message(method));
        let returns = method.returns().map_or_else(|| quote!(()), |returns| quote!(#returns));
        quote!(#(#cfg)* #name: __callsheet::SharedMethod<__S, #message, #returns>)
    });
    let initial = slotted.iter().map(|method| {
        let (cfg, name, message) = (&method.cfg, &method.ident, contract.message(method));
        let started = started(contract, method);
        let returns = method.returns().map_or_else(|| quote!(()), |returns| quote!(#returns));
        quote! {
            #(#cfg)*
            #name: __callsheet::SharedMethod::<__S, #message, #returns>::new(#started)
        }
    });
    let mode_arms = contract.methods.iter().map(|method| {
        let (cfg, name) = (&method.cfg, &method.ident);
        let mode = match (method.exclusive, method.is_async) {
            (false, _) if method.parallel => quote!(Parallel),
            (false, _) => quote!(Shared),
            (true, false) => quote!(Alone),
            (true, true) => quote!(AloneAsync),
        };
        quote!(#(#cfg)* #message_enum::#name(..) => __callsheet::Mode::#mode)
    });
    let shared_arms = contract.methods.iter().map(|method| shared_arm(contract, method));
    let alone_arms = contract
        .methods
        .iter()
        .map(|method| exclusive_arm(contract, method, false));
    let alone_async_arms = contract
        .methods
        .iter()
        .map(|method| exclusive_arm(contract, method, true));
    // As in the proxy, a contract that is less visible than this one is an error here.
    let served = contract
        .supertrait_aliases()
        .map(|supertrait| quote!(<#supertrait as __callsheet::Serves<__S>>::Contracts))
        .fold(
            quote!(__callsheet::Single<#dispatch<__S>>),
            |before, contracts| quote!(__callsheet::Cons<#before, #contracts>),
        );
    let contracts = quote_spanned!(contract.place_of_supertraits()=> type Contracts = #served;);
    quote! {
        #visibility struct #dispatch<__S> {
            #(#fields,)*
            __state: ::core::marker::PhantomData<fn(__S)>,
        }

        impl<__S: #ident> __callsheet::Dispatch<__S> for #dispatch<__S> {
            type Message = #message_enum;

            fn new() -> Self {
                Self {
                    #(#initial,)*
                    __state: ::core::marker::PhantomData,
                }
            }

            fn mode(message: &#message_enum) -> __callsheet::Mode {
                match *message {
                    #(#mode_arms),*
                }
            }

            fn shared(&mut self, turn: &mut __callsheet::SharedTurn<'_, __S>, message: #message_enum) {
                match message {
                    #(#shared_arms),*
                }
            }

            fn alone(state: &mut __S, message: #message_enum) -> bool {
                match message {
                    #(#alone_arms),*
                }
            }

            async fn alone_async(state: &mut __S, message: #message_enum) -> bool {
                match message {
                    #(#alone_async_arms),*
                }
            }

            fn letter(message: &#message_enum) -> __callsheet::Letter {
                __callsheet::ContractMessage::letter(message)
            }

            fn refuse(message: #message_enum, failure: __callsheet::Failure) {
                __callsheet::refuse(message, failure)
            }
        }

        impl<'a, __S: #ident> __callsheet::Serves<__S> for dyn #ident + 'a {
            #contracts
        }
    }
}

/// What makes a future of a call: it takes a count of the state, and gives it back beside what the method returned.
fn started(contract: &Contract, method: &Method) -> TokenStream {
    let message = contract.message(method);
    let call = method.call(contract, &quote!(&state), &quote!(message));
    quote! {
        |state: ::std::sync::Arc<__S>, message: #message| async move {
            let value = #call;
            (value, state)
        }
    }
}

fn shared_arm(contract: &Contract, method: &Method) -> TokenStream {
    let (cfg, name, message_enum) = (&method.cfg, &method.ident, contract.message_enum());
    if method.exclusive {
        return quote!(#(#cfg)* #message_enum::#name(..) => {});
    }
    let (pattern, reply) = match method.kind {
        Kind::Tell => (
            quote!(message),
            quote!(__callsheet::Reply::<()>::to_wire(__callsheet::WireReply::Discard)),
        ),
        _ => (quote!(message, reply), quote!(reply)),
    };
    let run = if method.parallel {
        let started = started(contract, method);
        quote!(turn.start(#reply, message, #started))
    } else if method.is_async {
        quote!(self.#name.run(turn, message, #reply))
    } else {
        let call = method.call(contract, &quote!(state), &quote!(message));
        quote!(turn.run(#reply, |state| #call))
    };
    quote!(#(#cfg)* #message_enum::#name(#pattern) => #run)
}

fn exclusive_arm(contract: &Contract, method: &Method, is_async: bool) -> TokenStream {
    let (cfg, name, message_enum) = (&method.cfg, &method.ident, contract.message_enum());
    if !method.exclusive || method.is_async != is_async {
        return quote!(#(#cfg)* #message_enum::#name(..) => false);
    }
    let call = method.call(contract, &quote!(state), &quote!(message));
    match method.kind {
        Kind::Tell => quote! {
            #(#cfg)*
            #message_enum::#name(message) => {
                #call;
                true
            }
        },
        _ if method.cancel_safe => quote! {
            #(#cfg)*
            #message_enum::#name(message, mut reply) => {
                if !reply.begin() {
                    return false;
                }
                match __callsheet::while_awaited(&reply, async { #call }).await {
                    ::core::option::Option::Some(value) => {
                        reply.complete(value);
                        true
                    }
                    ::core::option::Option::None => false,
                }
            }
        },
        _ => quote! {
            #(#cfg)*
            #message_enum::#name(message, mut reply) => {
                let begun = reply.begin();
                if begun {
                    let value = #call;
                    reply.complete(value);
                }
                begun
            }
        },
    }
}
