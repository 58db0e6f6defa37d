//! A call of an actor, from when it arrives until its handler has been told what to do.

use std::{fmt, future::Future, pin::Pin, pin::pin, sync::Arc};

use callsheet_wire::{ArgumentPlace, Code, DecodeError, Failure, Request, Shortened, write};
use futures_core::Stream;
use futures_util::{FutureExt, StreamExt, stream};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::{Instant, timeout_at};

use super::{
    Answered, HostError,
    answer::{Form, encoded},
    line::Line,
    progress::Progress,
};

/// A call of an actor, as it arrived: what its message is, and how it may be answered.
pub struct Call<'a> {
    pub(super) request: &'a Request<'a>,
    pub(super) line: Arc<Line>,
    pub(super) form: Form,
    pub(super) progress: Arc<Progress>,
    pub(super) deadline: Option<Instant>,
}

/// What is to be done for a call.
pub struct Accepted {
    pub(super) run: Pin<Box<dyn Future<Output = Answered> + Send>>,
    /// It is answered before it has run.
    pub(super) is_tell: bool,
}

impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepted").finish_non_exhaustive()
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("message_type", &self.request.message_type)
            .finish_non_exhaustive()
    }
}

impl Call<'_> {
    /// The full name of its message type.
    pub fn message_type(&self) -> &str {
        &self.request.message_type
    }

    /// Reads its arguments.
    ///
    /// # Errors
    ///
    /// `SerializationError`, with the path to what does not fit.
    pub fn arguments(&self, names: &'static [&'static str], places: &mut [ArgumentPlace<'_>]) -> Result<(), Failure> {
        self.request.payload.arguments(names, places).map_err(undecodable)
    }

    /// Reads the one argument that is its whole payload.
    ///
    /// # Errors
    ///
    /// `SerializationError`, with the path to what does not fit.
    pub fn message<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        self.request.payload.decode().map_err(undecodable)
    }

    /// Why a call of a method is refused that the contract does not have.
    pub fn unknown(&self) -> Failure {
        let text = format!(
            "`{}` is not registered for `{}`",
            Shortened(&self.request.message_type),
            Shortened(&self.request.target)
        );
        Failure::new(Code::UnknownMessageType, text)
    }

    /// Answers an ask with what `reply` becomes.
    ///
    /// # Errors
    ///
    /// `ProtocolError` if the caller expects both a reply and a stream.
    pub fn ask<T, E, F>(self, reply: F) -> Result<Accepted, Failure>
    where
        T: Serialize + Send + 'static,
        E: Serialize + Send + 'static,
        F: Future<Output = Result<T, HostError<E>>> + Send + 'static,
    {
        self.check_flags()?;
        if self.request.expects_stream {
            return Ok(self.streamed(|items| items.all(stream::once(reply))));
        }
        let (form, line, deadline) = (self.form, self.line, self.deadline);
        let run = async move {
            match by(deadline, reply).await {
                Some(reply) => form.reply(reply, line.frame_limit()),
                None => form.refusal(0, &timed_out()),
            }
        };
        Ok(Accepted {
            run: run.boxed(),
            is_tell: false,
        })
    }

    /// Does what a tell is for; the caller is told that it was accepted, and no more.
    ///
    /// # Errors
    ///
    /// `ProtocolError` if the caller expects a stream.
    pub fn tell<F>(self, done: F) -> Result<Accepted, Failure>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        if self.request.expects_stream {
            return Err(wrong_flags(
                "the method has no reply; set `expects_reply` alone, or neither",
            ));
        }
        Ok(Accepted {
            run: done.map(|()| Answered::default()).boxed(),
            is_tell: true,
        })
    }

    /// Answers with a stream, which `run` hands to the [`Items`] of the call.
    ///
    /// # Errors
    ///
    /// `ProtocolError` if the caller does not expect a stream.
    pub fn stream<R, F>(self, run: R) -> Result<Accepted, Failure>
    where
        R: FnOnce(Items) -> F,
        F: Future<Output = Answered> + Send + 'static,
    {
        self.check_flags()?;
        if !self.request.expects_stream {
            return Err(wrong_flags(
                "the method answers with a stream; set `expects_stream` alone",
            ));
        }
        Ok(self.streamed(run))
    }

    fn streamed<R, F>(self, run: R) -> Accepted
    where
        R: FnOnce(Items) -> F,
        F: Future<Output = Answered> + Send + 'static,
    {
        let items = Items {
            line: self.line,
            form: self.form,
            progress: self.progress,
            deadline: self.deadline,
        };
        Accepted {
            run: run(items).boxed(),
            is_tell: false,
        }
    }

    fn check_flags(&self) -> Result<(), Failure> {
        if self.request.expects_reply && self.request.expects_stream {
            return Err(wrong_flags("`expects_reply` and `expects_stream` exclude one another"));
        }
        Ok(())
    }
}

/// Where the items of a stream go: to the caller, no more of them than it has given credit for.
pub struct Items {
    line: Arc<Line>,
    form: Form,
    progress: Arc<Progress>,
    /// For the first item.
    deadline: Option<Instant>,
}

impl fmt::Debug for Items {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}

impl Items {
    /// Sends all items, until the stream ends or fails.
    pub async fn all<S, T, E>(self, items: S) -> Answered
    where
        S: Stream<Item = Result<T, HostError<E>>> + Send,
        T: Serialize + Send,
        E: Serialize + Send,
    {
        let mut items = pin!(items);
        let Some(mut next) = by(self.deadline, self.first(items.as_mut())).await else {
            return self.form.refusal(0, &timed_out());
        };
        loop {
            let item = match next {
                Some(Ok(item)) => item,
                Some(Err(error)) => {
                    return self
                        .form
                        .error(error, self.progress.sequence(), self.line.frame_limit());
                }
                None => return self.end(),
            };
            self.progress.credit().await;
            // Whether the stream is over is told with its last item if that is known by then.
            let after = items.next().now_or_never();
            let is_last = matches!(after, Some(None));
            match self.encode(&item, is_last) {
                Ok(frames) if is_last => return Answered(frames),
                Ok(frames) => {
                    self.line.item(&self.progress, &frames).await;
                }
                Err(failure) => {
                    tracing::error!(method = self.form.message_type, %failure, "an item cannot be sent");
                    return self.form.refusal(self.progress.sequence(), &failure);
                }
            }
            next = match after {
                Some(next) => next,
                None => self.first(items.as_mut()).await,
            };
        }
    }

    /// The next item, once there is credit to send it with: nothing is made that nobody wants yet.
    async fn first<S: Stream>(&self, mut items: Pin<&mut S>) -> Option<S::Item> {
        self.progress.credit().await;
        items.next().await
    }

    fn encode(&self, item: &impl Serialize, is_last: bool) -> Result<Vec<u8>, Failure> {
        let (codec, sequence) = (self.form.codec, self.progress.sequence());
        encoded(self.line.frame_limit(), |out| match &self.form.id {
            Some(id) => write::stream_item(out, codec, id, sequence, is_last, item),
            None => Ok(()),
        })
    }

    fn end(&self) -> Answered {
        let mut out = Vec::new();
        if let Some(id) = &self.form.id {
            write::stream_end(&mut out, self.form.codec, id, self.progress.sequence());
        }
        Answered(out)
    }
}

/// What the future becomes, unless the deadline is first.
async fn by<F: Future>(deadline: Option<Instant>, future: F) -> Option<F::Output> {
    match deadline {
        Some(deadline) => timeout_at(deadline, future).await.ok(),
        None => Some(future.await),
    }
}

pub(super) fn timed_out() -> Failure {
    Failure::new(
        Code::Timeout,
        "the handler did not answer in the time that its caller waits",
    )
}

pub(super) fn wrong_flags(text: &str) -> Failure {
    Failure::new(Code::ProtocolError, text)
}

fn undecodable(error: DecodeError) -> Failure {
    Failure::new(Code::SerializationError, error.to_string()).with_path(error.path())
}

/// An argument that was read.
///
/// # Errors
///
/// `SerializationError` if it was not, which no call has where [`Call::arguments`] succeeded.
#[doc(hidden)]
pub fn taken<T: DeserializeOwned>(argument: super::Argument<T>) -> Result<T, Failure> {
    argument.take().ok_or_else(|| undecodable(DecodeError::unread()))
}
