//! The queue of an actor outside the process, as a mailbox sees it.

use std::{
    future::poll_fn,
    marker::PhantomData,
    sync::{Arc, atomic::AtomicBool},
    task::Poll,
};

use callsheet_wire::{Code, Failure};
use tokio::sync::oneshot;

use super::{Receipt, RemoteCall, Route, RouteState};
use crate::{
    actor::{Closed, Refused, Rejected, Sending, Sink},
    call::CallHeader,
    clock::Clock,
    contained,
    contract::{ContractMessage, refuse},
    id::ActorId,
    layer::Layers,
};

/// No actor has this number: a chain never meets an actor outside by it.
const NO_ACTOR: u64 = u64::MAX;

/// The way into the queue of the actor `target` beyond a route.
pub(crate) struct RemoteSink<M> {
    route: Arc<dyn Route>,
    target: ActorId,
    clock: Arc<Clock>,
    /// Those of the actor are beyond the route.
    layers: Layers,
    message: PhantomData<fn(M)>,
}

impl<M> RemoteSink<M> {
    pub(crate) fn new(route: Arc<dyn Route>, target: ActorId, clock: Arc<Clock>) -> Self {
        RemoteSink {
            route,
            target,
            clock,
            layers: Layers::default(),
            message: PhantomData,
        }
    }
}

impl<M: ContractMessage> RemoteSink<M> {
    fn call(&self, header: CallHeader, message: M) -> Option<RemoteCall> {
        let letter = message.letter();
        let more = header.more.map(Arc::unwrap_or_clone);
        let (link, meta) = more.map_or((None, None), |more| (more.link, more.meta));
        Some(RemoteCall {
            target: self.target.clone(),
            contract: letter.contract,
            message: letter.method,
            until: Some((Arc::clone(&self.clock), header.deadline)),
            meta,
            link,
            outgoing: message.into_outgoing()?,
            enqueued: None,
            tries: 0,
        })
    }
}

impl<M: ContractMessage> Sink<M> for RemoteSink<M> {
    fn number(&self) -> u64 {
        NO_ACTOR
    }

    fn layers(&self) -> &Layers {
        &self.layers
    }

    fn try_send(&self, header: CallHeader, message: M) -> Result<(), Rejected<M>> {
        // Only the other side knows whether its queue has room: a message without a reply waits to hear it.
        if !message.letter().awaited {
            return Err(Rejected::Full(header, message));
        }
        match self.route.state() {
            RouteState::Open => {}
            RouteState::Waiting => return Err(Rejected::Full(header, message)),
            RouteState::Ended(failure) => {
                refuse(message, failure);
                return Ok(());
            }
        }
        if let Some(call) = self.call(header, message) {
            self.route.start(call);
        }
        Ok(())
    }

    fn try_send_with(&self, header: CallHeader, make: &mut dyn FnMut() -> Result<M, Failure>) -> Result<(), Refused> {
        let message = make().map_err(Refused::Unfit)?;
        self.try_send(header, message).map_err(|rejected| match rejected {
            Rejected::Full(..) => Refused::Full,
            Rejected::Closed(..) => Refused::Closed,
        })
    }

    fn admit(&self, header: CallHeader, message: M) -> Result<(), Closed> {
        self.try_send(header, message).map_err(|_| Closed)
    }

    fn send(&self, header: CallHeader, message: M) -> Sending {
        let route = Arc::clone(&self.route);
        let awaited = message.letter().awaited;
        let Some(mut call) = self.call(header, message) else {
            // A plain message has told its caller.
            return Sending::new(async { Ok(()) });
        };
        if awaited {
            return Sending::new(async move {
                set_off(&*route, call).await;
                Ok(())
            });
        }
        let (arrived, told) = oneshot::channel();
        let left = Arc::<AtomicBool>::default();
        call.enqueued = Some(Receipt {
            arrived,
            left: Arc::clone(&left),
        });
        let sending = async move {
            // Whoever looks at it only once, as `try_send` does, says that there is no room: so it has not left then.
            tokio::task::yield_now().await;
            set_off(&*route, call).await;
            told.await.unwrap_or_else(|_| {
                let text = "the connection to the actor ended before it was known whether the message arrived";
                Err(Failure::new(Code::ConnectionClosed, text))
            })
        };
        Sending::outside(sending, left)
    }
}

/// Has a call go as soon as the route takes calls; if it never will, or nobody waits for the call any more, the call ends.
pub(crate) async fn set_off(route: &dyn Route, mut call: RemoteCall) {
    let opened = tokio::select! {
        biased;
        opened = open(route) => opened,
        () = poll_fn(|cx| match call.is_abandoned(cx) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }) => return contained::discard(call),
    };
    match opened {
        Ok(()) => route.start(call),
        Err(failure) => call.fail(failure),
    }
}

/// Waits until the route takes calls.
async fn open(route: &dyn Route) -> Result<(), Failure> {
    loop {
        // Asked for before the state is looked at, so that no change in between is missed.
        let changed = route.changed();
        match route.state() {
            RouteState::Open => return Ok(()),
            RouteState::Waiting => changed.await,
            RouteState::Ended(failure) => return Err(failure),
        }
    }
}
