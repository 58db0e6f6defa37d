//! Streams that come back: from actors of the peer, to readers here.

use std::sync::{Arc, Weak};

use callsheet_wire::{Code, Delivered, Failure, Refusal, StreamFrame, write};

use super::{
    link::Link,
    outgoing::{Entry, declared},
};
use crate::{
    call::{Arrived, Arriving, Inbox, Room, Source},
    listener::limits::{LiveLimits, memory::Share},
    transport::RemoteCall,
};

/// So many items a peer may send before it is known how large they are.
pub(super) const FIRST_CREDIT: u64 = 4;

/// So many items may be on their way to a reader at most, however small they are.
const MOST_ITEMS: u64 = 64;

/// So many bytes may be on their way to a reader, as far as the items before tell.
const WINDOW: usize = 4 << 20;

/// So many of the longest frames may wait for a reader: what the first credit lets come.
const MOST_FRAMES: usize = FIRST_CREDIT as usize;

/// So few bytes are always kept: they are hardly more than the stream itself takes.
const LITTLE: usize = 16 << 10;

impl Link {
    /// Takes an item of a stream that one of the peer's actors gave; whether there was such a call.
    pub(super) fn streamed(&self, frame: &StreamFrame<'_>) -> bool {
        let Some(id) = self.own_id(Some(&frame.stream_id)) else {
            return false;
        };
        let ends = frame.is_final || frame.failure.is_some();
        let (call, inbox) = {
            let mut calls = self.outgoing.calls.lock();
            let (call, inbox) = match calls.entries.remove(&id) {
                Some(Entry::Waiting { call, .. }) => (Some(call), self.inbox()),
                Some(Entry::Streaming(inbox)) => (None, inbox),
                None => return true,
            };
            if !ends {
                calls.entries.insert(id, Entry::Streaming(Arc::clone(&inbox)));
            }
            (call, inbox)
        };
        if ends {
            self.outgoing.made_room();
        }
        match call {
            // What keeps a stream from being opened is the answer to the call.
            Some(call) if frame.failure.is_some() => self.settle(call, |call| match &frame.failure {
                Some(Refusal::Contract(error, text)) => declared(call, *error, text),
                Some(Refusal::Failure(failure)) => self.failed(call, failure.clone()),
                None => {}
            }),
            Some(call) => {
                self.put(id, &inbox, frame);
                let source = Reading {
                    link: Weak::clone(&self.me),
                    id,
                    given: FIRST_CREDIT,
                    size: 0,
                };
                let arriving = Arriving::new(inbox, Box::new(source), Arc::clone(&self.crossing));
                self.settle(call, |call| opened(call, arriving));
            }
            None => self.put(id, &inbox, frame),
        }
        true
    }

    fn inbox(&self) -> Arc<Inbox> {
        Arc::new(Inbox::new(Box::new(Kept {
            limits: Arc::clone(&self.limits),
            share: Share::new(&self.memory),
        })))
    }

    /// Puts what came of a stream where its reader finds it, and ends the stream if there is no room for it.
    fn put(&self, id: u64, inbox: &Inbox, frame: &StreamFrame<'_>) {
        let may_go_on = match (&frame.failure, frame.item()) {
            (Some(Refusal::Contract(error, _)), _) => {
                inbox.put(Arrived::Declared(error.codec(), error.bytes().to_vec()))
            }
            (Some(Refusal::Failure(failure)), _) => inbox.put(Arrived::Failed(failure.clone())),
            (None, Some(_)) if inbox.len() as u64 >= 2 * MOST_ITEMS => {
                let text = "more items arrived than were asked for";
                inbox.put(Arrived::Failed(Failure::new(Code::SlowConsumer, text)));
                false
            }
            (None, Some(item)) => inbox.put(Arrived::Item(item.codec(), item.bytes().to_vec())),
            (None, None) => true,
        };
        if frame.is_final {
            inbox.end();
        }
        // One that has ended already is cancelled by nobody.
        if !may_go_on && self.outgoing.end(id).is_some() {
            self.cancel_outgoing(id);
        }
    }
}

/// What the items keep of one stream that wait to be read.
struct Kept {
    limits: Arc<LiveLimits>,
    /// Of the memory of all connections.
    share: Share,
}

impl Room for Kept {
    fn keep(&mut self, bytes: usize) -> Result<(), Failure> {
        let limits = self.limits.load();
        let most = limits.max_frame.saturating_mul(MOST_FRAMES);
        if bytes <= LITTLE {
            self.share.set(bytes);
            return Ok(());
        }
        let failure = if bytes > most {
            let text = format!(
                "{most} bytes of a stream may wait to be read, and did when more came; read it in a task of its own"
            );
            Failure::new(Code::SlowConsumer, text)
        } else if !self.share.try_set(bytes) {
            let text = format!(
                "no memory is left for {bytes} bytes of a stream: all connections together may keep {}, and do; read what \
                 came before, or ask for less",
                limits.memory
            );
            Failure::new(Code::LimitExceeded, text)
        } else {
            return Ok(());
        };
        Err(failure.with_delivered(Delivered::Yes))
    }
}

/// The reader of a stream here, as the peer knows it.
struct Reading {
    link: Weak<Link>,
    id: u64,
    /// How many items may still come before more are asked for, and those that wait to be read.
    given: u64,
    /// How many bytes an item has: the largest one, of which less and less is left as others come.
    size: usize,
}

impl Source for Reading {
    fn read(&mut self, bytes: usize) {
        self.given = self.given.saturating_sub(1);
        self.size = bytes.max(self.size - self.size / 8);
        let fitting = (WINDOW / self.size.max(1)) as u64;
        let wanted = fitting.clamp(1, MOST_ITEMS);
        // Not for each item, if there are to be several on their way.
        let items = wanted.saturating_sub(self.given);
        if items < wanted.div_ceil(2) {
            return;
        }
        self.given += items;
        if let Some(link) = self.link.upgrade() {
            link.say(|frame| write::credit(frame, link.codec(), &self.id.to_string(), items));
        }
    }

    fn abandon(&mut self) {
        let Some(link) = self.link.upgrade() else { return };
        if link.outgoing.end(self.id).is_some() {
            link.cancel_outgoing(self.id);
        }
    }
}

fn opened(call: RemoteCall, items: Arriving) {
    if call.enqueued.is_some() {
        let text = "the other side answered with a stream where the contract has no reply";
        call.fail(Failure::new(Code::ProtocolError, text).with_delivered(Delivered::Yes));
    } else if let Some(waiting) = call.outgoing.reply {
        waiting.opened(items);
    }
}
