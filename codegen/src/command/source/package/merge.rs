//! One document of what the targets of a package say.

use std::collections::{BTreeMap, btree_map::Entry};

use callsheet_schema::{Contract, Document};
use cargo_metadata::{Package, Target};

use super::{Error, selection::described};

/// Everything that the documents hold; `None` if there are none.
///
/// A binary links its library, so that most of what they say is the same. What is not must not have one name.
pub(super) fn one(package: &Package, documents: Vec<(&&Target, Document)>) -> Result<Option<Document>, Error> {
    let mut documents = documents.into_iter();
    let Some((first, mut merged)) = documents.next() else {
        return Ok(None);
    };
    let mut contracts = Claims::new(first, std::mem::take(&mut merged.contracts).into_iter().map(named));
    let mut types = Claims::new(first, std::mem::take(&mut merged.types));
    for (target, document) in documents {
        let conflict = |what, (first, name): (&Target, String)| Error::Disagreement {
            package: package.name.to_string(),
            first: described(first),
            second: described(target),
            what,
            name,
        };
        contracts
            .extend(target, document.contracts.into_iter().map(named))
            .map_err(|claim| conflict("contract", claim))?;
        types
            .extend(target, document.types)
            .map_err(|claim| conflict("type", claim))?;
        // Both are made from the rest: what stands there under one name is the same.
        merged.encodings.extend(document.encodings);
        merged.hashes.extend(document.hashes);
    }
    merged.contracts = contracts.values().map(|(_, contract)| contract).collect();
    merged.types = types.values().collect();
    Ok(Some(merged))
}

fn named(contract: Contract) -> (String, Contract) {
    (contract.name.clone(), contract)
}

/// What stands under each name, and the target that said so first.
struct Claims<'a, T>(BTreeMap<String, (&'a Target, T)>);

impl<'a, T: PartialEq> Claims<'a, T> {
    fn new(target: &'a Target, items: impl IntoIterator<Item = (String, T)>) -> Self {
        Self(items.into_iter().map(|(name, item)| (name, (target, item))).collect())
    }

    /// Fails with the other target and the name where another thing stands under it.
    fn extend(
        &mut self,
        target: &'a Target,
        items: impl IntoIterator<Item = (String, T)>,
    ) -> Result<(), (&'a Target, String)> {
        for (name, item) in items {
            match self.0.entry(name) {
                Entry::Vacant(vacant) => {
                    vacant.insert((target, item));
                }
                Entry::Occupied(known) if known.get().1 == item => {}
                Entry::Occupied(known) => return Err((known.get().0, known.key().clone())),
            }
        }
        Ok(())
    }

    fn values(self) -> impl Iterator<Item = (String, T)> {
        self.0.into_iter().map(|(name, (_, item))| (name, item))
    }
}
