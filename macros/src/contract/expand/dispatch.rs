//! From a message to the method it calls.

use proc_macro2::TokenStream;
use quote::quote;

use crate::contract::check::{Contract, Kind, Method};

pub(super) fn expand(contract: &Contract) -> TokenStream {
    let (ident, dispatch, message_enum) = (&contract.ident, contract.dispatch(), contract.message_enum());
    // Only these are polled, so only these have a place to be polled in.
    let slotted: Vec<_> = contract
        .methods
        .iter()
        .filter(|method| !method.exclusive && method.is_async)
        .collect();
    let fields = slotted.iter().map(|method| {
        let (cfg, name, message) = (&method.cfg, &method.ident, contract.message(method));
        let returns = method.returns().unwrap_or_else(|| quote!(()));
        quote!(#(#cfg)* #name: __callsheet::SharedMethod<S, #message, #returns>)
    });
    let initial = slotted.iter().map(|method| {
        let (cfg, name, message) = (&method.cfg, &method.ident, contract.message(method));
        let call = method.call(contract, &quote!(&state), &quote!(message));
        quote! {
            #(#cfg)*
            #name: __callsheet::SharedMethod::new(|state: ::std::sync::Arc<S>, message: #message| async move { #call })
        }
    });
    let exclusive_arms = contract.methods.iter().map(|method| {
        let (cfg, variant, exclusive) = (&method.cfg, &method.variant, method.exclusive);
        quote!(#(#cfg)* #message_enum::#variant(..) => #exclusive)
    });
    let shared_arms = contract.methods.iter().map(|method| shared_arm(contract, method));
    let alone_arms = contract.methods.iter().map(|method| exclusive_arm(contract, method));
    quote! {
        pub struct #dispatch<S> {
            #(#fields,)*
            state: ::core::marker::PhantomData<fn(S)>,
        }

        impl<S: #ident> __callsheet::Dispatch<S> for #dispatch<S> {
            type Message = #message_enum;

            fn new() -> Self {
                Self {
                    #(#initial,)*
                    state: ::core::marker::PhantomData,
                }
            }

            fn is_exclusive(message: &#message_enum) -> bool {
                match *message {
                    #(#exclusive_arms),*
                }
            }

            fn shared(&mut self, turn: &mut __callsheet::SharedTurn<'_, S>, message: #message_enum) {
                match message {
                    #(#shared_arms),*
                }
            }

            async fn exclusive(state: &mut S, message: #message_enum) {
                match message {
                    #(#alone_arms),*
                }
            }
        }

        impl<'a, S: #ident> __callsheet::Serves<S> for dyn #ident + 'a {
            type Dispatch = #dispatch<S>;
        }
    }
}

fn shared_arm(contract: &Contract, method: &Method) -> TokenStream {
    let (cfg, variant, name, message_enum) = (&method.cfg, &method.variant, &method.ident, contract.message_enum());
    if method.exclusive {
        return quote!(#(#cfg)* #message_enum::#variant(..) => {});
    }
    let (pattern, reply) = match method.kind {
        Kind::Tell => (
            quote!(message),
            quote!(__callsheet::Reply::<()>::to_wire(__callsheet::WireReply::Discard)),
        ),
        _ => (quote!(message, reply), quote!(reply)),
    };
    let run = if method.is_async {
        quote!(self.#name.run(turn, message, #reply))
    } else {
        let call = method.call(contract, &quote!(state), &quote!(message));
        quote!(turn.run(#reply, |state| #call))
    };
    quote!(#(#cfg)* #message_enum::#variant(#pattern) => #run)
}

fn exclusive_arm(contract: &Contract, method: &Method) -> TokenStream {
    let (cfg, variant, message_enum) = (&method.cfg, &method.variant, contract.message_enum());
    if !method.exclusive {
        return quote!(#(#cfg)* #message_enum::#variant(..) => {});
    }
    let call = method.call(contract, &quote!(state), &quote!(message));
    match method.kind {
        Kind::Tell => quote!(#(#cfg)* #message_enum::#variant(message) => #call),
        _ => quote! {
            #(#cfg)*
            #message_enum::#variant(message, mut reply) => {
                if reply.begin() {
                    let value = #call;
                    reply.complete(value);
                }
            }
        },
    }
}
