//! Who may come in.
//!
//! Two hooks of the user's stand here: one is asked once for each connection, before anything is read from it; the other
//! for what each peer wants ([`authorization`](super::authorization)). What either refuses is [audited](super::audit).

use std::{fmt, sync::Arc};

use super::{
    authorization::{Access, Authorize},
    options::ListenerOptions,
};
use crate::{
    contained::{self, Panicked},
    peer::Peer,
};

/// So many bytes of a reason are told to the peer.
const LONGEST_REASON: usize = 512;

type Admit = Arc<dyn Fn(&Peer) -> Result<(), Denied> + Send + Sync>;

/// The hooks of one listener.
#[derive(Clone, Default)]
pub(super) struct Door {
    admit: Option<Admit>,
    authorize: Option<Authorize>,
}

/// That a hook refuses, and why. The peer is told, so it says nothing that the peer may not know.
///
/// ```
/// use callsheet::Denied;
///
/// assert_eq!(Denied::new("only operators may do this").to_string(), "only operators may do this");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Denied(String);

impl Denied {
    /// Refuses for a reason, of which the peer is told the first 512 bytes, control characters escaped.
    pub fn new(reason: impl Into<String>) -> Self {
        let mut reason = reason.into();
        reason.truncate(reason.floor_char_boundary(LONGEST_REASON));
        Denied(reason)
    }
}

impl Default for Denied {
    /// Refuses and says no more.
    fn default() -> Self {
        Denied::new("this user may not")
    }
}

impl ListenerOptions {
    /// Asks `admit` of each peer that connects whether it may come in: once for each connection, before anything is read
    /// from it. A peer that may not is told `PermissionDenied` with the reason, and the connection is closed.
    ///
    /// Unless this is set, the user that the server runs as may come in, by its effective id at that moment, and root, whom
    /// nothing keeps out. The socket's mode of 0600 says the same as long as nobody changes it; a hook only matters where
    /// others get as far as the socket: where its mode was widened, or systemd made it for a group. It is asked in place
    /// of that rule, not beside it.
    ///
    /// The hook runs where connections are accepted, so it must not wait. If it panics, the peer is refused.
    ///
    /// ```
    /// use callsheet::{Denied, ListenerOptions};
    ///
    /// const OPERATORS: u32 = 990;
    /// let options = ListenerOptions::named("calculator").admit(|peer| match peer.gid {
    ///     OPERATORS => Ok(()),
    ///     _ => Err(Denied::new("only operators may connect")),
    /// });
    /// ```
    #[must_use]
    pub fn admit(mut self, admit: impl Fn(&Peer) -> Result<(), Denied> + Send + Sync + 'static) -> Self {
        self.door.admit = Some(Arc::new(admit));
        self
    }

    /// Asks `authorize` about everything that a peer which was let in wants to do: see [`Action`](crate::Action) for what
    /// that is. Unless this is set, it may do all.
    ///
    /// It is asked for every call anew, once the method is known and before its arguments are decoded, so that its answer
    /// may change at any time; nothing is remembered. A subscription is judged when it is made, and one with a pattern for
    /// each event by itself, also for each that is exposed later; one that runs is not judged again. What discover, schema,
    /// stats and hello tell of what is served leaves out whatever the peer may not use, for which the hook is asked about
    /// each method of each exposed actor.
    ///
    /// A call that is refused fails with `PermissionDenied` and the reason. One that nobody waits for is a
    /// [`DeadLetter`](crate::DeadLetter). An actor or a message type that does not exist is told apart from one that
    /// is not permitted, so names are no secrets.
    ///
    /// The hook runs in the task of the connection, so it must not wait. If it panics, what was asked is refused. Layers
    /// of the actor come later, and see the [peer](crate::CallInfo::peer) too.
    ///
    /// ```
    /// use callsheet::{Action, Denied, ListenerOptions};
    ///
    /// // Whoever is not root only reads.
    /// let options = ListenerOptions::named("calculator").authorize(|access| match access.what {
    ///     Action::Call { is_exclusive: true, .. } if access.peer.uid != 0 => Err(Denied::new("only root may change this")),
    ///     _ => Ok(()),
    /// });
    /// ```
    #[must_use]
    pub fn authorize(mut self, authorize: impl Fn(&Access<'_>) -> Result<(), Denied> + Send + Sync + 'static) -> Self {
        self.door.authorize = Some(Arc::new(authorize));
        self
    }
}

impl Door {
    /// Whether a peer may come in.
    pub(super) fn admit(&self, peer: &Peer) -> Result<(), Denied> {
        let Some(admit) = &self.admit else {
            return admit_same_user(peer, rustix::process::geteuid().as_raw());
        };
        judged("admit", || admit(peer))
    }

    pub(super) fn authorize(&self) -> Option<Authorize> {
        self.authorize.clone()
    }
}

/// What a hook says; a panic of it refuses.
pub(super) fn judged(hook: &str, judge: impl FnOnce() -> Result<(), Denied>) -> Result<(), Denied> {
    contained::outcome(judge).unwrap_or_else(|Panicked| {
        tracing::error!(hook, "a hook of the listener panicked; what it was asked is refused");
        Err(Denied::new("the server failed to judge it"))
    })
}

fn admit_same_user(peer: &Peer, own: u32) -> Result<(), Denied> {
    if peer.uid == own || peer.uid == 0 {
        return Ok(());
    }
    Err(Denied::new(format!(
        "only the user {own} may connect, and this is the user {}",
        peer.uid
    )))
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door")
            .field("admits", &self.admit.is_some())
            .field("authorizes", &self.authorize.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Denied, admit_same_user};
    use crate::Peer;

    #[test]
    fn unless_it_is_said_otherwise_the_own_user_and_root_come_in() {
        for (peer, own) in [(1000, 1000), (0, 1000), (0, 0)] {
            assert_eq!(admit_same_user(&Peer::new(peer, 7), own), Ok(()), "{peer} at {own}");
        }
        for (peer, own) in [(1001, 1000), (1000, 0), (65534, 1000)] {
            // The group is of no account.
            let refused = admit_same_user(&Peer::new(peer, own), own).expect_err("a stranger");
            assert!(refused.to_string().contains(&peer.to_string()), "{refused}");
        }
    }

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        let denied = Denied::new("ü".repeat(1000));
        assert_eq!(denied.to_string(), "ü".repeat(256));
    }
}
