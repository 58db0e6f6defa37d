//! Where a mailbox's calls go: a name, and the queue it last resolved to.

use std::{
    fmt,
    future::Future,
    ops::Deref,
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};

use arc_swap::ArcSwapOption;
use callsheet_wire::{Code, Delivered, Failure};
use tokio::time::{Instant, Sleep};

use crate::{
    actor::{Rejected, Sending, Sink},
    ambient::{self, Caller},
    call::{CallHeader, Metadata, Standing, closed},
    clock::{Clock, Deadline},
    contained,
    contract::ContractMessage,
    id::ActorId,
    layer::{CallInfo, Last, Layers, Passed, Passing},
    runtime::{Timeouts, WeakRuntime},
    transport::{RemoteSink, Route},
};

/// An actor's name, and the messages of the contract it is called by.
pub struct Address<M: ContractMessage>(Arc<Inner<M>>);

/// An actor's name, and the runtime that it is a name in.
#[derive(Clone)]
pub struct Location {
    pub(crate) id: ActorId,
    pub(crate) runtime: Result<WeakRuntime, Failure>,
    /// The way to the actor, if it is not in this process; the runtime is then that of its callers.
    pub(crate) route: Option<Arc<dyn Route>>,
}

struct Inner<M: ContractMessage> {
    location: Location,
    /// What the name resolved to first. It is what the name means for as long as that actor lives, so it is read without
    /// any counting.
    first: OnceLock<Target<M>>,
    /// That actor has stopped.
    superseded: AtomicBool,
    /// What the name resolved to after that.
    later: ArcSwapOption<Target<M>>,
}

/// How a message without a reply is sent.
pub(crate) struct SendOptions {
    /// How long it waits for room.
    pub(crate) timeout: Option<Duration>,
    pub(crate) meta: Option<Metadata>,
    /// It waits also for an actor that waits for the turn which runs here.
    pub(crate) detached: bool,
}

/// What a name resolved to.
pub(crate) struct Target<M> {
    sink: Arc<dyn Sink<M>>,
    clock: Arc<Clock>,
    timeouts: Timeouts,
    /// What goes round the calls.
    layers: Layers,
}

/// What a name resolved to, as the address keeps it.
pub(crate) enum Resolved<'a, M> {
    First(&'a Target<M>),
    Later(Arc<Target<M>>),
}

impl<M> Deref for Resolved<'_, M> {
    type Target = Target<M>;

    #[inline]
    fn deref(&self) -> &Target<M> {
        match self {
            Resolved::First(target) => target,
            Resolved::Later(target) => target,
        }
    }
}

impl<M> Target<M> {
    pub(crate) fn new(sink: Arc<dyn Sink<M>>, clock: Arc<Clock>, timeouts: Timeouts, calling: &Layers) -> Self {
        Target {
            layers: calling.over(sink.layers()),
            sink,
            clock,
            timeouts,
        }
    }

    pub(crate) fn layers(&self) -> &Layers {
        &self.layers
    }

    pub(crate) fn sink(&self) -> &dyn Sink<M> {
        &*self.sink
    }

    pub(crate) fn deadline(&self, timeout: Option<Duration>) -> Deadline {
        self.clock.deadline(self.timeouts.of(timeout))
    }

    pub(crate) fn clock(&self) -> &Arc<Clock> {
        &self.clock
    }
}

impl<M: ContractMessage> Address<M> {
    /// The address of the actor at `location`.
    pub fn new(location: &Location) -> Self {
        Address(Arc::new(Inner {
            location: location.clone(),
            first: OnceLock::new(),
            superseded: AtomicBool::new(false),
            later: ArcSwapOption::empty(),
        }))
    }

    /// The address of the actor at `location`, which is outside the process.
    pub fn outside(location: &Location) -> Self {
        let address = Self::new(location);
        if let (Some(route), Ok(runtime)) = (&location.route, &location.runtime)
            && let Ok(runtime) = runtime.upgrade()
        {
            let sink = RemoteSink::<M>::new(Arc::clone(route), location.id.clone(), runtime.clock());
            // It is new, so nothing has resolved it.
            let _ = address.0.first.set(runtime.target(Arc::new(sink)));
        }
        address
    }

    /// The actor's id.
    pub fn id(&self) -> &ActorId {
        &self.0.location.id
    }

    /// Where the actor is.
    pub(crate) fn location(&self) -> &Location {
        &self.0.location
    }

    /// What the name resolves to, from the cache if it was resolved before.
    #[inline]
    pub(crate) fn resolve(&self) -> Result<Resolved<'_, M>, Failure> {
        match self.0.first.get() {
            Some(target) if !self.0.superseded.load(Ordering::Relaxed) => Ok(Resolved::First(target)),
            _ => self.resolve_later(),
        }
    }

    #[cold]
    fn resolve_later(&self) -> Result<Resolved<'_, M>, Failure> {
        match self.0.later.load_full() {
            Some(target) => Ok(Resolved::Later(target)),
            None => self.look_up(),
        }
    }

    /// What the name resolves to by now, after `stale` turned out to be closed.
    pub(crate) fn resolve_again(&self, stale: &Target<M>) -> Result<Resolved<'_, M>, Failure> {
        self.0.superseded.store(true, Ordering::Relaxed);
        let target = self.look_up()?;
        if Arc::ptr_eq(&target.sink, &stale.sink) {
            return Err(closed(self.id()));
        }
        Ok(target)
    }

    #[cold]
    fn look_up(&self) -> Result<Resolved<'_, M>, Failure> {
        let runtime = self.0.location.runtime.clone()?.upgrade()?;
        if self.0.location.route.is_some() {
            // It resolves when it is made, or never.
            return Err(closed(self.id()));
        }
        let target = runtime.resolve::<M>(self.id())?;
        if self.0.first.get().is_none() {
            return Ok(Resolved::First(self.0.first.get_or_init(|| target)));
        }
        let target = Arc::new(target);
        self.0.later.store(Some(Arc::clone(&target)));
        Ok(Resolved::Later(target))
    }

    /// A timer for what is left of `timeout`, or of the default, for a call that started at `started`, and no longer than
    /// until `outer`. The actor may have stopped since; `None` if there never was one.
    pub(crate) fn timer(&self, started: Instant, timeout: Option<Duration>, outer: Option<Instant>) -> Option<Sleep> {
        let target = self.0.first.get()?;
        let left = target.timeouts.of(timeout).saturating_sub(started.elapsed());
        let left = outer.map_or(left, |outer| left.min(outer.saturating_duration_since(Instant::now())));
        Some(target.clock.sleep(left))
    }

    /// Puts a message into the queue whose reply is awaited, or has it wait for room there.
    ///
    /// # Errors
    ///
    /// If the caller's turn, or one that waits for it, is waited for in its turn, or there is no such actor any more. The
    /// message is then dropped, and with it its reply.
    pub(crate) fn put(
        &self,
        caller: Option<&Caller>,
        exclusive: bool,
        mut header: CallHeader,
        mut message: M,
    ) -> Result<Put, Failure> {
        let mut target = self.resolve()?;
        loop {
            let standing = caller.map(|caller| (caller, caller.turn.standing(target.sink.number(), exclusive)));
            match standing {
                None | Some((_, Standing::Free)) => {}
                Some((caller, Standing::Deadlock)) => {
                    contained::discard(message);
                    return Err(caller.turn.deadlock(self.id()));
                }
                Some((_, Standing::Admitted)) => {
                    // If its actor has stopped, the message is dropped, whose reply then says so.
                    let _ = target.sink.admit(header, message);
                    return Ok(Put::Done);
                }
            }
            (header, message) = match target.sink.try_send(header, message) {
                Ok(()) => return Ok(Put::Done),
                Err(Rejected::Full(header, message)) => return Ok(Put::Waits(target.sink.send(header, message))),
                Err(Rejected::Closed(header, message)) => (header, message),
            };
            // The actor that was cached has stopped; another one may have its name by now.
            target = self.resolve_again(&target)?;
        }
    }

    /// What a layer sees of a call.
    pub(crate) fn info(&self, message: &M, meta: Option<Metadata>) -> CallInfo {
        CallInfo::new(self.id().clone(), message.letter(), meta, None)
    }

    /// Puts a message without a reply into the queue: at once if there is room, else by the deadline.
    pub(crate) fn enqueue(&self, options: SendOptions, message: M) -> Enqueue {
        if let Ok(target) = self.resolve()
            && !target.layers.is_empty()
        {
            return self.enqueue_layered(target.layers.clone(), options, message);
        }
        Enqueue(self.try_enqueue(options, message).unwrap_or_else(State::Failed))
    }

    #[cold]
    fn enqueue_layered(&self, layers: Layers, mut options: SendOptions, message: M) -> Enqueue {
        let (address, info) = (self.clone(), self.info(&message, options.meta.take()));
        let last: Last = Box::new(move |call| {
            Box::pin(async move {
                options.meta = call.into_meta();
                let sent = address.try_enqueue(options, message);
                Enqueue(sent.unwrap_or_else(State::Failed))
                    .await
                    .map(|()| Passed::Enqueued)
            })
        });
        Enqueue(State::Layered(Box::pin(layers.run(info, last))))
    }

    fn try_enqueue(&self, options: SendOptions, mut message: M) -> Result<State, Failure> {
        let SendOptions {
            timeout,
            meta,
            detached,
        } = options;
        let mut target = self.resolve()?;
        // A tell that was enqueued is run however late: its deadline is for the wait for room alone. It carries no chain,
        // since nobody waits for it.
        let mut header = CallHeader::new(Deadline::NONE, None, meta);
        loop {
            (header, message) = match target.sink().try_send(header, message) {
                Ok(()) => return Ok(State::Sent),
                Err(Rejected::Full(header, message)) => {
                    if !detached && let Err(failure) = self.may_wait(&target) {
                        contained::discard(message);
                        return Err(failure);
                    }
                    return Ok(State::Full {
                        id: self.id().clone(),
                        sending: target.sink().send(header, message),
                        limit: Box::pin(target.clock.sleep(target.timeouts.of(timeout))),
                    });
                }
                Err(Rejected::Closed(header, message)) => (header, message),
            };
            target = self.resolve_again(&target)?;
        }
    }

    /// Whether a turn may wait for room in the full queue of `target`.
    ///
    /// # Errors
    ///
    /// If the actor itself waits for that turn, and so may make no room before the wait is over.
    fn may_wait(&self, target: &Target<M>) -> Result<(), Failure> {
        let Some(caller) = ambient::caller() else {
            return Ok(());
        };
        match caller.turn.standing(target.sink().number(), false) {
            Standing::Free => Ok(()),
            Standing::Deadlock => Err(caller.turn.deadlock(self.id())),
            Standing::Admitted => {
                let text = format!(
                    "the queue of actor `{}` is full, and it may make no room before this call of it has ended",
                    self.id()
                );
                Err(Failure::new(Code::TargetBusy, text))
            }
        }
    }
}

impl<M: ContractMessage> Clone for Address<M> {
    fn clone(&self) -> Self {
        Address(Arc::clone(&self.0))
    }
}

impl<M: ContractMessage> fmt::Debug for Address<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({} at `{}`)", M::DESCRIPTOR.name, self.id())
    }
}

/// The future that puts a message into an actor's queue.
pub struct Enqueue(State);

enum State {
    Sent,
    /// A timer is the least of the costs by now.
    Full {
        id: ActorId,
        sending: Sending,
        limit: Pin<Box<Sleep>>,
    },
    /// The layers see to it.
    Layered(Passing<'static>),
    Failed(Failure),
    Ended,
}

/// What became of a message that is put into a queue.
pub(crate) enum Put {
    /// It is there.
    Done,
    /// The queue is full.
    Waits(Sending),
}

impl Future for Enqueue {
    type Output = Result<(), Failure>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        match std::mem::replace(&mut self.0, State::Ended) {
            State::Sent => Poll::Ready(Ok(())),
            State::Failed(failure) => Poll::Ready(Err(failure)),
            State::Full {
                id,
                mut sending,
                mut limit,
            } => {
                if let Poll::Ready(sent) = Pin::new(&mut sending).poll(cx) {
                    return Poll::Ready(sent);
                }
                if limit.as_mut().poll(cx).is_ready() {
                    let (text, delivered) = match sending.may_have_arrived() {
                        true => (
                            format!(
                                "actor `{id}` is outside the process, and nobody said by the deadline that it has the message"
                            ),
                            Delivered::Unknown,
                        ),
                        false => (
                            format!("the queue of actor `{id}` stayed full until the deadline"),
                            Delivered::No,
                        ),
                    };
                    return Poll::Ready(Err(Failure::new(Code::Timeout, text).with_delivered(delivered)));
                }
                self.0 = State::Full { id, sending, limit };
                Poll::Pending
            }
            State::Layered(mut passing) => {
                let polled = passing.as_mut().poll(cx).map_ok(|_| ());
                if polled.is_pending() {
                    self.0 = State::Layered(passing);
                }
                polled
            }
            State::Ended => Poll::Pending,
        }
    }
}

impl fmt::Debug for Enqueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enqueue")
    }
}
