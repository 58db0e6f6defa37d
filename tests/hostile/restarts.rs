//! Actors and servers that are started anew while they are called.

use std::{
    collections::BTreeSet,
    io::ErrorKind,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::{
    case::{canary, case, on_its_own},
    peer::{CODECS, Peer, asks, encoded, framed, streams, with},
    service::{Service, folder},
};

#[test]
fn every_call_has_one_answer_while_its_actor_fails_again_and_again() {
    case(&["SOCKET-5", "ID-3"], |service| {
        let attack = |worker: usize| {
            let mut peer = Peer::of(service);
            let mut waiting = BTreeSet::new();
            for n in 0..400 {
                let id = format!("{worker}.{n}");
                let frame = match n % 8 {
                    0 => asks("Explode", json!({})),
                    1 => with(streams("Count", json!({"to": 1}), &id), json!({"expects_reply": false})),
                    2 => asks("Note", json!({"text": "a"})),
                    _ => asks("Echo", json!({"text": id})),
                };
                peer.send(encoded(
                    CODECS[n % 2],
                    &with(frame, json!({"target": "fragile", "request_id": id})),
                ));
                waiting.insert(id);
            }
            while !waiting.is_empty() {
                let (_, answer) = peer.next();
                let id = answer
                    .get("stream_id")
                    .unwrap_or(&answer["request_id"])
                    .as_str()
                    .expect("an id")
                    .to_owned();
                assert!(waiting.remove(&id), "{answer} was not asked for, or comes twice");
                match answer["error_code"].as_str() {
                    None => assert!(
                        [json!(id), json!(1), Value::Null].contains(&answer["payload"]),
                        "{answer}"
                    ),
                    Some("ActorFailed" | "TargetBusy") => {}
                    Some(_) => panic!("{answer}"),
                }
            }
            peer.works();
        };
        thread::scope(|scope| {
            for worker in 0..6 {
                scope.spawn(move || attack(worker));
            }
        });
        let mut peer = Peer::of(service);
        let calm = with(asks("Echo", json!({"text": "calm"})), json!({"target": "fragile"}));
        assert_eq!(peer.ask(&calm)["payload"], "calm");
    });
}

#[test]
fn a_server_that_is_killed_is_replaced_and_its_callers_find_the_new_one() {
    on_its_own(&["SOCKET-2", "SOCKET-1"], || {
        let folder = folder();
        let path = folder.path().join("s");
        let mut service = Service::at(&path, &[]);
        assert!(service.is_listening());
        let (answered, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !is_over.load(Ordering::Relaxed) {
                        answered.fetch_add(call_until_the_end(&path, &is_over), Ordering::Relaxed);
                    }
                });
            }
            let mut pids = BTreeSet::new();
            for _ in 0..5 {
                // Under load, which there is once some more were answered.
                let before = answered.load(Ordering::Relaxed);
                while answered.load(Ordering::Relaxed) < before + 100 {
                    thread::yield_now();
                }
                assert!(pids.insert(service.pid()));
                service.signal(Signal::KILL);
                assert!(!service.ended().success());
                service = Service::at(&path, &[]);
                assert!(service.is_listening(), "the dead one's socket is taken over");
                canary(&service);
            }
            is_over.store(true, Ordering::Relaxed);
        });
        service.signal(Signal::TERM);
        assert!(service.ended().success());
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("it is ours").count(),
            0,
            "nothing is left"
        );
    });
}

/// Calls whoever listens at the path, again and again until the connection is lost. How many were answered, in steps of ten.
fn call_until_the_end(path: &std::path::Path, is_over: &AtomicBool) -> u64 {
    use std::io::{Read, Write};
    let Ok(mut socket) = std::os::unix::net::UnixStream::connect(path) else {
        return 0;
    };
    socket
        .set_read_timeout(Some(crate::peer::LIMIT))
        .expect("it is not zero");
    let frame = framed(&encoded(CODECS[0], &asks("Pid", json!({}))));
    let mut answered = 0;
    let mut answer = [0; 1024];
    while !is_over.load(Ordering::Relaxed) && answered < 10 {
        match socket.write_all(&frame).and_then(|()| socket.read(&mut answer)) {
            Ok(1..) => answered += 1,
            Ok(0) => break,
            Err(error) => {
                assert_ne!(error.kind(), ErrorKind::WouldBlock, "an answer is missing");
                break;
            }
        }
    }
    answered
}
