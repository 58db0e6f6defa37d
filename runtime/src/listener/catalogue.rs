//! What callers outside can learn of what is served: names, contracts, and the document of them.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use callsheet_schema::Document;
use callsheet_wire::{Code, Discovery, ExposedActor, Failure, ServedContract};

use super::authorization::Visitor;
use crate::{
    ActorId, Runtime,
    naming::{Contracts, Undescribed},
    router::Exposed,
    runtime::WeakRuntime,
};

/// Describes the exposed actors of a runtime. The document is made when it is first asked for, and again when something
/// else is exposed.
pub(super) struct Catalogue {
    runtime: WeakRuntime,
    known: Mutex<Option<Known>>,
}

/// The document of what was exposed at one time.
struct Known {
    /// What the router looked like.
    version: u64,
    documents: Documents,
}

#[derive(Clone)]
struct Documents {
    /// What exposed actors serve.
    served: Arc<Document>,
    /// That and the contracts whose mailboxes it speaks of, which callers may serve themselves.
    whole: Arc<Document>,
}

impl Catalogue {
    pub(super) fn new(runtime: &Runtime) -> Self {
        Catalogue {
            runtime: runtime.downgrade(),
            known: Mutex::default(),
        }
    }

    /// The document of the contracts that exposed actors serve.
    ///
    /// # Errors
    ///
    /// `Internal`, if they cannot be described. Names that mean two things are none of the reasons: nothing listens then.
    pub(super) fn document(&self) -> Result<Arc<Document>, Failure> {
        self.documents().map(|documents| documents.served)
    }

    fn documents(&self) -> Result<Documents, Failure> {
        let runtime = self.runtime.upgrade()?;
        // Read before anything is looked up, so that a change in between is seen next time.
        let version = runtime.router().version();
        if let Some(known) = self.known().as_ref().filter(|known| known.version == version) {
            return Ok(known.documents.clone());
        }
        // Without the lock: descriptions may be the user's own code, and others ask meanwhile.
        let documents = describe(&runtime.router().all_exposed())?;
        *self.known() = Some(Known {
            version,
            documents: documents.clone(),
        });
        Ok(documents)
    }

    fn known(&self) -> MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What of the document a visitor may use: the same, if it may use all.
    ///
    /// # Errors
    ///
    /// As [`document`](Self::document).
    pub(super) fn shown(&self, visitor: &Visitor) -> Result<Arc<Document>, Failure> {
        let document = self.document()?;
        if visitor.is_free() {
            return Ok(document);
        }
        let exposed = self.runtime.upgrade()?.router().all_exposed();
        Ok(narrowed(&document, &exposed, visitor))
    }

    /// The document that clients are made of: what of it a visitor may use, and the contracts whose mailboxes that speaks of.
    ///
    /// # Errors
    ///
    /// As [`document`](Self::document).
    pub(super) fn told(&self, visitor: &Visitor) -> Result<Arc<Document>, Failure> {
        let Documents { served, whole } = self.documents()?;
        if visitor.is_free() {
            return Ok(whole);
        }
        let is_served: BTreeSet<_> = served.contracts.iter().map(|contract| &*contract.name).collect();
        let others = || whole.contracts.iter().filter(|of| !is_served.contains(&*of.name));
        let messages: BTreeSet<_> = others()
            .flat_map(|of| of.methods.iter().map(|of| &*of.message))
            .collect();
        let events: BTreeSet<_> = others().flat_map(|of| of.events.iter().map(|of| &*of.name)).collect();
        let exposed = self.runtime.upgrade()?.router().all_exposed();
        let usable = Usable::of(&exposed, visitor);
        let narrowed = whole.narrowed(
            &|message| usable.has_method(message) || messages.contains(message),
            &|event| usable.has_event(event) || events.contains(event),
        );
        // What nothing usable speaks of goes.
        Ok(Arc::new(narrowed.of_contracts(&|name| is_served.contains(name))))
    }

    /// What there is that a visitor may call and subscribe to.
    ///
    /// # Errors
    ///
    /// As [`document`](Self::document).
    pub(super) fn discovery(&self, visitor: &Visitor) -> Result<Discovery, Failure> {
        let mut document = self.document()?;
        let exposed = self.runtime.upgrade()?.router().all_exposed();
        if !visitor.is_free() {
            document = narrowed(&document, &exposed, visitor);
        }
        let actors = exposed.into_iter().filter_map(|(name, exposed)| {
            let contracts = usable_contracts(&exposed, visitor);
            let is_hidden = contracts.is_empty() && !visitor.is_free();
            (!is_hidden).then(|| ExposedActor {
                name: name.to_string(),
                contracts,
            })
        });
        let contracts = document.contracts.iter().map(|contract| {
            let methods = contract.methods.iter();
            let hashes = document.hashes.get(&contract.name);
            ServedContract {
                name: contract.name.clone(),
                hash: hashes.map(|hashes| hashes.contract.clone()).unwrap_or_default(),
                message_types: methods.map(|method| method.message.clone()).collect(),
            }
        });
        let events = document.contracts.iter().flat_map(|contract| &contract.events);
        let mut events: Vec<_> = events.map(|event| event.name.clone()).collect();
        events.sort_unstable();
        events.dedup();
        Ok(Discovery {
            actors: actors.collect(),
            contracts: contracts.collect(),
            events,
        })
    }
}

/// What of a document a visitor may use.
fn narrowed(document: &Document, exposed: &[(ActorId, Exposed)], visitor: &Visitor) -> Arc<Document> {
    let usable = Usable::of(exposed, visitor);
    Arc::new(document.narrowed(&|message| usable.has_method(message), &|event| usable.has_event(event)))
}

/// What a visitor may use.
struct Usable<'a> {
    messages: BTreeSet<&'a str>,
    visitor: &'a Visitor,
}

impl<'a> Usable<'a> {
    fn of(exposed: &'a [(ActorId, Exposed)], visitor: &'a Visitor) -> Self {
        let mut asked = BTreeSet::new();
        let mut messages = BTreeSet::new();
        for (_, Exposed { id, routes }) in exposed {
            // An actor may have several names.
            if asked.insert(id.as_str()) {
                let methods = routes.registry.methods();
                let usable = methods.filter(|method| visitor.may_call(id, method));
                messages.extend(usable.map(|method| method.name()));
            }
        }
        Usable { messages, visitor }
    }

    fn has_method(&self, message: &str) -> bool {
        self.messages.contains(message)
    }

    fn has_event(&self, event: &str) -> bool {
        self.visitor.may_subscribe(event)
    }
}

/// The contracts of an actor that a visitor may call a method of, sorted.
fn usable_contracts(Exposed { id, routes }: &Exposed, visitor: &Visitor) -> Vec<String> {
    let mut contracts: Vec<_> = match visitor.is_free() {
        true => routes.registry.contract_names().map(str::to_owned).collect(),
        false => {
            let methods = routes.registry.methods();
            let usable = methods.filter(|method| visitor.may_call(id, method));
            usable.map(|method| method.contract().to_owned()).collect()
        }
    };
    contracts.sort_unstable();
    contracts.dedup();
    contracts
}

fn describe(exposed: &[(ActorId, Exposed)]) -> Result<Documents, Failure> {
    let contracts = Contracts::exposed(exposed);
    let documents = contracts.document().and_then(|served| {
        let served = Arc::new(served);
        // Most speak of no mailboxes, and are not described a second time.
        let whole = if served.types.values().any(|of| of.mailbox.is_some()) {
            Arc::new(contracts.document_with_mailboxes()?)
        } else {
            Arc::clone(&served)
        };
        Ok(Documents { served, whole })
    });
    match documents {
        Ok(documents) => Ok(documents),
        Err(Undescribed::Faults(error)) => {
            tracing::error!(%error, "the exposed actors cannot be described together");
            let text = "the contracts of the exposed actors do not go together in one document; see the server's log";
            Err(Failure::new(Code::Internal, text))
        }
        Err(Undescribed::Panicked) => Err(Failure::new(Code::Internal, "the description of a type panicked")),
    }
}
