//! The arguments of a method: what of them is the message.

use syn::{Type, ext::IdentExt};

use super::{Argument, Context, Request, naming::check_segment, owned::check_owned};
use crate::{
    contract::ast::{self, Role},
    fault::{Code, Faults},
};

/// The argument that is no part of the message, if there is one.
pub(super) fn check_context(method: &ast::Method, faults: &mut Faults) -> Option<Option<Context>> {
    let mut fine = true;
    let mut context = None;
    for (at, argument) in method.arguments.iter().enumerate() {
        if argument.role != Role::Context {
            continue;
        }
        let written = &argument.written.ty;
        match &**written {
            Type::Reference(reference) if reference.mutability.is_none() && reference.lifetime.is_none() => {
                if context.is_some() {
                    faults.at(
                        &argument.written,
                        Code::Context,
                        "a call has one context; drop this argument",
                    );
                    fine = false;
                }
                let written = reference.elem.clone();
                context = Some(Context { at, written });
            }
            _ => {
                let message = "the context of a call is lent to the method: `#[context] cx: &CallContext`";
                faults.at(written, Code::Context, message);
                fine = false;
            }
        }
    }
    fine.then_some(context)
}

pub(super) fn check_request(method: &ast::Method, faults: &mut Faults) -> Option<Request> {
    let mut arguments = Vec::new();
    let mut fine = true;
    let parts = || {
        method
            .arguments
            .iter()
            .filter(|argument| argument.role != Role::Context)
    };
    for argument in parts() {
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
    let marked = parts().find(|argument| argument.role == Role::Message);
    if let Some(marked) = marked
        && parts().count() > 1
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
