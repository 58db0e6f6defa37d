//! A server that says what a case tells it to say, and looks closely at what it is told.
//!
//! It is written from `docs/wire.md` alone and shares no code with what it is there to judge. A case gives it a
//! [script](Script) for each connection that the client is to make: what must come, and what is sent, in what pieces, whether
//! it makes sense or not. Beside that, every frame of a client is held to what the page says of all frames.

mod codec;
mod hosted;
mod judge;
mod play;
mod script;
mod socket;

use std::{
    fs,
    io::ErrorKind,
    net::Shutdown,
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    thread,
    time::Duration,
};

use rustix::{net::sockopt::socket_peercred, process::getpid};

pub use codec::Codec;
pub use script::{Connection, Order, Script, Sent, Step};

/// How long the script may take to end once the client has told its outcome: what is under way then is in a socket already.
const CLOSING: Duration = Duration::from_secs(2);

/// A server that plays one script; see the [crate].
pub struct Server {
    path: PathBuf,
    /// The connection that is played, for whoever must end it.
    current: Arc<Mutex<Option<UnixStream>>>,
    played: Receiver<Played>,
}

/// What came of a script.
struct Played {
    faults: Vec<String>,
    /// Open until the case is over: what a script does not close stays open.
    _sockets: Vec<UnixStream>,
}

impl Server {
    /// Listens at `path`, and plays the script to whoever connects.
    ///
    /// The first connection is played from its start to its end, then the second. Before the last one is played, the socket's
    /// file goes: whoever connects after it finds nobody.
    ///
    /// # Errors
    ///
    /// If nothing can listen there.
    pub fn start(path: &Path, codec: Codec, script: Script) -> std::io::Result<Self> {
        let listener = UnixListener::bind(path)?;
        let current = Arc::default();
        let (done, played) = channel();
        let server = Server {
            path: path.to_owned(),
            current: Arc::clone(&current),
            played,
        };
        let path = path.to_owned();
        thread::spawn(move || {
            // Whoever would be told has gone if it fails.
            let _ = done.send(play_all(listener, &path, codec, script, &current));
        });
        Ok(server)
    }

    /// Ends it, and tells what of the script did not come to pass, and what of the client's frames is wrong.
    #[must_use]
    pub fn finish(self) -> Vec<String> {
        // Whoever waits for a connection gets this process's own behind those of the client, and knows that there are no more.
        let _end = UnixStream::connect(&self.path);
        let played = match self.played.recv_timeout(CLOSING) {
            Err(RecvTimeoutError::Timeout) => {
                // Whoever waits for a frame gets none.
                if let Some(socket) = &*self.current.lock().unwrap_or_else(PoisonError::into_inner) {
                    let _ = socket.shutdown(Shutdown::Both);
                }
                self.played.recv().ok()
            }
            played => played.ok(),
        };
        remove(&self.path);
        match played {
            Some(played) => played.faults,
            None => vec!["the server of the case has panicked".to_owned()],
        }
    }
}

fn play_all(
    listener: UnixListener,
    path: &Path,
    codec: Codec,
    script: Script,
    current: &Mutex<Option<UnixStream>>,
) -> Played {
    let mut played = Played {
        faults: Vec::new(),
        _sockets: Vec::new(),
    };
    let connections = script.connections.len();
    let mut listener = Some(listener);
    for (number, connection) in script.connections.into_iter().enumerate() {
        let number = number + 1;
        let Some(Ok((socket, _))) = listener.as_ref().map(UnixListener::accept) else {
            played.faults.push(format!("connection {number} was not accepted"));
            break;
        };
        if is_own(&socket) {
            played.faults.push(format!("connection {number} was never made"));
            break;
        }
        if number == connections {
            listener = None;
            remove(path);
        }
        *current.lock().unwrap_or_else(PoisonError::into_inner) = socket.try_clone().ok();
        let faults = play::play(&socket, codec, connection);
        played
            .faults
            .extend(faults.into_iter().map(|fault| format!("connection {number}: {fault}")));
        played._sockets.push(socket);
    }
    played
}

/// Whether this process is at the other end: clients have processes of their own.
fn is_own(socket: &UnixStream) -> bool {
    socket_peercred(socket).is_ok_and(|peer| peer.pid == getpid())
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        // It is gone already once the last connection was made.
        debug_assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    }
}
