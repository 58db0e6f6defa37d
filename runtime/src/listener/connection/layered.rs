//! Calls on their way through the layers of their actor.
//!
//! Only these have a task and a copy of their arguments: a layer may wait before it passes the call on.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    task::{Context, Poll},
};

use callsheet_wire::{Code, Codec, Delivered, Failure, Payload};
use futures_util::FutureExt;
use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::{inbound::enqueue, link::Link};
use crate::{
    Runtime,
    call::{Body, CallHeader, EncodedStream, Metadata, Outlet, Port, WireReply},
    clock::Deadline,
    id::ActorId,
    layer::{Last, Passed},
    registry::Method,
};

/// A call that passes layers.
pub(super) struct Passage {
    actor: ActorId,
    method: Method,
    deadline: Deadline,
    meta: Option<Metadata>,
    codec: Codec,
    /// None if there is none.
    payload: Option<Vec<u8>>,
}

impl Passage {
    pub(super) fn new(
        actor: &ActorId,
        method: &Method,
        deadline: Deadline,
        meta: Option<Metadata>,
        payload: Payload<'_>,
    ) -> Self {
        Passage {
            actor: actor.clone(),
            method: method.clone(),
            deadline,
            meta,
            codec: payload.codec(),
            payload: (!payload.is_absent()).then(|| payload.bytes().to_vec()),
        }
    }

    /// Passes a call on whose reply goes to `ticket`.
    pub(super) async fn answer(self, link: Arc<Link>, ticket: u64) {
        let outlet = Arc::clone(&link);
        let passed = self.pass(move |passage, meta| async move {
            let (done, ended) = oneshot::channel();
            let observed = Observed {
                outlet,
                done: Mutex::new(Some(done)),
            };
            passage.enqueue(meta, WireReply::Port(Port::new(Arc::new(observed), ticket)))?;
            // Whoever cancelled the call was answered.
            ended.await.unwrap_or_else(|_| Err(cancelled()))
        });
        if let Err(failure) = passed.await {
            link.end_failed(ticket, &failure);
        }
    }

    /// Passes a message on that has no reply, and says to `ticket` that it is in the queue.
    pub(super) async fn confirm(self, link: Arc<Link>, ticket: u64) {
        match self.deliver().await {
            Ok(()) => link.reply(ticket, Body::Value(&())),
            Err(failure) => link.end_failed(ticket, &failure),
        }
    }

    /// Passes a message on that nobody waits for.
    pub(super) fn deliver_unawaited(self, runtime: &Runtime) -> impl Future<Output = ()> + Send + 'static {
        let runtime = runtime.downgrade();
        let (actor, message) = (self.actor.to_string(), self.method.name().to_owned());
        async move {
            if let Err(failure) = self.deliver().await
                && let Ok(runtime) = runtime.upgrade()
            {
                runtime.lose_from_outside(actor, message, &failure);
            }
        }
    }

    /// Passes a message on that has no reply.
    ///
    /// # Errors
    ///
    /// If a layer refuses it, or it cannot be put into the queue.
    async fn deliver(self) -> Result<(), Failure> {
        let passed = self.pass(|passage, meta| async move {
            passage.enqueue(meta, WireReply::Discard)?;
            Ok(Passed::Enqueued)
        });
        passed.await.map(drop)
    }

    async fn pass<F>(
        mut self,
        last: impl FnOnce(Passage, Option<Metadata>) -> F + Send + 'static,
    ) -> Result<Passed, Failure>
    where
        F: Future<Output = Result<Passed, Failure>> + Send + 'static,
    {
        let layers = self.method.layers().clone();
        let info = self.method.info(self.actor.clone(), self.meta.take());
        let last: Last = Box::new(move |call| Box::pin(last(self, call.into_meta())));
        let passing = AssertUnwindSafe(layers.run(info, last)).catch_unwind();
        passing.await.unwrap_or_else(|_| {
            tracing::error!("a layer panicked");
            Err(Failure::new(Code::Internal, "a layer of the actor panicked"))
        })
    }

    fn enqueue(self, meta: Option<Metadata>, reply: WireReply) -> Result<(), Failure> {
        let payload = match &self.payload {
            Some(bytes) => Payload::new(self.codec, bytes),
            None => Payload::absent(self.codec),
        };
        let header = CallHeader::new(self.deadline, None, meta);
        enqueue(&self.method, &self.actor, header, payload, reply)
    }
}

fn cancelled() -> Failure {
    Failure::new(Code::Cancelled, "nobody waits for the call any more").with_delivered(Delivered::Unknown)
}

/// A connection as the reply to one call sees it, with a layer looking on.
struct Observed {
    outlet: Arc<Link>,
    done: Mutex<Option<oneshot::Sender<Result<Passed, Failure>>>>,
}

impl Observed {
    fn end(&self, passed: Result<Passed, Failure>) {
        let done = self.done.lock().take();
        if let Some(done) = done {
            // The layers may have given up.
            let _ = done.send(passed);
        }
    }
}

impl Outlet for Observed {
    fn begin(&self, ticket: u64) -> bool {
        self.outlet.begin(ticket)
    }

    fn poll_abandoned(&self, ticket: u64, cx: &mut Context<'_>) -> Poll<()> {
        self.outlet.poll_abandoned(ticket, cx)
    }

    fn reply(&self, ticket: u64, body: Body<'_>) {
        self.outlet.reply(ticket, body);
        self.end(Ok(match body {
            Body::Value(_) => Passed::Replied,
            Body::Declared { .. } => Passed::Declared,
        }));
    }

    fn stream(&self, ticket: u64, stream: Box<dyn EncodedStream>) {
        self.outlet.stream(ticket, stream);
        self.end(Ok(Passed::Opened));
    }

    fn fail(&self, _: u64, failure: Failure) {
        // The layers have the last word.
        self.end(Err(failure));
    }
}
