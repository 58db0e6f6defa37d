//! Who is on the other side of a connection.

use std::io;

use tokio::net::UnixStream;

/// Who is on the other side of a connection, as the system says: the user and the process that connected, whatever they
/// say of themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Peer {
    /// The user's id.
    pub uid: u32,
    /// The id of the user's group.
    pub gid: u32,
    /// The id of the process, where the system tells it. It may have ended since, and its id be another's.
    pub pid: Option<i32>,
}

impl Peer {
    pub(super) fn of(socket: &UnixStream) -> io::Result<Self> {
        let credentials = socket.peer_cred()?;
        Ok(Peer {
            uid: credentials.uid(),
            gid: credentials.gid(),
            pid: credentials.pid(),
        })
    }
}
