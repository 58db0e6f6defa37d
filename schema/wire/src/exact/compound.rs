//! Maps, arrays and variants being written.

use std::fmt;

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

use super::{Placed, fault_at};
use crate::fault::{Fault, Site};
use crate::place::Place;

pub(super) struct Compound<'c, C> {
    format: C,
    site: Site<'c>,
    /// The variant whose data this is.
    variant: Option<&'static str>,
    index: usize,
    /// The last key, as text, when it came apart from its value.
    key: Option<String>,
}

impl<'c, C> Compound<'c, C> {
    pub(super) fn new(format: C, site: Site<'c>) -> Self {
        Compound {
            format,
            site,
            variant: None,
            index: 0,
            key: None,
        }
    }

    pub(super) fn of(mut self, variant: &'static str) -> Self {
        self.variant = Some(variant);
        self
    }

    #[inline]
    fn element<T: Serialize + ?Sized, E: fmt::Display>(
        &mut self,
        value: &T,
        write: impl FnOnce(&mut C, &Placed<'_, T>) -> Result<(), E>,
    ) -> Result<(), Fault> {
        let around = self
            .variant
            .map_or(*self.site.place, |variant| Place::Name(self.site.place, variant));
        let place = Place::Index(&around, self.index);
        let site = self.site.step(&place);
        self.index += 1;
        write(&mut self.format, &Placed { value, site }).map_err(|error| fault_at(site, error))
    }

    #[inline]
    fn field<T: Serialize + ?Sized, E: fmt::Display>(
        &mut self,
        name: &'static str,
        value: &T,
        write: impl FnOnce(&mut C, &Placed<'_, T>) -> Result<(), E>,
    ) -> Result<(), Fault> {
        let around = self
            .variant
            .map_or(*self.site.place, |variant| Place::Name(self.site.place, variant));
        let place = Place::Name(&around, name);
        let site = self.site.step(&place);
        write(&mut self.format, &Placed { value, site }).map_err(|error| fault_at(site, error))
    }
}

/// A map key, for the path of a fault: as JSON shows it, and only when it is needed.
struct KeyText<'k, K: ?Sized>(&'k K);

impl<K: Serialize + ?Sized> fmt::Display for KeyText<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self.0).unwrap_or_else(|_| "a key".to_owned()))
    }
}

macro_rules! elements {
    ($($trait:ident :: $method:ident),*) => {
        $(
            impl<C: $trait> $trait for Compound<'_, C> {
                type Ok = C::Ok;
                type Error = Fault;

                #[inline]
                fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
                    self.element(value, |format, value| $trait::$method(format, value))
                }

                fn end(self) -> Result<C::Ok, Fault> {
                    let site = self.site;
                    self.format.end().map_err(|error| fault_at(site, error))
                }
            }
        )*
    };
}

elements! {
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
}

macro_rules! fields {
    ($($trait:ident),*) => {
        $(
            impl<C: $trait> $trait for Compound<'_, C> {
                type Ok = C::Ok;
                type Error = Fault;

                #[inline]
                fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Fault> {
                    self.field(name, value, |format, value| format.serialize_field(name, value))
                }

                fn skip_field(&mut self, name: &'static str) -> Result<(), Fault> {
                    self.format.skip_field(name).map_err(|error| fault_at(self.site, error))
                }

                fn end(self) -> Result<C::Ok, Fault> {
                    let site = self.site;
                    self.format.end().map_err(|error| fault_at(site, error))
                }
            }
        )*
    };
}

fields! { SerializeStruct, SerializeStructVariant }

impl<C: SerializeMap> SerializeMap for Compound<'_, C> {
    type Ok = C::Ok;
    type Error = Fault;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Fault> {
        self.key = Some(KeyText(key).to_string());
        let site = self.site;
        self.format
            .serialize_key(&Placed { value: key, site })
            .map_err(|error| fault_at(site, error))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        let key = self.key.take().unwrap_or_default();
        let place = Place::Key(self.site.place, &key);
        let site = self.site.step(&place);
        self.format
            .serialize_value(&Placed { value, site })
            .map_err(|error| fault_at(site, error))
    }

    #[inline]
    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<(), Fault> {
        let text = KeyText(key);
        let place = Place::Key(self.site.place, &text);
        let site = self.site.step(&place);
        self.format
            .serialize_entry(
                &Placed {
                    value: key,
                    site: self.site,
                },
                &Placed { value, site },
            )
            .map_err(|error| fault_at(site, error))
    }

    fn end(self) -> Result<C::Ok, Fault> {
        let site = self.site;
        self.format.end().map_err(|error| fault_at(site, error))
    }
}
