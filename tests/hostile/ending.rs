//! Connections that end, in good order or not, and servers that do.

use std::{
    io::{ErrorKind, Write},
    os::unix::net::UnixStream,
};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::{
    case::{canary, case, on_its_own},
    peer::{CODECS, Peer, asks, encoded, failed, framed, refused, streams, with},
    service::Service,
};

fn waits(gate: &str, id: &str) -> Value {
    with(asks("Wait", json!({"gate": gate})), json!({"request_id": id}))
}

#[test]
fn a_half_closed_connection_is_answered_and_then_closed() {
    case(&["CLOSE-1", "FRAME-1"], |service| {
        for codec in CODECS {
            let mut peer = Peer::of(service);
            let gate = format!("half closed in {codec:?}");
            peer.send(encoded(codec, &waits(&gate, "w")));
            peer.send(encoded(codec, &streams("Count", json!({"to": 2}), "s")));
            peer.half_close();
            assert_eq!(peer.next().1["payload"], 1);
            assert_eq!(peer.next().1["payload"], 2);
            Peer::of(service).call("Open", json!({"gate": gate}));
            assert_eq!(peer.next().1["payload"], gate);
            peer.is_closed();
        }
    });
}

#[test]
fn half_a_frame_is_dropped_at_the_end() {
    case(&["CLOSE-1", "FRAME-5"], |service| {
        let frame = framed(&encoded(
            CODECS[0],
            &with(
                asks("Note", json!({"text": "half"})),
                json!({"request_id": "n", "target": "writer"}),
            ),
        ));
        for end in 0..frame.len() {
            let mut peer = Peer::of(service);
            peer.raw(&frame[..end]);
            peer.half_close();
            peer.is_closed();
        }
        // What is too long is refused before.
        let mut peer = Peer::of(service);
        peer.raw(b"\xff\xff\xff\xff{");
        peer.half_close();
        refused(&peer.receive(), "FrameTooLarge");
        peer.is_closed();
    });
}

#[test]
fn a_peer_that_is_gone_leaves_no_call_behind() {
    case(&["CLOSE-2"], |service| {
        let gate = "left behind";
        let mut other = Peer::of(service);
        for _ in 0..20 {
            let mut peer = Peer::of(service);
            for n in 0..5 {
                peer.tell(&waits(gate, &n.to_string()));
            }
            peer.tell(&asks("Wait", json!({"gate": gate})));
            other.call("Gathered", json!({"gate": gate, "count": 6}));
            drop(peer);
            other.call("Gathered", json!({"gate": gate, "count": 0}));
        }
    });
}

#[test]
fn a_peer_that_never_reads_is_not_read_from_any_more() {
    case(&["LIMIT-4"], |service| {
        let peer = Peer::of(service);
        let before = service.memory();
        let long = framed(&encoded(CODECS[0], &asks("Long", json!({"bytes": 100_000}))));
        peer.socket().set_nonblocking(true).expect("it is ours");
        let mut socket = peer.socket();
        let mut sent = 0;
        // Until nothing more is taken, also after the server has had the time to take it.
        let mut refused = 0;
        while refused < 200 {
            match socket.write(&long) {
                Ok(bytes) => {
                    sent += bytes;
                    refused = 0;
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::WouldBlock);
                    refused += 1;
                    canary(service);
                }
            }
            assert!(sent < 64 << 20, "{sent} bytes were taken");
        }
        let used = service.memory().saturating_sub(before);
        // Others use the server at the same time.
        assert!(used < 128 << 20, "{used} bytes");
    });
}

#[test]
fn a_server_that_ends_answers_what_is_in_flight_and_refuses_what_is_new() {
    on_its_own(&["CLOSE-3", "CLOSE-4", "SOCKET-1", "CODEC-3"], || {
        let mut service = Service::start(&[]);
        let (mut polite, mut silent, mut idle) = (Peer::of(&service), Peer::of(&service), Peer::of(&service));
        polite.ask(&json!({"control": "hello", "protocol": [1, 1], "request_id": "h"}));
        idle.works();
        for peer in [&mut polite, &mut silent] {
            peer.tell(&waits("drain", "w"));
        }
        silent.call("Gathered", json!({"gate": "drain", "count": 2}));
        service.signal(Signal::TERM);
        assert_eq!(polite.receive(), json!({"control": "goodbye", "drain_ms": 10_000}));
        idle.is_closed();
        // The server hears of its end in one place after the other.
        let nobody_comes_in = (0..10_000).any(|_| UnixStream::connect(service.path()).is_err());
        assert!(nobody_comes_in);
        // Nothing was said to the other, and nothing new is taken of either.
        for peer in [&mut polite, &mut silent] {
            refused(
                &peer.ask(&with(asks("Pid", json!({})), json!({"request_id": "p"}))),
                "ShuttingDown",
            );
            let refusal = peer.ask(&streams("Count", json!({"to": 1}), "s"));
            refused(&refusal, "ShuttingDown");
            assert_eq!(refusal["is_final"], true);
            refused(
                &peer.ask(&json!({"message_types": ["Tick"], "request_id": "t"})),
                "ShuttingDown",
            );
            assert_eq!(
                peer.ask(&json!({"control": "ping", "request_id": "a"}))["success"],
                true
            );
        }
        polite.tell(&json!({"control": "cancel", "request_id": "w"}));
        failed(&polite.receive(), "Cancelled", "unknown");
        polite.is_closed();
        silent.tell(&json!({"control": "cancel", "request_id": "w"}));
        failed(&silent.receive(), "Cancelled", "unknown");
        silent.is_closed();
        assert!(service.ended().success());
        assert!(!service.path().exists(), "its socket is gone");
    });
}

#[test]
fn a_server_does_not_wait_longer_than_it_said() {
    on_its_own(&["CLOSE-3"], || {
        let mut service = Service::start(&["--drain-ms", "100"]);
        let mut peer = Peer::of(&service);
        peer.ask(&json!({"control": "hello", "protocol": [1, 1], "request_id": "h"}));
        peer.tell(&waits("never", "w"));
        peer.tell(&streams("Lagging", json!({"gate": "never", "to": 1}), "s"));
        peer.call("Gathered", json!({"gate": "never", "count": 2}));
        service.signal(Signal::TERM);
        assert_eq!(peer.receive(), json!({"control": "goodbye", "drain_ms": 100}));
        for _ in 0..2 {
            failed(&peer.receive(), "ShuttingDown", "unknown");
        }
        peer.is_closed();
        assert!(service.ended().success());
    });
}
