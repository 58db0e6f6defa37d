//! The length prefix: finding frames in a buffer, and writing them into one.

use std::ops::Range;

/// Bytes of the length prefix.
pub const PREFIX: usize = 4;

/// What stands at the start of a buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The frame is not whole yet.
    Incomplete {
        /// How many more bytes are needed at least.
        needed: usize,
    },
    /// A whole frame.
    Frame {
        /// Where its payload stands in the buffer. An empty payload is a frame too.
        payload: Range<usize>,
        /// How many bytes of the buffer the frame takes.
        consumed: usize,
    },
    /// The prefix announces more than is allowed; nothing should be read or reserved for it.
    TooLarge {
        /// The announced length of the payload.
        length: usize,
    },
}

/// Looks at the start of `buffer` for a frame whose payload is at most `max` bytes long.
///
/// ```
/// use callsheet_wire::frame::{Next, next};
///
/// assert_eq!(next(&[0, 0, 0, 2, b'{', b'}', 0], 64), Next::Frame { payload: 4..6, consumed: 6 });
/// assert_eq!(next(&[0, 0, 0, 2, b'{'], 64), Next::Incomplete { needed: 1 });
/// assert_eq!(next(&[0, 0, 1, 0], 64), Next::TooLarge { length: 256 });
/// ```
#[inline]
pub fn next(buffer: &[u8], max: usize) -> Next {
    let Some(prefix) = buffer.first_chunk::<PREFIX>() else {
        return Next::Incomplete {
            needed: PREFIX - buffer.len(),
        };
    };
    let length = usize::try_from(u32::from_be_bytes(*prefix)).unwrap_or(usize::MAX);
    if length > max {
        return Next::TooLarge { length };
    }
    let present = buffer.len() - PREFIX;
    if present < length {
        return Next::Incomplete {
            needed: length - present,
        };
    }
    let consumed = PREFIX + length;
    Next::Frame {
        payload: PREFIX..consumed,
        consumed,
    }
}

/// A payload that its four-byte prefix cannot count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a frame of {length} bytes exceeds what its length prefix can count; send less in one message")]
pub struct TooLong {
    /// The length of the payload in bytes.
    pub length: usize,
}

/// Appends one frame to `out`: the prefix, then whatever `body` appends, then the prefix is set to its length.
///
/// # Errors
///
/// Those of `body`, and [`TooLong`]. `out` is then what it was before the call.
#[inline]
pub fn write<E: From<TooLong>>(out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<(), E> {
    let start = out.len();
    out.extend_from_slice(&[0; PREFIX]);
    let result = body(out).and_then(|()| {
        let length = out.len() - start - PREFIX;
        u32::try_from(length).map_err(|_| E::from(TooLong { length }))
    });
    match result {
        Ok(length) => {
            out[start..start + PREFIX].copy_from_slice(&length.to_be_bytes());
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
    use super::{Next, TooLong, next, write};

    #[test]
    fn an_empty_payload_is_a_frame() {
        assert_eq!(
            next(&[0, 0, 0, 0, 9], 0),
            Next::Frame {
                payload: 4..4,
                consumed: 4
            }
        );
    }

    #[test]
    fn the_limit_is_judged_before_the_payload_has_come() {
        assert_eq!(next(&[0, 0, 0, 9], 8), Next::TooLarge { length: 9 });
        assert_eq!(next(&[0, 0, 0, 8], 8), Next::Incomplete { needed: 8 });
        assert_eq!(
            next(&[0xff; 4], 8),
            Next::TooLarge {
                length: u32::MAX as usize
            }
        );
    }

    #[test]
    fn a_partial_prefix_says_how_much_is_missing() {
        assert_eq!(next(&[], 8), Next::Incomplete { needed: 4 });
        assert_eq!(next(&[0, 0, 0], 8), Next::Incomplete { needed: 1 });
    }

    #[test]
    fn a_failing_body_leaves_the_buffer_as_it_was() {
        let mut out = b"before".to_vec();
        let failed = write(&mut out, |out| {
            out.extend_from_slice(b"half of it");
            Err(TooLong { length: 1 })
        });
        assert_eq!(failed, Err(TooLong { length: 1 }));
        assert_eq!(out, b"before");
    }

    #[test]
    fn frames_follow_one_another() {
        let mut out = Vec::new();
        for body in [&b"{}"[..], b"", b"\x80"] {
            write::<TooLong>(&mut out, |out| {
                out.extend_from_slice(body);
                Ok(())
            })
            .expect("short bodies fit");
        }
        assert_eq!(out, b"\0\0\0\x02{}\0\0\0\0\0\0\0\x01\x80");
    }
}
