//! Streams of actors that peers host.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    callbacks::{asked, desk, is_lost, item, mine, reply},
    case::case,
    peer::{Peer, with},
};

#[test]
fn a_stream_of_a_host_goes_as_far_as_its_credit() {
    case(&["CALLBACK-7", "STREAM-4"], |service| {
        let mut peer = Peer::of(service);
        peer.tell(&desk("Read", json!({"host": mine("a"), "to": 100}), "c"));
        let (id, frame) = asked(&mut peer);
        assert_eq!(
            (&frame["expects_stream"], &frame["expects_reply"], &frame["payload"]),
            (&json!(true), &Value::Null, &json!({"to": 100}))
        );
        let mut credit = frame["credit"].as_u64().expect("it says how many may come");
        for n in 0..100_u32 {
            while credit == 0 {
                let more = peer.receive();
                assert_eq!((&more["control"], &more["stream_id"]), (&json!("credit"), &json!(id)));
                credit += more["items"].as_u64().expect("a number");
            }
            credit -= 1;
            peer.tell(&item(&id, n, n == 99, json!(n)));
        }
        let told = loop {
            let frame = peer.receive();
            if frame["control"] != "credit" {
                break frame;
            }
        };
        assert_eq!(told["payload"].as_array().map(Vec::len), Some(100));
        for (frames, expected) in [
            (vec![(true, json!(null))], json!([])),
            (vec![(false, json!(1)), (true, json!(null))], json!([1])),
            (
                vec![(false, json!(1)), (true, json!(2)), (false, json!(3)), (true, json!(4))],
                json!([1, 2]),
            ),
        ] {
            peer.tell(&desk("Read", json!({"host": mine("a"), "to": 1}), "c"));
            let (id, _) = asked(&mut peer);
            for (n, (is_final, payload)) in frames.into_iter().enumerate() {
                peer.tell(&item(&id, n as u32, is_final, payload));
            }
            assert_eq!(peer.receive()["payload"], expected);
        }
        peer.works();
    });
}

#[test]
fn a_stream_of_a_host_that_makes_no_sense_fails() {
    case(&["CALLBACK-7", "CALLBACK-5"], |service| {
        let mut peer = Peer::of(service);
        let read = |peer: &mut Peer| {
            peer.tell(&desk("Read", json!({"host": mine("a"), "to": 5}), "c"));
            asked(peer).0
        };
        let told = |peer: &mut Peer| loop {
            let (_, frame) = peer.next();
            if frame["request_id"] == "c" {
                break frame;
            }
        };
        let id = read(&mut peer);
        peer.tell(&item(&id, 0, false, json!(1)));
        peer.tell(&item(&id, 1, false, json!("text")));
        peer.tell(&item(&id, 2, true, json!(null)));
        is_lost(&told(&mut peer), "c", "SerializationError", "yes");
        let id = read(&mut peer);
        peer.tell(&item(&id, 0, false, json!(1)));
        let details = json!({"retryable": false, "delivered": "unknown"});
        let failing =
            json!({"success": false, "error": "Internal: x", "error_code": "Internal", "error_details": details});
        peer.tell(&with(item(&id, 1, true, json!(null)), failing));
        is_lost(&told(&mut peer), "c", "Internal", "unknown");
        // A stream is no one reply.
        let id = read(&mut peer);
        peer.tell(&reply(&id, json!(1)));
        let answer = told(&mut peer);
        assert_eq!(answer["error_code"], "ContractError", "{answer}");
        // What nobody reads is cancelled, and may come all the same.
        peer.tell(&desk("ReadOne", json!({"host": mine("a")}), "c"));
        let (id, _) = asked(&mut peer);
        peer.tell(&item(&id, 0, false, json!(5)));
        let mut seen = BTreeSet::new();
        while seen.len() < 2 {
            let frame = peer.receive();
            if frame["control"] == "credit" {
                // It was read, before its reader had enough.
                continue;
            }
            if frame["control"] == "cancel" {
                assert_eq!(frame["request_id"], id);
                seen.insert("cancelled");
            } else {
                assert_eq!(frame, reply("c", json!(5)));
                seen.insert("answered");
            }
        }
        for n in 1..1000 {
            peer.tell(&item(&id, n, false, json!(n)));
        }
        peer.tell(&item(&id, 1000, true, json!(null)));
        peer.works();
    });
}

#[test]
fn a_host_that_sends_what_nobody_asked_for_is_cut_off() {
    case(&["CALLBACK-7"], |service| {
        let mut peer = Peer::of(service);
        let gate = "nobody reads on";
        peer.tell(&desk("ReadLate", json!({"host": mine("a"), "gate": gate}), "c"));
        let (id, frame) = asked(&mut peer);
        assert_eq!(frame["credit"], 4);
        peer.tell(&item(&id, 0, false, json!(0)));
        Peer::of(service).call("Gathered", json!({"gate": gate, "count": 1}));
        for n in 1..1000 {
            peer.tell(&item(&id, n, false, json!(n)));
        }
        let cancelled = loop {
            let frame = peer.receive();
            if frame["control"] != "credit" {
                break frame;
            }
        };
        assert_eq!(cancelled, json!({"control": "cancel", "request_id": id}));
        peer.tell(&item(&id, 1000, true, json!(null)));
        peer.works();
        Peer::of(service).call("Open", json!({"gate": gate}));
        is_lost(&peer.receive(), "c", "SlowConsumer", "yes");
    });
}
