//! A serializer that writes the same data model in both codecs, refuses what one of them would write as something else, and
//! says where it was.
//!
//! Of scalars serde_json's and rmp's forms are written ([`scalar`](crate::scalar)), and around them the maps and arrays
//! of either codec. One serializer for both means that a type's `Serialize` is compiled once; what does not know the type is
//! compiled with this crate.

mod compound;

use serde::ser::{Serialize, Serializer};

use crate::fault::{Fault, Site};
use crate::place::Place;
use crate::{Codec, scalar};
use compound::{Compound, Container};

/// Appends one value to `out`.
pub(crate) fn serialize<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>, site: Site<'_>) -> Result<(), Fault> {
    value.serialize(Exact {
        out,
        site,
        is_key: false,
    })
}

/// One value about to be written.
struct Exact<'c, 'o> {
    out: &'o mut Vec<u8>,
    site: Site<'c>,
    /// It is a map's key, which is a string in JSON.
    is_key: bool,
}

/// How the names of structs start that mean something to serde_json alone: text that is written as it stands, and numbers
/// of any length.
const OF_SERDE_JSON: &str = "$serde_json::private::";

/// Writes a value where it is told to.
type Write<'w> = &'w mut dyn FnMut(Exact<'_, '_>) -> Result<(), Fault>;

impl<'c, 'o> Exact<'c, 'o> {
    fn codec(&self) -> Codec {
        self.site.run.codec
    }

    /// Writes what is no string by itself.
    #[inline]
    fn unquoted(self, write: impl FnOnce(Codec, &mut Vec<u8>)) -> Result<(), Fault> {
        let quoted = self.is_key && self.codec() == Codec::Json;
        if quoted {
            self.out.push(b'"');
        }
        write(self.codec(), self.out);
        if quoted {
            self.out.push(b'"');
        }
        Ok(())
    }

    fn check_finite(&self, is_finite: bool) -> Result<(), Fault> {
        if is_finite || self.codec() != Codec::Json {
            return Ok(());
        }
        Err(
            Fault::text("NaN and infinity have no form in JSON; send a finite number, or MessagePack")
                .at(self.site.place),
        )
    }

    fn check_no_key(&self, found: &str) -> Result<(), Fault> {
        if self.is_key {
            return Err(Fault::text(format!("expected string or integer as key, found {found}")).at(self.site.place));
        }
        Ok(())
    }

    /// Opens an array or a map.
    fn open(self, container: Container, length: Option<usize>) -> Result<Compound<'c, 'o>, Fault> {
        self.check_no_key(container.word())?;
        Compound::open(self.out, container, length, self.site.inside()?, None)
    }

    /// Opens the data of a variant, in a map of its own.
    fn open_variant(
        self,
        container: Container,
        variant: &'static str,
        length: usize,
    ) -> Result<Compound<'c, 'o>, Fault> {
        self.check_no_key("object")?;
        let site = self.site.inside()?;
        open_entry(variant, self.codec(), self.out);
        Compound::open(self.out, container, Some(length), site.inside()?, Some(variant))
    }

    /// Writes a variant with its data, in a map of its own.
    fn variant(self, variant: &'static str, write: Write<'_>) -> Result<(), Fault> {
        self.check_no_key("object")?;
        let codec = self.codec();
        let place = Place::Name(self.site.place, variant);
        let site = self.site.inside()?.step(&place);
        open_entry(variant, codec, self.out);
        let written = write(Exact {
            out: &mut *self.out,
            site,
            is_key: false,
        });
        written.map_err(|fault| fault.at(site.place))?;
        if codec == Codec::Json {
            self.out.push(b'}');
        }
        Ok(())
    }
}

/// Opens a map of one entry and writes its key.
fn open_entry(key: &str, codec: Codec, out: &mut Vec<u8>) {
    match codec {
        Codec::Json => out.push(b'{'),
        #[cfg(feature = "msgpack")]
        Codec::MessagePack => scalar::map_length(1, out),
    }
    scalar::text(codec, key, out);
    if codec == Codec::Json {
        out.push(b':');
    }
}

macro_rules! integers {
    ($($method:ident($type:ty) $write:ident;)*) => {
        $(
            fn $method(self, value: $type) -> Result<(), Fault> {
                self.unquoted(|codec, out| scalar::$write(codec, value.into(), out))
            }
        )*
    };
}

impl<'c, 'o> Serializer for Exact<'c, 'o> {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = Compound<'c, 'o>;
    type SerializeTuple = Compound<'c, 'o>;
    type SerializeTupleStruct = Compound<'c, 'o>;
    type SerializeTupleVariant = Compound<'c, 'o>;
    type SerializeMap = Compound<'c, 'o>;
    type SerializeStruct = Compound<'c, 'o>;
    type SerializeStructVariant = Compound<'c, 'o>;

    fn is_human_readable(&self) -> bool {
        true
    }

    integers! {
        serialize_i8(i8) signed;
        serialize_i16(i16) signed;
        serialize_i32(i32) signed;
        serialize_i64(i64) signed;
        serialize_i128(i128) signed128;
        serialize_u8(u8) unsigned;
        serialize_u16(u16) unsigned;
        serialize_u32(u32) unsigned;
        serialize_u64(u64) unsigned;
        serialize_u128(u128) unsigned128;
    }

    fn serialize_bool(self, value: bool) -> Result<(), Fault> {
        self.unquoted(|codec, out| scalar::boolean(codec, value, out))
    }

    fn serialize_f32(self, value: f32) -> Result<(), Fault> {
        self.check_finite(value.is_finite())?;
        self.unquoted(|codec, out| scalar::f32(codec, value, out))
    }

    fn serialize_f64(self, value: f64) -> Result<(), Fault> {
        self.check_finite(value.is_finite())?;
        self.unquoted(|codec, out| scalar::f64(codec, value, out))
    }

    fn serialize_char(self, value: char) -> Result<(), Fault> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Fault> {
        scalar::text(self.codec(), value, self.out);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Fault> {
        if self.codec() == Codec::Json {
            self.check_no_key("bytes")?;
            // It is an array there.
            self.site.inside()?;
        }
        scalar::bytes(self.codec(), value, self.out);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Fault> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Fault> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Fault> {
        self.check_no_key("null")?;
        scalar::null(self.codec(), self.out);
        Ok(())
    }

    /// Null in both codecs; rmp-serde would write an empty array.
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Fault> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Fault> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Fault> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        self.variant(variant, &mut |exact| value.serialize(exact))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Self::SerializeSeq, Fault> {
        self.open(Container::Array, length)
    }

    fn serialize_tuple(self, length: usize) -> Result<Self::SerializeTuple, Fault> {
        self.open(Container::Array, Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Self::SerializeTupleStruct, Fault> {
        self.open(Container::Array, Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleVariant, Fault> {
        self.open_variant(Container::Array, variant, length)
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Self::SerializeMap, Fault> {
        self.open(Container::Map, length)
    }

    fn serialize_struct(self, name: &'static str, length: usize) -> Result<Self::SerializeStruct, Fault> {
        if name.starts_with(OF_SERDE_JSON) {
            return Err(Fault::text("a value that serde_json alone can write").at(self.site.place));
        }
        self.open(Container::Map, Some(length))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStructVariant, Fault> {
        self.open_variant(Container::Map, variant, length)
    }
}
