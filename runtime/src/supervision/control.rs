//! What an actor and whoever supervises it tell each other.

use std::{
    fmt,
    task::{Context, Poll, Waker},
};

use tokio::{
    sync::watch,
    time::{Duration, Instant},
};

use super::sync::{AtomicBool, Mutex, Ordering};

/// How an actor's state came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It was told to leave, by a stop or by its supervisor.
    Asked,
    /// It said that its work is done.
    Finished,
    /// It failed.
    Failed(String),
}

impl End {
    pub(crate) fn is_failure(&self) -> bool {
        matches!(self, End::Failed(_))
    }
}

/// Where an actor is in its life. The number counts its states, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The state is made and the start hooks run.
    Starting(u64),
    /// Messages are handled.
    Up(u64),
    /// There is no state; messages wait.
    Down(u64),
    /// For good.
    Stopped,
}

/// What an actor is to come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    Up(u64),
    Down,
    Stopped,
}

/// The supervisor's end of one actor, and the actor's own.
///
/// It says what is wanted, not what is to be done: the actor looks at it whenever it may change what it does.
pub(crate) struct Control {
    /// There is something to look at: the goal is another one, or a message was let past the queue.
    attention: AtomicBool,
    /// There is a waker. Changed under the lock alone.
    registered: AtomicBool,
    wanted: Mutex<Wanted>,
    phase: watch::Sender<Phase>,
}

struct Wanted {
    goal: Goal,
    /// Handlers and hooks are given no more time.
    cut: bool,
    /// What the actor, or its supervisor, says the present state ends with.
    end: Option<End>,
    /// Since when the present state has handled messages.
    up_since: Option<Instant>,
    /// That of the actor's task, until it is used.
    waker: Option<Waker>,
}

impl Control {
    /// That of an actor which is to start.
    pub(crate) fn new() -> Self {
        Control {
            attention: AtomicBool::new(false),
            registered: AtomicBool::new(false),
            wanted: Mutex::new(Wanted {
                goal: Goal::Up(1),
                cut: false,
                end: None,
                up_since: None,
                waker: None,
            }),
            phase: watch::Sender::new(Phase::Starting(1)),
        }
    }

    /// Has the actor stop for good.
    pub(crate) fn stop(&self) {
        self.want(|wanted| wanted.goal = Goal::Stopped);
    }

    /// Has the actor stop for good, and give nothing that still runs any more time.
    pub(super) fn cut(&self) {
        self.want(|wanted| (wanted.goal, wanted.cut) = (Goal::Stopped, true));
    }

    /// Has the actor come down, and wait.
    pub(super) fn halt(&self) {
        self.want(|wanted| {
            if wanted.goal != Goal::Stopped {
                wanted.goal = Goal::Down;
            }
        });
    }

    /// Has an actor that is down come up with its state `generation`.
    pub(super) fn raise(&self, generation: u64) {
        self.want(|wanted| {
            if wanted.goal != Goal::Stopped {
                wanted.goal = Goal::Up(generation);
            }
        });
    }

    /// Has the present state end with `end`, unless it ends already.
    pub(crate) fn end(&self, end: End) {
        self.want(|wanted| _ = wanted.end.get_or_insert(end));
    }

    /// Has the actor look up: a message was let past its queue.
    pub(crate) fn attend(&self) {
        self.want(|_| ());
    }

    fn want(&self, change: impl FnOnce(&mut Wanted)) {
        let waker = {
            let mut wanted = self.wanted.lock();
            change(&mut wanted);
            self.attention.store(true, Ordering::Release);
            self.registered.store(false, Ordering::Relaxed);
            wanted.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Whether there was something to look at since the last time. To be asked for each message, so it is one load.
    #[inline]
    pub(crate) fn wants_attention(&self) -> bool {
        self.attention.load(Ordering::Relaxed) && self.attention.swap(false, Ordering::AcqRel)
    }

    /// What the present state `generation` is to end with, if it is to.
    pub(crate) fn leaves(&self, generation: u64) -> Option<End> {
        let wanted = self.wanted.lock();
        if wanted.goal != Goal::Up(generation) {
            return Some(End::Asked);
        }
        wanted.end.clone()
    }

    /// Whether what still runs is to be given no more time.
    pub(crate) fn is_cut(&self) -> bool {
        self.wanted.lock().cut
    }

    /// Whether the actor is to stop for good.
    pub(crate) fn is_stopping(&self) -> bool {
        self.wanted.lock().goal == Goal::Stopped
    }

    /// Whether the actor was told to come down, and not yet to come up again.
    pub(super) fn is_halted(&self) -> bool {
        self.wanted.lock().goal == Goal::Down
    }

    /// Has whatever is wanted from now on wake `waker`, which is that of the actor's task.
    pub(crate) fn register(&self, waker: &Waker) {
        let mut wanted = self.wanted.lock();
        match &mut wanted.waker {
            Some(known) => known.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
        self.registered.store(true, Ordering::Relaxed);
    }

    /// Ready when there is something to look at. To be asked whenever the actor has nothing to do, so it takes no lock while
    /// the waker is there.
    ///
    /// Whoever has just taken it may not be seen yet; then its wake is still to come, and the actor asks again.
    pub(crate) fn poll_attention(&self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.registered.load(Ordering::Relaxed) {
            self.register(cx.waker());
        }
        match self.wants_attention() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }

    /// The number of the state that an actor which is down after `generation` is to come up with; `None` if it is to stop.
    /// To be asked again when woken.
    pub(crate) fn next(&self, generation: u64) -> Option<Option<u64>> {
        let wanted = self.wanted.lock();
        match wanted.goal {
            Goal::Stopped => Some(None),
            Goal::Up(next) if next > generation => {
                // Under the lock: whoever halts it from here on does not find it down.
                self.phase.send_replace(Phase::Starting(next));
                Some(Some(next))
            }
            Goal::Up(_) | Goal::Down => None,
        }
    }

    /// Notes where the actor is.
    pub(crate) fn set_phase(&self, phase: Phase) {
        {
            let mut wanted = self.wanted.lock();
            match phase {
                Phase::Starting(_) => (wanted.end, wanted.up_since) = (None, None),
                Phase::Up(_) => wanted.up_since = Some(Instant::now()),
                Phase::Down(_) | Phase::Stopped => {}
            }
        }
        self.phase.send_replace(phase);
    }

    pub(crate) fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    /// Waits until the actor is in a phase that `is` is true of.
    pub(crate) async fn reached(&self, is: impl Fn(Phase) -> bool) -> Phase {
        let mut phases = self.phase.subscribe();
        // The sender is here, so waiting cannot fail.
        match phases.wait_for(|phase| is(*phase)).await {
            Ok(phase) => *phase,
            Err(_) => Phase::Stopped,
        }
    }

    /// How long the last state handled messages, up to now; `None` if it never did.
    pub(super) fn ran(&self) -> Option<Duration> {
        self.wanted.lock().up_since.map(|since| since.elapsed())
    }
}

impl Phase {
    /// The number of the state, if there is or was one.
    pub(crate) fn generation(self) -> Option<u64> {
        match self {
            Phase::Starting(generation) | Phase::Up(generation) | Phase::Down(generation) => Some(generation),
            Phase::Stopped => None,
        }
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Control").field(&self.phase()).finish()
    }
}
