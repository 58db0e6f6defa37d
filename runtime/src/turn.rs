//! The turn that runs here: what the handlers of an actor, and the calls they make, know of the call they serve.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use callsheet_wire::{Code, Failure};
use parking_lot::Mutex;

use crate::{
    actor::Core,
    call::{CallHeader, Link, Metadata, More, Turn},
    clock::{Clock, Deadline},
    id::ActorId,
    peer::{Peer, PeerOfTurn},
    runtime::{Runtime, WeakRuntime},
};

/// What the handlers of one actor find around them.
pub(crate) struct ActorScope {
    id: ActorId,
    place: Option<Place>,
    /// The deadline of the call whose turn it is. Only the actor's own task reads it, and what follows.
    deadline: AtomicU64,
    exclusive: AtomicBool,
    peer: PeerOfTurn,
    /// There is something in `kept`.
    keeps: AtomicBool,
    kept: Mutex<Kept>,
}

/// Where an actor is. A context that was made by hand may have none.
struct Place {
    /// None for a context that was made by hand.
    actor: Option<Arc<Core>>,
    runtime: WeakRuntime,
    clock: Arc<Clock>,
}

/// What few turns have.
#[derive(Default)]
struct Kept {
    link: Option<Arc<Link>>,
    meta: Option<Metadata>,
    /// Made when the first call is made within the turn.
    turn: Option<Arc<Turn>>,
}

/// What a call finds around it that has left the loop of its actor.
pub(crate) struct CallScope {
    actor: Arc<ActorScope>,
    deadline: Deadline,
    link: Option<Arc<Link>>,
    meta: Option<Metadata>,
    peer: Option<Peer>,
    /// The turn goes on; else only its deferred reply is still to come.
    in_turn: bool,
    turn: OnceLock<Arc<Turn>>,
}

impl ActorScope {
    pub(crate) fn new(actor: &Arc<Core>, runtime: &Runtime) -> Self {
        Self::at(
            actor.id.clone(),
            Some(Place {
                actor: Some(Arc::clone(actor)),
                runtime: runtime.downgrade(),
                clock: runtime.clock(),
            }),
        )
    }

    /// That of a context which is made by hand.
    pub(crate) fn by_hand(id: ActorId, runtime: Option<&Runtime>) -> Self {
        let place = runtime.map(|runtime| Place {
            actor: None,
            runtime: runtime.downgrade(),
            clock: runtime.clock(),
        });
        Self::at(id, place)
    }

    fn at(id: ActorId, place: Option<Place>) -> Self {
        ActorScope {
            id,
            place,
            deadline: AtomicU64::new(Deadline::NONE.word()),
            exclusive: AtomicBool::new(false),
            peer: PeerOfTurn::default(),
            keeps: AtomicBool::new(false),
            kept: Mutex::default(),
        }
    }

    pub(crate) fn id(&self) -> &ActorId {
        &self.id
    }

    pub(crate) fn clock(&self) -> Option<&Arc<Clock>> {
        self.place.as_ref().map(|place| &place.clock)
    }

    /// A turn begins.
    #[inline]
    pub(crate) fn begin_turn(&self, header: CallHeader, exclusive: bool) {
        // What the factory, or a value that was dropped, called between two turns is no part of this one.
        self.end_turn();
        self.deadline.store(header.deadline.word(), Ordering::Relaxed);
        self.exclusive.store(exclusive, Ordering::Relaxed);
        if let Some(more) = header.more {
            if let Some(peer) = more.peer {
                self.peer.set(peer);
            }
            if more.link.is_some() || more.meta.is_some() {
                self.keep(Arc::unwrap_or_clone(more));
            }
        }
    }

    #[cold]
    fn keep(&self, More { link, meta, .. }: More) {
        *self.kept.lock() = Kept { link, meta, turn: None };
        self.keeps.store(true, Ordering::Relaxed);
    }

    /// The turn has ended, or goes on elsewhere.
    #[inline]
    pub(crate) fn end_turn(&self) {
        self.deadline.store(Deadline::NONE.word(), Ordering::Relaxed);
        self.peer.clear();
        if self.keeps.load(Ordering::Relaxed) {
            self.forget();
        }
    }

    #[cold]
    fn forget(&self) {
        self.keeps.store(false, Ordering::Relaxed);
        let kept = std::mem::take(&mut *self.kept.lock());
        if let Some(turn) = kept.turn {
            turn.end();
        }
    }

    /// The deadline of the call whose turn it is.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::from_word(self.deadline.load(Ordering::Relaxed))
    }

    pub(crate) fn meta(&self) -> Option<Metadata> {
        self.kept.lock().meta.clone()
    }

    pub(crate) fn peer(&self) -> Option<Peer> {
        self.peer.get()
    }

    /// The turn, for a call that is made within it.
    pub(crate) fn turn(&self) -> Arc<Turn> {
        let mut kept = self.kept.lock();
        let Kept { link, turn, .. } = &mut *kept;
        let exclusive = self.exclusive.load(Ordering::Relaxed);
        let turn = turn.get_or_insert_with(|| Turn::new(self.number(), self.id.clone(), exclusive, link.clone()));
        self.keeps.store(true, Ordering::Relaxed);
        Arc::clone(turn)
    }

    fn number(&self) -> Option<u64> {
        self.actor().map(|actor| actor.number)
    }

    /// The actor itself; none for a context that was made by hand.
    pub(crate) fn actor(&self) -> Option<&Arc<Core>> {
        self.place.as_ref()?.actor.as_ref()
    }

    pub(crate) fn runtime(&self) -> Result<Runtime, Failure> {
        self.weak_runtime()?.upgrade()
    }

    pub(crate) fn weak_runtime(&self) -> Result<WeakRuntime, Failure> {
        let known = self.place.as_ref().map(|place| place.runtime.clone());
        known.ok_or_else(|| {
            let text = "the call's context was made without a runtime; give it one with `.in_runtime(&runtime)`";
            Failure::new(Code::ActorNotFound, text)
        })
    }
}

impl CallScope {
    /// The turn of `actor`, which leaves its loop.
    pub(crate) fn of_turn(actor: &Arc<ActorScope>) -> Self {
        let kept = std::mem::take(&mut *actor.kept.lock());
        CallScope {
            actor: Arc::clone(actor),
            deadline: actor.deadline(),
            link: kept.link,
            meta: kept.meta,
            peer: actor.peer(),
            in_turn: true,
            turn: kept.turn.map(OnceLock::from).unwrap_or_default(),
        }
    }

    /// What follows the turn of `actor`.
    pub(crate) fn after_turn(actor: &Arc<ActorScope>) -> Self {
        let (link, meta) = {
            let kept = actor.kept.lock();
            (kept.link.clone(), kept.meta.clone())
        };
        CallScope {
            actor: Arc::clone(actor),
            deadline: actor.deadline(),
            link,
            meta,
            peer: actor.peer(),
            in_turn: false,
            turn: OnceLock::new(),
        }
    }

    /// What follows the turn of this call.
    pub(crate) fn followed(&self) -> Self {
        CallScope {
            actor: Arc::clone(&self.actor),
            deadline: self.deadline,
            link: self.link.clone(),
            meta: self.meta.clone(),
            peer: self.peer,
            in_turn: false,
            turn: OnceLock::new(),
        }
    }

    pub(crate) fn actor(&self) -> &Arc<ActorScope> {
        &self.actor
    }

    pub(crate) fn deadline(&self) -> Deadline {
        self.deadline
    }

    pub(crate) fn meta(&self) -> Option<Metadata> {
        self.meta.clone()
    }

    pub(crate) fn peer(&self) -> Option<Peer> {
        self.peer
    }

    /// The turn, for a call that is made within it. A turn that has ended shares no state any more, and makes no actor wait.
    pub(crate) fn turn(&self) -> Arc<Turn> {
        let turn = self.turn.get_or_init(|| {
            let number = self.actor.number().filter(|_| self.in_turn);
            Turn::new(number, self.actor.id.clone(), false, self.link.clone())
        });
        Arc::clone(turn)
    }
}

impl Drop for CallScope {
    fn drop(&mut self) {
        if let Some(turn) = self.turn.get() {
            turn.end();
        }
    }
}
