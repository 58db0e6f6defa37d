//! The header: finding frames in a buffer, and writing them into one.

use std::ops::Range;

use crate::{Code, Codec, Failure, frame::TooLong};

/// Where in a connection stands the byte that tells whose wire it speaks: the version, in acton-reactive's header.
pub const VERSION_BYTE: usize = 4;

/// The version without a format byte.
const FIRST: u8 = 1;

const SECOND: u8 = 2;

/// Whether a connection whose [`VERSION_BYTE`] is `byte` speaks acton-reactive's wire. Those of Callsheet's own begin their
/// first payload there, and none begins with a version.
///
/// ```
/// use callsheet_wire::{Codec, acton};
///
/// assert!(acton::speaks(1) && acton::speaks(2));
/// assert!((0..=u8::MAX).all(|byte| !acton::speaks(byte) || Codec::detect(&[byte, b'{']).is_none()));
/// ```
#[inline]
pub const fn speaks(byte: u8) -> bool {
    matches!(byte, FIRST | SECOND)
}

/// The form of a frame, which an answer takes over: the version of its header, and the codec of its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Version 1, whose payloads are in JSON.
    One,
    /// Version 2, which says in what its payload is.
    Two(Codec),
}

impl Form {
    /// The codec of the payload.
    #[inline]
    pub const fn codec(self) -> Codec {
        match self {
            Form::One => Codec::Json,
            Form::Two(codec) => codec,
        }
    }

    /// Bytes of the header, the length among them.
    pub const fn header(self) -> usize {
        match self {
            Form::One => 6,
            Form::Two(_) => 7,
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $byte:literal,)*) => {
        /// What a frame is, by the byte of its header.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($(#[$doc])* $kind = $byte,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind),*];

            /// The kind that a byte means.
            pub const fn of(byte: u8) -> Option<Self> {
                match byte {
                    $($byte => Some(Kind::$kind),)*
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// A call of a method, or a message without a reply.
    Request = 0x01,
    /// The answer to a request, a subscription or a discovery.
    Response = 0x02,
    /// The same, of what failed.
    Error = 0x03,
    /// Asks whether the other side is there, and says that this one is; in either direction.
    Heartbeat = 0x04,
    /// An event.
    Push = 0x05,
    /// A subscription to events by their names.
    Subscribe = 0x06,
    /// The end of some, or of all subscriptions.
    Unsubscribe = 0x07,
    /// The question what there is to call.
    Discover = 0x08,
    /// One item of a stream, or its end.
    Stream = 0x09,
    /// A subscription to events by patterns.
    SubscribePatterns = 0x0a,
    /// The end of some, or of all subscriptions to patterns.
    UnsubscribePatterns = 0x0b,
}

impl Kind {
    /// Whether version 1 has it.
    const fn is_first(self) -> bool {
        matches!(self, Kind::Request | Kind::Response | Kind::Error | Kind::Heartbeat)
    }
}

/// What stands at the start of a buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The frame is not whole yet.
    Incomplete,
    /// A whole frame.
    Frame {
        /// Its form.
        form: Form,
        /// What it is.
        kind: Kind,
        /// Where its payload stands in the buffer.
        payload: Range<usize>,
    },
    /// A header that is not taken. Where the next frame begins is known.
    Refused {
        /// The form of the answer.
        form: Form,
        /// Why it is not.
        failure: Failure,
        /// How many bytes the header has.
        header: usize,
        /// So many bytes follow it before the next frame; nothing should be reserved for them.
        length: usize,
    },
    /// A version that nobody has heard of, so that nobody knows where the next frame begins.
    Lost {
        /// What to say last.
        failure: Failure,
    },
}

/// Looks at the start of `buffer` for a frame whose payload is at most `max` bytes long.
///
/// ```
/// use callsheet_wire::{Codec, acton};
///
/// let heartbeat = [0, 0, 0, 0, 2, 4, 1];
/// let (form, kind) = (acton::Form::Two(Codec::Json), acton::Kind::Heartbeat);
/// assert_eq!(acton::next(&heartbeat, 64), acton::Next::Frame { form, kind, payload: 7..7 });
/// assert_eq!(acton::next(&heartbeat[..6], 64), acton::Next::Incomplete);
/// ```
pub fn next(buffer: &[u8], max: usize) -> Next {
    let Some((&[a, b, c, d, version], rest)) = buffer.split_first_chunk::<5>() else {
        return Next::Incomplete;
    };
    let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
    let (kind, codec) = match (version, rest) {
        (FIRST, &[kind, ..]) => (kind, None),
        (SECOND, &[kind, format, ..]) => (kind, Some(format)),
        (FIRST | SECOND, _) => return Next::Incomplete,
        _ => {
            let text = format!("version {version:#04x} of the header is not known; this server knows 0x01 and 0x02");
            let failure = Failure::new(Code::ProtocolError, text);
            return Next::Lost { failure };
        }
    };
    let (form, fault) = match codec {
        None => (Form::One, None),
        Some(1) => (Form::Two(Codec::Json), None),
        #[cfg(feature = "msgpack")]
        Some(2) => (Form::Two(Codec::MessagePack), None),
        Some(other) => {
            let text = format!("format {other:#04x} of the header is not known; this server knows {FORMATS}");
            (Form::Two(Codec::Json), Some(Failure::new(Code::ProtocolError, text)))
        }
    };
    let known = Kind::of(kind).filter(|kind| form != Form::One || kind.is_first());
    let fault = match (fault, known) {
        (Some(fault), _) => fault,
        (None, Some(_)) if length > max => {
            let text = format!("a frame of {length} bytes was announced; at most {max} are taken");
            Failure::new(Code::FrameTooLarge, text)
        }
        (None, Some(kind)) => {
            let start = form.header();
            return match buffer.len() - start < length {
                true => Next::Incomplete,
                false => Next::Frame {
                    form,
                    kind,
                    payload: start..start + length,
                },
            };
        }
        (None, None) => {
            let text = format!("message type {kind:#04x} is not known in version {version} of the header");
            Failure::new(Code::ProtocolError, text)
        }
    };
    Next::Refused {
        form,
        failure: fault,
        header: form.header(),
        length,
    }
}

#[cfg(feature = "msgpack")]
const FORMATS: &str = "0x01 (JSON) and 0x02 (MessagePack)";
#[cfg(not(feature = "msgpack"))]
const FORMATS: &str = "0x01 (JSON) and was built without 0x02 (MessagePack)";

/// Appends one frame to `out`: the header, then whatever `body` appends.
///
/// # Errors
///
/// Those of `body`, and [`TooLong`]. `out` is then what it was before the call.
pub(super) fn write<E: From<TooLong>>(
    out: &mut Vec<u8>,
    form: Form,
    kind: Kind,
    body: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    let start = out.len();
    out.extend_from_slice(&[0; VERSION_BYTE]);
    match form {
        Form::One => out.extend_from_slice(&[FIRST, kind as u8]),
        Form::Two(Codec::Json) => out.extend_from_slice(&[SECOND, kind as u8, 1]),
        #[cfg(feature = "msgpack")]
        Form::Two(Codec::MessagePack) => out.extend_from_slice(&[SECOND, kind as u8, 2]),
    }
    let result = body(out).and_then(|()| {
        let length = out.len() - start - form.header();
        u32::try_from(length).map_err(|_| E::from(TooLong { length }))
    });
    match result {
        Ok(length) => {
            out[start..start + VERSION_BYTE].copy_from_slice(&length.to_be_bytes());
            Ok(())
        }
        Err(error) => {
            out.truncate(start);
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, Kind, Next, next, speaks, write};
    use crate::{Code, Codec, frame::TooLong};

    fn refusal(buffer: &[u8], max: usize) -> (Form, Code, usize, usize) {
        match next(buffer, max) {
            Next::Refused {
                form,
                failure,
                header,
                length,
            } => (form, failure.code(), header, length),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_header_is_known_once_it_is_whole() {
        let two = [0, 0, 0, 2, 2, 1, 1, b'{', b'}', 9];
        for cut in 0..9 {
            assert_eq!(next(&two[..cut], 64), Next::Incomplete, "cut at {cut}");
        }
        let (form, kind) = (Form::Two(Codec::Json), Kind::Request);
        assert_eq!(
            next(&two, 64),
            Next::Frame {
                form,
                kind,
                payload: 7..9
            }
        );
        let one = [0, 0, 0, 2, 1, 1, b'{', b'}', 9];
        for cut in 0..8 {
            assert_eq!(next(&one[..cut], 64), Next::Incomplete, "cut at {cut}");
        }
        let (form, payload) = (Form::One, 6..8);
        assert_eq!(next(&one, 64), Next::Frame { form, kind, payload });
    }

    #[test]
    fn every_kind_has_its_byte_and_the_first_version_has_four() {
        for byte in 0..=u8::MAX {
            let known = Kind::of(byte);
            assert_eq!(known.map(|kind| kind as u8), (1..=11).contains(&byte).then_some(byte));
            let second = next(&[0, 0, 0, 0, 2, byte, 1], 0);
            assert_eq!(matches!(second, Next::Frame { .. }), known.is_some(), "{byte}");
            let first = next(&[0, 0, 0, 0, 1, byte], 0);
            assert_eq!(matches!(first, Next::Frame { .. }), (1..=4).contains(&byte), "{byte}");
        }
        assert_eq!(Kind::ALL.len(), 11);
    }

    #[test]
    fn what_is_not_taken_says_where_the_next_frame_begins() {
        let json = Form::Two(Codec::Json);
        assert_eq!(refusal(&[0, 0, 0, 9, 2, 1, 1], 8), (json, Code::FrameTooLarge, 7, 9));
        assert_eq!(refusal(&[0, 0, 0, 9, 1, 1], 8), (Form::One, Code::FrameTooLarge, 6, 9));
        let huge = [0xff, 0xff, 0xff, 0xff, 2, 0x0c, 1];
        assert_eq!(refusal(&huge, 8), (json, Code::ProtocolError, 7, u32::MAX as usize));
        assert_eq!(refusal(&[0, 0, 0, 1, 2, 1, 3], 8), (json, Code::ProtocolError, 7, 1));
        assert_eq!(refusal(&[0, 0, 0, 1, 1, 5], 8), (Form::One, Code::ProtocolError, 6, 1));
    }

    #[test]
    fn behind_an_unknown_version_nothing_is_known() {
        for version in (0..=u8::MAX).filter(|version| !speaks(*version)) {
            let Next::Lost { failure } = next(&[0, 0, 0, 0, version], 8) else {
                panic!("{version}")
            };
            assert_eq!(failure.code(), Code::ProtocolError);
        }
    }

    #[test]
    fn a_failing_body_leaves_the_buffer_as_it_was() {
        let mut out = b"before".to_vec();
        let failed = write(&mut out, Form::One, Kind::Response, |out| {
            out.extend_from_slice(b"half of it");
            Err(TooLong { length: 1 })
        });
        assert_eq!(failed, Err(TooLong { length: 1 }));
        assert_eq!(out, b"before");
    }
}
