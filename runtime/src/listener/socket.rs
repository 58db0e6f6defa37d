//! The socket in the file system: made for this user alone, taken over only from the dead.

use std::{
    env,
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    os::{
        fd::OwnedFd,
        unix::{
            fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt},
            net,
        },
    },
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rustix::{
    fs::{FlockOperation, Mode, fchmod, flock},
    io::Errno,
    net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, connect, listen, socket_with},
};
use tokio::net::UnixListener;

use crate::NameConflicts;

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;

/// Where a socket is to be.
#[derive(Clone, Debug)]
pub(super) enum Location {
    Path(PathBuf),
    /// Where callers look for a service of this name.
    Name(String),
    /// At none: callers are in the process itself.
    Nowhere,
    /// On a socket that was passed to the process, of this name or the only one.
    #[cfg(feature = "systemd")]
    Activated(Option<String>),
}

/// Why a listener could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// Another listener is there, and alive.
    #[error("another listener is at `{}`; stop it, or listen elsewhere", .0.display())]
    InUse(PathBuf),
    /// Something else is there, and was left alone.
    #[error("`{}` is there already and is no socket; remove it, or listen elsewhere", .0.display())]
    NotASocket(PathBuf),
    /// The system has no room for a socket's path of this length.
    #[error("the socket's path `{}` has {} bytes, more than the system takes; choose a shorter one", .0.display(), .0.as_os_str().len())]
    PathTooLong(PathBuf),
    /// The options name no place.
    #[error(
        "the options are for the process itself and name no place to listen at; name one with `ListenerOptions::at`"
    )]
    NoPlace,
    /// Systemd passed no such socket, several among which none is named, or one that was taken already.
    #[error(
        "systemd has passed no socket {}to listen on; start the program by its socket unit, or listen at a path",
        .0.as_ref().map(|name| format!("`{name}` ")).unwrap_or_default()
    )]
    #[cfg(feature = "systemd")]
    NotActivated(Option<String>),
    /// A service's name that is no plain file name.
    #[error("`{0}` cannot be a service's name: it is empty, or contains `/` or a control character")]
    InvalidName(String),
    /// The socket's folder is open to other users.
    #[error("the folder `{}` must belong to this user alone; set its owner and its mode to 0700", .0.display())]
    FolderNotPrivate(PathBuf),
    /// What is exposed goes by names that mean two things, so that callers could not be told what is served.
    #[error("what is exposed does not go together: {0}")]
    Conflicts(#[from] NameConflicts),
    /// The signals that end the program cannot be waited for.
    #[error("failed to wait for signals")]
    Signals(#[source] io::Error),
    /// The system refused.
    #[error("failed to {action} `{}`", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

/// A socket that listens, at its path.
pub(super) struct Bound {
    socket: UnixListener,
    path: OwnedPath,
}

/// The file of a socket, with the lock that keeps it. Dropping it removes both.
pub(super) struct OwnedPath {
    path: PathBuf,
    /// Device and inode of the socket.
    identity: (u64, u64),
    lock: Lock,
}

/// Whether what is at a path is another process's now. Shared by all who would remove it otherwise.
#[derive(Clone, Default)]
pub(super) struct Given(Arc<AtomicBool>);

impl Given {
    #[cfg(feature = "handover")]
    pub(super) fn set(&self, given: bool) {
        self.0.store(given, Ordering::Relaxed);
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The lock beside a socket, held for as long as the socket is listened on.
struct Lock {
    path: PathBuf,
    #[cfg_attr(not(feature = "handover"), expect(dead_code, reason = "it is held, and not read"))]
    file: File,
    given: Given,
}

impl Bound {
    pub(super) fn bind(location: &Location) -> Result<Self, ListenError> {
        let path = match location {
            Location::Path(path) => {
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                folder.map_or(Ok(()), make_folder)?;
                path.clone()
            }
            Location::Name(name) => named(name, services())?,
            Location::Nowhere => return Err(ListenError::NoPlace),
            #[cfg(feature = "systemd")]
            Location::Activated(name) => return Err(ListenError::NotActivated(name.clone())),
        };
        let address = address_of(&path)?;
        let lock = Lock::take(&path)?;
        clear(&path, &address)?;
        let socket = bind_privately(&path, &address)?;
        let metadata = fs::symlink_metadata(&path).map_err(failed("look at", &path))?;
        let path = OwnedPath {
            identity: (metadata.dev(), metadata.ino()),
            path,
            lock,
        };
        Ok(Bound { socket, path })
    }

    /// The socket at `path`, which another process has bound and passed on with its lock. It is the other's still.
    #[cfg(feature = "handover")]
    pub(super) fn passed(path: &Path, socket: OwnedFd, lock: File) -> io::Result<Self> {
        let metadata = fs::symlink_metadata(path)?;
        // They share what is open, so it does not block in either.
        let socket = UnixListener::from_std(net::UnixListener::from(socket))?;
        let path = OwnedPath {
            identity: (metadata.dev(), metadata.ino()),
            lock: Lock {
                path: lock_of(path),
                file: lock,
                given: Given(Arc::new(AtomicBool::new(true))),
            },
            path: path.to_owned(),
        };
        Ok(Bound { socket, path })
    }

    #[cfg(feature = "handover")]
    pub(super) fn socket(&self) -> &UnixListener {
        &self.socket
    }

    #[cfg(feature = "handover")]
    pub(super) fn lock(&self) -> &File {
        &self.path.lock.file
    }

    #[cfg(feature = "handover")]
    pub(super) fn given(&self) -> Given {
        self.path.lock.given.clone()
    }

    pub(super) fn path(&self) -> &Path {
        &self.path.path
    }

    /// The socket, which can be closed before its file is removed.
    pub(super) fn split(self) -> (UnixListener, OwnedPath) {
        (self.socket, self.path)
    }
}

impl OwnedPath {
    /// Whether it is another process's now, and nothing that this one holds.
    pub(super) fn is_given(&self) -> bool {
        self.lock.given.is_set()
    }
}

impl Drop for OwnedPath {
    fn drop(&mut self) {
        if self.is_given() {
            return;
        }
        // Somebody may have put something else there by hand.
        let is_ours = fs::symlink_metadata(&self.path).is_ok_and(|found| (found.dev(), found.ino()) == self.identity);
        if is_ours && let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "failed to remove the socket");
        }
    }
}

impl Lock {
    /// Takes the lock of the socket at `path`.
    fn take(socket: &Path) -> Result<Self, ListenError> {
        let path = lock_of(socket);
        loop {
            let file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed())
                .open(&path)
                .map_err(failed("open", &path))?;
            // A strange umask may have taken away what the next process needs to open it.
            let _ = file.set_permissions(fs::Permissions::from_mode(0o600));
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(Errno::WOULDBLOCK) => return Err(ListenError::InUse(socket.to_owned())),
                Err(error) => return Err(failed("lock", &path)(error.into())),
            }
            // Whoever had the lock before may have removed its file since it was opened here.
            let locked = file.metadata().map_err(failed("look at", &path))?;
            let is_current = fs::symlink_metadata(&path)
                .is_ok_and(|found| (found.dev(), found.ino()) == (locked.dev(), locked.ino()));
            if is_current {
                return Ok(Lock {
                    path,
                    file,
                    given: Given::default(),
                });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.given.is_set() {
            return;
        }
        // While the lock is held, so that nobody can have taken this very file in the meantime.
        let _ = fs::remove_file(&self.path);
    }
}

/// Where the lock of the socket at `path` is.
pub(super) fn lock_of(path: &Path) -> PathBuf {
    let mut lock = path.as_os_str().to_owned();
    lock.push(".lock");
    lock.into()
}

/// Makes another socket beside one whose lock is held.
#[cfg(feature = "handover")]
pub(super) fn bind_beside(path: &Path) -> Result<UnixListener, ListenError> {
    let address = address_of(path)?;
    clear(path, &address)?;
    bind_privately(path, &address)
}

fn address_of(path: &Path) -> Result<SocketAddrUnix, ListenError> {
    SocketAddrUnix::new(path).map_err(|error| match error {
        Errno::NAMETOOLONG => ListenError::PathTooLong(path.to_owned()),
        error => failed("make an address of", path)(error.into()),
    })
}

/// Removes a socket that nobody listens on; everything else is left alone. The lock is held.
fn clear(path: &Path, address: &SocketAddrUnix) -> Result<(), ListenError> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed("look at", path)(error)),
        Ok(found) if !found.file_type().is_socket() => return Err(ListenError::NotASocket(path.to_owned())),
        Ok(_) => {}
    }
    // Without blocking: a listener that is too busy to accept is alive.
    let probe = make_socket(path)?;
    match connect(&probe, address) {
        Err(Errno::CONNREFUSED) => fs::remove_file(path).map_err(failed("remove the stale socket", path)),
        // A listener that does not know the lock, or is too busy or too private to answer.
        _ => Err(ListenError::InUse(path.to_owned())),
    }
}

/// Makes the socket, which nobody but this user can connect to at any moment.
fn bind_privately(path: &Path, address: &SocketAddrUnix) -> Result<UnixListener, ListenError> {
    let socket = make_socket(path)?;
    // Where the system honours it, the file has never another mode; elsewhere nobody can connect before `listen`. A
    // process-wide umask would be another way, and would race with every other thread that makes a file.
    let private = Mode::RUSR | Mode::WUSR;
    let _ = fchmod(&socket, private);
    bind(&socket, address).map_err(|error| failed("bind a socket to", path)(error.into()))?;
    fs::set_permissions(path, fs::Permissions::from_mode(private.as_raw_mode()))
        .map_err(failed("set the mode of", path))?;
    listen(&socket, BACKLOG).map_err(|error| failed("listen on", path)(error.into()))?;
    UnixListener::from_std(net::UnixListener::from(socket)).map_err(failed("listen on", path))
}

fn make_socket(path: &Path) -> Result<OwnedFd, ListenError> {
    socket_with(
        AddressFamily::UNIX,
        SocketType::STREAM,
        SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
        None,
    )
    .map_err(|error| failed("make a socket for", path)(error.into()))
}

/// The folder where callers on this machine look for services.
fn services() -> PathBuf {
    match env::var_os("XDG_RUNTIME_DIR").filter(|folder| Path::new(folder).is_absolute()) {
        Some(folder) => Path::new(&folder).join("callsheet"),
        None => env::temp_dir().join(format!("callsheet-{}", rustix::process::geteuid().as_raw())),
    }
}

/// The path of the socket of the service `name` in `folder`, which must be this user's alone.
fn named(name: &str, folder: PathBuf) -> Result<PathBuf, ListenError> {
    if name.is_empty() || name.contains(|c: char| c == '/' || c.is_control()) {
        return Err(ListenError::InvalidName(name.to_owned()));
    }
    make_folder(&folder)?;
    let found = fs::symlink_metadata(&folder).map_err(failed("look at", &folder))?;
    if !found.is_dir() || found.uid() != rustix::process::geteuid().as_raw() || found.mode() & 0o077 != 0 {
        return Err(ListenError::FolderNotPrivate(folder));
    }
    Ok(folder.join(format!("{name}.sock")))
}

/// Makes a folder for this user alone, and those on the way to it, unless it is there.
fn make_folder(folder: &Path) -> Result<(), ListenError> {
    if folder.as_os_str().is_empty() || folder.exists() {
        return Ok(());
    }
    folder.parent().map_or(Ok(()), make_folder)?;
    match DirBuilder::new().mode(0o700).create(folder) {
        // A strange umask may have taken more away than it should, so that not even its owner could use it.
        Ok(()) => {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(failed("set the mode of", folder))
        }
        // Another process that starts makes it too.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(failed("make the folder", folder)(error)),
    }
}

pub(super) fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ListenError {
    let path = path.to_owned();
    move |source| ListenError::Io { action, path, source }
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, Permissions},
        os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink},
    };

    use super::{ListenError, named};

    #[test]
    fn the_folder_of_services_is_made_private() {
        let parent = tempfile::tempdir().expect("a folder for temporary files");
        let folder = parent.path().join("callsheet");
        let path = named("calculator", folder.clone()).expect("the folder can be made");
        assert_eq!(path, folder.join("calculator.sock"));
        assert_eq!(fs::metadata(&folder).expect("it was made").mode() & 0o7777, 0o700);
        assert_eq!(named("calculator", folder).expect("it is there"), path);
    }

    #[test]
    fn a_folder_of_another_user_is_refused() {
        let parent = tempfile::tempdir().expect("a folder for temporary files");
        let ours = parent.path().join("callsheet");
        fs::create_dir(&ours).expect("it can be made");
        fs::set_permissions(&ours, Permissions::from_mode(0o700)).expect("it is ours");
        // Only root can give a folder away; whoever is not root finds folders of root's.
        let folder = match chown(&ours, Some(1), None) {
            Ok(()) => ours,
            Err(_) => "/".into(),
        };
        let refused = named("calculator", folder).expect_err("its owner could replace the socket");
        assert!(matches!(refused, ListenError::FolderNotPrivate(_)), "{refused}");
    }

    #[test]
    fn a_folder_that_others_can_reach_is_refused() {
        let parent = tempfile::tempdir().expect("a folder for temporary files");
        let open = parent.path().join("open");
        fs::create_dir(&open).expect("it can be made");
        fs::set_permissions(&open, Permissions::from_mode(0o755)).expect("it is ours");
        let link = parent.path().join("link");
        symlink(&open, &link).expect("it can be made");
        for folder in [open, link] {
            let refused = named("calculator", folder).expect_err("others could replace the socket");
            assert!(matches!(refused, ListenError::FolderNotPrivate(_)), "{refused}");
        }
    }
}
