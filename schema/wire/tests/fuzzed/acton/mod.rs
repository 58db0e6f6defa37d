//! The wire of acton-reactive: its headers in a buffer that fills bit by bit, its envelopes, and what is written for its
//! clients.

mod envelope;
mod stream;
mod written;

use arbitrary::Unstructured;
use callsheet_wire::Codec;
use callsheet_wire::acton::{Form, Kind};

use crate::made;

/// Holds for any bytes. The first of them tells what the others are: a stream of frames, a payload, what a payload is made
/// from, or what a server's frame is made from.
pub fn holds(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    match (first % 4, rest) {
        (0, [high, low, cuts, stream @ ..]) => {
            stream::holds_for(stream, usize::from(u16::from_be_bytes([*high, *low])), *cuts)
        }
        (1, [form, kind, payload @ ..]) => envelope::holds_for(form_of(*form), kind_of(*kind), payload),
        (2, [form, kind, seed @ ..]) => {
            let (form, kind, mut seed) = (form_of(*form), kind_of(*kind), Unstructured::new(seed));
            let payload =
                envelope::made(&mut seed, kind).and_then(|node| made::written(&mut seed, form.codec(), &node));
            if let Ok(payload) = payload {
                envelope::holds_for(form, kind, &payload);
            }
        }
        // Fewer bytes than a frame needs make none.
        (3, [form, seed @ ..]) => drop(written::holds_for(form_of(*form), &mut Unstructured::new(seed))),
        _ => {}
    }
}

fn form_of(byte: u8) -> Form {
    [Form::One, Form::Two(Codec::Json), Form::Two(Codec::MessagePack)][usize::from(byte) % 3]
}

fn kind_of(byte: u8) -> Kind {
    // Those with an envelope, more often than not.
    let kinds = [
        Kind::Request,
        Kind::Request,
        Kind::Subscribe,
        Kind::SubscribePatterns,
        Kind::Discover,
    ];
    let chosen = Kind::ALL.iter().chain(&kinds).nth(usize::from(byte) % 16);
    *chosen.expect("there are eleven kinds")
}
