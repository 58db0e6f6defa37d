//! Whether a call does no harm if it is made twice.

use syn::Attribute;

use super::Kind;
use crate::{
    contract::ast,
    fault::{Code, Faults},
};

/// What is wrong with a stream.
pub(in crate::contract) const REPEATED_STREAM: &str = "CS0022: `#[idempotent]` belongs on a method with one reply: a \
                                                       stream that is begun again gives its items again; drop \
                                                       `#[idempotent]`";

/// The attribute that says so, if there is one. Where only what the method's type means tells that it is a stream, the
/// expansion judges, in [these words](REPEATED_STREAM).
pub(super) fn check_idempotent(method: &ast::Method, kind: Option<&Kind>, faults: &mut Faults) -> Option<Attribute> {
    let attribute = method.options.idempotent.as_ref()?;
    let needless = if method.options.tell.is_some() {
        "nobody is told what becomes of a `#[tell]`, so nobody repeats it"
    } else if let Some(Kind::ImplStream(_)) = kind {
        "a stream that is begun again gives its items again"
    } else {
        return Some(attribute.clone());
    };
    let message = format!("`#[idempotent]` belongs on a method with one reply: {needless}; drop `#[idempotent]`");
    faults.at(attribute, Code::Idempotent, message);
    None
}
