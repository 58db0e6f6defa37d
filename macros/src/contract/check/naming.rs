//! The names that a contract gives to things on the wire.

use std::collections::HashMap;

use callsheet_schema::names;
use proc_macro2::Span;
use syn::Ident;

use super::{MessageName, Method};
use crate::fault::{Code, Faults};

/// Whether `name` can be a name on the wire that has several segments.
pub(super) fn check_path(name: &str, span: Span, what: &str, faults: &mut Faults) -> bool {
    let fine = names::fault(name).is_none();
    if !fine {
        faults.name(span, name, what, "; dots may divide it");
    }
    fine
}

/// Whether `name` can be one segment of a name on the wire.
pub(super) fn check_segment(name: &str, span: Span, what: &str, faults: &mut Faults) -> bool {
    let fine = names::fault(name).is_none() && !name.contains('.');
    if !fine {
        faults.name(span, name, what, "");
    }
    fine
}

/// No two methods have one message name. Names that come from types, and those of methods under a `cfg` of which only one may
/// exist, are judged where they are known: by the expansion.
pub(super) fn check_messages(methods: &[Method], faults: &mut Faults) {
    let mut seen: HashMap<String, &Ident> = HashMap::new();
    for method in methods.iter().filter(|method| method.cfg.is_empty()) {
        let own = match &method.message {
            MessageName::Given(name) => Some(name.clone()),
            MessageName::OfArgument => None,
        };
        let aliases = method.aliases.iter().map(|alias| (alias.value(), Some(alias)));
        for (name, alias) in own.map(|name| (name, None)).into_iter().chain(aliases) {
            let first = seen.get(&name).copied();
            let message = match (first, alias) {
                (None, _) => {
                    seen.insert(name, &method.ident);
                    continue;
                }
                (Some(first), None) => format!(
                    "the message of `{}` is called `{name}` as that of `{first}` is; \
                     give one another name with `#[method(name = \"…\")]`",
                    method.ident
                ),
                (Some(first), Some(_)) if *first == method.ident => {
                    format!("the message of `{first}` is called `{name}` already; drop this alias")
                }
                (Some(first), Some(_)) => {
                    format!("the message of `{first}` is called `{name}` already; a name leads to one method")
                }
            };
            match alias {
                Some(alias) => faults.at(alias, Code::SameMessage, message),
                None => faults.at(&method.ident, Code::SameMessage, message),
            }
        }
    }
}
