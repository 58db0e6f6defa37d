//! A trait is judged: what comes out is a contract that can be expanded.

use std::collections::HashMap;

use callsheet_schema::names;
use proc_macro2::Span;
use quote::ToTokens;
use syn::{
    Attribute, Ident, Lifetime, Path, ReceiverKind, Safety, Type, TypeParamBound, TypeReference, Visibility,
    ext::IdentExt, visit::Visit,
};

use super::{
    ast::{self, impl_stream_item},
    attr::ContractOptions,
};
use crate::fault::{Code, Faults};

/// A contract that can be expanded.
pub(super) struct Contract {
    pub(super) ident: Ident,
    pub(super) visibility: Visibility,
    pub(super) attributes: Vec<Attribute>,
    /// `namespace.Trait`.
    pub(super) name: String,
    pub(super) methods: Vec<Method>,
    pub(super) events: Vec<Type>,
}

/// A method that can be expanded.
pub(super) struct Method {
    pub(super) ident: Ident,
    pub(super) attributes: Vec<Attribute>,
    pub(super) cfg: Vec<Attribute>,
    pub(super) exclusive: bool,
    pub(super) is_async: bool,
    pub(super) kind: Kind,
    pub(super) request: Request,
    pub(super) message: MessageName,
}

/// What a method gives back.
pub(super) enum Kind {
    Tell,
    /// What it returns says which kind of call it is.
    Returns(Type),
    /// `impl Stream` of these items.
    ImplStream(Type),
}

/// What the message of a call carries.
pub(super) enum Request {
    Arguments(Vec<Argument>),
    Message(Argument),
}

pub(super) struct Argument {
    pub(super) ident: Ident,
    pub(super) written: Box<Type>,
}

/// Where the short name of a message comes from.
pub(super) enum MessageName {
    Given(String),
    /// The name of the type of the one argument.
    OfArgument,
}

/// Judges the trait. Whatever is wrong is in `faults`; the contract then has what is right of it, so that what uses that
/// has no errors of its own, and is `None` if nothing can be expanded.
pub(super) fn contract(raw: &ast::Trait, options: ContractOptions, faults: &mut Faults) -> Option<Contract> {
    check_trait(raw, faults);
    check_segment(
        &raw.ident().unraw().to_string(),
        raw.ident().span(),
        "a contract's name",
        faults,
    );
    let namespace = check_namespace(raw, &options, faults);
    let sound = raw.methods.iter().filter_map(|method| check_method(method, faults));
    let methods: Vec<_> = sound.collect();
    check_messages(&methods, faults);
    let generics = &raw.item.generics;
    let can_be_dyn = raw.item.items.is_empty() && generics.params.is_empty() && generics.where_clause.is_none();
    can_be_dyn.then(|| Contract {
        name: format!("{}.{}", namespace.unwrap_or_default(), raw.ident().unraw()),
        ident: raw.ident().clone(),
        visibility: raw.visibility().clone(),
        attributes: raw.item.attrs.clone(),
        methods,
        events: options.events,
    })
}

fn check_trait(raw: &ast::Trait, faults: &mut Faults) {
    let item = &raw.item;
    if !item.generics.params.is_empty() {
        faults.at(
            &item.generics,
            Code::GenericContract,
            "a contract has no generic parameters; write one contract for each type",
        );
    }
    if let Some(clause) = &item.generics.where_clause {
        faults.at(clause, Code::GenericContract, "a contract has no where clause; drop it");
    }
    if let Some(token) = &item.unsafety {
        faults.at(token, Code::Qualifier, "a contract cannot be `unsafe`; drop the word");
    }
    for bound in &item.supertraits {
        let marker = match bound {
            TypeParamBound::Trait(bound) => bound.path.is_ident("Send") || bound.path.is_ident("Sync"),
            TypeParamBound::Lifetime(lifetime) => lifetime.ident == "static",
            _ => false,
        };
        if !marker {
            faults.at(
                bound,
                Code::Supertrait,
                "a contract has no supertraits in this version; let one actor serve both contracts with `.serves`",
            );
        }
    }
}

fn check_namespace(raw: &ast::Trait, options: &ContractOptions, faults: &mut Faults) -> Option<String> {
    let Some(namespace) = &options.namespace else {
        if options.unreadable {
            return None;
        }
        faults.at(
            raw.ident(),
            Code::NoNamespace,
            format!(
                "a contract needs a namespace for its stable name: `#[actor_contract(namespace = \"demo\")]` makes it \
                 `demo.{}`",
                raw.ident().unraw()
            ),
        );
        return None;
    };
    check_path(&namespace.value(), namespace.span(), "a namespace", faults).then(|| namespace.value())
}

/// Whether `name` can be a name on the wire that has several segments.
fn check_path(name: &str, span: Span, what: &str, faults: &mut Faults) -> bool {
    let fine = names::fault(name).is_none();
    if !fine {
        faults.name(span, name, what, "; dots may divide it");
    }
    fine
}

/// Whether `name` can be one segment of a name on the wire.
fn check_segment(name: &str, span: Span, what: &str, faults: &mut Faults) -> bool {
    let fine = names::fault(name).is_none() && !name.contains('.');
    if !fine {
        faults.name(span, name, what, "");
    }
    fine
}

fn check_method(method: &ast::Method, faults: &mut Faults) -> Option<Method> {
    let signature = &method.signature;
    let fine = check_qualifiers(method, faults);
    let exclusive = check_receiver(method, faults);
    let kind = check_returns(method, faults);
    let request = check_request(method, faults);
    let message = match (&method.options.name, &request) {
        (Some(name), _) => {
            check_segment(&name.value(), name.span(), "a message's name", faults);
            MessageName::Given(name.value())
        }
        (None, Some(Request::Message(_))) => MessageName::OfArgument,
        (None, _) => {
            let name = signature.ident.unraw().to_string();
            check_segment(&name, signature.ident.span(), "a method's name", faults);
            MessageName::Given(names::message_of(&name))
        }
    };
    if !fine {
        return None;
    }
    Some(Method {
        ident: signature.ident.clone(),
        attributes: method.attributes.clone(),
        cfg: method.cfg().into_iter().cloned().collect(),
        exclusive: exclusive?,
        is_async: signature.asyncness.is_some(),
        kind: kind?,
        request: request?,
        message,
    })
}

/// Whether a call of the method needs its arguments and nothing else.
fn check_qualifiers(method: &ast::Method, faults: &mut Faults) -> bool {
    let signature = &method.signature;
    let generics = &signature.generics;
    let mut fine = true;
    let mut fault = |place: &dyn ToTokens, code, message| {
        faults.at(&place.to_token_stream(), code, message);
        fine = false;
    };
    if !generics.params.is_empty() {
        let message = "a contract's method has no generic parameters and no lifetimes of its own; write its types out";
        fault(generics, Code::GenericMethod, message);
    }
    if let Some(clause) = &generics.where_clause {
        fault(
            clause,
            Code::GenericMethod,
            "a contract's method has no where clause; drop it",
        );
    }
    if let Some(token) = &signature.constness {
        fault(
            token,
            Code::Qualifier,
            "a contract's method cannot be `const`; drop the word",
        );
    }
    if let Safety::Unsafe(token) = &signature.safety {
        fault(
            token,
            Code::Qualifier,
            "a contract's method cannot be `unsafe`; drop the word",
        );
    }
    if let Some(abi) = &signature.abi {
        fault(
            abi,
            Code::Qualifier,
            "a contract's method cannot be `extern`; drop the words",
        );
    }
    fine
}

/// Whether the method needs the state alone.
fn check_receiver(method: &ast::Method, faults: &mut Faults) -> Option<bool> {
    const WANTED: &str = "a contract's method takes `&self`, if it shares the actor's state, or `&mut self`, if it needs the state \
                          alone";
    let Some(receiver) = method.signature.receiver() else {
        faults.at(&method.signature.ident, Code::Receiver, WANTED);
        return None;
    };
    match &receiver.kind {
        ReceiverKind::Reference(_, None, mutability) => Some(mutability.is_some()),
        _ => {
            faults.at(receiver, Code::Receiver, WANTED);
            None
        }
    }
}

fn check_returns(method: &ast::Method, faults: &mut Faults) -> Option<Kind> {
    let written = method.returns();
    let is_unit = written.is_none_or(|written| matches!(written, Type::Tuple(tuple) if tuple.elems.is_empty()));
    if method.options.is_tell {
        if is_unit {
            return Some(Kind::Tell);
        }
        if let Some(written) = written {
            faults.at(
                written,
                Code::TellReturns,
                "a `#[tell]` has no reply, so its method returns nothing; drop `#[tell]` to make it an ask",
            );
        }
        return None;
    }
    let Some(written) = written else {
        return Some(Kind::Returns(syn::parse_quote!(())));
    };
    if let Some(item) = impl_stream_item(written) {
        if method.signature.asyncness.is_some() {
            faults.at(
                written,
                Code::Qualifier,
                "a method that returns `impl Stream` cannot be `async`; drop the word, or return `Streaming<T>`",
            );
        }
        return check_owned(&item, "an item of a stream", faults).then_some(Kind::ImplStream(item));
    }
    check_owned(written, "a reply", faults).then(|| Kind::Returns(written.clone()))
}

fn check_request(method: &ast::Method, faults: &mut Faults) -> Option<Request> {
    let mut arguments = Vec::new();
    let mut fine = true;
    for argument in &method.arguments {
        fine &= check_owned(&argument.written.ty, "an argument", faults);
        match argument.ident() {
            Some(ident) => {
                fine &= check_segment(&ident.unraw().to_string(), ident.span(), "an argument's name", faults);
                arguments.push(Argument {
                    ident: ident.clone(),
                    written: argument.written.ty.clone(),
                });
            }
            None => {
                faults.at(
                    &argument.written.pat,
                    Code::ArgumentPattern,
                    "an argument is a plain name, which is its name on the wire; take it apart in the body",
                );
                fine = false;
            }
        }
    }
    let marked = method.arguments.iter().find(|argument| argument.is_message);
    if let Some(marked) = marked
        && method.arguments.len() > 1
    {
        faults.at(
            &marked.written,
            Code::WholeMessage,
            "`#[message]` makes an argument the whole payload, so it is the only one of its method; move the others into its \
             type, or drop `#[message]`",
        );
        return None;
    }
    if !fine {
        return None;
    }
    match (marked.is_some(), arguments.pop()) {
        (true, Some(argument)) => Some(Request::Message(argument)),
        (_, last) => {
            arguments.extend(last);
            Some(Request::Arguments(arguments))
        }
    }
}

/// Whether `written` is data of its own with a name, as whatever crosses the wire is.
fn check_owned(written: &Type, what: &str, faults: &mut Faults) -> bool {
    struct Borrows<'a> {
        what: &'a str,
        faults: &'a mut Faults,
        fine: bool,
    }
    impl Borrows<'_> {
        fn fault(&mut self, place: &impl ToTokens, mend: &str) {
            let message = format!("{} {mend}", self.what);
            self.faults.at(place, Code::BorrowedType, message);
            self.fine = false;
        }
    }
    impl<'ast> Visit<'ast> for Borrows<'_> {
        fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
            self.fault(
                reference,
                "cannot borrow, since it crosses the wire: use `String` for `&str`, `Vec<T>` for `&[T]`, `T` for `&T`",
            );
        }
        fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
            if lifetime.ident != "static" {
                self.fault(
                    lifetime,
                    "cannot borrow, since it crosses the wire: use a type without a lifetime",
                );
            }
        }
        fn visit_type_impl_trait(&mut self, written: &'ast syn::TypeImplTrait) {
            self.fault(
                written,
                "is a type with a name; of `impl Trait`, a method may only return `impl Stream<Item = T> + 'static`",
            );
        }
        fn visit_type_trait_object(&mut self, written: &'ast syn::TypeTraitObject) {
            self.fault(written, "is data, so it cannot be a trait object; name a contract type");
        }
        fn visit_path(&mut self, path: &'ast Path) {
            if path.is_ident("Self") {
                self.fault(
                    path,
                    "cannot be the actor itself; name a contract type that holds what callers need of it",
                );
            }
            syn::visit::visit_path(self, path);
        }
    }
    let mut borrows = Borrows {
        what,
        faults,
        fine: true,
    };
    borrows.visit_type(written);
    borrows.fine
}

/// No two methods have one message name. Names that come from types are judged where they are known, in the document, and
/// of methods under a `cfg` only one may exist.
fn check_messages(methods: &[Method], faults: &mut Faults) {
    let mut seen: HashMap<&str, &Ident> = HashMap::new();
    for method in methods {
        let MessageName::Given(name) = &method.message else {
            continue;
        };
        if !method.cfg.is_empty() {
            continue;
        }
        if let Some(first) = seen.get(name.as_str()) {
            let message = format!(
                "the message of `{}` is called `{name}` as that of `{first}` is; \
                 give one another name with `#[method(name = \"…\")]`",
                method.ident
            );
            faults.at(&method.ident, Code::SameMessage, message);
        } else {
            seen.insert(name, &method.ident);
        }
    }
}
