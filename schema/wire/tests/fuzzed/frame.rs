//! Frames in a buffer that fills bit by bit.

use callsheet_wire::frame::{self, Next, PREFIX, TooLong};

/// What a stream of bytes holds, frame by frame.
#[derive(Debug, PartialEq, Eq)]
enum Part<'b> {
    Frame(&'b [u8]),
    /// A frame that is too long, which is passed over; `skipped` tells how much of it has come.
    TooLarge {
        length: usize,
        skipped: usize,
    },
}

/// Holds for any bytes: however a stream is cut, [`frame::next`] finds the frames that stand in it, asks for no more
/// bytes than the frame lacks, and [`frame::write`] writes again what was found.
///
/// The first two bytes are the longest payload that is allowed, the third seeds where the stream is cut.
pub fn holds(bytes: &[u8]) {
    let Some((&[high, low, cuts], stream)) = bytes.split_first_chunk::<3>() else {
        return;
    };
    let max = usize::from(u16::from_be_bytes([high, low]));
    let expected = parts(stream, max);

    let (mut found, mut rewritten) = (Vec::new(), Vec::new());
    // What is not understood yet stands in `stream[start..end]`.
    let (mut start, mut end, mut skip) = (0, 0, 0);
    let mut cuts = u32::from(cuts);
    loop {
        loop {
            let dropped = skip.min(end - start);
            (start, skip) = (start + dropped, skip - dropped);
            if let (Some(Part::TooLarge { skipped, .. }), true) = (found.last_mut(), dropped > 0) {
                *skipped += dropped;
            }
            let buffer = &stream[start..end];
            match frame::next(buffer, max) {
                Next::Frame { payload, consumed } => {
                    assert_eq!(payload, PREFIX..consumed, "a payload follows its prefix");
                    let payload = &buffer[payload];
                    let copy = |out: &mut Vec<u8>| {
                        out.extend_from_slice(payload);
                        Ok::<(), TooLong>(())
                    };
                    frame::write(&mut rewritten, copy).expect("it was counted before");
                    assert!(rewritten.ends_with(&buffer[..consumed]), "it is written as it was read");
                    found.push(Part::Frame(payload));
                    start += consumed;
                }
                Next::TooLarge { length } => {
                    assert!(length > max, "{length} bytes are allowed");
                    found.push(Part::TooLarge { length, skipped: 0 });
                    (start, skip) = (start + PREFIX, length);
                }
                Next::Incomplete { needed } => {
                    assert!(needed > 0 && buffer.len() + needed <= PREFIX + max);
                    assert!(buffer.len() < PREFIX || needed == announced(buffer) + PREFIX - buffer.len());
                    break;
                }
            }
        }
        if end == stream.len() {
            break;
        }
        // Steps of 1 to 64 bytes, by a linear congruential generator.
        cuts = cuts.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        end = stream.len().min(end + 1 + (cuts >> 26) as usize);
    }
    assert_eq!(found, expected);
}

fn announced(buffer: &[u8]) -> usize {
    buffer[..PREFIX]
        .iter()
        .fold(0, |length, byte| length << 8 | usize::from(*byte))
}

/// The same, of a stream that is there as a whole.
fn parts(mut stream: &[u8], max: usize) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    while stream.len() >= PREFIX {
        let length = announced(stream);
        let rest = &stream[PREFIX..];
        let present = length.min(rest.len());
        if length > max {
            parts.push(Part::TooLarge {
                length,
                skipped: present,
            });
        } else if present == length {
            parts.push(Part::Frame(&rest[..length]));
        } else {
            break;
        }
        stream = &rest[present..];
    }
    parts
}
