//! How long a connection is waited for: until it begins, until a frame is whole, until it reads, and while nothing happens.
//!
//! There is one timer for each connection, which is set at most once in such a time; the clock is read when a connection
//! has nothing more to do, and when a part of a frame is left over, but for no message.

use std::{
    future::Future,
    pin::{Pin, pin},
    task::{Context, Poll, ready},
    time::Duration,
};

use callsheet_wire::{Code, Failure};
use tokio::{
    task::unconstrained,
    time::{Instant, Sleep, sleep_until},
};

use crate::listener::limits::ListenerLimits;

/// Since when a connection is as it is.
#[derive(Debug)]
pub(super) struct Times {
    begun: Instant,
    /// A whole frame has come.
    has_started: bool,
    /// The first byte of a frame has come, and not yet its last.
    frame: Option<Instant>,
    /// Nothing has been read or written, and there is nothing to wait for.
    idle: Option<Instant>,
    /// The peer has not taken a byte of what there is to read.
    unread: Option<Instant>,
    /// Since when nothing is read, because the server does not want to.
    held: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

/// What a connection does now that nothing can be read or written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Doing {
    /// It waits for the rest of a frame.
    Frame,
    /// It waits for a call, or for events.
    Work,
    Nothing,
}

/// What a connection has taken too long for.
#[derive(Clone, Copy, Debug)]
enum Late {
    Start,
    Frame,
    Idle,
    Unread,
}

impl Times {
    pub(super) fn new() -> Self {
        Times {
            begun: Instant::now(),
            has_started: false,
            frame: None,
            idle: None,
            unread: None,
            held: None,
            timer: None,
        }
    }

    /// Something was written.
    pub(super) fn written(&mut self) {
        (self.idle, self.unread) = (None, None);
    }

    /// Something was read: the end of a frame, if one `ended`, and perhaps a part of the next one.
    pub(super) fn read(&mut self, ended: bool, is_within_frame: bool) {
        self.idle = None;
        if ended {
            self.has_started = true;
            self.frame = None;
        }
        if is_within_frame {
            self.frame.get_or_insert_with(Instant::now);
        }
    }

    /// Nothing is read now, for want of room or memory (`is_held`), or it is again: a frame does not have to be whole any
    /// sooner because its rest is left in the socket.
    pub(super) fn hold(&mut self, is_held: bool) {
        if is_held {
            self.held.get_or_insert_with(Instant::now);
        } else if let Some(since) = self.held.take() {
            let held = since.elapsed();
            self.frame = self.frame.map(|begun| begun + held.min(begun.elapsed()));
        }
    }

    /// Ready when the connection is to be closed, and why. Called when nothing is left but to wait; `has_output` says that
    /// something waits for the peer to read it.
    pub(super) fn poll(
        &mut self,
        doing: Doing,
        has_output: bool,
        limits: &ListenerLimits,
        cx: &mut Context<'_>,
    ) -> Poll<Failure> {
        let Some((at, late)) = self.next(doing, has_output, limits) else {
            return Poll::Pending;
        };
        loop {
            let timer = match &mut self.timer {
                // It may ring too soon, for something that was waited for before: that costs less than to set it anew.
                Some(timer) => {
                    if timer.deadline() > at {
                        timer.as_mut().reset(at);
                    }
                    timer
                }
                None => self.timer.insert(Box::pin(sleep_until(at))),
            };
            // Also for a peer that sends so much that tokio has the task rest.
            ready!(pin!(unconstrained(timer.as_mut())).poll(cx));
            if Instant::now() >= at {
                return Poll::Ready(late.failure(doing, limits));
            }
            timer.as_mut().reset(at);
        }
    }

    /// What is over next, and when.
    fn next(&mut self, doing: Doing, has_output: bool, limits: &ListenerLimits) -> Option<(Instant, Late)> {
        // A time that no clock will ever show is none.
        let after = |since: Instant, limit: Option<Duration>| since.checked_add(limit?);
        let start = match self.has_started {
            false => after(self.begun, limits.start_time),
            true => None,
        };
        let (second, late) = match doing {
            Doing::Frame => {
                let begun = self.frame.filter(|_| self.held.is_none());
                (
                    begun.and_then(|begun| after(begun, Some(limits.frame_time))),
                    Late::Frame,
                )
            }
            // Who has not begun is given the time for that.
            Doing::Nothing if self.has_started => {
                let since = *self.idle.get_or_insert_with(Instant::now);
                (after(since, limits.idle), Late::Idle)
            }
            Doing::Nothing | Doing::Work => (None, Late::Idle),
        };
        let unread = match has_output {
            true => after(*self.unread.get_or_insert_with(Instant::now), limits.unread_time),
            false => None,
        };
        let all = [(start, Late::Start), (second, late), (unread, Late::Unread)];
        let limited = all.into_iter().filter_map(|(at, late)| Some((at?, late)));
        limited.min_by_key(|(at, _)| *at)
    }
}

impl Late {
    fn failure(self, doing: Doing, limits: &ListenerLimits) -> Failure {
        let shown = |limit: Option<Duration>| format!("{:?}", limit.unwrap_or_default());
        match (self, doing) {
            (Late::Frame, _) => {
                let text = format!(
                    "a frame may take {:?} from its first byte to its last, and took longer; send whole frames, or shorter ones",
                    limits.frame_time
                );
                Failure::new(Code::ProtocolError, text)
            }
            (Late::Start, Doing::Frame) => {
                let text = format!(
                    "the first frame may take {} from the beginning of the connection, and took longer; send it at once",
                    shown(limits.start_time)
                );
                Failure::new(Code::ProtocolError, text)
            }
            (Late::Start, _) => {
                let text = format!(
                    "no frame has come for {}, since the connection began; connect when there is something to send",
                    shown(limits.start_time)
                );
                Failure::new(Code::LimitExceeded, text)
            }
            (Late::Unread, _) => {
                let text = format!(
                    "nothing of what was sent has been read for {}; read the connection, or end what is subscribed to",
                    shown(limits.unread_time)
                );
                Failure::new(Code::SlowConsumer, text)
            }
            (Late::Idle, _) => {
                let text = format!(
                    "nothing has happened for {}, with no call in flight, no stream and no subscription; connect again, and \
                     `ping` from time to time to stay connected",
                    shown(limits.idle)
                );
                Failure::new(Code::LimitExceeded, text)
            }
        }
    }
}
