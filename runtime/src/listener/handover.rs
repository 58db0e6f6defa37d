//! Handing the socket to the process that comes after, without a moment in which nobody listens.
//!
//! Beside its socket, a listener that hands over has another one, at `PATH.handover`, for its successor alone. What they say
//! there:
//!
//! | who | says | and then |
//! | -- | -- | -- |
//! | the successor | connects | |
//! | the listener | one byte, with two descriptors: the socket and the lock | goes on as before |
//! | the successor | one byte: it has both | |
//! | the listener | one byte: they are yours | accepts no more, and removes no files |
//! | the successor | | puts a `PATH.handover` of its own in place of that one, and accepts |
//!
//! Both hold the same socket in between, so whoever connects is accepted by one or the other. The lock is one that belongs to
//! an open file, however many processes have it open: it is never free on the way. If the successor is gone before
//! it has said its byte, nothing has happened. The listener's last byte and its giving up are one step, so that a successor
//! which reads the byte is alone, and one which does not has nothing.

use std::{
    fs::{self, File},
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::{
        fd::{AsFd, OwnedFd},
        unix::fs::MetadataExt,
    },
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::{
    net::{
        RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
        recvmsg, sendmsg, sockopt::socket_acceptconn,
    },
    process::geteuid,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, Interest},
    net::{UnixListener, UnixStream},
    time::timeout,
};

use super::{
    options::ListenerOptions,
    socket::{Bound, Given, ListenError, Location, bind_beside, failed, lock_of},
};
use crate::peer::Peer;

/// So long either side waits for a byte of the other.
const LIMIT: Duration = Duration::from_secs(5);

/// What each byte says.
const OFFERED: u8 = b'o';
const TAKEN: u8 = b't';
const YOURS: u8 = b'y';

impl ListenerOptions {
    /// Takes the socket over from a listener that is at the path and hands over too, and hands it to the next. Feature
    /// `handover`.
    ///
    /// A program that is replaced by a newer one starts the new one beside the old, with this option in both. The socket
    /// passes to the new process (by `PATH.handover`, which the same user alone can use), without a moment in which a
    /// caller would be refused. The old one accepts no more from then on and learns of it by
    /// [`Listener::handed_over`](crate::Listener::handed_over), upon which it is to end: it answers what is in flight, and
    /// its callers connect anew, to the new one. [`Runtime::serve_until_terminated`](crate::Runtime::serve_until_terminated)
    /// does so by itself.
    ///
    /// A listener without this option is not displaced by one with it. Nor is one that is ending already; the error is
    /// [`InUse`](ListenError::InUse) then, and a moment later the path is free.
    #[must_use]
    pub fn hand_over(mut self) -> Self {
        self.hands_over = true;
        self
    }
}

/// What a listener has to give away.
pub(super) struct Estate {
    path: PathBuf,
    socket: OwnedFd,
    lock: OwnedFd,
    given: Given,
    /// Where the successor asks.
    asked: UnixListener,
}

/// Binds as the location says, or takes over from whoever listens there; with what a successor can ask for. Whoever has
/// taken over listens, whether or not it can hand over in its turn.
///
/// # Errors
///
/// As [`Bound::bind`], and if nobody could ask. What is not handed over is in use.
pub(super) async fn bind_or_succeed(location: &Location) -> Result<(Bound, Option<Estate>), ListenError> {
    let path = match Bound::bind(location) {
        Err(ListenError::InUse(path)) => path,
        bound => return with_estate(bound?),
    };
    match succeed(&path).await {
        Ok(bound) => {
            // Nobody but whoever has the lock has a place there: it is that of the one before.
            let _ = fs::remove_file(beside(&path));
            let estate = Estate::of(&bound).inspect_err(|error| {
                tracing::warn!(%error, "the socket was taken over, and cannot be handed over again");
            });
            Ok((bound, estate.ok()))
        }
        Err(error) => {
            tracing::info!(path = %path.display(), %error, "the socket is not handed over");
            // Whoever was there may have ended in the meantime.
            with_estate(Bound::bind(location)?)
        }
    }
}

fn with_estate(bound: Bound) -> Result<(Bound, Option<Estate>), ListenError> {
    let estate = Estate::of(&bound)?;
    Ok((bound, Some(estate)))
}

/// Asks whoever listens at `path` for its socket.
async fn succeed(path: &Path) -> io::Result<Bound> {
    let asked = timeout(LIMIT, ask(path)).await;
    let (mut owner, bound) = asked.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    // All that may fail has been done. An owner that lives says at once whether it keeps the socket, and so does the end
    // of one that does not, so this is not given up: it could be given to nobody otherwise.
    owner.write_u8(TAKEN).await?;
    if owner.read_u8().await? != YOURS {
        return Err(unexpected(
            "the listener said something else than that the socket is handed over",
        ));
    }
    bound.given().set(false);
    Ok(bound)
}

/// The owner of the socket at `path`, and the socket as it will be once it is this process's.
async fn ask(path: &Path) -> io::Result<(UnixStream, Bound)> {
    let owner = UnixStream::connect(beside(path)).await?;
    check_user(&owner)?;
    let (offered, [socket, lock]) = owner.async_io(Interest::READABLE, || receive(&owner)).await?;
    if offered != OFFERED || !socket_acceptconn(&socket)? {
        return Err(unexpected("what was passed is no socket that listens"));
    }
    let lock = File::from(lock);
    let (held, there) = (lock.metadata()?, fs::symlink_metadata(lock_of(path))?);
    if (held.dev(), held.ino()) != (there.dev(), there.ino()) {
        return Err(unexpected("what was passed is not the lock of the socket"));
    }
    Ok((owner, Bound::passed(path, socket, lock)?))
}

impl Estate {
    /// What `bound` has to give, from the moment on that a successor can ask for it.
    pub(super) fn of(bound: &Bound) -> Result<Self, ListenError> {
        let path = bound.path().to_owned();
        let action = "prepare handing over";
        let copy = |fd: &dyn AsFd| fd.as_fd().try_clone_to_owned().map_err(failed(action, &path));
        Ok(Estate {
            socket: copy(bound.socket())?,
            lock: copy(bound.lock())?,
            given: bound.given(),
            asked: bind_beside(&beside(&path))?,
            path,
        })
    }

    /// Ready once it is handed over. Dropped before that, it is kept.
    pub(super) async fn hand_over(self) {
        loop {
            let asking = match self.asked.accept().await {
                Ok((asking, _)) => asking,
                Err(error) => {
                    tracing::warn!(%error, "failed to accept a successor");
                    tokio::time::sleep(super::accept::REST).await;
                    continue;
                }
            };
            match timeout(LIMIT, self.hand_to(asking)).await {
                Ok(Ok(())) => return,
                Ok(Err(error)) => tracing::warn!(%error, "failed to hand the socket over; it is kept"),
                Err(_) => tracing::warn!("a successor took too long; the socket is kept"),
            }
        }
    }

    async fn hand_to(&self, mut successor: UnixStream) -> io::Result<()> {
        check_user(&successor)?;
        let sent = successor.async_io(Interest::WRITABLE, || self.offer(&successor));
        sent.await?;
        if successor.read_u8().await? != TAKEN {
            return Err(unexpected(
                "the successor said something else than that it has the socket",
            ));
        }
        // Without waiting, so that nothing comes between the two. One byte has room: nothing else was written since the
        // successor has read the first.
        rustix::io::write(&successor, &[YOURS])?;
        self.given.set(true);
        tracing::info!(path = %self.path.display(), "the socket is handed over");
        Ok(())
    }

    fn offer(&self, successor: &UnixStream) -> io::Result<()> {
        let descriptors = [self.socket.as_fd(), self.lock.as_fd()];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
        let mut passed = SendAncillaryBuffer::new(&mut space);
        if !passed.push(SendAncillaryMessage::ScmRights(&descriptors)) {
            return Err(unexpected("two descriptors do not fit into the space for two"));
        }
        sendmsg(successor, &[IoSlice::new(&[OFFERED])], &mut passed, SendFlags::NOSIGNAL)?;
        Ok(())
    }
}

impl Drop for Estate {
    fn drop(&mut self) {
        if !self.given.is_set() {
            // It may be that nobody can ask any more, and that is all that is meant.
            let _ = fs::remove_file(beside(&self.path));
        }
    }
}

fn receive(owner: &UnixStream) -> io::Result<(u8, [OwnedFd; 2])> {
    let mut byte = [0];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut passed = RecvAncillaryBuffer::new(&mut space);
    recvmsg(
        owner,
        &mut [IoSliceMut::new(&mut byte)],
        &mut passed,
        RecvFlags::CMSG_CLOEXEC,
    )?;
    let mut descriptors = Vec::new();
    for message in passed.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            descriptors.extend(rights);
        }
    }
    let descriptors = descriptors.try_into();
    Ok((
        byte[0],
        descriptors.map_err(|_| unexpected("a socket and a lock were not passed"))?,
    ))
}

/// The folder keeps others out; this does where it does not.
fn check_user(other: &UnixStream) -> io::Result<()> {
    match Peer::of(other)?.uid == geteuid().as_raw() {
        true => Ok(()),
        false => Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it is another user's process",
        )),
    }
}

fn unexpected(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// Where successors ask for the socket at `path`.
fn beside(path: &Path) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".handover");
    beside.into()
}
