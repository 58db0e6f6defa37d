//! Calls with many replies.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use callsheet_schema::{ContractType, OneError, Returned};
use callsheet_wire::{Code, Delivered, Failure};
use futures_core::Stream;
use tokio::time::{Instant, Sleep};

use super::{
    failing::late_for_first_item,
    pending::{Options, Part, Pending},
    returns::Returns,
};
use crate::{
    Streaming, ambient, contained,
    contract::{Message, MessageOf},
    mailbox::Address,
    runtime::WeakRuntime,
};

/// A call with many replies: a stream that starts the call when it is first polled.
///
/// The deadline covers the wait for the first item. The first error is the last item, and where the method refuses to open
/// the stream, it is the only one. Dropping the stream ends it on the actor's side too.
#[must_use = "a stream does nothing until it is polled"]
pub struct StreamCall<M: Message, T> {
    state: State<M, T>,
}

enum State<M: Message, T> {
    Start {
        address: Address<MessageOf<M::Contract>>,
        message: M,
        options: Options,
    },
    Opening {
        call: Pending<M>,
        /// None if there is none, which is the failure of the call.
        runtime: Option<WeakRuntime>,
        first: First<M>,
    },
    Open {
        stream: Streaming<T>,
        runtime: Option<WeakRuntime>,
        /// Until the first item is there.
        first: Option<First<M>>,
    },
    Ended,
}

/// When the first item is late. Its timer is only made once the item has to be waited for.
enum First<M: Message> {
    Within {
        address: Address<MessageOf<M::Contract>>,
        started: Instant,
        timeout: Option<Duration>,
        /// When the call ends whose handler reads the stream.
        outer: Option<Instant>,
    },
    Until(Pin<Box<Sleep>>),
}

/// Nothing is ever pinned in place: what must not move has a box of its own.
impl<M: Message, T> Unpin for StreamCall<M, T> {}

impl<M: Message, T> StreamCall<M, T> {
    pub(super) fn new(address: Address<MessageOf<M::Contract>>, message: M) -> Self {
        StreamCall {
            state: State::Start {
                address,
                message,
                options: Options::default(),
            },
        }
    }

    /// Waits at most so long for the first item, instead of what the contract says, or the runtime's default; never longer
    /// than the runtime's longest, and, within a handler, than the caller of that handler waits.
    pub fn timeout(mut self, limit: Duration) -> Self {
        if let State::Start { options, .. } = &mut self.state {
            options.timeout = Some(limit);
        }
        self
    }

    /// Sends `value` along under `key`. The handler finds it in its [context](crate::CallContext::meta).
    pub fn meta(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        if let State::Start { options, .. } = &mut self.state {
            let meta = options.meta.get_or_insert_default();
            Arc::make_mut(meta).insert(key.into(), value.into());
        }
        self
    }

    /// Opens the stream apart from the call whose handler this runs in; see [`Ask::detached`](crate::Ask::detached).
    pub fn detached(mut self) -> Self {
        if let State::Start { options, .. } = &mut self.state {
            options.part = Part::Detached;
        }
        self
    }
}

impl<M, T, E> Stream for StreamCall<M, T>
where
    T: Returned<Ok: ContractType>,
    E: OneError<T::Err, One = E>,
    M: Message<Returns: Returns<Value = Streaming<T>, Error = E>>,
{
    type Item = Result<T::Ok, E::Or<Failure>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match &mut self.state {
                State::Start { .. } => {
                    let State::Start {
                        address,
                        message,
                        options,
                    } = std::mem::replace(&mut self.state, State::Ended)
                    else {
                        continue;
                    };
                    let started = Instant::now();
                    let call = Pending::start(&address, message, options.clone());
                    let runtime = address.location().runtime.clone().ok();
                    let first = First::Within {
                        address,
                        started,
                        timeout: options.timeout.or(M::TIMEOUT),
                        outer: ambient::deadline(),
                    };
                    self.state = State::Opening { call, runtime, first };
                }
                State::Opening { call, .. } => {
                    let opened = ready!(Pin::new(call).poll(cx));
                    let State::Opening { runtime, first, .. } = std::mem::replace(&mut self.state, State::Ended) else {
                        continue;
                    };
                    match opened {
                        Ok(Ok(stream)) => {
                            let first = Some(first);
                            self.state = State::Open { stream, runtime, first };
                        }
                        Ok(Err(refusal)) => return Poll::Ready(Some(Err(refusal.into_call_error()))),
                        Err(failure) => return Poll::Ready(Some(Err(failure.into()))),
                    }
                }
                State::Open { stream, runtime, first } => {
                    let mut poll = || stream.poll_reply(cx);
                    // As on the wire, the stream is a part of neither its own call nor of the one that reads it.
                    let polled = contained::outcome(|| match runtime {
                        Some(runtime) => ambient::outside_of_calls(runtime, poll),
                        None => poll(),
                    });
                    let item = match polled {
                        Ok(Poll::Ready(item)) => item,
                        Ok(Poll::Pending) => match poll_late(first, cx) {
                            Poll::Pending => return Poll::Pending,
                            Poll::Ready(failure) => {
                                self.state = State::Ended;
                                return Poll::Ready(Some(Err(failure.into())));
                            }
                        },
                        Err(_) => {
                            self.state = State::Ended;
                            let failure = Failure::new(Code::ActorFailed, "the stream of replies panicked");
                            let failure = failure.with_delivered(Delivered::Yes);
                            return Poll::Ready(Some(Err(failure.into())));
                        }
                    };
                    *first = None;
                    let item = match item {
                        Some(Ok(item)) => item,
                        Some(Err(failure)) => {
                            self.state = State::Ended;
                            return Poll::Ready(Some(Err(failure.into())));
                        }
                        None => {
                            self.state = State::Ended;
                            return Poll::Ready(None);
                        }
                    };
                    let item = item.split().map_err(|error| E::later(error).into_call_error());
                    if item.is_err() {
                        self.state = State::Ended;
                    }
                    return Poll::Ready(Some(item));
                }
                State::Ended => return Poll::Ready(None),
            }
        }
    }
}

/// Ready with the failure when the first item is too late.
fn poll_late<M: Message>(first: &mut Option<First<M>>, cx: &mut Context<'_>) -> Poll<Failure> {
    loop {
        match first {
            None => return Poll::Pending,
            Some(First::Within {
                address,
                started,
                timeout,
                outer,
            }) => {
                let timer = address.timer(*started, *timeout, *outer);
                *first = timer.map(|timer| First::Until(Box::pin(timer)));
            }
            Some(First::Until(sleep)) => {
                return sleep.as_mut().poll(cx).map(|()| late_for_first_item());
            }
        }
    }
}

impl<M: Message, T> std::fmt::Debug for StreamCall<M, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StreamCall")
    }
}
