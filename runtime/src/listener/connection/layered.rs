//! Calls on their way through the layers of their actor.
//!
//! Only these have a task and a copy of their arguments: a layer may wait before it passes the call on.

use std::{
    future::poll_fn,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use callsheet_wire::{Code, Codec, Delivered, Failure, Payload};
use futures_util::FutureExt;
use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::{
    calls::enqueue,
    heads::Head,
    link::{Link, Place},
    requests::Receipt,
};
use crate::{
    call::{Body, CallHeader, EncodedStream, Link as Waits, Metadata, Origin, Outlet, Port, WireReply},
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
    waits: Option<Arc<Waits>>,
    meta: Option<Metadata>,
    origin: Origin,
    codec: Codec,
    /// None if there is none.
    payload: Option<Vec<u8>>,
    /// How many values may be in it.
    most_values: usize,
    /// Its place among those of the connection, which are bounded.
    place: Place,
}

impl Passage {
    pub(super) fn new(
        head: &Head,
        deadline: Deadline,
        waits: Option<Arc<Waits>>,
        meta: Option<Metadata>,
        origin: Origin,
        payload: Payload<'_>,
        place: Place,
    ) -> Self {
        Passage {
            place,
            actor: head.actor.clone(),
            method: head.method.clone(),
            deadline,
            waits,
            meta,
            origin,
            codec: payload.codec(),
            most_values: payload.most(),
            payload: (!payload.is_absent()).then(|| payload.bytes().to_vec()),
        }
    }

    /// That of a reply which goes to another actor than its caller, and has nothing sent along with it.
    pub(super) fn onward(
        actor: ActorId,
        method: Method,
        origin: Origin,
        codec: Codec,
        reply: Vec<u8>,
        place: Place,
    ) -> Self {
        Passage {
            most_values: Payload::new(codec, &reply).most(),
            actor,
            method,
            deadline: Deadline::NONE,
            waits: None,
            meta: None,
            origin,
            codec,
            payload: Some(reply),
            place,
        }
    }

    /// Passes a call on whose reply goes to `ticket`.
    pub(super) async fn answer(self, outlet: Arc<dyn Outlet>, ticket: u64) {
        let (link, told) = (Arc::clone(&outlet), Arc::new(Told::default()));
        let telling = Arc::clone(&told);
        let passed = self.pass(move |passage, meta| async move {
            let (done, ended) = oneshot::channel();
            telling.entered.store(true, Ordering::Release);
            let observed = Observed {
                outlet,
                told: telling,
                done: Mutex::new(Some(done)),
            };
            passage.enqueue(meta, WireReply::Port(Port::new(Arc::new(observed), ticket)))?;
            // Whoever cancelled the call was answered.
            ended.await.unwrap_or_else(|_| Err(cancelled()))
        });
        // Only until it is put into the queue: from then on the ticket tells its handler that nobody waits.
        let gone = poll_fn(|cx| match told.entered.load(Ordering::Acquire) {
            true => Poll::Pending,
            false => link.poll_abandoned(ticket, cx),
        });
        let passed = tokio::select! {
            biased;
            passed = passed => passed,
            () = gone => return,
        };
        let failure = match passed {
            Err(failure) => failure,
            Ok(_) if told.answered.load(Ordering::Acquire) => return,
            Ok(_) => told.failure.lock().take().unwrap_or_else(|| {
                let text = "a layer of the actor says that the call was answered, which it did not pass on";
                Failure::new(Code::Internal, text).with_delivered(Delivered::No)
            }),
        };
        link.fail(ticket, failure);
    }

    /// Passes a message on whose reply nobody waits for, and says to `ticket` that it is in the queue.
    pub(super) async fn confirm(self, link: Arc<Link>, ticket: u64, receipt: Receipt) {
        let begun = Arc::clone(&link);
        let passed = self.pass(move |passage, meta| async move {
            // From here on nobody is told that it was not delivered.
            if !begun.begin(ticket) {
                return Err(cancelled());
            }
            passage.enqueue(meta, WireReply::Discard)?;
            Ok(Passed::Enqueued)
        });
        match passed.await {
            Ok(_) => link.reply(ticket, Body::Value(receipt)),
            Err(failure) => link.end_failed(ticket, &failure),
        }
    }

    /// Passes a message on whose handler's end nobody waits for.
    ///
    /// # Errors
    ///
    /// If it is lost.
    pub(super) async fn deliver(self, reply: WireReply) -> Result<(), Failure> {
        let passed = self.pass(|passage, meta| async move {
            passage.enqueue(meta, reply)?;
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
        let info = self
            .method
            .info(self.actor.clone(), self.meta.take(), self.origin.peer());
        let last: Last = Box::new(move |call| Box::pin(last(self, call.into_meta())));
        let passing = AssertUnwindSafe(layers.run(info, last)).catch_unwind();
        passing.await.unwrap_or_else(|_| {
            tracing::error!("a layer panicked");
            Err(Failure::new(Code::Internal, "a layer of the actor panicked"))
        })
    }

    fn enqueue(self, meta: Option<Metadata>, reply: WireReply) -> Result<(), Failure> {
        let payload = match &self.payload {
            Some(bytes) => Payload::new(self.codec, bytes).at_most(self.most_values),
            None => Payload::absent(self.codec),
        };
        let header = CallHeader::from_outside(self.deadline, &self.origin, self.waits, meta);
        enqueue(
            &self.place.link.crossing,
            &self.method,
            &self.actor,
            header,
            payload,
            reply,
        )
    }
}

fn cancelled() -> Failure {
    Failure::new(Code::Cancelled, "nobody waits for the call any more").with_delivered(Delivered::Unknown)
}

/// What became of a call beyond the layers.
#[derive(Default)]
struct Told {
    /// It is put into the queue.
    entered: AtomicBool,
    /// Its caller has the reply.
    answered: AtomicBool,
    /// Why there is none, which the layers hear first.
    failure: Mutex<Option<Failure>>,
}

/// A connection as the reply to one call sees it, with a layer looking on.
struct Observed {
    outlet: Arc<dyn Outlet>,
    told: Arc<Told>,
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
        self.told.answered.store(true, Ordering::Release);
        self.end(Ok(match body {
            Body::Value(_) => Passed::Replied,
            Body::Declared { .. } => Passed::Declared,
        }));
    }

    fn stream(&self, ticket: u64, stream: Box<dyn EncodedStream>) {
        self.outlet.stream(ticket, stream);
        self.told.answered.store(true, Ordering::Release);
        self.end(Ok(Passed::Opened));
    }

    fn fail(&self, _: u64, failure: Failure) {
        // The layers have the last word.
        *self.told.failure.lock() = Some(failure.clone());
        self.end(Err(failure));
    }
}
