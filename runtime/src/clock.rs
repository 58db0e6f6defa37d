//! The coarse clock that deadlines are measured by.
//!
//! A timer for each call would cost more than the call. Instead every place that holds calls in flight is swept by one
//! task, every [`TICK`], and only while there are calls: an idle runtime has no such task. Starting a call reads atomics,
//! not the time.

use std::{
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    runtime::Handle,
    time::{Instant, Sleep},
};

/// How often deadlines are looked at: a call ends at most so much later than its deadline.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// A deadline on the clock of one runtime, in one word: the clock's number above 40 bits of milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deadline(u64);

const MILLISECONDS: u64 = (1 << 40) - 1;

/// What the last reading may be behind, and the milliseconds that rounding down loses, so that no deadline is early.
const SLACK: u64 = 11;

impl Deadline {
    /// No deadline: the word that no clock's number gives.
    pub(crate) const NONE: Deadline = Deadline(0);

    pub(crate) const fn from_word(word: u64) -> Self {
        Deadline(word)
    }

    pub(crate) fn word(self) -> u64 {
        self.0
    }
}

/// A place that holds calls in flight.
pub(crate) trait Sweep: Send + Sync {
    /// Ends what `reading` says is late; whether anything with a deadline on this clock is still in flight.
    fn sweep(&self, reading: Reading) -> bool;
}

/// What a clock shows at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    clock: u32,
    now: u64,
}

impl Reading {
    /// Whether `deadline` is on this clock and over, or on this clock and still to come, or none of its business.
    pub(crate) fn judge(self, deadline: Deadline) -> Judgement {
        if deadline == Deadline::NONE || (deadline.0 >> 40) as u32 != self.clock {
            Judgement::Foreign
        } else if (deadline.0 & MILLISECONDS) <= self.now {
            Judgement::Late
        } else {
            Judgement::Waiting
        }
    }
}

/// How a deadline stands to a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    Late,
    Waiting,
    Foreign,
}

/// The reply slots of every method are pools in statics, which all runtimes of the process share.
static POOLS: Mutex<Vec<&'static dyn Sweep>> = Mutex::new(Vec::new());

/// Has `pool` swept by every clock of the process from now on.
pub(crate) fn register_pool(pool: &'static dyn Sweep) {
    POOLS.lock().unwrap_or_else(PoisonError::into_inner).push(pool);
}

/// One runtime's clock.
#[derive(Debug)]
pub(crate) struct Clock {
    number: u32,
    start: Instant,
    /// Milliseconds since `start` at the last sweep.
    now: AtomicU64,
    /// The reading by which everything late was ended.
    swept: AtomicU64,
    /// The sweeper is running.
    active: AtomicBool,
    /// A call was started since the last sweep.
    touched: AtomicBool,
    tokio: Handle,
    places: Mutex<Vec<Weak<dyn Sweep>>>,
}

impl std::fmt::Debug for dyn Sweep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sweep")
    }
}

impl Clock {
    /// A clock whose sweeper runs in `tokio`.
    pub(crate) fn new(tokio: Handle) -> Self {
        static NUMBERS: AtomicU32 = AtomicU32::new(1);
        // 24 bits are kept for the number; zero stands for 'no deadline'.
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed) % ((1 << 24) - 1) + 1;
        Clock {
            number,
            start: Instant::now(),
            now: AtomicU64::new(0),
            swept: AtomicU64::new(0),
            active: AtomicBool::new(false),
            touched: AtomicBool::new(false),
            tokio,
            places: Mutex::new(Vec::new()),
        }
    }

    /// Has `place` swept for as long as it lives.
    pub(crate) fn register(&self, place: Weak<dyn Sweep>) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        // An idle clock never sweeps, so the dead are buried here too; each time there are twice as many places.
        if places.len() == places.capacity() {
            places.retain(|place| place.strong_count() > 0);
        }
        places.push(place);
    }

    /// The deadline `after` from now, for a call that starts now. It may be up to a tick late, never early.
    pub(crate) fn deadline(self: &Arc<Self>, after: Duration) -> Deadline {
        self.touch();
        // Not `as_millis`, which divides 128 bits.
        let after = after
            .as_secs()
            .saturating_mul(1000)
            .saturating_add(u64::from(after.subsec_millis()));
        let at = self
            .now
            .load(Ordering::Relaxed)
            .saturating_add(after)
            .saturating_add(SLACK);
        Deadline(u64::from(self.number) << 40 | at.min(MILLISECONDS))
    }

    /// The sooner of a deadline of this clock and one of another, which may be the same.
    pub(crate) fn sooner(self: &Arc<Self>, own: Deadline, clock: &Arc<Clock>, other: Deadline) -> Deadline {
        if other == Deadline::NONE {
            return own;
        }
        if clock.number == self.number {
            return Deadline(own.0.min(other.0));
        }
        let left = clock
            .instant(other)
            .map(|at| at.saturating_duration_since(Instant::now()));
        left.map_or(own, |left| Deadline(own.0.min(self.deadline(left).0)))
    }

    /// The moment of a deadline of this clock; `None` if there is no deadline.
    pub(crate) fn instant(&self, deadline: Deadline) -> Option<Instant> {
        let milliseconds = Duration::from_millis(deadline.0 & MILLISECONDS);
        (deadline != Deadline::NONE).then(|| self.start + milliseconds)
    }

    /// Whether a call with this deadline need not be started any more.
    pub(crate) fn is_late(&self, deadline: Deadline) -> bool {
        self.reading().judge(deadline) == Judgement::Late
    }

    /// Has what waits for a deadline swept. To be called again once a deadline that was given stands where it is swept:
    /// whoever was held up in between may find that the sweeper saw nothing and went away.
    #[inline]
    pub(crate) fn touch(self: &Arc<Self>) {
        // In this order: a sweeper that goes away lowers `active` first and looks at `touched` then.
        if !self.touched.load(Ordering::Relaxed) {
            self.touched.store(true, Ordering::SeqCst);
        }
        if !self.active.load(Ordering::SeqCst) {
            self.activate();
        }
    }

    #[cold]
    fn activate(self: &Arc<Self>) {
        self.read_time();
        if !self.active.swap(true, Ordering::SeqCst) {
            self.tokio.spawn(Arc::clone(self).sweep_while_touched());
        }
    }

    /// A timer that may be made and polled outside tokio too.
    pub(crate) fn sleep(&self, time: Duration) -> Sleep {
        let _entered = self.tokio.enter();
        tokio::time::sleep(time)
    }

    fn read_time(&self) {
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(MILLISECONDS);
        self.now.fetch_max(now, Ordering::Relaxed);
    }

    fn reading(&self) -> Reading {
        Reading {
            clock: self.number,
            now: self.now.load(Ordering::Relaxed),
        }
    }

    /// Ends what is late by the reading that [`is_late`](Self::is_late) was judged by, if no sweep has done so yet.
    pub(crate) fn end_late(&self) {
        if self.swept.load(Ordering::Acquire) < self.now.load(Ordering::Relaxed) {
            self.sweep();
        }
    }

    /// Ends what is late; whether anything is still in flight.
    fn sweep(&self) -> bool {
        self.read_time();
        let reading = self.reading();
        let pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut in_flight = false;
        for pool in pools {
            in_flight |= pool.sweep(reading);
        }
        let places: Vec<Arc<dyn Sweep>> = {
            let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
            places.retain(|place| place.strong_count() > 0);
            places.iter().filter_map(Weak::upgrade).collect()
        };
        for place in places {
            in_flight |= place.sweep(reading);
        }
        self.swept.fetch_max(reading.now, Ordering::Release);
        in_flight
    }

    /// Sweeps until nothing is in flight any more. The runtime may be gone by then: its last calls have deadlines too.
    async fn sweep_while_touched(self: Arc<Self>) {
        loop {
            tokio::time::sleep(TICK).await;
            let touched = self.touched.swap(false, Ordering::SeqCst);
            if self.sweep() || touched {
                continue;
            }
            self.active.store(false, Ordering::SeqCst);
            // A call that was started in between saw an active clock and spawned no sweeper.
            if !self.touched.load(Ordering::SeqCst) || self.active.swap(true, Ordering::SeqCst) {
                return;
            }
        }
    }
}
