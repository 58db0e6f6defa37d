//! A trait as it was written, taken apart: nothing is judged yet, and every part keeps its span.

use syn::{
    Attribute, Block, FnArg, Ident, ItemTrait, Pat, PatType, Path, ReturnType, Signature, TraitItem, TraitItemFn, Type,
    Visibility,
};

use super::attr::{self, MethodOptions};
use crate::fault::{Code, Faults};

/// A trait, with Callsheet's own attributes taken out of it.
pub(super) struct Trait {
    pub(super) item: ItemTrait,
    pub(super) methods: Vec<Method>,
}

/// A method as it was written.
pub(super) struct Method {
    pub(super) attributes: Vec<Attribute>,
    pub(super) signature: Signature,
    pub(super) default: Option<Block>,
    pub(super) options: MethodOptions,
    pub(super) arguments: Vec<Argument>,
}

/// An argument as it was written.
pub(super) struct Argument {
    pub(super) written: PatType,
    pub(super) role: Role,
}

/// What an argument is marked as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing: a part of the message.
    Part,
    /// `#[message]`: the whole message.
    Message,
    /// `#[context]`: no part of it.
    Context,
}

impl Trait {
    /// Takes the trait apart; items that are no methods stay in `item`.
    pub(super) fn parse(mut item: ItemTrait, faults: &mut Faults) -> Self {
        let mut methods = Vec::new();
        let mut others = Vec::new();
        for part in std::mem::take(&mut item.items) {
            match part {
                TraitItem::Fn(function) => methods.push(Method::parse(function, faults)),
                other => {
                    faults.at(
                        &other,
                        Code::NotAMethod,
                        "a contract has methods only; move this out of the trait",
                    );
                    others.push(other);
                }
            }
        }
        item.items = others;
        Trait { item, methods }
    }

    pub(super) fn ident(&self) -> &Ident {
        &self.item.ident
    }

    pub(super) fn visibility(&self) -> &Visibility {
        &self.item.vis
    }
}

impl Method {
    fn parse(function: TraitItemFn, faults: &mut Faults) -> Self {
        let TraitItemFn {
            mut attrs,
            mut sig,
            default,
            ..
        } = function;
        let options = MethodOptions::take(&mut attrs, faults);
        let mut arguments = Vec::new();
        for input in &mut sig.inputs {
            if let FnArg::Typed(argument) = input {
                let role = attr::take_role(&mut argument.attrs, faults);
                arguments.push(Argument {
                    written: argument.clone(),
                    role,
                });
            }
        }
        Method {
            attributes: attrs,
            signature: sig,
            default,
            options,
            arguments,
        }
    }

    /// The attributes that decide whether the method exists.
    pub(super) fn cfg(&self) -> Vec<&Attribute> {
        self.attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg"))
            .collect()
    }

    pub(super) fn returns(&self) -> Option<&Type> {
        match &self.signature.output {
            ReturnType::Default => None,
            ReturnType::Type(_, written) => Some(written),
        }
    }
}

impl Argument {
    /// The argument's name, if its pattern is one.
    pub(super) fn ident(&self) -> Option<&Ident> {
        match &*self.written.pat {
            Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => Some(&pattern.ident),
            _ => None,
        }
    }
}

/// The item type of `impl Stream<Item = T> + …`, if that is what `written` is.
pub(super) fn impl_stream_item(written: &Type) -> Option<Type> {
    let Type::ImplTrait(written) = written else { return None };
    written.bounds.iter().find_map(|bound| {
        let syn::TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        stream_item(&bound.path)
    })
}

fn stream_item(path: &Path) -> Option<Type> {
    let last = path.segments.last().filter(|segment| segment.ident == "Stream")?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::AssocType(item) if item.ident == "Item" => Some(item.ty.clone()),
        _ => None,
    })
}
