//! Sockets that systemd has made, and what it is told. The part of systemd is played by the tests.

use std::{
    env,
    os::{
        fd::OwnedFd,
        unix::net::{UnixDatagram, UnixListener},
    },
    process::{Command, Stdio},
    time::Duration,
};

use callsheet::{ListenError, ListenerOptions, Runtime};

use crate::{
    child::{self, Child},
    house::in_step,
    peer::{Peer, within},
};

/// Runs `test` in a process that is passed `socket` as its descriptor 4, `calls`, and something else before it, `other`; or
/// it alone.
fn activated(test: &str, socket: &UnixListener, alone: bool) -> Command {
    let mut command = Command::new("sh");
    let (variables, descriptors) = match alone {
        true => ("LISTEN_FDS=1 LISTEN_FDNAMES=calls", "3<&0"),
        false => ("LISTEN_FDS=2 LISTEN_FDNAMES=other:calls", "3</dev/null 4<&0"),
    };
    let script = format!(
        r#"exec {descriptors} </dev/null; LISTEN_PID=$$ {variables} exec "$0" --exact {test} --nocapture --test-threads 1"#
    );
    let socket = OwnedFd::from(socket.try_clone().unwrap());
    command.args(["-c", &script]).arg(env::current_exe().unwrap());
    command.env("DOOR_TEST_CHILD", "").stdin(Stdio::from(socket));
    command
}

async fn serve(options: ListenerOptions) {
    let runtime = Runtime::launch().unwrap();
    let ready = |listener: &callsheet::Listener| child::say(&listener.path().display().to_string());
    runtime.serve_until_terminated(options, ready).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passed_socket_is_served_and_whoever_connects_between_two_processes_waits() {
    if child::argument().is_some() {
        return serve(ListenerOptions::activated()).await;
    }
    let test = "activation::a_passed_socket_is_served_and_whoever_connects_between_two_processes_waits";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let socket = UnixListener::bind(&path).unwrap();
    let mut waiting = Peer::connect(&path).await;
    for _ in 0..2 {
        let mut child = Child::passed(activated(test, &socket, true));
        assert_eq!(child.says(), path.to_str().unwrap());
        // It connected when nobody was there.
        in_step(&mut waiting).await;
        in_step(&mut Peer::connect(&path).await).await;
        child.terminate();
        assert!(child.end().success());
        waiting.is_closed().await;
        assert!(path.exists(), "it is not the program's own");
        waiting = Peer::connect(&path).await;
    }
}

async fn take_each() {
    let runtime = Runtime::launch().unwrap();
    let refused = runtime.listen(ListenerOptions::activated()).await.unwrap_err();
    assert!(
        matches!(refused, ListenError::NotActivated(None)),
        "two were passed: {refused}"
    );
    for name in ["none", ""] {
        let refused = runtime.listen(ListenerOptions::activated_as(name)).await.unwrap_err();
        assert!(
            matches!(&refused, ListenError::NotActivated(Some(not)) if not == name),
            "{refused}"
        );
    }
    let refused = runtime
        .listen(ListenerOptions::activated_as("other"))
        .await
        .unwrap_err();
    assert!(matches!(refused, ListenError::Io { .. }), "it is no socket: {refused}");
    let options = ListenerOptions::activated_as("calls");
    let listener = runtime.listen(options.clone()).await.unwrap();
    let refused = runtime.listen(options).await.unwrap_err();
    assert!(
        matches!(refused, ListenError::NotActivated(_)),
        "it is taken: {refused}"
    );
    in_step(&mut Peer::connect(listener.path()).await).await;
    child::say("taken");
}

#[tokio::test]
async fn of_several_sockets_the_one_that_is_named_is_taken_once() {
    if child::argument().is_some() {
        return take_each().await;
    }
    let folder = tempfile::tempdir().unwrap();
    let socket = UnixListener::bind(folder.path().join("s")).unwrap();
    let test = "activation::of_several_sockets_the_one_that_is_named_is_taken_once";
    let mut child = Child::passed(activated(test, &socket, false));
    assert_eq!(child.says(), "taken");
    assert!(child.end().success());
}

#[tokio::test]
async fn a_process_that_was_passed_nothing_is_told_so() {
    let runtime = Runtime::launch().unwrap();
    let refused = runtime.listen(ListenerOptions::activated()).await.unwrap_err();
    assert!(matches!(refused, ListenError::NotActivated(None)), "{refused}");
    assert!(callsheet::systemd::watch(&runtime).is_none());
    callsheet::systemd::ready().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn systemd_is_told_that_the_program_is_ready_lives_and_ends() {
    if let Some(path) = child::argument() {
        return serve(ListenerOptions::at(path)).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let (path, notified) = (folder.path().join("s"), folder.path().join("notify"));
    let notify = UnixDatagram::bind(&notified).unwrap();
    notify.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let hear = || {
        let mut said = [0; 256];
        let length = notify.recv(&mut said).expect("systemd is told");
        String::from_utf8(said[..length].to_vec())
            .unwrap()
            .trim_end()
            .to_owned()
    };
    let test = "activation::systemd_is_told_that_the_program_is_ready_lives_and_ends";
    let mut command = Child::command(&env::current_exe().unwrap(), test, path.to_str().unwrap());
    command.env("NOTIFY_SOCKET", &notified).env("WATCHDOG_USEC", "100000");
    let mut child = Child::spawn(command);
    assert_eq!(hear(), "READY=1");
    // It is ready: whoever comes now is served.
    within(async { in_step(&mut Peer::connect(&path).await).await }).await;
    for _ in 0..3 {
        assert_eq!(hear(), "WATCHDOG=1");
    }
    child.terminate();
    let last = std::iter::repeat_with(hear).find(|said| said != "WATCHDOG=1");
    assert_eq!(last.as_deref(), Some("STOPPING=1"));
    assert!(child.end().success());
}
