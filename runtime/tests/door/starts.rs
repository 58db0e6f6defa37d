//! The socket, and other processes that want it too.

use std::{
    fs,
    os::unix::{
        fs::{PermissionsExt, symlink},
        net::UnixListener,
    },
    path::Path,
};

use callsheet::{ListenError, Runtime};
use rustix::fs::Mode;

use crate::{
    child::{self, Child},
    house::in_step,
    peer::Peer,
};

/// Listens whenever it is told to, until it is told otherwise, and says what came of it.
async fn contend(path: &Path) {
    let runtime = Runtime::launch().unwrap();
    child::say("ready");
    while child::hear().is_some() {
        let listened = runtime.listen(path).await;
        child::say(match &listened {
            Ok(_) => "listens",
            Err(ListenError::InUse(_)) => "in use",
            Err(error) => panic!("{error}: {:?}", std::error::Error::source(error)),
        });
        // The test looks at what there is now. Meanwhile the listener serves.
        if tokio::task::spawn_blocking(child::hear).await.unwrap().is_none() {
            return;
        }
        if let Ok(listener) = listened {
            listener.shutdown().await;
        }
        child::say("done");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_eight_processes_that_start_at_once_exactly_one_listens() {
    if let Some(path) = child::argument() {
        return contend(Path::new(&path)).await;
    }
    let test = "starts::of_eight_processes_that_start_at_once_exactly_one_listens";
    let folder = tempfile::tempdir().unwrap();
    // The folder of the socket is made by whoever is first.
    let path = folder.path().join("made/for/it/s");
    let mut children: Vec<_> = (0..8).map(|_| Child::run(test, path.to_str().unwrap())).collect();
    for child in &children {
        assert_eq!(child.says(), "ready");
    }
    for round in 0..10 {
        if round > 0 {
            // There is a socket that nobody listens on any more, which all of them want to take over.
            drop(UnixListener::bind(&path).unwrap());
        }
        children.iter_mut().for_each(|child| child.tell("listen"));
        let mut said: Vec<_> = children.iter().map(Child::says).collect();
        said.sort_unstable();
        let expected: Vec<_> = (0..8).map(|at| if at < 7 { "in use" } else { "listens" }).collect();
        assert_eq!(said, expected, "in round {round}");
        in_step(&mut Peer::connect(&path).await).await;
        children.iter_mut().for_each(|child| child.tell("stop"));
        for child in &children {
            assert_eq!(child.says(), "done");
        }
        let left = fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(left, 0, "neither a socket nor a lock in round {round}");
    }
    for child in &mut children {
        assert!(child.end().success());
    }
}

/// Listens under the umask `argument` says, and says which modes came of it.
async fn listen_under(argument: &str) {
    let (umask, path) = argument.split_once(' ').unwrap();
    let path = Path::new(path);
    rustix::process::umask(Mode::from_raw_mode(u32::from_str_radix(umask, 8).unwrap()));
    let runtime = Runtime::launch().unwrap();
    let listener = runtime.listen(path).await.unwrap();
    let lock = path.with_extension("lock");
    let modes = [
        path.parent().unwrap().parent().unwrap(),
        path.parent().unwrap(),
        path,
        &lock,
    ];
    let modes = modes.map(|path| {
        format!(
            "{:o}",
            fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
        )
    });
    child::say(&modes.join(" "));
    // Another that wants it sees that it is in use, and not that it may not look.
    let other = Runtime::launch().unwrap();
    let refused = other.listen(path).await.unwrap_err();
    child::say(&format!("{refused:?}"));
    in_step(&mut Peer::connect(path).await).await;
    listener.shutdown().await;
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 0);
}

#[test]
fn whatever_the_umask_the_socket_is_this_users_alone_and_this_user_can_use_it() {
    if let Some(argument) = child::argument() {
        return child::block_on(listen_under(&argument));
    }
    let test = "starts::whatever_the_umask_the_socket_is_this_users_alone_and_this_user_can_use_it";
    for umask in ["000", "022", "077", "277", "777"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made/for/s");
        let argument = format!("{umask} {}", path.to_str().unwrap());
        let mut child = Child::run_as_nobody(test, &argument, folder.path());
        assert_eq!(child.says(), "700 700 600 600", "under the umask {umask}");
        assert!(child.says().starts_with("InUse"), "under the umask {umask}");
        assert!(child.end().success());
    }
}

#[tokio::test]
async fn a_link_where_the_lock_should_be_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (path, elsewhere) = (folder.path().join("s"), folder.path().join("elsewhere"));
    symlink(&elsewhere, folder.path().join("s.lock")).unwrap();
    let runtime = Runtime::launch().unwrap();
    let refused = runtime.listen(&path).await.unwrap_err();
    assert!(matches!(refused, ListenError::Io { .. }), "{refused}");
    assert!(!elsewhere.exists() && !path.exists());
}

#[tokio::test]
async fn a_link_to_a_live_socket_is_left_alone_and_so_is_the_socket() {
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("s"), folder.path().join("link"));
    let runtime = Runtime::launch().unwrap();
    let _listener = runtime.listen(&path).await.unwrap();
    symlink(&path, &link).unwrap();
    let refused = runtime.listen(&link).await.unwrap_err();
    assert!(matches!(refused, ListenError::NotASocket(_)), "{refused}");
    in_step(&mut Peer::connect(&link).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_process_left_behind_is_taken_over() {
    if let Some(path) = child::argument() {
        return contend(Path::new(&path)).await;
    }
    let test = "starts::what_a_killed_process_left_behind_is_taken_over";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let mut child = Child::run(test, path.to_str().unwrap());
    assert_eq!(child.says(), "ready");
    child.tell("listen");
    assert_eq!(child.says(), "listens");
    let runtime = Runtime::launch().unwrap();
    let refused = runtime.listen(&path).await.unwrap_err();
    assert!(matches!(refused, ListenError::InUse(_)), "{refused}");
    in_step(&mut Peer::connect(&path).await).await;
    // It is killed, and has no time to tidy up.
    drop(child);
    assert!(path.exists() && folder.path().join("s.lock").exists());
    let _listener = runtime.listen(&path).await.unwrap();
    in_step(&mut Peer::connect(&path).await).await;
}
