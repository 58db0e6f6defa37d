//! How the calls of a method run, beside what its receiver says.

use crate::{
    contract::ast,
    fault::{Code, Faults},
};

/// Whether the calls start in tasks of their own.
pub(super) fn check_parallel(method: &ast::Method, exclusive: Option<bool>, faults: &mut Faults) -> bool {
    let Some(attribute) = &method.options.parallel else {
        return false;
    };
    if exclusive == Some(true) {
        faults.at(
            attribute,
            Code::Parallel,
            "`#[parallel]` belongs on a method with `&self`: a call with `&mut self` has the state alone, so nothing can run \
             beside it; drop `#[parallel]`, or take `&self`",
        );
        return false;
    }
    true
}

/// Whether the calls, though exclusive, stop when nobody waits for them any more.
pub(super) fn check_cancel_safe(method: &ast::Method, exclusive: Option<bool>, faults: &mut Faults) -> bool {
    let Some(attribute) = &method.options.cancel_safe else {
        return false;
    };
    let needless = if method.options.tell.is_some() {
        "nobody waits for a `#[tell]`, so it always runs to its end"
    } else if method.signature.asyncness.is_none() {
        "a plain `fn` has no await to stop at"
    } else if exclusive == Some(false) {
        "a call with `&self` is stopped at its next await anyway"
    } else {
        return true;
    };
    let message = format!(
        "`#[cancel_safe]` belongs on an `async fn` with `&mut self` that has a reply: {needless}; drop `#[cancel_safe]`"
    );
    faults.at(attribute, Code::CancelSafe, message);
    false
}
