//! A socket that goes from one process to the next.

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use callsheet::{ListenError, ListenerOptions, Runtime, actor_contract};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    child::{self, Child},
    house::in_step,
    peer::{self, Peer, within},
};

#[actor_contract(namespace = "door")]
pub trait Heir {
    /// The process that answers.
    fn who(&self) -> u32;
    /// The same, once the process is told to go on.
    async fn who_later(&self) -> u32;
}

struct Process;

impl Heir for Process {
    fn who(&self) -> u32 {
        std::process::id()
    }
    async fn who_later(&self) -> u32 {
        child::say("begun");
        tokio::task::spawn_blocking(child::hear).await.unwrap();
        std::process::id()
    }
}

async fn serve(path: &str) {
    let runtime = Runtime::launch().unwrap();
    let process = runtime.actor("process", || Process).serves(Heir);
    process.expose().start().await.unwrap();
    let ready = |_: &callsheet::Listener| child::say("ready");
    let options = ListenerOptions::at(path).drain(Duration::from_secs(20)).hand_over();
    runtime.serve_until_terminated(options, ready).await.unwrap();
    child::say("ended");
}

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    (folder, path)
}

fn start(test: &str, path: &Path) -> Child {
    let child = Child::run(test, path.to_str().unwrap());
    assert_eq!(child.says(), "ready");
    child
}

fn end(child: &mut Child) {
    assert_eq!(child.says(), "ended");
    assert_eq!(child.end().code(), Some(0));
}

/// Who answers a call on a connection of its own; none, if the connection was closed before there was an answer.
fn ask(path: &Path) -> Option<u32> {
    let mut socket = UnixStream::connect(path).expect("there is always somebody who listens");
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let call = br#"{"target":"process","message_type":"Who","request_id":"w","expects_reply":true}"#;
    // It may be closed already.
    socket.write_all(&peer::frame(call)).ok()?;
    let mut length = [0; 4];
    socket.read_exact(&mut length).ok()?;
    let mut answer = vec![0; u32::from_be_bytes(length) as usize];
    socket.read_exact(&mut answer).unwrap();
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    if answer["error_code"] == "ShuttingDown" {
        return None;
    }
    Some(u32::try_from(answer["payload"].as_u64().expect("a process's number")).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_that_connect_all_the_time_are_never_refused_while_the_process_is_replaced() {
    if let Some(path) = child::argument() {
        return serve(&path).await;
    }
    let test = "handover::callers_that_connect_all_the_time_are_never_refused_while_the_process_is_replaced";
    let (folder, path) = place();
    let mut current = start(test, &path);
    let is_over = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..3)
        .map(|_| {
            let (path, is_over) = (path.clone(), Arc::clone(&is_over));
            thread::spawn(move || {
                let mut answered = Vec::new();
                while !is_over.load(Ordering::Relaxed) {
                    answered.extend(ask(&path));
                }
                answered.dedup();
                answered
            })
        })
        .collect();
    let mut processes = Vec::new();
    for _ in 0..4 {
        processes.push(current.pid().as_raw_nonzero().get().cast_unsigned());
        while ask(&path) != processes.last().copied() {}
        let next = start(test, &path);
        end(&mut current);
        current = next;
    }
    is_over.store(true, Ordering::Relaxed);
    for caller in callers {
        let answered = caller.join().expect("no caller was refused");
        // Nobody who has given the socket away answers a new caller.
        let mut expected = processes.clone();
        expected.push(current.pid().as_raw_nonzero().get().cast_unsigned());
        expected.retain(|process| answered.contains(process));
        assert_eq!(answered, expected, "in their order");
        assert!(
            processes.iter().all(|process| answered.contains(process)),
            "{answered:?}"
        );
    }
    current.terminate();
    end(&mut current);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_flight_is_answered_by_the_process_that_was_called() {
    if let Some(path) = child::argument() {
        return serve(&path).await;
    }
    let test = "handover::what_is_in_flight_is_answered_by_the_process_that_was_called";
    let (_folder, path) = place();
    let mut old = start(test, &path);
    let mut caller = Peer::connect(&path).await;
    caller
        .send(r#"{"target":"process","message_type":"WhoLater","request_id":"w","expects_reply":true}"#)
        .await;
    assert_eq!(old.says(), "begun");
    let new = start(test, &path);
    assert_eq!(ask(&path), Some(new.pid().as_raw_nonzero().get().cast_unsigned()));
    old.tell("go on");
    assert_eq!(caller.receive().await["payload"], old.pid().as_raw_nonzero().get());
    caller.is_closed().await;
    end(&mut old);
    // The socket and its lock are the new one's.
    let runtime = Runtime::launch().unwrap();
    let refused = runtime.listen(&path).await.unwrap_err();
    assert!(matches!(refused, ListenError::InUse(_)), "{refused}");
    assert_eq!(ask(&path), Some(new.pid().as_raw_nonzero().get().cast_unsigned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_successor_leaves_nothing_that_keeps_the_next_from_starting() {
    if let Some(path) = child::argument() {
        return serve(&path).await;
    }
    let test = "handover::a_killed_successor_leaves_nothing_that_keeps_the_next_from_starting";
    let (_folder, path) = place();
    let mut old = start(test, &path);
    let mut caller = Peer::connect(&path).await;
    caller
        .send(r#"{"target":"process","message_type":"WhoLater","request_id":"w","expects_reply":true}"#)
        .await;
    assert_eq!(old.says(), "begun");
    // It is killed while the old one still answers.
    drop(start(test, &path));
    let third = start(test, &path);
    assert_eq!(ask(&path), Some(third.pid().as_raw_nonzero().get().cast_unsigned()));
    old.tell("go on");
    assert_eq!(caller.receive().await["payload"], old.pid().as_raw_nonzero().get());
    end(&mut old);
    assert_eq!(ask(&path), Some(third.pid().as_raw_nonzero().get().cast_unsigned()));
}

#[tokio::test]
async fn whoever_asks_for_the_socket_and_does_not_take_it_changes_nothing() {
    let (folder, path) = place();
    let runtime = Runtime::launch().unwrap();
    let listener = runtime.listen(ListenerOptions::at(&path).hand_over()).await.unwrap();
    let asks = folder.path().join("s.handover");
    for says in [&b""[..], b"x", b"o"] {
        let mut asking = tokio::net::UnixStream::connect(&asks).await.unwrap();
        let mut offered = [0];
        within(tokio::io::AsyncReadExt::read_exact(&mut asking, &mut offered))
            .await
            .unwrap();
        within(tokio::io::AsyncWriteExt::write_all(&mut asking, says))
            .await
            .unwrap();
        drop(asking);
        in_step(&mut Peer::connect(&path).await).await;
    }
    let next = runtime.listen(ListenerOptions::at(&path).hand_over()).await.unwrap();
    within(listener.handed_over()).await;
    listener.shutdown().await;
    in_step(&mut Peer::connect(&path).await).await;
    assert_eq!(
        (listener.stats().messages_processed, next.stats().messages_processed),
        (3, 1)
    );
    next.shutdown().await;
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn both_must_want_it() {
    let (_folder, path) = place();
    let runtime = Runtime::launch().unwrap();
    let plain = || ListenerOptions::at(&path);
    for (first, second) in [(plain(), plain().hand_over()), (plain().hand_over(), plain())] {
        let listener = runtime.listen(first).await.unwrap();
        let refused = runtime.listen(second).await.unwrap_err();
        assert!(matches!(refused, ListenError::InUse(_)), "{refused}");
        in_step(&mut Peer::connect(&path).await).await;
        listener.shutdown().await;
    }
}

#[tokio::test]
async fn a_listener_that_ends_is_not_waited_for_by_its_successor_for_ever() {
    let (folder, path) = place();
    let runtime = Runtime::launch().unwrap();
    let options = ListenerOptions::at(&path).hand_over();
    let listener = runtime.listen(options.clone()).await.unwrap();
    listener.shutdown().await;
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "no place to ask is left either"
    );
    let next = runtime.listen(options).await.unwrap();
    in_step(&mut Peer::connect(next.path()).await).await;
}
