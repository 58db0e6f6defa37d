//! Many connections: more than are allowed, and more than the server has file descriptors for.

use std::{io::Write, os::unix::net::UnixStream};

use crate::{
    case::{alone, canary, on_its_own},
    peer::{Peer, refused},
    service::Service,
};

#[test]
fn more_connections_than_are_allowed_are_told_so_and_closed() {
    alone(&["LIMIT-2"], |service| {
        // Those of the cases before may not be forgotten yet, so the first ones are taken until one is refused.
        let mut peers = Vec::new();
        let refusal = loop {
            let mut peer = Peer::silent(service);
            let answer = peer.ask_at_the_door();
            if answer["success"] == false {
                peer.is_closed();
                break answer;
            }
            peers.push(peer);
            assert!(peers.len() <= 100, "there is a limit");
        };
        let text = refused(&refusal, "LimitExceeded");
        assert!(text.contains("100") && refusal.get("request_id").is_none(), "{refusal}");
        for peer in &mut peers {
            peer.works();
        }
        // One goes, and one more fits, as soon as the server has noticed.
        for _ in 0..20 {
            peers.pop();
            let mut peer = Peer::of(service);
            peer.works();
            peers.push(peer);
        }
    });
}

#[test]
fn connections_that_come_and_go_leave_nothing_behind() {
    alone(&["CLOSE-2", "FRAME-4"], |service| {
        let before = std::fs::read_dir(format!("/proc/{}/fd", service.pid()))
            .expect("it runs")
            .count();
        for round in 0..3000 {
            let peer = Peer::silent(service);
            let begun: &[u8] = [&b""[..], b"\0\0", b"\0\x0f\0\0{", b"\0\0\0\x02{}"][round % 4];
            // It fails where the server has closed the connection already, because there were too many just then.
            let _ = peer.socket().write_all(begun);
        }
        let mut after = usize::MAX;
        for _ in 0..1000 {
            canary(service);
            after = std::fs::read_dir(format!("/proc/{}/fd", service.pid()))
                .expect("it runs")
                .count();
            if after <= before + 2 {
                break;
            }
        }
        assert!(after <= before + 2, "{after} descriptors, {before} before");
    });
}

#[test]
fn a_server_without_descriptors_goes_on_and_accepts_again() {
    on_its_own(&["SOCKET-4"], || {
        let service = Service::with_descriptors(40);
        let mut first = Peer::of(&service);
        first.works();
        // The system takes them in for the server, which cannot accept them all.
        let crowd: Vec<_> = (0..60)
            .map(|_| UnixStream::connect(service.path()).expect("the system takes it"))
            .collect();
        for _ in 0..100 {
            first.works();
        }
        drop(crowd);
        canary(&service);
        first.works();
    });
}
