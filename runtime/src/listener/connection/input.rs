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
    /// The peer has filled all the room at once, so it has more to say.
    is_eager: bool,
    /// How many frames have come, those that were skipped among them.
    whole: u64,
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
            is_eager: false,
            whole: 0,
        }
    }

    /// Puts what is left of the input where the most room is behind it, and gives back what it has no use for; all that
    /// can be, if `is_scarce`.
    pub(super) fn tidy(&mut self, is_scarce: bool) {
        let left = self.end - self.start;
        let kept = if is_scarce { ROOM } else { KEPT };
        if left <= ROOM / 2 && self.buffer.len() > kept {
            let mut buffer = vec![0; ROOM];
            buffer[..left].copy_from_slice(&self.buffer[self.start..self.end]);
            self.buffer = buffer;
            (self.start, self.end) = (0, left);
        } else if left == 0 {
            (self.start, self.end) = (0, 0);
        } else if self.start > 0 && self.buffer.len() - self.end < ROOM / 4 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, left);
        }
        self.is_eager &= !is_scarce;
    }

    /// Wants no more room than it needs.
    pub(super) fn calm(&mut self) {
        self.is_eager = false;
    }

    /// How many bytes the buffer has once there is room to read into. It doubles, up to what the frame at its start takes:
    /// so it is never more than twice what has come.
    pub(super) fn wanted(&self) -> usize {
        let length = self.buffer.len();
        if self.end < length {
            return if self.is_eager { 2 * length } else { length };
        }
        // The buffer is longer than a prefix, so the length of the frame is known if it stands at the start.
        let unread = &self.buffer[self.start..self.end];
        let whole = match frame::next(unread, usize::MAX) {
            frame::Next::Incomplete { needed } => self.end + needed,
            _ => usize::MAX,
        };
        whole.min(2 * length)
    }

    /// How many bytes the buffer has.
    pub(super) fn kept(&self) -> usize {
        self.buffer.len()
    }

    /// Room to read into, never empty, in a buffer of the length that is [`wanted`](Self::wanted).
    pub(super) fn room(&mut self) -> &mut [u8] {
        let wanted = self.wanted();
        if wanted > self.buffer.len() {
            // Exactly so many: what the buffer keeps is counted.
            self.buffer.reserve_exact(wanted - self.buffer.len());
            self.buffer.resize(wanted, 0);
        }
        self.is_eager = false;
        &mut self.buffer[self.end..]
    }

    /// So many bytes of the room were filled.
    pub(super) fn filled(&mut self, bytes: usize) {
        self.end += bytes;
        self.is_eager = self.start == 0 && self.end == self.buffer.len() && self.buffer.len() < KEPT;
    }

    /// Whether a part of a frame has come, be it one that is skipped.
    pub(super) fn is_within_frame(&self) -> bool {
        self.start < self.end || self.skip > 0
    }

    /// How many frames have come to their end so far.
    pub(super) fn whole(&self) -> u64 {
        self.whole
    }

    /// The codec of the frame of which a part has come, if its first byte has.
    pub(super) fn codec(&self) -> Option<Codec> {
        Codec::detect(self.buffer[self.start..self.end].get(frame::PREFIX..frame::PREFIX + 1)?)
    }

    /// The next whole frame whose payload is at most `max` bytes long.
    pub(super) fn next(&mut self, max: usize) -> Option<Found<'_>> {
        let skipped = mem::take(&mut self.skip);
        let dropped = skipped.min(self.end - self.start);
        self.start += dropped;
        self.skip = skipped - dropped;
        self.whole += u64::from(skipped > 0 && self.skip == 0);
        let unread = &self.buffer[self.start..self.end];
        match frame::next(unread, max) {
            frame::Next::Incomplete { .. } => None,
            frame::Next::Frame { payload, consumed } => {
                self.start += consumed;
                self.whole += 1;
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
        input.tidy(false);
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
        assert_eq!(input.kept(), stream.len(), "no more than the frame takes");
        assert_eq!(input.next(1 << 20), Some(Found::Frame(&stream[4..])));
        input.tidy(false);
        assert_eq!(input.room().len(), ROOM);
    }

    #[test]
    fn the_beginning_of_another_frame_keeps_no_large_buffer() {
        let mut stream = (1u32 << 20).to_be_bytes().to_vec();
        stream.resize(4 + (1 << 20), b' ');
        stream.extend_from_slice(b"\0\0\0\x02{");
        let mut input = Input::new();
        let (mut fed, mut found) = (0, 0);
        while fed < stream.len() {
            fed += feed(&mut input, &stream[fed..]);
            while input.next(1 << 20).is_some() {
                found += 1;
            }
        }
        input.tidy(false);
        assert_eq!((found, input.kept(), input.codec()), (1, ROOM, Some(Codec::Json)));
        assert!(input.is_within_frame());
        feed(&mut input, b"}");
        assert_eq!(input.next(1 << 20), Some(Found::Frame(b"{}")));
        assert!(!input.is_within_frame());
    }

    #[test]
    fn an_announced_length_makes_no_room() {
        let mut input = Input::new();
        feed(&mut input, &[1, 0, 0, 0, b'{']);
        assert_eq!(input.next(16 << 20), None);
        input.tidy(false);
        assert_eq!(input.wanted(), ROOM);
        feed(&mut input, &[b' '; ROOM - 5]);
        assert_eq!(input.wanted(), 2 * ROOM);
    }
}
