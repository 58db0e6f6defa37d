//! The socket in the file system.

use std::{
    fs,
    os::unix::{
        fs::{PermissionsExt, symlink},
        net::UnixListener,
    },
    path::Path,
};

use callsheet::{ListenError, ListenerOptions, Runtime};

use crate::{
    peer::{Peer, assert_failure},
    probe::Server,
};

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[tokio::test]
async fn the_socket_and_the_folder_made_for_it_are_the_users_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made/for/it/calls.sock");
    let runtime = Runtime::launch().unwrap();
    let listener = runtime.listen(&path).await.unwrap();
    assert_eq!(listener.path(), path);
    assert_eq!((mode(path.parent().unwrap()), mode(&path)), (0o700, 0o600));
    listener.shutdown().await;
    assert!(!path.exists());
}

#[tokio::test]
async fn a_live_socket_is_never_stolen() {
    let server = Server::start().await;
    let refused = server.runtime.listen(server.path()).await.unwrap_err();
    assert!(
        matches!(&refused, ListenError::InUse(path) if *path == server.path()),
        "{refused}"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.sock");
    let foreign = UnixListener::bind(&path).unwrap();
    let refused = server.runtime.listen(&path).await.unwrap_err();
    assert!(matches!(refused, ListenError::InUse(_)), "{refused}");
    drop(foreign);
    server.peer().await.works().await;
}

#[tokio::test]
async fn a_stale_socket_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls.sock");
    drop(UnixListener::bind(&path).unwrap());
    // The lock of a process that was killed is still there, but nobody holds it.
    fs::write(folder.path().join("calls.sock.lock"), "").unwrap();
    let runtime = Runtime::launch().unwrap();
    let listener = runtime.listen(&path).await.unwrap();
    let mut peer = Peer::connect(&path).await;
    let answer = peer
        .ask(r#"{"target":"nobody","message_type":"Add","expects_reply":true}"#)
        .await;
    assert_failure(&answer, "ActorNotFound", "no", true);
    listener.shutdown().await;
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn what_is_no_socket_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::launch().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "precious").unwrap();
    let link = folder.path().join("link");
    symlink(folder.path().join("elsewhere"), &link).unwrap();
    for path in [&file, &link] {
        let refused = runtime.listen(path).await.unwrap_err();
        assert!(matches!(refused, ListenError::NotASocket(_)), "{refused}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        2,
        "no lock is left behind"
    );
}

#[tokio::test]
async fn a_path_that_is_too_long_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::launch().unwrap();
    let refused = runtime.listen(folder.path().join("x".repeat(200))).await.unwrap_err();
    assert!(matches!(refused, ListenError::PathTooLong(_)), "{refused}");
}

#[tokio::test]
async fn names_of_services_are_plain() {
    let runtime = Runtime::launch().unwrap();
    for name in ["", "a/b", "../x", "a\nb"] {
        let refused = runtime.listen(ListenerOptions::named(name)).await.unwrap_err();
        assert!(matches!(refused, ListenError::InvalidName(_)), "{refused}");
    }
}

#[tokio::test]
async fn somebody_elses_socket_at_the_path_is_not_removed() {
    let server = Server::start().await;
    let path = server.path();
    fs::remove_file(&path).unwrap();
    let other = UnixListener::bind(&path).unwrap();
    server.listener.shutdown().await;
    assert!(path.exists());
    drop(other);
}

#[tokio::test]
async fn connections_beyond_the_limit_are_refused_and_the_next_one_works() {
    let server = Server::setup()
        .listener(|options| options.max_connections(2))
        .start()
        .await;
    let mut first = server.peer().await;
    let mut second = server.peer().await;
    first.works().await;
    second.works().await;
    let mut third = server.peer().await;
    assert_failure(&third.receive().await, "LimitExceeded", "no", true);
    third.is_closed().await;
    drop(first);
    crate::peer::within(async {
        while server.listener.stats().active_connections == 2 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    server.peer().await.works().await;
    second.works().await;
}

/// The umask belongs to the whole process, so this very test program is run again under other ones.
#[test]
fn the_modes_hold_under_any_umask() {
    let test = "socket::the_socket_and_the_folder_made_for_it_are_the_users_alone";
    for umask in ["000", "022", "077"] {
        let program = std::env::current_exe().unwrap();
        let script = format!("umask {umask} && exec \"$0\" --exact {test}");
        let output = std::process::Command::new("sh")
            .arg("-c")
            .arg(script)
            .arg(program)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "umask {umask}: {}",
            String::from_utf8_lossy(&output.stdout)
        );
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("1 passed"),
            "it was found"
        );
    }
}
