//! One frame: what it is, and what is done about it.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
};

use callsheet_wire::{Code, Codec, Dialect, Failure, Incoming, read};

use super::{
    acton::Selected, heads::Heads, in_flight::Shape, input::Found, link::Link, requests::Answer, throttle::Throttle,
};
use crate::{
    Runtime,
    broker::{RemoteSubscriber, RemoteSubscriptions},
    call::Outlet,
    clock::Clock,
    listener::{
        limits::{ListenerLimits, users::UserPlace},
        stats::Line,
        terms::Terms,
    },
};

/// The longest name of a target, a message type or an event that is looked up, in bytes.
pub(super) const LONGEST_NAME: usize = 1024;

/// Understands the frames of one connection and sets off what they ask for.
pub(super) struct Inbound {
    pub(super) link: Arc<Link>,
    pub(super) outlet: Arc<dyn Outlet>,
    pub(super) subscriptions: RemoteSubscriptions,
    pub(super) runtime: Runtime,
    pub(super) clock: Arc<Clock>,
    pub(super) terms: Arc<Terms>,
    /// Those that hold for what was read last.
    pub(super) limits: Arc<ListenerLimits>,
    pub(super) throttle: Throttle,
    pub(super) heads: Heads,
    /// The message types that do not fit the client's contracts, by their full names, and why.
    pub(super) misfits: BTreeMap<String, String>,
    /// The events that the client would misread, of those that it may know of, and why.
    pub(super) withheld: BTreeMap<String, String>,
    /// The events that a client of acton-reactive has asked for; `None` for every other peer.
    pub(super) selected: Option<Selected>,
    /// The number of the next stream whose caller gave it no name.
    pub(super) next_stream: u64,
    /// A frame of this length was not taken, which may have been the answer to any call of this side's.
    pub(super) has_lost_frame: Option<usize>,
    /// Messages that are not yet counted.
    pub(super) processed: u64,
    /// What the frames of this batch have cost so far, as many times a call.
    cost: usize,
    /// Calls that nobody waits for and that are not yet counted: how many there were one after the other of each method.
    pub(super) passed: Vec<(Line, u64)>,
}

/// A batch may cost as much as so many calls.
const ENOUGH: usize = 512;

/// A control, which may be asked for all that is served, counts as so many calls.
const CONTROL: usize = 64;

impl Inbound {
    pub(super) fn new(link: Arc<Link>, place: UserPlace, terms: &Arc<Terms>) -> Self {
        let runtime = terms.runtime.clone();
        Inbound {
            outlet: Arc::clone(&link) as Arc<dyn Outlet>,
            subscriptions: runtime
                .broker()
                .remote(Arc::clone(&link) as Arc<dyn RemoteSubscriber>, link.visitor.filter()),
            link,
            clock: runtime.clock(),
            runtime,
            terms: Arc::clone(terms),
            limits: Arc::clone(&terms.limits.load()),
            throttle: Throttle::new(place),
            heads: Heads::default(),
            misfits: BTreeMap::new(),
            withheld: BTreeMap::new(),
            selected: None,
            next_stream: 0,
            has_lost_frame: None,
            processed: 0,
            cost: 0,
            passed: Vec::new(),
        }
    }

    /// Frames are to be handled that were read at once. Gives back how long one may be.
    pub(super) fn begin_batch(&mut self) -> usize {
        self.cost = 0;
        let limits = self.terms.limits.load();
        if !Arc::ptr_eq(&limits, &self.limits) {
            self.limits = Arc::clone(&limits);
        }
        self.limits.max_frame
    }

    /// Whether the peer waits for events.
    pub(super) fn is_subscribed(&self) -> bool {
        self.subscriptions.is_any()
    }

    /// Handles what was found in the input.
    pub(super) fn handle(&mut self, found: Found<'_>) {
        self.cost += 1;
        match found {
            Found::Frame(payload) => self.frame(payload),
            Found::TooLarge { length, .. } if self.link.is_client() => self.has_lost_frame = Some(length),
            Found::TooLarge { length, codec } => {
                let text = format!(
                    "a frame of {length} bytes was announced; at most {} are taken",
                    self.limits.max_frame
                );
                // Which of the peer's frames it was, it knows from this alone: the ids stand in what is not read.
                let failure = Failure::new(Code::FrameTooLarge, text).with_max_frame(self.limits.max_frame as u64);
                self.refuse_frame(None, codec, &failure);
            }
            Found::Acton(found) => self.acton(found),
        }
    }

    /// Whether the rest is for another batch.
    pub(super) fn has_done_enough(&self) -> bool {
        self.cost >= ENOUGH
    }

    /// All frames of a batch were handled.
    pub(super) fn end_batch(&mut self) {
        self.count_batch();
        self.throttle.end_batch();
    }

    /// Counts what was handled since that was last done.
    pub(super) fn count_batch(&mut self) {
        self.terms.counters.processed(std::mem::take(&mut self.processed));
        for (line, calls) in self.passed.drain(..) {
            self.link.count_passed(line, calls);
        }
    }

    /// Has a call counted that nobody waits for, and that is in the queue.
    pub(super) fn passed(&mut self, line: Line) {
        match self.passed.last_mut() {
            Some((last, calls)) if *last == line => *calls += 1,
            _ => self.passed.push((line, 1)),
        }
    }

    fn frame(&mut self, payload: &[u8]) {
        let read = read(payload);
        if let Ok((codec, _)) = &read {
            self.link.packs.store(*codec != Codec::Json, Ordering::Relaxed);
        }
        match read {
            Ok((codec, Incoming::Request(request))) => self.request(Dialect::Own(codec), &request),
            Ok((codec, Incoming::Subscribe(subscribe))) => self.subscribe(codec, &subscribe),
            Ok((codec, Incoming::Control(control))) => {
                self.cost += CONTROL;
                self.control(codec, &control);
            }
            Ok((_, Incoming::Response(response))) if self.link.answered(&response) => {}
            Ok((_, Incoming::StreamFrame(frame))) if self.link.streamed(&frame) => {}
            // A call that has ended here, or what nobody asked for: a refusal of it would be refused in its turn.
            Ok((_, Incoming::Response(_) | Incoming::StreamFrame(_) | Incoming::Push(_))) if self.link.is_client() => {}
            Ok((codec, Incoming::Response(response))) => {
                self.refuse_frame(response.request_id, Some(codec), &servers_alone("response"));
            }
            Ok((codec, Incoming::StreamFrame(_))) => {
                self.refuse_frame(None, Some(codec), &servers_alone("stream frame"));
            }
            Ok((codec, Incoming::Push(_))) => self.refuse_frame(None, Some(codec), &servers_alone("push")),
            // As above: a server that sends such frames is told nothing of it.
            Err(unreadable) if self.link.is_client() => {
                tracing::debug!(failure = %unreadable.failure, "the server sent a frame that cannot be read");
            }
            Err(unreadable) => self.refuse_frame(unreadable.request_id, unreadable.codec, &unreadable.failure),
        }
    }

    /// Refuses a frame that is no request, or none that can be read.
    pub(super) fn refuse_frame(&self, request_id: Option<Cow<'_, str>>, codec: Option<Codec>, failure: &Failure) {
        let answer = Answer {
            id: request_id.as_deref(),
            is_ordered: request_id.is_none(),
            dialect: Dialect::Own(codec.unwrap_or(Codec::Json)),
            shape: Shape::Response,
        };
        self.link.refuse(&answer, failure);
    }
}

/// That a name is short enough to be looked up.
///
/// # Errors
///
/// `ProtocolError` that says where it stands.
pub(super) fn check_name(field: &str, name: &str) -> Result<(), Failure> {
    if name.len() <= LONGEST_NAME {
        return Ok(());
    }
    let text = format!("`{field}`: expected at most {LONGEST_NAME} bytes, found {}", name.len());
    Err(Failure::new(Code::ProtocolError, text))
}

fn servers_alone(kind: &str) -> Failure {
    Failure::new(Code::ProtocolError, format!("only a server sends a {kind}"))
}
