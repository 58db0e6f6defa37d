//! What a fake server serves, and to whom.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::BytesMut;
use callsheet_wire::{
    Allowed, Code, Codec, Control, Discovery, ExposedActor, Failure, Incoming, PROTOCOL, Shortened, Subscribe, Welcome,
    frame, read, write,
};
use futures_util::future::{Either, select};
use serde::Serialize;
use tokio::{
    io::AsyncReadExt,
    net::{UnixListener, UnixStream, unix::OwnedReadHalf},
    time::sleep,
};
use tracing::debug;

use super::{
    feed::Feed,
    visitor::{Answers, Visitor},
};
use crate::hosting::{Accepted, Actor, Call, Line, Registry};

/// The most bytes of a frame, as at a server of which nothing else is said.
pub(super) const FRAME_LIMIT: usize = 16 << 20;

/// So many calls a client may have in flight, and an actor may run.
const IN_FLIGHT: usize = 1024;

/// How soon after a client could not be accepted this is tried again.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// What a fake server serves, and to whom.
pub(super) struct Scene {
    registry: Arc<Registry>,
    parts: Mutex<BTreeMap<String, Arc<Parts>>>,
    feed: Mutex<Feed>,
    /// Which life of the server this is.
    epoch: String,
}

/// The handlers of one actor, by the messages that each of them answers.
#[derive(Default)]
struct Parts(Mutex<HashMap<&'static str, Part>>);

/// What answers a message.
struct Part {
    contract: &'static str,
    actor: Arc<dyn Actor>,
}

impl Actor for Parts {
    fn accept(self: Arc<Self>, call: Call<'_>) -> Result<Accepted, Failure> {
        let part = lock(&self.0)
            .get(call.message_type())
            .map(|part| Arc::clone(&part.actor));
        match part {
            Some(part) => part.accept(call),
            None => Err(call.unknown()),
        }
    }
}

impl Scene {
    pub(super) fn new(events: &'static [&'static str]) -> Self {
        Self {
            registry: Arc::default(),
            parts: Mutex::default(),
            feed: Mutex::new(Feed::new(events)),
            epoch: format!("{:016x}", fastrand::u64(..)),
        }
    }

    pub(super) fn serve(
        &self,
        target: &str,
        contract: &'static str,
        message_types: &'static [&'static str],
        actor: Arc<dyn Actor>,
    ) {
        let parts = Arc::clone(lock(&self.parts).entry(target.to_owned()).or_default());
        let part = || Part {
            contract,
            actor: Arc::clone(&actor),
        };
        lock(&parts.0).extend(message_types.iter().map(|of| (*of, part())));
        // It is there already where another contract of the actor is served.
        let _ = self.registry.add(target, parts, IN_FLIGHT);
    }

    pub(super) fn publish(&self, event: &str, payload: &impl Serialize) -> Result<(), Failure> {
        self.feed().publish(event, payload)
    }

    pub(super) fn drop_connections(&self) {
        self.feed().visitors().for_each(|visitor| visitor.leave());
    }

    pub(super) async fn listen(self: Arc<Self>, listener: UnixListener) {
        loop {
            match listener.accept().await {
                Ok((socket, _)) => {
                    tokio::spawn(Arc::clone(&self).receive(socket));
                }
                Err(error) => {
                    debug!(%error, "a client was not accepted");
                    // Where there is no file to be had for it, there is none at once either.
                    sleep(ACCEPT_AGAIN).await;
                }
            }
        }
    }

    async fn receive(self: Arc<Self>, socket: UnixStream) {
        let visitor = match Visitor::over(&socket) {
            Ok(visitor) => Arc::new(visitor),
            Err(error) => return debug!(%error, "a client was not accepted"),
        };
        let line = Line::new(Answers(Arc::clone(&visitor)), Arc::clone(&self.registry));
        self.feed().enter(Arc::clone(&visitor));
        let (reader, writer) = socket.into_split();
        let (written, all_read) = (
            pin!(visitor.write_to(writer)),
            pin!(self.read_all(reader, &visitor, &line)),
        );
        if let Either::Right((Err(error), _)) = select(written, all_read).await {
            debug!(%error, "a client's connection ended");
        }
        self.feed().leave(&visitor);
        visitor.leave();
        line.end();
    }

    /// Acts on each frame, until the client is gone or sends what cannot be read.
    async fn read_all(&self, mut socket: OwnedReadHalf, visitor: &Arc<Visitor>, line: &Arc<Line>) -> io::Result<()> {
        let mut incoming = BytesMut::new();
        loop {
            match frame::next(&incoming, FRAME_LIMIT) {
                frame::Next::Frame { payload, consumed } => {
                    let taken = incoming.split_to(consumed);
                    let Some(frame) = taken.get(payload) else { continue };
                    self.act(frame, visitor, line)?;
                }
                frame::Next::Incomplete { .. } => {
                    if socket.read_buf(&mut incoming).await? == 0 {
                        return Ok(());
                    }
                }
                frame::Next::TooLarge { length } => {
                    return Err(io::Error::other(format!("a frame of {length} bytes is too long")));
                }
            }
        }
    }

    fn act(&self, frame: &[u8], visitor: &Arc<Visitor>, line: &Arc<Line>) -> io::Result<()> {
        let (codec, incoming) = match read(frame) {
            Ok(read) => read,
            Err(unreadable) => {
                let Some(id) = unreadable.request_id.as_deref() else {
                    return Err(io::Error::other(unreadable.failure.to_string()));
                };
                let mut out = Vec::new();
                write::refusal(&mut out, visitor.codec(), Some(id), &unreadable.failure);
                visitor.put(&out);
                return Ok(());
            }
        };
        visitor.set_codec(codec);
        match incoming {
            Incoming::Request(request) => line.receive(codec, &request),
            Incoming::Subscribe(subscribe) => self.subscribe(codec, &subscribe, visitor),
            Incoming::Control(control) if line.steer(&control) => {}
            Incoming::Control(control) => self.answer(codec, &control, visitor),
            Incoming::Response(_) | Incoming::StreamFrame(_) | Incoming::Push(_) => {}
        }
        Ok(())
    }

    fn subscribe(&self, codec: Codec, subscribe: &Subscribe<'_>, visitor: &Arc<Visitor>) {
        #[derive(Serialize)]
        struct Subscribed {
            subscribed: BTreeMap<&'static str, u64>,
        }
        // Held until it is answered, so that no event goes before the answer.
        let mut feed = self.feed();
        let subscribed = feed.subscribe(visitor, &subscribe.message_types);
        let answer = subscribed.map(|subscribed| Subscribed { subscribed });
        reply(visitor, codec, subscribe.request_id.as_deref(), answer);
    }

    fn answer(&self, codec: Codec, control: &Control<'_>, visitor: &Arc<Visitor>) {
        let id = control.request_id.as_deref();
        match control.control.as_ref() {
            "hello" => reply(visitor, codec, id, Ok(self.welcome())),
            "ping" => reply(visitor, codec, id, Ok(())),
            "discover" => reply(visitor, codec, id, Ok(self.discovery())),
            "unsubscribe" => {
                self.feed().unsubscribe(visitor, control.message_types.as_deref());
                reply(visitor, codec, id, Ok(()));
            }
            other => {
                let text = format!("a fake server knows no control `{}`", Shortened(other));
                reply::<()>(visitor, codec, id, Err(Failure::new(Code::ProtocolError, text)));
            }
        }
    }

    fn welcome(&self) -> Welcome {
        Welcome {
            protocol: PROTOCOL,
            server: "callsheet-fake".to_owned(),
            epoch: self.epoch.clone(),
            unknown: Vec::new(),
            differing: Vec::new(),
            limits: Allowed {
                frame: FRAME_LIMIT as u64,
                in_flight: IN_FLIGHT as u64,
                idle_ms: None,
            },
        }
    }

    fn discovery(&self) -> Discovery {
        let parts = lock(&self.parts);
        let actors = parts.iter().map(|(name, parts)| {
            let contracts: BTreeSet<_> = lock(&parts.0).values().map(|part| part.contract).collect();
            ExposedActor {
                name: name.clone(),
                contracts: contracts.into_iter().map(str::to_owned).collect(),
            }
        });
        Discovery {
            actors: actors.collect(),
            contracts: Vec::new(),
            events: self.feed().events(),
        }
    }

    fn feed(&self) -> MutexGuard<'_, Feed> {
        lock(&self.feed)
    }
}

/// Answers what is no call.
fn reply<T: Serialize>(visitor: &Visitor, codec: Codec, id: Option<&str>, answer: Result<T, Failure>) {
    let Some(id) = id else { return };
    let mut out = Vec::new();
    let written = answer.and_then(|answer| {
        let written = write::response(&mut out, codec, Some(id), &answer);
        written.map_err(|error| Failure::new(Code::Internal, error.to_string()))
    });
    if let Err(failure) = written {
        out.clear();
        write::refusal(&mut out, codec, Some(id), &failure);
    }
    visitor.put(&out);
}

/// What runs under these locks is nobody else's code, but for what writes an event.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
