//! Maps and arrays being written, those in variants among them.

use std::fmt;

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

use super::{Exact, Write};
use crate::fault::{Fault, Site};
use crate::place::Place;
use crate::{Codec, encode, scalar};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Array,
    Map,
}

impl Container {
    pub(super) fn word(self) -> &'static str {
        match self {
            Container::Array => "array",
            Container::Map => "object",
        }
    }
}

pub(super) struct Compound<'c, 'o> {
    out: &'o mut Vec<u8>,
    container: Container,
    site: Site<'c>,
    /// The variant whose data this is.
    variant: Option<&'static str>,
    /// Where the count of elements or entries stands in MessagePack, and what it says.
    head: std::ops::Range<usize>,
    said: u32,
    count: usize,
    /// The last key, as text, when it came apart from its value.
    key: Option<String>,
}

impl<'c, 'o> Compound<'c, 'o> {
    pub(super) fn open(
        out: &'o mut Vec<u8>,
        container: Container,
        length: Option<usize>,
        site: Site<'c>,
        variant: Option<&'static str>,
    ) -> Result<Self, Fault> {
        let start = out.len();
        // Whoever does not know, or is wrong, is corrected at the end.
        let said = u32::try_from(length.unwrap_or(0)).unwrap_or(0);
        match (site.run.codec, container) {
            (Codec::Json, Container::Array) => out.push(b'['),
            (Codec::Json, Container::Map) => out.push(b'{'),
            #[cfg(feature = "msgpack")]
            (Codec::MessagePack, container) => write_head(container, said, out),
        }
        let head = start..out.len();
        Ok(Compound {
            out,
            container,
            site,
            variant,
            head,
            said,
            count: 0,
            key: None,
        })
    }

    /// Divides the next element or entry from the last.
    #[inline]
    fn next(&mut self) {
        if self.count > 0 && self.site.run.codec == Codec::Json {
            self.out.push(b',');
        }
        self.count += 1;
    }

    fn write(&mut self, place: &Place<'_>, write: Write<'_>) -> Result<(), Fault> {
        let site = self.site.step(place);
        let written = write(Exact {
            out: &mut *self.out,
            site,
            is_key: false,
        });
        written.map_err(|fault| fault.at(place))
    }

    /// Where the elements or fields stand.
    fn around(&self) -> Place<'c> {
        self.variant
            .map_or(*self.site.place, |variant| Place::Name(self.site.place, variant))
    }

    fn element(&mut self, write: Write<'_>) -> Result<(), Fault> {
        let around = self.around();
        let place = Place::Index(&around, self.count);
        self.next();
        self.write(&place, write)
    }

    fn field(&mut self, name: &'static str, write: Write<'_>) -> Result<(), Fault> {
        let around = self.around();
        self.next();
        scalar::text(self.site.run.codec, name, self.out);
        self.divide();
        self.write(&Place::Name(&around, name), write)
    }

    fn write_key(&mut self, write: Write<'_>) -> Result<(), Fault> {
        self.next();
        let site = self.site;
        let written = write(Exact {
            out: &mut *self.out,
            site,
            is_key: true,
        });
        written.map_err(|fault| fault.at(site.place))?;
        self.divide();
        Ok(())
    }

    /// Divides a key from its value.
    #[inline]
    fn divide(&mut self) {
        if self.site.run.codec == Codec::Json {
            self.out.push(b':');
        }
    }

    fn close(self) -> Result<(), Fault> {
        match (self.site.run.codec, self.container) {
            (Codec::Json, container) => {
                self.out.push(if container == Container::Array { b']' } else { b'}' });
                if self.variant.is_some() {
                    self.out.push(b'}');
                }
            }
            #[cfg(feature = "msgpack")]
            (Codec::MessagePack, container) => {
                let Ok(count) = u32::try_from(self.count) else {
                    return Err(Fault::text("more elements than MessagePack can count").at(self.site.place));
                };
                if count != self.said {
                    let mut head = Vec::new();
                    write_head(container, count, &mut head);
                    self.out.splice(self.head, head);
                }
            }
        }
        Ok(())
    }
}

#[cfg(feature = "msgpack")]
fn write_head(container: Container, count: u32, out: &mut Vec<u8>) {
    match container {
        Container::Array => scalar::array_length(count, out),
        Container::Map => scalar::map_length(count, out),
    }
}

/// A map key, for the path of a fault: as JSON shows it, and only when it is needed.
struct KeyText<'k, K: ?Sized>(&'k K);

impl<K: Serialize + ?Sized> fmt::Display for KeyText<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::new();
        let written = encode(Codec::Json, self.0, &mut text).ok();
        f.write_str(
            written
                .and_then(|()| std::str::from_utf8(&text).ok())
                .unwrap_or("a key"),
        )
    }
}

macro_rules! elements {
    ($($trait:ident :: $method:ident),*) => {
        $(
            impl $trait for Compound<'_, '_> {
                type Ok = ();
                type Error = Fault;

                fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
                    self.element(&mut |exact| value.serialize(exact))
                }

                fn end(self) -> Result<(), Fault> {
                    self.close()
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
            impl $trait for Compound<'_, '_> {
                type Ok = ();
                type Error = Fault;

                fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Fault> {
                    self.field(name, &mut |exact| value.serialize(exact))
                }

                fn end(self) -> Result<(), Fault> {
                    self.close()
                }
            }
        )*
    };
}

fields! { SerializeStruct, SerializeStructVariant }

impl SerializeMap for Compound<'_, '_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Fault> {
        self.key = Some(KeyText(key).to_string());
        self.write_key(&mut |exact| key.serialize(exact))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        let key = self.key.take().unwrap_or_default();
        let place = *self.site.place;
        self.write(&Place::Key(&place, &key), &mut |exact| value.serialize(exact))
    }

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<(), Fault> {
        self.write_key(&mut |exact| key.serialize(exact))?;
        let place = *self.site.place;
        self.write(&Place::Key(&place, &KeyText(key)), &mut |exact| value.serialize(exact))
    }

    fn end(self) -> Result<(), Fault> {
        self.close()
    }
}
