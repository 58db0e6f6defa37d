//! Writing an envelope: one map, field by field, straight into the output.

use crate::{Codec, Encode, EncodeError, frame, scalar};

/// The map of one envelope, open for fields.
pub(crate) struct Head<'o> {
    out: &'o mut Vec<u8>,
    codec: Codec,
    is_first: bool,
}

impl<'o> Head<'o> {
    /// Opens a map of exactly `fields` fields, at most 15.
    #[inline]
    pub(crate) fn open(out: &'o mut Vec<u8>, codec: Codec, fields: usize) -> Self {
        match codec {
            Codec::Json => out.push(b'{'),
            #[cfg(feature = "msgpack")]
            Codec::MessagePack => {
                debug_assert!(fields < 16, "an envelope has few fields");
                out.push(0x80 | fields as u8);
            }
        }
        Head {
            out,
            codec,
            is_first: true,
        }
    }

    #[inline]
    fn key(&mut self, name: &'static str) {
        match self.codec {
            Codec::Json => {
                self.out.extend_from_slice(if self.is_first { b"\"" } else { b",\"" });
                self.out.extend_from_slice(name.as_bytes());
                self.out.extend_from_slice(b"\":");
            }
            #[cfg(feature = "msgpack")]
            Codec::MessagePack => {
                debug_assert!(name.len() < 32, "envelope keys are short");
                self.out.push(0xa0 | name.len() as u8);
                self.out.extend_from_slice(name.as_bytes());
            }
        }
        self.is_first = false;
    }

    #[inline]
    pub(crate) fn text(&mut self, name: &'static str, text: &str) -> &mut Self {
        self.key(name);
        self.element(text);
        self
    }

    #[inline]
    pub(crate) fn element(&mut self, text: &str) {
        scalar::text(self.codec, text, self.out);
    }

    #[inline]
    pub(crate) fn optional_text(&mut self, name: &'static str, text: Option<&str>) -> &mut Self {
        if let Some(text) = text {
            self.text(name, text);
        }
        self
    }

    #[inline]
    pub(crate) fn flag(&mut self, name: &'static str, flag: bool) -> &mut Self {
        self.key(name);
        scalar::boolean(self.codec, flag, self.out);
        self
    }

    #[inline]
    pub(crate) fn number(&mut self, name: &'static str, number: u64) -> &mut Self {
        self.key(name);
        scalar::unsigned(self.codec, number, self.out);
        self
    }

    #[inline]
    pub(crate) fn optional_number(&mut self, name: &'static str, number: Option<u64>) -> &mut Self {
        if let Some(number) = number {
            self.number(name, number);
        }
        self
    }

    #[inline]
    pub(super) fn null(&mut self, name: &'static str) -> &mut Self {
        self.key(name);
        scalar::null(self.codec, self.out);
        self
    }

    pub(crate) fn texts(&mut self, name: &'static str, texts: &[&str]) -> &mut Self {
        self.key(name);
        match self.codec {
            Codec::Json => self.out.push(b'['),
            #[cfg(feature = "msgpack")]
            Codec::MessagePack => {
                let length = u32::try_from(texts.len()).expect("a list in memory has fewer names than u32 counts");
                scalar::array_length(length, self.out);
            }
        }
        for (index, text) in texts.iter().enumerate() {
            if index > 0 && self.codec == Codec::Json {
                self.out.push(b',');
            }
            self.element(text);
        }
        if self.codec == Codec::Json {
            self.out.push(b']');
        }
        self
    }

    /// Writes a value in place.
    #[inline]
    pub(crate) fn value(&mut self, name: &'static str, value: &dyn Encode) -> Result<&mut Self, EncodeError> {
        self.key(name);
        value.encode(self.codec, self.out)?;
        Ok(self)
    }

    /// Writes a value in place and tells whether it came out as null.
    #[inline]
    pub(super) fn value_is_null(&mut self, name: &'static str, value: &dyn Encode) -> Result<bool, EncodeError> {
        self.key(name);
        let start = self.out.len();
        value.encode(self.codec, self.out)?;
        let null: &[u8] = if self.codec == Codec::Json { b"null" } else { b"\xc0" };
        Ok(self.out[start..] == *null)
    }

    /// Writes a value in place as the last field, unless it comes out as null; whether it did not. One that is left out must
    /// not be counted among the fields.
    pub(crate) fn value_unless_null(&mut self, name: &'static str, value: &dyn Encode) -> Result<bool, EncodeError> {
        let (start, was_first) = (self.out.len(), self.is_first);
        let is_null = self.value_is_null(name, value)?;
        if is_null {
            self.out.truncate(start);
            self.is_first = was_first;
        }
        Ok(!is_null)
    }

    /// Copies a value that is encoded already.
    pub(crate) fn encoded(&mut self, name: &'static str, value: &[u8]) -> &mut Self {
        self.key(name);
        self.out.extend_from_slice(value);
        self
    }

    #[inline]
    pub(crate) fn close(&mut self) {
        if self.codec == Codec::Json {
            self.out.push(b'}');
        }
    }
}

/// Appends a map of names and values, of which there may be any number.
pub(crate) fn write_map(
    out: &mut Vec<u8>,
    codec: Codec,
    entries: &[(&'static str, &dyn Encode)],
) -> Result<(), EncodeError> {
    match codec {
        Codec::Json => out.push(b'{'),
        #[cfg(feature = "msgpack")]
        Codec::MessagePack => {
            let length = u32::try_from(entries.len()).expect("a method has fewer arguments than u32 counts");
            scalar::map_length(length, out);
        }
    }
    for (index, (name, value)) in entries.iter().enumerate() {
        if codec == Codec::Json && index > 0 {
            out.push(b',');
        }
        scalar::text(codec, name, out);
        if codec == Codec::Json {
            out.push(b':');
        }
        value.encode(codec, out).map_err(|error| error.within(name))?;
    }
    if codec == Codec::Json {
        out.push(b'}');
    }
    Ok(())
}

/// Appends one frame whose envelope cannot fail to be written.
pub(super) fn infallible(out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    let written = frame::write::<frame::TooLong>(out, |out| {
        body(out);
        Ok(())
    });
    written.expect("a frame of names and texts is far below 4 GiB");
}
