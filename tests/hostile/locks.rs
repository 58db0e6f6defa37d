//! Several servers that want one socket.

use std::{
    fs,
    os::unix::{
        fs::{FileTypeExt, PermissionsExt, symlink},
        net::{UnixListener, UnixStream},
    },
};

use rustix::process::Signal;

use crate::{
    case::{canary, on_its_own},
    peer::Peer,
    service::{Service, folder},
};

/// Starts so many servers at once at one path. The one that listens.
fn race(path: &std::path::Path, count: usize) -> Service {
    let mut services: Vec<_> = (0..count).map(|_| Service::at(path, &[])).collect();
    let listening: Vec<bool> = services.iter_mut().map(Service::is_listening).collect();
    assert_eq!(listening.iter().filter(|listens| **listens).count(), 1, "{listening:?}");
    let mut winner = None;
    for (mut service, listens) in services.into_iter().zip(listening) {
        if listens {
            winner = Some(service);
        } else {
            assert_eq!(service.ended().code(), Some(1), "it says that it failed");
        }
    }
    winner.expect("one listens")
}

#[test]
fn of_servers_that_start_at_once_exactly_one_listens() {
    on_its_own(&["SOCKET-1", "SOCKET-2", "SOCKET-3"], || {
        let folder = folder();
        let path = folder.path().join("s");
        let mut last = None;
        for _ in 0..4 {
            let mut service = race(&path, 8);
            canary(&service);
            let found = fs::symlink_metadata(&path).expect("it listens there");
            assert!(found.file_type().is_socket());
            assert_eq!(found.permissions().mode() & 0o7777, 0o600);
            // One that comes later does not displace it either.
            let mut late = Service::at(&path, &[]);
            assert!(!late.is_listening());
            assert_eq!(late.ended().code(), Some(1));
            canary(&service);
            // The next ones find the socket of a dead one.
            service.signal(Signal::KILL);
            assert!(!service.ended().success());
            assert!(UnixStream::connect(&path).is_err());
            last = Some(path.exists());
        }
        assert_eq!(last, Some(true), "a dead server's socket stays");
        let mut service = race(&path, 8);
        service.signal(Signal::TERM);
        assert!(service.ended().success());
        assert_eq!(
            fs::read_dir(folder.path()).expect("it is ours").count(),
            0,
            "nothing is left"
        );
    });
}

#[test]
fn what_is_no_dead_servers_socket_is_left_alone() {
    on_its_own(&["SOCKET-3"], || {
        let folder = folder();
        let file = folder.path().join("file");
        fs::write(&file, "precious").expect("it is ours");
        let link = folder.path().join("link");
        symlink(&file, &link).expect("it is ours");
        let nowhere = folder.path().join("nowhere");
        symlink(folder.path().join("nothing"), &nowhere).expect("it is ours");
        let live = folder.path().join("live");
        let foreign = UnixListener::bind(&live).expect("it is ours");
        for path in [&file, &link, &nowhere, &live] {
            let mut service = Service::at(path, &[]);
            assert!(!service.is_listening(), "{}", path.display());
            assert_eq!(service.ended().code(), Some(1), "{}", path.display());
        }
        assert_eq!(fs::read_to_string(&link).expect("it is there"), "precious");
        assert!(fs::symlink_metadata(&nowhere).expect("it is there").is_symlink());
        UnixStream::connect(&live).expect("it is alive");
        drop(foreign);
    });
}

#[test]
fn a_server_leaves_the_socket_of_another_alone_when_it_ends() {
    on_its_own(&["SOCKET-1", "SOCKET-3"], || {
        let folder = folder();
        let path = folder.path().join("s");
        let mut service = Service::at(&path, &[]);
        assert!(service.is_listening());
        // Somebody has put another socket there by hand.
        fs::remove_file(&path).expect("it is ours");
        let foreign = UnixListener::bind(&path).expect("it is free");
        service.signal(Signal::TERM);
        assert!(service.ended().success());
        assert!(path.exists(), "it was not its own");
        drop(foreign);
        let mut next = Service::at(&path, &[]);
        assert!(next.is_listening(), "that one is dead now");
        Peer::of(&next).works();
        next.signal(Signal::TERM);
        assert!(next.ended().success());
    });
}
