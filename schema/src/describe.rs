//! How Rust types say what they look like on the wire.

mod implement;
mod joined;
mod length;
mod other_crates;
mod standard;

pub use joined::{Joined, NameParts};

use std::{
    any::{TypeId, type_name},
    collections::BTreeMap,
    fmt,
};

use serde::{Serialize, de::DeserializeOwned};

use crate::{Contract, Definition, Place, TypeRef, descriptor::DefinitionDescriptor};

/// What a type looks like on the wire.
///
/// Mark your own types with `#[contract_type]`. Descriptions come from this trait and never from looking at a type's
/// name, so aliases and types of other crates work.
///
/// # Assumptions
///
/// What [`describe`](Self::describe) says is what the type's serde implementations do, or those of the module that a
/// field names with `#[serde(with = "…")]`. The attribute sees to it; an implementation by hand must.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a contract type",
    label = "has no description",
    note = "mark the type with `#[contract_type]`; in place of a type of another crate, use one of your own"
)]
pub trait Describe: 'static {
    /// The type's name on the wire. It never depends on the path of the module the type stands in.
    const NAME: &'static str;

    /// A struct's field or a call's argument of this type may be left out, and then reads as `None`.
    const OPTIONAL: bool = false;

    /// A reference to the type, after adding the definitions it needs to `types`.
    fn describe(types: &mut Types) -> TypeRef;

    /// One line for people that says which value this is, without its data: the text beside a declared error.
    fn summary(&self) -> String {
        Self::NAME.to_owned()
    }
}

/// A type that may stand in a contract: it crosses the wire and can describe what it looks like there.
///
/// It holds for every type that fulfils its bounds; `#[contract_type]` sees to all of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a contract type",
    label = "cannot cross the wire",
    note = "mark the type, or those within it, with `#[contract_type]`; in place of a type of another crate, use one of your own"
)]
pub trait ContractType: Describe + Serialize + DeserializeOwned + Send {}

// Whoever lacks something is told that the type is none of a contract's, not which bound it lacks.
#[diagnostic::do_not_recommend]
impl<T: Describe + Serialize + DeserializeOwned + Send> ContractType for T {}

/// What the macro asks of an argument's type: that it is described. Whatever is not lacks serde's traits too, and asking
/// for all of them would be one error for each.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a contract type",
    label = "has no description",
    note = "mark the type with `#[contract_type]`; in place of a type of another crate, use one of your own"
)]
pub trait Described {
    const IS: () = ();
}

impl<T: Describe> Described for T {}

/// The named types that were met while describing.
#[derive(Debug, Default)]
pub struct Types {
    definitions: BTreeMap<String, Entry>,
    conflicts: Vec<Conflict>,
    /// Which trait the contract is that is being described, as its path in Rust.
    contract: Option<&'static str>,
    /// What of it is being described.
    place: Option<Place>,
    /// What describes the contracts whose mailboxes were met.
    mentioned: Vec<fn(&mut Types) -> Contract>,
}

/// A name that two different types laid claim to.
#[derive(Debug)]
pub(crate) struct Conflict {
    pub(crate) name: String,
    pub(crate) claims: [Claim; 2],
}

/// A type that lays claim to a name, for people.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    path: &'static str,
    /// Where it was met first, if that was in a contract.
    place: Option<Place>,
}

/// ``` `shop::stock::Item` (contract `shop.Stock`, method `take`) ```
impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.path)?;
        self.place.iter().try_for_each(|place| write!(f, " ({place})"))
    }
}

#[derive(Debug)]
struct Entry {
    id: TypeId,
    claim: Claim,
    /// Absent while the type is being described: it is recursive if it is met again before that ends.
    definition: Option<Definition>,
}

impl Types {
    /// A reference to the named type `T`, defined by `describe` when it is met for the first time.
    pub fn define<T: 'static>(&mut self, name: &str, describe: impl FnOnce(&mut Types) -> Definition) -> TypeRef {
        let mut describe = Some(describe);
        self.enter(name, TypeId::of::<T>(), type_name::<T>(), &mut |types| {
            describe.take().map(|describe| describe(types))
        })
    }

    fn enter(
        &mut self,
        name: &str,
        id: TypeId,
        path: &'static str,
        describe: &mut dyn FnMut(&mut Types) -> Option<Definition>,
    ) -> TypeRef {
        let claim = Claim {
            path,
            place: self.place.clone(),
        };
        if let Some(known) = self.definitions.get(name) {
            if known.id != id && !self.conflicts.iter().any(|conflict| conflict.name == name) {
                self.conflicts.push(Conflict {
                    name: name.to_owned(),
                    claims: [known.claim.clone(), claim],
                });
            }
        } else {
            let entry = Entry {
                id,
                claim,
                definition: None,
            };
            self.definitions.insert(name.to_owned(), entry);
            let definition = describe(self);
            if let Some(entry) = self.definitions.get_mut(name) {
                entry.definition = definition;
            }
        }
        TypeRef::Named(name.to_owned())
    }

    /// As [`define`](Self::define), by a constant.
    pub fn define_as<T: 'static>(&mut self, name: &str, descriptor: &'static DefinitionDescriptor) -> TypeRef {
        self.enter(name, TypeId::of::<T>(), type_name::<T>(), &mut |types| {
            Some(descriptor.define(types))
        })
    }

    /// Notes that the mailboxes of a contract were met, which this describes: whoever is given one calls the contract.
    pub fn mention(&mut self, describe: fn(&mut Types) -> Contract) {
        self.mentioned.push(describe);
    }

    /// Those of which mailboxes were met since this was asked last.
    pub(crate) fn take_mentioned(&mut self) -> Vec<fn(&mut Types) -> Contract> {
        std::mem::take(&mut self.mentioned)
    }

    /// Begins with the contract that is this trait.
    pub(crate) fn begin(&mut self, path: &'static str) {
        self.contract = Some(path);
        self.place = None;
    }

    /// Goes on to this part of the contract.
    pub(crate) fn go_to(&mut self, place: Place) {
        self.place = Some(place);
    }

    /// Ends with a contract, and gives back which trait it is; `None` if whatever described it did not say so.
    pub(crate) fn end(&mut self) -> Option<&'static str> {
        self.place = None;
        self.contract.take()
    }

    /// The names that two different types laid claim to.
    pub(crate) fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    pub(crate) fn into_definitions(self) -> BTreeMap<String, Definition> {
        self.definitions
            .into_iter()
            .filter_map(|(name, entry)| Some((name, entry.definition?)))
            .collect()
    }
}
