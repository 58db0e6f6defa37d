//! The headers of acton-reactive in a stream of bytes, read as `docs/acton.md` says them and without the wire's own reading.

use callsheet_wire::{
    Codec,
    acton::{Form, Kind},
};

/// What a stream of bytes holds, frame by frame.
#[derive(Debug, PartialEq, Eq)]
pub enum Part<'b> {
    Frame(Form, Kind, &'b [u8]),
    /// A header that is not taken, with the form and the code of its refusal.
    Refused(Form, &'static str),
    /// An unknown version, behind which nothing is understood.
    Lost,
}

/// The frames of a stream, whose payloads may be `longest` bytes long. A last one that is cut is left out.
pub fn parts(mut stream: &[u8], longest: usize) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    loop {
        let (form, kind, format, header) = match *stream {
            [_, _, _, _, 1, kind, ..] => (Form::One, kind, 1, 6),
            [_, _, _, _, 2, kind, 2, ..] => (Form::Two(Codec::MessagePack), kind, 2, 7),
            [_, _, _, _, 2, kind, format, ..] => (Form::Two(Codec::Json), kind, format, 7),
            [_, _, _, _, version, ..] if version != 1 && version != 2 => {
                parts.push(Part::Lost);
                return parts;
            }
            _ => return parts,
        };
        let length = stream[..4]
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte));
        let rest = &stream[header..];
        let most = if form == Form::One { 4 } else { 11 };
        let is_known = (1..=2).contains(&format) && (1..=most).contains(&kind);
        match Kind::of(kind).filter(|_| is_known) {
            None => parts.push(Part::Refused(form, "PROTOCOL_ERROR")),
            Some(_) if length > longest => parts.push(Part::Refused(form, "FRAME_TOO_LARGE")),
            Some(_) if rest.len() < length => return parts,
            Some(kind) => parts.push(Part::Frame(form, kind, &rest[..length])),
        }
        stream = &rest[length.min(rest.len())..];
    }
}
