//! Whom the system says that a socket is connected to.

use std::io;

use tokio::net::UnixStream;

use crate::peer::Peer;

impl Peer {
    pub(crate) fn of(socket: &UnixStream) -> io::Result<Self> {
        let credentials = socket.peer_cred()?;
        Ok(Peer {
            uid: credentials.uid(),
            gid: credentials.gid(),
            pid: credentials.pid(),
        })
    }
}
