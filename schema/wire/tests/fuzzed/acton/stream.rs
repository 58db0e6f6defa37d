//! Headers, in a buffer that fills bit by bit.

use callsheet_wire::acton::{self, Next};
use callsheet_wire::{Code, Failure};

use crate::header::{Part, parts};

/// What finding a frame may reserve: the text of a refusal.
const REFUSAL: u64 = 4 << 10;

/// However a stream is cut, [`acton::next`] finds what stands in it, and says that a frame is incomplete until it is whole.
pub fn holds_for(stream: &[u8], longest: usize, cuts: u8) {
    let expected = parts(stream, longest);
    let mut found = Vec::new();
    // What is not understood yet stands in `stream[start..end]`.
    let (mut start, mut end, mut skip) = (0, 0, 0_usize);
    let mut cuts = u32::from(cuts);
    'found: loop {
        loop {
            let dropped = skip.min(end - start);
            (start, skip) = (start + dropped, skip - dropped);
            let buffer = &stream[start..end];
            let mut next = Next::Incomplete;
            let reserved = allocation_counter::measure(|| next = acton::next(buffer, longest)).bytes_max;
            assert!(reserved <= REFUSAL, "a header took {reserved} bytes");
            match next {
                Next::Incomplete => break,
                Next::Frame { form, kind, payload } => {
                    assert_eq!(payload.start, form.header(), "a payload follows its header");
                    assert!(payload.len() <= longest);
                    found.push(Part::Frame(form, kind, &buffer[payload.clone()]));
                    start += payload.end;
                }
                Next::Refused {
                    form,
                    failure,
                    header,
                    length,
                } => {
                    found.push(Part::Refused(form, code(&failure)));
                    (start, skip) = (start + header, length);
                }
                Next::Lost { failure } => {
                    assert_eq!(code(&failure), "PROTOCOL_ERROR");
                    found.push(Part::Lost);
                    break 'found;
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

fn code(failure: &Failure) -> &'static str {
    match failure.code() {
        Code::ProtocolError => "PROTOCOL_ERROR",
        Code::FrameTooLarge => "FRAME_TOO_LARGE",
        other => panic!("no header is refused with {other}"),
    }
}
