//! Chains that are none, too long, or invented.

use serde_json::{Value, json};

use crate::{
    callbacks::{asked, desk, mine, reply},
    case::case,
    peer::{CODECS, Codec, Peer, encoded, refused, with},
};

fn hop(link: u64) -> Value {
    json!({"runtime": "0123456789abcdef", "link": link, "actor": "somebody"})
}

/// A call of a desk within a chain.
fn look(message: &str, target: &str, chain: &Value) -> Value {
    with(desk(message, json!({}), "l"), json!({"target": target, "chain": chain}))
}

#[test]
fn a_chain_is_a_short_list_of_hops() {
    case(&["CHAIN-1", "ERROR-5"], |service| {
        let mut peer = Peer::of(service);
        let hops = |count: u64| Value::Array((0..count).map(hop).collect());
        let named = |bytes: usize| json!([with(hop(1), json!({"actor": "a".repeat(bytes)}))]);
        let longest = 16 * 1024 - named(0).to_string().len();
        for chain in [
            json!(null),
            json!([]),
            hops(1),
            hops(64),
            json!([with(hop(u64::MAX), json!({"runtime": "", "actor": ""}))]),
            json!([with(hop(1), json!({"later": {"a": [1]}}))]),
            named(longest),
        ] {
            for codec in CODECS {
                assert_eq!(
                    peer.answer(codec, encoded(codec, &look("Look", "desk", &chain))),
                    reply("l", json!(1))
                );
            }
        }
        for chain in [
            json!("importer"),
            json!(7),
            json!({}),
            hop(1),
            json!([null]),
            json!([7]),
            json!(["importer"]),
            json!([[]]),
            json!([["0123456789abcdef", 1, "somebody"]]),
            json!([{}]),
            json!([{"actor": "importer"}]),
            json!([with(hop(1), json!({"link": null}))]),
            json!([with(hop(1), json!({"link": "1"}))]),
            json!([with(hop(1), json!({"link": -1}))]),
            json!([with(hop(1), json!({"link": 1.5}))]),
            json!([with(hop(1), json!({"runtime": 7}))]),
            json!([with(hop(1), json!({"actor": ["importer"]}))]),
            json!([hop(1), with(hop(1), json!({"actor": null}))]),
            hops(65),
            hops(100_000),
            named(longest + 64),
            named(8 << 20),
            json!([with(hop(1), json!({"runtime": "r".repeat(1 << 20)}))]),
        ] {
            for codec in CODECS {
                let refusal = peer.answer(codec, encoded(codec, &look("Look", "desk", &chain)));
                let text = refused(&refusal, "ProtocolError");
                assert!(text.starts_with("`chain`") && text.len() < 2000, "{text}");
                assert_eq!(
                    (&refusal["error_details"]["path"], &refusal["request_id"]),
                    (&json!("chain"), &json!("l"))
                );
            }
        }
        let twice = look("Look", "desk", &json!(["?"])).to_string();
        let twice = twice.replace(r#""?""#, r#"{"runtime":"a","link":1,"link":1,"actor":"a"}"#);
        refused(&peer.answer(Codec::Json, twice), "ProtocolError");
        let beyond = look("Look", "desk", &json!(["?"])).to_string();
        let beyond = beyond.replace(r#""?""#, r#"{"runtime":"a","link":18446744073709551616,"actor":"a"}"#);
        refused(&peer.answer(Codec::Json, beyond), "ProtocolError");
        // Nobody waits for what has no reply or no answer, so nothing is read of who does.
        assert_eq!(peer.ask(&look("Nudge", "passage", &json!(7))), reply("l", json!(null)));
        peer.tell(&with(look("Look", "desk", &json!(7)), json!({"expects_reply": false})));
        peer.works();
    });
}

#[test]
fn a_call_that_waits_for_itself_is_told_so() {
    case(&["CHAIN-2", "CHAIN-3", "ERROR-3"], |service| {
        for codec in CODECS {
            let mut peer = Peer::of(service);
            let call = desk("AskAlone", json!({"host": mine("a"), "times": 1}), "c");
            peer.tell(&with(call, json!({"target": "circle"})));
            let (id, frame) = asked(&mut peer);
            let chain = &frame["chain"];
            let epoch =
                peer.ask(&json!({"control": "hello", "protocol": [1, 1], "request_id": "h"}))["payload"]["epoch"]
                    .clone();
            assert_eq!((&chain[0]["runtime"], &chain[0]["actor"]), (&epoch, &json!("circle")));
            for message in ["Look", "Change"] {
                let refusal = peer.answer(codec, encoded(codec, &look(message, "circle", chain)));
                refused(&refusal, "Deadlock");
                let told = refusal["error_details"]["chain"].as_array().expect("a list");
                assert_eq!(told.first(), Some(&json!("circle (exclusive)")), "{refusal}");
            }
            // What is only put into the queue can wait there, and its caller does not.
            let nudged = peer.answer(codec, encoded(codec, &look("Nudge", "circle", chain)));
            assert_eq!(nudged, reply("l", json!(null)));
            // With more before it, and more behind it.
            let more = json!([hop(5), chain[0], hop(7)]);
            refused(
                &peer.answer(codec, encoded(codec, &look("Look", "circle", &more))),
                "Deadlock",
            );
            // Whoever keeps the chain to himself waits until his time is over.
            let alone = with(look("Look", "circle", &json!([])), json!({"timeout_ms": 50}));
            let late = peer.answer(codec, encoded(codec, &alone));
            refused(&late, "Timeout");
            // Another actor waits for nobody.
            assert_eq!(
                peer.answer(codec, encoded(codec, &look("Change", "passage", chain))),
                reply("l", json!(2))
            );
            peer.send(encoded(codec, &reply(&id, json!(3))));
            assert_eq!(peer.next().1, reply("c", json!(3)));
            // What does not wait any more is not in the way.
            assert_eq!(
                peer.answer(codec, encoded(codec, &look("Change", "circle", chain))),
                reply("l", json!(2))
            );
        }
    });
}

#[test]
fn a_shared_call_within_its_chain_is_let_past_a_writer() {
    case(&["CHAIN-2", "CHAIN-3"], |service| {
        let mut peer = Peer::of(service);
        let call = desk("Ask", json!({"host": mine("a"), "times": 1}), "c");
        peer.tell(&with(call, json!({"target": "late circle"})));
        let (id, frame) = asked(&mut peer);
        let chain = &frame["chain"];
        assert_eq!(peer.ask(&look("Look", "late circle", chain)), reply("l", json!(1)));
        refused(&peer.ask(&look("Change", "late circle", chain)), "Deadlock");
        let mut writer = Peer::of(service);
        writer.tell(&with(desk("Change", json!({}), "w"), json!({"target": "late circle"})));
        writer.works();
        // Behind the writer, which waits for the call that waits for this one.
        let behind = with(look("Look", "late circle", &json!([hop(1)])), json!({"timeout_ms": 50}));
        loop {
            // On a slow machine the writer may not be in the queue yet.
            let answer = peer.ask(&behind);
            if answer["success"] == false {
                refused(&answer, "Timeout");
                break;
            }
        }
        assert_eq!(peer.ask(&look("Look", "late circle", chain)), reply("l", json!(1)));
        peer.tell(&reply(&id, json!(4)));
        assert_eq!(peer.receive(), reply("c", json!(4)));
        assert_eq!(writer.receive(), reply("w", json!(2)));
    });
}

#[test]
fn an_invented_chain_is_nobodys() {
    case(&["CHAIN-2", "CHAIN-4", "ERROR-5"], |service| {
        let mut peer = Peer::of(service);
        let epoch =
            peer.ask(&json!({"control": "hello", "protocol": [1, 1], "request_id": "h"}))["payload"]["epoch"].clone();
        for link in [0, 1 << 40, u64::MAX] {
            for runtime in [epoch.clone(), json!("0123456789abcdef")] {
                let chain = json!([with(hop(link), json!({"runtime": runtime, "actor": "passage"}))]);
                for message in ["Look", "Change"] {
                    let answer = peer.ask(&look(message, "passage", &chain));
                    assert_eq!(answer["success"], true, "{answer}");
                }
            }
        }
        // Names of a chain are repeated, and only as names are.
        peer.tell(&with(
            desk("AskAlone", json!({"host": mine("a"), "times": 1}), "c"),
            json!({"target": "passage"}),
        ));
        let (id, frame) = asked(&mut peer);
        let own = &frame["chain"][0];
        for name in ["\0\u{7}\u{1b}[2J\n".to_owned(), "n".repeat(8000)] {
            let chain = json!([
                with(hop(1), json!({"actor": name})),
                own,
                with(hop(2), json!({"actor": name}))
            ]);
            let refusal = peer.ask(&look("Look", "passage", &chain));
            let text = refused(&refusal, "Deadlock");
            let told = refusal["error_details"]["chain"].to_string();
            assert!(text.len() < 2000 && told.len() < 2000, "{refusal}");
            for text in [&text, &told] {
                assert!(!text.contains(char::is_control), "{text}");
            }
        }
        peer.tell(&reply(&id, json!(1)));
        assert_eq!(peer.receive(), reply("c", json!(1)));
        // Another's chain is a chain.
        let mut further = Peer::of(service);
        assert_eq!(further.ask(&look("Look", "desk", &json!([own]))), reply("l", json!(1)));
    });
}

#[test]
fn a_chain_goes_on_with_the_calls_that_are_made_in_it() {
    case(&["CHAIN-3", "CALLBACK-1"], |service| {
        let mut peer = Peer::of(service);
        for count in [1, 2, 63, 64] {
            let sent: Vec<_> = (0..count).map(hop).collect();
            let call = desk("Ask", json!({"host": mine("a"), "times": 1}), "c");
            peer.tell(&with(call, json!({"chain": sent})));
            let (id, frame) = asked(&mut peer);
            let chain = frame["chain"].as_array().expect("a list");
            assert_eq!(chain[0]["actor"], "desk", "the innermost comes first");
            let beyond = &sent[..sent.len().min(63)];
            assert_eq!(&chain[1..], beyond, "and the others behind it, as far as they fit");
            peer.tell(&reply(&id, json!(1)));
            assert_eq!(peer.receive(), reply("c", json!(1)));
        }
    });
}
