//! What was handed to a connection and is certainly not delivered, since not all of it was written.

use callsheet_wire::{Incoming, frame, read};

use super::call_id::CallId;

/// The frames that a socket did not take, sorted by what becomes of them.
#[derive(Debug, Default)]
pub(super) struct Unsent {
    /// Those that wait for an answer, with their ids, in their order.
    pub(super) calls: Vec<(CallId, Vec<u8>)>,
    /// Tells, whose callers have gone.
    pub(super) tells: Vec<u8>,
    /// What means something on this socket alone: the rest of a frame of which a part is written, cancels and credits.
    pub(super) asides: Vec<u8>,
}

impl Unsent {
    /// Sorts the whole frames in `bytes`, of which the first `written` bytes have been written.
    ///
    /// Where the socket is lost (`is_lost`), a frame of which a part was written was not delivered; else it is still
    /// written to its end.
    pub(super) fn sort(&mut self, bytes: &[u8], written: usize, is_lost: bool) {
        let mut start = 0;
        while let frame::Next::Frame { payload, consumed } = frame::next(&bytes[start..], usize::MAX) {
            let end = start + consumed;
            if end > written {
                if start < written && !is_lost {
                    self.asides.extend_from_slice(&bytes[written..end]);
                } else {
                    self.put(&bytes[start..end], payload.start);
                }
            }
            start = end;
        }
    }

    fn put(&mut self, frame: &[u8], payload: usize) {
        let id = match read(&frame[payload..]) {
            Ok((_, Incoming::Request(request))) => match request.request_id {
                None => return self.tells.extend_from_slice(frame),
                id => id,
            },
            Ok((_, Incoming::Subscribe(subscribe))) => subscribe.request_id,
            // The id of a cancel is that of another call.
            Ok((_, Incoming::Control(control))) if control.control != "cancel" => control.request_id,
            // This client writes no frame that it cannot read; a call of one would count as delivered, which is safe.
            _ => None,
        };
        match id.and_then(|id| id.parse().ok()) {
            Some(id) => self.calls.push((id, frame.to_vec())),
            None => self.asides.extend_from_slice(frame),
        }
    }
}

#[cfg(test)]
mod tests {
    use callsheet_wire::{
        Codec,
        write::{self, RequestHead},
    };

    use super::*;

    fn request(id: Option<&str>, expects_stream: bool) -> Vec<u8> {
        let mut frame = Vec::new();
        let head = RequestHead {
            request_id: id,
            expects_reply: id.is_some() && !expects_stream,
            expects_stream,
            ..RequestHead::new("demo", "Say")
        };
        write::request(&mut frame, Codec::Json, &head, &"text").expect("it is text");
        frame
    }

    fn cancel(id: &str) -> Vec<u8> {
        let mut frame = Vec::new();
        write::cancel(&mut frame, Codec::Json, id);
        frame
    }

    #[test]
    fn what_is_written_whole_is_gone_and_the_rest_is_sorted() {
        let frames = [
            request(Some("1"), false),
            request(Some("2"), false),
            request(None, false),
            request(Some("3"), true),
            cancel("1"),
        ];
        let written = frames[0].len() + 7;
        let bytes = frames.concat();

        let mut lost = Unsent::default();
        lost.sort(&bytes, written, true);
        assert_eq!(lost.tells, frames[2]);
        assert_eq!(lost.calls, [(2, frames[1].clone()), (3, frames[3].clone())]);

        let mut left = Unsent::default();
        left.sort(&bytes, written, false);
        assert_eq!(left.calls, [(3, frames[3].clone())]);
        assert_eq!(left.asides, [&frames[1][7..], &frames[4]].concat());
    }
}
