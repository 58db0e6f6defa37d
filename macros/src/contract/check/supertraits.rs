//! What a contract builds on.

use quote::ToTokens;
use syn::{Path, TypeParamBound};

use crate::{
    contract::ast,
    fault::{Code, Faults},
};

/// The traits of the contracts that the trait builds on. Whatever else it asks of its implementors is left out, so that
/// nothing follows from it.
pub(in crate::contract) fn supertraits(raw: &ast::Trait, faults: &mut Faults) -> Vec<Path> {
    /// With one of these as a supertrait no trait object exists, and rustc says so at everything that names one.
    const NO_CONTRACTS: [&str; 8] = [
        "Clone",
        "Copy",
        "Default",
        "Eq",
        "Ord",
        "PartialEq",
        "PartialOrd",
        "Sized",
    ];
    let mut paths: Vec<Path> = Vec::new();
    for bound in &raw.item.supertraits {
        let path = match bound {
            TypeParamBound::Lifetime(lifetime) if lifetime.ident == "static" => continue,
            TypeParamBound::Trait(bound) if bound.lifetimes.is_none() && bound.maybe.is_none() => &bound.path,
            other => {
                let message = "a contract builds on contracts alone; drop this bound";
                faults.at(other, Code::Supertrait, message);
                continue;
            }
        };
        let ident = path.segments.last().map(|segment| &segment.ident);
        if is_marker(path) {
            continue;
        } else if let Some(ident) =
            ident.filter(|ident| path.is_ident(*ident) && NO_CONTRACTS.iter().any(|no| ident == no))
        {
            let message = format!(
                "a contract builds on contracts alone, and `{ident}` is none; ask for it where an implementation needs it"
            );
            faults.at(bound, Code::Supertrait, message);
        } else if path.segments.iter().any(|segment| !segment.arguments.is_none()) {
            let message = "a contract builds on contracts alone, which have no generic parameters";
            faults.at(bound, Code::Supertrait, message);
        } else if paths.contains(path) {
            let message = format!("the contract builds on `{}` already; drop one", path.to_token_stream());
            faults.at(bound, Code::Supertrait, message);
        } else {
            paths.push(path.clone());
        }
    }
    paths
}

/// Whether it is `Send` or `Sync`, which every contract asks for.
fn is_marker(path: &Path) -> bool {
    let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    match names.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [name] | ["core" | "std", "marker", name] => matches!(name, "Send" | "Sync"),
        _ => false,
    }
}
