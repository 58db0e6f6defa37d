//! Who is on the other side of a connection, and how a turn knows it.

use std::sync::atomic::{AtomicU64, Ordering};

use callsheet_macros::contract_type;

/// Who is on the other side of a connection, as the system says: the user and the process that connected, whatever they
/// say of themselves.
///
/// A handler finds the peer that calls it in its [context](crate::CallContext::peer), a layer in what it knows of the
/// [call](crate::CallInfo::peer).
#[contract_type(name = "callsheet.Peer")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Peer {
    /// The user's id: the effective one, when it connected.
    pub uid: u32,
    /// The id of the user's group: the effective one, when it connected.
    pub gid: u32,
    /// The id of the process, where the system tells it. It may have ended since, and its id be another's: it tells what
    /// happened, and is no ground to trust anybody.
    pub pid: Option<i32>,
}

impl Peer {
    /// A peer that is made by hand: for tests of hooks and handlers.
    ///
    /// ```
    /// use callsheet::{CallContext, Peer};
    ///
    /// let cx = CallContext::new("vault").with_peer(Peer::new(1000, 1000));
    /// assert_eq!(cx.peer().map(|peer| peer.uid), Some(1000));
    /// ```
    pub const fn new(uid: u32, gid: u32) -> Self {
        Peer { uid, gid, pid: None }
    }

    /// The same user in this process.
    #[must_use]
    pub const fn with_pid(self, pid: i32) -> Self {
        Peer { pid: Some(pid), ..self }
    }
}

/// The peer of a turn, if it has one. One task alone writes and reads it, so that nothing is locked for each call.
#[derive(Debug, Default)]
pub(crate) struct PeerOfTurn {
    /// The user in the upper half, the group in the lower one.
    user: AtomicU64,
    /// The process in the lower half, with what is known above it.
    process: AtomicU64,
}

const NOBODY: u64 = 0;
const PROCESS_UNKNOWN: u64 = 1 << 32;
const PROCESS_KNOWN: u64 = 2 << 32;

impl PeerOfTurn {
    #[inline]
    pub(crate) fn set(&self, peer: Peer) {
        let user = u64::from(peer.uid) << 32 | u64::from(peer.gid);
        let process = peer
            .pid
            .map_or(PROCESS_UNKNOWN, |pid| PROCESS_KNOWN | u64::from(pid.cast_unsigned()));
        self.user.store(user, Ordering::Relaxed);
        self.process.store(process, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn clear(&self) {
        self.process.store(NOBODY, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Option<Peer> {
        let process = self.process.load(Ordering::Relaxed);
        let [uid, gid] = halves(self.user.load(Ordering::Relaxed));
        let [known, pid] = halves(process);
        (process != NOBODY).then(|| Peer {
            uid,
            gid,
            pid: (u64::from(known) << 32 == PROCESS_KNOWN).then(|| pid.cast_signed()),
        })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "each half is one word of 32 bits")]
const fn halves(word: u64) -> [u32; 2] {
    [(word >> 32) as u32, word as u32]
}

#[cfg(test)]
mod tests {
    use super::{Peer, PeerOfTurn};

    #[test]
    fn a_turn_knows_the_peer_that_was_set_until_it_is_cleared() {
        let turn = PeerOfTurn::default();
        assert_eq!(turn.get(), None);
        let root = Peer::new(0, 0);
        for peer in [
            root,
            root.with_pid(0),
            Peer::new(u32::MAX, 1).with_pid(-1),
            Peer::new(1, u32::MAX).with_pid(i32::MAX),
        ] {
            turn.set(peer);
            assert_eq!(turn.get(), Some(peer));
            turn.clear();
            assert_eq!(turn.get(), None);
        }
    }
}
