//! Numbers of bytes, which may be written with a unit.

use std::ops::RangeInclusive;

use bytesize::ByteSize;

use super::kind::{Given, Kind};

/// A number of bytes.
pub(super) struct Bytes(pub(super) RangeInclusive<usize>);

impl Kind for Bytes {
    type Value = usize;

    fn read(&self, given: Given<'_>) -> Option<usize> {
        let bytes = match given {
            Given::Word(word) => in_units(word.to_str()?)?,
            Given::Text(text) => in_units(text)?,
            Given::Integer(number) => number?,
            Given::Other => return None,
        };
        usize::try_from(bytes).ok().filter(|bytes| self.0.contains(bytes))
    }

    fn expected(&self, quote: &str) -> String {
        let [least, most] = [self.0.start(), self.0.end()].map(|bound| shown(*bound));
        format!("a number of bytes such as 65536 or {quote}16MiB{quote}, from {least} to {most}")
    }

    fn values(&self) -> String {
        format!("bytes, {} to {}", shown(*self.0.start()), shown(*self.0.end()))
    }

    fn show(&self, value: usize) -> String {
        format!("\"{}\"", shown(value))
    }
}

fn in_units(text: &str) -> Option<u64> {
    Some(text.parse::<ByteSize>().ok()?.as_u64())
}

/// In the largest unit that tells it exactly. The crate that reads sizes rounds those it writes.
fn shown(bytes: usize) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    let exact = units.into_iter().find(|(bits, _)| bytes.trailing_zeros() >= *bits);
    exact.map_or_else(|| bytes.to_string(), |(bits, unit)| format!("{}{unit}", bytes >> bits))
}
