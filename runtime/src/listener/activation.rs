//! Sockets that systemd has made, and passes to the program it starts.

use std::{
    env,
    path::PathBuf,
    sync::{LazyLock, Mutex, PoisonError},
};

use listenfd::ListenFd;
use tokio::net::UnixListener;

use super::{
    options::ListenerOptions,
    socket::{ListenError, Location},
};

/// What was passed to this process, and not taken yet. Each is taken once: the process has no other claim to it.
static PASSED: LazyLock<Mutex<Passed>> = LazyLock::new(|| Mutex::new(Passed::of_environment()));

struct Passed {
    sockets: ListenFd,
    /// By the place of each; empty if they have none.
    names: Vec<String>,
}

impl ListenerOptions {
    /// Listens on the socket that systemd has made and passes to the program (`LISTEN_FDS`), which must be the only one. Feature
    /// `systemd`.
    ///
    /// Such a socket is there before the program and after it, so callers never find nobody there: they wait while the
    /// program is started anew. Where it is and who gets to it is said in its unit, by `ListenStream`, `SocketMode` and
    /// `SocketGroup`; its file is not removed. Users other than the program's own come in only if they are
    /// [let in](Self::admit).
    ///
    /// What was passed is taken from the environment with the first such listener, once for the process.
    pub fn activated() -> Self {
        Self::of(Location::Activated(None))
    }

    /// As [`activated`](Self::activated), on the socket of this name (`FileDescriptorName` in its unit), where there are
    /// several.
    pub fn activated_as(name: impl Into<String>) -> Self {
        Self::of(Location::Activated(Some(name.into())))
    }
}

impl Passed {
    fn of_environment() -> Self {
        // Before the other variables are taken, which say whether this one is meant for this process.
        let names = env::var("LISTEN_FDNAMES").unwrap_or_default();
        Passed {
            sockets: ListenFd::from_env(),
            names: names.split(':').map(str::to_owned).collect(),
        }
    }

    /// Where the socket stands that is meant; none, if it is not clear which one is.
    fn find(&self, name: Option<&str>) -> Option<usize> {
        let count = self.sockets.len();
        let mut places =
            (0..count).filter(|&at| name.is_none_or(|name| self.names.get(at).is_some_and(|own| own == name)));
        places.next().filter(|_| places.next().is_none())
    }
}

/// Takes the socket of this name, or the only one, with where it is; at no path, if its address has none.
pub(super) fn take(name: Option<&str>) -> Result<(UnixListener, PathBuf), ListenError> {
    let not_activated = || ListenError::NotActivated(name.map(str::to_owned));
    let io = |action, source| ListenError::Io {
        action,
        path: name.unwrap_or("the socket that systemd has passed").into(),
        source,
    };
    let mut passed = PASSED.lock().unwrap_or_else(PoisonError::into_inner);
    let at = passed.find(name).ok_or_else(not_activated)?;
    let taken = passed.sockets.take_unix_listener(at);
    drop(passed);
    let socket = taken.map_err(|error| io("take", error))?.ok_or_else(not_activated)?;
    let address = socket.local_addr().map_err(|error| io("look at", error))?;
    let path = address.as_pathname().unwrap_or_else(|| "".as_ref()).to_owned();
    let listening = socket
        .set_nonblocking(true)
        .and_then(|()| UnixListener::from_std(socket));
    Ok((listening.map_err(|error| io("listen on", error))?, path))
}
