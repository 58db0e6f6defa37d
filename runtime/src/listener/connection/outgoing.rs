//! Calls that go the other way: to actors of the peer, which it has told this side of.

use std::{
    collections::{BTreeMap, HashMap},
    future::Future,
    pin::Pin,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Wake, Waker},
};

use callsheet_schema::Kind;
use callsheet_wire::{
    Code, Codec, Delivered, Failure, Hello, Hop, PROTOCOL, Payload, Refusal, Response, StreamFrame, frame,
    write::{self, RequestHead},
};
use parking_lot::Mutex;
use tokio::sync::Notify;

use super::controls::SOFTWARE;
use super::link::{Link, Stage, State, Wakes, with_scratch};
use crate::{
    call::{Arrived, Arriving, Inbox, Source},
    contained::{self, Panicked},
    id::ActorId,
    transport::{
        Border, RemoteCall, Route, RouteState, Side, Written, crossing,
        exports::{self, Export},
        is_same, open,
    },
};

/// So many items of a stream may be on their way to a reader here.
const WINDOW: u64 = 64;

/// A chain is read up to so many bytes.
const LARGEST_CHAIN: usize = 16 << 10;

/// The calls of the peer's actors that have not ended.
#[derive(Default)]
pub(super) struct Outgoing {
    calls: Mutex<Calls>,
    /// What the peer was given the mailboxes of, by the names that it has for them.
    hosted: Mutex<HashMap<String, ActorId>>,
    /// Tells those who wait for the connection to take their calls.
    changed: Arc<Notify>,
    /// The peer has said goodbye.
    leaving: AtomicBool,
}

#[derive(Default)]
struct Calls {
    entries: HashMap<u64, Entry>,
    /// The number of the last one, which is its id.
    last: u64,
}

enum Entry {
    Waiting {
        call: RemoteCall,
        /// Where its frame ends among all bytes that leave: the peer may have it once so many are written.
        sent_at: u64,
        /// By which a call that comes back is known to be a part of this one.
        _export: Option<Export>,
    },
    Streaming(Arc<Inbox>),
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

    /// Who waits for a call that comes with this chain. What a stranger says of that is not believed: it would be let past
    /// the queue, or have calls refused.
    ///
    /// # Errors
    ///
    /// `ProtocolError`, if it is no chain, or too long.
    pub(super) fn chain(&self, chain: Option<Payload<'_>>) -> Result<Option<Arc<crate::call::Link>>, Failure> {
        let Some(chain) = chain.filter(|_| self.trusts) else {
            return Ok(None);
        };
        let fault = |text: &str| Failure::new(Code::ProtocolError, format!("`chain`: {text}")).with_path("chain");
        if chain.bytes().len() > LARGEST_CHAIN {
            return Err(fault(&format!("expected at most {LARGEST_CHAIN} bytes")));
        }
        let hops: Vec<Hop> = chain.decode().map_err(|error| fault(error.message()))?;
        if hops.len() > exports::LONGEST {
            return Err(fault(&format!("expected at most {} calls", exports::LONGEST)));
        }
        Ok(exports::enter(&self.runtime, hops))
    }

    /// Whether this side has made the connection.
    pub(super) fn is_client(&self) -> bool {
        self.crossing.side == Side::Client
    }

    /// The peer takes no more calls.
    pub(super) fn leave(&self) {
        self.outgoing.leaving.store(true, Ordering::Relaxed);
    }

    /// Takes the answer to a call of one of the peer's actors; whether there was such a call.
    pub(super) fn answered(&self, response: &Response<'_>) -> bool {
        let Some(id) = self.own_id(response.request_id.as_deref()) else {
            return false;
        };
        let call = {
            let mut calls = self.outgoing.calls.lock();
            match calls.entries.remove(&id) {
                Some(Entry::Waiting { call, .. }) => call,
                Some(streaming) => {
                    calls.entries.insert(id, streaming);
                    return true;
                }
                // Its caller has gone.
                None => return true,
            }
        };
        self.outgoing.changed.notify_waiters();
        self.settle(call, |call| match response.outcome() {
            Ok(reply) => replied(call, reply),
            Err(Refusal::Contract(error, text)) => declared(call, error, &text),
            Err(Refusal::Failure(failure)) => self.failed(call, failure),
        });
        true
    }

    /// Takes an item of a stream that one of the peer's actors gave; whether there was such a call.
    pub(super) fn streamed(&self, frame: &StreamFrame<'_>) -> bool {
        let Some(id) = self.own_id(Some(&frame.stream_id)) else {
            return false;
        };
        let (call, inbox) = {
            let mut calls = self.outgoing.calls.lock();
            match calls.entries.remove(&id) {
                Some(Entry::Waiting { call, .. }) => {
                    let inbox = Arc::new(Inbox::default());
                    if !frame.is_final {
                        calls.entries.insert(id, Entry::Streaming(Arc::clone(&inbox)));
                    }
                    (Some(call), inbox)
                }
                Some(Entry::Streaming(inbox)) => {
                    if !frame.is_final {
                        calls.entries.insert(id, Entry::Streaming(Arc::clone(&inbox)));
                    }
                    (None, inbox)
                }
                None => return true,
            }
        };
        match call {
            // What keeps a stream from being opened is the answer to the call.
            Some(call) if frame.failure.is_some() => self.settle(call, |call| match &frame.failure {
                Some(Refusal::Contract(error, text)) => declared(call, *error, text),
                Some(Refusal::Failure(failure)) => self.failed(call, failure.clone()),
                None => {}
            }),
            Some(call) => {
                put(&inbox, frame);
                let source = Reading {
                    link: Weak::clone(&self.me),
                    id,
                    read: 0,
                };
                let arriving = Arriving::new(inbox, Box::new(source));
                self.settle(call, |call| opened(call, arriving));
            }
            None => {
                if !put(&inbox, frame) {
                    self.outgoing.calls.lock().entries.remove(&id);
                    self.cancel_outgoing(id);
                }
            }
        }
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
            let failure = Failure::new(Code::ConnectionClosed, "the connection to the actor was lost");
            match entry {
                Entry::Waiting { call, sent_at, .. } if sent_at > written => self.start_again(call, failure),
                Entry::Waiting { call, .. } => self.settle(call, |call| call.fail(failure)),
                Entry::Streaming(inbox) => _ = inbox.put(Arrived::Failed(failure)),
            }
        }
        self.outgoing.changed.notify_waiters();
    }

    /// Has a call that was never sent go over the next connection, if there is to be one.
    fn start_again(&self, call: RemoteCall, failure: Failure) {
        let route = self.crossing.beyond.get().and_then(Weak::upgrade);
        let (Some(route), Ok(runtime)) = (route, self.runtime.upgrade()) else {
            return self.settle(call, |call| call.fail(failure.with_delivered(Delivered::No)));
        };
        runtime.spawn_outside(async move {
            match open(&*route).await {
                Ok(()) => route.start(call),
                Err(failure) => call.fail(failure),
            }
        });
    }

    /// Whether calls of the peer's actors are on their way.
    pub(super) fn calls_out(&self) -> bool {
        !self.outgoing.calls.lock().entries.is_empty()
    }

    /// There is room again.
    pub(super) fn made_room(&self) {
        self.outgoing.changed.notify_waiters();
    }

    /// The number that this side gave to a call.
    fn own_id(&self, id: Option<&str>) -> Option<u64> {
        let id: u64 = id?.parse().ok()?;
        (1..=self.outgoing.calls.lock().last).contains(&id).then_some(id)
    }

    fn failed(&self, mut call: RemoteCall, failure: Failure) {
        let is_busy = failure.code() == Code::TargetBusy && failure.delivered() == Delivered::No;
        let (true, Ok(runtime), Some(me)) = (is_busy, self.runtime.upgrade(), self.me.upgrade()) else {
            return call.fail(failure);
        };
        // Within the process the caller would wait for room in the queue; so it does here.
        call.tries += 1;
        runtime.spawn_outside(async move {
            tokio::time::sleep(call.rest()).await;
            me.start(call);
        });
    }

    /// Ends a call, whose reply or arguments may be the user's own code.
    fn settle(&self, call: RemoteCall, end: impl FnOnce(RemoteCall)) {
        if let Err(Panicked) = crossing(&self.crossing, || contained::outcome(|| end(call))) {
            tracing::error!("a reply panicked while it was read");
        }
    }

    fn cancel_outgoing(&self, id: u64) {
        self.say(|frame| write::cancel(frame, self.codec(), &id.to_string()));
    }

    /// The codec in which the peer speaks.
    fn codec(&self) -> Codec {
        match self.packs.load(Ordering::Relaxed) {
            #[cfg(feature = "msgpack")]
            true => Codec::MessagePack,
            _ => Codec::Json,
        }
    }

    /// Says what belongs to no call of the peer's.
    fn say(&self, write: impl FnOnce(&mut Vec<u8>)) {
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
            credit: is_stream.then_some(WINDOW),
            meta: call.meta.as_deref(),
            chain,
            ..RequestHead::new(call.target.as_str(), &message_type)
        };
        let arguments = Written(&*call.outgoing.arguments);
        let write = || write::request(frame, self.codec(), &head, &arguments);
        let written = crossing(&self.crossing, || contained::outcome(write));
        let most = self.limits.load().max_frame;
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

impl Route for Link {
    fn state(&self) -> RouteState {
        let calls = self.outgoing.calls.lock().entries.len();
        let mut state = self.lock();
        if state.stage == Stage::Closed {
            let failure = Failure::new(Code::ConnectionClosed, "the connection to the actor has ended");
            return RouteState::Ended(failure.with_delivered(Delivered::No));
        }
        if state.outbound.is_full() {
            state.wants_room = true;
            return RouteState::Waiting;
        }
        if calls >= self.limits.load().max_in_flight || self.outgoing.leaving.load(Ordering::Relaxed) {
            return RouteState::Waiting;
        }
        RouteState::Open
    }

    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(Arc::clone(&self.outgoing.changed).notified_owned())
    }

    fn start(&self, call: RemoteCall) {
        let waker = Waker::from(Arc::clone(&self.abandoned));
        if call.is_abandoned(&mut Context::from_waker(&waker)) {
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
            if state.stage == Stage::Closed {
                drop(state);
                let failure = Failure::new(Code::ConnectionClosed, "the connection to the actor has ended");
                return self.settle(call, |call| call.fail(failure.with_delivered(Delivered::No)));
            }
            let sent_at = state.outbound.end() + frame.len() as u64;
            let entry = Entry::Waiting {
                call,
                sent_at,
                _export: export,
            };
            self.outgoing.calls.lock().entries.insert(id, entry);
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

impl Border for Link {
    fn host(&self, id: &ActorId) -> ActorId {
        let mut hosted = self.outgoing.hosted.lock();
        hosted.entry(id.as_str().to_owned()).or_insert_with(|| id.clone());
        id.clone()
    }

    fn as_route(&self) -> &dyn Route {
        self
    }

    fn hosted(&self, name: &str) -> Option<ActorId> {
        self.outgoing.hosted.lock().get(name).cloned()
    }
}

/// The reader of a stream here, as the peer knows it.
struct Reading {
    link: Weak<Link>,
    id: u64,
    /// How many items were read since credit was given.
    read: u64,
}

impl Source for Reading {
    fn read(&mut self, items: u64) {
        self.read += items;
        if self.read < WINDOW / 2 {
            return;
        }
        let items = std::mem::take(&mut self.read);
        if let Some(link) = self.link.upgrade() {
            link.say(|frame| write::credit(frame, link.codec(), &self.id.to_string(), items));
        }
    }

    fn abandon(&mut self) {
        let Some(link) = self.link.upgrade() else { return };
        if link.outgoing.calls.lock().entries.remove(&self.id).is_some() {
            link.cancel_outgoing(self.id);
        }
    }
}

fn replied(call: RemoteCall, reply: Payload<'_>) {
    if let Some(enqueued) = call.enqueued {
        // Whoever sent it may have gone.
        let _ = enqueued.send(Ok(()));
    } else if let Some(waiting) = call.outgoing.reply {
        waiting.replied(reply);
    }
}

fn declared(call: RemoteCall, error: Payload<'_>, text: &str) {
    if call.enqueued.is_some() {
        call.fail(Failure::new(Code::ContractError, text));
    } else if let Some(waiting) = call.outgoing.reply {
        waiting.declared(error);
    }
}

fn opened(call: RemoteCall, items: Arriving) {
    if let Some(waiting) = call.outgoing.reply {
        waiting.opened(items);
    }
}

/// Puts what came of a stream where its reader finds it; whether the stream may go on.
fn put(inbox: &Inbox, frame: &StreamFrame<'_>) -> bool {
    let may_go_on = match (&frame.failure, frame.item()) {
        (Some(Refusal::Contract(error, _)), _) => inbox.put(Arrived::Declared(error.codec(), error.bytes().to_vec())),
        (Some(Refusal::Failure(failure)), _) => inbox.put(Arrived::Failed(failure.clone())),
        (None, Some(item)) if inbox.len() as u64 >= 2 * WINDOW => {
            let text = "more items arrived than were asked for";
            let _ = item;
            inbox.put(Arrived::Failed(Failure::new(Code::SlowConsumer, text)));
            false
        }
        (None, Some(item)) => inbox.put(Arrived::Item(item.codec(), item.bytes().to_vec())),
        (None, None) => true,
    };
    if frame.is_final {
        inbox.end();
    }
    may_go_on
}

/// Rounded up, so that no deadline passes there before it does here.
fn in_millis(left: std::time::Duration) -> u64 {
    u64::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}
