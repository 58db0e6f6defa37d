//! Whether what callers outside can reach goes by names of its own.
//!
//! While anyone listens, the contracts that are exposed have one document: no name in it means two things. What would break
//! that is refused when it is exposed. Where nobody listens, names are nobody's concern.

#[cfg(feature = "ipc")]
use std::sync::Arc;
use std::{any::TypeId, collections::HashSet, fmt};

use callsheet_schema::{Contract, Document, DocumentError, DocumentFault, FaultCode, Types};
use parking_lot::Mutex;

use crate::{
    contained::{self, Panicked},
    id::ActorId,
    registry::Registry,
    router::{Exposed, Router},
};

/// Names that two different things have which callers outside the process reach, or would: at least one.
///
/// Each fault tells the name, the Rust paths of both, for types where in a contract each stands, and what to do: CS0201 of
/// types, CS0202 of contracts. Contracts of one name are no conflict if a document would say the same of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameConflicts(Vec<DocumentFault>);

impl NameConflicts {
    /// The conflicts, in the order of their codes.
    pub fn faults(&self) -> &[DocumentFault] {
        &self.0
    }

    /// Those among what is wrong with contracts that were described together.
    fn among(error: DocumentError) -> Option<Self> {
        let DocumentError::Faults(mut faults) = error else {
            return None;
        };
        faults.retain(|fault| matches!(fault.code, FaultCode::TypeConflict | FaultCode::ContractConflict));
        (!faults.is_empty()).then_some(NameConflicts(faults))
    }
}

/// A line for each.
impl fmt::Display for NameConflicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(at, fault)| {
            let end_of_line = if at > 0 { "\n" } else { "" };
            write!(f, "{end_of_line}{fault}")
        })
    }
}

impl std::error::Error for NameConflicts {}

/// Contracts, each once, in the order in which they were met.
#[derive(Default)]
pub(crate) struct Contracts {
    /// The types of their messages, which tell them apart whatever they are called.
    met: HashSet<TypeId>,
    describe: Vec<Describe>,
}

/// What describes a contract.
type Describe = fn(&mut Types) -> Contract;

/// Why contracts cannot be described together.
pub(crate) enum Undescribed {
    Faults(DocumentError),
    Panicked,
}

impl Contracts {
    /// Those that callers outside reach, in the order of the actors' names.
    pub(crate) fn exposed(exposed: &[(ActorId, Exposed)]) -> Self {
        let mut contracts = Contracts::default();
        for (_, exposed) in exposed {
            contracts.add(&exposed.routes.registry);
        }
        contracts
    }

    fn add(&mut self, registry: &Registry) {
        for (message, describe) in registry.contracts() {
            if self.met.insert(message) {
                self.describe.push(describe);
            }
        }
    }

    fn has(&self, registry: &Registry) -> bool {
        registry.contracts().all(|(message, _)| self.met.contains(&message))
    }

    /// The document of all of them.
    pub(crate) fn document(&self) -> Result<Document, Undescribed> {
        self.described(Document::describe)
    }

    /// The document of all of them and of those whose mailboxes they speak of.
    pub(crate) fn document_with_mailboxes(&self) -> Result<Document, Undescribed> {
        self.described(Document::describe_with_mailboxes)
    }

    fn described(
        &self,
        describe: fn(Vec<Describe>) -> Result<Document, DocumentError>,
    ) -> Result<Document, Undescribed> {
        // Descriptions may be the user's own code.
        match contained::outcome(|| describe(self.describe.clone())) {
            Ok(described) => described.map_err(Undescribed::Faults),
            Err(Panicked) => Err(Undescribed::Panicked),
        }
    }

    /// Looks for names that mean two things. Whatever else may be wrong with a document is for those who ask for it.
    fn check(&self) -> Result<(), NameConflicts> {
        match self.document_with_mailboxes() {
            Err(Undescribed::Faults(error)) => NameConflicts::among(error).map_or(Ok(()), Err),
            Ok(_) | Err(Undescribed::Panicked) => Ok(()),
        }
    }
}

/// What is known of the names in one runtime.
#[derive(Default)]
pub(crate) struct Naming(Mutex<Known>);

#[derive(Default)]
struct Known {
    listeners: usize,
    /// While anyone listens: contracts without a conflict among them, all that are exposed and maybe some that were.
    agreed: Contracts,
}

impl Naming {
    /// Has `expose` put the actor where callers outside reach it, if that makes no conflict, or nobody listens.
    ///
    /// An actor of contracts that others serve already, as most that start later are, costs a look into a set.
    ///
    /// # Errors
    ///
    /// The conflicts, and then nothing was done.
    pub(crate) fn admit<T>(
        &self,
        router: &Router,
        registry: &Registry,
        expose: impl FnOnce() -> T,
    ) -> Result<T, NameConflicts> {
        // Held until it is exposed, so that two that do not agree cannot both find that they do, and nobody begins to
        // listen in between.
        let mut known = self.0.lock();
        if known.listeners > 0 && !known.agreed.has(registry) {
            let mut all = Contracts::exposed(&router.all_exposed());
            all.add(registry);
            all.check()?;
            known.agreed = all;
        }
        Ok(expose())
    }

    /// Has conflicts refused until what is given back is dropped.
    ///
    /// # Errors
    ///
    /// The conflicts that there are.
    #[cfg(feature = "ipc")]
    pub(crate) fn begin(self: &Arc<Self>, router: &Router) -> Result<Listening, NameConflicts> {
        let mut known = self.0.lock();
        if known.listeners == 0 {
            let all = Contracts::exposed(&router.all_exposed());
            all.check()?;
            known.agreed = all;
        }
        known.listeners += 1;
        Ok(Listening(Arc::clone(self)))
    }
}

/// Somebody listens.
#[cfg(feature = "ipc")]
pub(crate) struct Listening(Arc<Naming>);

#[cfg(feature = "ipc")]
impl Drop for Listening {
    fn drop(&mut self) {
        let mut known = self.0.0.lock();
        known.listeners -= 1;
        if known.listeners == 0 {
            known.agreed = Contracts::default();
        }
    }
}
