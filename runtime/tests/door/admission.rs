//! Peers that are let in, and those that are not.

use callsheet::{Denied, ListenerOptions, Runtime};

use crate::{
    house::{House, Log, in_step},
    peer::{Peer, assert_failure},
};

#[tokio::test]
async fn unless_it_is_said_otherwise_the_own_user_comes_in() {
    let house = House::new(|options| options).await;
    in_step(&mut house.peer()).await;
    let folder = tempfile::tempdir().unwrap();
    let listener = house.runtime.listen(folder.path().join("s")).await.unwrap();
    in_step(&mut Peer::connect(listener.path()).await).await;
}

#[tokio::test]
async fn a_peer_is_judged_once_before_anything_is_read_and_told_why_it_may_not() {
    let asked = Log::default();
    let log = asked.clone();
    let options = move |options: ListenerOptions| {
        options.admit(move |peer| {
            log.say(peer.uid.to_string());
            Err(Denied::new("not\ntoday"))
        })
    };
    let house = House::new(options).await;
    let mut peer = house.peer();
    // It has said nothing.
    let refusal = peer.receive().await;
    assert_failure(&refusal, "PermissionDenied", "no", false);
    assert_eq!(refusal["error"], "PermissionDenied: not\\ntoday");
    peer.is_closed().await;
    assert_eq!(asked.take(), [rustix::process::geteuid().as_raw().to_string()]);
    assert_eq!(house.listener.stats().active_connections, 0);
}

#[tokio::test]
async fn a_peer_that_was_let_in_is_not_judged_again_and_the_next_one_is() {
    let asked = Log::default();
    let log = asked.clone();
    let options = move |options: ListenerOptions| {
        options.admit(move |_| {
            log.say("asked");
            Ok(())
        })
    };
    let house = House::new(options).await;
    let mut peer = house.peer();
    for _ in 0..10 {
        in_step(&mut peer).await;
    }
    assert_eq!(asked.take().len(), 1);
    in_step(&mut house.peer()).await;
    assert_eq!(asked.take().len(), 1);
}

#[tokio::test]
async fn a_hook_that_panics_refuses_and_the_listener_goes_on() {
    let calls = std::sync::atomic::AtomicU32::new(0);
    let options = move |options: ListenerOptions| {
        options.admit(
            move |_| match calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                0 => panic!("as it should"),
                _ => Ok(()),
            },
        )
    };
    let house = House::new(options).await;
    let mut refused = house.peer();
    let refusal = refused.receive().await;
    assert_failure(&refusal, "PermissionDenied", "no", false);
    assert!(!refusal["error"].as_str().unwrap().contains("should"), "{refusal}");
    refused.is_closed().await;
    in_step(&mut house.peer()).await;
}

#[tokio::test]
async fn who_may_not_come_in_is_told_so_however_many_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::launch().unwrap();
    let options = ListenerOptions::at(folder.path().join("s"));
    let options = options.max_connections(0).admit(|_| Err(Denied::default()));
    let listener = runtime.listen(options).await.unwrap();
    let mut peer = Peer::connect(listener.path()).await;
    assert_failure(&peer.receive().await, "PermissionDenied", "no", false);
    peer.is_closed().await;
}
