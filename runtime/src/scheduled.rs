//! Sends that are made later, or again and again, for as long as the state lives that scheduled them.

use std::{future::Future, time::Duration};

use callsheet_wire::{Code, Failure};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::{
    ambient::{self, Handler},
    call::{Sends, Tell},
    contained,
    context::CallContext,
    contract::{Contract, ContractMessage, Letter, TellMessage},
    dead_letter::{DeadLetter, Loss},
    id::ActorId,
    mailbox::{ActorRef, Address, Enqueue, Mailbox, SendOptions},
    runtime::WeakRuntime,
};

/// As far ahead as nobody will see: for times that no clock can say.
const NEVER: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 30);

/// The shortest time between two sends.
const SHORTEST: Duration = Duration::from_millis(1);

/// A send that was scheduled. Dropping it does not cancel the send.
#[derive(Clone, Debug)]
pub struct Scheduled(CancellationToken);

impl Scheduled {
    /// Sends nothing from now on. What is in the actor's queue by then is handled. It may be called several times.
    pub fn cancel(&self) {
        self.0.cancel();
    }

    /// Whether it was cancelled: by [`cancel`](Self::cancel), or because the state ended that scheduled it. One that was sent
    /// before is not.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }
}

/// Whom a send can be scheduled to: a [`Mailbox`], whose calls are those of its contract, or an [`ActorRef`], whose call is
/// [`send`](ActorRef::send).
pub trait SendTarget {
    /// What the call is made on.
    type Calls: Clone + Send + Sync + 'static;

    #[doc(hidden)]
    fn calls(&self) -> &Self::Calls;
}

impl<T: Contract + ?Sized> SendTarget for Mailbox<T> {
    type Calls = T::Proxy;

    fn calls(&self) -> &T::Proxy {
        self
    }
}

impl<A: Send + Sync + 'static> SendTarget for ActorRef<A> {
    type Calls = Self;

    fn calls(&self) -> &Self {
        self
    }
}

/// Sends for later. Each belongs to the actor's present state: what has not been sent when that leaves its loop, to stop or
/// because it failed, is never sent, and what a stop hook schedules is not either. The next state schedules anew what it needs,
/// best in `after_start`.
///
/// A send waits for room in a full queue, as every send does. One that fails in the end is a [`DeadLetter`] and is counted
/// with them, since nobody waits to be told.
///
/// For a context that was made by hand, sends belong to no state; without a runtime nothing is sent.
impl CallContext {
    /// Sends a message when `delay` has passed, by tokio's clock. The call is made now, and its arguments with it.
    ///
    /// ```
    /// # mod contracts {
    /// use std::time::Duration;
    /// use callsheet::{Actor, CallContext, HookError, actor_contract};
    ///
    /// #[actor_contract(namespace = "demo")]
    /// pub trait Session {
    ///     async fn touch(&mut self, #[context] cx: &CallContext);
    ///     #[tell]
    ///     fn expire(&mut self, round: u64);
    ///     #[tell]
    ///     fn report(&self);
    /// }
    ///
    /// #[derive(Default)]
    /// pub struct Visitor {
    ///     round: u64,
    ///     gone: bool,
    /// }
    ///
    /// impl Session for Visitor {
    ///     async fn touch(&mut self, cx: &CallContext) {
    ///         self.round += 1;
    ///         let round = self.round;
    ///         cx.send_after(Duration::from_secs(60), &cx.mailbox(Session), |me| me.expire(round));
    ///     }
    ///
    ///     fn expire(&mut self, round: u64) {
    ///         self.gone = round == self.round;
    ///     }
    ///
    ///     fn report(&self) {}
    /// }
    ///
    /// impl Actor for Visitor {
    ///     async fn after_start(&mut self, cx: &CallContext) -> Result<(), HookError> {
    ///         cx.send_every(Duration::from_secs(5), &cx.mailbox(Session), |me| me.report());
    ///         Ok(())
    ///     }
    /// }
    /// # }
    /// ```
    pub fn send_after<'a, D, C>(&self, delay: Duration, to: &'a D, call: impl FnOnce(&'a D::Calls) -> C) -> Scheduled
    where
        D: SendTarget,
        C: Sends,
    {
        self.send_at(after(Instant::now(), delay), to, call)
    }

    /// Sends a message at a time of tokio's clock; at once if it has passed. The call is made now, and its arguments with it.
    pub fn send_at<'a, D, C>(&self, at: Instant, to: &'a D, call: impl FnOnce(&'a D::Calls) -> C) -> Scheduled
    where
        D: SendTarget,
        C: Sends,
    {
        let prepared = call(to.calls()).prepare();
        self.schedule(|runtime| async move {
            sleep_until(at).await;
            prepared.deliver(&runtime).await;
        })
    }

    /// Sends a message again and again: first when `period` has passed, by tokio's clock, which is at least a millisecond.
    /// What is late, because the queue was full for so long, is skipped, and the next one comes at its own time.
    ///
    /// The call is made anew for each message, outside of the actor. If it panics, none follows. It is one of a `#[tell]` method,
    /// or [`ActorRef::send`].
    pub fn send_every<D, M>(
        &self,
        period: Duration,
        to: &D,
        call: impl for<'a> Fn(&'a D::Calls) -> Tell<'a, M> + Send + 'static,
    ) -> Scheduled
    where
        D: SendTarget,
        M: TellMessage,
    {
        let calls = to.calls().clone();
        let period = period.max(SHORTEST);
        let mut due = after(Instant::now(), period);
        self.schedule(|runtime| async move {
            loop {
                sleep_until(due).await;
                let Ok(prepared) = contained::outcome(|| call(&calls).prepare()) else {
                    return tracing::error!("the call of a repeated send panicked; it is not sent any more");
                };
                prepared.deliver(&runtime).await;
                due = next(due, period, Instant::now());
            }
        })
    }

    /// Runs what `sends` makes for as long as the actor's state lives, and it is not cancelled.
    fn schedule<F>(&self, sends: impl FnOnce(WeakRuntime) -> F) -> Scheduled
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (token, runtime) = (self.scheduling(), self.runtime());
        match runtime {
            Ok(runtime) => {
                let weak = runtime.downgrade();
                let sends = token.clone().run_until_cancelled_owned(sends(weak.clone()));
                runtime.spawn(ambient::scope(Handler::Runtime(weak), async move {
                    // None if it was cancelled.
                    let _ = sends.await;
                }));
            }
            Err(failure) => {
                tracing::warn!(actor = %self.actor(), %failure, "nothing can be scheduled here");
                token.cancel();
            }
        }
        Scheduled(token)
    }
}

fn after(time: Instant, delay: Duration) -> Instant {
    time.checked_add(delay).unwrap_or_else(|| time + NEVER)
}

/// The first of the times after `due`, a period from each other, that has not passed.
fn next(due: Instant, period: Duration, now: Instant) -> Instant {
    // tokio's intervals send one of those that were missed, however late it is.
    let next = after(due, period);
    let late = now.saturating_duration_since(next);
    let beyond = Duration::from_nanos_u128(late.as_nanos() % period.as_nanos());
    if beyond.is_zero() {
        return next + late;
    }
    next + late + (period - beyond)
}

/// A message that is not sent yet, with the way to the actor it is for.
pub struct Prepared {
    actor: ActorId,
    letter: Letter,
    send: Box<dyn FnOnce() -> Enqueue + Send>,
}

impl Prepared {
    pub(crate) fn new<M: ContractMessage>(address: &Address<M>, options: SendOptions, message: M) -> Self {
        let (actor, letter, address) = (address.id().clone(), message.letter(), address.clone());
        Prepared {
            actor,
            letter,
            send: Box::new(move || address.enqueue(options, message)),
        }
    }

    /// Sends it, and tells `runtime` if it is lost.
    async fn deliver(self, runtime: &WeakRuntime) {
        let Err(failure) = (self.send)().await else {
            return;
        };
        tracing::debug!(actor = %self.actor, %failure, "a scheduled send failed");
        if let Ok(runtime) = runtime.upgrade() {
            runtime.dead_letter(DeadLetter {
                actor: self.actor.to_string(),
                message: format!("{}.{}", self.letter.contract, self.letter.method),
                loss: loss(&failure),
            });
        }
    }
}

fn loss(failure: &Failure) -> Loss {
    match failure.code() {
        Code::ActorNotFound => Loss::ActorNotFound,
        Code::ActorStopped | Code::ShuttingDown => Loss::ActorStopped,
        Code::TargetBusy | Code::Timeout => Loss::QueueFull,
        _ => Loss::Refused,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{after, next};

    #[test]
    fn the_next_time_is_one_of_its_own_that_has_not_passed() {
        let (start, period) = (Instant::now(), Duration::from_millis(100));
        let at = |ms| start + Duration::from_millis(ms);
        assert_eq!(next(at(100), period, at(100)), at(200));
        assert_eq!(next(at(100), period, at(199)), at(200));
        assert_eq!(next(at(100), period, at(200)), at(200), "it is due now");
        assert_eq!(next(at(100), period, at(201)), at(300));
        assert_eq!(next(at(100), period, at(1050)), at(1100));
    }

    #[test]
    fn a_time_that_no_clock_can_say_never_comes() {
        let now = Instant::now();
        assert!(after(now, Duration::MAX) > now + Duration::from_secs(1 << 28));
    }
}
