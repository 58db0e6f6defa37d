//! Calls that go the other way: to actors of the peer, which it has told this side of.

use std::{
    collections::{BTreeMap, HashMap},
    future::Future,
    pin::Pin,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Wake, Waker},
    time::Duration,
};

use callsheet_schema::Kind;
use callsheet_wire::{
    Code, Codec, Delivered, Failure, Hello, Hop, PROTOCOL, Payload, Refusal, Response, frame,
    write::{self, RequestHead},
};
use parking_lot::Mutex;
use tokio::sync::Notify;

use super::{
    controls::SOFTWARE,
    hosted::Hosted,
    link::{Link, Stage, State, Wakes, with_scratch},
    returning::FIRST_CREDIT,
};
use crate::{
    call::{Arrived, Inbox},
    contained::{self, Panicked},
    transport::{
        RemoteCall, Route, RouteState, Side, Written, crossing,
        exports::{self, Export},
        is_same, set_off,
    },
};

const LOST: &str = "the connection to the actor was lost";

/// The calls of the peer's actors that have not ended.
pub(super) struct Outgoing {
    pub(super) calls: Mutex<Calls>,
    pub(super) hosted: Hosted,
    /// Tells those who wait for the connection to take their calls.
    changed: Arc<Notify>,
    /// The peer has said goodbye.
    leaving: AtomicBool,
    /// The most bytes that the peer takes as a frame's payload, as far as it has told.
    largest: AtomicUsize,
}

impl Default for Outgoing {
    fn default() -> Self {
        Outgoing {
            calls: Mutex::default(),
            hosted: Hosted::default(),
            changed: Arc::default(),
            leaving: AtomicBool::new(false),
            largest: AtomicUsize::new(usize::MAX),
        }
    }
}

#[derive(Default)]
pub(super) struct Calls {
    pub(super) entries: HashMap<u64, Entry>,
    /// The number of the last one, which is its id.
    last: u64,
}

pub(super) enum Entry {
    Waiting {
        call: RemoteCall,
        /// Where its frame ends among all bytes that leave: the peer may have it once so many are written.
        sent_at: u64,
        /// How many bytes the payload of its frame has.
        bytes: usize,
        /// By which a call that comes back is known to be a part of this one.
        _export: Option<Export>,
    },
    Streaming(Arc<Inbox>),
}

impl Outgoing {
    /// Takes a call out of the table: its place is another's then.
    pub(super) fn end(&self, id: u64) -> Option<Entry> {
        let ended = self.calls.lock().entries.remove(&id);
        if ended.is_some() {
            self.made_room();
        }
        ended
    }

    /// There is a place for a call again.
    pub(super) fn made_room(&self) {
        self.changed.notify_waiters();
    }
}

/// Told by calls that nobody waits for any more.
pub(super) struct Abandoned {
    any: AtomicBool,
    link: Weak<Link>,
}

impl Abandoned {
    pub(super) fn new(link: Weak<Link>) -> Arc<Self> {
        let any = AtomicBool::new(false);
        Arc::new(Abandoned { any, link })
    }
}

impl Wake for Abandoned {
    fn wake(self: Arc<Self>) {
        self.any.store(true, Ordering::Release);
        if let Some(link) = self.link.upgrade() {
            link.task.wake();
        }
    }
}

impl Link {
    /// This side has made the connection: it speaks first, and mailboxes that come over it lead to `route`.
    pub(super) fn dialled(&self, codec: Codec, route: Weak<dyn Route>) {
        self.packs.store(codec != Codec::Json, Ordering::Relaxed);
        // It is new.
        let _ = self.crossing.beyond.set(route);
        let hello = Hello {
            protocol: [PROTOCOL, PROTOCOL],
            contracts: BTreeMap::new(),
            client: Some(SOFTWARE.to_owned()),
        };
        // What the server answers is of no use here; that it is greeted is: it says goodbye then.
        self.say(|frame| write::hello(frame, codec, "hello", &hello).expect("a hello is short"));
    }

    /// Whether this side has made the connection.
    pub(super) fn is_client(&self) -> bool {
        self.crossing.side == Side::Client
    }

    /// The peer takes no more calls.
    pub(super) fn leave(&self) {
        self.outgoing.leaving.store(true, Ordering::Relaxed);
    }

    /// The peer has refused a frame without a look at whose call it was: those fail that were longer than it says it takes.
    fn refused_larger(&self, response: &Response<'_>) -> bool {
        let Err(Refusal::Failure(failure)) = response.outcome() else {
            return false;
        };
        let Some(max_frame) = failure.max_frame().filter(|_| failure.code() == Code::FrameTooLarge) else {
            return false;
        };
        let most = usize::try_from(max_frame).unwrap_or(usize::MAX);
        self.outgoing.largest.fetch_min(most, Ordering::Relaxed);
        let larger: Vec<_> = {
            let mut calls = self.outgoing.calls.lock();
            let is_larger = |_: &u64, entry: &mut Entry| matches!(entry, Entry::Waiting { bytes, .. } if *bytes > most);
            calls.entries.extract_if(is_larger).collect()
        };
        self.outgoing.made_room();
        for (_, entry) in larger {
            if let Entry::Waiting { mut call, .. } = entry {
                call.put_back();
                self.settle(call, |call| call.fail(failure.clone()));
            }
        }
        true
    }

    /// Takes the answer to a call of one of the peer's actors; whether there was such a call.
    pub(super) fn answered(&self, response: &Response<'_>) -> bool {
        if response.request_id.is_none() {
            return self.refused_larger(response);
        }
        let Some(id) = self.own_id(response.request_id.as_deref()) else {
            return false;
        };
        let call = match self.outgoing.end(id) {
            Some(Entry::Waiting { call, .. }) => call,
            Some(Entry::Streaming(inbox)) => {
                let text = "the other side answered a stream with a response";
                let failure = match response.outcome() {
                    Err(Refusal::Failure(failure)) => failure,
                    _ => Failure::new(Code::ProtocolError, text).with_delivered(Delivered::Yes),
                };
                inbox.put(Arrived::Failed(failure));
                return true;
            }
            // Its caller has gone.
            None => return true,
        };
        self.settle(call, |call| match response.outcome() {
            Ok(reply) => replied(call, reply),
            Err(Refusal::Contract(error, text)) => declared(call, error, &text),
            Err(Refusal::Failure(failure)) => self.failed(call, failure),
        });
        true
    }

    /// Cancels the calls that nobody waits for any more.
    pub(super) fn sweep_abandoned(&self) {
        if !self.abandoned.any.swap(false, Ordering::Acquire) {
            return;
        }
        let waker = Waker::from(Arc::clone(&self.abandoned));
        let mut cx = Context::from_waker(&waker);
        let gone: Vec<_> = {
            let mut calls = self.outgoing.calls.lock();
            let is_gone = |_: &u64, entry: &mut Entry| match entry {
                Entry::Waiting { call, .. } => call.is_abandoned(&mut cx),
                Entry::Streaming(_) => false,
            };
            calls.entries.extract_if(is_gone).collect()
        };
        if !gone.is_empty() {
            self.outgoing.made_room();
        }
        for (id, entry) in gone {
            self.cancel_outgoing(id);
            // The arguments are the user's, and what they do when they are dropped.
            contained::discard(entry);
        }
    }

    /// The connection has ended after so many bytes were written, and with it every call that it carries.
    pub(super) fn end_outgoing(&self, written: u64) {
        let entries = std::mem::take(&mut self.outgoing.calls.lock().entries);
        for entry in entries.into_values() {
            let failure = Failure::new(Code::ConnectionClosed, LOST);
            match entry {
                Entry::Waiting { call, sent_at, .. } if sent_at > written => self.start_again(call, Duration::ZERO),
                Entry::Waiting { call, .. } => self.settle(call, |call| call.fail(failure)),
                Entry::Streaming(inbox) => _ = inbox.put(Arrived::Failed(failure)),
            }
        }
        self.outgoing.made_room();
    }

    /// The peer has said its last word, and answers nothing that it was asked.
    pub(super) fn mute(&self) {
        if std::mem::replace(&mut self.lock().is_mute, true) {
            return;
        }
        // What is still to be written will reach it: of none of the calls it is known whether it was delivered.
        self.end_outgoing(u64::MAX);
    }

    /// Has a call that the peer never got, or will not run, set off again after a rest: over the next connection if this
    /// one has ended and there is to be another.
    fn start_again(&self, mut call: RemoteCall, rest: Duration) {
        call.put_back();
        let lasting = self.crossing.beyond.get().and_then(Weak::upgrade);
        let own = || self.me.upgrade().map(|me| me as Arc<dyn Route>);
        let (Some(route), Ok(runtime)) = (lasting.or_else(own), self.runtime.upgrade()) else {
            let failure = Failure::new(Code::ConnectionClosed, LOST).with_delivered(Delivered::No);
            return self.settle(call, |call| call.fail(failure));
        };
        runtime.spawn_outside(async move {
            if !rest.is_zero() {
                tokio::time::sleep(rest).await;
            }
            set_off(&*route, call).await;
        });
    }

    /// Whether the peer takes a further call.
    fn has_place(&self, calls: &Calls) -> bool {
        calls.entries.len() < self.limits.load().max_in_flight && !self.outgoing.leaving.load(Ordering::Relaxed)
    }

    /// Whether calls of the peer's actors are on their way.
    pub(super) fn calls_out(&self) -> bool {
        !self.outgoing.calls.lock().entries.is_empty()
    }

    /// The number that this side gave to a call.
    pub(super) fn own_id(&self, id: Option<&str>) -> Option<u64> {
        // One number is one id: neither `01` nor `+1` is call 1.
        let id = id.filter(|id| !id.starts_with(['0', '+']))?;
        let id: u64 = id.parse().ok()?;
        (1..=self.outgoing.calls.lock().last).contains(&id).then_some(id)
    }

    /// Takes the failure of a call that the peer refused, or could not end otherwise.
    pub(super) fn failed(&self, mut call: RemoteCall, failure: Failure) {
        if failure.code() != Code::TargetBusy || failure.delivered() != Delivered::No {
            return call.fail(failure);
        }
        // Within the process the caller would wait for room in the queue; so it does here.
        call.tries += 1;
        let rest = call.rest();
        self.start_again(call, rest);
    }

    /// Ends a call, whose reply or arguments may be the user's own code.
    pub(super) fn settle(&self, call: RemoteCall, end: impl FnOnce(RemoteCall)) {
        if let Err(Panicked) = crossing(&self.crossing, || contained::outcome(|| end(call))) {
            tracing::error!("a reply panicked while it was read");
        }
    }

    pub(super) fn cancel_outgoing(&self, id: u64) {
        self.say(|frame| write::cancel(frame, self.codec(), &id.to_string()));
    }

    /// The codec in which the peer speaks.
    pub(super) fn codec(&self) -> Codec {
        match self.packs.load(Ordering::Relaxed) {
            #[cfg(feature = "msgpack")]
            true => Codec::MessagePack,
            _ => Codec::Json,
        }
    }

    /// Says what belongs to no call of the peer's.
    pub(super) fn say(&self, write: impl FnOnce(&mut Vec<u8>)) {
        with_scratch(|frame| {
            write(frame);
            self.append(&mut self.lock(), frame);
        });
    }

    fn append(&self, state: &mut State, frame: &[u8]) {
        if state.stage == Stage::Closed {
            return;
        }
        state.outbound.append(frame);
        let task = state.outbound.wakes_task();
        self.wake(Wakes {
            task,
            next_in_order: None,
        });
    }

    /// Writes a call into `frame`.
    fn write_call(
        &self,
        frame: &mut Vec<u8>,
        id: &str,
        call: &RemoteCall,
        chain: Option<&[Hop]>,
    ) -> Result<(), Failure> {
        let is_stream = call.outgoing.kind == Kind::Stream;
        let message_type = call.message_type();
        let head = RequestHead {
            request_id: Some(id),
            expects_reply: !is_stream,
            expects_stream: is_stream,
            timeout_ms: call.time_left().map(in_millis),
            credit: is_stream.then_some(FIRST_CREDIT),
            meta: call.meta.as_deref(),
            chain,
            ..RequestHead::new(call.target.as_str(), &message_type)
        };
        let arguments = Written(&*call.outgoing.arguments);
        let write = || write::request(frame, self.codec(), &head, &arguments);
        let written = crossing(&self.crossing, || contained::outcome(write));
        let most = (self.limits.load().max_frame).min(self.outgoing.largest.load(Ordering::Relaxed));
        match written {
            Ok(Ok(())) if frame.len() - frame::PREFIX > most => {
                let length = frame.len() - frame::PREFIX;
                let text = format!("the call takes {length} bytes, and a frame at most {most}");
                Err(Failure::new(Code::FrameTooLarge, text))
            }
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Failure::from(error)),
            Err(Panicked) => {
                let text = "the arguments panicked while they were written";
                Err(Failure::new(Code::SerializationError, text))
            }
        }
    }
}

impl State {
    /// Why the peer's actors cannot be called over this connection, now or ever.
    fn unreachable(&self) -> Option<Failure> {
        let failure = if self.stage == Stage::Closed || self.is_mute {
            Failure::new(Code::ConnectionClosed, "the connection to the actor has ended")
        } else if self.speaks_acton {
            let text = "the connection leads to a client of acton-reactive, which cannot be asked anything";
            Failure::new(Code::ActorNotFound, text)
        } else {
            return None;
        };
        Some(failure.with_delivered(Delivered::No))
    }
}

impl Route for Link {
    fn state(&self) -> RouteState {
        let has_place = self.has_place(&self.outgoing.calls.lock());
        let mut state = self.lock();
        if let Some(failure) = state.unreachable() {
            return RouteState::Ended(failure);
        }
        if state.outbound.is_full() {
            state.wants_room = true;
            return RouteState::Waiting;
        }
        match has_place {
            true => RouteState::Open,
            false => RouteState::Waiting,
        }
    }

    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(Arc::clone(&self.outgoing.changed).notified_owned())
    }

    fn start(&self, mut call: RemoteCall) {
        let waker = Waker::from(Arc::clone(&self.abandoned));
        let mut cx = Context::from_waker(&waker);
        // Before anyone could run it.
        if call.is_abandoned(&mut cx) || !call.leaves() {
            return contained::discard(call);
        }
        with_scratch(|frame| {
            let id = {
                let mut calls = self.outgoing.calls.lock();
                calls.last += 1;
                calls.last
            };
            let left = call.link.as_ref().and_then(|link| exports::leave(&self.runtime, link));
            let (export, chain) = left.unzip();
            if let Err(failure) = self.write_call(frame, &id.to_string(), &call, chain.as_deref()) {
                return self.settle(call, |call| call.fail(failure.with_delivered(Delivered::No)));
            }
            // Known before it is written: its answer may be quick. And the connection cannot be closed in between.
            let mut state = self.lock();
            if state.speaks_acton
                && let Some(failure) = state.unreachable()
            {
                drop(state);
                return self.settle(call, |call| call.fail(failure));
            }
            let mut calls = self.outgoing.calls.lock();
            // It had a place when it was asked; that may be another's by now, or the connection at its end.
            if state.stage == Stage::Closed || state.is_mute || !self.has_place(&calls) {
                drop((calls, state));
                return self.start_again(call, Duration::ZERO);
            }
            // Whoever has gone since may have been looked for in the table already.
            if call.is_abandoned(&mut cx) {
                drop((calls, state));
                return contained::discard(call);
            }
            let sent_at = state.outbound.end() + frame.len() as u64;
            let entry = Entry::Waiting {
                call,
                sent_at,
                bytes: frame.len() - frame::PREFIX,
                _export: export,
            };
            calls.entries.insert(id, entry);
            drop(calls);
            self.append(&mut state, frame);
        });
    }

    fn name(&self) -> Option<&str> {
        None
    }

    fn leads_over(&self, connection: &dyn Route) -> bool {
        is_same(self, connection)
    }

    fn end(&self) {
        // A connection ends when its listener does.
    }
}

fn replied(call: RemoteCall, reply: Payload<'_>) {
    if let Some(receipt) = call.enqueued {
        receipt.tell(Ok(()));
    } else if let Some(waiting) = call.outgoing.reply {
        waiting.replied(reply);
    }
}

pub(super) fn declared(call: RemoteCall, error: Payload<'_>, text: &str) {
    if call.enqueued.is_some() {
        call.fail(Failure::new(Code::ContractError, text));
    } else if let Some(waiting) = call.outgoing.reply {
        waiting.declared(error);
    }
}

/// Rounded up, so that no deadline passes there before it does here.
fn in_millis(left: Duration) -> u64 {
    u64::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}
