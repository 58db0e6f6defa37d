//! Actors of the client: it serves a contract on its connection, to a server that was given their mailboxes.
//!
//! Generated clients have a trait for each contract that may be hosted, and what reads its calls; what they share stands
//! here. An [`Actor`] answers calls, [`Connection::host`] serves it.
//!
//! # What may be relied on
//!
//! - Calls of one actor run at the same time, [so many](HostOptions::concurrency) at most, in tasks of their own: the
//!   connection is read meanwhile, and a call back to the server works. They begin in the order in which they came. 1,000
//!   more wait, and what comes beyond these is refused with `TargetBusy`.
//! - A call whose caller's time is over, that is cancelled, or whose connection is lost is dropped where it waits.
//!   A tell that was accepted is done all the same, unless its actor is closed.
//! - A panic ends its call with `ActorFailed` and nothing else.

mod answer;
mod call;
mod host;
mod line;
mod progress;
#[cfg(feature = "blocking")]
mod threads;

use std::{error::Error, fmt, sync::Arc};

use callsheet_wire::{Code, Delivered, Failure};
use serde::Serialize;

use crate::Connection;

pub use answer::Answered;
pub use call::{Accepted, Call, Items, taken};
pub use callsheet_wire::Argument;
/// What a handler of a stream returns.
pub use futures_core::Stream;
#[cfg(feature = "blocking")]
pub use threads::Threads;

pub(crate) use host::Registry;
pub(crate) use line::{Line, Outlet};

/// What answers the calls of an actor. Generated code implements it for the handlers of a contract.
pub trait Actor: Send + Sync + 'static {
    /// Takes a call on: reads its message, and says what is to be done.
    ///
    /// # Errors
    ///
    /// Why the call is refused: [`Call::unknown`], or what [`Call`] says of its message.
    fn accept(self: Arc<Self>, call: Call<'_>) -> Result<Accepted, Failure>;
}

/// Why a handler has no reply.
///
/// The error that the contract declares converts into it, so that `?` works:
///
/// ```
/// use callsheet_client::hosting::HostError;
///
/// # #[derive(Debug)] enum SourceError { LeaveOut }
/// fn correct(text: &str) -> Result<String, HostError<SourceError>> {
///     if text.is_empty() {
///         return Err(SourceError::LeaveOut.into());
///     }
///     std::fs::read_to_string(text).map_err(HostError::failed)
/// }
/// ```
#[derive(Debug)]
pub enum HostError<E = Undeclared> {
    /// The error that the contract declares; the caller gets it as it is.
    Contract(E),
    /// The caller gets this very failure.
    Failure(Failure),
    /// Anything else. The caller is told `ActorFailed`, and not why, which is logged here.
    Failed(Box<dyn Error + Send + Sync>),
}

impl<E> HostError<E> {
    /// Anything that the contract does not speak of: the caller is told `ActorFailed`, and not why, which is logged here.
    pub fn failed(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failed(error.into())
    }
}

impl<E> From<E> for HostError<E> {
    fn from(declared: E) -> Self {
        Self::Contract(declared)
    }
}

/// The error of a method whose contract declares none: it has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Undeclared {}

/// How an actor is hosted.
#[derive(Clone, Debug)]
pub struct HostOptions {
    id: Option<String>,
    concurrency: usize,
}

impl Default for HostOptions {
    fn default() -> Self {
        Self {
            id: None,
            concurrency: 16,
        }
    }
}

impl HostOptions {
    /// The defaults, which stand at each setting.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What the actor is called in its mailbox: 1 to 255 bytes, without control characters, and with nothing empty before,
    /// between or after `/`. Default: a name that no other has.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// How many of its calls run at once, at least one. Default: 16.
    #[must_use]
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.concurrency = calls.max(1);
        self
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn most_calls(&self) -> usize {
        self.concurrency
    }
}

impl Connection {
    /// Serves `actor` on this connection; `mailbox` makes the mailbox out of the actor's id, which no other has. Its route is
    /// `client`.
    ///
    /// The server calls it once it has been given its mailbox. After the connection was lost and made anew, the actor is
    /// still served, but mailboxes that were given away before are no good any longer: give them away anew.
    pub fn host<M>(&self, actor: impl Actor, mailbox: impl FnOnce(String) -> M) -> Hosted<M> {
        let id = self.add_actor(&(Arc::new(actor) as _), HostOptions::new().concurrency);
        Hosted::new(self, id, mailbox)
    }

    /// As [`host`](Self::host), with options.
    ///
    /// # Errors
    ///
    /// `ProtocolError` if the options have an id that is none, or that another actor hosted on this connection has.
    pub fn host_with<M>(
        &self,
        actor: impl Actor,
        options: HostOptions,
        mailbox: impl FnOnce(String) -> M,
    ) -> Result<Hosted<M>, Failure> {
        let HostOptions { id, concurrency } = options;
        let actor: Arc<dyn Actor> = Arc::new(actor);
        let id = match id {
            Some(id) => {
                check_id(&id)?;
                self.shared().registry().add(&id, actor, concurrency)?;
                id
            }
            None => self.add_actor(&actor, concurrency),
        };
        Ok(Hosted::new(self, id, mailbox))
    }

    /// Serves an actor under an id that no other has.
    fn add_actor(&self, actor: &Arc<dyn Actor>, most_calls: usize) -> String {
        let registry = self.shared().registry();
        loop {
            let id = format!("hosted/{:016x}", fastrand::u64(..));
            if registry.add(&id, Arc::clone(actor), most_calls).is_ok() {
                return id;
            }
        }
    }
}

/// An actor that is hosted until this is dropped or [closed](Self::close). It keeps its connection open.
#[must_use = "an actor is hosted for as long as this is there"]
pub struct Hosted<M> {
    mailbox: M,
    guard: Guard,
}

impl<M> Hosted<M> {
    fn new(connection: &Connection, id: String, mailbox: impl FnOnce(String) -> M) -> Self {
        Self {
            mailbox: mailbox(id.clone()),
            guard: Guard {
                connection: connection.clone(),
                id,
            },
        }
    }

    /// Its address, to be given to the server.
    pub fn mailbox(&self) -> &M {
        &self.mailbox
    }

    /// What it is called in its mailbox.
    pub fn id(&self) -> &str {
        &self.guard.id
    }

    /// Ends it: calls that run are dropped and answered with `ActorStopped`, and later ones with `ActorNotFound`.
    pub fn close(self) {
        drop(self);
    }
}

impl<M: fmt::Debug> fmt::Debug for Hosted<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hosted")
            .field("mailbox", &self.mailbox)
            .finish_non_exhaustive()
    }
}

/// Apart from the mailbox, so that this can be taken out of a `Hosted`.
struct Guard {
    connection: Connection,
    id: String,
}

impl Drop for Guard {
    fn drop(&mut self) {
        let shared = self.connection.shared();
        shared.registry().remove(&self.id);
    }
}

fn check_id(id: &str) -> Result<(), Failure> {
    let is_fine =
        (1..=255).contains(&id.len()) && !id.contains(char::is_control) && id.split('/').all(|part| !part.is_empty());
    if is_fine {
        return Ok(());
    }
    let text =
        "an actor's id has 1 to 255 bytes, no control characters, and nothing empty before, between or after `/`";
    Err(Failure::new(Code::ProtocolError, text).with_delivered(Delivered::No))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_that_a_server_takes() {
        for good in ["a", "import/rows", "naïve id", &"x".repeat(255)] {
            assert_eq!(check_id(good), Ok(()), "{good}");
        }
        for bad in ["", "/a", "a/", "a//b", "a\n", &"x".repeat(256)] {
            assert_eq!(
                check_id(bad).map_err(|failure| failure.code()),
                Err(Code::ProtocolError),
                "{bad:?}"
            );
        }
    }
}
