//! Names that must not be taken twice.

use std::collections::BTreeMap;

use crate::fault::{Faults, Place};

/// The names of one scope of generated code: a module, a class, a function's parameters.
///
/// Different words of a contract can become one name by casing or escaping; the second to claim it is a fault that
/// names both.
///
/// ```
/// use callsheet_codegen::{backends::Claims, fault::{Faults, Place}};
///
/// let (mut fields, mut faults) = (Claims::new("property"), Faults::default());
/// let order = Place::named_type("demo.Order");
/// fields.claim("unitPrice", order.field("unit_price"), &mut faults);
/// fields.claim("unitPrice", order.field("unit__price"), &mut faults);
/// assert_eq!(
///     faults.finish(()).unwrap_err().to_string(),
///     "type `demo.Order`, field `unit__price`: becomes the property `unitPrice`, \
///      which type `demo.Order`, field `unit_price` is already; rename one of them",
/// );
/// ```
#[derive(Debug)]
pub struct Claims {
    kind: &'static str,
    taken: BTreeMap<String, Owner>,
}

#[derive(Debug)]
enum Owner {
    Package,
    Contract(Place),
}

impl Claims {
    /// A scope in which nothing is claimed. `kind` is what its names are called in the language: a class, a property.
    pub fn new(kind: &'static str) -> Self {
        Self {
            kind,
            taken: BTreeMap::new(),
        }
    }

    /// Claims a name for a part of the package that every package has.
    pub fn reserve(&mut self, name: impl Into<String>) {
        self.taken.insert(name.into(), Owner::Package);
    }

    /// Claims a name for what stands at `place`, or adds the fault that it is taken.
    pub fn claim(&mut self, name: impl Into<String>, place: Place, faults: &mut Faults) {
        let name = name.into();
        let (owner, remedy) = match self.taken.get(&name) {
            None => {
                self.taken.insert(name, Owner::Contract(place));
                return;
            }
            Some(Owner::Package) => ("every generated package has".to_owned(), "rename it"),
            Some(Owner::Contract(first)) => (format!("{first} is already"), "rename one of them"),
        };
        faults.add(
            place,
            format!("becomes the {} `{name}`, which {owner}", self.kind),
            remedy,
        );
    }
}
