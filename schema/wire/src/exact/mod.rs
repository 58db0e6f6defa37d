//! A serializer around serde_json's and rmp-serde's that writes the same data model in both, refuses what one of them
//! would write as something else, and says where it was.

mod compound;

use serde::ser::{self, Serialize, Serializer};

use crate::Codec;
use crate::fault::{Fault, Site};
use crate::place::Place;
use compound::Compound;

pub(crate) fn serialize<T: Serialize + ?Sized, S: Serializer>(
    value: &T,
    format: S,
    site: Site<'_>,
) -> Result<S::Ok, Fault> {
    value.serialize(Exact { format, site })
}

/// One value about to be written in the format `S`.
struct Exact<'c, S> {
    format: S,
    site: Site<'c>,
}

/// A value inside a map, an array or a variant.
struct Placed<'c, T: ?Sized> {
    value: &'c T,
    site: Site<'c>,
}

impl<T: Serialize + ?Sized> Serialize for Placed<'_, T> {
    #[inline]
    fn serialize<S: Serializer>(&self, format: S) -> Result<S::Ok, S::Error> {
        serialize(self.value, format, self.site).map_err(|fault| {
            self.site
                .carry(fault.at(self.site.place), <S::Error as ser::Error>::custom)
        })
    }
}

/// A fault carried by a format's error, or what the format itself found wrong.
#[cold]
fn fault_at(site: Site<'_>, error: impl std::fmt::Display) -> Fault {
    site.carried()
        .unwrap_or_else(|| Fault::text(error.to_string()))
        .at(site.place)
}

impl<'c, S: Serializer> Exact<'c, S> {
    #[inline]
    fn write(self, write: impl FnOnce(S) -> Result<S::Ok, S::Error>) -> Result<S::Ok, Fault> {
        let site = self.site;
        write(self.format).map_err(|error| fault_at(site, error))
    }

    #[inline]
    fn open<C>(self, open: impl FnOnce(S) -> Result<C, S::Error>) -> Result<Compound<'c, C>, Fault> {
        let site = self.site.inside()?;
        let format = open(self.format).map_err(|error| fault_at(site, error))?;
        Ok(Compound::new(format, site))
    }

    fn check_finite(&self, is_finite: bool) -> Result<(), Fault> {
        if is_finite || self.site.run.codec == Codec::MessagePack {
            return Ok(());
        }
        Err(
            Fault::text("NaN and infinity have no form in JSON; send a finite number, or MessagePack")
                .at(self.site.place),
        )
    }
}

macro_rules! scalars {
    ($($method:ident($type:ty);)*) => {
        $(
            #[inline]
            fn $method(self, value: $type) -> Result<S::Ok, Fault> {
                self.write(|format| format.$method(value))
            }
        )*
    };
}

impl<'c, S: Serializer> Serializer for Exact<'c, S> {
    type Ok = S::Ok;
    type Error = Fault;
    type SerializeSeq = Compound<'c, S::SerializeSeq>;
    type SerializeTuple = Compound<'c, S::SerializeTuple>;
    type SerializeTupleStruct = Compound<'c, S::SerializeTupleStruct>;
    type SerializeTupleVariant = Compound<'c, S::SerializeTupleVariant>;
    type SerializeMap = Compound<'c, S::SerializeMap>;
    type SerializeStruct = Compound<'c, S::SerializeStruct>;
    type SerializeStructVariant = Compound<'c, S::SerializeStructVariant>;

    fn is_human_readable(&self) -> bool {
        true
    }

    scalars! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
    }

    fn serialize_f32(self, value: f32) -> Result<S::Ok, Fault> {
        self.check_finite(value.is_finite())?;
        self.write(|format| format.serialize_f32(value))
    }

    fn serialize_f64(self, value: f64) -> Result<S::Ok, Fault> {
        self.check_finite(value.is_finite())?;
        self.write(|format| format.serialize_f64(value))
    }

    fn serialize_none(self) -> Result<S::Ok, Fault> {
        self.write(|format| format.serialize_none())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, Fault> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<S::Ok, Fault> {
        self.write(|format| format.serialize_unit())
    }

    /// Null in both codecs; rmp-serde would write an empty array.
    fn serialize_unit_struct(self, _: &'static str) -> Result<S::Ok, Fault> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, name: &'static str, index: u32, variant: &'static str) -> Result<S::Ok, Fault> {
        self.write(|format| format.serialize_unit_variant(name, index, variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<S::Ok, Fault> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, Fault> {
        let place = Place::Name(self.site.place, variant);
        let site = self.site.inside()?.step(&place);
        self.format
            .serialize_newtype_variant(name, index, variant, &Placed { value, site })
            .map_err(|error| fault_at(site, error))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Self::SerializeSeq, Fault> {
        self.open(|format| format.serialize_seq(length))
    }

    fn serialize_tuple(self, length: usize) -> Result<Self::SerializeTuple, Fault> {
        self.open(|format| format.serialize_tuple(length))
    }

    fn serialize_tuple_struct(self, name: &'static str, length: usize) -> Result<Self::SerializeTupleStruct, Fault> {
        self.open(|format| format.serialize_tuple_struct(name, length))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleVariant, Fault> {
        Ok(self
            .open(|format| format.serialize_tuple_variant(name, index, variant, length))?
            .of(variant))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Self::SerializeMap, Fault> {
        self.open(|format| format.serialize_map(length))
    }

    fn serialize_struct(self, name: &'static str, length: usize) -> Result<Self::SerializeStruct, Fault> {
        self.open(|format| format.serialize_struct(name, length))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStructVariant, Fault> {
        Ok(self
            .open(|format| format.serialize_struct_variant(name, index, variant, length))?
            .of(variant))
    }

    fn collect_str<T: std::fmt::Display + ?Sized>(self, value: &T) -> Result<S::Ok, Fault> {
        self.write(|format| format.collect_str(value))
    }
}
