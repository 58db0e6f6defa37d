//! The task of a connection: it owns the socket of the moment, keeps the deadlines, writes what callers left to it, and
//! makes a new socket when one is lost.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
};

use bytes::Bytes;
use callsheet_wire::{Code, Failure, Incoming, Response, StreamFrame, read};
use tokio::{
    net::UnixStream,
    time::{Sleep, sleep},
};
use tracing::debug;

use super::{
    Shared, answers,
    backoff::Backoff,
    call_id::CallId,
    dial::Dial,
    greeting::{Greeting, Introduction},
    link::{Link, broken},
    output::closed_here,
    subscribers::TooMany,
};
use crate::{deadline::Clock, hosting::Line, reply::Reply};

pub(super) struct Task {
    shared: Arc<Shared>,
    stage: Stage,
    /// Where a new socket is got, if one may be.
    dial: Option<Dial>,
    backoff: Backoff,
    greeting: Greeting,
    /// The calls of the client's own actors, which came over the socket of the moment.
    line: Arc<Line>,
    clock: Clock,
    ended: bool,
}

enum Stage {
    Connected(Link),
    /// Before the next attempt.
    Waiting(Pin<Box<Sleep>>),
    Connecting(Pin<Box<dyn Future<Output = Result<UnixStream, Failure>> + Send>>),
}

impl Task {
    /// Drives `socket`, and those that `dial` gets after it.
    pub(super) fn new(
        shared: Arc<Shared>,
        dial: Option<Dial>,
        introduction: Option<Introduction>,
        socket: UnixStream,
    ) -> Self {
        let (first, most) = shared.options.backoff;
        let mut task = Self {
            line: answers::line(&shared),
            shared,
            stage: Stage::Waiting(Box::pin(sleep(first))),
            dial,
            backoff: Backoff::new(first, most),
            greeting: Greeting::new(introduction),
            clock: Clock::default(),
            ended: false,
        };
        task.begin(socket);
        task
    }

    /// Uses `socket` from now on.
    fn begin(&mut self, socket: UnixStream) {
        let (reader, writer) = socket.into_split();
        let greeting = self.greeting.begin(&self.shared);
        self.shared.open(writer, greeting);
        self.line = answers::line(&self.shared);
        self.stage = Stage::Connected(Link::over(reader));
    }

    pub(super) async fn run(mut self) {
        let failure = poll_fn(|cx| self.poll(cx)).await;
        self.end(&failure);
    }

    /// Ready when the connection has ended, with the reason.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Failure> {
        // Before anything is looked at, so that no change in between is missed.
        self.shared.register_task(cx.waker());
        loop {
            let lost = if let Stage::Connected(_) = self.stage {
                ready!(self.poll_link(cx))
            } else {
                match ready!(self.poll_connect(cx)) {
                    Ok(socket) => {
                        debug!("the connection was made anew");
                        self.begin(socket);
                        continue;
                    }
                    Err(failure) => failure,
                }
            };
            if let Err(failure) = self.try_again(lost) {
                return Poll::Ready(failure);
            }
        }
    }

    /// Ready when the socket is lost.
    fn poll_link(&mut self, cx: &mut Context<'_>) -> Poll<Failure> {
        if let Poll::Ready(failure) = self.poll_read(cx) {
            return Poll::Ready(failure);
        }
        self.poll_clock(cx);
        self.greeting.poll_again(&self.shared, cx);
        match &mut self.stage {
            Stage::Connected(link) => link.poll_write(&self.shared, cx),
            Stage::Waiting(_) | Stage::Connecting(_) => Poll::Pending,
        }
    }

    /// Ready when there is a socket, or an attempt to get one came to nothing.
    fn poll_connect(&mut self, cx: &mut Context<'_>) -> Poll<Result<UnixStream, Failure>> {
        if self.shared.output().is_closing() {
            return Poll::Ready(Err(closed_here()));
        }
        self.poll_clock(cx);
        if let (Stage::Waiting(sleep), Some(dial)) = (&mut self.stage, &self.dial) {
            ready!(sleep.as_mut().poll(cx));
            let dial = dial.clone();
            self.stage = Stage::Connecting(Box::pin(async move { dial.connect().await }));
        }
        match &mut self.stage {
            Stage::Connecting(attempt) => attempt.as_mut().poll(cx),
            Stage::Connected(_) | Stage::Waiting(_) => Poll::Pending,
        }
    }

    /// Gets ready to make the connection anew; an error if it will not be, and has come to its end.
    fn try_again(&mut self, failure: Failure) -> Result<(), Failure> {
        if self.dial.is_none() || self.shared.output().is_closing() {
            return Err(failure);
        }
        if let Stage::Connected(link) = &self.stage {
            let (outgoing, written) = link.outgoing();
            self.shared.lose(&failure, outgoing, written);
            self.line.end();
            self.backoff.lost_after(link.age());
        } else {
            self.backoff.failed();
            self.shared.output().stay_down(failure.clone());
        }
        let delay = self.backoff.delay();
        debug!(%failure, ?delay, "the connection will be made anew");
        self.stage = Stage::Waiting(Box::pin(sleep(delay)));
        Ok(())
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Failure> {
        let limit = self.shared.options.frame_limit;
        loop {
            let Stage::Connected(link) = &mut self.stage else {
                return Poll::Pending;
            };
            let dispatched = ready!(link.poll_frame(limit, cx)).and_then(|frame| self.dispatch(&frame));
            if let Err(failure) = dispatched {
                return Poll::Ready(failure);
            }
        }
    }

    /// Hands one frame to whom it is for.
    fn dispatch(&mut self, frame: &Bytes) -> Result<(), Failure> {
        match read(frame) {
            Ok((codec, Incoming::Request(request))) => self.line.receive(codec, &request),
            Ok((_, Incoming::Response(response))) => self.dispatch_response(frame, &response),
            Ok((_, Incoming::StreamFrame(item))) => self.dispatch_item(frame, item),
            Ok((_, Incoming::Push(push))) => {
                let delivered = self.shared.subscribers().deliver(frame, &push);
                delivered.map_err(|TooMany| broken("more events of different names than any server has"))?;
            }
            Ok((_, Incoming::Control(control))) if control.control == "goodbye" => self.leave(),
            Ok((_, Incoming::Control(control))) if self.line.steer(&control) => {}
            Ok((_, Incoming::Control(control))) => {
                debug!(control = %control.control, "ignored a control of the server");
            }
            Ok((_, Incoming::Subscribe(_))) => {
                return Err(broken("a frame that only clients send"));
            }
            Err(unreadable) => match unreadable.request_id.as_deref().and_then(parse_id) {
                Some(id) => self.deliver(id, Reply::Failed(unreadable.failure), true),
                None => return Err(broken(&format!("a frame that cannot be read: {}", unreadable.failure))),
            },
        }
        Ok(())
    }

    fn dispatch_response(&mut self, frame: &Bytes, response: &Response<'_>) {
        let reply = Reply::keep(frame, response.outcome());
        match (response.request_id.as_deref(), reply) {
            (Some(id), reply) => match parse_id(id) {
                Some(id) => self.deliver(id, reply, true),
                None => debug!(id, "ignored a response to no request of this client"),
            },
            // Every request of this client has an id, so this is about the connection itself.
            (None, Reply::Failed(failure)) => {
                if let (Code::FrameTooLarge, Some(max_frame)) = (failure.code(), failure.max_frame()) {
                    return self.shared.refused_larger(max_frame, &failure);
                }
                if let Stage::Connected(link) = &mut self.stage {
                    link.set_last_words(failure);
                }
            }
            (None, _) => debug!("ignored a response without an id"),
        }
    }

    fn dispatch_item(&mut self, frame: &Bytes, item: StreamFrame<'_>) {
        let Some(id) = parse_id(&item.stream_id) else {
            debug!(id = %item.stream_id, "ignored an item of no stream of this client");
            return;
        };
        let is_last = item.is_final || item.failure.is_some();
        if item.failure.is_none() {
            let misnumbered = self.shared.calls().count_item(id, item.sequence, is_last);
            if let Some(delivery) = misnumbered {
                return self.shared.delivered(id, delivery);
            }
        }
        let reply = match (item.item(), item.failure) {
            (_, Some(refusal)) => Reply::keep(frame, Err(refusal)),
            (Some(payload), None) => Reply::keep_unread(frame, Ok(payload)),
            (None, None) => {
                let delivery = self.shared.calls().end_stream(id);
                return self.shared.delivered(id, delivery);
            }
        };
        self.deliver(id, reply, is_last);
    }

    fn deliver(&mut self, id: CallId, reply: Reply, is_last: bool) {
        if self.greeting.awaits(id) {
            return self.greeting.answered(&self.shared, id, reply);
        }
        self.shared.accept(id, &reply);
        let delivery = self
            .shared
            .calls()
            .deliver(id, reply, is_last, self.shared.options.stream_buffer);
        self.shared.delivered(id, delivery);
    }

    /// The server takes no more calls over this socket.
    fn leave(&mut self) {
        if let Stage::Connected(link) = &mut self.stage {
            debug!("the server said goodbye");
            link.leave(&self.shared, self.dial.is_none());
        }
    }

    fn poll_clock(&mut self, cx: &mut Context<'_>) {
        if !self.clock.is_running() {
            if !self.shared.calls().clock_runs() {
                return;
            }
            self.clock.start();
        }
        while let Poll::Ready(now) = self.clock.poll_tick(cx) {
            let some_wait = self.shared.calls().waiting_to_be_sent() > 0;
            let why = if some_wait {
                self.shared.why_unsent()
            } else {
                String::new()
            };
            let mut calls = self.shared.calls();
            let (wakers, expired) = calls.expire(now, &why);
            if !calls.clock_runs() {
                self.clock.stop();
            }
            drop(calls);
            self.shared.cancel(&expired);
            wakers.into_iter().for_each(Waker::wake);
        }
    }

    fn end(&mut self, failure: &Failure) {
        self.ended = true;
        let (outgoing, written) = match &self.stage {
            Stage::Connected(link) => link.outgoing(),
            Stage::Waiting(_) | Stage::Connecting(_) => (&[][..], 0),
        };
        self.shared.end(failure, outgoing, written);
        self.line.end();
    }
}

impl Drop for Task {
    /// A runtime that ends drops its tasks: their calls must end all the same.
    fn drop(&mut self) {
        if !self.ended {
            self.end(&Failure::new(
                Code::ConnectionClosed,
                "the runtime that drove the connection has ended",
            ));
        }
    }
}

fn parse_id(text: &str) -> Option<CallId> {
    text.parse().ok()
}
