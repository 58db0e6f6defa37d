//! Finding frames in what was read.

use std::mem;

use callsheet_wire::{Codec, frame};

/// The room that a connection reads into.
const ROOM: usize = 16 << 10;

/// A larger buffer is not kept once it is empty.
const KEPT: usize = 256 << 10;

/// The bytes that were read and are not understood yet.
///
/// Every byte of the buffer is initialised; those in `start..end` were read. It grows with what has come, never with
/// what a prefix announces.
#[derive(Debug)]
pub(super) struct Input {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// So many bytes of an over-long frame are still to come and to be dropped.
    skip: usize,
}

/// What stands at the start of the input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    /// The payload of a whole frame.
    Frame(&'a [u8]),
    /// An over-long frame, which is skipped.
    TooLarge {
        /// The length that its prefix announces.
        length: usize,
        /// Its codec, as far as its first byte tells.
        codec: Option<Codec>,
    },
}

impl Input {
    pub(super) fn new() -> Self {
        Input {
            buffer: vec![0; ROOM],
            start: 0,
            end: 0,
            skip: 0,
        }
    }

    /// Room to read into, never empty.
    pub(super) fn room(&mut self) -> &mut [u8] {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            if self.buffer.len() > KEPT {
                self.buffer = vec![0; ROOM];
            }
        }
        if self.start > 0 && self.buffer.len() - self.end < ROOM / 4 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(2 * self.buffer.len(), 0);
        }
        &mut self.buffer[self.end..]
    }

    /// So many bytes of the room were filled.
    pub(super) fn filled(&mut self, bytes: usize) {
        self.end += bytes;
        // A peer that fills all the room at once has more to say.
        if self.start == 0 && self.end == self.buffer.len() && self.buffer.len() < KEPT {
            self.buffer.resize(2 * self.buffer.len(), 0);
        }
    }

    /// The next whole frame whose payload is at most `max` bytes long.
    pub(super) fn next(&mut self, max: usize) -> Option<Found<'_>> {
        let skipped = mem::take(&mut self.skip);
        let dropped = skipped.min(self.end - self.start);
        self.start += dropped;
        self.skip = skipped - dropped;
        let unread = &self.buffer[self.start..self.end];
        match frame::next(unread, max) {
            frame::Next::Incomplete { .. } => None,
            frame::Next::Frame { payload, consumed } => {
                self.start += consumed;
                Some(Found::Frame(&unread[payload]))
            }
            frame::Next::TooLarge { length } => {
                // The refusal is in the codec of the frame, so it waits for the first byte.
                let first = unread.get(frame::PREFIX..frame::PREFIX + 1)?;
                self.start += frame::PREFIX;
                self.skip = length;
                let codec = Codec::detect(first);
                Some(Found::TooLarge { length, codec })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use callsheet_wire::Codec;

    use super::{Found, Input, KEPT, ROOM};

    /// Reads `bytes` into the input, as far as they fit.
    fn feed(input: &mut Input, bytes: &[u8]) -> usize {
        let room = input.room();
        let fits = room.len().min(bytes.len());
        room[..fits].copy_from_slice(&bytes[..fits]);
        input.filled(fits);
        fits
    }

    #[test]
    fn frames_are_found_however_they_are_cut() {
        let stream = b"\0\0\0\x02{}\0\0\0\0\0\0\0\x03{ }";
        for cut in 0..stream.len() {
            let mut input = Input::new();
            let mut found = Vec::new();
            for part in [&stream[..cut], &stream[cut..]] {
                feed(&mut input, part);
                while let Some(frame) = input.next(8) {
                    let Found::Frame(payload) = frame else {
                        panic!("no frame is over-long")
                    };
                    found.push(payload.to_vec());
                }
            }
            assert_eq!(found, [&b"{}"[..], b"", b"{ }"], "cut at {cut}");
        }
    }

    #[test]
    fn an_over_long_frame_is_skipped_without_being_kept() {
        let mut input = Input::new();
        feed(&mut input, &[0, 4, 0, 0]);
        assert_eq!(input.next(1024), None, "the codec is not known yet");
        feed(&mut input, b"{");
        let codec = Some(Codec::Json);
        assert_eq!(input.next(1024), Some(Found::TooLarge { length: 4 << 16, codec }));
        let mut rest = vec![b'x'; (4 << 16) - 1];
        rest.extend_from_slice(b"\0\0\0\x02{}");
        let mut fed = 0;
        while fed < rest.len() {
            fed += feed(&mut input, &rest[fed..]);
            match input.next(1024) {
                None => {}
                Some(found) => assert_eq!((found, fed), (Found::Frame(b"{}"), rest.len())),
            }
        }
        assert!(input.buffer.len() <= KEPT, "nothing was kept for it");
    }

    #[test]
    fn a_large_frame_fits_and_leaves_no_large_buffer() {
        let mut stream = (1u32 << 20).to_be_bytes().to_vec();
        stream.resize(4 + (1 << 20), b' ');
        let mut input = Input::new();
        let mut fed = 0;
        while fed < stream.len() {
            assert_eq!(input.next(1 << 20), None);
            fed += feed(&mut input, &stream[fed..]);
        }
        assert_eq!(input.next(1 << 20), Some(Found::Frame(&stream[4..])));
        assert_eq!(input.room().len(), ROOM);
    }
}
