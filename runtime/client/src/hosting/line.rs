//! The calls that came over one socket and have not ended.

use std::{
    collections::HashMap,
    fmt,
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use callsheet_wire::{Code, Codec, Control, Delivered, Failure, Request, Shortened, write};
use futures_util::future::AbortHandle;
use tokio::time::Instant;

use super::{
    Answered,
    answer::Form,
    call::{Call, wrong_flags},
    host::{Host, Job, Registry},
    progress::Progress,
};

/// Where answers go: to whoever is at the other end of one socket.
pub(crate) trait Outlet: Send + Sync + 'static {
    /// Has these frames written, unless the socket is gone.
    fn put(&self, frames: &[u8]);
    /// Ready when not too much waits to be written, or the socket is gone.
    fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()>;
    /// So much waits to be written that whoever is at the other end does not read.
    fn is_flooded(&self) -> bool;
    /// The most bytes that the payload of a frame may have.
    fn frame_limit(&self) -> usize;
}

/// The calls that came over one socket and have not ended.
pub(crate) struct Line {
    outlet: Box<dyn Outlet>,
    registry: Arc<Registry>,
    calls: Mutex<Calls>,
}

#[derive(Default)]
struct Calls {
    last: u64,
    open: HashMap<u64, Open>,
    /// Those that are answered under an id.
    by_id: HashMap<String, u64>,
    has_ended: bool,
}

struct Open {
    form: Form,
    host: Arc<Host>,
    progress: Arc<Progress>,
    abort: AbortHandle,
}

impl Line {
    pub(crate) fn new(outlet: impl Outlet, registry: Arc<Registry>) -> Arc<Self> {
        Arc::new(Self {
            outlet: Box::new(outlet),
            registry,
            calls: Mutex::default(),
        })
    }

    pub(super) fn frame_limit(&self) -> usize {
        self.outlet.frame_limit()
    }

    /// Takes a request on, or refuses it.
    pub(crate) fn receive(self: &Arc<Self>, codec: Codec, request: &Request<'_>) {
        let form = Form {
            codec,
            id: request.request_id.as_deref().map(str::to_owned),
            is_stream: request.expects_stream,
            message_type: Shortened(&request.message_type).to_string(),
        };
        if let Err(failure) = self.admit(request, &form) {
            self.refuse(&form.refusal(0, &failure));
        }
    }

    fn admit(self: &Arc<Self>, request: &Request<'_>, form: &Form) -> Result<(), Failure> {
        let is_answered = request.expects_reply || request.expects_stream;
        match &form.id {
            Some(id) if self.calls().by_id.contains_key(id) => {
                let text = format!("the id `{}` is that of a call in flight", Shortened(id));
                return Err(Failure::new(Code::ProtocolError, text));
            }
            None if is_answered => return Err(wrong_flags("a call that is answered has a `request_id`")),
            _ => {}
        }
        let host = self.registry.find(&request.target);
        let host = host.ok_or_else(|| Failure::actor_not_found(&Shortened(&request.target).to_string()))?;
        let progress = Arc::new(Progress::new(request.credit));
        let timeout = request.timeout_ms.map(Duration::from_millis);
        // A time beyond what the clock can count never comes.
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut answered = form.clone();
        if !is_answered {
            answered.id = None;
        }
        let accepted = Arc::clone(&host.actor).accept(Call {
            request,
            line: Arc::clone(self),
            form: answered.clone(),
            progress: Arc::clone(&progress),
            deadline,
        })?;
        let told = accepted.is_tell.then(|| answered.id.take()).flatten();
        let (abort, ended) = AbortHandle::new_pair();
        let open = Open {
            form: answered.clone(),
            host: Arc::clone(&host),
            progress: Arc::clone(&progress),
            abort,
        };
        let Some(serial) = self.calls().enter(open) else {
            return Ok(());
        };
        let job = Job {
            line: Arc::clone(self),
            serial,
            form: answered,
            progress,
            deadline: deadline.filter(|_| !accepted.is_tell),
            run: accepted.run,
            ended,
        };
        if let Err(failure) = host.admit(job) {
            self.calls().leave(serial);
            return Err(failure);
        }
        if let Some(id) = told {
            let mut out = Vec::new();
            if write::response(&mut out, form.codec, Some(&id), &()).is_ok() {
                self.refuse(&Answered(out));
            }
        }
        Ok(())
    }

    /// Writes an answer that nobody has to wait for. One who asks and never reads is not answered.
    fn refuse(&self, answered: &Answered) {
        if !self.outlet.is_flooded() {
            self.outlet.put(&answered.0);
        }
    }

    /// Acts on a control that steers a call; `false` if it is another one.
    pub(crate) fn steer(self: &Arc<Self>, control: &Control<'_>) -> bool {
        match control.control.as_ref() {
            "cancel" => {
                let found = control.request_id.as_deref().and_then(|id| self.calls().find(id));
                if let Some(serial) = found {
                    let text = "nobody waits for the call any more";
                    self.give_up(serial, &Failure::new(Code::Cancelled, text));
                }
            }
            "credit" => {
                let progress = control.stream_id.as_deref().and_then(|id| self.calls().progress(id));
                if let (Some(progress), Some(items)) = (progress, control.items) {
                    progress.grant(items);
                }
            }
            _ => return false,
        }
        true
    }

    /// Ends a call where it is, for this reason.
    pub(super) fn give_up(self: &Arc<Self>, serial: u64, why: &Failure) {
        let open = self.calls().leave(serial);
        let Some(open) = open else { return };
        // First, so that a call of which it is said that it was not delivered never begins.
        open.abort.abort();
        open.host.forget(self, serial);
        let delivered = match (open.progress.has_begun(), why.code()) {
            (false, _) => Delivered::No,
            (true, Code::Cancelled) => Delivered::Unknown,
            (true, _) => Delivered::Yes,
        };
        let why = why.clone().with_delivered(delivered);
        self.refuse(&open.form.refusal(open.progress.close(), &why));
    }

    /// Writes an item of a stream once there is room for it, unless the call has been given up by then.
    pub(super) async fn item(&self, progress: &Progress, frames: &[u8]) {
        poll_fn(|cx| self.outlet.poll_room(cx)).await;
        progress.send(|| self.outlet.put(frames));
    }

    /// Ends a call with its last frame, once there is room for that.
    pub(super) async fn finish(&self, serial: u64, answered: &Answered) {
        if !answered.0.is_empty() {
            poll_fn(|cx| self.outlet.poll_room(cx)).await;
        }
        // It may have been given up meanwhile, and answered.
        if self.calls().leave(serial).is_some() && !answered.0.is_empty() {
            self.outlet.put(&answered.0);
        }
    }

    /// The socket is gone, and with it whoever waits for answers.
    pub(crate) fn end(self: &Arc<Self>) {
        let open = {
            let mut calls = self.calls();
            calls.has_ended = true;
            calls.by_id.clear();
            // A tell that was accepted is still done, for as long as its actor is hosted.
            let all = std::mem::take(&mut calls.open).into_iter();
            let (awaited, told): (HashMap<_, _>, _) = all.partition(|(_, open)| open.form.id.is_some());
            calls.open = told;
            awaited
        };
        for (serial, open) in open {
            open.abort.abort();
            open.host.forget(self, serial);
        }
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Calls {
    /// `None` if the socket is gone.
    fn enter(&mut self, open: Open) -> Option<u64> {
        if self.has_ended {
            return None;
        }
        self.last += 1;
        if let Some(id) = &open.form.id {
            self.by_id.insert(id.clone(), self.last);
        }
        self.open.insert(self.last, open);
        Some(self.last)
    }

    fn leave(&mut self, serial: u64) -> Option<Open> {
        let open = self.open.remove(&serial)?;
        if let Some(id) = &open.form.id {
            self.by_id.remove(id);
        }
        Some(open)
    }

    fn find(&self, id: &str) -> Option<u64> {
        self.by_id.get(id).copied()
    }

    fn progress(&self, id: &str) -> Option<Arc<Progress>> {
        let open = self.open.get(self.by_id.get(id)?)?;
        Some(Arc::clone(&open.progress))
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").finish_non_exhaustive()
    }
}
