//! Mailboxes that name what is not there, not theirs, or not an actor.

use serde_json::{Value, json};

use crate::{
    callbacks::{asked, desk, is_lost, mine, reply},
    case::case,
    peer::{CODECS, Peer, encoded, failed, refused, with},
};

/// The answer to a call that is given these mailboxes.
fn count(hosts: &Value) -> Value {
    desk("Count", json!({"hosts": hosts}), "m")
}

#[test]
fn a_mailbox_is_a_contract_an_id_and_a_route() {
    case(&["MAILBOX-1", "STRICT-4", "ERROR-3"], |service| {
        let mut peer = Peer::of(service);
        let ours = json!({"contract": "hostile.Host", "id": "desk"});
        for route in [json!("server"), Value::Null] {
            let hosts = json!([
                mine("a"),
                ours,
                with(ours.clone(), json!({"route": route})),
                with(mine("b"), json!({"later": 1}))
            ]);
            for codec in CODECS {
                assert_eq!(peer.answer(codec, encoded(codec, &count(&hosts))), reply("m", json!(4)));
            }
        }
        let long = "h".repeat(1 << 20);
        for wrong in [
            json!(null),
            json!("a"),
            json!(7),
            json!([]),
            json!(["hostile.Host", "a", "client"]),
            json!({}),
            json!({"id": "a", "route": "client"}),
            json!({"contract": "hostile.Host", "route": "client"}),
            with(mine("a"), json!({"contract": null})),
            with(mine("a"), json!({"contract": 7})),
            with(mine("a"), json!({"contract": ["hostile.Host"]})),
            with(mine("a"), json!({"contract": ""})),
            with(mine("a"), json!({"contract": "Host"})),
            with(mine("a"), json!({"contract": "hostile.Desk"})),
            with(mine("a"), json!({"contract": "hostile.Unheard"})),
            with(mine("a"), json!({"contract": "hostile.Host\n"})),
            with(mine("a"), json!({"contract": long})),
            with(mine("a"), json!({"id": null})),
            with(mine("a"), json!({"id": 7})),
            with(mine("a"), json!({"route": 7})),
            with(mine("a"), json!({"route": ["client"]})),
        ] {
            for codec in CODECS {
                let refusal = peer.answer(codec, encoded(codec, &count(&json!([mine("a"), wrong]))));
                let text = refused(&refusal, "SerializationError");
                assert!(text.len() < 2000 && !text.contains(char::is_control), "{text}");
                let path = refusal["error_details"]["path"].as_str().expect("a text");
                assert!(path.starts_with("payload.hosts[1]"), "{path}");
            }
        }
    });
}

#[test]
fn the_id_of_a_clients_actor_is_a_name() {
    case(&["MAILBOX-2", "ERROR-5"], |service| {
        let mut peer = Peer::of(service);
        let long = "h".repeat(255);
        for id in ["a", "a/b", "~1", "mark", "nobody", "*", " ", "../a", "ａ", &long] {
            peer.tell(&desk("Ask", json!({"host": mine(id), "times": 1}), "m"));
            let (call, frame) = asked(&mut peer);
            assert_eq!(
                frame["target"], id,
                "it is the client's, whatever the server has of that name"
            );
            peer.tell(&reply(&call, json!(1)));
            assert_eq!(peer.receive(), reply("m", json!(1)));
        }
        let longer = "h".repeat(256);
        let longest = "h".repeat(4 << 20);
        for id in [
            "",
            "/",
            "a/",
            "/a",
            "a//b",
            "\0",
            "a\nb",
            "\u{7f}",
            "\u{85}",
            "\u{1b}[2J",
            &longer,
            &longest,
        ] {
            for codec in CODECS {
                let refusal = peer.answer(codec, encoded(codec, &count(&json!([mine(id)]))));
                let text = refused(&refusal, "SerializationError");
                assert!(text.len() < 2000 && !text.contains(char::is_control), "{text}");
                assert_eq!(refusal["error_details"]["path"], "payload.hosts[0]");
            }
        }
        peer.works();
    });
}

#[test]
fn a_route_is_a_side_of_this_connection() {
    case(&["MAILBOX-3", "ERROR-5"], |service| {
        let mut peer = Peer::of(service);
        let long = "r".repeat(1 << 20);
        for route in [
            "",
            "Client",
            "SERVER",
            "client ",
            "moon",
            "~1",
            "peer",
            "\0",
            "\u{1b}[2J",
            &service.path().display().to_string(),
            &long,
        ] {
            for codec in CODECS {
                let host = with(mine("a"), json!({"route": route}));
                let refusal = peer.answer(codec, encoded(codec, &count(&json!([host]))));
                let text = refused(&refusal, "SerializationError");
                assert!(text.len() < 2000 && !text.contains(char::is_control), "{text}");
                assert_eq!(refusal["error_details"]["path"], "payload.hosts[0]");
            }
        }
        // Nobody reaches another's actor by its name: `client` is whoever says it.
        let mut other = Peer::of(service);
        for peer in [&mut peer, &mut other] {
            peer.tell(&desk("Ask", json!({"host": mine("same"), "times": 1}), "m"));
        }
        for (n, peer) in [&mut peer, &mut other].into_iter().enumerate() {
            let (call, _) = asked(peer);
            peer.tell(&reply(&call, json!(n)));
            assert_eq!(peer.receive(), reply("m", json!(n)));
        }
    });
}

#[test]
fn what_the_server_has_is_reached_if_it_is_exposed() {
    case(&["MAILBOX-4"], |service| {
        let mut peer = Peer::of(service);
        for id in [
            "nobody",
            "hidden",
            "back office",
            "cellar",
            "",
            "\0",
            "desk ",
            "DESK",
            "desk/x",
        ] {
            let host = json!({"contract": "hostile.Host", "id": id, "route": "server"});
            let refusal = peer.ask(&count(&json!([host])));
            let text = refused(&refusal, "SerializationError");
            assert!(
                text.contains("no actor is exposed as") && !text.contains(char::is_control),
                "{text}"
            );
            assert_eq!(refusal["error_details"]["path"], "payload.hosts[0]");
        }
        // One that has another contract is found out when it is called.
        let host = json!({"contract": "hostile.Host", "id": "desk"});
        let answer = peer.ask(&desk("Ask", json!({"host": host, "times": 1}), "m"));
        is_lost(&answer, "m", "UnknownMessageType", "no");
        // What it gives is what is exposed.
        let colleague = |id: &str| desk("Colleague", json!({"id": id}), "m");
        let found = json!({"contract": "hostile.Desk", "id": "keeper", "route": "server"});
        for codec in CODECS {
            assert_eq!(
                peer.answer(codec, encoded(codec, &colleague("keeper"))),
                reply("m", found.clone())
            );
        }
        for id in ["back office", "nobody", "", "a\nb"] {
            let text = failed(&peer.ask(&colleague(id)), "SerializationError", "yes");
            assert!(!text.contains(char::is_control), "{text}");
        }
    });
}

#[test]
fn a_mailbox_comes_back_to_whom_it_is_of_and_to_nobody_else() {
    case(&["MAILBOX-5"], |service| {
        let mut peer = Peer::of(service);
        let to_crowd = |call: Value| with(call, json!({"target": "crowd"}));
        let kept = to_crowd(desk("Kept", json!({}), "m"));
        failed(&peer.ask(&kept), "SerializationError", "yes");
        assert_eq!(
            peer.ask(&to_crowd(desk("Keep", json!({"host": mine("a")}), "k"))),
            reply("k", json!(null))
        );
        for codec in CODECS {
            assert_eq!(peer.answer(codec, encoded(codec, &kept)), reply("m", mine("a")));
        }
        // Another has no way to it, and neither has whoever comes after it.
        failed(&Peer::of(service).ask(&kept), "SerializationError", "yes");
        drop(peer);
        failed(&Peer::of(service).ask(&kept), "SerializationError", "yes");
    });
}
