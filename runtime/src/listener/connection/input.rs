//! Finding frames in what was read, once it is known whose frames they are.

use std::mem;

use callsheet_wire::{Codec, Failure, acton, frame};

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
    spoken: Spoken,
}

/// Whose wire the peer speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spoken {
    /// The byte that tells has not come.
    Unknown,
    Own,
    Acton,
    /// It was acton-reactive's, and nobody knows where its next frame begins.
    Lost,
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
    /// From a client of acton-reactive.
    Acton(FoundActon<'a>),
}

/// What stands at the start of the input of a client of acton-reactive.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FoundActon<'a> {
    /// A whole frame.
    Frame {
        form: acton::Form,
        kind: acton::Kind,
        payload: &'a [u8],
    },
    /// A frame whose header is not taken, and which is skipped.
    Refused {
        /// That of the answer.
        form: acton::Form,
        failure: Failure,
    },
    /// Nothing that follows can be understood.
    Lost { failure: Failure },
}

impl Input {
    /// Of a peer whose first bytes tell whose wire it speaks.
    pub(super) fn new() -> Self {
        Input {
            buffer: vec![0; ROOM],
            start: 0,
            end: 0,
            skip: 0,
            is_eager: false,
            whole: 0,
            spoken: Spoken::Unknown,
        }
    }

    /// The peer speaks Callsheet's own wire, if nothing has told yet.
    pub(super) fn settle(&mut self) {
        if self.spoken == Spoken::Unknown {
            self.spoken = Spoken::Own;
        }
    }

    /// Whether a whole frame has come, if it is one of Callsheet's own, which is empty: an empty frame of acton-reactive's
    /// begins with the same bytes.
    pub(super) fn is_ambiguous(&self) -> bool {
        self.spoken == Spoken::Unknown && self.buffer[self.start..self.end] == [0; frame::PREFIX]
    }

    /// Whether nothing that follows can be understood.
    pub(super) fn is_lost(&self) -> bool {
        self.spoken == Spoken::Lost
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
        if self.spoken != Spoken::Own && !self.tell_apart() {
            return self.next_acton(max).map(Found::Acton);
        }
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

    /// Whether the peer speaks Callsheet's own wire, as far as has come. Nothing is judged before: a limit on the size of
    /// frames has no meaning while nobody knows where sizes stand.
    #[cold]
    fn tell_apart(&mut self) -> bool {
        if self.spoken == Spoken::Unknown
            && let Some(byte) = self.buffer[self.start..self.end].get(acton::VERSION_BYTE)
        {
            self.spoken = match acton::speaks(*byte) {
                true => Spoken::Acton,
                false => Spoken::Own,
            };
        }
        self.spoken == Spoken::Own
    }

    fn next_acton(&mut self, max: usize) -> Option<FoundActon<'_>> {
        if self.spoken != Spoken::Acton {
            return None;
        }
        let unread = &self.buffer[self.start..self.end];
        match acton::next(unread, max) {
            acton::Next::Incomplete => None,
            acton::Next::Frame { form, kind, payload } => {
                self.start += payload.end;
                self.whole += 1;
                let payload = &unread[payload];
                Some(FoundActon::Frame { form, kind, payload })
            }
            acton::Next::Refused {
                form,
                failure,
                header,
                length,
            } => {
                self.start += header;
                self.skip = length;
                Some(FoundActon::Refused { form, failure })
            }
            acton::Next::Lost { failure } => {
                self.spoken = Spoken::Lost;
                self.start = self.end;
                Some(FoundActon::Lost { failure })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use callsheet_wire::{Code, Codec};

    use super::{Found, FoundActon, Input, KEPT, ROOM};

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
    fn the_fifth_byte_tells_whose_frames_they_are() {
        for version in 0..=u8::MAX {
            let mut input = Input::new();
            feed(&mut input, &[0, 0, 0, 0]);
            assert!(
                input.next(8).is_none() && input.is_ambiguous(),
                "an empty frame of either"
            );
            feed(&mut input, &[version, 4, 1]);
            assert!(!input.is_ambiguous());
            match (version, input.next(8)) {
                (1 | 2, Some(Found::Acton(FoundActon::Frame { payload: b"", .. }))) => {}
                (0 | 3.., Some(Found::Frame(b""))) => {}
                (_, found) => panic!("{version}: {found:?}"),
            }
        }
    }

    #[test]
    fn nothing_is_judged_before_it_is_known_whose_frames_they_are() {
        let mut input = Input::new();
        feed(&mut input, &[0xff; 4]);
        assert!(input.next(8).is_none() && !input.is_ambiguous());
        feed(&mut input, &[2, 1, 1]);
        let Some(Found::Acton(FoundActon::Refused { failure, .. })) = input.next(8) else {
            panic!("too long")
        };
        assert_eq!(failure.code(), Code::FrameTooLarge);
        let mut input = Input::new();
        feed(&mut input, &[0; 4]);
        input.settle();
        assert_eq!(input.next(8), Some(Found::Frame(b"")));
    }

    #[test]
    fn nothing_is_found_behind_what_nobody_understands() {
        let mut input = Input::new();
        feed(&mut input, &[0, 0, 0, 0, 1, 4, 0, 0, 0, 0, 9, 0, 0, 0, 0, 1, 4]);
        assert!(matches!(input.next(8), Some(Found::Acton(FoundActon::Frame { .. }))));
        assert!(matches!(input.next(8), Some(Found::Acton(FoundActon::Lost { .. }))));
        assert!(input.is_lost());
        feed(&mut input, &[0, 0, 0, 0, 1, 4]);
        assert_eq!(input.next(8), None);
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
