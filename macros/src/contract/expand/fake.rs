//! The fake of a contract that asks for one: a type that implements the trait and answers as a test told it.
//!
//! It implements the trait together with all other fakes, so that it can stand for the contracts that its own builds on,
//! whose methods are known to their own expansion alone.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{ext::IdentExt, spanned::Spanned};

use crate::{
    contract::check::{Contract, Fake, Kind, Method, Request},
    itself,
};

/// The type itself, which stands beside the trait.
pub(super) fn declared(contract: &Contract) -> Option<TokenStream> {
    contract.fake.as_ref()?;
    let (fake, name, visibility) = (contract.fake(), &contract.name, &contract.visibility);
    let cfg = contract
        .attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"));
    let docs = format!(
        "A fake of the contract `{name}`, for tests: an actor, or a plain value, that answers as it was told.\n\n\
         All clones of a fake are one: it can be told another answer, and asked for its calls, while it runs."
    );
    Some(quote! {
        #[doc = #docs]
        #[allow(dead_code, non_camel_case_types, unreachable_pub)]
        #(#cfg)*
        #visibility struct #fake(::callsheet::__private::Told);
    })
}

/// What stands with all else that has no name outside.
pub(super) fn expand(contract: &Contract) -> Option<TokenStream> {
    let made = contract.fake.as_ref()?;
    let (ident, fake, message_enum) = (&contract.ident, contract.fake(), contract.message_enum());
    let fake_name = fake.unraw().to_string();
    let faked: Vec<_> = (0..contract.supertraits.len())
        .map(|index| format_ident!("__Faked_{index}"))
        .collect();
    let bases = contract.supertraits.iter().zip(contract.supertrait_aliases());
    let bases = bases.zip(&faked).map(|((path, alias), faked)| {
        let base = Ident::new(&alias.to_string(), path.span());
        let base = itself::of(&base, &quote!(__callsheet::Faked), &quote!(IS));
        quote!(type #faked = #base;)
    });
    let answers = contract.methods.iter().map(answer);
    let told = contract.methods.iter().map(|method| told(contract, method));
    let (started, implemented) = (started(&fake, &faked), implemented(contract, made));
    Some(quote! {
        #(#bases)*
        #(#answers)*

        impl<'a> __callsheet::Faked for dyn #ident + 'a {
            fn methods(methods: &mut __callsheet::FakedMethods) {
                methods.add::<#message_enum>();
                #(<#faked as __callsheet::Faked>::methods(methods);)*
            }
        }

        impl __callsheet::Fake for #fake {
            type Contract = dyn #ident;

            fn told(&self) -> &__callsheet::Told {
                &self.0
            }
        }

        impl ::core::clone::Clone for #fake {
            fn clone(&self) -> Self {
                Self(::core::clone::Clone::clone(&self.0))
            }
        }

        impl ::core::default::Default for #fake {
            fn default() -> Self {
                Self(__callsheet::Told::new::<dyn #ident>())
            }
        }

        impl ::core::fmt::Debug for #fake {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_tuple(#fake_name).field(&self.0).finish()
            }
        }

        impl #fake {
            /// A fake that was told nothing yet.
            pub fn new() -> Self {
                ::core::default::Default::default()
            }

            /// The same fake, to be told its answers as this contract, which the contract of `fake` builds on.
            pub fn of<__F>(fake: &__F) -> Self
            where
                __F: __callsheet::Fake<Contract: __callsheet::Extends<dyn #ident>>,
            {
                Self(::core::clone::Clone::clone(__callsheet::Fake::told(fake)))
            }

            /// The methods that were called so far, in order; those of the contracts it builds on are among them, and those
            /// that had no answer.
            pub fn calls(&self) -> ::std::vec::Vec<&'static str> {
                self.0.calls()
            }

            /// Waits until there were `count` calls in all, and gives them.
            pub async fn wait_for_calls(&self, count: usize) -> ::std::vec::Vec<&'static str> {
                self.0.wait_for_calls(count).await
            }

            #started
            #(#told)*
        }

        #implemented
    })
}

/// The ways to an actor.
fn started(fake: &Ident, bases: &[Ident]) -> TokenStream {
    // Where a base has no fake, that is the error, and what it means for this one is none.
    let whole = quote! {
        <#fake as __Itself<{
            #(let _ = <#bases as __callsheet::Faked>::IS;)*
            true
        }>>::Type
    };
    quote! {
        /// The fake as an actor that is not started, for whoever has more to say of it than `start` does.
        pub fn actor(
            &self,
            runtime: &::callsheet::Runtime,
            id: impl ::core::convert::Into<::callsheet::ActorId>,
        ) -> __callsheet::FakeActor<#whole> {
            __callsheet::fake_actor::<#whole>(self, runtime, ::core::convert::Into::into(id))
        }

        /// Starts the fake as the actor `id`, which callers from outside reach too.
        ///
        /// # Errors
        ///
        /// As those of any other actor.
        pub async fn start(
            &self,
            runtime: &::callsheet::Runtime,
            id: impl ::core::convert::Into<::callsheet::ActorId>,
        ) -> ::core::result::Result<::callsheet::ActorHandle, ::callsheet::StartError> {
            self.actor(runtime, id).expose().start().await
        }
    }
}

/// The trait, as all fakes implement it.
fn implemented(contract: &Contract, fake: &Fake) -> TokenStream {
    let (ident, name, supertraits) = (&contract.ident, &contract.name, &contract.supertraits);
    let faulty = &fake.faulty;
    let methods = contract.methods.iter().map(|method| {
        let (cfg, ident, parts) = (&method.cfg, &method.ident, Parts::of(method));
        let Parts { names, types, output } = &parts;
        let (answer, method_name) = (method.answer(), ident.unraw().to_string());
        let lent = if method.exclusive {
            quote!(&mut self)
        } else {
            quote!(&self)
        };
        let word = method.is_async.then(|| quote!(async));
        let awaited = method.is_async.then(|| quote!(.await));
        let told = quote!(__callsheet::Fake::told(self));
        let body = match method.kind {
            Kind::Tell => quote! {
                if let ::core::option::Option::Some(answer) = #told.heard::<#answer>(#name, #method_name) {
                    answer(#(#names),*)#awaited
                }
            },
            _ => quote!(#told.asked::<#answer>(#name, #method_name)(#(#names),*)#awaited),
        };
        quote! {
            #(#cfg)*
            #word fn #ident(#lent, #(#names: #types),*) -> #output {
                #body
            }
        }
    });
    quote! {
        #[doc(hidden)]
        #[allow(refining_impl_trait)]
        impl<__S: __callsheet::Fake #(+ #supertraits)*> #ident for __S {
            #(#methods)*
            #(#faulty { loop {} })*
        }
    }
}

/// The type of what answers the calls of `method`.
fn answer(method: &Method) -> TokenStream {
    let (cfg, answer, Parts { types, output, .. }) = (&method.cfg, method.answer(), Parts::of(method));
    let output = if method.is_async { later(&output) } else { output };
    quote! {
        #(#cfg)*
        type #answer = dyn ::core::ops::Fn(#(#types),*) -> #output + ::core::marker::Send + ::core::marker::Sync;
    }
}

/// The ways to say what `method` answers.
fn told(contract: &Contract, method: &Method) -> TokenStream {
    let (name, cfg, Parts { names, types, output }) = (&contract.name, &method.cfg, Parts::of(method));
    let (answer, method_name) = (method.answer(), method.ident.unraw().to_string());
    let said = |on: Ident, docs: &str, generic, given: TokenStream, bound, made| {
        quote! {
            #[doc = #docs]
            #(#cfg)*
            pub fn #on #generic(
                &self,
                answer: impl ::core::ops::Fn(#(#types),*) -> #given + ::core::marker::Send + ::core::marker::Sync + 'static,
            ) -> &Self
            #bound
            {
                let answer: ::std::sync::Arc<#answer> = ::std::sync::Arc::new(#made);
                self.0.answer(#name, #method_name, answer);
                self
            }
        }
    };
    let docs = format!("Says what `{method_name}` answers from now on, in place of what was said before.");
    let on = format_ident!("on_{method_name}");
    if !method.is_async {
        return said(on, &docs, None, output, None, quote!(answer));
    }
    let output_later = later(&output);
    let made = |future: TokenStream| {
        quote! {
            move |#(#names: #types),*| -> #output_later { ::std::boxed::Box::pin(#future) }
        }
    };
    let at_once = made(quote!(::core::future::ready(answer(#(#names),*))));
    let at_once = said(on, &docs, None, output.clone(), None, at_once);
    let docs = format!(
        "Says which future `{method_name}` awaits from now on for its answer, in place of what was said before."
    );
    let bound = quote!(where __F: ::core::future::Future<Output = #output> + ::core::marker::Send + 'static);
    let later = said(
        format_ident!("async_on_{method_name}"),
        &docs,
        Some(quote!(<__F>)),
        quote!(__F),
        Some(bound),
        made(quote!(answer(#(#names),*))),
    );
    quote!(#at_once #later)
}

/// A future, as an object, that comes to `output`.
fn later(output: &TokenStream) -> TokenStream {
    quote! {
        ::core::pin::Pin<
            ::std::boxed::Box<dyn ::core::future::Future<Output = #output> + ::core::marker::Send>
        >
    }
}

/// What is called with what.
struct Parts {
    /// Those of the arguments, the context among them, which have nothing to do with what the user calls them.
    names: Vec<Ident>,
    types: Vec<TokenStream>,
    output: TokenStream,
}

impl Parts {
    fn of(method: &Method) -> Self {
        let written = match &method.request {
            Request::Arguments(arguments) => &arguments[..],
            Request::Message(argument) => std::slice::from_ref(argument),
        };
        let mut types: Vec<_> = written
            .iter()
            .map(|argument| argument.written.to_token_stream())
            .collect();
        if let Some(context) = &method.context {
            let written = &context.written;
            types.insert(context.at, quote!(&#written));
        }
        Parts {
            names: (0..types.len())
                .map(|index| format_ident!("argument_{index}"))
                .collect(),
            types,
            output: match &method.kind {
                Kind::Tell => quote!(()),
                Kind::Returns(written) => quote!(#written),
                Kind::ImplStream(item) => quote!(::callsheet::Streaming<#item>),
            },
        }
    }
}

impl Method {
    /// The name of the type of what answers the calls of the method.
    fn answer(&self) -> Ident {
        format_ident!("__Answer_{}", self.ident.unraw())
    }
}
