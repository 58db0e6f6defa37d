//! The contracts that are linked into this program.

use crate::{Contract, Types};

/// A contract that its macro registered.
#[derive(Clone, Copy, Debug)]
pub struct Registered {
    /// Describes the contract, adding the types it names.
    pub describe: fn(&mut Types) -> Contract,
}

inventory::collect!(Registered);

impl Registered {
    /// Every contract that is linked into this program, in no particular order.
    pub fn all() -> impl Iterator<Item = &'static Registered> {
        inventory::iter::<Registered>.into_iter()
    }
}
