//! What the callers and the task of a connection share, and how frames get from the one to the other.

use std::{
    collections::BTreeMap,
    future::poll_fn,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Poll, Waker},
    time::Duration,
};

use callsheet_wire::{Code, Codec, Delivered, EncodeError, Failure, Welcome, write};
use futures_util::task::AtomicWaker;
use tokio::{net::unix::OwnedWriteHalf, sync::Notify, time};

use super::{
    CallId, InFlight, Inbox, Output, Subscribers,
    in_flight::{Appended, Delivery},
};
use crate::{
    CallOptions, ConnectOptions, deadline::Deadline, hosting::Registry, reply::Reply, subscription::accepted_from,
};

/// Where two of its locks are held at once, `output` was taken first, and it is the only one beside another.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) options: ConnectOptions,
    output: Mutex<Output>,
    calls: Mutex<InFlight>,
    subscribers: Mutex<Subscribers>,
    /// What the server said when it was introduced to.
    server: Mutex<Option<Welcome>>,
    /// The subscriptions that the server has not answered, by the ids of the calls that ask for them.
    unaccepted: Mutex<Vec<(CallId, Arc<Inbox>)>>,
    has_unaccepted: AtomicBool,
    /// Why the server refuses messages of these types: the client's contracts are others than its own.
    misfits: Mutex<BTreeMap<String, String>>,
    has_misfits: AtomicBool,
    /// The actors that the client serves.
    registry: Arc<Registry>,
    /// Wakes the task.
    task: AtomicWaker,
    pub(super) ended: Notify,
}

impl Shared {
    pub(super) fn new(options: ConnectOptions) -> Self {
        Self {
            output: Mutex::new(Output::new(options.frame_limit)),
            options,
            calls: Mutex::default(),
            subscribers: Mutex::default(),
            server: Mutex::default(),
            unaccepted: Mutex::default(),
            has_unaccepted: AtomicBool::new(false),
            misfits: Mutex::default(),
            has_misfits: AtomicBool::new(false),
            registry: Arc::default(),
            task: AtomicWaker::new(),
            ended: Notify::new(),
        }
    }

    /// Sends a request whose one reply `waker` waits for.
    pub(crate) fn send_ask(
        &self,
        deadline: Deadline,
        waker: Waker,
        write: impl FnOnce(&mut Vec<u8>, Codec, &str) -> Result<(), EncodeError>,
    ) -> Result<CallId, Failure> {
        let mut output = self.output();
        let appended = self.append_call(&mut output, write)?;
        let entered = {
            let mut calls = self.calls();
            if appended.is_queued {
                output.shorten_queue(&calls);
            }
            calls.enter_ask(appended, deadline, waker)
        };
        if entered.alone {
            output.write_now();
        }
        self.wake_task(output, entered.starts_clock);
        Ok(appended.id)
    }

    /// Sends a request that any number of replies follow.
    pub(crate) fn send_stream(
        &self,
        deadline: Deadline,
        write: impl FnOnce(&mut Vec<u8>, Codec, &str) -> Result<(), EncodeError>,
    ) -> Result<CallId, Failure> {
        let mut output = self.output();
        let appended = self.append_call(&mut output, write)?;
        let entered = self.calls().enter_stream(appended, deadline);
        self.wake_task(output, entered.starts_clock);
        Ok(appended.id)
    }

    /// Appends the frame of a call, or has it wait.
    fn append_call(
        &self,
        output: &mut Output,
        write: impl FnOnce(&mut Vec<u8>, Codec, &str) -> Result<(), EncodeError>,
    ) -> Result<Appended, Failure> {
        // Calls go in their order: none goes past those that wait.
        let goes = output.admit()? && !self.some_wait(output) && (!output.is_limited || self.calls().has_place());
        let id = output.next_id();
        let mut text = itoa::Buffer::new();
        let bytes = output.append_call(id, !goes, |out| write(out, self.options.codec, text.format(id)))?;
        Ok(Appended {
            id,
            is_queued: !goes,
            bytes,
        })
    }

    /// Whether a call waits to be sent that somebody still waits for.
    fn some_wait(&self, output: &mut Output) -> bool {
        if !output.has_queue() {
            return false;
        }
        let some = self.calls().waiting_to_be_sent() > 0;
        if !some {
            // Nothing else would ever take these frames out: their calls have ended.
            output.forget_queue();
        }
        some
    }

    /// Sends a frame that nothing follows; `false` if there is no socket that takes it.
    pub(crate) fn send_tell(
        &self,
        write: impl FnOnce(&mut Vec<u8>, Codec) -> Result<(), EncodeError>,
    ) -> Result<bool, Failure> {
        let mut output = self.output();
        let goes = output.admit()?;
        if goes {
            output.append(|out| write(out, self.options.codec))?;
            self.wake_task(output, false);
        }
        Ok(goes)
    }

    /// Sends what has waited, as far as there are places for it.
    pub(super) fn send_queued(&self) {
        let mut output = self.output();
        output.append_queue(&mut self.calls());
        self.wake_task(output, false);
    }

    /// Waits until not too much is waiting to be written.
    pub(crate) async fn room(&self, options: &CallOptions) -> Result<(), Failure> {
        self.until(Output::has_room, options.timeout_or(self.options.timeout))
            .await
    }

    /// Waits until less is waiting to be written.
    pub(super) async fn until(&self, enough: impl Fn(&Output) -> bool, timeout: Duration) -> Result<(), Failure> {
        // A timer is only made where there is something to wait for.
        if enough(&self.output()) {
            return Ok(());
        }
        let less = poll_fn(|cx| {
            let mut output = self.output();
            if let Err(failure) = output.admit() {
                return Poll::Ready(Err(failure));
            }
            if enough(&output) {
                return Poll::Ready(Ok(()));
            }
            output.wake_when_less(cx.waker());
            Poll::Pending
        });
        time::timeout(timeout, less).await.unwrap_or_else(|_| {
            let text = match self.output().why_down() {
                Some(why) => no_connection(why),
                None => "the server took nothing more".to_owned(),
            };
            let text = format!("it was not sent within {timeout:?}: {text}");
            Err(Failure::new(Code::Timeout, text).with_delivered(Delivered::No))
        })
    }

    /// Sends a frame that means something on this socket alone; without one, it is of no use.
    fn send_aside(&self, write: impl FnOnce(&mut Vec<u8>, Codec)) {
        let mut output = self.output();
        output.append_aside(|out| write(out, self.options.codec));
        self.wake_task(output, false);
    }

    pub(super) fn send_frame(&self, frame: &[u8]) {
        self.send_aside(|out, _| out.extend_from_slice(frame));
    }

    /// Tells the server that nobody waits for these calls any longer.
    pub(crate) fn cancel(&self, ids: &[CallId]) {
        for id in ids {
            self.send_aside(|out, codec| write::cancel(out, codec, itoa::Buffer::new().format(*id)));
        }
    }

    /// Lets the server send so many more items of a stream.
    pub(crate) fn grant(&self, id: CallId, items: u64) {
        self.send_aside(|out, codec| write::credit(out, codec, itoa::Buffer::new().format(id), items));
    }

    /// Forgets a call that its caller dropped, and cancels it if it has not ended.
    pub(crate) fn abandon(&self, id: CallId) {
        let runs = self.calls().abandon(id);
        if runs {
            self.cancel(&[id]);
        }
    }

    /// Delivers no more events to `inbox`, and tells the server of those that nobody wants any longer.
    pub(crate) fn unsubscribe(&self, inbox: &Arc<Inbox>) {
        {
            let mut unaccepted = lock(&self.unaccepted);
            unaccepted.retain(|(_, other)| !Arc::ptr_eq(other, inbox));
            self.has_unaccepted.store(!unaccepted.is_empty(), Ordering::Relaxed);
        }
        // Held until it is written: a subscription to the same name that comes now is written behind it.
        let mut output = self.output();
        let unwanted = self.subscribers().remove(inbox);
        if !unwanted.is_empty() {
            let names: Vec<&str> = unwanted.iter().map(String::as_str).collect();
            output.append_aside(|out| write::unsubscribe(out, self.options.codec, Some(&names), None));
        }
        self.wake_task(output, false);
    }

    /// The answer to this call will say whether the server takes the subscription.
    pub(crate) fn awaits_acceptance(&self, id: CallId, inbox: &Arc<Inbox>) {
        let mut unaccepted = lock(&self.unaccepted);
        unaccepted.retain(|(_, other)| !Arc::ptr_eq(other, inbox));
        unaccepted.push((id, Arc::clone(inbox)));
        self.has_unaccepted.store(true, Ordering::Relaxed);
    }

    /// What the server has answered to a subscription is acted on where it arrives: before the socket may be lost, and
    /// before the next event.
    pub(super) fn accept(&self, id: CallId, reply: &Reply) {
        if !self.has_unaccepted.load(Ordering::Relaxed) {
            return;
        }
        let accepted = {
            let mut unaccepted = lock(&self.unaccepted);
            let at = unaccepted.iter().position(|(asked, _)| *asked == id);
            let accepted = at.map(|at| unaccepted.swap_remove(at));
            self.has_unaccepted.store(!unaccepted.is_empty(), Ordering::Relaxed);
            accepted
        };
        if let (Some((_, inbox)), Some(numbers)) = (accepted, accepted_from(reply)) {
            self.subscribers().accepted(&inbox, &numbers);
        }
    }

    /// Whether the server is known to refuse messages of this type, since the client's contract is another one.
    pub(crate) fn check_fit(&self, message_type: &str) -> Result<(), Failure> {
        if !self.has_misfits.load(Ordering::Relaxed) {
            return Ok(());
        }
        match lock(&self.misfits).get(message_type) {
            Some(why) => Err(Failure::new(Code::SchemaMismatch, why)),
            None => Ok(()),
        }
    }

    pub(super) fn set_misfits(&self, misfits: BTreeMap<String, String>) {
        self.has_misfits.store(!misfits.is_empty(), Ordering::Relaxed);
        *lock(&self.misfits) = misfits;
    }

    /// The server pushes these events no more, which this client would misread: subscriptions that name one end, and say why.
    pub(super) fn withhold(&self, withheld: &BTreeMap<String, String>) {
        for (event, why) in withheld {
            tracing::warn!(
                event,
                why,
                "the server keeps back an event, whose type is another one in this client"
            );
            let naming = self.subscribers().naming(event);
            for inbox in naming {
                inbox.end(&Failure::new(Code::SchemaMismatch, why));
                self.unsubscribe(&inbox);
            }
        }
    }

    pub(super) fn server(&self) -> Option<Welcome> {
        lock(&self.server).clone()
    }

    /// Obeys what the server allows.
    pub(super) fn welcomed(&self, welcome: Welcome) {
        let frame = usize::try_from(welcome.limits.frame).unwrap_or(usize::MAX);
        let in_flight = usize::try_from(welcome.limits.in_flight).unwrap_or(usize::MAX);
        {
            let mut output = self.output();
            output.set_frame_limit(frame.min(self.options.frame_limit));
            output.is_limited = true;
            self.calls().set_limit(in_flight);
        }
        *lock(&self.server) = Some(welcome);
        self.send_queued();
    }

    /// The server takes no frames whose payload is longer than this, and has refused those that were.
    pub(super) fn refused_larger(&self, max_frame: u64, failure: &Failure) {
        let limit = usize::try_from(max_frame).unwrap_or(usize::MAX);
        let wakers = {
            let mut output = self.output();
            output.set_frame_limit(limit.min(self.options.frame_limit));
            self.calls().refuse_larger(limit, failure)
        };
        wakers.into_iter().for_each(Waker::wake);
        self.send_queued();
    }

    /// Wakes whoever waits for what has arrived.
    pub(super) fn delivered(&self, id: CallId, delivery: Delivery) {
        delivery.waker.into_iter().for_each(Waker::wake);
        if delivery.cancels {
            self.cancel(&[id]);
        }
        if delivery.frees_place {
            self.send_queued();
        }
    }

    pub(crate) fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    pub(super) fn wake_task(&self, mut output: MutexGuard<'_, Output>, otherwise: bool) {
        let wake = output.schedule() || otherwise;
        drop(output);
        if wake {
            self.task.wake();
        }
    }

    pub(super) fn register_task(&self, waker: &Waker) {
        self.task.register(waker);
    }

    pub(super) fn begin_close(&self) {
        {
            let mut output = self.output();
            output.begin_close();
            // The runtime may end before the task has another turn.
            output.write_now();
        }
        self.task.wake();
    }

    /// A socket is there: `greeting` goes first, then what has waited.
    pub(super) fn open(&self, socket: OwnedWriteHalf, greeting: Vec<u8>) {
        let mut output = self.output();
        output.open(socket, greeting);
        output.append_queue(&mut self.calls());
    }

    /// The server has said goodbye: what is not on its way to it yet waits for the next socket, unless there is none.
    pub(super) fn leave(&self, for_good: bool, outgoing: &mut Vec<u8>, written: &mut usize) {
        let mut output = self.output();
        let mut calls = self.calls();
        output.leave(for_good, outgoing, written, &mut calls);
        if !for_good {
            return;
        }
        let Err(failure) = output.admit() else { return };
        let wakers = calls.fail_queued(&failure);
        drop((calls, output));
        wakers.into_iter().for_each(Waker::wake);
    }

    /// The socket is lost, and another one will be made.
    pub(super) fn lose(&self, failure: &Failure, outgoing: &[u8], written: usize) {
        let mut output = self.output();
        let wakers = {
            let mut calls = self.calls();
            output.lose(failure.clone(), outgoing, written, &mut calls);
            calls.lose_sent(failure)
        };
        self.subscribers().lose();
        drop(output);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// The connection has come to its end.
    pub(super) fn end(&self, failure: &Failure, outgoing: &[u8], written: usize) {
        let mut output = self.output();
        let wakers = {
            let mut calls = self.calls();
            output.lose(failure.clone(), outgoing, written, &mut calls);
            output.close(failure.clone());
            let mut wakers = calls.lose_sent(failure);
            wakers.extend(calls.fail_queued(failure));
            wakers
        };
        drop(output);
        self.subscribers().end(failure);
        wakers.into_iter().for_each(Waker::wake);
        self.ended.notify_waiters();
    }

    /// Why calls that wait to be sent do.
    pub(super) fn why_unsent(&self) -> String {
        match self.output().why_down() {
            Some(why) => no_connection(why),
            None => "the server is leaving, or has as many calls in flight as it allows".to_owned(),
        }
    }

    pub(crate) fn output(&self) -> MutexGuard<'_, Output> {
        lock(&self.output)
    }

    pub(crate) fn calls(&self) -> MutexGuard<'_, InFlight> {
        lock(&self.calls)
    }

    pub(crate) fn subscribers(&self) -> MutexGuard<'_, Subscribers> {
        lock(&self.subscribers)
    }
}

fn no_connection(why: &Failure) -> String {
    format!("there is no connection to the server: {}", why.text())
}

/// Only a message's own serialisation can panic under a lock, and [`Output`] then drops what it left behind.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
