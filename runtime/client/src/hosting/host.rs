//! The actors that are served, each with the calls that wait for it.

use std::{
    collections::{HashMap, VecDeque},
    fmt, mem,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use callsheet_wire::{Code, Delivered, Failure, Shortened};
use futures_util::{
    FutureExt,
    future::{AbortRegistration, Abortable},
};
use tokio::{runtime::Handle, time::Instant};
use tracing::error;

use super::{
    Actor, Answered,
    answer::{Form, failed},
    call::timed_out,
    line::Line,
    progress::Progress,
};

/// How many calls of an actor wait, beside those that run.
const WAITING: usize = 1000;

/// The actors that are served, by their ids.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    hosts: Mutex<HashMap<String, Arc<Host>>>,
}

impl Registry {
    /// Serves an actor from now on.
    pub(crate) fn add(&self, id: &str, actor: Arc<dyn Actor>, most_calls: usize) -> Result<(), Failure> {
        let mut hosts = lock(&self.hosts);
        if hosts.contains_key(id) {
            let text = format!("an actor with the id `{}` is hosted already", Shortened(id));
            return Err(Failure::new(Code::ProtocolError, text).with_delivered(Delivered::No));
        }
        hosts.insert(id.to_owned(), Arc::new(Host::new(actor, most_calls)));
        Ok(())
    }

    /// Serves an actor no more, and ends its calls.
    pub(crate) fn remove(&self, id: &str) {
        let host = lock(&self.hosts).remove(id);
        if let Some(host) = host {
            host.stop();
        }
    }

    pub(super) fn find(&self, id: &str) -> Option<Arc<Host>> {
        lock(&self.hosts).get(id).cloned()
    }
}

/// An actor, its calls that wait, and those that run.
pub(super) struct Host {
    pub(super) actor: Arc<dyn Actor>,
    most_calls: usize,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    /// Tasks that run calls, each one after the other.
    workers: usize,
    running: usize,
    waiting: VecDeque<Job>,
    /// The calls that have not ended.
    calls: HashMap<(usize, u64), Arc<Line>>,
    has_stopped: bool,
}

/// A call that waits for its turn.
pub(super) struct Job {
    pub(super) line: Arc<Line>,
    pub(super) serial: u64,
    pub(super) form: Form,
    pub(super) progress: Arc<Progress>,
    pub(super) deadline: Option<Instant>,
    pub(super) run: Pin<Box<dyn Future<Output = Answered> + Send>>,
    pub(super) ended: AbortRegistration,
}

impl Host {
    fn new(actor: Arc<dyn Actor>, most_calls: usize) -> Self {
        Self {
            actor,
            most_calls,
            queue: Mutex::default(),
        }
    }

    /// Has a call run as soon as there is a place for it.
    pub(super) fn admit(self: &Arc<Self>, job: Job) -> Result<(), Failure> {
        let Ok(runtime) = Handle::try_current() else {
            return Err(Failure::new(Code::ShuttingDown, "the client has ended"));
        };
        let mut queue = lock(&self.queue);
        if queue.has_stopped {
            return Err(stopped().with_delivered(Delivered::No));
        }
        if queue.running + queue.waiting.len() >= self.most_calls.saturating_add(WAITING) {
            let text = "as many calls wait for the actor as there is room for";
            return Err(Failure::new(Code::TargetBusy, text));
        }
        queue.calls.insert(job.key(), Arc::clone(&job.line));
        queue.waiting.push_back(job);
        let needs_worker = queue.workers < self.most_calls;
        queue.workers += usize::from(needs_worker);
        drop(queue);
        if needs_worker {
            runtime.spawn(Arc::clone(self).work());
        }
        Ok(())
    }

    /// Runs calls for as long as any wait.
    async fn work(self: Arc<Self>) {
        while let Some(job) = self.next() {
            let key = job.key();
            job.run().await;
            let mut queue = lock(&self.queue);
            queue.running -= 1;
            queue.calls.remove(&key);
        }
    }

    fn next(&self) -> Option<Job> {
        let mut queue = lock(&self.queue);
        let job = queue.waiting.pop_front();
        if job.is_some() {
            queue.running += 1;
        } else {
            queue.workers -= 1;
        }
        job
    }

    /// Forgets a call that waits and has been given up.
    pub(super) fn forget(&self, line: &Arc<Line>, serial: u64) {
        let key = (Arc::as_ptr(line).addr(), serial);
        let forgotten = {
            let mut queue = lock(&self.queue);
            let at = queue.waiting.iter().position(|job| job.key() == key);
            let job = at.and_then(|at| queue.waiting.remove(at));
            if job.is_some() {
                queue.calls.remove(&key);
            }
            job
        };
        // What it captured is the user's, and not dropped under a lock.
        drop(forgotten);
    }

    fn stop(&self) {
        let (waiting, calls) = {
            let mut queue = lock(&self.queue);
            queue.has_stopped = true;
            (mem::take(&mut queue.waiting), mem::take(&mut queue.calls))
        };
        for ((_, serial), line) in calls {
            line.give_up(serial, &stopped());
        }
        drop(waiting);
    }
}

impl Job {
    /// What tells it from all others: the numbers count the calls of one line.
    fn key(&self) -> (usize, u64) {
        (Arc::as_ptr(&self.line).addr(), self.serial)
    }

    async fn run(self) {
        self.progress.begin();
        let has_passed = self.deadline.is_some_and(|deadline| deadline <= Instant::now());
        let answered = if has_passed {
            self.form.refusal(0, &timed_out().with_delivered(Delivered::No))
        } else {
            let run = AssertUnwindSafe(self.run).catch_unwind();
            match Abortable::new(run, self.ended).await {
                Ok(Ok(answered)) => answered,
                Ok(Err(_panic)) => {
                    error!(method = self.form.message_type, "a handler panicked");
                    self.form.refusal(self.progress.sequence(), &failed())
                }
                // Whoever gave it up has answered.
                Err(_aborted) => return,
            }
        };
        self.line.finish(self.serial, &answered).await;
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}

fn stopped() -> Failure {
    Failure::new(Code::ActorStopped, "the actor is not hosted any more")
}

/// Nothing that panics runs under these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
